"""What every Python file of the project keeps to. Each rule takes the top of a tree and returns its findings, one line each."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.house.tracked import CODE, PYTHON, place, tracked_files

FILE_LINES = 400
FUNCTION_LINES = 50
ROOM_FILES = 10
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "core", "manager", "handler", "misc"}
UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK|placeholder|for now|not implemented|simplified|dummy)\b", re.IGNORECASE)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def long_files(root: Path) -> list[str]:
    """Files of code with more than 400 lines are two files."""
    lengths = ((path, len(path.read_text().splitlines())) for path in tracked_files(root, ".py", ".js", ".mjs", ".css", under=PYTHON))
    return [f"{place(root, path)}: {length} lines; allowed: {FILE_LINES}" for path, length in lengths if length > FILE_LINES]


def long_functions(root: Path) -> list[str]:
    """Functions with more than 50 lines, their docstring not counted, are two functions."""
    return [
        f"{place(root, path, node.lineno)}: {node.name} has {length} lines; allowed: {FUNCTION_LINES}"
        for path, tree in _trees(root, *PYTHON, where=lambda text: text.count("\n") > FUNCTION_LINES)
        for node in ast.walk(tree)
        if isinstance(node, FUNCTIONS) and (length := _length(node)) > FUNCTION_LINES
    ]


def vague_names(root: Path) -> list[str]:
    """A file or a folder says what it is about; `utils` and its kin do not."""
    names = {part for path in tracked_files(root, under=PYTHON) for part in _prefixes(path.relative_to(root))}
    return sorted(f"{name}: says nothing about what is in it" for name in names if set(re.split(r"[_.]", name.stem)) & VAGUE_NAMES)


def full_rooms(root: Path) -> list[str]:
    """A room has fewer than ten Python files at first sight; past that it gets a sub-room."""
    files = Counter(path.parent for path in tracked_files(root, ".py", under=PYTHON) if path.name != "__init__.py")
    return [
        f"{place(root, room)}: {count} files; allowed: fewer than {ROOM_FILES}"
        for room, count in sorted(files.items())
        if count >= ROOM_FILES
    ]


def busy_inits(root: Path) -> list[str]:
    """An `__init__.py` holds a docstring and public names: imports, `__all__`, `__version__`, a `__getattr__` that imports late."""
    return [
        f"{place(root, path, node.lineno)}: only a docstring and public names belong here"
        for path, tree in _trees(root, *CODE)
        if path.name == "__init__.py"
        for node in tree.body
        if not _is_public_name(node)
    ]


def unfinished_words(root: Path) -> list[str]:
    """Nothing is left for later: comments and docstrings that say so, and functions without a body."""
    return [*_unfinished_comments(root), *_empty_functions(root)]


def mocks(root: Path) -> list[str]:
    """The real thing runs in the tests."""
    return [
        f"{place(root, path, node.lineno)}: imports a mock; run the real thing"
        for path, tree in _trees(root, *PYTHON, where=lambda text: "mock" in text)
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom) and any("mock" in name for name in _imported(node))
    ]


def _trees(root: Path, *folders: str, where: Callable[[str], object] = bool) -> Iterator[tuple[Path, ast.Module]]:
    """Files as trees; to read a text as one takes long, so only those in whose text there can be something to find."""
    for path in tracked_files(root, ".py", under=folders):
        if where(text := path.read_text()):
            yield path, ast.parse(text, str(path))


def _length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = node.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (node.end_lineno or 0) - node.lineno + 1 - docstring


def _prefixes(path: Path) -> list[Path]:
    return [path, *path.parents[:-1]]


def _is_public_name(node: ast.stmt) -> bool:
    match node:
        case ast.Expr(value=ast.Constant(value=str())) | ast.Import() | ast.ImportFrom():
            return True
        case ast.Assign(targets=[ast.Name(id="__all__" | "__version__")]) | ast.AnnAssign(target=ast.Name(id="__all__" | "__version__")):
            return True
        case ast.FunctionDef(name="__getattr__" | "__dir__"):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING")):
            return all(map(_is_public_name, node.body))
    return False


def _unfinished_comments(root: Path) -> Iterator[str]:
    for path in tracked_files(root, ".py", under=PYTHON):
        text, before = path.read_text(), tokenize.NEWLINE
        for token in tokenize.generate_tokens(io.StringIO(text if UNFINISHED.search(text) else "").readline):
            # A string that begins a line is a docstring or a note; others are the program's own texts.
            says = token.type == tokenize.COMMENT or (token.type == tokenize.STRING and before in (tokenize.NEWLINE, tokenize.INDENT))
            if says and (found := UNFINISHED.search(token.string)):
                yield f"{place(root, path, token.start[0])}: '{found[0]}'; finish it, or leave it out"
            if token.type not in (tokenize.NL, tokenize.COMMENT, tokenize.DEDENT):
                before = token.type


def _empty_functions(root: Path) -> Iterator[str]:
    for path, tree in _trees(root, *CODE, "tools", where=re.compile(r"\.\.\.|NotImplementedError").search):
        promised = {
            id(inner)
            for node in ast.walk(tree)
            if isinstance(node, ast.ClassDef) and any("Protocol" in ast.unparse(parent) for parent in node.bases)
            for inner in ast.walk(node)
        }
        for node in ast.walk(tree):
            if isinstance(node, FUNCTIONS) and id(node) not in promised and _is_empty(node):
                yield f"{place(root, path, node.lineno)}: {node.name} does nothing"


def _is_empty(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    if any("overload" in ast.unparse(one) or "abstract" in ast.unparse(one) for one in node.decorator_list):
        return False
    match node.body[-1]:
        case ast.Expr(value=ast.Constant(value=x)) if x is ...:
            return True
        case ast.Raise(exc=ast.Name(id="NotImplementedError") | ast.Call(func=ast.Name(id="NotImplementedError"))):
            return True
    return False


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    names = [alias.name for alias in node.names]
    return [f"{node.module}.{name}" for name in names] if isinstance(node, ast.ImportFrom) else names
