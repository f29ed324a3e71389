"""Markdown as HTML that is safe to show: no HTML of the author's own, and only harmless tags."""

import functools

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from core.cockpit.code import block

TAGS = {
    *("h2", "h3", "h4", "h5", "h6", "p", "ul", "ol", "li", "blockquote", "hr", "br"),
    *("a", "em", "strong", "code", "pre", "span"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
ATTRIBUTES = {
    "a": {"href", "title"},
    "code": {"class"},
    "pre": {"class", "tabindex"},
    "span": {"class"},
    "ol": {"start"},
}
SCHEMES = {"http", "https", "mailto"}
DEEPEST = 6


@functools.cache
def _parser() -> MarkdownIt:
    # With html off, a tag in the text is text.
    options = {"html": False, "highlight": lambda text, language, _: block(text, language)}
    return MarkdownIt("commonmark", options).enable("table")


def to_html(markdown: str, *, below: int = 1) -> SafeString:
    """The HTML; its headings come `below` levels lower, to stand under the page's own."""
    parser = _parser()
    tokens = parser.parse(markdown)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1]) + below, DEEPEST)}"
    return _clean(parser.renderer.render(tokens, parser.options, {}))


def inline(markdown: str) -> SafeString:
    """One line of Markdown without a paragraph around it."""
    return _clean(_parser().renderInline(markdown))


def _clean(html: str) -> SafeString:
    return mark_safe(  # noqa: S308 - nh3 leaves nothing that could do harm
        nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, url_schemes=SCHEMES)
    )
