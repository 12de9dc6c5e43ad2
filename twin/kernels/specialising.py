"""A build of kernels for what is the same throughout: fields that never change are numbers in it, and what they rule out is not compiled.

The source is the same. Before a module is compiled, wherever it reads such a field (`plant[unit + at.CAUSES]`) the number is put in its
place, and what can then never be reached is left out: `if`, `while`, `for` and conditions whose answer is known. The rest is LLVM's work.
"""

from __future__ import annotations

import ast
import importlib
import operator
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

Way = Callable[[Callable[..., Any]], Callable[..., Any]]
Held = Mapping[str, int | float]
"""Fields by their names in the modules of rows, and what they hold."""

_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
}  # fmt: skip


class Specialised:
    """Modules of a package, each executed a second time with what `held` says in place of the fields.

    Parameters
    ----------
    package : name of the package; what its modules import from it is specialised too, except from `rows`
    rows : name of the package below it in whose modules the fields have their numbers
    name : of this build; its modules and entries are called so too: `advance_at_lean`
    ways : how functions are compiled in this build, where another way is better for what it plays: `"deciding.decide": seldom`, by the
        name of the module below the package
    """

    def __init__(self, package: str, rows: str, name: str, held: Held, ways: Mapping[str, Way]) -> None:
        self._package, self._rows, self._name, self._held, self._ways = package, rows, name, held, ways
        self._modules: dict[str, ModuleType] = {}

    def module(self, name: str) -> ModuleType:
        """The module as it is in this build."""
        if name not in self._modules:
            path = str(importlib.import_module(name).__file__)
            module = ModuleType(f"{name}_{self._name}")
            module.__file__ = path
            tree = ast.parse(Path(path).read_text(encoding="utf-8"), path)
            for statement in [it for it in tree.body if isinstance(it, ast.ImportFrom) and self._is_ours(it.module or "")]:
                theirs = self.module(str(statement.module))
                module.__dict__.update({it.asname or it.name: getattr(theirs, it.name) for it in statement.names})
                tree.body.remove(statement)
            for function in [it for it in tree.body if isinstance(it, ast.FunctionDef)]:
                self._prepare(function, f"{name.removeprefix(self._package)[1:]}.{function.name}", module)
            specialised = ast.fix_missing_locations(_Specialising(self._held, self._numbers(tree)).visit(tree))
            sys.modules[module.__name__] = self._modules[name] = module  # Numba looks there for the globals of a function
            exec(compile(specialised, path, "exec"), module.__dict__)
        return self._modules[name]

    def _prepare(self, function: ast.FunctionDef, called: str, module: ModuleType) -> None:
        """An entry has a name of its own, and some functions are compiled in another way."""
        if any(ast.unparse(it) == "entry" for it in function.decorator_list):
            function.name += f"_{self._name}"  # Numba finds machine code again by the name of the file and of the function
        if way := self._ways.get(called):
            module.__dict__[way.__name__] = way
            function.decorator_list = [ast.Name(way.__name__, ast.Load())]

    def _is_ours(self, module: str) -> bool:
        return module.startswith(f"{self._package}.") and not f"{module}.".startswith(f"{self._rows}.")

    def _numbers(self, tree: ast.Module) -> dict[str, ModuleType]:
        """The modules of rows, by the names under which a module has imported them."""
        imports = [it for it in tree.body if isinstance(it, ast.ImportFrom) and it.module == self._rows]
        return {it.asname or it.name: importlib.import_module(f"{self._rows}.{it.name}") for one in imports for it in one.names}


class _Specialising(ast.NodeTransformer):
    """Puts numbers in the place of fields, and leaves out what can never be reached."""

    def __init__(self, held: Held, numbers: Mapping[str, ModuleType]) -> None:
        self._held, self._numbers = held, numbers

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """`plant[unit + at.FIELD]`, or `plant[at.FIELD]` of the header, where it is read."""
        self.generic_visit(node)
        index = node.slice.right if isinstance(node.slice, ast.BinOp) and isinstance(node.slice.op, ast.Add) else node.slice
        is_read = isinstance(node.ctx, ast.Load) and self._number(index) is not None
        return ast.Constant(self._held[index.attr]) if is_read and isinstance(index, ast.Attribute) and index.attr in self._held else node

    def _number(self, node: ast.expr) -> int | float | None:
        """What a number, or a name of one in a module of rows, stands for; None if that is not known."""
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
            return node.value
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in self._numbers:
            number: int = getattr(self._numbers[node.value.id], node.attr)
            return number
        return None

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        left, right = self._number(node.left), self._number(node.comparators[0])
        compare = _COMPARED.get(type(node.ops[0]))
        if len(node.ops) > 1 or left is None or right is None or compare is None:
            return node
        return ast.Constant(compare(left, right))

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        return ast.Constant(not node.operand.value) if isinstance(node.op, ast.Not) and isinstance(node.operand, ast.Constant) else node

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """`and` and `or`, where they are conditions: what cannot change the answer is left out."""
        self.generic_visit(node)
        decides, left = isinstance(node.op, ast.Or), list[ast.expr]()
        for value in node.values:
            if not isinstance(value, ast.Constant):
                left.append(value)
            elif bool(value.value) == decides:
                if not any(isinstance(it, ast.Call) for before in left for it in ast.walk(before)):
                    return ast.Constant(decides)  # what comes before does nothing but ask
                left.append(ast.Constant(decides))
                break
        if not left:
            return ast.Constant(not decides)
        node.values = left
        return node if len(left) > 1 else left[0]

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            return node.body if node.test.value else node.orelse
        return node

    def visit_If(self, node: ast.If) -> Any:
        self.generic_visit(node)
        if isinstance(node.test, ast.Constant):
            return (node.body if node.test.value else node.orelse) or ast.Pass()
        return node

    def visit_While(self, node: ast.While) -> ast.AST:
        self.generic_visit(node)
        return ast.Pass() if isinstance(node.test, ast.Constant) and not node.test.value else node

    def visit_For(self, node: ast.For) -> ast.AST:
        self.generic_visit(node)
        counts_to = node.iter.args if isinstance(node.iter, ast.Call) else []
        return ast.Pass() if len(counts_to) == 1 and isinstance(counts_to[0], ast.Constant) and not counts_to[0].value else node
