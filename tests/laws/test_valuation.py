"""Laws of stock at actual cost: nothing is lost, and what comes late ends as if it had come in time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.erp.small_shop import HOUR_US, Carried, balances, labour, material_actual, response
from tests.rooms.valuation.counter import Counter, day
from twin.erp.accounting.statements import View
from twin.erp.accounting.valuation.movements import Movement, Rank
from twin.erp.accounting.valuation.timeline import STEPS_KEPT, Timeline
from twin.model.events import (
    GoodsReceiptCorrected,
    GoodsReceived,
    GoodsReturned,
    GoodsShipped,
    GoodsTakenBack,
    LandedCostAllocated,
    OperationsEvent,
    PeriodCloseRequested,
    PurchaseOrderPlaced,
    SalesOrderConfirmed,
)

METHODS = st.sampled_from(["fifo", "moving_average"])
UNITS = st.sampled_from(["standard", "fifo", "moving_average"])
DAYS = st.integers(1, 9)
QUANTITIES = st.integers(1, 9)
PRICES = st.sampled_from([1, 3, 100, 333, 1_000, 1_999])
REQUESTS = st.sampled_from(["R1", "R2"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """Facts of one instant that belong together."""

    on: int
    facts: tuple[OperationsEvent, ...]


@st.composite
def tellings(draw: st.DrawFn, also: tuple[str, ...] = ()) -> list[Told]:
    """Deliveries, issues, sales, work, completions and closes in order of time.

    `also`: "scrap", which cannot come before its lot: what is scrapped of an unknown lot belongs to nobody, and is told and not booked.
    """
    told = []
    for number in range(draw(st.integers(1, 14))):
        on, kind = draw(DAYS), draw(st.sampled_from(["buy", "buy", "sell", "issue", "issue", "make", "work", "lose", *also]))
        quantity, request = draw(QUANTITIES), draw(REQUESTS)
        at_us = day(on)
        base: dict[str, Any] = {"effective_us": at_us, "order": f"O{number}", "material": "part", "quantity": quantity}
        facts: tuple[OperationsEvent, ...]
        match kind:
            case "buy":
                price = draw(PRICES)
                placed = PurchaseOrderPlaced(**{**base, "quantity": 99}, supplier="mill", due_us=at_us, unit_price_minor=price)
                facts = (placed, GoodsReceived(**base, supplier="mill", lot="lot", unit_price_minor=price))
            case "sell":
                order = SalesOrderConfirmed(**base, customer="acme", due_us=at_us, unit_price_minor=0)
                facts = (order, GoodsShipped(**base, customer="acme", lot="lot"))
            case "issue":
                facts = (material_actual(at_us, "Consumed", "part", quantity, request=request, lot="lot"),)
            case "make":
                facts = (material_actual(at_us, "Produced", "unit", quantity, request=request, lot=f"{request}.{number}"),)
            case "work":
                facts = (labour(at_us, "anna", request, quantity * HOUR_US // 10),)  # whole cents: odd ones fall where they are told
            case "lose":
                facts = (material_actual(at_us, "Scrapped", "unit", quantity, request=request),)
            case _:
                facts = (material_actual(at_us, "Scrapped", "part", quantity, request="", lot="lot"),)
        told.append(Told(on=on, facts=facts))
    told += [Told(on=draw(DAYS), facts=()) for _ in range(draw(st.integers(0, 1)))]
    closing = [name for name in ("R1", "R2") if draw(st.booleans())]
    told += [Told(on=(on := draw(DAYS)), facts=(response(day(on), name, "unit", good=1),)) for name in closing]
    return sorted((it for it in told if it.facts), key=lambda it: it.on)


def shop_of(part: str, unit: str, by: str) -> Counter:
    shop = Counter({"valuation": part, "valued_by": by, "standard_cost": "3 EUR"}, {"valuation": unit, "standard_cost": "7 EUR"})
    shop.ask(0, "R1", 20)
    shop.ask(0, "R2", 20)
    return shop


def ledgers(shop: Counter) -> list[dict[str, int]]:
    """Balances after each day, each entry where what it values was effective.

    What a closed request at standard hears late goes to its variance at once; so for these the two accounts count as one.
    """
    found = []
    for on in range(12):
        rows = shop.erp.trial_balance(day(on), View(as_it_was=True))
        amounts = {it.account: it.debit_minor - it.credit_minor for it in rows}
        if not shop.erp.book.actual.values("unit"):
            amounts["work_in_progress"] += amounts.pop("production_variance")
        found.append({account: amount for account, amount in amounts.items() if amount})
    return found


def conserved(shop: Counter) -> None:
    """What was brought in is what was taken, and what is there; layers are the stock; nothing is worth nothing."""
    actual = shop.erp.book.actual
    for (material, lot), timeline in actual.timelines.items():
        brought = sum(it.value_minor for it in timeline.movements if it.quantity > 0)
        taken = sum(it.value_minor for it in timeline.movements if it.rank == Rank.TAKEN)
        now = timeline.now
        assert brought - taken == now.value_minor, (material, lot)
        assert sum(it.value_minor for it in now.layers) - sum(it.open_minor for it in now.shortages) == now.value_minor
        assert sum(it.quantity for it in timeline.movements) == now.quantity
        assert not (now.layers and now.shortages), "what is there settles what is short"
        assert now.quantity or not now.value_minor
        assert all(it.posted_minor == it.value_minor for it in timeline.movements)
        assert min([it.value_minor for it in timeline.movements] + [0]) >= 0


@pytest.mark.slow
@settings(max_examples=150)
@given(told=tellings(also=("scrap",)), part=METHODS, unit=UNITS, by=st.sampled_from(["material", "lot"]))
def test_value_is_the_sum_of_its_layers_and_issues_and_stock_are_the_receipts(told: list[Told], part: str, unit: str, by: str) -> None:
    shop = shop_of(part, unit, by)
    for it in told:
        shop.round(*it.facts)
        conserved(shop)
    after = balances(shop.erp)
    assert after.get("work_in_progress", 0) == sum(shop.erp.wip.balance_minor(name) for name in ("R1", "R2"))


@pytest.mark.slow
@settings(max_examples=150)
@given(told=tellings(), part=METHODS, unit=UNITS, pick=st.randoms(use_true_random=False))
def test_what_comes_late_ends_as_if_it_had_come_in_time(told: list[Told], part: str, unit: str, pick: Any) -> None:
    """The same facts in any order of arrival: the same values and, entry by entry where it was effective, the same books."""
    in_time, other = shop_of(part, unit, "material"), shop_of(part, unit, "material")
    for it in told:
        in_time.round(*it.facts)
    arriving = list(told)
    pick.shuffle(arriving)
    for number, it in enumerate(arriving):
        other.round(*(replace(fact, recorded_us=day(20 + number)) for fact in it.facts))
        conserved(other)
    assert other.stock() == in_time.stock()
    assert other.stock("unit") == in_time.stock("unit")
    assert balances(other.erp) == balances(in_time.erp)
    assert ledgers(other) == ledgers(in_time)


@settings(max_examples=100)
@given(told=tellings(), method=METHODS, cut=st.integers(1, 9), place=st.integers(0, 14), pick=st.randoms(use_true_random=False))
def test_a_close_moves_the_period_of_posting_and_nothing_else(told: list[Told], method: str, cut: int, place: int, pick: Any) -> None:
    in_time, other = shop_of(method, method, "material"), shop_of(method, method, "material")
    for it in told:
        in_time.round(*it.facts)
    arriving = list(told)
    pick.shuffle(arriving)
    closed: list[Any] = []
    for number, it in enumerate(arriving):
        if number == place % len(arriving):
            other.round(PeriodCloseRequested(effective_us=day(15), period="P", until_us=day(cut)))
            closed = other.erp.trial_balance(day(cut) - 1)
        other.round(*(replace(fact, recorded_us=day(20 + number)) for fact in it.facts))
    assert other.erp.trial_balance(day(cut) - 1) == closed
    assert balances(other.erp) == balances(in_time.erp)
    assert ledgers(other) == ledgers(in_time)
    assert [it.alert for it in other.erp.alerts if it.alert == "entry_refused"] == []


@settings(max_examples=100)
@given(
    method=METHODS,
    sold=st.lists(QUANTITIES, max_size=6),
    back=QUANTITIES,
    freight=st.integers(1, 999),
    price=PRICES,
    pick=st.randoms(use_true_random=False),
)
def test_corrections_of_a_receipt_commute(method: str, sold: list[int], back: int, freight: int, price: int, pick: Any) -> None:
    """Another price, freight, sales, and goods that came back: whatever becomes known first, the end is the same."""
    ends = []
    for shuffled in (False, True):
        shop = Counter({"valuation": method})
        order = shop.buy(1, 40, 500)
        orders = [shop.sell(2, quantity) for quantity in sold]
        later: list[OperationsEvent] = [
            GoodsReceiptCorrected(
                effective_us=day(1), recorded_us=day(9), order=order, lot=order, material="part", quantity=50, unit_price_minor=price
            ),
            LandedCostAllocated(effective_us=day(9), order="F", amount_minor=freight, receipts=((order, order, 1),)),
            *(
                GoodsTakenBack(effective_us=day(3), recorded_us=day(9), order=name, lot="back", material="part", quantity=1)
                for name in orders[:2]
            ),
        ]
        if shuffled:
            pick.shuffle(later)
        for event in later:
            shop.round(event)
        shop.round(GoodsReturned(effective_us=day(10), order=order, lot=order, material="part", quantity=back, credit_minor=7))
        conserved(shop)
        ends.append((balances(shop.erp), shop.stock()))
    assert ends[0] == ends[1]


@pytest.mark.parametrize("method", ["fifo", "moving_average"])
def test_the_journal_rebuilds_what_stock_is_worth(method: str) -> None:
    shop = shop_of(method, method, "material")
    shop.buy(2, 7, 333)
    shop.issue(3, "R1", 5, lot="PO1")
    shop.make(4, "R1", 2)
    shop.round(PeriodCloseRequested(effective_us=day(5), period="P", until_us=day(5)))
    shop.buy(1, 3, 1_000, known=6)
    again = shop_of(method, method, "material")
    own = len(again.applied)
    for event in shop.applied[own:]:
        again.erp.apply(event)
    assert again.erp.ledger.balances == shop.erp.ledger.balances
    assert again.erp.stock_rows() == shop.erp.stock_rows()
    assert again.erp.violations() == []
    assert all(a.effective_us <= b.effective_us for a, b in pairwise(shop.erp.ledger.closed))
    assert isinstance(again, Carried)


@settings(max_examples=20)
@given(method=METHODS, seed=st.integers(0, 10**6), arrivals=st.lists(st.integers(0, 4 * STEPS_KEPT), min_size=1, max_size=8))
def test_what_was_remembered_on_the_way_is_what_would_be_reckoned_from_the_beginning(method: Any, seed: int, arrivals: list[int]) -> None:
    """More movements than are kept between two remembered states, some of which come late, also right at the seams."""
    draw = Random(seed)

    def movements() -> list[Movement]:
        draw.seed(seed)
        made = []
        for number in range(4 * STEPS_KEPT + 1):
            quantity, is_in = draw.randint(1, 9), draw.random() < 0.5
            made.append(
                Movement(
                    event=OperationsEvent(effective_us=number), rank=Rank.BROUGHT if is_in else Rank.TAKEN, material="part", lot="",
                    quantity=quantity if is_in else -quantity, document="x", account="scrap_loss",
                    given_minor=draw.randint(0, 999) if is_in else 0,
                )
            )  # fmt: skip
        return made

    in_time, other = Timeline(method), Timeline(method)
    expected, told = movements(), movements()
    for movement in expected:
        in_time.insert(movement)
    seams = [arrival // STEPS_KEPT * STEPS_KEPT for arrival in arrivals]
    late = {*arrivals, *seams, *(max(0, seam - 1) for seam in seams)}
    for place in [*(it for it in range(len(told)) if it not in late), *late]:
        other.insert(told[place])
    assert [it.value_minor for it in told] == [it.value_minor for it in expected]
    assert (other.now.quantity, other.now.value_minor) == (in_time.now.quantity, in_time.now.value_minor)
    fresh = Timeline(method)
    for movement in movements():
        fresh.insert(movement)
    fresh.replay(0)
    assert [it.value_minor for it in fresh.movements] == [it.value_minor for it in expected]
