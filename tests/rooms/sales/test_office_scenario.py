"""The office of the gearbox shop at work: from the requisition to the payment, and from the quote to the cash, in a simulated fortnight."""

from __future__ import annotations

import re
from functools import cache

import pandas as pd
import pytest

import twin
from tests.conftest import ROOT
from twin.model import events as e
from twin.results.run import Run
from twin.results.views.business.orders import orders_now
from twin.results.views.business.purchasing import purchasing_now
from twin.simulation.rule_control import NotByRule
from twin.store.files import apply_changes, read_plant, read_scenario
from twin.study.by_rule.playing import ready_to_play

PLANT, OFFICE = ROOT / "plant_models" / "gearbox_shop", ROOT / "scenarios" / "gearbox_shop" / "office.yaml"


@cache
def fortnight() -> Run:
    return twin.simulate(PLANT, OFFICE, until="13 d", seed=1)


def row(frame: pd.DataFrame, column: str, value: str) -> dict[str, object]:
    """The one row in which a column has that value."""
    (found,) = frame[frame[column] == value].to_dict("records")
    return found


def test_castings_are_bought_by_the_quote_that_costs_least_in_all() -> None:
    quotes = fortnight().quotes("Q1")
    assert list(quotes["quote"]) == ["FOUNDRY-77", "FORGE-12"]
    assert list(quotes["total_eur"]) == [6_480.0, 6_690.0], "72 at 90.00, 60 at 109.00 and 150.00 for the delivery"
    order = row(fortnight().purchase_orders(), "order", "PO-Q1")
    assert (order["received"], order["late_h"], order["rfq"]) == (72, 0.0, "Q1")
    assert row(fortnight().requisitions(), "requisition", "R1")["decided_by"] == "quirin"
    assert row(fortnight().blanket_orders(), "blanket", "BEARINGS")["open"] == 300


def test_castings_are_inspected_when_they_come() -> None:
    said = [it.event for it in fortnight().journal.entries() if it.event.lot == "PO-Q1"]
    held = [it.disposition for it in said if isinstance(it, e.LotDispositionChanged)]
    assert held == ["Restricted", "UnRestricted"]
    assert [it.verdict for it in said if isinstance(it, e.InspectionJudged)] == ["passed"]


def test_a_bill_that_is_too_dear_waits_for_a_person_and_all_bills_are_paid() -> None:
    matches = fortnight().bill_matches()
    dear = row(matches, "bill", "BD-2291")
    assert (dear["net_eur"], dear["ordered_eur"], dear["released_by"], dear["open_eur"]) == (650.0, 620.0, "quirin", 0.0)
    assert list(matches["blocked"]) == ["", ""]
    assert fortnight().erp.matching.unsettled() == {}
    score = row(fortnight().supplier_scorecard(by_material=True), "supplier", "bearings")
    assert (score["on_time_share"], score["paid_eur"], score["expected_eur"]) == (1.0, 650.0, 680.0)


def test_a_customer_gets_parts_and_another_waits_until_it_has_paid() -> None:
    run = fortnight()
    shipped = [(it.event.order, it.event.quantity) for it in run.journal.entries() if isinstance(it.event, e.GoodsShipped)]
    assert [quantity for order, quantity in shipped if order == "B1"] == [2, 6]
    invoiced = [it.event.net_minor for it in run.journal.entries() if isinstance(it.event, e.InvoiceIssued) and it.event.order == "B1"]
    assert sum(invoiced) == 8 * 65_900
    explained = str(run.explain("B5"))
    assert "held:" in explained
    assert "mixers owes 5160.00; with 10320.00 for this it would be more than its limit of 12000.00; within the limit again" in explained
    open_order = row(run.allocations(), "order", "B8")
    assert (open_order["back_ordered"], row(run.sales_quotes(), "quote", "S1")["net_unit_price_eur"]) == (3, 1_605.5)


def test_an_order_of_two_lines_has_one_margin_and_its_invoices_bear_its_name() -> None:
    run = fortnight()
    items = [it for it in run.erp.settlement.items.of_side("receivable") if it.order == "K1"]
    assert sum(it.booked_minor for it in items) == 22 * 65_900
    assert {it.item.rpartition("INV-K1")[0] for it in items} == {""}
    of_lines, of_order = run.margins("line"), row(run.margins("order"), "line", "K1")
    assert of_order["margin_eur"] == pytest.approx(sum(row(of_lines, "line", name)["margin_eur"] for name in ("B3", "B6")))
    by_order = run.by_dimension("order")
    revenue = by_order[(by_order["name"] == "K1") & (by_order["account"] == "revenue")]["amount_eur"]
    assert list(revenue) == [-22 * 659.0]
    owed = by_order[(by_order["name"] == "K1") & (by_order["account"] == "accounts_receivable")]["amount_eur"]
    assert sum(owed) == sum(it.open_booked_minor for it in items) / 100
    assert set(run.orders[run.orders["header"] == "K1"]["order"]) == {"B3", "B6"}
    with pytest.raises(ValueError, match="'K1' is an order of several lines, each with a past of its own; allowed: B3, B6"):
        run.explain("K1")


def test_pages_say_who_serves_how_well_and_what_is_held() -> None:
    run = twin.simulate(PLANT, OFFICE, until="5 d 2 h", seed=1)
    assert run.erp.matching.why_blocked("bearings", "BD-2291").startswith("price: 650.00 for 100 is 30.00 above the 620.00 of the order")
    assert next(it.score for it in purchasing_now(run).suppliers if it.supplier == "bearings") == 1.0
    assert [it.order for it in orders_now(run).orders if it.held.startswith("mixers owes 5160.00")] == ["B5"]


def test_machines_stand_in_the_books_at_what_they_have_cost_less_what_they_have_worn_out() -> None:
    """Two shifts of eight hours on ten days: three lathes at 26.00 an hour."""
    run = fortnight()
    of_lathes = run.by_dimension("work_center").query("name == 'turning'").set_index("account")["amount_eur"]
    assert (of_lathes["fixed_assets"], of_lathes["accumulated_depreciation"]) == (660_000.0, -3 * 26 * 16.0 * 10)
    sheet = {it.account: it.amount_minor for it in run.erp.balance_sheet()}
    assert sheet["fixed_assets"] == 451_000_000 > -sheet["accumulated_depreciation"] > 0
    flow = run.cash_flow()
    opened = flow[flow["section"] == "Opening balances"]
    assert -4_510_000.0 in list(opened["amount_eur"])
    assert opened["amount_eur"].sum() == pytest.approx(0), "what a company has at first is no cash"


def test_every_scenario_that_settles_or_closes_begins_with_its_machines() -> None:
    found = {}
    for path in OFFICE.parent.glob("*.yaml"):
        text = path.read_text()
        if "payments:" in text or "close_books:" in text or "finance." in text:
            found[path.stem] = sum(map(int, re.findall(r"\[fixed_assets, (\d+)\]", text)))
    assert found == dict.fromkeys(("hardened_outside", "new_standards", "office", "settled_month", "year"), 451_000_000)


@pytest.mark.slow
def test_a_replay_comes_to_the_same_books() -> None:
    run = fortnight()
    again = twin.run.replay(list(run.journal.entries()), read_plant(PLANT), read_scenario(OFFICE, read_plant(PLANT)))
    assert again.trace_hash == run.trace_hash
    assert again.erp.ledger.balances == run.erp.ledger.balances


def test_both_engines_say_which_orders_ship_in_parts() -> None:
    runs = [twin.simulate(PLANT, OFFICE, until="15 min", seed=1, engine=engine) for engine in ("compiled", "simpy")]
    assert runs[0].trace_hash == runs[1].trace_hash
    assert [run.erp.customer_orders.orders["B4"].is_partial for run in runs] == [True, True]
    assert [run.erp.customer_orders.headers for run in runs] == [{"K1": ["B3", "B6"]}] * 2


def test_rules_refuse_what_they_do_not_know_of_shipping() -> None:
    scenario = read_scenario(OFFICE, read_plant(PLANT))
    with pytest.raises(NotByRule) as refused:
        ready_to_play(apply_changes(read_plant(PLANT), scenario), scenario, 1, scenario.start_us + 1)
    for said in (
        "customer conveyors takes orders in parts",
        "order B4 ships in parts",
        "order K1 has several lines",
        "customer mixers has a credit limit",
    ):
        assert said in str(refused.value)
