"""Equipment: names that stand once, batches that can fill, failures that end."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.floor.failures import Failure
from twin.model.floor.fleets import vehicles_of
from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, Place


def _finding(path: KeyPath, what: str, allowed: str = "", at_key: bool = False, rests_on: tuple[Place, ...] = ()) -> Finding:
    return Finding(document="plant", path=path, what=what, allowed=allowed, at_key=at_key, rests_on=rests_on)


def names_used_twice(plant: Plant) -> Iterator[Finding]:
    """Work units, lines, stations and vehicles share one name space, and lots are moved to them as to storage units."""
    layout = plant.layout
    named: list[tuple[str, str, KeyPath]] = [
        *((storage, "a storage unit", ("storage_units", storage)) for storage in layout.storage_units),
        *((unit, "a work unit", ("work_units", unit)) for unit in layout.work_units),
        *((line, "a production line", ("production_lines", line)) for line in layout.production_lines),
        *(
            (station, f"a station of line '{line}'", ("production_lines", line, "stations", station))
            for line, it in layout.production_lines.items()
            for station in it.stations
        ),
        *((v, f"a vehicle of fleet '{name}'", ("fleets", name)) for name, fleet in layout.fleets.items() for v in vehicles_of(name, fleet)),
    ]
    first: dict[str, str] = {}
    for name, kind, path in named:
        if name in first:
            yield _finding(path, f"'{name}' is the name of {first[name]} already", "a name of its own", at_key=True)
        first.setdefault(name, kind)


def batches(plant: Plant) -> Iterator[Finding]:
    """The smallest batch fits into the largest."""
    for unit, it in plant.layout.work_units.items():
        if it.batch and it.batch.minimum > it.batch.maximum:
            what = f"a batch of at least {it.batch.minimum} never fits into {it.batch.maximum}"
            rests_on: tuple[Place, ...] = (("plant", "work_units", unit, "batch", "maximum"),)
            yield _finding(("work_units", unit, "batch", "minimum"), what, f"1 to {it.batch.maximum}", rests_on=rests_on)


def minimum_runs(plant: Plant) -> Iterator[Finding]:
    """They say how long."""
    for changed, it in plant.layout.setups.items():
        if it.minimum_run and it.minimum_run.lots is None and it.minimum_run.time is None:
            path: KeyPath = ("setups", changed, "minimum_run")
            yield _finding(path, "a minimum run without an end", "lots, time, or both", at_key=True, rests_on=(("plant", *path),))


def setups_alongside(plant: Plant) -> Iterator[Finding]:
    """A line is set up when it is empty: nothing runs on it meanwhile."""
    for changed, it in plant.layout.setups.items():
        if it.alongside and changed in plant.layout.production_lines:
            what = f"line '{changed}' is set up when it is empty, so nothing runs meanwhile"
            yield _finding(("setups", changed, "alongside"), what, "alongside for a class of work units")


def maintenance(plant: Plant) -> Iterator[Finding]:
    """It is due by one thing, and has a reason of its own; a line does no work of its own that could be counted."""
    units, lines = plant.layout.work_units, plant.layout.production_lines
    for table, name, ones in (
        *(("work_units", unit, it.maintenance) for unit, it in units.items()),
        *(("production_lines", line, it.maintenance) for line, it in lines.items()),
    ):
        seen = [failure.reason for failure in units[name].failures] if table == "work_units" else []
        for index, one in enumerate(ones):
            path: KeyPath = (table, name, "maintenance", index)
            if table == "production_lines" and one.after_busy is not None:
                what = "a line counts no work: its stations work, each for itself"
                yield _finding((*path, "after_busy"), what, "after_pieces, after_lots or every")
            if len(one.triggers) != 1:
                there = f"by {' and by '.join(one.triggers)}" if one.triggers else "by nothing"
                rests_on: tuple[Place, ...] = (("plant", *path),)
                what = f"maintenance '{one.reason}' is due {there}"
                yield _finding((*path, "reason"), what, "one of every, after_pieces, after_lots, after_busy", rests_on=rests_on)
            if one.first_after and not (one.after_pieces or one.after_lots):
                what = f"maintenance '{one.reason}' counts neither pieces nor lots"
                yield _finding((*path, "first_after"), what, "first_after beside after_pieces or after_lots")
            if one.reason in seen:
                yield _finding((*path, "reason"), f"reason '{one.reason}' stands twice here", "each reason once")
            seen.append(one.reason)


def failures(plant: Plant) -> Iterator[Finding]:
    """A reason stands once for each unit, for it names the random stream; and there is time between two failures."""
    for path, ones in _failures(plant):
        seen: set[str] = set()
        for index, failure in enumerate(ones):
            if failure.reason in seen:
                yield _finding((*path, index, "reason"), f"reason '{failure.reason}' stands twice here", "each reason once")
            seen.add(failure.reason)
            if failure.time_to_failure.mean_us <= 0:
                yield _finding((*path, index, "time_to_failure"), "it fails again at once, and never works", "a mean of more than 0")


def failures_of_classes(plant: Plant) -> Iterator[Finding]:
    """What a class says is not said again by its work units: the reason names the random stream."""
    for unit, it in plant.layout.work_units.items():
        of_class = {failure.reason for failure in plant.layout.failures_by_class.get(it.equipment_class, [])}
        for index, failure in enumerate(it.failures):
            if failure.reason in of_class:
                what = f"reason '{failure.reason}' is one of equipment class '{it.equipment_class}' already"
                rests_on: tuple[Place, ...] = (
                    ("plant", "failures_by_class", it.equipment_class, "**"),
                    ("plant", "work_units", unit, "equipment_class"),
                )
                yield _finding(("work_units", unit, "failures", index, "reason"), what, "a reason of its own", rests_on=rests_on)


def _failures(plant: Plant) -> Iterator[tuple[KeyPath, list[Failure]]]:
    for name, of_class in plant.layout.failures_by_class.items():
        yield ("failures_by_class", name), of_class
    for unit, it in plant.layout.work_units.items():
        yield ("work_units", unit, "failures"), it.failures
    for line, one in plant.layout.production_lines.items():
        for station, at in one.stations.items():
            yield ("production_lines", line, "stations", station, "failures"), at.failures
    for name, fleet in plant.layout.fleets.items():
        yield ("fleets", name, "failures"), fleet.failures
