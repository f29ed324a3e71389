"""A JSON document read piece by piece: however long it is, one record of it is in memory."""

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn, TextIO

CHUNK = 64 * 1024  # characters read at once
LONGEST = 64 * 1024 * 1024  # characters of one value
NEAR = 32  # characters from the end within which a value may only be cut off
SPACE = " \t\n\r"


def members(file: TextIO) -> Iterator[tuple[str, Any]]:
    """The members of the object in the file, in its order; ValueError where it is not one.

    A list comes as an iterator of its values, to be used up before the next member is asked for.
    """
    text = _Text(file)
    text.take("{")
    more = text.next() != "}" or text.take("}") == ","
    while more:
        name = text.value()
        if not isinstance(name, str):
            raise ValueError(f"{name!r} stands where a name belongs")
        text.take(":")
        yield name, _elements(text) if text.next() == "[" else text.value()
        more = text.take(",}") == ","
    if text.next():
        raise ValueError("more follows after its end")


def _elements(text: "_Text") -> Iterator[Any]:
    text.take("[")
    more = text.next() != "]" or text.take("]") == ","
    while more:
        yield text.value()
        more = text.take(",]") == ","


class _Text:
    """What was read of the file and not used yet."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.text = ""
        self.at = 0
        self.decoder = json.JSONDecoder(parse_float=_finite, parse_constant=_constant)

    def next(self) -> str:
        """The next character that is no space, "" at the end."""
        while True:
            while self.at < len(self.text) and self.text[self.at] in SPACE:
                self.at += 1
            if self.at < len(self.text) or not self.more():
                return self.text[self.at : self.at + 1]

    def take(self, which: str) -> str:
        """The next character, which is one of these."""
        found = self.next()
        if not found:
            raise ValueError("it ends too soon")
        if found not in which:
            raise ValueError(f"{found!r} stands where {' or '.join(which)} belongs")
        self.at += 1
        return found

    def value(self) -> Any:
        """The next value, whole."""
        self.next()
        while True:
            try:
                value, end = self.decoder.raw_decode(self.text, self.at)
            except json.JSONDecodeError as error:
                cut = error.msg.startswith("Unterminated") or error.pos > len(self.text) - NEAR
                if not cut:
                    raise ValueError(f"it is not JSON: {error.msg}") from None
                if not self.more():
                    raise ValueError("it ends too soon") from None
            except RecursionError:
                raise ValueError("its values lie too deep in one another") from None
            else:
                number = isinstance(value, int | float)
                length = end - self.at
                # A number may go on in what is not read yet: "15" of "15.0", or of "15e+3".
                if not number or len(self.text) - end > 2 or not self.more():
                    self.at += length
                    return value

    def more(self) -> bool:
        """Read on, twice as much while one value needs it; False at the end of the file."""
        left = len(self.text) - self.at
        if left > LONGEST:
            raise ValueError(f"a value is longer than {LONGEST:,} characters")
        chunk = self.file.read(max(CHUNK, left))
        self.text = self.text[self.at :] + chunk
        self.at = 0
        return bool(chunk)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is out of range")
    return number


def _constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON")
