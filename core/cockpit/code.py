"""Code with colours: spans with Pygments' classes, whose colours are in code.css, light and dark."""

from dataclasses import dataclass
from pathlib import Path

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexer import Lexer
from pygments.lexers import TextLexer, get_lexer_by_name, get_lexer_for_filename
from pygments.util import ClassNotFound

LONGEST = 200_000  # characters that are coloured; longer text is shown plain


@dataclass(frozen=True)
class Line:
    """One line of a file; `queries` is how many it asked."""

    number: int
    html: SafeString
    queries: int = 0


@dataclass(frozen=True)
class File:
    """A file to read, and `link`, which opens it in the editor."""

    path: str
    lines: tuple[Line, ...]
    link: str = ""


def file(
    path: str, content: bytes, *, queries: dict[int, int] | None = None, link: str = ""
) -> File:
    """The file line by line, with the `queries` that lines asked, by number."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        shown = escape(f"{len(content)} bytes that are not UTF-8 text")
        return File(path, (Line(1, shown),), link)
    found = queries or {}
    rows = _coloured(text, _lexer_of(path)).split("\n")
    return File(
        path,
        tuple(
            Line(number, mark_safe(row), found.get(number, 0))  # noqa: S308 - Pygments escapes
            for number, row in enumerate(rows, 1)
        ),
        link,
    )


def block(text: str, language: str) -> str:
    """A block of Markdown; it can be scrolled by keyboard."""
    try:
        lexer = get_lexer_by_name(language, stripnl=False) if language else TextLexer()
    except ClassNotFound:
        lexer = TextLexer()
    return f'<pre class="code" tabindex="0"><code>{_coloured(text, lexer)}</code></pre>'


def sql(statement: str) -> SafeString:
    """A statement in one line."""
    return mark_safe(_coloured(statement, get_lexer_by_name("sql")))  # noqa: S308 - escaped


def _coloured(text: str, lexer: Lexer) -> str:
    if len(text) > LONGEST:
        return escape(text.rstrip("\n"))
    return str(highlight(text, lexer, HtmlFormatter(nowrap=True))).rstrip("\n")


def _lexer_of(path: str) -> Lexer:
    try:
        return get_lexer_for_filename(Path(path).name, stripnl=False)
    except ClassNotFound:
        return TextLexer(stripnl=False)
