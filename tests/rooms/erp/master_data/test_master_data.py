"""What is declared becomes otherwise while the journal goes on: papers go by their own date, orders and plans by what is so by then."""

from __future__ import annotations

from typing import Any

import twin
from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.erp.small_shop import DAY_US, of_type
from tests.rooms.procurement.trading_shop import Office, placed
from tests.rooms.settlement.desk import Desk, day
from twin.erp.material_plan.plan import MaterialPlan
from twin.erp.material_plan.position import erp_position
from twin.erp.sales.promising import promise
from twin.model import events as e
from twin.model.readiness.said import Said
from twin.results.papers.selling import invoice

SAID: dict[str, Any] = {"person": "anna", "terminal": "office"}


def changed(table: str, declared: str, *changes: tuple[str, str], on: int, **about: Any) -> e.MasterDataChanged:
    return e.MasterDataChanged(
        **SAID,
        effective_us=day(on),
        table=table,
        declared=declared,
        changes=changes,
        reason=about.pop("reason", "as the law says"),
        **about,
    )


def bill(on: int, number: str, *, of: int | None = None) -> e.CostBillEntered:
    """Rent of 100.00, typed in on a day, of that day or an earlier one."""
    at_us = day(on if of is None else of)
    return e.CostBillEntered(
        **SAID, effective_us=at_us, recorded_us=day(on), supplier="foundry", bill=number, cost_lines=(("rent", 10_000, ""),), tax_code="vat"
    )


def test_a_tax_rate_and_terms_count_from_their_day_on_for_papers_of_then_whenever_they_are_entered() -> None:
    """20 % until day 10, 25 % from it, and from day 12 on, as is said on day 15, 21 %; the foundry gives 30 days from day 10 on."""
    desk = Desk(supplier={"due": "14 d", "tax": "vat"}, customer={"tax": "vat"})
    assert desk.round(changed("tax_codes", "vat", ("rate", "25 %"), on=2, from_us=day(10))) == [], "it is not yet so"
    desk.receive(3, "A", 20, 4_200)
    desk.sell(5, "S1", 2, 5_000)
    desk.round(bill(5, "R1"))
    desk.passes(9)
    revised = desk.round(changed("suppliers", "foundry", ("terms.due", "30 d"), on=10, reason="agreed"))
    assert [(it.table, it.from_us) for it in of_type(revised, e.MasterDataRevised)] == [("suppliers", day(10)), ("tax_codes", day(10))]
    desk.sell(12, "S2", 2, 5_000)
    desk.round(bill(13, "R2", of=9))
    desk.round(bill(13, "R3", of=11))
    desk.bill(13, "A", "F1", 84_000, tax_minor=16_800)  # for what came before the tax changed
    assert desk.erp.matching.why_blocked("foundry", "F1") == ""
    desk.round(e.GoodsTakenBack(effective_us=day(14), order="S1", lot="back", material="housing", quantity=1, credit_minor=5_000))
    desk.round(changed("tax_codes", "vat", ("rate", "21 %"), on=15, from_us=day(12)))
    desk.round(bill(16, "R4", of=11), bill(16, "R5", of=12))
    owed = {name: desk.payable(name) for name in ("R1", "R2", "R3", "R4", "R5")}
    assert {name: it.tax_minor for name, it in owed.items()} == {"R1": 2_000, "R2": 2_000, "R3": 2_500, "R4": 2_500, "R5": 2_100}
    assert [owed[it].due_us for it in ("R1", "R2", "R3")] == [day(5 + 14), day(9 + 14), day(11 + 30)]
    assert {it.order: it.tax_minor for it in of_type(desk.journal, e.TaxCharged)[:2]} == {"S1": 2_000, "S2": 2_500}
    assert of_type(desk.journal, e.TaxCharged)[2].tax_minor == -1_000, "it is taken back as it was sold"
    run = desk.run(as_said=True)
    assert run.erp.ledger.balances == desk.erp.ledger.balances
    now = run.plant.materials
    assert (now.finance.tax_codes["vat"].rate, now.suppliers["foundry"].terms) == (
        210_000,
        desk.erp.plant.materials.suppliers["foundry"].terms,
    )
    assert (run.declared, desk.plant.materials.finance.tax_codes["vat"].rate) == (desk.plant, 200_000), "the files stay as they are"


def test_an_invoice_stays_as_it_was_issued_whatever_is_said_of_its_day_later() -> None:
    """Sold in our own currency with 20 % tax and 2 % discount within ten days; then all of it was otherwise, and part comes back."""
    terms = {"tax": "vat", "discount": {"share": "2 %", "within": "10 d"}}
    desk = Desk(customer=terms)
    desk.receive(1, "A", 20, 4_200)
    desk.sell(5, "S1", 2, 5_000)
    desk.round(changed("tax_codes", "vat", ("rate", "25 %"), ("title", "Tax"), on=8, from_us=day(4)))
    desk.round(changed("customers", "acme", ("terms.discount", ""), ("terms.currency", "CZK"), on=8, from_us=day(4)))
    desk.round(e.GoodsTakenBack(effective_us=day(9), order="S1", lot="back", material="housing", quantity=1, credit_minor=5_000))
    credit = desk.receivable("CR-S1-1")
    assert (credit.currency, credit.amount_minor, credit.tax_minor) == ("", -6_000, -1_000)
    run = desk.run(as_said=True)
    for name, sums in (("INV-S1", [10_000, 2_000, 12_000]), ("CR-S1-1", [-5_000, -1_000, -6_000])):
        paper = invoice(run, name)
        assert paper.sums == list(zip(("Net", "Value added tax, 20 %", "Total"), sums, strict=True))
    assert "Paid by 17 Mar 2026, 117.60 EUR are enough: that is 2.40 less." in invoice(run, "INV-S1").words
    desk.cash(9, "INV-S1", 11_760)
    assert (desk.receivable("INV-S1").open_minor, desk.balances["discounts_given"]) == (0, 200)


def test_what_was_invoiced_in_two_parts_is_credited_with_the_tax_of_each_the_last_first() -> None:
    """Two at 20 %, two at 25 %: three taken back are two of these and one of those, and all of it is what was asked for."""
    desk = Desk(customer={"tax": "vat"})
    desk.receive(1, "A", 2, 4_200)
    about: dict[str, Any] = {"order": "S1", "material": "housing"}
    desk.round(
        e.SalesOrderConfirmed(
            effective_us=day(5), customer="acme", quantity=4, due_us=day(5), unit_price_minor=5_000, partial="allowed", **about
        )
    )
    desk.round(changed("tax_codes", "vat", ("rate", "25 %"), on=8))
    desk.receive(12, "B", 2, 4_200)
    desk.passes(13)
    for quantity in (3, 1):
        desk.round(e.GoodsTakenBack(effective_us=day(14), lot="back", quantity=quantity, credit_minor=5_000 * quantity, **about))
    items = desk.erp.settlement.items.receivables
    assert {name: it.tax_minor for name, it in items.items()} == {
        "INV-S1": 2_000, "INV-S1-2": 2_500, "CR-S1-1": -2_500 - 1_000, "CR-S1-2": -1_000,
    }  # fmt: skip
    assert (desk.balances.get("tax_payable", 0), desk.balances.get("accounts_receivable", 0)) == (0, 0)
    sums = invoice(desk.run(as_said=True), "CR-S1-1").sums
    assert sums[1:3] == [("Value added tax, 25 %", -2_500), ("Value added tax, 20 %", -1_000)]


def test_what_is_to_be_so_from_an_instant_on_is_so_for_the_first_thing_that_is_told_of_then() -> None:
    """From day 10 on 25 % tax, crowns and nine days of the mill; no heartbeat says that it has come."""
    desk = Desk(supplier={"tax": "vat"}, customer={"tax": "vat"}, planning="order_by_order")
    desk.receive(1, "A", 20, 4_200)
    desk.round(changed("tax_codes", "vat", ("rate", "25 %"), on=2, from_us=day(10)))
    desk.round(changed("customers", "acme", ("terms.currency", "CZK"), on=2, from_us=day(10)))
    desk.round(changed("suppliers", "mill", ("lead_time", "9 d"), on=2, from_us=day(10)))
    desk.round(changed("materials", "steel", ("reorder", '{"point": 99000, "quantity": 99000}'), on=2, from_us=day(10)))
    desk.round(bill(11, "R1"))
    assert desk.payable("R1").tax_minor == 2_500
    assert {it.due_us for it in of_type(desk.journal, e.PurchaseOrderPlaced) if it.material == "steel" and it.quantity == 99_000} == {
        day(20)
    }
    desk.sell(11, "S1", 2, 5_000)
    sold = desk.receivable("INV-S1")
    assert (sold.currency, sold.amount_minor, sold.booked_minor) == ("CZK", 26 * 12_500, 12_500)


def test_what_is_bought_and_made_from_then_on_goes_by_the_new_lead_time_price_point_and_lot() -> None:
    office = Office({"steel": 25_000, "gear": 20, "housing": 40})
    office.place("OLD", 10, 4_199)

    def change(table: str, declared: str, *changes: tuple[str, str]) -> list[e.OperationsEvent]:
        return office.say(e.MasterDataChanged, table=table, declared=declared, changes=changes, reason="agreed")

    change("suppliers", "mill", ("lead_time", "9 d"))
    ordered = change("materials", "steel", ("reorder.point", "26000"), ("reorder.quantity", "30000"), ("standard_cost", "3.50 EUR"))
    assert placed(ordered) == [("PO-steel-1", "mill", 30_000, 350)], "what is there is too little by now"
    (order,) = of_type(ordered, e.PurchaseOrderPlaced)
    assert order.due_us == office.now_us + 9 * DAY_US
    office.later(9)
    office.receive("PO-steel-1", 30_000)
    assert office.erp.ledger.balances["purchase_price_variance"] == 900, "30 kg at 3.50 where 3.20 is the standard"
    housing = office.erp.purchasing.orders["OLD"]
    before = promise(office.erp, "housing", 60, office.now_us).due_us
    change("suppliers", "foundry", ("lead_time", "20 d"))
    assert promise(office.erp, "housing", 60, office.now_us).due_us == before + 15 * DAY_US
    assert (housing.due_us, housing.unit_price_minor) == (office.now_us - 9 * DAY_US + 5 * DAY_US, 4_199), "what was agreed stays agreed"
    office.say(e.PlanningParametersSet, material="housing", safety_stock=70, lot_quantity=0)
    change("materials", "housing", ("planning", '{"multiple": 25}'))
    plan = MaterialPlan(office.erp.planning_parameters.plant, erp_position(office.erp, office.now_us))
    assert [it.started for it in plan.orders if it.material == "housing"] == [25], "what was set and what is declared hold together"


def test_lots_that_are_cut_from_then_on_have_the_new_size() -> None:
    desk = Desk(release="push")
    desk.round(e.OperationsRequestReleased(effective_us=day(1), request="G1", material="gear", quantity=20, due_us=day(5)))
    desk.round(changed("materials", "gear", ("lot_size", "5"), on=2))
    desk.round(e.OperationsRequestReleased(effective_us=day(3), request="G2", material="gear", quantity=20, due_us=day(5)))
    lots = [it.quantity for it in desk.run().mes.lots.values() if it.lot.startswith("G")]
    assert lots == [10, 10, 5, 5, 5, 5]


def test_all_that_is_wrong_with_a_change_is_said_at_once_with_what_is_allowed() -> None:
    office = Office()
    kind, about = e.MasterDataChanged, {"table": "suppliers", "declared": "mill", "reason": "x"}
    said = office.refused(kind, "nobody", table="suppliers", declared="mill", changes=(), reason=" ", from_us=0)
    assert said == (
        "nobody knows a person 'nobody'; allowed: anna, ben; it is so from 1970-01-01T00:00:00Z on, and the books begin "
        "2026-03-02T00:00:00Z; allowed: from then on; a change of what is declared needs a reason"
    )
    assert office.refused(kind, **about, changes=()) == "it says nothing that is otherwise; allowed: a key and a value"
    said = office.refused(kind, **about, changes=(("lead_time", "soon"), ("terms.due", "1 week"), ("terms.tax", "moon"), ("terms.x", "1")))
    assert "lead_time: 'soon' is no duration; allowed:" in said
    assert "terms.x: " in said
    said = office.refused(kind, **about, changes=(("lead_time", "3000000 d"), ("terms", '{"due": "400000 d"}')))
    assert said == "; ".join(
        f"{of}: '{it}' is too long to be dated; allowed: up to 1,000 years"
        for of, it in (("lead_time", "3000000 d"), ("terms", "400000 d"))
    )
    assert "moon" in office.refused(kind, **about, changes=(("terms.tax", "moon"),))
    assert "[[[[" in office.refused(kind, **about, changes=(("lead_time", "[" * 100_000),))
    assert office.refused(kind, **about, changes=(("lead_time", "2 d"),)).startswith("all of it is declared of 'mill' already")
    assert "is not in EUR" in office.refused(kind, **{**about, "table": "materials", "declared": "steel"}, changes=(("price", "3 USD"),))
    assert "no material is called 'steal' (did you mean 'steel'?)" in office.refused(
        kind, table="materials", declared="steal", changes=(("price", "3 EUR"),), reason="x"
    )
    assert "'unit' of a material stays as it is declared; allowed: title" in office.refused(
        kind, table="materials", declared="steel", changes=(("unit", "kg"),), reason="x"
    )
    assert "no table is called 'machines'; allowed: materials, suppliers" in office.refused(
        kind, **{**about, "table": "machines"}, changes=()
    )
    assert office.erp.plant.materials.suppliers["mill"].lead_time.mean_us == 2 * DAY_US


def test_a_supplier_a_customer_and_a_tax_that_were_not_declared_are_there_from_then_on_and_in_every_replay() -> None:
    desk = Desk(supplier={"due": "14 d", "tax": "vat"}, customer={"tax": "vat"})
    desk.round(changed("tax_codes", "lesser", ("rate", "10 %"), on=1, is_new=True))
    desk.round(changed("suppliers", "forge", ("lead_time", "3 d"), ("terms", '{"due": "10 d", "tax": "lesser"}'), on=2, is_new=True))
    desk.round(changed("customers", "omega", ("title", "Omega"), ("terms.tax", "lesser"), on=3, is_new=True))
    desk.round(changed("materials", "housing", ("supplier", "forge"), on=3))
    desk.round(
        e.PurchaseOrderEntered(
            **SAID, effective_us=day(4), order="N1", supplier="forge", order_lines=(("housing", 10, day(6), 4_000),),
        )
    )  # fmt: skip
    about: dict[str, Any] = {"order": "N1.1", "supplier": "forge", "material": "housing", "quantity": 10}
    desk.round(e.GoodsReceived(effective_us=day(5), lot="N1.1", unit_price_minor=4_000, **about))
    desk.round(e.BillEntered(**SAID, effective_us=day(6), order="N1.1", supplier="forge", bill="B1", net_minor=40_000, tax_minor=4_000))
    desk.sell(7, "S1", 5, 6_000, customer="omega")
    assert desk.refusals() == []
    for erp in (desk.erp, desk.run(as_said=True).erp):
        items = erp.settlement.items
        assert (items.payables["forge", "B1"].due_us, erp.matching.why_blocked("forge", "B1")) == (day(16), "")
        assert items.receivables["INV-S1"].amount_minor == 33_000
    desk.round(changed("suppliers", "forge", ("lead_time", "3 d"), on=8, is_new=True))
    desk.round(*(changed("tax_codes", "least", ("rate", it), on=8, is_new=True) for it in ("1 %", "2 %")))
    assert desk.refusals().pop() == "'least' is said at this instant already; allowed: one that no other has"
    assert desk.erp.plant.materials.finance.tax_codes["least"].rate == 10_000
    desk.round(changed("materials", "bolt", ("kind", "made"), on=8, is_new=True))
    desk.round(
        changed("suppliers", "a b", ("title", "x"), on=8, is_new=True), changed("suppliers", "ab", ("title", "x"), on=8, is_new=True)
    )
    desk.round(changed("materials", "housing", ("supplier", "mill"), on=8, from_us=day(10)))
    desk.round(changed("materials", "housing", ("alternative_suppliers", '{"mill": {}}'), on=8))
    assert "'mill' is the first supplier already" in desk.refusals().pop(), "as it will be from day 10 on"
    assert [it.partition(";")[0] for it in desk.refusals()][:-1] == [
        "supplier 'forge' is there already", "'least' is said at this instant already", "'bolt' is made but has no routing",
        "'a b' is no id", "lead_time: key 'lead_time' is missing",
    ]  # fmt: skip


def test_a_material_that_was_not_declared_is_ordered_received_billed_counted_planned_and_sold() -> None:
    """Bolts at 2.00 a hundred from the mill, which are kept above 500 and sold at 5.00 a hundred."""
    desk = Desk(planning="order_by_order")
    said = (
        ("kind", "purchased"), ("title", "Bolt"), ("standard_cost", "2 EUR"), ("price", "5 EUR"), ("price_per", "100"),
        ("supplier", "mill"),
        ("reorder", '{"point": 500, "quantity": 1000}'),
    )  # fmt: skip
    followed = desk.round(changed("materials", "bolt", *said, on=1, is_new=True))
    (standard,) = of_type(followed, e.StandardCostReleased)
    (order,) = of_type(followed, e.PurchaseOrderPlaced)
    assert (standard.material, standard.quantity, standard.material_minor) == ("bolt", 100, 200)
    assert (order.order, order.supplier, order.quantity, order.unit_price_minor, order.due_us) == ("PO-bolt-1", "mill", 1_000, 200, day(3))
    bolts: dict[str, Any] = {"order": "PO-bolt-1", "material": "bolt", "supplier": "mill"}
    desk.round(e.GoodsReceived(effective_us=day(3), lot="B1", quantity=1_000, unit_price_minor=210, **bolts))
    desk.round(e.BillEntered(**SAID, effective_us=day(4), order="PO-bolt-1", supplier="mill", bill="M1", net_minor=2_100))
    desk.round(e.StockCounted(effective_us=day(5), material="bolt", lot="B1", quantity=990))
    desk.round(
        e.SalesOrderEntered(**SAID, effective_us=day(6), order="S1", customer="acme", order_lines=(("bolt", 200, day(6), -1),)),
    )  # fmt: skip
    desk.round(e.PlanningParametersSet(**SAID, effective_us=day(7), material="bolt", safety_stock=2_000, lot_quantity=0, note="more"))
    assert desk.refusals() == []
    booked = {"raw_material": 1_580, "inventory_difference": 20, "purchase_price_variance": 100, "accounts_payable": -2_100}
    booked |= {"cost_of_goods_sold": 400, "revenue": -1_000, "accounts_receivable": 1_000}
    run = desk.run(as_said=True)
    for erp in (desk.erp, run.erp):
        assert {k: v for k, v in erp.ledger.balances.items() if v} == booked
        assert erp.stock.on_hand["bolt"] == 790
        plan = MaterialPlan(erp.planning_parameters.plant, erp_position(erp, day(8)))
        assert [it.started for it in plan.orders if it.material == "bolt"] == [2_000], "1,210 short, in lots of 1,000"
    assert run.mes.tracking.on_hand("bolt") == 790
    assert run.violations(whole=True) == []
    assert run.stock().set_index("material").loc["bolt", "on_hand"] == 790
    assert "bolt" not in run.declared.materials.materials


def test_a_rate_of_the_day_counts_for_papers_of_then_or_later() -> None:
    """30 crowns for one of ours from day 3 on, 26 from day 4; from day 7 on 20, and as is said on day 9, 40 from day 8 on."""
    desk = Desk()

    def rate(on: int, text: str, **about: Any) -> None:
        desk.round(e.ExchangeRateEntered(**SAID, effective_us=day(on), currency="CZK", rate=text, **about))

    rate(5, "20", from_us=day(7))
    rate(9, "40.0", from_us=day(8))
    rate(9, "none", from_us=day(-1))
    desk.round(e.ExchangeRateEntered(**SAID, effective_us=day(10), currency="CZX", rate="2"))
    about: dict[str, Any] = {**SAID, "recorded_us": day(11), "supplier": "foundry", "currency": "CZK"}
    lines = (("rent", 52_000, ""),)
    bills = {f"R{of}": e.CostBillEntered(**about, effective_us=day(of), bill=f"R{of}", cost_lines=lines) for of in (6, 7, 8)}
    desk.round(*bills.values())
    for items in (desk.erp.settlement.items, desk.run(as_said=True).erp.settlement.items):
        assert [items.payables["foundry", name].booked_minor for name in bills] == [2_000, 2_600, 1_300]
    for text in ("1E+99999999", "1e-9999999", "1e-308", "1." + "0" * 100_000):
        rate(12, text)
    first, second, *others = desk.refusals()
    assert ["allowed: 0.000000001 to 999999999, in up to 40 signs" in it for it in others] == [True] * 4
    assert "the books begin" in first
    assert "'none' is no exchange rate; allowed: how many of it" in first
    assert second == "no rates of 'CZX' are declared; allowed: CZK"


def test_a_simulated_run_is_played_again_from_its_files_and_comes_to_the_same() -> None:
    """What was said within it is heard anew when its moments are played, and not known before."""
    about = {"table": "suppliers", "declared": "mill", "changes": [["lead_time", "4 d"]], "reason": "cheaper", "is_new": True}
    said = Said.model_validate({"at": "15 min", "person": "olga", "says": "MasterDataChanged", "about": about})
    run = twin.simulate(hand_shop(), two_orders().model_copy(update={"entries": [said]}), until="1 h")
    assert "mill" in run.plant.materials.suppliers
    again = twin.at(run, "30 min").go_on(until="1 h")
    assert again.journal.head == run.journal.head
    assert again.plant == run.plant
