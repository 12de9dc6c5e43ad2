"""The plants and scenarios that ship: they read without a problem, and are what their README says."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from hardware_bridge.wiring import wires_of
from twin.erp.accounting.standard_cost import CostRollUp, total_minor
from twin.erp.bills import Bills
from twin.model.calendars import WorkTime
from twin.model.plant import Plant, job_order_id, rework_lot
from twin.store.files import apply_changes, read_plant, read_scenario

ROOT = Path(__file__).parents[3]
PLANTS = ("gearbox_shop", "bottling_line", "nist_cell")
SCENARIOS = sorted(path.relative_to(ROOT).as_posix() for name in PLANTS for path in (ROOT / "scenarios" / name).glob("*.yaml"))
LONGEST_JOB_ORDER = 40  # characters that a Modbus controller has registers for
HOUR_US = 3_600_000_000


def plant_of(name: str) -> Plant:
    return read_plant(ROOT / "plant_models" / name)


@pytest.fixture(scope="module")
def shop() -> Plant:
    return plant_of("gearbox_shop")


def levels(plant: Plant, material: str) -> int:
    """How many levels of material lie in a bill, the purchased ones included."""
    return 1 + max((levels(plant, line.material) for line in plant.materials.materials[material].bill), default=0)


@pytest.mark.slow
@pytest.mark.parametrize("path", SCENARIOS)
def test_every_shipped_scenario_reads_and_its_changes_make_a_plant(path: str):
    plant = plant_of(Path(path).parent.name)
    scenario = read_scenario(ROOT / path, plant)
    assert scenario.title.endswith("?")
    assert apply_changes(plant, scenario).equipment


@pytest.mark.parametrize("name", PLANTS)
def test_every_plant_says_where_its_numbers_come_from(name: str):
    assert len((ROOT / "plant_models" / name / "README.md").read_text().split()) > 200


def test_the_gearbox_shop_is_as_large_as_it_says(shop: Plant):
    assert len(shop.layout.work_centers) == 10
    assert len(shop.layout.work_units) == 18
    assert len(shop.layout.persons) == 16
    assert len(shop.materials.customers) >= 3
    assert len(shop.materials.suppliers) >= 3
    assert [name for name, it in shop.materials.materials.items() if it.kind == "finished"] == ["GB1", "GB2", "GB3"]


@pytest.mark.parametrize("product", ["GB1", "GB2", "GB3"])
def test_the_bill_of_a_gearbox_has_four_levels(shop: Plant, product: str):
    assert levels(shop, product) == 4


def test_what_is_ground_is_inspected_and_may_go_back(shop: Plant):
    for material, routing in shop.layout.routings.items():
        for operation in routing.values():
            if operation.segment in ("measure", "test"):
                assert operation.rework > 0, material
                assert operation.rework_to in routing


def test_rework_never_goes_back_to_where_the_bill_is_consumed(shop: Plant):
    for routing in shop.layout.routings.values():
        assert all(operation.rework_to != next(iter(routing)) for operation in routing.values())


def test_furnace_lots_share_a_batch_only_if_they_run_alike(shop: Plant):
    runs = {op.run.model_dump_json() for routing in shop.layout.routings.values() for op in routing.values() if op.segment == "harden"}
    batch = shop.layout.work_units["furnace_1"].batch
    assert len(runs) == 1
    assert batch is not None
    assert (batch.minimum, batch.maximum, batch.wait) == (2, 6, 2 * HOUR_US)


def test_half_of_the_shop_speaks_opc_ua_and_half_modbus(shop: Plant):
    assert shop.signals is not None
    signals = shop.signals.equipment
    assert list(signals) == shop.equipment
    opcua = [name for name, it in signals.items() if it.connection == "plc_a"]
    units = [it.unit for it in signals.values() if it.connection == "plc_b"]
    assert len(opcua) == len(units) == 9
    assert units == list(range(1, 10))
    assert "furnace_1" in opcua  # a batch names up to six job orders


@pytest.mark.parametrize("name", PLANTS)
def test_every_shipped_plant_can_be_heard_whole_and_says_where_its_addresses_come_from(name: str):
    plant = plant_of(name)
    assert plant.signals is not None
    assert list(plant.signals.equipment) == plant.equipment
    assert plant.signals.business
    assert "## Signals" in (ROOT / "plant_models" / name / "README.md").read_text()
    assert (ROOT / "scenarios" / name / "baseline.yaml").exists()


def test_the_shipped_plants_can_run_beside_one_another():
    ports = [wire.port for name in PLANTS for wire in wires_of(plant_of(name), served=True)]
    assert len(set(ports)) == len(ports) == 5


def test_half_of_the_bottling_line_speaks_opc_ua_and_half_modbus():
    signals = plant_of("bottling_line").signals
    assert signals is not None
    spoken = [signals.connections[it.connection].driver for it in signals.equipment.values()]
    assert spoken.count("opcua") == spoken.count("modbus") == 4


def test_the_longest_job_order_id_fits_into_modbus_registers(shop: Plant):
    """An order of a stream in its 999th number, the deepest bill, the 99th lot, reworked three times."""
    scenarios = [read_scenario(ROOT / path, shop) for path in SCENARIOS if "gearbox_shop" in path]
    orders = [f"{stream}-999" for scenario in scenarios for stream in scenario.demand.streams]

    def requests(request: str, material: str) -> list[tuple[str, str]]:
        bill = shop.materials.materials[material].bill
        return [(request, material), *(found for line in bill for found in requests(f"{request}-{line.material}", line.material))]

    ids = [
        job_order_id(rework_lot(rework_lot(rework_lot(f"{request}.99"))), operation)
        for order in orders
        for product in ("GB1", "GB2", "GB3")
        for request, material in requests(f"{order}-{product}", product)
        for operation in shop.layout.routings.get(material, {})
    ]
    assert max(map(len, ids)) <= LONGEST_JOB_ORDER


def test_two_shifts_give_the_shop_eighty_hours_a_week_and_a_saturday_six_more(shop: Plant):
    def hours(plant: Plant, calendar: str, start_us: int) -> float:
        work = WorkTime(plant.layout.calendars[calendar], plant.layout.time_zone)
        return sum(i.end_us - i.start_us for i in work.intervals(start_us, start_us + 7 * 24 * HOUR_US)) / HOUR_US

    scenario = read_scenario(ROOT / "scenarios/gearbox_shop/saturday_shift.yaml", shop)
    assert hours(shop, "two_shifts", scenario.start_us) == 80
    assert hours(shop, "early_shift", scenario.start_us) == 37.5
    assert hours(apply_changes(shop, scenario), "two_shifts", scenario.start_us) == 86
    assert hours(apply_changes(shop, scenario), "early_shift", scenario.start_us) == 37.5 + 5.75


def test_the_furnace_works_when_somebody_can_load_it_and_until_its_last_batch_has_run_out(shop: Plant):
    calendar = shop.layout.work_units["furnace_1"].calendar
    assert calendar is not None
    start_us = read_scenario(ROOT / "scenarios/gearbox_shop/baseline.yaml", shop).start_us
    furnace = WorkTime(shop.layout.calendars[calendar], shop.layout.time_zone)
    work = furnace.intervals(start_us, start_us + 7 * 24 * HOUR_US)
    assert sum(i.end_us - i.start_us for i in work) == 127 * HOUR_US
    assert "| hardening | 1 | 89 | 127 |" in (ROOT / "plant_models/gearbox_shop/README.md").read_text()
    operators = [it.calendar for it in shop.layout.persons.values() if "furnace_operator" in it.classes]
    hours = [WorkTime(shop.layout.calendars[it], shop.layout.time_zone) for it in operators]
    last_load_us = max(i.end_us for it in hours for i in it.intervals(start_us, start_us + 6 * 24 * HOUR_US))
    assert last_load_us + 6.5 * HOUR_US < max(i.end_us for i in work)
    assert all(furnace.works_at(i.start_us) for it in hours for i in it.intervals(start_us, start_us + 7 * 24 * HOUR_US))


def test_the_gross_profit_of_the_gearboxes_is_what_the_readme_says(shop: Plant):
    standards = CostRollUp(shop, Bills(shop.materials)).released
    prices = {name: shop.materials.materials[name].price or 0 for name in ("GB1", "GB2", "GB3")}
    percents = [round(100 - 100 * total_minor(standards[name]) / price) for name, price in prices.items()]
    text = (ROOT / "plant_models/gearbox_shop/README.md").read_text()
    assert f"gross profit at standard cost {percents[0]}, {percents[1]} and {percents[2]} % of the price" in text


def test_the_filler_is_the_slowest_station_of_the_bottling_line():
    line = plant_of("bottling_line").layout.production_lines["line_1"]
    cycles_us = {name: station.cycle.mean_us for name, station in line.stations.items()}
    bottles_per_hour = {name: line.transfer_lot * HOUR_US / cycle for name, cycle in cycles_us.items()}
    assert max(cycles_us, key=cycles_us.__getitem__) == "filler"
    assert all(12_000 <= rate <= 16_500 for rate in bottles_per_hour.values())
    assert all(station.buffer_after > 0 for name, station in line.stations.items() if name != "palletiser")


def test_the_run_times_of_the_nist_cell_are_the_program_times_of_its_record():
    plant = plant_of("nist_cell")
    lines = (ROOT / "plant_models/nist_cell/record/operations.csv").read_text().splitlines()[1:]
    recorded: dict[tuple[str, str], list[float]] = {}
    for line in lines:
        product, _, operation, _, _, _, _, active_s, *_ = line.split(",")
        recorded.setdefault((product.upper(), operation), []).append(float(active_s))
    declared = {(m, o): [v / 1e6 for v in it.run.values] for m, ops in plant.layout.routings.items() for o, it in ops.items()}  # type: ignore[union-attr]
    assert declared == {key: values for key, values in recorded.items() if key != ("BOX", "OP4")}
    assert plant.equipment == ["Hurco04", "Hurco02"]
    assert all(plant.materials.materials[product].lot_size == 1 for product in ("PLATE", "COVER", "BOX"))


def test_three_industries_run_through_the_same_mes_and_erp_and_differ_by_their_files():
    """Gears by the lot, bottles by the line, parts of a machining cell as they were recorded: no program differs, what is declared does."""
    uses, made = {}, {}
    for name, until in (("gearbox_shop", "10 h"), ("bottling_line", "30 min"), ("nist_cell", "1 d")):
        run = twin.simulate(f"plant_models/{name}", until=until, seed=1)
        layout, items = run.plant.layout, run.plant.materials.materials
        assert run.mes.audit(run.now_us) == []
        assert sum(run.erp.ledger.balances.values()) == 0
        made[name] = int(run.indicators_by("equipment")["good"].sum())
        declared = {
            "lines": layout.production_lines, "persons": layout.persons, "set-ups": layout.setups,
            "bills over levels": [it for it in items.values() if any(items[line.material].bill for line in it.bill)],
            "batches": [it for it in layout.work_units.values() if it.batch],
        }  # fmt: skip
        uses[name] = {what for what, it in declared.items() if it}
    assert all(made.values()), made
    assert len({frozenset(it) for it in uses.values()}) == 3, uses
    assert "lines" in uses["bottling_line"] - uses["gearbox_shop"]
    assert {"bills over levels", "batches"} <= uses["gearbox_shop"] - uses["nist_cell"]
