"""Modes: each has a number of its own, and those of the standard have theirs."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.plant import Plant
from twin.model.problems import Finding
from twin.model.states import WorkUnitMode


def numbers(plant: Plant) -> Iterator[Finding]:
    """No number stands for two modes."""
    declared = plant.layout.packml
    if declared is None:
        return
    standard = {it.name.lower(): int(it) for it in WorkUnitMode}
    taken = {number: name for name, number in standard.items()}
    for name, mode in declared.modes.items():
        other = taken.setdefault(mode.number, name)
        if other != name or standard.get(name, mode.number) != mode.number:
            what = f"mode {mode.number} is '{other}'" if other != name else f"'{name}' is mode {standard[name]}"
            free = standard.get(name) or next(n for n in range(4, 32) if n not in taken)
            yield Finding(document="plant", path=("packml", "modes", name, "number"), what=what, allowed=f"{free}")
