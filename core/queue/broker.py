"""What the broker says of itself."""

from celery.exceptions import OperationalError
from kombu.exceptions import ChannelError

from core.celery import RUNS, app


def messages() -> int | None:
    """How many tasks wait to be taken; None where the broker does not answer."""
    try:
        with app.connection_or_acquire() as connection:
            return int(connection.default_channel.queue_declare(RUNS, passive=True).message_count)
    except ChannelError:
        return 0  # a queue without messages is none
    except OperationalError:
        return None
