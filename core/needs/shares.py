"""What one run gets of the servers that its kata needs."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

from core.kata import Kata
from core.needs.lease import Lease, lease

HOSTED = ("postgres", "redis")  # needs that a host lends shares of


@dataclass
class Shares:
    """The leases of one run, and what its child is told of them."""

    leases: list[Lease] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """POSTGRES_URL and the like, for the child."""
        return {name: value for each in self.leases for name, value in each.environment.items()}

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
    needs = [*kata.needs, *(["postgres"] if database == "postgres" else [])]
    with contextlib.ExitStack() as stack:
        given = Shares()
        for need in dict.fromkeys(needs):
            if need in HOSTED:
                tables = {"apps": apps, "make": make} if database == need else {}
                given.leases.append(lease(need, **tables))
                stack.callback(given.leases[-1].close)
        yield given
