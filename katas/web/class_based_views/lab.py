"""What the demo and the lab show of this kata: its pages, as Ada and as Grace."""

import datetime

from django.contrib.auth import get_user_model
from django.test import Client

from core.bookshop.generator import generate
from core.bookshop.models import Book

from .models import Entry

sizes = (4, 16, 64, 256)
PASSWORD = "engine"  # noqa: S105 - of users that live as long as the lab
browsers: dict[str, Client] = {}  # by who is logged in: that costs queries of its own
entries: dict[str, str] = {}  # the address of one by whose it is


def populate(size: int) -> None:
    """A shop with `size` books; Ada and Grace have `size` entries each, about one book in two."""
    generate(books=size)
    books = list(Book.objects.order_by("pk").values_list("pk", flat=True)[: max(1, size // 2)])
    first = datetime.date(2026, 1, 1)
    for name in ("ada", "grace"):
        owner = get_user_model().objects.create_user(name, password=PASSWORD)
        Entry.objects.bulk_create(
            Entry(
                owner=owner,
                book_id=books[n % len(books)],
                read_on=first + datetime.timedelta(days=n % 200),
                text=f"What {name.title()} thought, the {n + 1}. time.",
            )
            for n in range(size)
        )
        entries[name] = Entry.objects.filter(owner=owner).earliest("pk").get_absolute_url()
        browsers[name] = Client()
        browsers[name].force_login(owner)


def page(path: str, name: str = "ada") -> str:
    """How the page answers whoever has this name."""
    answer = browsers.get(name, Client()).get(path)
    return f"{answer.status_code}, {len(answer.content):,} bytes"


calls = {
    "the list": lambda: page("/"),
    "an entry of Ada's": lambda: page(entries["ada"]),
    "an entry of Grace's": lambda: page(entries["grace"]),
    "the list, as nobody": lambda: page("/", name=""),
}
