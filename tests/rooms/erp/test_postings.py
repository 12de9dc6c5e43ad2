"""What movements and hours are worth: published cases, to the cent."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.erp.small_shop import (
    DAY_US,
    HOUR_US,
    ITEMS,
    LAYOUT,
    START_US,
    Carried,
    balances,
    job,
    labour,
    machine,
    material_actual,
    of_type,
    order,
    plant,
    response,
    small_erp,
)
from twin.erp import Erp
from twin.erp.accounting.rounding import round_half_even
from twin.erp.rows import RequestCostRow
from twin.model.events import (
    DispositionCarriedOut,
    EnergyMetered,
    EquipmentStateChanged,
    GoodsReceived,
    GoodsShipped,
    Heartbeat,
    InvoiceIssued,
    JournalPosted,
    OperationsRequestReleased,
    PersonnelActual,
    PurchaseOrderPlaced,
    StockCounted,
)
from twin.model.measures import allocate
from twin.model.scenario import Policies
from twin.model.states import WorkUnitState

T = START_US + 7 * HOUR_US


def one_part_shop(*, hourly_machine: str, persons: dict[str, str], part: dict[str, Any], unit: dict[str, Any], run: str) -> Erp:
    """A shop that makes `unit` of `part` in one operation."""
    layout = {
        **LAYOUT,
        "work_units": {"press": {"equipment_class": "press", "work_center": "cutting", "calendar": "early", "hourly_cost": hourly_machine}},
        "setups": {},
        "persons": {name: {"classes": ["cutter"], "calendar": "early", "hourly_cost": rate} for name, rate in persons.items()},
        "process_segments": {"pressing": {"work_center": "cutting", "personnel_class": "cutter"}},
        "routings": {"unit": {"press": {"segment": "pressing", "run": run}}},
    }
    items = {"materials": {"part": {"kind": "purchased", **part}, "unit": {"kind": "finished", **unit}}, "suppliers": ITEMS["suppliers"]}
    return Erp(plant(layout, items), Policies())


def request_cost(carried: Carried, request: str) -> RequestCostRow:
    return next(row for row in carried.erp.request_costs() if row.request == request)


def receive(at_us: int, order_id: str, quantity: int, *, ordered_minor: int, price_minor: int) -> tuple[PurchaseOrderPlaced, GoodsReceived]:
    base = {"effective_us": at_us, "order": order_id, "supplier": "mill", "material": "part", "quantity": quantity}
    return (
        PurchaseOrderPlaced(**base, unit_price_minor=ordered_minor, due_us=at_us),
        GoodsReceived(**base, lot=order_id, unit_price_minor=price_minor),
    )


def test_three_times_a_third_is_the_whole() -> None:
    """100.00 by thirds is 33.34, 33.33, 33.33; Odoo's test_cross_analytics accepts 99.99."""
    assert allocate(10_000, [1, 1, 1]) == [3_334, 3_333, 3_333]


def test_weights_that_sum_to_zero_allocate_nothing() -> None:
    with pytest.raises(ValueError, match="not all zero"):
        allocate(100, [0, 0])


def test_halves_go_to_the_even_neighbour() -> None:
    assert [round_half_even(n, 2) for n in (-3, -1, 1, 3, 5)] == [-2, 0, 0, 2, 2]


def test_under_standard_every_receipt_is_valued_alike() -> None:
    """In 10 at 10, in 10 at 20, out 15, standard 10: 5 left, worth 50; Odoo test_stockvaluationlayer."""
    carried = Carried(one_part_shop(hourly_machine="0 EUR/h", persons={}, part={"standard_cost": "10 EUR"}, unit={}, run="1 min"))
    carried.start()
    carried.round(*receive(T, "PO-1", 10, ordered_minor=1_000, price_minor=1_000))
    carried.round(*receive(T, "PO-2", 10, ordered_minor=1_000, price_minor=2_000))
    carried.round(order(T, "SO1", 15, material="part", price=1_500))
    part = carried.erp.stock_rows()[0]
    assert (part.on_hand, part.value_minor) == (5, 5_000)
    assert balances(carried.erp)["purchase_price_variance"] == 10_000
    assert balances(carried.erp)["cost_of_goods_sold"] == 15_000


def test_the_variances_of_a_month() -> None:
    """Textbook: 2 kg at 5.00, half an hour at 20 and at 6 (machine) a unit; 2000 kg bought at 5.20, 1850 used, 470 h at 20.50, 900 units.

    Fixed overhead (12.00 a unit of the textbook's 35.00) is no element of this ledger's standard: 900 units are 20,700, not 31,500.
    """
    shop = one_part_shop(
        hourly_machine="6 EUR/h",
        persons={"dear": "20.50 EUR/h", "cheap": "19.50 EUR/h"},
        part={"unit": "kg", "standard_cost": "5 EUR", "supplier": "mill"},
        unit={"bill": [{"material": "part", "quantity": 2}]},
        run="30 min",
    )
    carried = Carried(shop)
    carried.start()
    carried.round(*receive(T, "PO-1", 2_000, ordered_minor=500, price_minor=520))
    assert balances(carried.erp) == {
        "raw_material": 1_000_000,
        "goods_received_not_billed": -1_040_000,
        "purchase_price_variance": 40_000,
    }
    carried.round(order(T, "SO1", 901, material="unit", price=5_000))
    carried.round(
        material_actual(T, "Consumed", "part", 1_850, request="SO1-unit", lot="PO-1"),
        machine(T + 470 * HOUR_US, "press", "SO1-unit", run_us=470 * HOUR_US),
        labour(T + 470 * HOUR_US, "dear", "SO1-unit", 470 * HOUR_US),
        material_actual(T + 470 * HOUR_US, "Produced", "unit", 900, request="SO1-unit"),
    )
    assert balances(carried.erp)["raw_material"] == 1_000_000 - 925_000
    assert balances(carried.erp)["finished_goods"] == 900 * 2_300
    carried.round(response(T + 470 * HOUR_US, "SO1-unit", "unit", good=900))
    cost = request_cost(carried, "SO1-unit")
    assert cost.material_usage_minor == 25_000
    assert cost.labour_rate_minor == 23_500
    assert cost.labour_efficiency_minor == 40_000
    assert cost.machine_efficiency_minor == 12_000
    assert cost.variance_minor == 25_000 + 23_500 + 40_000 + 12_000 == balances(carried.erp)["production_variance"]
    assert (cost.rounding_minor, cost.wip_minor) == (0, 0)
    assert "work_in_progress" not in balances(carried.erp)


def test_machine_time_is_the_union_and_labour_is_each_persons_own() -> None:
    """wip-13 (Odoo mrp_workorder_hr_account): 3 h of the machine at 35, 2 h at 15, 2 h at 40: 105 + 30 + 80 = 215."""
    persons = {"emp1": "15 EUR/h", "emp2": "40 EUR/h"}
    carried = Carried(one_part_shop(hourly_machine="35 EUR/h", persons=persons, part={}, unit={}, run="1 min"))
    carried.start()
    carried.round(order(T, "SO1", 1, material="unit"))
    day = START_US
    half_hours = {"emp1": ((16, 3), (23, 1)), "emp2": ((17, 2), (21, 2))}  # 08:00-09:30, 11:30-12:00; 08:30-09:30, 10:30-11:30
    for start, length in ((16, 3), (21, 3)):  # the union: 08:00-09:30, 10:30-12:00
        carried.round(machine(day + (start + length) * HOUR_US // 2, "press", "SO1-unit", run_us=length * HOUR_US // 2))
    for person, intervals in half_hours.items():
        for start, length in intervals:
            carried.round(labour(day + (start + length) * HOUR_US // 2, person, "SO1-unit", length * HOUR_US // 2))
    cost = request_cost(carried, "SO1-unit")
    assert (cost.machine_minor, cost.labour_minor, cost.wip_minor) == (10_500, 3_000 + 8_000, 21_500)
    by_person = {row.person: 0 for row in carried.erp.postings("labour_absorbed")}
    for row in carried.erp.postings("labour_absorbed"):
        by_person[row.person] -= row.amount_minor
    assert by_person == {"emp1": 3_000, "emp2": 8_000}


def test_work_in_progress_can_be_read_at_any_moment() -> None:
    """wip-15: 10.00 of components and a machine at 100/h: 60.00 after half an hour, 110.00 after one; Odoo counts 0 for what runs."""
    part = {"standard_cost": "10 EUR"}
    shop = one_part_shop(hourly_machine="100 EUR/h", persons={}, part=part, unit={"bill": [{"material": "part", "quantity": 1}]}, run="1 h")
    carried = Carried(shop)
    carried.start(part=1)
    carried.round(order(T, "SO1", 1, material="unit"))
    running = EquipmentStateChanged(effective_us=T, equipment="press", state=WorkUnitState.EXECUTE, job_order="SO1-unit/press")
    carried.round(job(T, "SO1-unit", "press", "unit", 1), running)
    carried.round(material_actual(T, "Consumed", "part", 1, request="SO1-unit", lot="open-part"))
    assert [(row.booked_minor, row.value_minor) for row in carried.erp.work_in_progress(T + HOUR_US // 2)] == [(1_000, 6_000)]
    done = EquipmentStateChanged(effective_us=T + HOUR_US, equipment="press", state=WorkUnitState.COMPLETE, job_order="SO1-unit/press")
    carried.round(done, machine(T + HOUR_US, "press", "SO1-unit", run_us=HOUR_US))
    assert [(row.booked_minor, row.value_minor) for row in carried.erp.work_in_progress(T + 2 * HOUR_US)] == [(11_000, 11_000)]
    assert balances(carried.erp)["work_in_progress"] == 11_000


def test_what_runs_in_a_batch_is_shared_by_quantity() -> None:
    carried = Carried(one_part_shop(hourly_machine="100 EUR/h", persons={"emp": "20 EUR/h"}, part={}, unit={}, run="1 h"))
    carried.start()
    carried.round(order(T, "A", 3, material="unit"), order(T, "B", 1, material="unit"))
    batch = EquipmentStateChanged(
        effective_us=T, equipment="press", state=WorkUnitState.EXECUTE, job_order="A-unit/press+B-unit/press", person="emp"
    )
    carried.round(job(T, "A-unit", "press", "unit", 3), job(T, "B-unit", "press", "unit", 1), batch)
    assert {row.request: row.running_minor for row in carried.erp.work_in_progress(T + HOUR_US)} == {"A-unit": 9_000, "B-unit": 3_000}


def test_scrap_is_lost_at_the_standard_that_the_piece_had_earned() -> None:
    """A gear (8.35) lost after hobbing has its steel, 6 of 7 minutes of the machine and of the energy; after deburring, all."""
    carried = Carried(small_erp())
    carried.start(steel=12_345)
    carried.round(order(T, "SO1", 1))
    gear = "SO1-gearbox-gear"
    carried.round(job(T, gear, "hob", "gear", 2), job(T, gear, "deburr", "gear", 2))
    hobbed = 106.56 + 600 + 24
    whole = 106.56 + 700 + 28
    for operation, expected in (("hob", 835 * hobbed / whole), ("deburr", 835), ("", 835)):
        before = carried.erp.ledger.balances["scrap_loss"]
        carried.round(material_actual(T, "Scrapped", "gear", 1, request=gear, operation=operation))
        assert carried.erp.ledger.balances["scrap_loss"] - before == pytest.approx(expected, abs=1)


def test_late_actuals_of_a_closed_request_are_part_of_its_variance() -> None:
    carried = Carried(small_erp())
    carried.start(steel=12_345)
    carried.round(order(T, "SO1", 1))
    carried.round(response(T, "SO1-gearbox-gear", "gear", good=2))
    carried.round(labour(T + 1, "anna", "SO1-gearbox-gear", HOUR_US))
    assert balances(carried.erp)["production_variance"] == 3_000
    assert request_cost(carried, "SO1-gearbox-gear").variance_minor == 3_000


def test_a_small_amount_often_is_the_whole_amount_once() -> None:
    """30 an hour in 7,200 bookings of half a second: each is 0.4 cents, together they are 30.00."""
    carried = Carried(small_erp())
    carried.start()
    carried.round(order(T, "SO1", 1))
    for step in range(7_200):
        carried.round(labour(T + step, "anna", "SO1-gearbox", HOUR_US // 7_200))
    assert balances(carried.erp)["labour_absorbed"] == -3_000


def test_all_metered_energy_is_paid_and_what_no_request_absorbs_is_idle() -> None:
    carried = Carried(small_erp())
    carried.start()
    carried.round(order(T, "SO1", 1))
    carried.round(EnergyMetered(effective_us=T, equipment="hob_1", energy_wh=5_000, job_order="SO1-gearbox-gear/hob"))
    carried.round(machine(T, "hob_1", "SO1-gearbox-gear", energy_wh=5_000))
    carried.round(EnergyMetered(effective_us=T + 1, equipment="hob_1", energy_wh=1_000))
    after = balances(carried.erp)
    assert (after["energy"], after["energy_payable"], after["energy_absorbed"]) == (120, -120, -100)


def test_an_order_is_shipped_from_the_oldest_lots_and_invoiced() -> None:
    carried = Carried(small_erp())
    carried.start()
    for hour, quantity in ((2, 3), (1, 2), (3, 4)):
        carried.round(StockCounted(effective_us=T + hour, material="gearbox", lot=f"lot-{hour}", quantity=quantity))
    followed = carried.round(order(T + 4, "SO1", 4, price=25_000))
    assert [(s.lot, s.quantity) for s in of_type(followed, GoodsShipped)] == [("lot-1", 2), ("lot-2", 2)]
    assert [i.net_minor for i in of_type(followed, InvoiceIssued)] == [100_000]
    after = balances(carried.erp)
    assert (after["revenue"], after["accounts_receivable"]) == (-100_000, 100_000)
    assert after["cost_of_goods_sold"] == 4 * (4_413 + 2_000 + 1_700 + 56)
    row = carried.erp.orders(T + 4)[0]
    assert (row.shipped, row.revenue_minor, row.margin_minor, row.late_by_us) == (4, 100_000, 100_000 - 4 * 8_169, 0)


def test_stock_serves_the_earliest_due_order_even_if_it_has_to_wait() -> None:
    carried = Carried(small_erp())
    carried.start()
    carried.round(
        order(T, "late", 2, due_us=9 * DAY_US), order(T, "early", 4, due_us=8 * DAY_US), order(T, "also-late", 1, due_us=9 * DAY_US)
    )
    followed = carried.round(StockCounted(effective_us=T, material="gearbox", lot="a", quantity=3))
    assert of_type(followed, GoodsShipped) == []
    followed = carried.round(StockCounted(effective_us=T + 1, material="gearbox", lot="b", quantity=3))
    assert [(s.order, s.lot, s.quantity) for s in of_type(followed, GoodsShipped)] == [
        ("early", "a", 3),
        ("early", "b", 1),
        ("also-late", "b", 1),
    ]
    followed = carried.round(StockCounted(effective_us=T + 1, material="gearbox", lot="c", quantity=1))
    assert [(s.order, s.lot) for s in of_type(followed, GoodsShipped)] == [("late", "b"), ("late", "c")]


def test_wages_and_machine_cost_pass_with_the_calendars() -> None:
    """Anna and Ben: 8 h at 70 together; the hob 16 h at 60 and the bench 8 h at 6. Nothing at the weekend."""
    carried = Carried(small_erp())
    carried.start()
    carried.round(Heartbeat(effective_us=START_US + DAY_US, reason="shift"))
    assert (balances(carried.erp)["wages"], balances(carried.erp)["machine_cost"]) == (56_000, 100_800)
    carried.round(Heartbeat(effective_us=START_US + 7 * DAY_US, reason="shift"))
    assert (balances(carried.erp)["wages"], balances(carried.erp)["machine_cost"]) == (5 * 56_000, 5 * 100_800)


def test_equipment_without_a_calendar_costs_around_the_clock() -> None:
    layout = {
        **LAYOUT,
        "work_units": {name: {k: v for k, v in unit.items() if k != "calendar"} for name, unit in LAYOUT["work_units"].items()},
    }
    carried = Carried(Erp(plant(layout, ITEMS), Policies()))
    carried.start()
    carried.round(Heartbeat(effective_us=START_US + DAY_US, reason="clock"))
    assert balances(carried.erp)["machine_cost"] == 24 * 6_600


def test_shifts_that_overlap_are_paid_once() -> None:
    """06:00-14:00 and 12:00-18:00 are 12 hours of attendance, not 14."""
    days = ["mon", "tue", "wed", "thu", "fri"]
    shifts = {"a": {"days": days, "start": "06:00", "end": "14:00"}, "b": {"days": days, "start": "12:00", "end": "18:00"}}
    calendars = {**LAYOUT["calendars"], "early": {"shifts": shifts}}
    carried = Carried(Erp(plant({**LAYOUT, "calendars": calendars}, ITEMS), Policies()))
    carried.start()
    carried.round(Heartbeat(effective_us=START_US + DAY_US, reason="clock"))
    assert balances(carried.erp)["wages"] == 12 * 7_000


def run_until(carried: Carried, beats: list[int]) -> dict[str, int]:
    """The hob runs with Anna, whose calendar ends at 14:00 as that of the hob here, from 12:00 to 18:00."""
    early = {**LAYOUT["work_units"]["hob_1"], "calendar": "early"}
    carried.erp = Erp(plant({**LAYOUT, "work_units": {"hob_1": early}}, ITEMS), Policies())
    carried.start()
    carried.round(order(T, "SO1", 1))
    noon = START_US + 12 * HOUR_US
    state = EquipmentStateChanged(
        effective_us=noon, equipment="hob_1", state=WorkUnitState.EXECUTE, job_order="SO1-gearbox-gear/hob", person="anna"
    )
    carried.round(state)
    for beat in beats:
        carried.round(Heartbeat(effective_us=START_US + beat * HOUR_US, reason="clock"))
    evening = START_US + 18 * HOUR_US
    carried.round(
        EquipmentStateChanged(effective_us=evening, equipment="hob_1", state=WorkUnitState.IDLE),
        machine(evening, "hob_1", "SO1-gearbox-gear", run_us=6 * HOUR_US),
        labour(evening, "anna", "SO1-gearbox-gear", 6 * HOUR_US),
        Heartbeat(effective_us=START_US + DAY_US, reason="clock"),
    )
    return balances(carried.erp)


@pytest.mark.parametrize("beats", [[], [13, 15], [18], [14, 16, 17]], ids=str)
def test_work_after_the_end_of_the_shift_is_paid_too(beats: list[int]) -> None:
    """8 h by calendar and 4 h beyond: Anna 12 h at 30 and Ben 8 h at 40, the hob 12 h at 60; 6 h of it absorbed. Whenever it is asked."""
    after = run_until(Carried(small_erp()), beats)
    assert (after["wages"], after["labour_absorbed"]) == (12 * 3_000 + 8 * 4_000, -6 * 3_000)
    assert (after["machine_cost"], after["machine_absorbed"]) == (12 * 6_000, -6 * 6_000)


def test_work_that_ended_before_it_was_told_is_paid_to_its_end() -> None:
    """The heartbeat of 20:00 has paid up to 20:00; that it was over at 18:00 comes later, and 2 h are taken back."""
    assert run_until(Carried(small_erp()), [20])["machine_cost"] == 12 * 6_000


def test_every_entry_names_what_it_came_from() -> None:
    carried = Carried(small_erp())
    carried.start(steel=1_000)
    carried.round(order(T, "SO1", 1))
    gear = "SO1-gearbox-gear"
    [issue] = of_type(
        carried.round(material_actual(T, "Consumed", "steel", 666, request=gear, lot="open-steel", operation="hob")), JournalPosted
    )
    assert (issue.document, issue.request, issue.job_order, issue.lot) == ("issue", gear, f"{gear}/hob", "open-steel")
    assert (issue.material, issue.quantity, issue.legs) == ("steel", -666, (("work_in_progress", 213), ("raw_material", -213)))


def test_a_later_count_is_an_inventory_difference() -> None:
    carried = Carried(small_erp())
    carried.start(steel=1_000)
    carried.round(StockCounted(effective_us=T, material="steel", lot="open-steel", quantity=500))
    assert balances(carried.erp) == {"raw_material": 160, "opening_equity": -320, "inventory_difference": 160}


def test_scrap_of_a_stock_lot_is_a_loss_of_stock() -> None:
    carried = Carried(small_erp())
    carried.start(steel=1_000)
    carried.round(material_actual(T, "Scrapped", "steel", 500, request="", lot="open-steel"))
    assert balances(carried.erp) == {"raw_material": 160, "opening_equity": -320, "scrap_loss": 160}


def test_scrap_of_a_request_is_never_taken_from_its_pieces_in_stock() -> None:
    """A line books good pieces of a lot into stock while others of the same lot are still rejected on the way."""
    carried = Carried(small_erp())
    carried.start(steel=12_345)
    carried.round(order(T, "SO1", 1))
    gear = "SO1-gearbox-gear"
    carried.round(material_actual(T, "Produced", "gear", 1, request=gear), material_actual(T, "Scrapped", "gear", 1, request=gear))
    assert carried.erp.stock.on_hand["gear"] == 1


def test_work_done_again_is_absorbed_and_a_cost_of_quality_to_the_cent_however_it_is_told() -> None:
    """Five times 1,001 s at 30.00 an hour are 41.7083: 41.71, though each alone is 8.34; the request bears nothing of it."""
    carried = Carried(small_erp())
    carried.start()
    carried.round(OperationsRequestReleased(effective_us=START_US, request="R", material="gear", quantity=1, due_us=DAY_US))
    again = DispositionCarriedOut(
        effective_us=START_US, nonconformance="N", disposition="rework", lot="R", material="gear", quantity=1, job_orders=("R/2",)
    )
    carried.round(again)
    for hour in range(5):
        at_us = START_US + hour * HOUR_US
        carried.round(PersonnelActual(effective_us=at_us, person="anna", request="R", job_order="R/2", work_us=1_001_000_000))
    now = balances(carried.erp)
    assert (now["rework_cost"], now["labour_absorbed"], now.get("work_in_progress", 0)) == (4_171, -4_171, 0)
    assert carried.erp.quality_costs.cost_minor == {"N": 4_171}
