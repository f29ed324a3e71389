"""Mutants of a solution: the same files with one spot changed, by mutmut's operators.

Its operators, not its runner: a mutant is run as any other source is. mutmut is there for development
alone, so `core.check.mutation` imports this module when it is asked for mutants, and no sooner.
"""

import ast
import itertools
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import libcst as cst
import libcst.matchers as m
from mutmut.mutation import mutators

from core.catalogue import relative
from core.source import Source, UnreadableSource

# What only people read: in other words it is no other code.
SENTENCE = m.Arg(
    keyword=None, value=m.SimpleString() | m.FormattedString() | m.ConcatenatedString()
)
WORDS = m.Arg(keyword=m.Name("verbose_name") | m.Name("verbose_name_plural") | m.Name("help_text"))
# What a table is made with, and SQLite does not hold.
SIZE = m.Arg(keyword=m.Name("max_length") | m.Name("max_digits") | m.Name("decimal_places"))
FIELD = m.Call(func=m.Attribute(value=m.Name("models")))
LOG = m.Call(func=m.Attribute(value=m.Name("logger") | m.Name("logging") | m.Name("log")))


@dataclass(frozen=True)
class Mutant:
    """A file of the solution with one spot changed.

    `before` and `after` are the lines that differ, without their indentation, and `line` the number
    of the first; `scope` is what it stands in, such as `Lines.__iter__`; `code` is the whole file.
    """

    file: str
    line: int
    scope: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    code: bytes


def mutants(solution: Source, stub: Source | None) -> Iterator[Mutant]:
    """Every mutant that compiles and differs, each once, in the order of the text.

    What the stub holds unchanged is left out: nobody is asked to write it. UnreadableSource where
    a file does not parse.
    """
    for name, content in solution.files.items():
        if name.endswith(".py"):
            given = stub.files.get(name, b"") if stub else b""
            try:
                module = cst.parse_module(content)
                spots = _Spots(frozenset(_statements(ast.parse(given).body)))
            except (cst.ParserSyntaxError, SyntaxError, ValueError) as error:
                place = relative(solution.path(name))
                fix = "Write it, and its stub, so that libcst parses them."
                raise UnreadableSource(
                    f"{place} or its stub does not parse: {error}.", hint=fix
                ) from error
            module.visit(spots)
            yield from _differing(name, module, spots.found)


def _differing(
    file: str, module: cst.Module, spots: list[tuple[str, cst.CSTNode, cst.CSTNode]]
) -> Iterator[Mutant]:
    seen = {ast.dump(ast.parse(module.code))}
    lines = module.code.splitlines()
    for scope, node, changed in spots:
        code = cst.ensure_type(module.deep_replace(node, changed), cst.Module).code
        tree = _compiled(code)
        if tree and tree not in seen:
            seen.add(tree)
            start, before, after = _difference(lines, code.splitlines())
            yield Mutant(file, start + 1, scope, before, after, code.encode(module.encoding))


def _compiled(code: str) -> str:
    """The syntax tree as text; "" for what is no Python, such as a `return` outside a function."""
    try:
        with warnings.catch_warnings(action="ignore"):  # that None is called, that 1 is compared
            compile(code, "mutant", "exec", dont_inherit=True)
        return ast.dump(ast.parse(code))
    except SyntaxError:
        return ""


def _difference(old: list[str], new: list[str]) -> tuple[int, tuple[str, ...], tuple[str, ...]]:
    """Where the lines begin to differ, and those that do, of both. Indentation is no difference:
    an operator that takes an argument out may move the bracket after it."""
    old, new = ([line.strip() for line in lines] for lines in (old, new))
    same = itertools.takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
    start = len(list(same))
    tail = zip(reversed(old[start:]), reversed(new[start:]), strict=False)
    end = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], tail)))
    return start, tuple(old[start : len(old) - end]), tuple(new[start : len(new) - end])


def _statements(body: list[ast.stmt], scope: str = "") -> Iterator[tuple[str, str]]:
    """The statements of a module and its classes, each with the class that it stands in."""
    for statement in body:
        yield scope, ast.dump(statement)
        if isinstance(statement, ast.ClassDef):
            yield from _statements(statement.body, f"{scope}.{statement.name}".lstrip("."))


class _Spots(cst.CSTVisitor):
    """Collects (scope, node, what to put in its place) of everything but what is left out."""

    def __init__(self, given: frozenset[tuple[str, str]]) -> None:
        super().__init__()
        self.given = given
        self.found: list[tuple[str, cst.CSTNode, cst.CSTNode]] = []
        self.around: list[cst.FunctionDef | cst.ClassDef] = []
        self.kept: list[cst.Arg] = []  # arguments that no change may touch

    @property
    def scope(self) -> str:
        return ".".join(node.name.value for node in self.around)

    def on_visit(self, node: cst.CSTNode) -> bool:
        left_out = self._left_out(node)
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.around.append(node)
        if left_out:
            return False
        if isinstance(node, cst.Raise) and isinstance(node.exc, cst.Call):
            self.kept += [arg for arg in node.exc.args if m.matches(arg, SENTENCE)]
        if isinstance(node, cst.Call):
            kept = [WORDS]
            kept += [SENTENCE] if m.matches(node, LOG) else []
            kept += [SIZE] if m.matches(node, FIELD) else []
            self.kept += [arg for arg in node.args if any(m.matches(arg, kind) for kind in kept)]
        self.found += [(self.scope, node, changed) for changed in self._changes(node)]
        return True

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef):
            self.around.pop()

    def _left_out(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.SimpleStatementLine | cst.BaseCompoundStatement):
            if any(isinstance(each, cst.FunctionDef) for each in self.around):
                return False  # in a function that is to be written, every line counts
            statements = ast.parse(cst.Module([node]).code).body
            return all((self.scope, ast.dump(each)) in self.given for each in statements)
        docstring = isinstance(node, cst.Expr) and isinstance(node.value, cst.BaseString)
        return docstring or isinstance(node, cst.Annotation) or self._is_kept(node)

    def _is_kept(self, node: cst.CSTNode) -> bool:
        return any(node is arg for arg in self.kept)

    def _changes(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        for kind, operator in mutators.mutation_operators:
            if isinstance(node, kind):
                changes: Iterable[cst.CSTNode] = operator(node)
                if operator is mutators.operator_string:
                    changes = itertools.islice(changes, 1)  # the others change capitals alone
                yield from (changed for changed in changes if self._keeps(node, changed))

    def _keeps(self, node: cst.CSTNode, changed: cst.CSTNode) -> bool:
        """Whether a changed call still has the arguments that are to stay."""
        if not isinstance(node, cst.Call) or not isinstance(changed, cst.Call):
            return True
        kept = [arg for arg in node.args if self._is_kept(arg)]
        return all(any(arg is other for other in changed.args) for arg in kept)
