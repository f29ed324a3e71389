"""Prices and stock of the bookshop. Right while there is one till, and since spring there are four."""

from core.bookshop.models import Book


def raise_prices(publisher: int, percent: int) -> int:
    """Raise the prices of a publisher, given by primary key, by `percent`, which is negative in a sale.

    A price has two decimals; half a cent is rounded up. Returns how many books there were.
    """
    books = Book.objects.filter(publisher=publisher)
    for book in books:
        book.price = round(book.price * (100 + percent) / 100, 2)
        book.save()
    return len(books)


def sell(book: int, quantity: int) -> bool:
    """Take `quantity` of a book, given by primary key, out of stock: True if they were there.

    False, and nothing changes, where the stock is smaller, and where there is no such book.
    """
    found = Book.objects.filter(pk=book).first()
    if found is None or found.stock < quantity:
        return False
    found.stock -= quantity
    found.save()
    return True


def receive(book: Book, quantity: int) -> None:
    """A delivery: `quantity` more in stock of a book that the caller has read, perhaps an hour ago.

    Afterwards `book.stock` is the number that the table holds. Nothing else of the row is written,
    and nothing else of `book` is touched: what the caller has changed and not saved stays so.
    """
    book.stock += quantity
    book.save()
