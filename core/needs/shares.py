"""What one run gets of the servers that its kata needs."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.kata import Kata
from core.needs.find import find
from core.needs.lease import Lease, lease

# Needs that a host lends shares of. Of two brokers for Celery, the later is its broker.
HOSTED = ("postgres", "redis", "rabbitmq", "elasticsearch")
PROGRAMS = {"nginx": "NGINX", "chromium": "CHROMIUM"}  # needs of which a run is told the path


@dataclass
class Shares:
    """The leases of one run, and what its child is told of them."""

    leases: list[Lease] = field(default_factory=list)
    programs: dict[str, str] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """POSTGRES_URL, NGINX and the like, for the child."""
        lent = {name: value for each in self.leases for name, value in each.environment.items()}
        return self.programs | lent

    @property
    def prepared(self) -> bool:
        """Whether the database holds the tables of the shared apps."""
        return any(each.prepared for each in self.leases)

    def check(self) -> None:
        """Raise Unavailable if a server did not last until now."""
        for each in self.leases:
            each.check()


@contextlib.contextmanager
def shares(
    kata: Kata, database: str, *, apps: tuple[str, ...] | None, make: bool
) -> Iterator[Shares]:
    """A share of each server for one run on `database`; Unavailable where one cannot be had.

    On PostgreSQL the database is empty, or holds the tables of `apps` as `prepared` says: where
    nobody made them before, `make` has them made.
    """
    needs = {*kata.needs, *(["postgres"] if database == "postgres" else [])}
    with contextlib.ExitStack() as stack:
        given = Shares(programs=_programs(needs))
        for need in HOSTED:
            if need in needs:
                tables = {"apps": apps, "make": make} if database == need else {}
                given.leases.append(lease(need, **tables))
                stack.callback(given.leases[-1].close)
        yield given


def _programs(needs: set[str]) -> dict[str, str]:
    found = {PROGRAMS[need]: find(need) for need in needs if need in PROGRAMS}
    return {name: str(each.program) for name, each in found.items() if each}
