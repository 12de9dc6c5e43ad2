"""Factors: what a study may change in a scenario, as the same small changes that people write in scenario files."""

from __future__ import annotations

import copy
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from twin.model.scenario import Scenario

OF_THE_SCENARIO = ("policies", "demand", "disturbances", "horizon")
"""Changes that begin so are made in the scenario itself, all others in the plant (as `changes` of the scenario)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """A number between two bounds: `Range(paths=["work_units.hobber_1.hourly_cost"], low=30, high=50, unit="EUR/h")`.

    All `paths` get the same value, written with `unit` and so many `decimals` (money is kept to the cent, times to the microsecond).
    `whole`: whole numbers only, as places or pieces.
    """

    paths: Sequence[str]
    low: float
    high: float
    unit: str = ""
    decimals: int = 2
    whole: bool = False
    title: str = ""

    def __post_init__(self) -> None:
        if not self.paths or not self.low < self.high:
            raise ValueError(f"factor '{self.title or self.paths}': allowed: one path or more, and a low bound below the high one")
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise ValueError(f"factor '{self.name}': allowed: two bounds that are numbers")
        if isinstance(self.paths, str):
            raise ValueError(f"factor '{self.paths}': allowed: a list of paths, as in paths=['{self.paths}']")
        if unwritten := [it for it in (self.low, self.high) if not math.isclose(self.rounded(it), it, rel_tol=1e-9, abs_tol=1e-12)]:
            written = "whole numbers" if self.whole else f"bounds with {self.decimals} decimals, or more of these, as in decimals=4"
            raise ValueError(f"factor '{self.name}': {' and '.join(map(str, unwritten))} would be simulated as another number; "
                             f"allowed: {written}")  # fmt: skip

    @property
    def name(self) -> str:
        return self.title or self.paths[0]

    def from_unit(self, share: float) -> float:
        """The value at that share of the way from low to high; whole numbers have equal parts of it."""
        if self.whole:
            count = int(self.high) - int(self.low) + 1
            return int(self.low) + min(count - 1, int(share * count))
        return self.rounded(self.low + share * (self.high - self.low))

    def rounded(self, value: float) -> float:
        """The value as it is written, and simulated."""
        return round(value) if self.whole else round(float(value), self.decimals)

    def levels(self, count: int) -> list[float]:
        """Evenly spaced values from low to high."""
        steps = [self.low + (self.high - self.low) * i / max(1, count - 1) for i in range(count)]
        return list(dict.fromkeys(self.rounded(step) for step in steps))

    def changes(self, value: Any) -> dict[str, Any]:
        written = self.rounded(value)
        return dict.fromkeys(self.paths, f"{written:.12g} {self.unit}" if self.unit else written)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of several sets of changes, by name: `Choice(title="rule", options={"edd": {}, "spt": {"policies.dispatch": "spt"}})`."""

    title: str
    options: Mapping[str, Mapping[str, Any]]

    def __post_init__(self) -> None:
        if len(self.options) < 2:
            raise ValueError(f"factor '{self.title}': allowed: two options or more")

    @property
    def name(self) -> str:
        return self.title

    def from_unit(self, share: float) -> str:
        """The option at that share of the way through them; all have equal parts."""
        names = list(self.options)
        return names[min(len(names) - 1, int(share * len(names)))]

    def levels(self, count: int) -> list[str]:
        """All options, however many are asked for."""
        return list(self.options)

    def changes(self, value: Any) -> dict[str, Any]:
        return dict(self.options[value])


Factor = Range | Choice
Point = dict[str, Any]
"""A value for each factor, by the factor's name."""


def refuse_doubles(factors: Sequence[Factor]) -> None:
    """Raise a ValueError where two factors have one name: what one of them does would be taken for the other's.

    Raises
    ------
    ValueError : two of a name, or none at all
    """
    if not factors:
        raise ValueError("no factor; allowed: one or more")
    if twice := [name for name, count in Counter(factor.name for factor in factors).items() if count > 1]:
        raise ValueError(f"factors of one name: {', '.join(twice)}; allowed: another title for each")


def _paths(factor: Factor) -> set[str]:
    return set(factor.paths) if isinstance(factor, Range) else {path for changes in factor.options.values() for path in changes}


def refuse_misfits(factors: Sequence[Factor], points: Sequence[Mapping[str, Any]]) -> None:
    """Raise a ValueError where a point has not exactly a value for each factor, with all points that have not.

    Raises
    ------
    ValueError : as said, no point at all, or two factors that change one thing: the last would undo what the first does
    """
    refuse_doubles(factors)
    if twice := [path for path, count in Counter(path for factor in factors for path in _paths(factor)).items() if count > 1]:
        raise ValueError(f"changed by several factors: {', '.join(twice)}; allowed: one factor for each path")
    if not points:
        raise ValueError("no point to try; allowed: one or more, as `factorial(factors)` gives them")
    names = {factor.name for factor in factors}
    wrong = [f"point {i} has {', '.join(map(str, point)) or 'nothing'}" for i, point in enumerate(points, 1) if set(point) != names]
    options = {factor.name: factor.options for factor in factors if isinstance(factor, Choice)}
    wrong += [
        f"point {i} has {name} '{point[name]}', of {', '.join(known)}"
        for i, point in enumerate(points, 1)
        for name, known in options.items()
        if name in point and point[name] not in known
    ]
    if wrong:
        raise ValueError(f"{'; '.join(wrong)}; allowed: a value for each of {', '.join(names)}")


def changed(scenario: Scenario, factors: Sequence[Factor], point: Mapping[str, Any]) -> Scenario:
    """The scenario with the changes of every factor at that point.

    Raises
    ------
    ValueError : a change that the scenario itself cannot have; changes of the plant are checked where it is made a case
    """
    changes = {path: value for factor in factors for path, value in factor.changes(point[factor.name]).items()}
    ours = {path: value for path, value in changes.items() if path.split(".")[0] in OF_THE_SCENARIO}
    plant_changes = {**scenario.changes, **{path: value for path, value in changes.items() if path not in ours}}
    tables = scenario.model_dump(mode="json")
    for path, value in ours.items():
        _set(tables, path, value)
    try:
        return Scenario.model_validate({**tables, "changes": copy.deepcopy(plant_changes)})
    except ValidationError as error:
        words = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors())
        raise ValueError(f"a change makes no scenario: {words}") from None


def _set(tables: dict[str, Any], path: str, value: Any) -> None:
    """Set the entry at a dotted path; entries of a list go by their number."""
    *way, last = path.split(".")
    node: Any = tables
    for word in way:
        try:
            node = node[int(word)] if isinstance(node, list) else node[word]
        except (KeyError, ValueError, IndexError, TypeError):
            raise ValueError(f"the scenario has no '{path}': there is no '{word}' in it") from None
    if isinstance(node, list) and last.isdecimal() and int(last) < len(node):
        node[int(last)] = value
    elif isinstance(node, dict):
        node[last] = value
    else:
        raise ValueError(f"the scenario has no '{path}'")
