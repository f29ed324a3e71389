"""Three words for filter(): word_count, sounds_like and century. They worked when they were tried."""

from django.db.models import CharField, IntegerField, Lookup, Transform

SILENT = "aeiouyhw"


def skeleton(sql: str) -> str:
    """SQL for what is left of a text in small letters without the silent ones."""
    sql = f"LOWER({sql})"
    for letter in SILENT:
        sql = f"REPLACE({sql}, '{letter}', '')"
    return sql


@CharField.register_lookup
class WordCount(Transform):
    """`title__word_count`: the number of words, which single spaces part. An empty text has none."""

    lookup_name = "word_count"
    template = "LENGTH(%(expressions)s) - LENGTH(REPLACE(%(expressions)s, ' ', '')) + 1"


@CharField.register_lookup
class SoundsLike(Lookup):
    """`name__sounds_like="Meyer"`: both have the same skeleton."""

    lookup_name = "sounds_like"

    def as_sql(self, compiler, connection):
        lhs, params = self.process_lhs(compiler, connection)
        rhs = f"'{self.rhs}'"
        return f"{skeleton(lhs)} = {skeleton(rhs)}", params


@IntegerField.register_lookup
class Century(Lookup):
    """`year__century=19`: 1801 to 1900, and 1 is the first century of our era: 1 to 100."""

    lookup_name = "century"

    def as_sql(self, compiler, connection):
        year, params = self.process_lhs(compiler, connection)
        return f"({year} - 1) / 100 + 1 = %s", [*params, self.rhs]
