import builtins
import contextlib
import io
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import pytest
from parameterized import parameterized

from core.judge import expect, expect_raises, rng

from .exercise import LineIterator, Lines

real_open = builtins.open
A, B, C = (f"{title} {rng(title).randrange(1000)}" for title in ("Emma", "Ivanhoe", "Kim"))


class FileCase(unittest.TestCase):
    """One text file, and a list of the handles that the code under test has opened on it."""

    def setUp(self):
        self.path = Path(self.enterContext(tempfile.TemporaryDirectory()), "stock.txt")
        self.write(f"{A}\n{B}\n")
        self.opened = []
        for module in (builtins, io):
            self.enterContext(mock.patch.object(module, "open", self.open))
        self.addCleanup(lambda: [handle.close() for handle in self.opened])

    def open(self, file, mode="r", buffering=-1, encoding=None, *more, **options):
        mine = str(file) == str(self.path)
        if mine and "b" not in mode and encoding in (None, "locale"):
            encoding = "cp1252"  # as on a machine whose own encoding is not UTF-8
        handle = real_open(file, mode, buffering, encoding, *more, **options)
        if mine:
            self.opened.append(handle)
        return handle

    def write(self, text, mode="wb"):
        with real_open(self.path, mode) as file:
            file.write(text if isinstance(text, bytes) else text.encode())

    def expect_none_open(self, call, because):
        left = sum(not handle.closed for handle in self.opened)
        expect(f"files open after {call}", left, 0, because)


def outcome(call, *args):
    """What the call returns, or the name of the error that it raises."""
    try:
        return call(*args)
    except (StopIteration, ValueError) as error:
        return type(error).__name__


TEXTS = [
    ("blank_line_inside", f"{A}\n\n{B}\n", [A, "", B], "A blank line is a line too."),
    ("blank_line_last", f"{A}\n\n", [A, ""], "A blank line is a line too, also at the end."),
    ("spaces_stay", f"  {A} \n\t{B}\n", [f"  {A} ", f"\t{B}"], "Take off the newline alone."),
    ("no_newline_at_the_end", f"{A}\n{B}", [A, B], "The last line may have no newline."),
    ("empty_file", "", [], "An empty file has no lines: one blank line would be a newline."),
    ("windows_newlines", f"{A}\r\n\r\n{B}\r\n", [A, "", B], "Windows ends a line with two signs."),
    ("not_ascii", f"{A}, Brontë\n", [f"{A}, Brontë"], "The file is UTF-8 on every machine."),
]


@pytest.mark.task(1)
class EveryLine(FileCase):
    @parameterized.expand(TEXTS)
    def test_lines(self, case, text, expected, because):
        self.write(text)
        call = f"list(LineIterator(path)) of a file with {text!r}"
        expect(call, list(LineIterator(self.path)), expected, because)

    def test_header_then_the_rest(self):
        reader = LineIterator(self.path)
        because = "An iterator is its own iterator: a loop goes on from where it stands."
        expect("[next(reader), list(reader)]", [next(reader), list(reader)], [A, [B]], because)

    def test_reads_as_it_goes(self):
        reader = LineIterator(self.path)
        lines = [next(reader)]
        self.write(f"{C}\n", "ab")
        lines += reader
        call = "next(reader), then a line added to the file, then list(reader)"
        because = "Read a line when it is asked for: a file may be larger than the memory."
        expect(call, lines, [A, B, C], because)

    def test_stays_at_its_end(self):
        reader = LineIterator(self.path)
        list(reader)
        self.write(f"{C}\n", "ab")
        call = "list(reader), then a line added to the file, then next(reader)"
        because = "An iterator that has raised StopIteration raises it ever after."
        expect(call, outcome(next, reader), "StopIteration", because)


LOOPS = [
    ("two_loops", "[list(lines), list(lines)]", [[A, B], [A, B]]),
    ("nested_loops", "[(x, y) for x in lines for y in lines]", [(A, A), (A, B), (B, A), (B, B)]),
    ("two_loops_side_by_side", "list(zip(lines, lines))", [(A, A), (B, B)]),
    ("after_a_loop_broken_off", "[next(iter(lines)), list(lines)]", [A, [A, B]]),
]


@pytest.mark.task(2)
class EveryLoop(FileCase):
    @parameterized.expand(LOOPS)
    def test_each_loop_has_every_line(self, case, call, expected):
        got = eval(call, {"lines": Lines(self.path)})
        because = (
            "Each loop asks for an iterator: give it a new one, with its own place in the file."
        )
        expect(f"lines = Lines(path); {call}", got, expected, because)

    def test_opens_nothing_before_a_loop(self):
        Lines(self.path)
        because = "A path is enough until somebody loops: that may be never, or a thousand times."
        expect("files opened by Lines(path)", len(self.opened), 0, because)

    def test_a_loop_reads_as_it_goes(self):
        loop = iter(Lines(self.path))
        got = [next(loop), next(loop)]
        self.write(f"{C}\n", "ab")
        got.append(outcome(next, loop))
        call = "two lines of a loop, then a line added to the file, then the next line of the loop"
        because = "A loop that needs one line reads one line: a file may be larger than the memory."
        expect(call, got, [A, B, C], because)

    def test_a_later_loop_reads_again(self):
        lines = Lines(self.path)
        got = [list(lines)]
        self.write(f"{C}\n")
        got.append(list(lines))
        call = "list(lines), then a new file from the supplier, then list(lines)"
        because = "Keep no lines in memory: the second loop reads the file as it is now."
        expect(call, got, [[A, B], [C]], because)


def broken_off(reader):
    with reader:
        for _ in reader:
            break


def error_in_the_block(reader):
    with reader:
        raise KeyError


USES = [
    ("at_the_end", list, "list(reader)", "Nothing is left to read: close the file."),
    ("after_break", broken_off, "with reader: for … break", "A `for` does not close: `with` does."),
    ("after_an_error", error_in_the_block, "with reader: raise KeyError", "Close in any case."),
    ("after_close", lambda reader: reader.close(), "reader.close()", "close() closes the file."),
]
AFTER_CLOSE = [
    ("next", next, "StopIteration", "After close() there are no more lines, and that is no error."),
    ("close", lambda reader: reader.close(), None, "Closing twice does no harm."),
]


@pytest.mark.task(3)
class EveryHandle(FileCase):
    @parameterized.expand(USES)
    def test_no_file_is_left_open(self, case, use, call, because):
        reader = LineIterator(self.path)
        with contextlib.suppress(KeyError):
            use(reader)
        self.expect_none_open(call, because)

    def test_error_of_reading_closes_and_goes_on(self):
        self.write(f"{A}\n".encode() + b"\x81\xff\n")
        reader = LineIterator(self.path)
        call = "list(reader) of a file that is not UTF-8"
        because = "An error is not the end of the file: close it, and let the error go on."
        with expect_raises(call, UnicodeDecodeError, because=because):
            list(reader)
        self.expect_none_open(call, because)

    def test_error_of_the_block_goes_on(self):
        because = (
            "A true value from __exit__ hides the error: the caller believes that all is well."
        )
        with expect_raises("with reader: raise KeyError", KeyError, because=because):
            error_in_the_block(LineIterator(self.path))

    def test_with_gives_the_reader(self):
        reader = LineIterator(self.path)
        with reader as given:
            because = "The name after `as` gets what __enter__ returns."
            expect("with reader as given: given is reader", given is reader, True, because)

    @parameterized.expand(AFTER_CLOSE)
    def test_after_close(self, case, step, expected, because):
        reader = LineIterator(self.path)
        reader.close()
        call = f"reader.close(), then {case}"
        expect(call, outcome(step, reader), expected, because)
