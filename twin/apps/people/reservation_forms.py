"""The forms of what is promised ahead: which person, tool, work unit or line for which job order, or kept for how long."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.terminals.readers import Said, free_number, instant_if_any, parts_of, text_of
from twin.apps.words import equipment_choices, equipment_title, person_choices, person_titles
from twin.mes.execution import NOT_STARTED
from twin.mes.resources.kinds import EQUIPMENT, PERSON, TOOL
from twin.mes.resources.reservations import Reservation
from twin.model.events import ResourceReserved
from twin.results.readiness.resource_tables import words_of
from twin.results.run import Run


def reservation_group(run: Run) -> Form:
    """What is said of reservations, on the supervisor page. Called with the run's lock."""
    there = sorted(run.mes.reservations.open(run.now_us), key=lambda it: (it.from_us, it.reservation))
    notes = [f"{it.reservation}: {_title(run, it)} {words_of(run, it)}, by {person_titles(run.plant, it.by)}" for it in there]
    jobs = sorted((job for job in run.mes.job_orders.values() if job.status in NOT_STARTED), key=lambda job: (job.due_us, job.job_order))
    held = {f"{it.reservation}: {_title(run, it)}": it.reservation for it in there}
    resources = {title: f"{kind}|{name}" for kind, title, name in _resources(run)}
    return group(
        "reservations", "Reservations", notes or ["Nothing is reserved."],
        form(
            "ResourceReserved", "Reserve ahead", choice("resource", "What", resources),
            choice("job_order", "For job order", {"\u2013": "", **{job.job_order: job.job_order for job in jobs}}),
            ask("from", "From, as in 2026-03-02 06:00; empty: now", "text", needed=False),
            ask("until", "Until, as in 2026-03-02 14:00; empty: until its job order is done", "text", needed=False),
            ask("reason", "What for, if for no job order", "text", needed=False), send="Reserve it",
        ),
        form(
            "ResourceReservationEnded", "Give it back",
            choice("reservation", "Which", held, none="Nothing is reserved."),
            ask("reason", "Why", "text"), send="It is free",
        ),
    )  # fmt: skip


def _resources(run: Run) -> Iterator[tuple[str, str, str]]:
    plant = run.plant
    for kind, named in ((EQUIPMENT, equipment_choices(plant, run.mes.equipment.records)), (PERSON, person_choices(plant))):
        for title, name in named.items():
            yield kind, title, name
    for name, it in run.mes.tool_room.tools.items():
        yield TOOL, f"{name}: {plant.layout.tools[it.kind].title or it.kind}", name


def _title(run: Run, it: Reservation) -> str:
    if it.kind == TOOL:
        return it.resource
    return equipment_title(run.plant, it.resource) if it.kind == EQUIPMENT else person_titles(run.plant, it.resource)


def reserved_said(run: Run, said: Said, at: dict[str, Any]) -> ResourceReserved:
    """As an event, under a name that nothing has."""
    kind, resource = parts_of(said, "resource", 2)
    return ResourceReserved(
        **at, reservation=free_number("V", run.mes.reservations.all), resource_kind=kind, resource=resource,
        job_order=text_of(said, "job_order"), from_us=instant_if_any(run.plant, said, "from", -1),
        until_us=instant_if_any(run.plant, said, "until", -1), reason=text_of(said, "reason"),
    )  # fmt: skip
