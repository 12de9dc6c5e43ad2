"""The forms of the Material plan page: what the plan proposes for what is made, and requests that shall be otherwise."""

from __future__ import annotations

from typing import Any

from twin.apps.office.purchasing_forms import AS_TIME, change_words
from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.terminals.readers import Said, instant_of, text_of, whole_if_any
from twin.apps.words import day_words, material_title
from twin.model import events as e
from twin.model.plant import Plant
from twin.results.run import Run
from twin.results.views.business.plan import PlanNow, changes_proposed
from twin.results.views.overview import local_time


def plan_forms(run: Run, plan: PlanNow) -> list[Form]:
    """Groups of forms. Called with the run's lock."""
    plant = run.plant
    to_release = {it.order for it in plan.messages if it.action == "release" and plant.materials.materials[it.material].kind != "purchased"}
    shown = {
        f"{it.quantities[0]:,} of {material_title(plant, it.material)} for {day_words(plan.day(it.due))}": "|".join(
            (it.order, it.material, str(it.quantities[0]), plan.day(it.due))
        )
        for it in plan.plan.listed.due_now()
        if it.order in to_release
    }
    changes = {change_words(it): "|".join((it.order, str(it.quantity), it.due)) for it in changes_proposed(run, plan) if not it.is_purchase}
    return [
        group(
            "proposed", "What the plan proposes", [],
            form(
                "PlannedOrder", "Make what the plan proposes", choice("planned", "Planned order", shown, none="Nothing has to be started."),
                send="Release the order", mark="go",
            ),
            form(
                "PlannedChange", "Change a request as the plan proposes",
                choice("change", "Request", changes, none="What is asked for is as the plan would have it."), send="Change it",
            ),
        ),
        requests_group(run),
    ]  # fmt: skip


def requests_group(run: Run) -> Form:
    """A request that shall be otherwise, or not at all; once it is on the floor, as far as it has not begun."""
    plant, known = run.plant, run.erp.requests.requests
    still_open = {
        f"{it.request}: {it.quantity:,} of {material_title(plant, it.material)} by {local_time(plant, it.due_us)}"
        + (", planned" if it.released_us is None else f", {it.produced:,} made" if it.produced else ""): it.request
        for it in (known[name] for name in sorted(run.erp.requests.open))
    }
    none = "No request is open."
    return group(
        "requests", "Requests", [],
        form(
            "OperationsRequestChanged", "Change a request", choice("request", "Request", still_open, none=none),
            ask("quantity", "So many in all, if another number is wanted", "whole", needed=False),
            ask("due", f"By, if another date is wanted, {AS_TIME}", "text", needed=False), ask("reason", "Reason", "text"),
            send="Change it",
        ),
        form(
            "OperationsRequestCancelled", "Cancel a request", choice("request", "Request", still_open, none=none),
            ask("reason", "Reason", "text"), send="Cancel it", mark="bad",
        ),
    )  # fmt: skip


def changed_said(plant: Plant, said: Said, at: dict[str, Any]) -> e.OperationsRequestChanged:
    """As an event; what is left empty stays."""
    return e.OperationsRequestChanged(
        **at, request=text_of(said, "request"), quantity=whole_if_any(said, "quantity"), reason=text_of(said, "reason"),
        due_us=instant_of(plant, said, "due") if text_of(said, "due") else 0,
    )  # fmt: skip
