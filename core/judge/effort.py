"""The effort of SQLite: how much it does for an answer, the same on every machine.

It runs each statement as a program. What is counted are the moments at which that program could be
interrupted: some for each row or entry that it looks at, whether the answer wants it or not.
"""

import contextlib
from collections.abc import Iterator


class Effort:
    """`steps` only rises: growth takes differences, by `count=lambda: spent.steps`."""

    def __init__(self) -> None:
        self.steps = 0

    def step(self) -> int:
        self.steps += 1
        return 0  # anything else would end the statement


@contextlib.contextmanager
def effort(using: str = "default") -> Iterator[Effort]:
    """Count what this thread's connection does in the block. Blocks do not nest."""
    from django.db import connections

    connection = connections[using]
    if connection.vendor != "sqlite":
        raise ValueError(f"no effort of {connection.vendor}, only of sqlite")
    connection.ensure_connection()
    spent = Effort()
    connection.connection.set_progress_handler(spent.step, 1)
    try:
        yield spent
    finally:
        connection.connection.set_progress_handler(None, 0)
