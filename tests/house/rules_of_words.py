"""What the words of the project keep to: VOCABULARY.md against the names in the code, README.md against what there is."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.house.tracked import PYTHON, place, tracked_files

NEVER_HEADING = "## Never in a name"
PICTURES = "docs/pictures"
DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def undocumented_events(root: Path) -> list[str]:
    """Every event class says in a docstring what happened, and stands in VOCABULARY.md."""
    vocabulary = (root / "VOCABULARY.md").read_text()
    findings = []
    for path in tracked_files(root / "twin" / "model" / "events", ".py"):
        for node in ast.parse(path.read_text()).body:
            if isinstance(node, ast.ClassDef):
                if not ast.get_docstring(node):
                    findings.append(f"{place(root, path, node.lineno)}: {node.name} has no docstring")
                if not re.search(rf"\b{node.name}\b", vocabulary):
                    findings.append(f"{place(root, path, node.lineno)}: {node.name} is not in VOCABULARY.md")
    return findings


def words_never_in_a_name(root: Path) -> list[str]:
    """Names that we define avoid the words that VOCABULARY.md lists with a better one each."""
    better = never_words(root)
    findings = []
    for path in tracked_files(root, ".py", under=PYTHON):
        for name, line in _defined_names(ast.parse(path.read_text())):
            findings += [
                f"{place(root, path, line)}: '{name}': not '{word}' but {better[word]}" for word in words_of(name) if word in better
            ]
    return findings


def never_words(root: Path) -> dict[str, str]:
    """The table of VOCABULARY.md below its heading "Never in a name": word -> what to say for it."""
    text = (root / "VOCABULARY.md").read_text()
    table = text.partition(NEVER_HEADING)[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| ([a-z]+) \| (.+?) \|$", table.partition("|---|---|")[2], re.MULTILINE))


def words_of(name: str) -> list[str]:
    """The words in a name: `unitCount`, `UnitCount` and `unit_count` are "unit" and "count"."""
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)]


def make_targets_in_no_help(root: Path) -> list[str]:
    """`make help` lists every target, and README.md names only targets that exist."""
    makefile = (root / "Makefile").read_text()
    targets = {word for line in re.findall(r"^\.PHONY:(.*)$", makefile, re.MULTILINE) for word in line.split()}
    said = subprocess.run(["make", "--no-print-directory", "help"], cwd=root, check=True, capture_output=True, text=True).stdout
    listed = set(re.findall(r"^  make (\w+)", said, re.MULTILINE))
    named = set(re.findall(r"\bmake ([a-z]+)\b", _code_in(root / "README.md")))
    return [
        *(f"Makefile: '{target}' is not in `make help`" for target in sorted(targets ^ listed)),
        *(f"README.md: names `make {target}`, which is no target" for target in sorted(named - targets)),
    ]


def commands_that_do_not_exist(root: Path) -> list[str]:
    """README.md names only commands that `twin` and `hardware_bridge` have (as far as each is there)."""
    text = _code_in(root / "README.md")
    findings = []
    for package, pattern in (("twin", r"^twin ([a-z]+)"), ("hardware_bridge", r"^python -m hardware_bridge ([a-z]+)")):
        if not (root / package / "__main__.py").exists():
            continue
        command = [sys.executable, "-m", package, "--help"]
        said = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True, timeout=120).stdout
        missing = {name for name in re.findall(pattern, text, re.MULTILINE) if not re.search(rf"^\W*{name}\b", said, re.MULTILINE)}
        findings += [f"README.md: names `{package} {name}`, which does not exist" for name in sorted(missing)]
    return findings


def dead_links(root: Path) -> list[str]:
    """The links and pictures of the texts at the top lead to files of the project."""
    links = [
        (path.name, link)
        for path in tracked_files(root, ".md")
        if path.parent == root
        for link in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text())
    ]
    ours = [(name, link) for name, link in links if "://" not in link]
    if not (root / PICTURES).exists():  # screenshots are taken of a finished tree; until the first, there are none
        ours = [(name, link) for name, link in ours if not link.startswith(PICTURES)]
    return [f"{name}: '{link}' leads nowhere" for name, link in ours if not (root / link).exists()]


def rooms_not_on_the_map(root: Path) -> list[str]:
    """README.md's map shows every room that there is."""
    text = (root / "README.md").read_text()
    rooms = [root / "hardware_bridge", root / "twin", *(root / "twin").iterdir()]
    return [
        f"README.md: the map does not show {path.relative_to(root)}/"
        for path in sorted(rooms)
        if (path / "__init__.py").exists() and not re.search(rf"^\s*{path.name}/", text, re.MULTILINE)
    ]


def _code_in(path: Path) -> str:
    """What stands in code in a text: blocks and spans."""
    text = path.read_text()
    blocks = re.findall(r"^```.*?\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL))
    return "\n".join([*blocks, *spans])


def _defined_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for node in ast.walk(tree):
        if isinstance(node, DEFINITIONS):
            yield node.name, node.lineno
        elif isinstance(node, ast.arg):
            yield node.arg, node.lineno
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id, node.lineno
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Attribute):
            yield node.target.attr, node.lineno
