"""Laws of the ERP, on streams that nobody planned: possible, late, repeated, out of order."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

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
    order,
    plant,
    response,
    small_erp,
)
from twin.erp import Erp
from twin.model.calendars import WorkTime
from twin.model.events import (
    EnergyMetered,
    GoodsReceived,
    Heartbeat,
    MaterialActual,
    OperationsEvent,
    StockCounted,
)
from twin.model.measures import allocate
from twin.run import simulate
from twin.store.files import read_plant, read_scenario

MATERIALS = tuple(ITEMS["materials"])
SMALL = st.integers(1, 5)
PICK = st.integers(0, 1_000)


def state_of(thing: Any, inside: tuple[int, ...] = ()) -> Any:
    """The state of a fold as plain values, to be compared; what a plant declares and what computes is left out."""
    if isinstance(thing, dict):
        return {key: state_of(value, inside) for key, value in thing.items()}
    if isinstance(thing, list | tuple):
        return [state_of(value, inside) for value in thing]
    if isinstance(thing, OperationsEvent) or not type(thing).__module__.startswith("twin.erp"):
        plain = isinstance(thing, str | int | set | Fraction | OperationsEvent | None)
        return thing if plain else type(thing).__name__
    if id(thing) in inside:  # a part that knows its whole
        return type(thing).__name__
    names = getattr(type(thing), "__slots__", None) or vars(thing)
    return {name: state_of(getattr(thing, name), (*inside, id(thing))) for name in names}


def rebuilt(journal: Sequence[OperationsEvent], release: str) -> Erp:
    """A new ERP that was told a stored journal, and whose conclusions were ignored."""
    erp = small_erp(release)
    for event in journal:
        erp.apply(event)
    return erp


class ShopOfHazard(RuleBasedStateMachine):
    """Whatever is reported, in whatever order: `Carried.round` asks for violations after each round."""

    @initialize(
        release=st.sampled_from(["push", "due_date_offset"]),
        steel=st.integers(0, 20_000),
        gear=SMALL,
        gearbox=st.integers(0, 1),
        one_by_one=st.booleans(),
    )
    def start(self, release: str, steel: int, gear: int, gearbox: int, one_by_one: bool) -> None:
        self.release = release
        self.carried = Carried(small_erp(release), one_by_one=one_by_one)
        self.carried.start(steel=steel, gear=gear, gearbox=gearbox)
        self.carried.round(order(START_US + HOUR_US, "SO0", 6, due_us=DAY_US))
        self.now_us = START_US + 6 * HOUR_US
        self.facts: list[OperationsEvent] = []
        self.told: list[OperationsEvent] = []
        self.order_count = 0

    def request(self, pick: int) -> tuple[str, str]:
        """Some request and its material, released or not, open or not; now and then one that nobody knows."""
        requests = [(it.request, it.material) for it in self.carried.erp.requests.requests.values()]
        return [*requests, ("nobody's", "gear")][pick % (len(requests) + 1)]

    @rule(quantity=SMALL, due_us=st.integers(1, 12 * DAY_US), price=st.sampled_from([0, 7, 25_000]))
    def confirm(self, quantity: int, due_us: int, price: int, material: str = "gearbox") -> None:
        self.order_count += 1
        self.facts.append(order(self.now_us, f"SO{self.order_count}", quantity, material=material, due_us=due_us, price=price))

    @rule(material=st.sampled_from(MATERIALS), quantity=SMALL)
    def confirm_a_part(self, material: str, quantity: int) -> None:
        self.confirm(quantity, DAY_US, 1_000, material)

    @rule(pick=PICK, parts=st.integers(1, 3), price=st.sampled_from([0, 1, 319, 320, 4_199, 5_001]))
    def deliver(self, pick: int, parts: int, price: int) -> None:
        placed = [it for it in self.carried.erp.purchasing.orders.values() if it.open_quantity]
        if placed:
            it = placed[pick % len(placed)]
            self.facts.append(
                GoodsReceived(
                    effective_us=self.now_us,
                    order=it.order,
                    lot=it.order,
                    supplier=it.supplier,
                    material=it.material,
                    quantity=-(-it.open_quantity // parts),
                    unit_price_minor=price,
                )
            )

    @rule(pick=PICK, material=st.sampled_from(MATERIALS), quantity=st.integers(1, 700))
    def consume(self, pick: int, material: str, quantity: int) -> None:
        lots = self.carried.erp.stock.first_in_first_out(material)
        lot = lots[pick % len(lots)][0] if lots else f"open-{material}"
        self.facts.append(material_actual(self.now_us, "Consumed", material, quantity, request=self.request(pick)[0], lot=lot))

    @rule(pick=PICK, person=st.sampled_from(["anna", "ben"]), work_us=st.integers(0, HOUR_US))
    def work(self, pick: int, person: str, work_us: int) -> None:
        self.facts.append(labour(self.now_us, person, self.request(pick)[0], work_us))

    @rule(pick=PICK, setup_us=st.integers(0, HOUR_US), run_us=st.integers(0, HOUR_US), energy_wh=st.integers(0, 20_000))
    def run(self, pick: int, setup_us: int, run_us: int, energy_wh: int) -> None:
        request = self.request(pick)[0]
        self.facts.append(EnergyMetered(effective_us=self.now_us, equipment="hob_1", energy_wh=energy_wh, job_order=f"{request}/hob"))
        self.facts.append(machine(self.now_us, "hob_1", request, setup_us=setup_us, run_us=run_us, energy_wh=energy_wh))

    @rule(pick=PICK, quantity=SMALL, use=st.sampled_from(["Produced", "Scrapped"]), operation=st.sampled_from(["hob", "deburr", "fit", ""]))
    def give(self, pick: int, quantity: int, use: str, operation: str) -> None:
        request, material = self.request(pick)
        if operation:
            self.facts.append(job(self.now_us, request, operation, material, quantity))
        self.facts.append(material_actual(self.now_us, use, material, quantity, request=request, operation=operation))

    @rule(pick=PICK, good=st.integers(0, 5))
    def answer(self, pick: int, good: int) -> None:
        request, material = self.request(pick)
        self.facts.append(response(self.now_us, request, material, good=good))

    @rule(pick=PICK, material=st.sampled_from(MATERIALS), quantity=st.integers(0, 9))
    def count(self, pick: int, material: str, quantity: int) -> None:
        lots = sorted(self.carried.erp.stock.lots[material])
        lot = lots[pick % len(lots)] if lots else "found"
        self.facts.append(StockCounted(effective_us=self.now_us, material=material, lot=lot, quantity=quantity))

    @rule(pick=PICK)
    def repeat(self, pick: int) -> None:
        """A fact comes again. (What was concluded does not: a journal knows it by its id.)"""
        if self.told:
            self.facts.append(self.told[pick % len(self.told)])

    @rule(later_us=st.sampled_from([1, HOUR_US // 7, HOUR_US, DAY_US // 3, DAY_US]), beat=st.booleans())
    def time_passes(self, later_us: int, beat: bool) -> None:
        if self.facts:
            self.carried.round(*self.facts)
            self.told += self.facts
            self.facts = []
        self.now_us += later_us
        if beat:
            self.facts.append(Heartbeat(effective_us=self.now_us, reason="clock"))

    def teardown(self) -> None:
        if not hasattr(self, "carried"):
            return
        self.time_passes(1, beat=False)
        state = state_of(self.carried.erp)
        assert state_of(rebuilt(self.carried.applied, self.release)) == state, "as it was applied"
        assert state_of(rebuilt(self.carried.journal, self.release)) == state, "as it is stored: the facts of a round first"


@pytest.mark.slow
def test_no_stream_breaks_an_invariant_and_every_journal_rebuilds_the_state() -> None:
    run_state_machine_as_test(ShopOfHazard, settings=settings(max_examples=40, stateful_step_count=40, deadline=None))


@given(amount=st.integers(-(10**12), 10**12), shares=st.lists(st.integers(0, 10**6), min_size=1, max_size=20).filter(any))
def test_an_allocation_loses_nothing_and_is_nowhere_off_by_one(amount: int, shares: list[int]) -> None:
    parts = allocate(amount, shares)
    assert sum(parts) == amount
    for part, share in zip(parts, shares, strict=True):
        assert abs(part * sum(shares) - amount * share) < sum(shares)


def one_order_in_work(one_by_one: bool = False) -> Carried:
    """One order for 3, with stock for it, at 07:00."""
    carried = Carried(small_erp(), one_by_one=one_by_one)
    carried.start(steel=12_345, gear=3, housing=4)
    carried.round(order(START_US + 7 * HOUR_US, "SO1", 3, price=25_000))
    return carried


T = START_US + 8 * HOUR_US
BOX, GEAR = "SO1-gearbox", "SO1-gearbox-gear"
FACTS_OF_ONE_INSTANT: tuple[OperationsEvent, ...] = (
    material_actual(T, "Consumed", "steel", 333, request=GEAR, lot="open-steel"),
    material_actual(T, "Consumed", "steel", 667, request=GEAR, lot="open-steel"),
    material_actual(T, "Scrapped", "gear", 1, request=GEAR),
    material_actual(T, "Produced", "gear", 2, request=GEAR),
    material_actual(T, "Consumed", "gear", 2, request=BOX, lot=GEAR),
    material_actual(T, "Consumed", "steel", 125, request=BOX, lot="open-steel"),
    material_actual(T, "Scrapped", "steel", 1_234, request="", lot="open-steel"),
    material_actual(T, "Produced", "gearbox", 2, request=BOX, lot=f"{BOX}.1"),
    material_actual(T, "Produced", "gearbox", 1, request=BOX, lot=f"{BOX}.2"),
    machine(T, "hob_1", GEAR, setup_us=1_234_567, run_us=89_012_345, energy_wh=77),
    machine(T, "bench_1", BOX, run_us=333_333_333, energy_wh=33),
    labour(T, "anna", GEAR, 100_000_001),
    labour(T, "ben", BOX, 999_999_999),
    EnergyMetered(effective_us=T, equipment="hob_1", energy_wh=77),
    EnergyMetered(effective_us=T, equipment="bench_1", energy_wh=133),
    response(T, BOX, "gearbox", good=3),
)


@cache
def in_canonical_order() -> MappingProxyType[str, int]:
    """The balances after the facts above, as they stand there."""
    carried = one_order_in_work()
    carried.round(*FACTS_OF_ONE_INSTANT)
    return MappingProxyType(balances(carried.erp))


@given(facts=st.permutations(FACTS_OF_ONE_INSTANT), one_by_one=st.booleans())
@settings(deadline=None)
def test_the_order_of_facts_of_one_instant_changes_no_balance(facts: list[OperationsEvent], one_by_one: bool) -> None:
    carried = one_order_in_work(one_by_one)
    carried.round(*facts)
    assert balances(carried.erp) == in_canonical_order()
    assert carried.erp.orders(T)[0].shipped == 3


@given(facts=st.permutations(FACTS_OF_ONE_INSTANT), cuts=st.sets(st.integers(1, len(FACTS_OF_ONE_INSTANT) - 1), max_size=6))
@settings(deadline=None)
def test_one_round_and_several_rounds_of_an_instant_give_the_same_ledger(facts: list[OperationsEvent], cuts: set[int]) -> None:
    """A live plant has decided already and tells all of an instant at once; a simulated one is asked in between."""
    carried = one_order_in_work()
    bounds = [0, *sorted(cuts), len(facts)]
    for begin, end in pairwise(bounds):
        carried.round(*facts[begin:end])
    assert balances(carried.erp) == in_canonical_order()


@given(instants=st.lists(st.integers(1, 15 * DAY_US), max_size=12), start_us=st.integers(0, 7 * DAY_US))
@settings(deadline=None)
def test_it_does_not_matter_where_the_heartbeats_fall(instants: list[int], start_us: int) -> None:
    """Wages and machine cost up to an instant are the calendars' working time, whoever asked in between."""
    end_us = START_US + start_us + 15 * DAY_US
    often, once = Carried(small_erp()), Carried(small_erp())
    for carried, beats in ((often, sorted(instants)), (once, [])):
        carried.start(START_US + start_us)
        for beat in beats:
            carried.round(Heartbeat(effective_us=START_US + start_us + beat, reason="clock"))
        carried.round(Heartbeat(effective_us=end_us, reason="shift"))
    assert balances(often.erp) == balances(once.erp)
    calendar = WorkTime(plant().layout.calendars["early"], "UTC")
    worked_us = sum(interval.end_us - interval.start_us for interval in calendar.intervals(START_US + start_us, end_us))
    assert balances(once.erp).get("wages", 0) == round(Fraction(worked_us * 7_000, HOUR_US))


@given(
    pieces=st.lists(st.tuples(st.integers(1, 999), st.sampled_from([BOX, GEAR])), min_size=1, max_size=30),
    work=st.lists(st.tuples(st.integers(0, HOUR_US), st.sampled_from([BOX, GEAR]), st.sampled_from(["anna", "ben"])), max_size=30),
)
@settings(deadline=None)
def test_no_value_is_lost_to_rounding(pieces: list[tuple[int, str]], work: list[tuple[int, str, str]]) -> None:
    """However an amount is cut, each request carries its exact total, rounded once; the odd cent of stock is on its own account."""
    carried = one_order_in_work()
    opening = sum(quantity for quantity, _ in pieces)
    carried.round(StockCounted(effective_us=T, material="steel", lot="open-steel", quantity=opening))
    for quantity, request in pieces:
        carried.round(material_actual(T, "Consumed", "steel", quantity, request=request, lot="open-steel"))
    for work_us, request, person in work:
        carried.round(labour(T, person, request, work_us))
    rate = {person: it.hourly_cost for person, it in plant().layout.persons.items()}
    rows = {row.request: row for row in carried.erp.request_costs()}
    for request in (BOX, GEAR):
        steel = sum(quantity for quantity, of in pieces if of == request)
        assert rows[request].material_minor == round(Fraction(steel * 320, 1000))
        assert rows[request].labour_minor == round(
            sum((Fraction(us * rate[p], HOUR_US) for us, of, p in work if of == request), Fraction(0))
        )
    assert carried.erp.ledger.stock_balances["steel"] == 0, "the last unit out has taken what was left"
    assert abs(balances(carried.erp).get("rounding_difference", 0)) <= 1, "half a cent for each of the two requests"


@given(price=st.integers(1, 10**6), parts=st.lists(st.integers(1, 50), min_size=1, max_size=10))
@settings(deadline=None)
def test_deliveries_in_parts_owe_what_the_whole_would_owe(price: int, parts: list[int]) -> None:
    carried = Carried(small_erp())
    carried.start()
    carried.round(order(T, "SO1", sum(parts) * 1_000, material="steel", price=400))
    placed = carried.erp.purchase_orders()[0]
    for number, part in enumerate(parts):
        delivery = GoodsReceived(
            effective_us=T + number,
            order=placed.order,
            lot=placed.order,
            supplier="mill",
            material="steel",
            quantity=part,
            unit_price_minor=price,
        )
        carried.round(delivery)
    owed = round(Fraction(sum(parts) * price, 1000))
    assert balances(carried.erp).get("goods_received_not_billed", 0) == -owed
    assert balances(carried.erp).get("purchase_price_variance", 0) == owed - round(Fraction(sum(parts) * 320, 1000))


def test_the_journal_of_a_simulated_shop_rebuilds_its_erp(root: Path) -> None:
    """Two days of the gearbox shop: the stored journal alone, read in order, gives orders, stock, costs and books again."""
    shop = read_plant(root / "plant_models" / "gearbox_shop")
    scenario = read_scenario(root / "scenarios" / "gearbox_shop" / "baseline.yaml", shop)
    run = simulate(shop, scenario, seed=1, until_us=2 * DAY_US)
    again = Erp(run.plant, scenario.policies)
    for entry in run.journal:
        again.apply(entry.event)
    assert state_of(again) == state_of(run.erp)
    assert again.violations() == []
    assert len(again.wip.closed) > 10, "requests were made and answered"


def test_the_state_that_is_compared_is_the_whole_state() -> None:
    """`state_of` would miss a slip if it missed a field: two different pasts must differ."""
    quiet, busy = one_order_in_work(), one_order_in_work()
    busy.round(MaterialActual(effective_us=T, use="Consumed", material="steel", quantity=100, request=GEAR, lot="open-steel"))
    seen, other = state_of(quiet.erp), state_of(busy.erp)
    assert {name for name in seen if seen[name] != other[name]} >= {"stock", "requests", "wip", "ledger"}
    assert LAYOUT["plant"] == quiet.erp.plant.id
