"""Wherever a slip is made in a valid plant, it is named on its line, and no slip is answered by anything but problems."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.rooms.files.small_plant import FILES, SCENARIO, write_plant
from twin.model.master_data.complaints import table_at
from twin.model.materials import Materials
from twin.model.measures import Table
from twin.model.plant import PlantFile
from twin.model.problems import PlantFileError, Problem
from twin.model.signals import SignalMap
from twin.store.files import check_paths, read_plant

MODELS: dict[str, type[Table]] = {"plant": PlantFile, "items": Materials, "signals": SignalMap}
REFERENCES = {
    *("storage", "work_center", "calendar", "crew", "personnel_class", "segment", "rework_to"),
    *("initial", "material", "supplier", "connection", "business", "classes"),
}
"""Keys whose value is the id of something else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """One scalar of a file: where it stands, and what it is."""

    kind: str
    start: int  # index in the text
    end: int
    line: int
    parent_line: int  # of the key of the table that holds it
    path: tuple[str | int, ...]
    is_key: bool

    @property
    def is_field(self) -> bool:
        """A key that the schema knows, and not an id."""
        table = table_at(MODELS[self.kind], self.path[:-1])
        return self.is_key and (table is not None or self.path[-1] in ("exponential", "lognormal", "triangular", "uniform"))

    @property
    def is_required(self) -> bool:
        table = table_at(MODELS[self.kind], self.path[:-1])
        return self.is_key and table is not None and table.model_fields[str(self.path[-1])].is_required()


def words_of(kind: str) -> Iterator[Word]:
    def walk(node: yaml.Node, path: tuple[str | int, ...], line: int) -> Iterator[Word]:
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                own = (*path, key.value)
                yield word(key, own, line, is_key=True)
                yield from walk(value, own, key.start_mark.line + 1)
        elif isinstance(node, yaml.SequenceNode):
            for index, value in enumerate(node.value):
                yield from walk(
                    value, (*path, index), node.start_mark.line + 1 if isinstance(value, yaml.ScalarNode) else value.start_mark.line + 1
                )
        else:
            yield word(node, path, line, is_key=False)

    def word(node: yaml.Node, path: tuple[str | int, ...], line: int, *, is_key: bool) -> Word:
        start, end = node.start_mark, node.end_mark
        return Word(kind=kind, start=start.index, end=end.index, line=start.line + 1, parent_line=line, path=path, is_key=is_key)

    yield from walk(yaml.compose(FILES[f"{kind}.yaml"]), (), 1)


WORDS = [word for kind in MODELS for word in words_of(kind)]


def problems_after(word: Word, written: str) -> list[Problem]:
    """What is said of the plant with `written` in place of the word."""
    text = FILES[f"{word.kind}.yaml"]
    return problems_of(word.kind, text[: word.start] + written + text[word.end :])


def problems_of(kind: str, text: str | bytes) -> list[Problem]:
    with tempfile.TemporaryDirectory() as folder:
        try:
            read_plant(write_plant(Path(folder), **{kind: text}))
        except PlantFileError as error:
            return error.problems
    return []


def lines_said(problems: list[Problem], word: Word) -> set[int]:
    return {problem.line for problem in problems if Path(problem.file).name == f"{word.kind}.yaml"}


@given(word=st.sampled_from([word for word in WORDS if word.is_field]), letter=st.sampled_from("xyz_"))
def test_a_misspelled_key_is_named_on_its_line(word: Word, letter: str) -> None:
    name = str(word.path[-1])
    assert word.line in lines_said(problems_after(word, name + letter), word)


@given(word=st.sampled_from([word for word in WORDS if not word.is_key]), written=st.sampled_from(["[[]]", "{a: {}}", "[{}]"]))
def test_a_value_of_another_type_is_named_on_its_line(word: Word, written: str) -> None:
    assert word.line in lines_said(problems_after(word, written), word)


@given(word=st.sampled_from([w for w in WORDS if not w.is_key and REFERENCES.intersection(w.path[-2:])]))
def test_a_dangling_reference_is_named_on_its_line(word: Word) -> None:
    problems = [problem for problem in problems_after(word, "nobody_knows") if "'nobody_knows'" in problem.what]
    assert word.line in lines_said(problems, word)


@pytest.mark.slow
@given(word=st.sampled_from([word for word in WORDS if word.is_key]))
def test_a_dropped_entry_is_named_at_its_table_if_it_is_needed(word: Word) -> None:
    """The key and its value go; other tables may miss what they refer to, but nothing ever fails in another way."""
    data = yaml.safe_load(FILES[f"{word.kind}.yaml"].replace(": 06:00", ": '06:00'"))
    holder = data
    for part in word.path[:-1]:
        holder = holder[part]
    del holder[word.path[-1]]
    problems = problems_of(word.kind, yaml.safe_dump(data, sort_keys=False))
    if word.is_required:
        assert any(f"key '{word.path[-1]}' is missing" in problem.what for problem in problems)


@given(word=st.sampled_from([word for word in WORDS if word.is_required]))
def test_a_needed_key_that_is_missing_is_named_at_the_table_that_lacks_it(word: Word) -> None:
    """An unlike key stands in its place, so that all lines stay where they are."""
    problems = [problem for problem in problems_after(word, "zzz") if "is missing" in problem.what]
    assert word.parent_line in lines_said(problems, word)


ODD = st.text(alphabet=st.sampled_from("ab01:-{}[],&*!|>'\"%@`#?~ \t\n\\.é\x00\ud7ff"), max_size=12)


@given(kind=st.sampled_from(sorted(MODELS)), place=st.floats(0, 1), length=st.integers(0, 30), odd=ODD)
def test_any_text_is_a_plant_or_problems(kind: str, place: float, length: int, odd: str) -> None:
    text = FILES[f"{kind}.yaml"]
    at = int(place * len(text))
    for problem in problems_of(kind, text[:at] + odd + text[at + length :]):
        assert problem.line >= 1
        assert problem.column >= 1


@given(kind=st.sampled_from(sorted(MODELS)), raw=st.binary(max_size=200))
def test_any_bytes_are_a_plant_or_problems(kind: str, raw: bytes) -> None:
    assert problems_of(kind, raw)


@given(place=st.floats(0, 1), length=st.integers(0, 30), odd=ODD)
def test_any_text_is_a_scenario_or_problems(place: float, length: int, odd: str) -> None:
    at = int(place * len(SCENARIO))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plant = write_plant(folder / "small")
        (folder / "scenario.yaml").write_text(SCENARIO[:at] + odd + SCENARIO[at + length :], encoding="utf-8")
        for problem in check_paths([folder / "scenario.yaml"], plant_folder=plant):
            assert problem.line >= 1
