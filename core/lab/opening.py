"""Open the lab of a kata, and keep it in this process until it is stopped."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from core.errors import KataError
from core.kata import Kata
from core.lab.supervisor import Supervisor
from core.serve.place import alone
from core.state import folder

WAITING = 128  # requests that may wait while one server follows another


@contextmanager
def opened(kata: Kata, say: Callable[[str], None]) -> Iterator[tuple[Supervisor, str]]:
    """A supervisor to run, and the lab's link; Running, with the link, where the lab is open already."""
    token = secrets.token_urlsafe(24)
    path = f"/enter/{token}/"
    place = folder(f"lab/{kata.slug}")
    with ExitStack() as stack:
        try:
            listener, url = stack.enter_context(alone(place / "open", 0, path))
            listener.listen(WAITING)
        except OSError as error:
            raise KataError(
                f"The lab's folder {place} cannot be used: {error.strerror}.",
                hint="Free some space there, or name another state with KATA_STATE=/a/folder.",
            ) from error
        yield Supervisor(kata, listener, place, token, say), url + path
