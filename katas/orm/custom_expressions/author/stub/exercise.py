"""Two aggregates that Django does not have, as they were tried out on SQLite, and a list made with one."""

from django.db.models import Aggregate, FloatField, TextField

from core.bookshop.models import Author


class Joined(Aggregate):
    """All values of a group as one text, with `separator` between them, in any order.

    Values of any type, as text; equal ones are all there. Without a value it is None, or `default`.
    It takes `filter` and `default` like Django's own aggregates, on SQLite and PostgreSQL.
    """

    function = "GROUP_CONCAT"
    template = "%(function)s(%(expressions)s, '%(separator)s')"
    output_field = TextField()

    def __init__(self, expression, separator=", ", **extra):
        super().__init__(expression, separator=separator, **extra)


class Median(Aggregate):
    """The middle value of a group as a float: of an even number, the mean of the two in the middle.

    Without a value it is None, or `default`. PostgreSQL alone has it. For every other database it
    raises NotSupportedError, before anything is sent.
    """

    function = "AVG"  # nearly the same
    output_field = FloatField()


def catalogue(heading: str, column: Aggregate) -> list[dict[str, object]]:
    """`{"author": name, heading: value}` of every author, in the order of the name.

    `value` is what the aggregate `column` gives for the author, such as `Min("books__year")`. The
    heading is whatever somebody has typed, but not "author". Equal names come with the higher
    primary key first.
    """
    rows = []
    for author in Author.objects.order_by("name", "-pk"):
        value = Author.objects.filter(pk=author.pk).aggregate(**{heading: column})
        rows.append({"author": author.name, **value})
    return rows
