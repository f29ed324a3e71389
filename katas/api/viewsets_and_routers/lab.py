"""What the demo and the lab show of this kata: the catalogue, as a partner's program asks for it."""

from django.test import Client

from core.bookshop.generator import generate
from core.bookshop.models import Book, Order, Review

sizes = (4, 16, 64, 256)
addresses: dict[str, str] = {}  # of two books: looking for them costs queries of its own


def populate(size: int) -> None:
    """A shop with `size` books and one that is sold out, as one in five is; one has `size` reviews."""
    generate(books=size + 1)
    keys = list(Book.objects.order_by("pk").values_list("pk", flat=True))
    addresses.update({"sold out": f"/books/{keys[0]}/", "for sale": f"/books/{keys[1]}/"})
    Book.objects.update(stock=3)
    Book.objects.filter(pk__in=keys[::5]).update(stock=0)
    customer = Order.objects.earliest("pk").customer
    Review.objects.bulk_create(
        Review(book_id=keys[1], customer=customer, stars=4, text=f"Read it {n + 1} times.")
        for n in range(size)
    )


def answer(path: str) -> str:
    """The status, and how many things are in the answer."""
    found = Client(raise_request_exception=False).get(path)
    data = found.json() if found.status_code == 200 else None
    return f"200, {len(data)} items" if isinstance(data, list) else f"{found.status_code}"


calls = {
    "/books/": lambda: answer("/books/"),
    "a book": lambda: answer(addresses["for sale"]),
    "its reviews": lambda: answer(f"{addresses['for sale']}reviews/"),
    "reviews of a book not for sale": lambda: answer(f"{addresses['sold out']}reviews/"),
    "/books/best-sellers/": lambda: answer("/books/best-sellers/"),
}
