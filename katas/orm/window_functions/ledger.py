"""A shop of which only the sales matter: each line is an order of its own, at a moment of its own."""

from core.bookshop.models import Author, Book, Customer, Order, OrderLine, Publisher


class Ledger:
    """Part of a TestCase: `books` by title, made in the order that is given."""

    titles = ()

    @classmethod
    def setUpTestData(cls):
        cls.author = Author.objects.create(name="Anon")
        cls.customer = Customer.objects.create(name="Kim", email="kim@example.com")
        cls.press = cls.publisher("Press")
        cls.books = {title: cls.book(title) for title in cls.titles}

    @staticmethod
    def publisher(name):
        return Publisher.objects.create(name=name, city="London")

    @classmethod
    def book(cls, title, publisher=None):
        more = {"author": cls.author, "publisher": publisher or cls.press, "year": 1850, "price": 9}
        return Book.objects.create(title=title, isbn=str(Book.objects.count()), **more)

    def sell(self, sales):
        """Lines of (book, moment, quantity), in the order that is given."""
        orders = Order.objects.bulk_create(
            Order(customer=self.customer, placed_at=at) for _, at, _ in sales
        )
        OrderLine.objects.bulk_create(
            OrderLine(order=order, book=book, quantity=quantity, unit_price=9)
            for order, (book, _, quantity) in zip(orders, sales, strict=True)
        )
