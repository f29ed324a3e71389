"""A copy of the learner's module that calls `step` between any two things another thread can see.

`self.last += 1` becomes `step(None, 7); self.last += step(1, 7)`: whoever is stopped at the second has
read and not yet written. Lines and breakpoints are those of the original.
"""

import ast
import functools
from collections.abc import Callable
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

STEP = "__step__"  # the name that the copy calls it by
# What reads something that others may change, or does something: a step follows.
SHARED = (ast.Attribute, ast.Subscript, ast.Call, ast.Await, ast.Yield, ast.YieldFrom)
BLOCKS = ("body", "orelse", "finalbody")  # fields with statements: a step before each
SYNTAX = ("annotation", "returns", "pattern")  # fields that are not computed where they stand


def stepping(module: ModuleType, step: Callable[[Any, str, int], Any]) -> ModuleType:
    """A fresh copy, with globals of its own; `step(value, path, line)` gives the value back."""
    path = str(module.__file__)
    copy = ModuleType(module.__name__)
    copy.__dict__.update(__file__=path, __package__=module.__package__)
    copy.__dict__[STEP] = lambda value, line: step(value, path, line)
    exec(_code(path), copy.__dict__)  # noqa: S102 - as an import runs it
    return copy


@functools.cache
def _code(path: str) -> CodeType:
    tree = ast.parse(Path(path).read_bytes(), path)
    return compile(ast.fix_missing_locations(Steps(tree).visit(tree)), path, "exec")


class Steps(ast.NodeTransformer):
    def __init__(self, tree: ast.AST) -> None:
        declared = [n for n in ast.walk(tree) if isinstance(n, ast.Global | ast.Nonlocal)]
        self.names = {name for each in declared for name in each.names}  # that functions assign

    def generic_visit(self, node: ast.AST) -> Any:
        syntax = {name: getattr(node, name) for name in SYNTAX if getattr(node, name, None)}
        vars(node).update(dict.fromkeys(syntax))
        super().generic_visit(node)
        vars(node).update(syntax)
        shared = isinstance(node, SHARED) or getattr(node, "id", None) in self.names
        if shared and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            return stepped(node)
        if isinstance(node, ast.Attribute | ast.Subscript):  # assigned to or deleted
            node.value = stepped(node.value)
        if not isinstance(node, ast.Module | ast.ClassDef):
            for name in BLOCKS:
                block = getattr(node, name, None)
                if isinstance(block, list):
                    setattr(node, name, [each for line in block for each in with_step(line)])
        return node

    def visit_Expr(self, node: ast.Expr) -> Any:
        """A debugger comes up in the learner's next line, not in a step."""
        is_breakpoint = getattr(getattr(node.value, "func", None), "id", "") == "breakpoint"
        return node if is_breakpoint else self.generic_visit(node)

    def visit_withitem(self, node: ast.withitem) -> ast.AST:
        """Between what a `with` evaluates and what it enters."""
        self.generic_visit(node)
        node.context_expr = stepped(node.context_expr)
        return node

    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        """Between what `+=` reads and what it writes."""
        super().generic_visit(node.target)
        node.value = stepped(self.visit(node.value))
        return node


def stepped(value: Any) -> Any:
    if isinstance(value, ast.Call) and getattr(value.func, "id", None) == STEP:
        return value
    arguments = [value, ast.Constant(value.lineno)]
    return ast.copy_location(ast.Call(ast.Name(STEP, ast.Load()), arguments, []), value)


def with_step(line: ast.stmt) -> list[ast.stmt]:
    if isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant):
        return [line]  # a docstring stays one
    step = ast.Expr(stepped(ast.copy_location(ast.Constant(None), line)))
    return [ast.copy_location(step, line), line]
