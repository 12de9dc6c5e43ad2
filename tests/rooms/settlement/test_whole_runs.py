"""A simulated shop whose bills and cash come by themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from twin.model.events import BillReceived, CashReceived, TaxCharged
from twin.results.run import Run
from twin.run import replay


@pytest.fixture(scope="module")
def run(root: Path) -> Run:
    scenario = root / "scenarios" / "gearbox_shop" / "settled_month.yaml"
    return twin.simulate(root / "plant_models" / "gearbox_shop", scenario, seed=1, until="5d")


@pytest.mark.slow
def test_a_simulated_week_has_bills_tax_and_cash_and_a_replay_has_the_same(run: Run) -> None:
    kinds = [type(entry.event) for entry in run.journal.entries()]
    assert all(kind in kinds for kind in (BillReceived, TaxCharged, CashReceived))
    assert run.erp.ledger.balances["cash"] == sum(it.minor for it in run.erp.settlement.paying.payments.values()) != 0
    assert run.bank()[["payment", "by"]].to_numpy().tolist() == [["PAY-landlord-RENT-03-1", "amount"], ["2026-03-06/2", "person"]]
    assert run.erp.ledger.balances["accounts_payable"] < 0
    replayed = replay(run.journal, run.plant, run.scenario)
    assert replayed.erp.ledger.balances == run.erp.ledger.balances
    assert replayed.payables().equals(run.payables())


@pytest.mark.slow
def test_machine_time_is_seen_by_work_center_and_margin_by_product(run: Run) -> None:
    centers = run.by_dimension("work_center")
    absorbed = centers[centers["account"] == "machine_absorbed"]
    assert set(absorbed["name"]) <= set(run.plant.layout.work_centers)
    assert round(absorbed["amount_eur"].sum(), 2) == run.erp.ledger.balances["machine_absorbed"] / 100
    products = run.by_dimension("product").set_index(["account", "name"])["amount_eur"]
    assert round(products["revenue"].sum(), 2) == run.erp.ledger.balances["revenue"] / 100
    assert set(products["revenue"].index) <= {"GB1", "GB2", "GB3"}
