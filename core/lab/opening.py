"""Open the lab of a kata, and keep it in this process until it is stopped."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from core.kata import Kata
from core.lab.supervisor import Supervisor
from core.serve.place import alone
from core.state import folder


@contextmanager
def opened(kata: Kata, say: Callable[[str], None]) -> Iterator[tuple[Supervisor, str]]:
    """A supervisor to run, and the lab's link; Running, with the link, where the lab is open already."""
    token = secrets.token_urlsafe(24)
    path = f"/enter/{token}/"
    place = folder(f"lab/{kata.slug}")
    with alone(place / "open", 0, path) as (listener, url):
        listener.listen(128)
        yield Supervisor(kata, listener, place, token, say), url + path
