"""Stepping: the copy does what the module does, and stops between any two things others can see."""

import ast
import inspect
import re

import pytest

from core.judge.stepping import Steps, stepping

SYNTAX = '''"""A module."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field


@dataclass
class Point:
    """Two numbers."""

    x: int
    rest: list[int] = field(default_factory=list)

    @property
    def double(self) -> int:
        """Twice x."""
        return self.x * 2


class Near(Point):
    def __init__(self, x, *rest, **more):
        super().__init__(x, [*rest, *more.values()])

    def __getitem__(self, key):
        return key


def matched(value):
    match value:
        case Point(x=1):
            return "one"
        case [first, *_] if first:
            return f"{first!r:>{len('four')}} {{}} {value[0]=}"
        case {"key": asyncio.TimeoutError | None}:
            return "none"
        case _:
            return "other"


def numbers(n):
    yield from (i for i in range(n))
    got = yield n
    assert got is None, got.text


async def later(n):
    await asyncio.sleep(0)
    return [x async for x in aiter_of(n)]


async def aiter_of(n):
    for i in range(n):
        yield i


def scopes():
    count = 0

    def add(by=1):
        nonlocal count
        count += by
        return count

    add()
    add(by=2)
    return count, (lambda: count)()


def deleted():
    point = Near(1, 2, 3)
    point.rest[0], point.x = point.x, point.rest[0]
    del point.rest[1:], point.x
    return point.rest, point[1:2, ..., 3], hasattr(point, "x")


def caught():
    with contextlib.suppress(KeyError), contextlib.suppress(ValueError):
        try:
            {}["a"]
        except KeyError as error:
            raise ValueError("b") from error
        else:
            return "else"
        finally:
            caught.done = True
    while not caught.done:
        pass
    return caught.done


def everything():
    if (n := len(Near(1).rest)) == 0 and not n:
        n += 1
    return (
        [matched(Point(1)), matched([8]), matched({"key": None}), matched(0)],
        list(numbers(3)),
        asyncio.run(later(2)),
        scopes(),
        deleted(),
        caught(),
        Point(4).double,
        Point.double.__doc__,
        __doc__,
        {**{x: y for x, y in zip("ab", "cd")}, "n": n},
    )
'''


def same(value, path, line):
    return value


def test_copy_does_what_the_module_does(imported):
    module = imported(SYNTAX)
    copy = stepping(module, same)
    expected = module.everything()
    assert expected[0] == ["one", "   8 {} value[0]=8", "none", "other"]
    assert copy.everything() == expected
    assert copy.__name__ == "exercise"
    assert inspect.signature(copy.Near) == inspect.signature(module.Near)
    assert copy.Point.__annotations__ == module.Point.__annotations__


def test_copies_share_nothing(imported):
    module = imported("stock = []\n\ndef add(book):\n    stock.append(book)\n")
    first, second = stepping(module, same), stepping(module, same)
    first.add("Emma")
    assert (first.stock, second.stock, module.stock) == (["Emma"], [], [])


@pytest.mark.parametrize(
    ("code", "stepped"),
    [
        # Before each statement, and between what is read and what is written.
        ("self.last += 1", "_(2)\nself.last += _(1)"),
        ("self.last = self.last + 1", "_(2)\n_(self).last = _(self.last) + 1"),
        ("a.x, b[0] = 3, 4", "_(2)\n_(a).x, _(b)[0] = (3, 4)"),
        ("del a.x", "_(2)\ndel _(a).x"),
        # Before a lock is taken, and after each thing that is read or called.
        ("with a, b.lock as c: pass", "_(2)\nwith _(a), _(b.lock) as c:\n    _(2)\n    pass"),
        ("return f(a)[0]", "_(2)\nreturn _(_(f(a))[0])"),
        ("return [x.y for x in a if x.z()]", "_(2)\nreturn [_(x.y) for x in a if _(_(x.z)())]"),
        ("while a.busy: pass", "_(2)\nwhile _(a.busy):\n    _(2)\n    pass"),
        # A name that a function may assign from afar.
        ("global n; n = n + 1", "_(2)\nglobal n\n_(2)\nn = _(n) + 1"),
        # So that a debugger comes up in the learner's line.
        ("breakpoint(); f()", "_(2)\nbreakpoint()\n_(2)\n_(f())"),
        # Nothing that only this thread can see, and no docstring.
        ("'A'; n = 1; return n + n, n", '''"""A"""\n_(2)\nn = 1\n_(2)\nreturn (n + n, n)'''),
    ],
)
def test_where_the_steps_are(code, stepped):
    tree = ast.parse(f"def call(self):\n    {code}")
    text = ast.unparse(Steps(tree).visit(tree)).replace("__step__(None, 2)", "_(2)")
    lines = re.sub(r", 2\)", ")", text.replace("__step__", "_")).split("\n")[1:]
    assert "\n".join(line.removeprefix("    ") for line in lines) == stepped


def test_step_is_told_path_and_line_and_gives_the_value(imported):
    module = imported("def call(names):\n    return len(names)\n")
    seen = []

    def step(value, path, line):
        seen.append((path, line, value))
        return value and value * 10

    assert stepping(module, step).call("abc") == 30
    assert seen == [(module.__file__, 2, None), (module.__file__, 2, 3)]
