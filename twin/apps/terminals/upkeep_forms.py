"""The forms of maintenance: to ask for it, to plan a window for later, and to say when it began and what was done with which parts."""

from __future__ import annotations

from typing import Any

from twin.apps.terminals.declaring.section_forms import upkeep_group
from twin.apps.terminals.forms import Form, ask, choice, earlier, form, group, several
from twin.apps.terminals.readers import (
    Said,
    free_number,
    instant_if_any,
    instant_of,
    materials_of,
    number_if_any,
    parts_of,
    text_of,
    texts_of,
)
from twin.apps.words import equipment_choices, equipment_title, person_choices, person_titles
from twin.mes.maintenance.orders import CORRECTIVE, MaintenanceOrder
from twin.model import events as e
from twin.results.run import Run
from twin.results.upkeep.instructions import StepAsked, documents_of, steps_asked
from twin.results.views.overview import local_time


def maintenance_forms(run: Run) -> list[Form]:
    """What is said on the maintenance page. Called with the run's lock."""
    return [_windows(run), _doing(run), _asking(run), upkeep_group(run)]


def _windows(run: Run) -> Form:
    """Windows to come, and one for what is open."""
    plant, there = run.plant, _open(run, "requested", "scheduled")
    planned = sorted((it for it in there if it.until_us > run.now_us), key=lambda it: it.from_us)
    notes = [
        f"{it.maintenance}, {equipment_title(plant, it.equipment)}: {local_time(plant, it.from_us)} to {local_time(plant, it.until_us)}"
        + (f", {person_titles(plant, '+'.join(it.assigned))}" if it.assigned else "")
        for it in planned
    ]
    persons = [several("assigned", "Who does it", person_choices(plant), needed=False)] if plant.layout.persons else []
    return group(
        "windows", "Windows", notes or ["No window is planned."],
        form(
            "MaintenanceScheduled", "Plan a window", _which(run, there), ask("begins", "From, as in 2026-03-02 06:00", "text"),
            ask("ends", "Until, as in 2026-03-02 08:00", "text"), *persons, send="Keep it free",
        ),
    )  # fmt: skip


def maintenance_here(run: Run, center: str) -> list[Form]:
    """What is said of maintenance at the tablet of a work center, by who does it and who needs it. Called with the run's lock."""
    here = [name for name, it in run.mes.equipment.records.items() if it.work_center == center]
    asking = form(
        "MaintenanceRequested", "Ask for maintenance", choice("equipment", "Equipment", equipment_choices(run.plant, here)),
        ask("description", "What is wrong, or has to be done", "text"), values={"category": CORRECTIVE}, send="Ask for it",
    )  # fmt: skip
    doing = _doing(run, center)
    return [{**doing, "title": "Maintenance", "forms": [asking, *doing["forms"]]}]


def _doing(run: Run, center: str = "") -> Form:
    """What is done at `center` ("": anywhere), with its steps and the documents by which it is done."""
    begun, waiting = _open(run, "started", center=center), _open(run, "requested", "scheduled", center=center)
    notes = [f"{it.maintenance} since {local_time(run.plant, it.started_us)}: {it.description}" for it in begun]
    notes += [f"{it.maintenance}: {words}" for it in (*begun, *waiting) for words in documents_of(run, it)]
    asked = steps_asked(run, center)
    notes += [
        f"{it.order.maintenance}, {it.declared.text}: {it.said.said} ({person_titles(run.plant, it.said.person)})"
        + ("" if it.said.is_allowed else f"; allowed: {it.declared.asked}")
        for it in asked
        if it.said
    ]
    rows = [
        {"id": f"{it.order.maintenance}/{it.step}", "title": f"{it.order.maintenance} · step {it.place} of {it.count}",
         "text": it.declared.text + (" May be left out." if it.declared.optional else ""), "forms": _confirming(it)}
        for it in asked
        if not it.said
    ]  # fmt: skip
    forms = [
        form("MaintenanceStarted", "It was begun", _which(run, waiting), earlier(), send="Say so"),
        form(
            "MaintenancePerformed", "It was done", _which(run, begun), ask("description", "What was done", "text", needed=False),
            ask("spare_parts", "Spare parts, as in GREASE 2, SEAL 1", "text", needed=False), earlier(), send="Record", mark="go",
        ),
        *_confirming_again(asked),
    ]  # fmt: skip
    return {**group("doing", "Done", notes or ["Nothing is in maintenance."], *forms), "rows": rows}


def _confirming(it: StepAsked) -> list[Form]:
    said, label = {"maintenance": it.order.maintenance, "step": it.step}, f"Step {it.step} of {it.order.maintenance}"
    match it.declared.asks:
        case "yes":
            return [
                form("MaintenanceStepConfirmed", "Yes", values={**said, "answer": "1"}, mark="go", label=label),
                form("MaintenanceStepConfirmed", "No", values={**said, "answer": "0"}, mark="bad", label=label),
            ]
        case "value":
            asked = ask("answer", f"{it.declared.unit or 'Value'}, allowed {it.declared.asked}", "number")
            return [form("MaintenanceStepConfirmed", "Enter", asked, values=said, send="Confirm", label=label)]
        case "words":
            return [form("MaintenanceStepConfirmed", "Write", ask("words", "In words", "text"), values=said, send="Confirm", label=label)]
    return [form("MaintenanceStepConfirmed", "Done", values=said, mark="go", label=label)]


def _confirming_again(asked: list[StepAsked]) -> list[Form]:
    """What was said of a step, and was otherwise."""
    said = {f"{it.order.maintenance}, {it.declared.text}: {it.said.said}": f"{it.order.maintenance}|{it.step}" for it in asked if it.said}
    again = form(
        "MaintenanceStepCorrected", "Correct a step of maintenance", choice("confirmed", "Which", said),
        ask("answer", "Value (yes: 1, no: 0)", "number", needed=False), ask("words", "Words", "text", needed=False),
        ask("reason", "Reason", "text"), send="Correct it",
    )  # fmt: skip
    return [again] if said else []


def _asking(run: Run) -> Form:
    plant = run.plant
    plans = {"–": "", **{it.title or name: name for name, it in plant.layout.maintenance_plans.items()}}
    categories = {"Something is wrong: corrective": "corrective", "Before something is: planned": "planned"}
    return group(
        "asking", "Ask for maintenance", [],
        form(
            "MaintenanceRequested", "Ask for it", choice("equipment", "Equipment", equipment_choices(plant, plant.equipment)),
            choice("category", "Why", categories), choice("plan", "By plan", plans), ask("description", "What has to be done", "text"),
            ask("due", "Due, if not at once, as in 2026-03-02 06:00", "text", needed=False), send="Ask for it",
        ),
    )  # fmt: skip


def _open(run: Run, *standings: str, center: str = "") -> list[MaintenanceOrder]:
    records = run.mes.equipment.records
    orders = (it for it in run.mes.maintenance.orders.values() if it.standing in standings)
    return [it for it in orders if center in ("", records[it.equipment].work_center)]


def _which(run: Run, orders: list[MaintenanceOrder]) -> Form:
    titles = {f"{it.maintenance}, {equipment_title(run.plant, it.equipment)}: {it.description}": it.maintenance for it in orders}
    return choice("maintenance", "Which", titles, none="Nothing is to be done.")


def requested_said(run: Run, said: Said, at: dict[str, Any]) -> e.MaintenanceRequested:
    """As an event, under a name that nothing has."""
    equipment = text_of(said, "equipment")
    return e.MaintenanceRequested(
        **at, equipment=equipment, maintenance=free_number(f"R-{equipment}", run.mes.maintenance.orders),
        category=text_of(said, "category"), plan=text_of(said, "plan"), description=text_of(said, "description"),
        due_us=instant_if_any(run.plant, said, "due", -1),
    )  # fmt: skip


def scheduled_said(run: Run, said: Said, at: dict[str, Any]) -> e.MaintenanceScheduled:
    """As an event."""
    return e.MaintenanceScheduled(
        **at, maintenance=text_of(said, "maintenance"), from_us=instant_of(run.plant, said, "begins"),
        until_us=instant_of(run.plant, said, "ends"), assigned=texts_of(said, "assigned"),
    )  # fmt: skip


def step_corrected_said(said: Said, at: dict[str, Any]) -> e.MaintenanceStepConfirmed:
    """As an event."""
    maintenance, step = parts_of(said, "confirmed", 2)
    return e.MaintenanceStepConfirmed(
        **at, maintenance=maintenance, step=step, answer=number_if_any(said, "answer"), words=text_of(said, "words"),
        reason=text_of(said, "reason"),
    )  # fmt: skip


def performed_said(said: Said, at: dict[str, Any]) -> e.MaintenancePerformed:
    """As an event."""
    return e.MaintenancePerformed(
        **at, maintenance=text_of(said, "maintenance"), description=text_of(said, "description"),
        spare_parts=materials_of(said, "spare_parts"),
    )  # fmt: skip
