"""Recall: from a doubtful lot, or from a piece of equipment in a span of time, all that is affected; who has it, and what is in house."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.model.calendars import written_local
from twin.model.problems import did_you_mean, listed
from twin.results.run import Run
from twin.results.tracing.balances import MassBalance, balance_of_lot
from twin.results.tracing.lot_trace import WHERE_COLUMNS, where_rows
from twin.results.tracing.saying import count_of, html_table, text_table
from twin.results.tracing.whereabouts import (
    HELD,
    IN_HOUSE,
    Shipment,
    Whereabouts,
    lot_of,
    numbers_by_order,
    shipments_of,
    unit_of,
    whereabouts,
)

if TYPE_CHECKING:
    import pandas as pd

CUSTOMER_COLUMNS = (
    "customer",
    "order",
    "material",
    "quantity",
    "came_back",
    "unit",
    "lots",
    "first_shipped",
    "last_shipped",
    "address",
    "contact",
)
AFFECTED_COLUMNS = (
    "lot",
    "material",
    "quantity",
    "unit",
    "in_stock",
    "in_process",
    "scrapped",
    "shipped",
    "went_on",
    "request",
    "is_start",
)
PEOPLE_SEE = 40  # rows of a table in the terminal or a notebook; `table` has all


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """A lot that is affected, in numbers of its own unit; `went_on` is what of it went into other affected lots."""

    lot: str
    material: str
    quantity: int
    unit: str
    in_stock: int
    in_process: int
    scrapped: int
    shipped: int
    went_on: int
    request: str
    is_start: bool  # the recall began with it


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerAffected:
    """What one customer has got on one order; `came_back` of it was taken back."""

    customer: str
    order: str
    material: str
    quantity: int
    came_back: int
    unit: str
    lots: tuple[str, ...]
    first_us: int
    last_us: int
    address: str  # "" where the plant's files have none
    contact: str
    serial_numbers: tuple[str, ...]  # of the units that it has, where they have any


@dataclass(frozen=True, slots=True, kw_only=True)
class Recall:
    """All that is affected. `table` has the lots, `customers_table` who has got what, `in_house_table` what can still be stopped."""

    title: str
    time_zone: str
    starts: tuple[str, ...]
    affected: tuple[Affected, ...]
    customers: tuple[CustomerAffected, ...]
    where: tuple[Whereabouts, ...]
    balances: tuple[MassBalance, ...]  # of the lots that it began with

    @property
    def in_house(self) -> tuple[Whereabouts, ...]:
        """What has not left, and where it is."""
        return tuple(it for it in self.where if it.standing in IN_HOUSE)

    @property
    def to_hold(self) -> tuple[str, ...]:
        """Lots that are in house and that nobody holds yet."""
        return tuple(dict.fromkeys(it.lot for it in self.in_house if not it.detail.startswith(HELD)))

    @property
    def table(self) -> pd.DataFrame:
        """Every lot that is affected, the nearest first."""
        from twin.results.frames import from_rows

        return from_rows(self._affected(), AFFECTED_COLUMNS)

    @property
    def customers_table(self) -> pd.DataFrame:
        """Customers with their orders, quantities, and when it was shipped."""
        from twin.results.frames import from_rows

        return from_rows(self._customers(), CUSTOMER_COLUMNS, ("first_shipped", "last_shipped"))

    @property
    def in_house_table(self) -> pd.DataFrame:
        """What is still in house, and where."""
        from twin.results.frames import from_rows

        return from_rows(where_rows(self.in_house), WHERE_COLUMNS, ("at",))

    def summary(self) -> dict[str, Any]:
        """As plain values, for `--json`; times in microseconds since 1970 UTC."""
        return {
            "title": self.title, "starts": list(self.starts), "affected": self._affected(), "customers": self._customers(),
            "in_house": where_rows(self.in_house), "balances": [it.summary() for it in self.balances],
        }  # fmt: skip

    def _affected(self) -> list[dict[str, Any]]:
        return [{name: getattr(it, name) for name in AFFECTED_COLUMNS} for it in self.affected]

    def _customers(self) -> list[dict[str, Any]]:
        return [
            {
                "customer": it.customer, "order": it.order, "material": it.material, "quantity": it.quantity, "came_back": it.came_back,
                "unit": it.unit, "lots": list(it.lots), "first_shipped": it.first_us, "last_shipped": it.last_us,
                "address": it.address, "contact": it.contact, "serial_numbers": list(it.serial_numbers),
            }
            for it in self.customers
        ]  # fmt: skip

    @property
    def headline(self) -> str:
        """The recall in one sentence."""
        if not self.affected:
            return f"{self.title}: nothing is affected"
        names = dict.fromkeys(it.customer for it in self.customers)
        orders = dict.fromkeys(it.order for it in self.customers)
        lots = dict.fromkeys(it.lot for it in self.in_house)
        who = f"{count_of(len(orders), 'order')} of {count_of(len(names), 'customer')} got some of it ({listed(names)})"
        with_whom = who if names else "no customer has any"
        in_house = f"{count_of(len(lots), 'lot')} still in house"
        return f"{self.title}: {count_of(len(self.affected), 'lot')} affected; {with_whom}; {in_house}"

    def _parts(self) -> list[tuple[str, Sequence[str], list[list[str]]]]:
        customers = [
            [
                it.customer, it.order, it.material, f"{it.quantity:,} {it.unit}", f"{it.came_back:,}" if it.came_back else "",
                ", ".join(it.lots), written_local(it.last_us, self.time_zone), "; ".join(filter(None, (it.address, it.contact))),
            ]
            for it in self.customers
        ]  # fmt: skip
        house = [[it.lot, it.material, f"{it.quantity:,} {it.unit}", it.standing, it.place, it.detail] for it in self.in_house]
        lots = [
            [
                it.lot, it.material, f"{it.quantity:,} {it.unit}", f"{it.in_stock:,}", f"{it.in_process:,}", f"{it.scrapped:,}",
                f"{it.shipped:,}", f"{it.went_on:,}",
            ]
            for it in self.affected
        ]  # fmt: skip
        return [
            ("Customers", ("Customer", "Order", "Material", "Quantity", "Came back", "Lots", "Shipped", "Whom to tell"), _cut(customers)),
            ("Still in house", ("Lot", "Material", "Quantity", "Standing", "Place", "Detail"), _cut(house)),
            ("Lots affected", ("Lot", "Material", "Quantity", "In stock", "In process", "Scrapped", "Shipped", "Went on"), _cut(lots)),
        ]

    def __str__(self) -> str:
        balances = [f"  {it}" for it in self.balances[:PEOPLE_SEE]]
        return "\n\n".join(["\n".join([self.headline, *balances]), *(text_table(*part) for part in self._parts())])

    def __repr__(self) -> str:
        return f"<Recall: {self.headline}; print it>"

    def _repr_html_(self) -> str:
        return html_table("Recall", (self.headline,), [[str(it)] for it in self.balances[:PEOPLE_SEE]]) + "".join(
            html_table(*part) for part in self._parts()
        )


def _cut(rows: list[list[str]]) -> list[list[str]]:
    """As many rows as people read, and how many more there are."""
    more = len(rows) - PEOPLE_SEE
    return rows if more <= 0 else [*rows[:PEOPLE_SEE], [f"and {more:,} more", *[""] * (len(rows[0]) - 1)]]


def recall_of_lots(run: Run, lots: Sequence[str], *, sources: bool = False) -> Recall:
    """Everything that these lots, or lots of units with these serial numbers, went into. With `sources`: all that shares a delivery, too.

    Raises
    ------
    ValueError : no such lot
    """
    known, genealogy = run.mes.tracking.lots, run.mes.tracking.genealogy
    starts, title = list(dict.fromkeys(lot_of(run, name) for name in lots)), f"Recall of {listed(lots, 3)}"
    if sources:
        before = genealogy.reached(starts, forward=False)
        deliveries = [name for name in before if not genealogy.next_backward(name) and not known[name].made_here]
        starts, title = deliveries or starts, f"{title} and of all that shares a delivery with it"
    return _recall(run, title, starts)


def recall_of_equipment(run: Run, equipment: str, from_us: int, to_us: int) -> Recall:
    """Everything that was on a piece of equipment in [from_us, to_us), and all that it went into.

    Raises
    ------
    ValueError : no such equipment, or a span that ends before it begins
    """
    records = run.mes.equipment.records
    if equipment not in records:
        raise ValueError(f"no equipment '{equipment}'{did_you_mean(equipment, records)}")
    if to_us <= from_us:
        raise ValueError("the span of time ends before it begins")
    record, jobs = records[equipment], run.mes.execution.job_orders
    there = [*record.intervals, record.open_interval(run.now_us + 1)]
    names = (one for it in there if it.start_us < to_us and it.end_us > from_us for one in it.job_order.split("+") if one)
    starts = dict.fromkeys(jobs[name].lot for name in names if name in jobs)
    zone = run.plant.layout.time_zone
    span = f"from {written_local(max(from_us, run.scenario.start_us), zone)} to {written_local(min(to_us, run.now_us), zone)}"
    return _recall(run, f"Recall of what was on {equipment} {span}", list(starts))


def _recall(run: Run, title: str, starts: Sequence[str]) -> Recall:
    lots = run.mes.tracking.lots
    reached = [name for name in run.mes.tracking.genealogy.reached(starts, forward=True) if name in lots]
    shipped = shipments_of(run, reached)
    began = set(starts)
    of_lot: dict[str, int] = {}
    for it in shipped:
        of_lot[it.lot] = of_lot.get(it.lot, 0) + it.quantity
    where = whereabouts(run, reached)
    return Recall(
        title=title, time_zone=run.plant.layout.time_zone, starts=tuple(starts),
        affected=tuple(_affected(run, name, of_lot.get(name, 0), is_start=name in began) for name in reached),
        customers=tuple(_customers(run, shipped)), where=tuple(where), balances=tuple(balance_of_lot(run, name) for name in starts),
    )  # fmt: skip


def _affected(run: Run, name: str, shipped: int, *, is_start: bool) -> Affected:
    lot, tracking = run.mes.tracking.lots[name], run.mes.tracking
    return Affected(
        lot=name, material=lot.material, quantity=lot.quantity, unit=unit_of(run, lot.material), in_stock=lot.on_hand,
        in_process=lot.in_process, scrapped=lot.scrapped, shipped=shipped, went_on=tracking.genealogy.gone(name), request=lot.request,
        is_start=is_start,
    )  # fmt: skip


def _customers(run: Run, shipped: Iterable[Shipment]) -> list[CustomerAffected]:
    """One row a customer, order and material."""
    parties = run.plant.materials.customers
    numbers = numbers_by_order(run)
    to = {name: {"address": ", ".join(it.address), "contact": it.contact} for name, it in parties.items()}
    by_order: dict[tuple[str, str, str], list[Shipment]] = {}
    for it in shipped:
        by_order.setdefault((it.customer, it.order, it.material), []).append(it)
    return [
        CustomerAffected(
            customer=customer, order=order, material=material, quantity=sum(it.quantity for it in its),
            came_back=run.mes.passages.taken_back.get(order, 0), unit=its[0].unit, lots=tuple(dict.fromkeys(it.lot for it in its)),
            first_us=its[0].at_us, last_us=its[-1].at_us, **to.get(customer, {"address": "", "contact": ""}),
            serial_numbers=tuple(one for lot in dict.fromkeys(it.lot for it in its) for one in numbers.get((order, lot), ())),
        )
        for (customer, order, material), its in sorted(by_order.items())
    ]  # fmt: skip
