"""Slips of every kind, at every place of the shipped plants where they can be made, with what must be said of each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_origin

import yaml
from pydantic import BaseModel

from tests.conftest import ROOT
from twin.model.master_data.complaints import table_at
from twin.model.materials import Materials
from twin.model.plant import PlantFile
from twin.model.scenario import Scenario
from twin.model.signals import SignalMap

PLANTS = {"gearbox_shop": "third_hobber", "bottling_line": "baseline", "nist_cell": "order_60"}
"""The shipped plants, with a scenario of each."""

_MODELS: dict[str, type[BaseModel]] = {"plant": PlantFile, "items": Materials, "signals": SignalMap, "scenario": Scenario}
_DISTRIBUTED = {"run", "cycle", "time_to_failure", "repair", "lead_time", "interval"}
_TOLD_BY = {
    "storage": {"storage_units"},
    "work_center": {"work_centers"},
    "calendar": {"calendars"},
    "crew": {"repair_crews"},
    "personnel_class": {"personnel_classes"},
    "classes": {"personnel_classes"},
    "segment": {"process_segments"},
    "rework_to": {"routings"},
    "material": {"materials"},
    "supplier": {"suppliers"},
    "customer": {"customers"},
    "connection": {"connections"},
    "business": {"connections"},
}
"""Keys whose value is the id of something else, and the tables that have it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedSlip:
    """`new` is written instead of the text from `start` to `end` of a file, and one problem is said, at `said_at`."""

    kind: str
    file: str
    path: tuple[str | int, ...]
    start: int
    end: int
    new: str
    said_at: int  # index in the old text, or with `said_in_new` characters more, in the new
    said_in_new: int = 0
    told_by: frozenset[str] = frozenset()  # of a dangling reference: the tables that could have what it names
    clouds: frozenset[str] = frozenset()  # tables of which nobody knows now what they have

    def may_wait_for(self, other: PlantedSlip) -> bool:
        """Whether nothing can be said of this slip until the other is mended: it rests on what that leaves unknown."""
        same_row = self.kind == "senseless" and self.file == other.file and self.path[:-1] in (other.path, other.path[:-1])
        return self is not other and (same_row or bool(self.told_by & other.clouds))

    def bears(self, other: PlantedSlip) -> bool:
        """Whether both can be made at once: in other words, and not both in one distribution, which is mended as a whole."""
        apart = self.end < other.start or other.end < self.start
        return self.file != other.file or (apart and _whole(self.path) != _whole(other.path))


def _whole(path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """The path as far as the distribution that it goes into."""
    depth = next((depth for depth, part in enumerate(path, 1) if part in _DISTRIBUTED), len(path))
    return path[:depth]


def texts_of(plant: str) -> dict[str, str]:
    """The files of a shipped plant and of its scenario, by what they are."""
    paths: dict[str, Path] = {file: ROOT / "plant_models" / plant / f"{file}.yaml" for file in ("plant", "items", "signals")}
    paths["scenario"] = ROOT / "scenarios" / plant / f"{PLANTS[plant]}.yaml"
    return {file: path.read_text(encoding="utf-8") for file, path in paths.items() if path.exists()}


def slips_of(plant: str) -> list[PlantedSlip]:
    """Every slip that can be planted in a shipped plant."""
    return [slip for file, text in texts_of(plant).items() for slip in _Sites(file, text).slips()]


class _Sites:
    """The places of one file."""

    def __init__(self, file: str, text: str) -> None:
        self._file = file
        self._text = text
        self._seen: set[int] = set()  # what aliases repeat is one place

    def slips(self) -> Iterator[PlantedSlip]:
        yield from self._table(yaml.compose(self._text), (), 0)

    def _slip(self, kind: str, path: tuple[str | int, ...], node: yaml.Node, new: str, **more: Any) -> PlantedSlip:
        start, end = more.pop("span", (node.start_mark.index, node.end_mark.index))
        said_at = more.pop("said_at", start)
        return PlantedSlip(kind=kind, file=self._file, path=path, start=start, end=end, new=new, said_at=said_at, **more)

    def _table(self, node: yaml.MappingNode, path: tuple[str | int, ...], own_start: int) -> Iterator[PlantedSlip]:
        model = table_at(_MODELS[self._file], path)
        for key, value in node.value:
            place = (*path, key.value)
            if key.start_mark.index in self._seen or place == ("changes",):
                continue
            self._seen.add(key.start_mark.index)
            if model is not None:
                yield self._slip("misspelled key", place, key, key.value + "x")
                if model.model_fields[key.value].is_required() and node.flow_style and (span := self._span_of_pair(key, value)):
                    yield self._slip("missing key", place, key, "", span=span, said_at=own_start, clouds=self._clouds(place))
            elif self._file == "plant" and _is_table_of_ids(path):
                yield self._slip("no id", place, key, f"{key.value}  b", clouds=frozenset(map(str, path[:1])))
            if node.flow_style and isinstance(value, yaml.ScalarNode):
                pair = self._text[key.start_mark.index : value.end_mark.index]
                span = (key.start_mark.index, value.end_mark.index)
                more = {"span": span, "said_in_new": len(pair) + 2, "clouds": frozenset(map(str, path[:1]))}
                yield self._slip("duplicate key", place, key, f"{pair}, {pair}", **more)
            yield from self._value(value, place, key.start_mark.index)
            yield from self._senseless(node, key, value, place, own_start)

    def _senseless(
        self, row: yaml.MappingNode, key: yaml.Node, value: yaml.Node, place: tuple[str | int, ...], own_start: int
    ) -> Iterator[PlantedSlip]:
        """Values that are right by themselves, and make no sense with others."""
        beside = {name.value: it for name, it in row.value}
        kind = beside["kind"].value if place[0] == "materials" and "kind" in beside else ""
        needed = {"finished": {"price"}, "purchased": {"supplier", "standard_cost"}}.get(kind, set())
        span = self._span_of_pair(key, value) if row.flow_style else None
        match place[-1]:
            case "price" | "supplier" | "standard_cost" if place[-1] in needed and span:
                yield self._slip("senseless", place, key, "", span=span, said_at=own_start)
            case "rework_to" if span:
                yield self._slip("senseless", place, key, "", span=span, said_at=beside["rework"].start_mark.index)
            case "minimum":
                yield self._slip("senseless", place, value, "1000000")
            case "material" if place[2:3] == ("bill",):
                yield self._slip("senseless", place, value, str(place[1]))

    def _value(self, value: yaml.Node, place: tuple[str | int, ...], own_start: int) -> Iterator[PlantedSlip]:
        if value.start_mark.index < own_start:
            return  # an alias: its anchor is another place
        if isinstance(value, yaml.ScalarNode):
            yield self._slip("wrong type", place, value, "[[]]", clouds=self._clouds(place))
            tables = next((_TOLD_BY[str(part)] for part in place[:-3:-1] if part in _TOLD_BY), None)
            if tables and place[0] not in _TOLD_BY.keys() - {"business"}:
                yield self._slip("dangling", place, value, "nobody_knows", told_by=frozenset(tables))
        elif isinstance(value, yaml.MappingNode):
            if value.flow_style and _whole(place) == place and table_at(_MODELS[self._file], place) is not None:
                yield self._slip("no table", place, value, "5", clouds=self._clouds(place))
            yield from self._table(value, place, own_start)
        else:
            for index, entry in enumerate(value.value):
                yield from self._value(entry, (*place, index), entry.start_mark.index)

    def _span_of_pair(self, key: yaml.Node, value: yaml.Node) -> tuple[int, int] | None:
        """A pair of a table in braces, with a comma; None if it stands alone."""
        start, end = key.start_mark.index, value.end_mark.index
        if after := re.match(r",\s*", self._text[end:]):
            return start, end + after.end()
        before = re.search(r",\s*$", self._text[:start])
        return (before.start(), end) if before else None

    def _clouds(self, place: tuple[str | int, ...]) -> frozenset[str]:
        """A table of a table is unknown with it; and work units have the equipment classes."""
        return frozenset(map(str, place[:1])) if place[-1] == "equipment_class" or len(place) == 1 else frozenset()


def _is_table_of_ids(path: tuple[str | int, ...]) -> bool:
    """Whether the keys of the table at `path` of plant.yaml are ids."""
    field = PlantFile.model_fields.get(str(path[0])) if path else None
    is_rows = field is not None and get_origin(field.annotation) is dict
    return (
        is_rows and (len(path) == 1 or (path[0] == "routings" and len(path) == 2)) and bool(get_args(field.annotation if field else None))
    )
