"""Sections of plant.yaml of which persons say something else while the plant runs: what may be said of each, and what is wrong with it.

What is said is read, and held against the rest of the plant, as if it stood in the file: what could not stand there is refused in the
same words.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from twin.model.checks.plant_checks import check_plant
from twin.model.events import DeclarationChanged
from twin.model.floor.words import is_id
from twin.model.master_data.complaints import findings
from twin.model.master_data.dated import otherwise_by
from twin.model.measures import Table
from twin.model.plant import Plant, PlantFile
from twin.model.problems import Finding, did_you_mean, listed
from twin.model.readiness.procedures import Procedure
from twin.model.upkeep.alarms import Alarm, Alarms
from twin.model.upkeep.maintenance_plans import Calibration, MaintenancePlan

Read = TypeVar("Read", bound=Table)


class Section(NamedTuple):
    """`kind`: what one is called; `stays`: keys that are said of something new, and are not otherwise later; `because`: why not."""

    kind: str
    model: type[Table]
    stays: tuple[str, ...]
    because: str
    never: tuple[str, ...] = ()  # keys that only the file says

    @property
    def article(self) -> str:
        """As in "an alarm"."""
        return f"{'an' if self.kind[0] == 'a' else 'a'} {self.kind}"

    def keys(self, *, is_new: bool) -> list[str]:
        """What may be said of one."""
        return [name for name in self.model.model_fields if name not in self.never and (is_new or name not in self.stays)]


SECTIONS: Mapping[str, Section] = {
    "maintenance_plans": Section("maintenance plan", MaintenancePlan, ("equipment",), "what was done by it was done there"),
    "calibrations": Section("gauge", Calibration, ("last",), "who has calibrated it says so"),
    "procedures": Section("procedure", Procedure, (), "", ("recipe", "revisions")),
    "alarms": Section("alarm", Alarm, (), ""),
    "alerts": Section("alert", Alarm, (), ""),
}
"""By the name of the section."""


def table_of_section(layout: PlantFile, section: str) -> dict[str, Any]:
    """What is declared in it, by id; alarms as "lathe/spindle_fault"."""
    if section in ("alarms", "alerts"):
        alarms = layout.alarms or Alarms()
        return alarms.named if section == "alarms" else alarms.alerts
    declared: dict[str, Any] = getattr(layout, section)
    return declared


def as_declared(layout: PlantFile, section: str, now: dict[str, Any]) -> tuple[str, Any]:
    """The section of the file in which that stands, and what it is with all that is declared `now`."""
    if section not in ("alarms", "alerts"):
        return section, now
    alarms = layout.alarms or Alarms()
    named, alerts = (now, alarms.alerts) if section == "alarms" else (alarms.named, now)
    return "alarms", alarms.otherwise(named, alerts)


def read_table(model: type[Read], said: Any) -> Read:
    """What is said, as a table of the plant file.

    Raises
    ------
    ValueError : it is none, in the words that the plant file would be refused with
    """
    try:
        return model.model_validate(said)
    except ValidationError as error:
        found = findings("plant", model, said, error)
        words = [".".join(map(str, it.path)) + f": {it.what}" + (f"; allowed: {it.allowed}" if it.allowed else "") for it in found]
        raise ValueError("; ".join(it.removeprefix(": ") for it in words)) from None


def table_then(layout: PlantFile, event: DeclarationChanged) -> Table | None:
    """What is declared of it then; None: nothing any more.

    Raises
    ------
    ValueError : it is no such table, in words
    """
    if event.is_withdrawn:
        return None
    known = table_of_section(layout, event.section).get(event.declared)
    return read_table(SECTIONS[event.section].model, otherwise_by(_written(known, layout), event.changes))


def with_section(layout: PlantFile, event: DeclarationChanged) -> PlantFile:
    """What is declared with it; raises as `table_then`."""
    section, declared = as_declared(layout, event.section, now_with(layout, event))
    return layout.model_copy(update={section: declared})


def now_with(layout: PlantFile, event: DeclarationChanged) -> dict[str, Any]:
    """All that is declared in its section with it; raises as `table_then`."""
    known = table_of_section(layout, event.section)
    now = {name: it for name, it in known.items() if name != event.declared or not event.is_withdrawn}
    if (then := table_then(layout, event)) is not None:
        now[event.declared] = then
    return now


def doubt_section(event: DeclarationChanged, layout: PlantFile) -> str:
    """What is wrong with it whatever else is declared, all at once; "" if nothing is."""
    section = SECTIONS.get(event.section)
    if section is None:
        return f"nothing is said of '{event.section}' here{did_you_mean(event.section, SECTIONS)}; allowed: {listed(SECTIONS)}"
    known = table_of_section(layout, event.section)
    if event.is_new and event.declared in known:
        return f"{section.kind} '{event.declared}' is there already; allowed: a new one that no other is called like"
    of, slash, name = event.declared.partition("/") if event.section == "alarms" else ("x", "/", event.declared)
    if event.is_new and (not slash or not all(is_id(it) and ":" not in it for it in (of, name))):
        example = "a work unit or class, and the alarm, as in lathe/spindle_fault" if event.section == "alarms" else "as in spindle_1"
        return f"'{event.declared}' is no id of {section.article}; allowed: letters, digits, '_', '-' and '.', {example}"
    if not event.is_new and event.declared not in known:
        return f"no {section.kind} is called '{event.declared}'{did_you_mean(event.declared, known)}; allowed: {listed(known)}"
    if event.section == "procedures" and event.declared in known and known[event.declared].recipe:
        recipe = known[event.declared].recipe
        what = f"'{event.declared}' is the master recipe {recipe}: its revisions stand in plant.yaml, and are released"
        return f"{what}; allowed: a procedure without a recipe"
    if wrong := [*_wrong_keys(event, section)]:
        return "; ".join(wrong)
    try:
        is_so = not event.is_withdrawn and not event.is_new and table_then(layout, event) == known[event.declared]
    except ValueError:
        return ""  # in the words of the file, when it is held against it
    return f"all of it is declared of '{event.declared}' already; allowed: something that is otherwise" if is_so else ""


def findings_with(plant: Plant, event: DeclarationChanged) -> list[str]:
    """What a plant file would be refused for that says so, in words.

    Raises
    ------
    ValueError : what it says is no such table, in words
    """
    before = {_gist(it) for it in check_plant(plant)}
    then = plant.model_copy(update={"layout": with_section(plant.layout, event)})
    return [it.what + (f"; allowed: {it.allowed}" if it.allowed else "") for it in check_plant(then) if _gist(it) not in before]


def _wrong_keys(event: DeclarationChanged, section: Section) -> Iterator[str]:
    keys, allowed = [key for key, _ in event.changes], section.keys(is_new=event.is_new)
    if event.is_withdrawn and (keys or event.is_new):
        yield f"'{event.declared}' is withdrawn, and something is said of it; allowed: one of both"
    if not keys and not event.is_withdrawn:
        yield f"it says nothing of '{event.declared}'; allowed: a key and a value, one or more: {listed(allowed, 20)}"
    for key in dict.fromkeys(keys):
        first = key.partition(".")[0]
        if keys.count(key) > 1 or any(it.startswith(f"{key}.") for it in keys):
            yield f"'{key}' stands there twice; allowed: once"
        if first in section.stays and not event.is_new:
            yield f"'{first}' of {section.article} stays, since {section.because}; allowed: {listed(allowed, 20)}"
        elif first not in allowed or not all(key.split(".")):
            yield f"{section.article} has no '{key}'{did_you_mean(first, allowed)}; allowed: {listed(allowed, 20)}"


def _written(it: Table | None, layout: PlantFile) -> dict[str, Any]:
    """As plant.yaml has it."""
    return {} if it is None else it.model_dump(mode="json", context={"currency": layout.currency}, exclude_defaults=True)


def _gist(it: Finding) -> tuple[object, ...]:
    """What a finding says, without the words that it might suggest."""
    return it.document, it.path, it.what.partition(" (did you mean")[0]
