"""Two ways to decide: the MES in the loop, and the rules inside the plant. Where the MES knows nothing more, they are one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.laws.test_simulation import Case, ruled
from tests.rooms.simulation.any_plant import plants_and_scenarios
from twin.model.events import OperationsEvent, OperationsRequestReleased, OperationsResponse
from twin.model.plant import Plant
from twin.model.states import Source
from twin.run import simulate
from twin.store.journal import JournalEntry


def as_the_rules_know_it(plant: Plant) -> Plant:
    """Without scrap, which the ERP makes up for by another request, and without batches and set-ups that wait: the MES looks by clock.

    What has waited too long is not lost either: it goes back as often as it is too late.
    """
    tables: dict[str, Any] = plant.model_dump(mode="json")
    layout = tables["layout"]
    stations = [station for line in layout["production_lines"].values() for station in line["stations"].values()]
    operations = [operation for routing in layout["routings"].values() for operation in routing.values()]
    for it in (*stations, *operations):
        it["scrap"] = 0
    for limit in (operation["queue_limit"] for operation in operations if operation["queue_limit"]):
        limit |= {"then": "tell" if limit["then"] == "scrap" else limit["then"], "reworks": 1000}
    for setup in layout["setups"].values():
        if setup["minimum_run"]:
            setup["minimum_run"] = {"lots": setup["minimum_run"]["lots"] or 2}
    for unit in layout["work_units"].values():
        if unit["batch"]:
            unit["batch"]["wait"] = 0
    return Plant.model_validate(tables)


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(case=plants_and_scenarios(with_persons=False), seed=st.integers(0, 2**32))
def test_the_mes_and_the_rules_make_the_same_facts(case: Case, seed: int) -> None:
    """Set-ups, batches, cascades, drawn transport, rework, storage, lines, failures and calendars included, and under every rule."""
    plant, scenario = as_the_rules_know_it(case[0]), case[1].model_copy(update={"work_in_process": {}})  # the ERP nets orders against it
    run = simulate(plant, scenario, seed=seed)
    entries = list(run.journal.entries())
    assert not any(answered_short(entry.event, entries) for entry in entries), "pieces on their way to rework were forgotten"
    told = [entry.event for entry in entries if entry.source == Source.SIMULATED]
    assert told == ruled((plant, scenario), seed, stops_at_deadlock=True)


def answered_short(event: OperationsEvent, entries: list[JournalEntry]) -> bool:
    """Whether a request was answered with fewer pieces than it asked for, good and lost together."""
    if not isinstance(event, OperationsResponse):
        return False
    asked = [it.event.quantity for it in entries if isinstance(it.event, OperationsRequestReleased) and it.event.request == event.request]
    return event.good + event.scrap < sum(asked)
