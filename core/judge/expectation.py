"""A result against what was expected, as an AssertionError that keeps call, got and expected apart."""

import contextlib
from collections.abc import Iterator
from typing import Any

WINDOW = 240  # characters of a value that a screen shows


class Mismatch(AssertionError):
    """`call` did not give what was expected; all three are short texts, ready to show."""

    def __init__(self, call: str, got: str, expected: str, because: str = "") -> None:
        self.call = call
        self.got = got
        self.expected = expected
        super().__init__(because)


def expect(call: str, got: object, expected: object, because: str = "") -> None:
    """Raise Mismatch unless `got == expected`.

    `call` is what a learner would type, such as "lines(path)". `because` is one sentence that says
    what the difference means, such as "A blank line is a line: only an empty string ends the file."
    """
    if got != expected:
        raise Mismatch(call, *difference(got, expected), because)


@contextlib.contextmanager
def expect_raises(
    call: str, kind: type[BaseException], *, says: str = "", because: str = ""
) -> Iterator[None]:
    """Raise Mismatch unless the block raises `kind` with `says` in its message.

    Where another exception comes, the mismatch names it, and has it as its cause: the learner's
    line is in that one's traceback.
    """
    wanted = kind.__name__ + (f" that says {says!r}" if says else "")
    try:
        yield
    except kind as error:
        if says not in str(error):
            raise Mismatch(call, raised(error), wanted, because) from error
    except Exception as error:
        raise Mismatch(call, raised(error), wanted, because) from error
    else:
        raise Mismatch(call, "no exception", wanted, because)


def raised(error: BaseException) -> str:
    return f"{type(error).__name__}: {shorten(str(error), WINDOW)}"


def difference(got: object, expected: object) -> tuple[str, str]:
    """Both as text; long ones cut to where they begin to differ."""
    texts = text(got), text(expected)
    if max(map(len, texts)) <= WINDOW:
        return texts
    pairs = enumerate(zip(*texts, strict=False))
    same = next((i for i, (a, b) in pairs if a != b), min(map(len, texts)))
    start = max(0, same - WINDOW // 3)
    if start == 0:
        return shorten(texts[0], WINDOW), shorten(texts[1], WINDOW)
    return tuple(f"…{shorten(part[start:], WINDOW)}" for part in texts)  # type: ignore[return-value]


def text(value: Any) -> str:
    """`repr`, also of an object whose own raises."""
    try:
        return repr(value)
    except Exception as error:  # noqa: BLE001 - the learner's own __repr__ may raise anything
        return f"<a {type(value).__name__} whose repr raises {type(error).__name__}>"


def shorten(value: str, most: int) -> str:
    return value if len(value) <= most else f"{value[:most]}…"
