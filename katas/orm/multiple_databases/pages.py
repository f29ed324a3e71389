"""What the shop does: (name, how it reads, what is called), for tables of cases."""

from core.bookshop.models import Author, Book, Customer, Genre, Order, OrderLine

from .replication import Shop

READS = [
    ("get", "Book.objects.get()", lambda: Book.objects.get()),
    ("list", "list(Book.objects.all())", lambda: list(Book.objects.all())),
    ("count", "Customer.objects.count()", lambda: Customer.objects.count()),
    ("relation", "Book.objects.get().author", lambda: Book.objects.get().author),
]


def add_genre():
    Book.objects.get().genres.add(Genre.objects.get())


WRITES = [
    ("create", "Genre.objects.create(name='Essay')", lambda: Genre.objects.create(name="Essay")),
    ("save", "Book.objects.get().save()", lambda: Book.objects.get().save()),
    ("update", "Book.objects.update(stock=1)", lambda: Book.objects.update(stock=1)),
    ("delete", "Customer.objects.get().delete()", lambda: Customer.objects.get().delete()),
    ("add", "Book.objects.get().genres.add(genre)", add_genre),
]


def give_a_new_author():
    book = Book.objects.using("replica").get()
    book.author = Author.objects.using("default").create(name="Mary Shelley", country="")


def add_a_genre():
    Book.objects.using("default").get().genres.add(Genre.objects.using("replica").get())


RELATE = [
    ("author", "book.author = author; a book of the replica, a new author", give_a_new_author),
    ("genre", "book.genres.add(genre); a new book, a genre of the replica", add_a_genre),
]


def lines_of_a_new_order():
    order = Order.objects.using("default").create(customer_id=Shop.ada)
    OrderLine.objects.using("default").create(order=order, book_id=Shop.emma, unit_price=9)
    return order.lines.count()


def stock_after_a_sale():
    book = Book.objects.using("default").get()
    Book.objects.using("default").update(stock=4)
    book.refresh_from_db()
    return book.stock


def author_of_a_book():
    return Book.objects.using("default").get().author.name


CHANGED = "Book.objects.using('default').get().author.name, which has changed just now"
OWN_WRITES = [
    ("lines", "order.lines.count(), the order made just now with a line", lines_of_a_new_order, 1),
    ("refresh", "book.stock, 4 by now, after book.refresh_from_db()", stock_after_a_sale, 4),
    ("using", CHANGED, author_of_a_book, "J. Austen"),
]
