"""Three words for filter(): word_count, sounds_like and century."""

from django.db.models import CharField, IntegerField, Lookup, TextField, Transform

SILENT = "aeiouyhw"


def skeleton(sql: str) -> str:
    """SQL for what is left of a text in small letters without the silent ones."""
    sql = f"LOWER({sql})"
    for letter in SILENT:
        sql = f"REPLACE({sql}, '{letter}', '')"
    return sql


# Neither is a kind of the other, so each is told. A class that nobody registers is never found.
@CharField.register_lookup
@TextField.register_lookup
class WordCount(Transform):
    """`title__word_count`: the number of words, which single spaces part. An empty text has none."""

    lookup_name = "word_count"
    # What it gives is no text: without this, 3 would be sent as '3', which no number equals.
    output_field = IntegerField()

    def as_sql(self, compiler, connection):
        text, params = compiler.compile(self.lhs)
        # In brackets: whoever multiplies it means all of it. The text stands there three times, and
        # if it is more than a column, so do its parameters.
        spaces = f"LENGTH({text}) - LENGTH(REPLACE({text}, ' ', ''))"
        return f"(CASE {text} WHEN '' THEN 0 ELSE {spaces} + 1 END)", [*params] * 3


@CharField.register_lookup
class SoundsLike(Lookup):
    """`name__sounds_like="Meyer"`: both have the same skeleton."""

    lookup_name = "sounds_like"

    def as_sql(self, compiler, connection):
        # Each side is SQL with parameters of its own: a placeholder, a column, a subquery.
        lhs, lhs_params = self.process_lhs(compiler, connection)
        rhs = f"'{self.rhs}'"
        return f"{skeleton(lhs)} = {skeleton(rhs)}", lhs_params


@IntegerField.register_lookup
class Century(Lookup):
    """`year__century=19`: 1801 to 1900, and 1 is the first century of our era: 1 to 100."""

    lookup_name = "century"

    def as_sql(self, compiler, connection):
        year, year_params = self.process_lhs(compiler, connection)
        century, century_params = self.process_rhs(compiler, connection)
        # The column stands alone and the arithmetic on the other side: an index on it is searched.
        sql = f"{year} BETWEEN ({century} - 1) * 100 + 1 AND {century} * 100"
        # In the order of the placeholders, each as often as its side is there.
        return sql, [*year_params, *century_params, *century_params]
