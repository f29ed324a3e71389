"""Three lists of the bookshop. Each is right, and each asks the database once a row or more."""

from core.bookshop.models import Genre, Loan, OrderLine


def packing_list(limit: int) -> list[tuple[str, str, str, int]]:
    """(customer, title, publisher, quantity) of the newest order lines, newest first.

    Lines of the same moment come with the higher primary key first.
    """
    lines = OrderLine.objects.order_by("-order__placed_at", "-pk")[:limit]
    return [
        (
            line.order.customer.name,
            line.book.title,
            line.book.publisher.name,
            line.quantity,
        )
        for line in lines
    ]


def open_loans() -> list[tuple[str, str, str]]:
    """(customer, title, shelf) of the loans that are not back yet, the longest out first."""
    loans = Loan.objects.filter(back_at=None).order_by("out_at", "pk")
    return [(loan.customer.name, loan.copy.book.title, loan.copy.shelf) for loan in loans]


def genre_paths() -> list[str]:
    """Every genre with those above it, such as "Fiction / Novel / Gothic", in the order of the text.

    The tree has three levels at most; a genre at the top has no parent.
    """
    paths = []
    for genre in Genre.objects.all():
        names = [genre.name]
        while genre.parent:
            genre = genre.parent
            names.append(genre.name)
        paths.append(" / ".join(reversed(names)))
    return sorted(paths)
