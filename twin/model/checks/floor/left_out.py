"""What a scenario leaves out must be able to come: on that equipment, for that reason, each once."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.losses.left_out import LeftOut, LossKind
from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, Place, did_you_mean, listed
from twin.model.scenario import Scenario

_TELLS: tuple[Place, ...] = (
    ("plant", "work_units"), ("plant", "production_lines"), ("plant", "fleets"), ("plant", "failures_by_class"),
    ("scenario", "disturbances"),
)  # fmt: skip
"""What says which equipment there is, and how it fails."""


def losers(plant: Plant, loss: LossKind) -> list[str]:
    """The equipment that can have losses of that kind; a line is set up as a whole, and its stations lose pieces."""
    layout = plant.layout
    match loss:
        case "failure":
            return plant.equipment
        case "setup":
            return [*layout.work_units, *layout.production_lines]
        case "scrap":
            return [*layout.work_units, *(name for line in layout.production_lines.values() for name in line.stations)]
        case _:
            return list(layout.work_units)


def reasons_to_fail(equipment: str, scenario: Scenario, plant: Plant) -> list[str]:
    """Why it can stand still by itself, or is made to by the scenario."""
    planned = (stop.reason for stop in scenario.disturbances if stop.equipment == equipment)
    return list(dict.fromkeys([*(mode.reason for mode in plant.failures.get(equipment, ())), *planned]))


def left_out(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    """Every entry of `without` that cannot come."""
    seen: set[tuple[LossKind, str, str, int]] = set()
    for n, it in enumerate(scenario.without):
        path: KeyPath = ("without", n)
        if it.equipment in plant.equipment:
            yield from _one(it, path, scenario, plant)
        if (key := (it.loss, it.equipment, it.reason, it.occurrence)) in seen:
            yield Finding(document="scenario", path=path, what=f"{it} stands twice", allowed="each loss once")
        seen.add(key)


def _one(it: LeftOut, path: KeyPath, scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    able = losers(plant, it.loss)
    if it.equipment not in able:
        what = f"'{it.equipment}' has no {it.loss} of its own"
        yield Finding(document="scenario", path=(*path, "equipment"), what=what, allowed=listed(able, 20), rests_on=_TELLS)
    reasons = reasons_to_fail(it.equipment, scenario, plant)
    if it.loss == "failure" and it.reason not in reasons:
        what = f"'{it.equipment}' does not fail for '{it.reason}'{did_you_mean(it.reason, reasons)}"
        at: KeyPath = (*path, "reason") if it.reason else path
        yield Finding(
            document="scenario", path=at, what=what, allowed=listed(reasons, 20) if reasons else "equipment that fails", rests_on=_TELLS
        )
    begins = [stop.at for stop in scenario.disturbances if (stop.equipment, stop.reason) == (it.equipment, it.reason)]
    if it.loss == "failure" and len(set(begins)) < len(begins):
        what = f"two stops of '{it.equipment}' for '{it.reason}' begin at one instant, and nobody can say which of them this is"
        yield Finding(document="scenario", path=path, what=what, allowed="stops with reasons of their own", rests_on=_TELLS)
    if it.loss != "failure" and it.reason:
        yield Finding(document="scenario", path=(*path, "reason"), what=f"a {it.loss} has no reason", allowed="no reason")
