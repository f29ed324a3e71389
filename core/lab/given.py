"""What a lab and a shell give to a kata: its servers, and the job that says where they are."""

from collections.abc import Iterator
from contextlib import contextmanager

from core.kata import Kata
from core.needs.find import missing
from core.needs.lease import Unavailable
from core.needs.shares import shares
from core.runner.job import Job, job_of
from core.runner.tables import shared_apps


@contextmanager
def given(kata: Kata) -> Iterator[Job]:
    """A job in place, on the kata's first database, with shares of its servers as long as the block lasts.

    Raises Unavailable where one of its needs is not met.
    """
    if unmet := missing(kata):
        raise Unavailable(unmet.message, hint=unmet.hint)
    database = kata.databases[0]
    with shares(kata, database, apps=shared_apps(kata), make=False) as share:
        yield job_of(
            kata,
            mode="lab",
            path=str(kata.root.parent),
            database=database,
            seed=1,
            environment=share.environment,
            prepared=share.prepared,
        )
