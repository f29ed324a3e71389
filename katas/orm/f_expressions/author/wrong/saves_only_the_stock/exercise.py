"""Prices and stock of the bookshop, right with any number of tills."""

from django.db.models import F

from core.bookshop.models import Book


def raise_prices(publisher: int, percent: int) -> int:
    """Raise the prices of a publisher, given by primary key, by `percent`, which is negative in a sale.

    A price has two decimals; half a cent is rounded up. Returns how many books there were.
    """
    # The column has two decimals, and PostgreSQL rounds half a cent away from zero to store it.
    # Whole numbers: 1.05 would be a float, and bring its own errors into the price.
    return Book.objects.filter(publisher=publisher).update(price=F("price") * (100 + percent) / 100)


def sell(book: int, quantity: int) -> bool:
    """Take `quantity` of a book, given by primary key, out of stock: True if they were there.

    False, and nothing changes, where the stock is smaller, and where there is no such book.
    """
    # The condition is in the statement that takes them. A look before it would be true of a moment
    # that has passed; this one is looked at when the row is locked, again if it had to wait.
    there = Book.objects.filter(pk=book, stock__gte=quantity)
    return there.update(stock=F("stock") - quantity) == 1


def receive(book: Book, quantity: int) -> None:
    """A delivery: `quantity` more in stock of a book that the caller has read, perhaps an hour ago.

    Afterwards `book.stock` is the number that the table holds. Nothing else of the row is written,
    and nothing else of `book` is touched: what the caller has changed and not saved stays so.
    """
    # Not book.stock = F("stock") + quantity and save(): the expression would stay on the instance,
    # and be added once more by whoever saves it next.
    book.stock += quantity
    book.save(update_fields=["stock"])
