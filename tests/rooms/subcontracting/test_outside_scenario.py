"""A simulated fortnight in which suppliers harden wheels and assemble housings: ordered, sent, counted, received, billed, traced."""

from __future__ import annotations

import pytest

import twin
from twin.model import events as e
from twin.results.run import Run

SCENARIO = "scenarios/gearbox_shop/hardened_outside.yaml"


@pytest.fixture(scope="module")
def run() -> Run:
    return twin.simulate("plant_models/gearbox_shop", SCENARIO, until="8 d", seed=1)


def events(run: Run, kind: type[e.OperationsEvent]) -> list[e.OperationsEvent]:
    return [it.event for it in run.journal.entries() if isinstance(it.event, kind)]


def test_each_lot_that_comes_back_good_is_owed_for_once(run: Run) -> None:
    """A second way, from what the floor counted: good pieces of each job order at a supplier, at the price of its order."""
    placed = {it.job_order: it for it in events(run, e.SubcontractOrderPlaced)}
    good = {it.job_order: it.good for it in events(run, e.JobOrderCompleted) if it.job_order in placed}
    owed = {job: pieces * placed[job].unit_price_minor for job, pieces in good.items() if pieces}
    received = {it.job_order: it.quantity * it.unit_price_minor for it in events(run, e.ServiceReceived)}
    assert received == owed
    assert len(owed) > 4
    assert {it.supplier for it in placed.values()} == {"hardeners", "assemblers"}
    assert {it.unit_price_minor for it in placed.values() if it.material == "GE3"} == {1_290}  # agreed a quarter of an hour after the start
    services = sum(it.service_minor for it in run.erp.request_costs())
    assert services == sum(owed.values())
    bills = [it for it in run.erp.matching.bills.values() if it.order.startswith("SC-")]
    assert bills
    assert not [it.blocked for it in bills if it.blocked]


def test_what_was_lost_there_and_a_dearer_price_are_told_in_money(run: Run) -> None:
    """50 cents a piece more than the standard, of the pieces that came back; and pieces that did not, with what was done to them before."""
    dearer = sum(it.quantity for it in events(run, e.ServiceReceived) if it.material == "GE3") * 50
    assert {it.kind: it.amount_minor for it in run.erp.variances() if it.kind == "subcontracting"} == {"subcontracting": dearer}
    ended = [it for it in events(run, e.JobOrderCompleted) if it.job_order in run.erp.subcontracting.jobs]
    lost = sum(it.scrap for it in ended)
    assert lost > 0
    assert sum(it.cancelled for it in run.erp.purchasing.orders.values() if it.operation) == lost
    score = run.supplier_scorecard().set_index("supplier")["price_share"]
    assert score["assemblers"] == 1.0
    assert 0.9 < score["hardeners"] < 1.0


def test_what_was_counted_there_is_missing_and_all_else_is_ours(run: Run) -> None:
    sent: dict[tuple[str, str], int] = {}
    placed = {it.job_order for it in events(run, e.SubcontractOrderPlaced)}
    for it in events(run, e.MaterialActual):
        if it.use == "Consumed" and it.job_order in placed:
            sent[it.material, it.lot] = sent.get((it.material, it.lot), 0) + it.quantity
    for it in events(run, e.SubcontractComponentsUsed):
        sent[it.material, it.lot] -= it.quantity
    lost = {key: sent.get(key, 0) - quantity for key, quantity in {**dict.fromkeys(sent, 0), **run.erp.stock.at_suppliers}.items()}
    assert {key: quantity for key, quantity in lost.items() if quantity} == {("SEAL2", "open-SEAL2"): 1}
    assert not run.check()


def test_what_went_in_at_a_supplier_is_found_in_the_gearbox(run: Run) -> None:
    housing = next(it.lot for it in events(run, e.ServiceReceived) if it.material == "HS2")
    went_in = {it.lot for it in run.mes.tracking.backward(housing)}
    assert "open-SEAL2" in went_in
    into = run.mes.tracking.forward(housing)
    assert any(it.lot.startswith("B") for it in into)
