"""Another MES drives our ERP, another ERP drives our MES; and what goes out and comes in goes out again the same."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import twin
from tests.parity.any_bills import plants_with_bills
from tests.parity.test_levels_by_rule import Case, with_mes_and_erp
from tests.rooms.exchange.said import message, outcome, text
from twin.model.events import (
    GoodsReceived,
    Heartbeat,
    JobOrderCreated,
    JobOrderStarted,
    LotCreated,
    MaterialActual,
    OperationsEvent,
    OperationsRequestReleased,
    OperationsRequestScheduled,
    OperationsResponse,
    ShiftNoteLeft,
)
from twin.model.exchange.messages import message_schema, read_message
from twin.model.exchange.properties import Told
from twin.model.states import Source
from twin.results.exchange.desk import Desk
from twin.results.exchange.documents import KINDS
from twin.results.run import Run
from twin.run import take_in
from twin.store.exchange.scheduled_source import ScheduledSource
from twin.store.exchange.taking import is_own, told_by_message
from twin.store.exchange.told_source import ToldSource
from twin.store.journal import MemoryJournal
from twin.store.replay import ReplaySource

SCHEMA = jsonschema.validators.validator_for(message_schema())(message_schema())
COLUMNS = ["posted", "document", "account", "request", "material", "equipment", "person"]


def said_by(run: Run) -> dict[str, Any]:
    """Its messages of every kind."""
    return {kind: run.b2mml(kind) for kind in KINDS}


def told_books(run: Run, messages: Mapping[str, Any]) -> Run:
    """What our ERP makes of the messages of a run alone, with what it knows by itself."""
    told = []
    for kind in ("performance", "events"):
        said = text(messages[kind])
        read = read_message(said)
        assert read.document() == json.loads(said)
        told += told_by_message(read, run.plant, "erp", 0)
    own = [entry.event for entry in run.journal.entries() if entry.source != Source.RULE and is_own(entry.event)]
    books = run.scenario.policies.model_copy(update={"decisions": "told"})
    return take_in(ToldSource(own, told), run.plant, run.scenario.model_copy(update={"changes": [], "policies": books}))


def entries(run: Run) -> pd.DataFrame:
    columns = [*COLUMNS, f"amount_{run.plant.layout.currency.lower()}"]
    return run.ledger[columns].sort_values(columns).reset_index(drop=True)


@pytest.mark.slow
@settings(max_examples=8, deadline=None)
@given(case=plants_with_bills(), seed=st.integers(0, 2**32))
def test_any_plants_messages_drive_our_erp_to_the_same_books_and_go_out_again_the_same(case: Case, seed: int):
    run = with_mes_and_erp(case, seed)
    messages = said_by(run)
    other = told_books(run, messages)
    assert other.erp.ledger.balances == run.erp.ledger.balances
    assert other.erp.violations() == []
    assert said_by(other) == messages


@pytest.mark.slow
@pytest.mark.parametrize(("plant", "scenario", "until"), [
    ("gearbox_shop", "baseline", "36 h"), ("gearbox_shop", "measured_teeth", "1 d"), ("bottling_line", "baseline", "30 min"),
])  # fmt: skip
def test_a_shipped_plants_performance_drives_our_erp_to_the_same_ledger_entry_by_entry(root: Path, plant: str, scenario: str, until: str):
    run = twin.simulate(root / "plant_models" / plant, root / "scenarios" / plant / f"{scenario}.yaml", until=until, seed=5)
    messages = said_by(run)
    other = told_books(run, messages)
    assert len(entries(run)) > 1_000
    pd.testing.assert_frame_equal(entries(other), entries(run))
    assert said_by(other) == messages
    for said in messages.values():
        assert not list(SCHEMA.iter_errors(said))


@pytest.mark.slow
def test_a_schedule_of_another_erp_takes_the_place_of_what_ours_would_plan(root: Path, tmp_path: Path):
    folder = root / "plant_models" / "gearbox_shop"
    ours = twin.simulate(folder, until="1 d", seed=2)
    file = tmp_path / "schedule.json"
    asked = ours.b2mml("schedule")
    (plan,) = asked["SyncOperationsSchedule"]["DataArea"]["OperationsSchedule"]
    plan["OperationsRequest"] = plan["OperationsRequest"][:7]
    file.write_text(json.dumps(asked))
    told = twin.simulate_schedule(folder, file, until="1 d", seed=2)
    released = [entry.event for entry in told.journal.entries() if isinstance(entry.event, OperationsRequestReleased)]
    wanted = [
        (it["ID"], int(it["SegmentRequirement"][0]["MaterialRequirement"][0]["Quantity"]["QuantityString"]))
        for it in plan["OperationsRequest"]
    ]
    assert sorted((it.request, it.quantity) for it in released) == sorted(wanted)
    assert set(told.mes.requests) == {name for name, _ in wanted}
    assert any(job.started_us >= 0 for job in told.mes.job_orders.values())
    (again,) = told.b2mml("schedule")["SyncOperationsSchedule"]["DataArea"]["OperationsSchedule"]
    assert sorted(again["OperationsRequest"], key=lambda it: it["ID"]) == sorted(plan["OperationsRequest"], key=lambda it: it["ID"])


def test_our_erp_decides_between_what_ends_and_what_begins_and_what_is_bought_comes_in_time():
    """A batch ends and answers two requests: what is shipped is of both its lots; what was asked for anew is then let in, and served."""
    at: dict[str, Any] = {"effective_us": 5}
    ends: list[OperationsEvent] = []
    for request in ("A", "B"):
        ends.append(MaterialActual(**at, request=request, lot=request, use="Produced", material="FG", quantity=1))
        ends.append(OperationsResponse(**at, request=request, material="FG", good=1, scrap=1))
    come = GoodsReceived(**at, order="PO", lot="PO", supplier="acme", material="p", quantity=1, unit_price_minor=1)
    lets_in = [
        LotCreated(**at, request="A.F2", lot="A.F2", material="FG", quantity=1),
        JobOrderCreated(**at, request="A.F2", job_order="A.F2/10", lot="A.F2", material="FG", operation="10", quantity=1, due_us=5),
    ]
    begins = MaterialActual(**at, request="A.F2", job_order="A.F2/10", lot="PO", use="Consumed", material="p", quantity=1)
    known = [JobOrderStarted(effective_us=n, request=name, job_order=name) for n, name in enumerate("AB")]
    source = ToldSource([come], [Told(sequence=n, event=it) for n, it in enumerate([*known, *ends, *lets_in, begins])])
    assert [source.advance(), source.advance(), source.advance()] == [known[:1], known[1:], ends]
    assert [source.advance(), source.advance(), source.advance(), source.advance()] == [lets_in, [come], [begins], None]


def a_performance(of: str) -> dict[str, Any]:
    """What a plain MES would send: no more than B2MML asks for."""

    def made(material: str, use: str, quantity: int) -> dict[str, Any]:
        return {
            "MaterialDefinitionID": material,
            "MaterialLotID": f"{material}-lot",
            "MaterialUse": use,
            "Quantity": {"QuantityString": str(quantity)},
        }

    segment = {
        "ID": f"{of}/10", "ActualStartTime": "2026-03-02T08:00:00Z", "ActualEndTime": "2026-03-02T09:00:00Z", "SegmentState": "Completed",
        "MaterialActual": [made("FG", "Produced", 3), made("FG", "Scrapped", 1)],
    }  # fmt: skip
    response = {
        "ID": f"{of}/response", "OperationsRequestID": of, "ResponseState": "Completed", "EndTime": "2026-03-02T09:00:00Z",
        "SegmentResponse": [segment],
    }  # fmt: skip
    return {"ID": "p", "OperationsResponse": [response]}


def test_a_plain_performance_says_what_it_must_and_the_rest_follows():
    told, wrong = told_by_message_of(a_performance("R"))
    assert wrong == []
    *actuals, answer = told
    assert [(it.material, it.use, it.quantity, it.request) for it in actuals] == [("FG", "Produced", 3, "R"), ("FG", "Scrapped", 1, "R")]
    assert (answer.material, answer.good, answer.scrap) == ("FG", 3, 1)
    assert {it.effective_us for it in told} == {1_772_442_000_000_000}


def told_by_message_of(said: dict[str, Any]) -> tuple[list[Any], list[str]]:
    from twin.model.exchange.performance import told_by_performance

    (performance,) = read_message(text(message("SyncOperationsPerformance", "m", said))).content
    told, wrong = told_by_performance(performance)  # type: ignore[arg-type]
    return [it.event for it in told], wrong


@pytest.mark.slow
def test_the_desk_of_an_erp_takes_performance_and_follow_keeps_the_books(root: Path):
    """Another MES reports twice, the second time with all of the first: nothing is booked twice."""
    folder = root / "plant_models" / "gearbox_shop"
    run = twin.simulate(folder, until="6 h", seed=5)
    journal = MemoryJournal()
    desk = Desk(run.plant, run.scenario, journal, "erp")
    counts = []
    for kind in ("events", "performance", "performance"):
        said = run.b2mml(kind)
        ((_, body),) = said.items()
        body["ApplicationArea"]["BODID"] += f"/{len(counts)}"
        answer, taken = desk.answer(text(said))
        assert taken, outcome(answer)
        counts.append(int(outcome(answer)[2][0].split()[-1]))
    assert counts[0] > 300
    assert counts[1] > 100
    assert counts[2] == 0, "what is told again is no new fact"
    stop, last_us = threading.Event(), max(entry.event.effective_us for entry in journal.entries())
    books = twin.follow(run.plant, journal, desk.run.scenario, watch=lambda now_us: stop.set() if now_us >= last_us else None, stop=stop)
    assert books.mes.is_told
    assert books.erp.violations() == []
    consumed = {account: books.erp.ledger.balances[account] for account in ("labour_absorbed", "machine_absorbed")}
    assert consumed == {account: run.erp.ledger.balances[account] for account in consumed}
    assert any(consumed.values())


def test_what_persons_say_beside_a_plant_that_was_told_a_schedule_stays_theirs():
    wanted = OperationsRequestScheduled(effective_us=1, request="R", material="GB1", quantity=1, due_us=9, release_us=1)
    beat = Heartbeat(effective_us=1, reason="start")
    note = ShiftNoteLeft(effective_us=1, person="jana", terminal="t", shift="early", start_us=1, text="coolant is low")
    journal = MemoryJournal()
    journal.append(beat, source=Source.SIMULATED)
    journal.append(note, source=Source.USER)
    source = ScheduledSource(ReplaySource(journal.entries(), origin=Source.SIMULATED), [wanted])
    facts = source.advance() or ()
    assert [source.origin_of(fact) for fact in facts] == [Source.USER, Source.SIMULATED, Source.USER]
