"""Who is there in a simulated plant: as the scenario says in the course of its run, whoever has heard it by then."""

from __future__ import annotations

from twin.model.calendars import WorkTime
from twin.model.personnel.presence import OPEN_END_US, PRESENCE, Changed, Presence
from twin.model.personnel.staff import STAFF, Staffing, staffed
from twin.model.plant import Plant
from twin.model.scenario import Scenario

_NAMES = frozenset(it.__name__ for it in (*PRESENCE, *STAFF))


def as_played(plant: Plant, scenario: Scenario) -> Plant:
    """The plant in which persons come and go as a scenario says in the course of its run.

    What makes no sense is left out here; whoever hears it refuses it in words.
    """
    said = sorted((it.event(scenario.start_us) for it in scenario.entries if it.says in _NAMES), key=lambda it: it.recorded_us)
    if not said:
        return plant
    told, presence = staffed(plant), Presence()
    layout, staffing = told.layout, Staffing(told.layout)

    def follow(changed: Changed) -> None:
        before = WorkTime(layout.calendars[changed.before.calendar], layout.time_zone) if changed.before else None
        presence.follow(changed, before)

    for it in said:
        if isinstance(it, PRESENCE) and not presence.doubt(it, layout, it.recorded_us):
            presence.take(it)
        elif isinstance(it, STAFF) and not staffing.doubt(it):
            for changed in staffing.take(it):
                follow(changed)
    for changed in staffing.due(OPEN_END_US):
        follow(changed)
    return presence.attended(told, layout)


def not_said_yet(scenario: Scenario) -> Scenario:
    """The scenario without what is said in it of persons: who looks ahead knows what was said, and not what will be."""
    said = [it for it in scenario.entries if it.says not in _NAMES]
    return scenario if len(said) == len(scenario.entries) else scenario.model_copy(update={"entries": said})
