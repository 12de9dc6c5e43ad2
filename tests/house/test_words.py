"""The words of the project hold, and each rule is shown to bite on a broken sample."""

from __future__ import annotations

import ast
import re
import shutil
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from tests.house import rules_of_words as rules
from tests.known_answers import CASES
from tests.parity.told.asking import scenario_tests

Rule = Callable[[Path], list[str]]


@pytest.fixture
def sample(root: Path, tmp_path: Path) -> Path:
    """The texts and the events, to be broken."""
    for name in ("README.md", "VOCABULARY.md", "Makefile"):
        shutil.copy(root / name, tmp_path / name)
    shutil.copytree(root / "twin" / "model" / "events", tmp_path / "twin" / "model" / "events")
    return tmp_path


def _add(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(text)


@pytest.mark.parametrize(
    "rule",
    [
        rules.undocumented_events,
        rules.words_never_in_a_name,
        rules.make_targets_in_no_help,
        rules.commands_that_do_not_exist,
        rules.dead_links,
        rules.rooms_not_on_the_map,
    ],
)
def test_the_project_keeps_the_rule(rule: Rule, root: Path) -> None:
    assert rule(root) == []


def test_an_event_without_a_docstring_or_an_entry_is_found(sample: Path) -> None:
    _add(sample / "twin/model/events/plant.py", "\n\nclass ToolWorn(PlantEvent):\n    tool: str\n")
    has_none, not_listed = rules.undocumented_events(sample)
    assert "ToolWorn has no docstring" in has_none
    assert "ToolWorn is not in VOCABULARY.md" in not_listed


@pytest.mark.parametrize(
    "text",
    [
        "unit_idx = 3\n",
        "def order(qty: int) -> None: ...\n",
        "class KpiTable: ...\n",
        "def newKpi(): ...\n",
        "for idx in (): pass\n",
    ],
)
def test_a_word_never_in_a_name_is_found(text: str, sample: Path) -> None:
    _add(sample / "twin/mes/lots.py", text)
    assert len(rules.words_never_in_a_name(sample)) == 1


def test_the_vocabulary_has_a_table_of_words_never_in_a_name(root: Path) -> None:
    assert rules.never_words(root)["qty"] == "quantity"


def test_a_target_that_help_does_not_list_is_found(sample: Path) -> None:
    _add(sample / "Makefile", "\n.PHONY: deploy\ndeploy:\n\ttrue\n")
    assert rules.make_targets_in_no_help(sample) == ["Makefile: 'deploy' is not in `make help`"]


def test_a_target_that_only_the_readme_knows_is_found(sample: Path) -> None:
    _add(sample / "README.md", "\nThen `make coffee`.\n")
    assert rules.make_targets_in_no_help(sample) == ["README.md: names `make coffee`, which is no target"]


def test_a_command_that_only_the_readme_knows_is_found(sample: Path) -> None:
    _add(sample / "twin/__init__.py", "")
    _add(sample / "twin/__main__.py", 'print("Commands:")\nprint("  check   read the files of a plant")\n')
    (sample / "README.md").write_text("`twin check PATH` and `twin dream`\n")
    assert rules.commands_that_do_not_exist(sample) == ["README.md: names `twin dream`, which does not exist"]


def test_a_dead_link_is_found(sample: Path) -> None:
    (sample / "README.md").write_text("[here](VOCABULARY.md) [there](NOWHERE.md) [out](https://host.example)\n")
    assert rules.dead_links(sample) == ["README.md: 'NOWHERE.md' leads nowhere"]


def test_a_room_that_is_not_on_the_map_is_found(sample: Path) -> None:
    for room in ("", "model", "cellar"):
        _add(sample / "twin" / room / "__init__.py", "")
    assert rules.rooms_not_on_the_map(sample) == ["README.md: the map does not show twin/cellar/"]


# docs/MES.md and docs/ERP.md say which test proves each sentence of what an MES and an ERP must do

SENTENCES = {
    "MES": {*range(1, 33), 64, 65, 66, *range(70, 74), *range(83, 88)},
    "ERP": {*range(33, 52), 56, *range(58, 70), *range(74, 83)},
}
"""Of the list of what MES, ERP, MRP and SCADA must do, those that concern each."""

_ROW = re.compile(r"^\| (?P<numbers>[\d, -]+) \| (?P<what>[^|]+) \| (?P<tests>[^|]+) \| (?P<where>[^|]+) \|$", re.M)
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def rows(root: Path, of: str) -> list[re.Match[str]]:
    return list(_ROW.finditer((root / "docs" / f"{of}.md").read_text()))


@pytest.mark.parametrize("of", SENTENCES)
def test_every_sentence_has_a_row(root: Path, of: str) -> None:
    told = {int(number) for row in rows(root, of) for number in re.findall(r"\d+", row["numbers"])}
    assert told == SENTENCES[of]


@pytest.mark.parametrize("of", SENTENCES)
def test_every_row_names_tests_that_exist(root: Path, of: str) -> None:
    for row in rows(root, of):
        named = _TEST.findall(row["tests"])
        assert named, row["what"]
        for file, name in named:
            assert re.search(rf"^(async )?def {name}\(", (root / file).read_text(), re.M), f"{file} has no {name}"


def test_every_row_of_the_erp_names_a_page_that_there_is_or_says_that_it_has_none(root: Path) -> None:
    pages = set(re.findall(r'"label": "([^"]+)"', (root / "twin/apps/theme.py").read_text()))
    for row in rows(root, "ERP"):
        named = re.sub(r"\([^)]*\)", "", row["where"]).partition(";")[0].strip()
        assert named.startswith(("no page", "all pages")) or set(re.split(r"\s*,\s*", named)) <= pages, row["where"]


# and docs/MES.md, by which scenario each is proven on every source: told, recorded, live, over the wire

_SOURCES_ROW = re.compile(r"^\| (?P<numbers>[\d, ]+) \| [^|]+ \| yes \| yes \| yes \| yes \| (?P<tests>[^|]+) \|$", re.M)


def problems_of_sources(text: str) -> list[str]:
    """Sentences without a scenario, and tests that are no scenario which is compared from every source."""
    found = list(_SOURCES_ROW.finditer(text))
    told = {int(number) for row in found for number in re.findall(r"\d+", row["numbers"])}
    missing = [f"{number} has no scenario" for number in sorted(SENTENCES["MES"] - told)]
    named = [(row["numbers"], file, name) for row in found for file, name in _TEST.findall(row["tests"])]
    return missing + [f"{of}: {file}::{name} does not ask" for of, file, name in named if name not in scenario_tests().get(file, ())]


def test_every_sentence_of_the_mes_has_a_scenario_that_is_compared_from_every_source(root: Path) -> None:
    assert problems_of_sources((root / "docs" / "MES.md").read_text()) == []


def test_a_sentence_without_a_scenario_and_one_that_is_told_alone_are_found(root: Path) -> None:
    text = (
        (root / "docs" / "MES.md")
        .read_text()
        .replace("| 31 | every stage", "| every stage")
        .replace("test_a_plant_of_another", "test_of_another")
    )
    assert problems_of_sources(text) == [
        "31 has no scenario",
        "32: tests/rooms/results/sources/test_other_industry.py::test_of_another_industry_is_the_same_from_every_source does not ask",
    ]


# docs/CASES.md says which test shows each case with a known answer

_CASE_ROW = re.compile(r"^\| (?P<case>[a-z0-9]+-\d+[\w-]*) \| (?P<what>[^|]+) \| (?P<tests>[^|]+) \|$", re.M)


def problems(table: str, cases: list[str], root: Path) -> list[str]:
    """Cases without a row, rows without a case, and tests that are not there or do not say which case they are."""
    rows = {row["case"]: _TEST.findall(row["tests"]) for row in _CASE_ROW.finditer(table)}
    found = [f"{case} has no row" for case in cases if case not in rows]
    found += [f"{case} is no case" for case in rows if case not in cases]
    for case, named in rows.items():
        found += [] if named else [f"{case} names no test"]
        found += [f"{file}::{name} does not name {case}" for file, name in named if not _names(root / file, name, case)]
    return found


def _names(file: Path, test: str, case: str) -> bool:
    """Whether there is such a test and it says, in its name, docstring or body, that it shows the case."""
    short = re.match(r"[a-z0-9]+-\d+", case)
    assert short
    source = _tests_of(file).get(test, "")
    return re.search(rf"{short[0]}\b|{short[0].replace('-', '_')}(?!\d)", source) is not None


@cache
def _tests_of(file: Path) -> dict[str, str]:
    """Source of each function of a file, by name."""
    lines = file.read_text(encoding="utf-8").splitlines()
    nodes = [it for it in ast.parse("\n".join(lines)).body if isinstance(it, ast.FunctionDef | ast.AsyncFunctionDef)]
    return {node.name: "\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in nodes}


@pytest.fixture
def table(root: Path) -> str:
    return (root / "docs" / "CASES.md").read_text(encoding="utf-8")


def test_every_case_is_shown_by_a_test_that_says_so(table: str, root: Path) -> None:
    assert problems(table, [*CASES], root) == []


def test_a_case_without_a_row_a_row_without_a_case_and_a_test_of_another_case_are_found(table: str, root: Path) -> None:
    swapped = table.replace("test_three_methods", "test_web_to_cash").replace("| wms-01-fefo |", "| wms-99-fefo |")
    assert problems(swapped, [*CASES], root) == [
        "wms-01-fefo has no row", "wms-99-fefo is no case",
        "tests/rooms/valuation/test_methods.py::test_web_to_cash does not name val-01-three-methods",
        "tests/rooms/warehouse/test_picking.py::test_first_expired_first_out_as_the_case_has_it does not name wms-99-fefo",
    ]  # fmt: skip
