"""The forms of the material plan's page: orders that the plan shall leave alone, and what customers are expected to want."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.apps.office.purchasing_forms import AS_TIME
from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.terminals.readers import Said, free_number, instant_of, parts_of, text_of, whole_if_any, wholes_of
from twin.apps.words import day_words, material_choices, material_title
from twin.erp.planners.forecasts import weeks_told
from twin.model import events as e
from twin.results.run import Run
from twin.results.views.business.plan import PlanNow
from twin.results.views.overview import local_time

SHOWN_ORDERS = 100
LEFT_ALONE = (
    "The plan leaves them alone and says what it would do. Where it decides, they are let go on the day on which they have to start."
)


def planner_forms(run: Run, now: PlanNow) -> list[Form]:
    """Groups of forms. Called with the run's lock."""
    return [_firm(run, now), _expected(run)]


def _firm(run: Run, now: PlanNow) -> Form:
    plant = run.plant
    planned = {
        f"{it.order}: {it.good:,} of {material_title(plant, it.material)} by {day_words(now.day(it.due))}": "|".join(
            (str(it.good), str(max(run.now_us, now.plan.buckets.start_us(it.due))), it.material)
        )
        for it in now.plan.listed.some(0, SHOWN_ORDERS)
        if plant.materials.materials[it.material].kind != "recovered"
    }
    ours = {
        f"{name}: {it.quantity:,} of {material_title(plant, it.material)} by {local_time(plant, it.due_us)}": it
        for name, it in run.erp.frozen.orders.items()
    }
    frozen = {words: it.planned for words, it in ours.items()}
    as_seen = {words: "|".join((it.planned, it.material, str(it.quantity), now.day_of(it.due_us))) for words, it in ours.items()}
    none = "No planned order is firm."
    quantity, due = (
        ask("quantity", "So many, if another number", "whole", needed=False),
        ask("due", f"By, if another date, {AS_TIME}", "text", needed=False),
    )
    note = ask("note", "Why", "text", needed=False)
    return group(
        "firm", "Firm planned orders", [LEFT_ALONE],
        form(
            "PlannedOrderFrozen", "Make a planned order firm", choice("planned", "Planned order", planned, none="Nothing is planned."),
            quantity, due, note, send="It is firm", mark="go",
        ),
        form(
            "PlannedOrderFrozen", "Change a firm planned order", choice("firm", "Order", frozen, none=none), quantity, due, note,
            send="Change it",
        ),
        form("PlannedOrderFreed", "Firm no more", choice("firm", "Order", frozen, none=none), note, send="The plan may change it"),
        form("PlannedOrder", "Let it go now", choice("planned", "Order", as_seen, none=none), send="Release it"),
    )  # fmt: skip


def _expected(run: Run) -> Form:
    plant, sold = run.plant, [name for name, it in run.plant.materials.materials.items() if it.kind == "finished"]
    said = [
        f"{material_title(plant, it.material)}, week of {local_time(plant, it.from_us).partition(',')[0]}: {it.pieces:,}, {it.method}"
        for it in weeks_told(run.erp)
        if it.method.startswith("entered") and it.until_us > run.now_us
    ]
    return group(
        "expected", "Forecasts", said,
        form(
            "ForecastEntered", "Enter or change a forecast", choice("material", "Material", material_choices(plant, sold)),
            ask("week", "Week of, as in 2026-03-02", "text"),
            ask("pieces", "Pieces of that week and those after it, as in 40 45 50; nothing: as it was forecast", "text", needed=False),
            ask("note", "Why", "text", needed=False), send="Plan for it", mark="go",
        ),
    )  # fmt: skip


def planner_kinds(run: Run) -> dict[str, Callable[[Said, dict[str, Any]], e.OperationsEvent]]:
    """What is said on these forms becomes events."""
    erp, plant = run.erp, run.plant

    def freeze(said: Said, at: dict[str, Any]) -> e.PlannedOrderFrozen:
        if name := text_of(said, "firm"):
            if name not in erp.frozen.orders:
                raise ValueError(f"'{name}' is firm no more; allowed: one of what is offered")
            before = erp.frozen.orders[name]
            quantity, due_us, material = before.quantity, before.due_us, before.material
        else:
            seen = parts_of(said, "planned", 3)
            quantity, due_us, material = int(seen[0]), int(seen[1]), seen[2]
            known = (*erp.frozen.orders, *erp.requests.requests, *erp.purchasing.orders, *erp.customer_orders.orders)
            name = free_number(f"FP-{material}", known)
        due_us = instant_of(plant, said, "due") if text_of(said, "due") else max(due_us, at["effective_us"])
        return e.PlannedOrderFrozen(
            **at, planned=name, material=material, quantity=whole_if_any(said, "quantity") or quantity,
            due_us=due_us, note=text_of(said, "note"),
        )  # fmt: skip

    def free(said: Said, at: dict[str, Any]) -> e.PlannedOrderFreed:
        return e.PlannedOrderFreed(**at, planned=text_of(said, "firm"), note=text_of(said, "note"))

    def expect(said: Said, at: dict[str, Any]) -> e.ForecastEntered:
        return e.ForecastEntered(
            **at, material=text_of(said, "material"), week_us=erp.entered_forecasts.week_of(instant_of(plant, said, "week")),
            week_pieces=wholes_of(said, "pieces") if text_of(said, "pieces") else (), note=text_of(said, "note"),
        )  # fmt: skip

    return {"PlannedOrderFrozen": freeze, "PlannedOrderFreed": free, "ForecastEntered": expect}
