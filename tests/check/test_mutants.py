"""Which spots of a solution are changed, to what, and which are left out."""

from pathlib import Path

import pytest

from core.check.mutants import mutants
from core.source import Source, UnreadableSource


def source(text: str | bytes, name: str = "exercise.py") -> Source:
    content = text if isinstance(text, bytes) else text.encode()
    return Source("solution", Path("/katas/orm/joins/author/solution"), {name: content})


def changes(text: str, stub: str | None = None) -> list[str]:
    """What each mutant makes of its line."""
    found = mutants(source(text), None if stub is None else source(stub))
    return [" ".join(each.after) for each in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a = b + 1", ["a = None", "a = b - 1", "a = b + 2"]),
        ("a = b == 0", ["a = None", "a = b != 0", "a = b == 1"]),
        ("a += b", ["a = b", "a -= b"]),
        ("a and b", ["a or b"]),
        ("not a", ["a"]),
        ("a is b", ["a is not b"]),
        ("f(a, b=1)", ["f(None, b=1)", "f(a, b=None)", "f(b=1)", "f(a, )", "f(a, b=2)"]),
        ("a.lstrip()", ["a.rstrip()"]),
        ("a if b else c", ["a if (b) and False else c", "a if (b) or True else c"]),
        ("for a in b:\n    break", []),  # `return` here is no Python
        ("def f():\n    for a in b:\n        break", ["return"]),
        ("lambda: a", ["lambda: None"]),
        # A string becomes another one, but not the same in capitals.
        ("open('a')", ["open(None)", "open('XXaXX')"]),
        # The same change is made once, however many operators make it.
        ("f(None if a else b)", [
            "f(None)", "f(None if (a) and False else b)", "f(None if (a) or True else b)",
        ]),
    ],
)  # fmt: skip
def test_spot_is_changed(text, expected):
    assert changes(f"{text}\n") == expected


@pytest.mark.parametrize(
    "text",
    [
        '"""A docstring."""',
        "'A docstring.'",
        "def f():\n    'A docstring.'",
        "class A:\n    'A docstring.'",
        "def f(a: Literal['x']) -> Literal[1 + 1]: ...",
        "a: Literal['x']",
        "raise ValueError('A sentence.')",
        "raise ValueError(f'A sentence on {a}.')",
        "raise ValueError('Two ' 'sentences.')",
        "logger.info('A sentence.')",
        "logging.warning('A sentence.')",
        "Field(verbose_name='a name')",
        "Field(verbose_name_plural='names', help_text='Write it.')",
        "models.DecimalField(max_digits=8, decimal_places=2)",
        "import a",
        "a: int",
        "f'{a}'",
    ],
)
def test_spot_is_left_out(text):
    assert changes(f"{text}\n") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "raise Http404('A sentence.', code=a)",
            ["raise Http404('A sentence.', code=None)", "raise Http404('A sentence.', )"],
        ),
        ("raise ValueError(a + 1)", [
            "raise ValueError(None)", "raise ValueError(a - 1)", "raise ValueError(a + 2)",
        ]),
        ("messages.error(request, 'Words')", [
            "messages.error(None, 'Words')",
            "messages.error(request, None)",
            "messages.error('Words')",
            "messages.error(request, )",
            "messages.error(request, 'XXWordsXX')",
        ]),
        ("models.CharField(max_length=9, null=True)", [
            "models.CharField(max_length=9, null=None)",
            "models.CharField(max_length=9, )",
            "models.CharField(max_length=9, null=False)",
        ]),
        ("forms.CharField(max_length=9)", [
            "forms.CharField(max_length=None)", "forms.CharField(max_length=10)",
        ]),
        ("logger.info('%s', a)", ["logger.info('%s', None)", "logger.info('%s', )"]),
        ("Field(null=True, help_text='Words')", [
            "Field(null=None, help_text='Words')",
            "Field(help_text='Words')",
            "Field(null=False, help_text='Words')",
        ]),
    ],
)  # fmt: skip
def test_words_are_left_out_and_what_stands_beside_them_is_not(text, expected):
    assert changes(f"{text}\n") == expected


STUB = """\
LIMIT = 5


def given(a):
    return a + 1


class A:
    limit = 5
    other = 6

    def given(self, a):
        return a + 2

    def to_write(self, a):
        b = a + 3
        raise NotImplementedError
"""


def test_what_the_stub_holds_unchanged_is_left_out():
    assert changes(STUB, STUB) == []
    commented = STUB.replace("LIMIT = 5", "LIMIT = 5  # why").replace(
        "        return", "# why\n        return"
    )
    assert changes(commented, STUB) == []


def test_every_line_of_a_function_that_is_to_be_written_counts():
    solution = STUB.replace("raise NotImplementedError", "return b")
    assert changes(solution, STUB) == ["b = None", "b = a - 3", "b = a + 4"]


def test_a_declaration_that_is_to_be_written_counts():
    assert changes(STUB.replace("other = 6", "other = 7"), STUB) == ["other = None", "other = 8"]


def test_the_same_line_in_another_class_is_not_given():
    assert changes("class B:\n    limit = 5\n", STUB) == ["limit = None", "limit = 6"]


def test_mutant_says_where_it_is():
    text = "class A:\n    def f(self):\n        # é\n        return g(\n            a,\n            b,\n"
    text += "        )\n"
    first, *_, last = mutants(source(text), None)
    assert (first.file, first.scope) == ("exercise.py", "A.f")
    assert (first.line, first.before, first.after) == (5, ("a,",), ("None,",))
    assert first.code.decode() == text.replace("a,", "None,")
    assert (last.line, last.before, last.after) == (6, ("b,",), ())


def test_encoding_and_newlines_stay():
    text = "# coding: latin-1\r\na = 'é'\r\nb = not c\r\n".encode("latin-1")
    *_, last = mutants(source(text), None)
    assert last.code == text.replace(b"not c", b"c")


def test_only_python_is_changed():
    assert list(mutants(source("color = 1", "page.conf"), None)) == []


@pytest.mark.parametrize(
    ("solution", "stub"), [("a = (", "a = 1"), ("a = 1", "a = ("), ("a = 1", b"\xff")]
)
def test_error_file_that_does_not_parse(solution, stub):
    with pytest.raises(UnreadableSource) as caught:
        list(mutants(source(solution), source(stub)))
    place = "/katas/orm/joins/author/solution/exercise.py"
    assert caught.value.message.startswith(f"{place} or its stub does not parse: ")
