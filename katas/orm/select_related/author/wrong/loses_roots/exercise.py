"""Three lists of the bookshop, each with one query, however long it gets."""

from core.bookshop.models import Genre, Loan, OrderLine


def packing_list(limit: int) -> list[tuple[str, str, str, int]]:
    """(customer, title, publisher, quantity) of the newest order lines, newest first.

    Lines of the same moment come with the higher primary key first.
    """
    # A path names every relation on its way: "order__customer" joins order as well.
    lines = OrderLine.objects.select_related("order__customer", "book__publisher")
    return [
        (
            line.order.customer.name,
            line.book.title,
            line.book.publisher.name,
            line.quantity,
        )
        for line in lines.order_by("-order__placed_at", "-pk")[:limit]
    ]


def open_loans() -> list[tuple[str, str, str]]:
    """(customer, title, shelf) of the loans that are not back yet, the longest out first."""
    # Named paths only. Bare select_related() would also fetch each book's author and publisher.
    loans = Loan.objects.filter(back_at=None).select_related("customer", "copy__book")
    return [
        (loan.customer.name, loan.copy.book.title, loan.copy.shelf)
        for loan in loans.order_by("out_at", "pk")
    ]


def genre_paths() -> list[str]:
    """Every genre with those above it, such as "Fiction / Novel / Gothic", in the order of the text.

    The tree has three levels at most; a genre at the top has no parent.
    """
    paths = []
    genres = Genre.objects.filter(parent__isnull=False).select_related("parent__parent")
    for genre in genres:
        names = [genre.name, genre.parent.name]
        if genre.parent.parent_id:
            names.append(genre.parent.parent.name)
        paths.append(" / ".join(reversed(names)))
    return sorted(paths)
