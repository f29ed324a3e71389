"""The stock lists that suppliers send as text: one pass over the lines, and any number of passes."""

from collections.abc import Iterator
from pathlib import Path


class LineIterator:
    """One pass over the lines of a UTF-8 text file, each without its newline.

    The file is closed at the end of the lines, by `close()`, or by a `with` block.
    """

    def __init__(self, path: Path) -> None:
        self.file = open(path, encoding="utf-8")
        self.lines = None

    def __iter__(self) -> "LineIterator":
        # Itself, not a new one: after next(reader) a `for` goes on where the reader stands.
        return self

    def __next__(self) -> str:
        # A closed file would raise ValueError. An iterator that has ended must say so again.
        if self.file.closed:
            raise StopIteration
        try:
            if self.lines is None:
                self.lines = iter(self.file.read().removesuffix("\n").split("\n"))
            return next(self.lines)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """End the pass early. Calling it twice does no harm."""
        self.file.close()

    def __enter__(self) -> "LineIterator":
        return self

    def __exit__(self, kind: object, error: object, traceback: object) -> None:
        # Returns None, which is false: an error of the block goes on to the caller.
        self.close()


class Lines:
    """The lines of the file at `path`, to loop over as often as one likes."""

    def __init__(self, path: Path) -> None:
        # Only the path: a position in the file belongs to one loop, so it lives in the iterator.
        self.path = path

    def __iter__(self) -> Iterator[str]:
        return LineIterator(self.path)
