"""A small shop: what the cases sell in it, and who reviews it."""

from datetime import timedelta

from django.utils import timezone

from core.bookshop.models import Author, Book, Customer, Genre, Order, OrderLine, Publisher, Review

NOW = timezone.now().replace(microsecond=0)


class Shop:
    """Part of a TestCase: `books` by title and `people` by name, made in the order that is given."""

    titles, names = (), ()

    @classmethod
    def setUpTestData(cls):
        author = Author.objects.create(name="Anon")
        publisher = Publisher.objects.create(name="Press", city="London")
        cls.same = {"author": author, "publisher": publisher, "year": 1850, "price": 9}
        cls.books = {title: cls.book(title) for title in cls.titles}
        cls.people = {name: cls.customer(name) for name in cls.names}

    @classmethod
    def book(cls, title):
        return Book.objects.create(title=title, isbn=str(Book.objects.count()), **cls.same)

    @staticmethod
    def customer(name):
        return Customer.objects.create(name=name, email=f"{Customer.objects.count()}@example.com")

    @staticmethod
    def sell(customer, *books, quantity=1, status="shipped", placed_at=NOW):
        order = Order.objects.create(customer=customer, status=status, placed_at=placed_at)
        OrderLine.objects.bulk_create(
            OrderLine(order=order, book=book, quantity=quantity, unit_price=9) for book in books
        )

    @staticmethod
    def review(book, *stars, by):
        Review.objects.bulk_create(Review(book=book, customer=by, stars=each) for each in stars)

    def busy(self, size, reviewed):
        """So many more customers, each with two orders of every book and two reviews of one; as
        many more books, each in a genre of its own."""
        start = Book.objects.count()
        numbers = range(start, start + size)
        people = Customer.objects.bulk_create(
            Customer(name=f"Ann {n}", email=f"ann{n}@example.com") for n in numbers
        )
        orders = Order.objects.bulk_create(
            Order(customer=ann, status="shipped", placed_at=NOW - timedelta(days=days))
            for ann in people
            for days in (9, 2)
        )
        OrderLine.objects.bulk_create(
            OrderLine(order=order, book=book, unit_price=9)
            for order in orders
            for book in self.books.values()
        )
        Review.objects.bulk_create(
            Review(book=reviewed, customer=ann, stars=stars) for ann in people for stars in (2, 4)
        )
        books = Book.objects.bulk_create(
            Book(title=f"Volume {n}", isbn=f"volume {n}", **self.same) for n in numbers
        )
        genres = Genre.objects.bulk_create(Genre(name=f"Genre {n}") for n in numbers)
        links = Book.genres.through
        links.objects.bulk_create(
            links(book=book, genre=genre) for book, genre in zip(books, genres, strict=True)
        )
