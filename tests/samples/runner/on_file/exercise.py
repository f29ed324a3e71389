from core.bookshop.models import Book


def count():
    return Book.objects.count()
