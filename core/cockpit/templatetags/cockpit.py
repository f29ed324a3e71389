"""Statuses, times and counts as the pages write them."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from core.cockpit.mark import PRACTICE, Mark
from core.cockpit.mark import mark as mark_of

register = template.Library()

MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800  # seconds


@register.simple_tag
def mark(status: str | None, *, short: bool = False) -> SafeString:
    """Sign and word; with `short`, the word is for screen readers and the pointer alone."""
    return _shown(mark_of(status), short=short)


@register.simple_tag
def practice_mark(state: str) -> SafeString:
    """How a kata's card stands: planned, open or due."""
    return _shown(PRACTICE[state])


def _shown(found: Mark, *, short: bool = False) -> SafeString:
    return format_html(
        '<span class="mark {}"{}><span class="sign" aria-hidden="true">{}</span> '
        '<span class="{}">{}</span></span>',
        found.tone,
        format_html(' title="{}"', found.word) if short else "",
        found.sign,
        "visually-hidden" if short else "word",
        found.word,
    )


@register.simple_tag
def against(value: int | None, budget: int | None) -> SafeString | str:
    """Queries against their budget; more than it is said in a sign and in words."""
    if value is None:
        return ""
    if budget is None or value <= budget:
        return format_html('<span class="against">{} / {}</span>', number(value), number(budget))
    return format_html(
        '<span class="against over">{} / {} <span class="over-sign" aria-hidden="true">▲</span>'
        '<span class="visually-hidden"> over budget</span></span>',
        number(value),
        number(budget),
    )


@register.filter
def seconds(value: float | None) -> str:
    """0.14 s, 3.2 s, 75 s."""
    if value is None:
        return ""
    return f"{value:.2f} s" if value < 1 else f"{value:.1f} s" if value < 10 else f"{value:.0f} s"


@register.filter
def lasted(seconds: float) -> str:
    """`43 s`, `12 min`, `5 h`: the whole ones that are over."""
    for unit, name in ((HOUR, "h"), (MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds // unit:.0f} {name}"
    return f"{seconds:.0f} s"


@register.filter
def ago(moment: datetime | None) -> SafeString | str:
    """How long ago, with the moment itself for the pointer and for machines."""
    if not moment:
        return ""
    age = (timezone.now() - moment).total_seconds()
    local = timezone.localtime(moment)
    if age < MINUTE:
        words = "just now"
    elif age < DAY:
        words = f"{lasted(age)} ago"
    elif age < WEEK:
        days = int(age // DAY)
        words = f"{days} day{'s' * (days != 1)} ago"
    else:
        words = f"{local:%Y-%m-%d}"
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        f"{local:%Y-%m-%d %H:%M %Z}",
        words,
    )


@register.filter
def ahead(moment: datetime | None, about: str = "") -> SafeString | str:
    """In how many days, with the day itself for the pointer and for machines."""
    if not moment:
        return ""
    local = timezone.localtime(moment)
    days = (local.date() - timezone.localdate()).days
    words = (
        f"in {about} {days} days".replace("  ", " ")
        if days > 1
        else "tomorrow"
        if days == 1
        else "today"
    )
    return format_html(
        '<time datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        f"{local:%Y-%m-%d}",
        words,
    )


@register.filter
def number(value: float | None) -> str:
    """1,234 or 0.5; nothing for none."""
    return "" if value is None else f"{value:,.10g}"


@register.filter
def typed(sentence: str) -> SafeString:
    """A sentence of ours, with what is to be typed as code: it stands between backticks."""
    parts = enumerate(sentence.split("`"))
    return format_html_join(
        "", "{}", ((format_html("<code>{}</code>", part) if n % 2 else part,) for n, part in parts)
    )


@register.filter
def sign(value: str) -> str:
    """What a line of a diff begins with, as a class: plus, minus, place or same."""
    if value.startswith(("--- ", "+++ ")):
        return "place"
    return {"+": "plus", "-": "minus", "@": "place"}.get(value[:1], "same")
