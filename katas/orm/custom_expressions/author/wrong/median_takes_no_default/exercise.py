"""Two aggregates that Django does not have, for SQLite and PostgreSQL, and a list made with one."""

from django.db import NotSupportedError
from django.db.models import Aggregate, FloatField, TextField, Value
from django.db.models.functions import Cast

from core.bookshop.models import Author


class Joined(Aggregate):
    """All values of a group as one text, with `separator` between them, in any order.

    Values of any type, as text; equal ones are all there. Without a value it is None, or `default`.
    It takes `filter` and `default` like Django's own aggregates, on SQLite and PostgreSQL.
    """

    function = "STRING_AGG"
    output_field = TextField()

    def __init__(self, expression, separator=", ", **extra):
        # Both are arguments of the function. Value() makes the separator a parameter; as a keyword
        # it would be pasted into the template. STRING_AGG takes nothing but text, hence the cast.
        super().__init__(Cast(expression, TextField()), Value(separator), **extra)

    def as_sqlite(self, compiler, connection, **extra):
        # Only the name differs; filters and parameters are left to the code that knows them.
        return self.as_sql(compiler, connection, function="GROUP_CONCAT", **extra)


class Median(Aggregate):
    """The middle value of a group as a float: of an even number, the mean of the two in the middle.

    Without a value it is None, or `default`. PostgreSQL alone has it. For every other database it
    raises NotSupportedError, before anything is sent.
    """

    template = "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()

    def __init__(self, expression, filter=None):
        super().__init__(expression, filter=filter)

    def as_postgresql(self, compiler, connection, **extra):
        return super().as_sql(compiler, connection, **extra)

    def as_sql(self, compiler, connection, **extra):
        # Refused wherever nobody has said how: an average in its place would be a number, too.
        raise NotSupportedError(f"{connection.vendor} has no median; run this on PostgreSQL.")


def catalogue(heading: str, column: Aggregate) -> list[dict[str, object]]:
    """`{"author": name, heading: value}` of every author, in the order of the name.

    `value` is what the aggregate `column` gives for the author, such as `Min("books__year")`. The
    heading is whatever somebody has typed, but not "author". Equal names come with the higher
    primary key first.
    """
    # The alias is ours. A heading may have spaces, quotes or the name of a field, and an alias not.
    rows = Author.objects.annotate(value=column).order_by("name", "-pk")
    return [{"author": name, heading: value} for name, value in rows.values_list("name", "value")]
