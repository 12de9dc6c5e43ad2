"""A lot is taken apart: its parts are in stock, the genealogy knows them both ways, and they bear their declared shares of the cost."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.simulation.small_floor import plant_of, scenario_of
from twin.erp.material_plan.position import erp_position
from twin.model.bills.given_off import gives_off_at
from twin.model.checks.plant_checks import check_plant
from twin.model.events import GoodsShipped, MaterialActual
from twin.model.plant import Plant
from twin.model.states import MaterialUse
from twin.results.run import Run
from twin.run import carry
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.engines import play

CORES = """
plant: cores
storage_units: {rack: {}}
work_centers: {washing: {storage: rack}, dismantling: {storage: rack}, packing: {storage: rack}}
work_units:
  bath: {equipment_class: bath, work_center: washing, hourly_cost: 60 EUR/h}
  bench: {equipment_class: bench, work_center: dismantling, hourly_cost: 60 EUR/h}
  packer: {equipment_class: packer, work_center: packing, hourly_cost: 60 EUR/h}
process_segments: {wash: {work_center: washing}, dismantle: {work_center: dismantling}, pack: {work_center: packing}}
routings:
  housing:
    wash: {segment: wash, run: 5 min}
    apart: {segment: dismantle, run: 10 min, takes_apart: true}
    pack: {segment: pack, run: 5 min}
  pair:
    pack: {segment: pack, run: 2 min}
"""
PARTS = """
materials:
  core: {kind: purchased, standard_cost: 40 EUR, supplier: yard, opening_stock: 30}
  housing:
    kind: finished
    price: 50 EUR
    lot_size: 2
    bill: [{material: core, quantity: 1}]
    by_products: [{material: gear, quantity: 4, cost_share: 0.3}, {material: steel, quantity: 900}]
  gear: {kind: recovered}
  steel: {kind: purchased, unit: g, standard_cost: 1 EUR, price_per: 900, supplier: yard, opening_stock: 1}
  pair: {kind: finished, price: 20 EUR, lot_size: 2, bill: [{material: gear, quantity: 2}]}
suppliers: {yard: {lead_time: 1 d}}
customers: {us: {}}
"""


def cores(materials: str = PARTS, **changes: Any) -> Plant:
    return plant_of(CORES, materials, **changes)


def run_of(plant: Plant, orders: str = "housing 4", engine: str = "compiled", horizon: str = "2 d") -> Run:
    scenario = scenario_of(orders, horizon=horizon)
    return carry(play(engine, plant, scenario, 1), Run(plant, scenario, seed=1))


def test_what_parts_cost_follows_from_their_shares() -> None:
    """40 EUR of core and 20 EUR of work: 30 % of it is 18 EUR for four gears, 1 EUR is steel, the housing bears the rest."""
    erp = run_of(cores()).erp
    standards = {name: (it.quantity, it.material_minor + it.machine_minor) for name, it in erp.standards.released.items()}
    assert standards["gear"] == (1, 450)
    assert standards["housing"] == (1, 6000 - 1800 - 100)
    assert standards["pair"] == (1, 2 * 450 + 200)


@pytest.mark.parametrize(("engine", "is_taken_apart"), [("simpy", True), ("compiled", False)])
def test_by_products_are_in_stock_when_their_operation_is_done_and_the_books_balance(engine: str, is_taken_apart: bool) -> None:
    """Where nothing takes apart, as a press that leaves swarf, they come of the last operation."""
    run = run_of(cores(**{"routings/housing/apart/takes_apart": is_taken_apart}), engine=engine)
    came = {it.event.job_order for it in run.journal.entries() if isinstance(it.event, MaterialActual) and it.event.material == "gear"}
    assert came == {f"A-housing.{n}/{'apart' if is_taken_apart else 'pack'}" for n in (1, 2)}
    assert not run.violations()
    assert not run.mes.alerts
    erp = run.erp
    assert (erp.stock.on_hand["gear"], erp.stock.on_hand["steel"], erp.stock.on_hand["core"]) == (16, 1 + 4 * 900, 26)
    assert erp.book.value_minor("gear", 16) == 16 * 450
    assert not [it for it in erp.variances() if it.request]
    assert erp.orders(run.now_us)[0].shipped == 4
    documents = {entry.document for entry in erp.ledger.entries}
    assert {"by-product", "completion", "issue"} <= documents
    assert "unused" not in documents


def test_the_genealogy_knows_where_parts_came_from_and_where_they_went() -> None:
    run = run_of(cores(), "housing 2, pair 4")
    first = run.genealogy("A-housing~gear")
    assert list(first["lot"])[:2] == ["A-housing", "open-core"]
    assert list(first["quantity"])[:2] == [8, 2]
    onward = run.genealogy("open-core", "forward").set_index("into")["quantity"].to_dict()
    assert onward["A-housing"] == 2
    assert onward["A-housing~gear"] == 8
    assert onward["A-housing~steel"] == 1800
    assert onward["B-pair.1"] + onward["B-pair.2"] == 8
    assert not run.mes.audit(run.now_us)


def test_what_is_needed_waits_for_what_is_taken_apart_and_is_not_asked_for() -> None:
    """Pairs need gears, which nobody makes: they start when the housings have been taken apart."""
    run = run_of(cores(), "pair 4, housing 2")
    assert not [name for name in run.erp.requests.requests if "gear" in name]
    came = [it.event for it in run.journal.entries() if isinstance(it.event, MaterialActual) and it.event.use == MaterialUse.BY_PRODUCT]
    shipped = [it.event for it in run.journal.entries() if isinstance(it.event, GoodsShipped) and it.event.material == "pair"]
    assert sum(it.quantity for it in shipped) == 4
    assert min(it.effective_us for it in shipped) > min(it.effective_us for it in came if it.material == "gear")


def test_what_is_lost_before_it_is_taken_apart_gives_nothing_off() -> None:
    """And what is lost behind it has given its parts already."""
    run = run_of(cores(**{"routings/housing/apart/scrap": 0.5, "routings/housing/pack/scrap": 0.3}), "housing 8")
    counted = {name: sum(job.good for job in run.mes.job_orders.values() if job.operation == name) for name in ("apart", "pack")}
    assert counted["pack"] < counted["apart"] < 12
    gears = [it.quantity for it in run.mes.tracking.movements if it.material == "gear" and it.quantity > 0]
    assert sum(gears) == 4 * counted["apart"]
    assert not run.violations()


def test_at_actual_cost_the_declared_shares_hold() -> None:
    """All of it is valued at what it has cost: three tenths go to the gears, the rest to the housings; to the cent."""
    dear = PARTS.replace("standard_cost: 40 EUR", "standard_cost: 40 EUR, valuation: fifo").replace(
        ", {material: steel, quantity: 900}", ""
    )
    dear = dear.replace("    kind: finished\n    price: 50", "    kind: finished\n    valuation: fifo\n    price: 50")
    dear = dear.replace("gear: {kind: recovered}", "gear: {kind: recovered, valuation: fifo}")
    run = run_of(cores(dear), "housing 1")
    assert not run.violations()
    cost = run.erp.request_costs()[0]
    total = cost.material_minor + cost.machine_minor
    assert run.erp.book.value_minor("gear", 4) == round(total * 0.3)
    assert run.erp.orders(run.now_us)[0].standard_cost_minor == total - round(total * 0.3)


def test_what_an_open_request_will_give_off_is_planned_as_supply() -> None:
    run = run_of(cores(**{"routings/housing/apart/takes_apart": False}), horizon="42 min")
    (request,) = erp_position(run.erp, run.now_us).on_order
    assert (request.quantity, request.gives) == (2, (("gear", 8), ("steel", 1800))), "the first lot of two has given its own"
    receipts = run.material_plan().records.set_index("material")["scheduled_receipt_quantity"]
    assert (receipts["gear"].sum(), receipts["steel"].sum()) == (8, 1800)


def test_a_bill_for_three_takes_whole_cores_lot_by_lot_and_costs_thirds() -> None:
    """2 cores for 3 housings, which give 4 gears off: lots of 3, 3 and 1 take 2, 2 and 1, and give 4, 4 and 1."""
    for_three = PARTS.replace(
        "lot_size: 2\n    bill: [{material: core, quantity: 1}]", "lot_size: 3\n    bill_for: 3\n    bill: [{material: core, quantity: 2}]"
    )
    run = run_of(cores(for_three), "housing 7")
    assert not run.violations(whole=True)
    assert not run.mes.audit(run.now_us)
    erp = run.erp
    assert (erp.requests.requests["A-housing"].taken["core"], erp.stock.on_hand["gear"], erp.stock.on_hand["steel"]) == (5, 9, 2101)
    assert erp.orders(run.now_us)[0].shipped == 7
    standard = erp.standards.released["gear"]
    assert standard.material_minor + standard.machine_minor == round(0.3 * (2 * 4000 / 3 + 2000) / (4 / 3))
    more = [it.amount_minor for it in erp.variances() if (it.kind, it.request) == ("material usage", "A-housing")]
    assert more == [round((4000 + 1050) / 3)], "a third of a core more and a third of a gear less than seven thirds of a bill say"


def test_by_products_come_where_each_piece_passes_once() -> None:
    reworked = {"rework": 0.1, "rework_to": "wash"}
    changes = {f"routings/housing/pack/{key}": value for key, value in reworked.items()}
    assert gives_off_at(cores(**{"routings/housing/apart/takes_apart": False}, **changes), "housing") == "pack"
    sampled = cores(**{"routings/housing/apart/takes_apart": False, "routings/housing/pack/sample": 0.5})
    assert gives_off_at(sampled, "housing") == "apart"
    none = cores(**{"routings/housing/apart/takes_apart": False, "routings/housing/pack/sample": 0.5}, **changes)
    assert [it.what for it in check_plant(none)] == [
        "no operation of 'housing' could give its by-products off: each is for a sample, or for some pieces twice"
    ]


def test_under_mes_and_erp_and_under_their_rules_it_is_the_same() -> None:
    plant, scenario = cores(), scenario_of("pair 4, housing 6, pair 2", horizon="2 d")
    source, ruled = CompiledPlant(plant, scenario, 1, control="planned"), []
    while (facts := source.advance()) is not None:
        ruled += facts
    run = carry(play("compiled", plant, scenario, 1), Run(plant, scenario, seed=1))
    assert ruled == [it.event for it in run.journal.entries() if it.source == source.origin]


def test_what_makes_no_sense_is_named() -> None:
    wrong = PARTS.replace("cost_share: 0.3", "cost_share: 0.7").replace(
        "{material: steel, quantity: 900}", "{material: steel, quantity: 900, cost_share: 0.5}"
    )
    changes = {"routings/housing/pack/rework": 0.1, "routings/housing/pack/rework_to": "wash", "routings/pair/pack/takes_apart": True}
    assert [f"{'.'.join(map(str, it.path))}: {it.what}" for it in check_plant(cores(wrong, **changes))] == [
        "routings.housing.apart.takes_apart: pieces that go back from 'pack' to 'wash' would be taken apart twice",
        "routings.pair.pack.takes_apart: 'pair' has no by_products, so nothing comes of it",
        "materials.housing.by_products.1.cost_share: 'steel' is purchased and has a standard cost of its own",
        "materials.housing.by_products: the by-products bear 1.2 of the costs together",
    ]
    lone = PARTS.replace("{material: gear, quantity: 4, cost_share: 0.3}, ", "").replace(
        "gear: {kind: recovered}", "gear: {kind: recovered, supplier: yard}"
    )
    assert [f"{'.'.join(map(str, it.path))}: {it.what}" for it in check_plant(cores(lone))] == [
        "materials.gear.kind: 'gear' is recovered, and is a by-product of nothing",
        "materials.gear.supplier: 'gear' is recovered and so has no supplier",
    ]
