"""A small shop that the tests ask for, and what a partner's program gets of it."""

from django.test import Client
from django.urls import NoReverseMatch, reverse

from core.bookshop.models import Author, Book, Customer, Genre, Order, OrderLine, Publisher, Review
from core.judge import expect, rng

random = rng("shop")
PRICE = f"{random.randrange(500, 5000) / 100:.2f}"
FINE = "It is there, and for sale."


def books(number, *, stock=3, title="Emma"):
    """So many books, each of another author and publisher and with two genres."""
    base = Book.objects.count()
    names = [f"{title} {base + n}" for n in range(number)]
    authors = Author.objects.bulk_create(Author(name=f"A. of {name}") for name in names)
    publishers = Publisher.objects.bulk_create(Publisher(name=f"P. of {name}") for name in names)
    made = Book.objects.bulk_create(
        Book(
            title=title,
            author=author,
            publisher=publisher,
            year=1816,
            isbn=name,
            price=PRICE,
            stock=stock,
        )
        for name, author, publisher in zip(names, authors, publishers, strict=True)
    )
    genres(made, 2)
    return made


def genres(made, number):
    """So many more genres for each of the books."""
    base = Genre.objects.count()
    new = Genre.objects.bulk_create(Genre(name=f"Genre {base + n}") for n in range(number))
    links = Book.genres.through
    links.objects.bulk_create(links(book=book, genre=genre) for book in made for genre in new)


def reviews(book, number, **more):
    """So many reviews of the book, each of another customer."""
    base = Customer.objects.count()
    customers = Customer.objects.bulk_create(
        Customer(name=f"Reader {base + n}", email=f"{base + n}@example.com") for n in range(number)
    )
    return Review.objects.bulk_create(
        Review(book=book, customer=customer, stars=random.randrange(1, 6), text="Good.", **more)
        for customer in customers
    )


def sell(*sold):
    """An order with a line for each pair of book and quantity."""
    number = Customer.objects.count()
    customer = Customer.objects.create(name="Ada", email=f"{number}@example.com")
    order = Order.objects.create(customer=customer)
    OrderLine.objects.bulk_create(
        OrderLine(order=order, book=book, quantity=n, unit_price=1) for book, n in sold
    )


def send(path, method="get", data=None):
    """The answer's status, or what was raised on the way to it; and its data, if it has any."""
    client = Client(raise_request_exception=False)
    answer = client.generic(method.upper(), path, data or "", content_type="application/json")
    error = getattr(answer, "exc_info", None)
    status = f"500, {error[1]!r}" if error else answer.status_code
    is_json = "json" in answer.headers.get("Content-Type", "")
    return status, answer.json() if is_json else None


def get(path, because=FINE):
    """The data of a page that has to be there."""
    status, data = send(path)
    expect(f"status of GET {path}", status, 200, because)
    return data


def expect_name(name, path, *args):
    try:
        got = reverse(name, args=args)
    except NoReverseMatch:
        got = "no such name"
    because = "The router makes the names: the basename, then list, detail, or the action's name."
    expect(f"reverse({name!r})", got, path, because)


def short(book):
    """As BookSerializer shows it."""
    url = f"http://testserver/books/{book.pk}/"
    author = Author.objects.get(pk=book.author_id).name
    return {"url": url, "title": book.title, "author": author, "price": PRICE, "stock": book.stock}


def whole(book):
    """As BookDetailSerializer shows it."""
    publisher = Publisher.objects.get(pk=book.publisher_id).name
    names = sorted(Genre.objects.filter(books=book).values_list("name", flat=True))
    return short(book) | {"publisher": publisher, "genres": names, "year": 1816, "isbn": book.isbn}
