"""The material plan of a plant: what to make and to buy, how much, when, and for whom, with names and days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

import numpy as np

from twin.erp.bills import BillCycleError
from twin.erp.demand_plan.zones import reaches_us
from twin.erp.material_plan.alternates.choosing import ALTERNATE, Choosing, Substitution
from twin.erp.material_plan.alternates.places import with_places
from twin.erp.material_plan.alternates.suppliers import sourced
from twin.erp.material_plan.buckets import DAY_US, Buckets
from twin.erp.material_plan.declared import BELOW_ZERO, STOCK, Given, Task, task_of, with_rows
from twin.erp.material_plan.planning import ArrayPlan, CircularBills, Pegs, TooMuch
from twin.erp.material_plan.position import Position
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.columns import Ints
from twin.kernels.material_plan.pegging import NOTHING
from twin.model.materials import MOST_PIECES
from twin.model.plant import Plant

PLANNED = "planned order"
MISSING, NOBODY = "missing", "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedOrder:
    """A proposal: start `started` pieces (or order them) in bucket `start`, so that `good` are there in bucket `due`.

    `late_buckets` : it should have started so long before now. `arrives` : the bucket in which it can really be there.
    `quantities` : the orders that it is, none above the maximum.
    `called` : the bucket in which somebody has to decide on it; None: when it starts. What fills up a buffer by its net flow is decided
    before that, and its components that are not buffered are ordered for it then: tomorrow's net flow asks for it no more.
    """

    order: str
    material: str
    is_bought: bool
    start: int
    due: int
    started: int
    good: int
    late_buckets: int
    arrives: int
    quantities: tuple[int, ...]
    supplier: str = ""  # where a material has alternative suppliers: who of them, and why
    because: str = ""
    called: int | None = None

    @property
    def is_due_now(self) -> bool:
        """Whether it has to be released in the first bucket, or it is not planned again tomorrow as it is today."""
        return (self.start if self.called is None else self.called) == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRow:
    """One material in one bucket, as a planner reads it."""

    material: str
    low_level_code: int
    bucket: int
    gross: int
    scheduled: int
    net: int  # missing of the safety stock, before this bucket's planned orders
    planned_receipts: int
    planned_starts: int
    projected: int  # at the end of the bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class PegRow:
    """So much of a supply serves a demand."""

    material: str
    supply: str
    supply_kind: str
    supply_bucket: int | None
    demand: str
    demand_kind: str
    demand_bucket: int | None
    quantity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeRow:
    """A peg of a tree over the levels of bills; `depth` 0 is next to what was asked about."""

    depth: int
    peg: PegRow


class MaterialPlan:
    """A plan from a position on.

    Parameters
    ----------
    bucket_us : length of a bucket, whole days
    until_us : how far to look at least; left out: to the last thing that is wanted or on order

    Raises
    ------
    BillCycleError : a material needs itself
    ValueError : too many buckets, not of whole days, or more than can be counted
    """

    def __init__(self, plant: Plant, position: Position, *, bucket_us: int = DAY_US, until_us: int | None = None) -> None:
        self.plant, self.levels = with_places(plant)  # with a phantom for each choice that bills leave; itself, where they leave none
        self._bucket_us, self._bought = bucket_us, position.bought
        self.buckets = Buckets(
            plant, position.now_us, max(position.until_us, until_us or 0, reaches_us(self.plant, position.now_us)), bucket_us
        )
        self.task: Task = task_of(self.plant, position, self.buckets, self.levels)
        self.substitutions: tuple[Substitution, ...] = ()
        try:
            self.arrays = ArrayPlan(self.task.requirements)
        except TooMuch as much:
            raise ValueError(
                f"the orders of '{self.task.names[much.material]}' need more of a component than can be counted; allowed: {MOST_PIECES:,}"
                " of anything at once"
            ) from None
        except CircularBills as circle:
            names = ", ".join(self.task.names[n] for n in circle.materials)
            raise BillCycleError(f"bill of material contains itself: among {names}") from None
        self.planned_count = self.arrays.planned_count
        self._choose()

    def take(self, position: Position) -> int:
        """Net change: become the plan for another position of the same day; how many materials were planned anew.

        Raises
        ------
        ValueError : the position is of another day, or looks further than this plan
        """
        until = Buckets(self.plant, position.now_us, position.until_us, self._bucket_us)
        if until.first_day != self.buckets.first_day or until.count > self.buckets.count:
            raise ValueError("net change is for what changed within a day and within the plan; allowed: a plan anew")
        self.task, self.substitutions, self._bought = task_of(self.plant, position, self.buckets, self.levels), (), position.bought
        for name in ("orders", "_numbers_of_orders", "pegs", "_pegs_of"):
            self.__dict__.pop(name, None)
        self.planned_count = self.arrays.take(self.task.requirements)
        self._choose()
        return self.planned_count

    def _choose(self) -> None:
        """What alternatives take over, where bills leave a choice."""
        if self.levels:
            self._own_task = self.task
            self.substitutions = tuple(Choosing(self).choose())

    def substitute(self, found: Sequence[Substitution]) -> None:
        """Plan with alternatives that take over so much: supply of the places where they stand, and a demand for what they take."""
        number = {name: n for n, name in enumerate(self.task.names)}
        supply = [
            Given(order=it.order, kind=ALTERNATE, material=number[it.place.name], bucket=it.bucket, quantity=it.pieces) for it in found
        ]
        demand = [
            Given(order=it.order, kind=ALTERNATE, material=number[component], bucket=it.bucket, quantity=quantity)
            for it in found
            for component, quantity in it.takes
        ]
        self.task = with_rows(self._own_task, demand, supply)
        self.planned_count += self.arrays.take(self.task.requirements)

    # What is planned

    @cached_property
    def orders(self) -> list[PlannedOrder]:
        """Planned orders by material, in declared order, and due bucket; not those of phantoms, which nobody makes for themselves."""
        definitions = self.plant.materials.materials
        return [order for order in self._numbers_of_orders.values() if not definitions[order.material].phantom]

    @cached_property
    def _numbers_of_orders(self) -> dict[int, PlannedOrder]:
        """Planned orders by their number in the arrays, in the order in which they are shown."""
        listed = self.arrays.orders()
        found: dict[int, PlannedOrder] = {}
        for material, name in enumerate(self.task.names):
            number = int(self.arrays.number_of[material])
            first, last = int(listed.first[number]), int(listed.first[number + 1])
            own = [self._order(material, f"P-{name}-{place - first + 1}", listed.rows[place].tolist()) for place in range(first, last)]
            if own and self.task.definitions[material].alternative_suppliers:
                own = sourced(self.plant, name, own, self.buckets, self._bought.get(name, {}))
            found.update(zip(range(first, last), own, strict=True))
        return found

    def _order(self, material: int, order: str, row: list[int]) -> PlannedOrder:
        of = self.task.requirements.materials[material]
        _, due, start, started = row
        maximum = int(of[at.MAXIMUM]) or started
        rest = started % maximum
        lead, calendar = int(of[at.LEAD]), int(of[at.CALENDAR])
        late = max(0, -self.buckets.before(due, lead, calendar))
        called = None
        if of[at.RULE] == at.NET_FLOW and of[at.REACH] > lead:
            called = max(0, self.buckets.before(due, int(of[at.REACH]), calendar))
        return PlannedOrder(
            order=order,
            material=self.task.names[material],
            is_bought=self.task.definitions[material].kind == "purchased",
            start=start,
            due=due,
            started=started,
            good=started * int(of[at.YIELD]) // at.MILLION,
            late_buckets=late,
            arrives=self.buckets.after(start, lead, calendar) if late else due,
            quantities=(maximum,) * (started // maximum) + ((rest,) if rest else ()),
            called=called,
        )

    def records(self) -> list[RecordRow]:
        """Every material in every bucket."""
        gross, incoming = self.arrays.of(self.arrays.gross), self.arrays.of(self.arrays.incoming)
        receipts, projected = self.arrays.of(self.arrays.receipts()), self.arrays.of(self.arrays.projected())
        starts = self._starts()
        safety = self.task.requirements.materials[:, at.SAFETY_STOCK, None]
        net = np.maximum(0, safety - (projected - receipts))
        tables = np.stack([gross, incoming, net, receipts, starts, projected], axis=2).tolist()
        return [
            RecordRow(
                material=name, low_level_code=int(self.arrays.low_level_code[n]), bucket=bucket, gross=row[0], scheduled=row[1], net=row[2],
                planned_receipts=row[3], planned_starts=row[4], projected=row[5],
            )
            for n, name in enumerate(self.task.names)
            for bucket, row in enumerate(tables[n])
        ]  # fmt: skip

    def _starts(self) -> Ints:
        """What is started of each material in each bucket."""
        listed = self.arrays.orders().rows
        starts = np.zeros_like(self.arrays.started)
        np.add.at(starts, (listed[:, 0], listed[:, 2]), listed[:, 3])
        return self.arrays.of(starts)

    # Who is served by what

    @cached_property
    def pegs(self) -> list[PegRow]:
        """Which supply serves which demand, material by material in declared order, first in, first out."""
        return [peg for pegs in self._pegs_of.values() for peg in pegs]

    @cached_property
    def _pegs_of(self) -> dict[str, list[PegRow]]:
        listed = self.arrays.orders()
        pegs = self.arrays.pegs(listed)
        found = {}
        for material, name in enumerate(self.task.names):
            number = int(self.arrays.number_of[material])
            found[name] = [self._peg(name, pegs, place) for place in range(int(pegs.first[number]), int(pegs.first[number + 1]))]
        return found

    def _peg(self, material: str, pegs: Pegs, place: int) -> PegRow:
        supply, supply_kind, supply_bucket = self._party(int(pegs.supply[place]), is_supply=True)
        demand, demand_kind, demand_bucket = self._party(int(pegs.demand[place]), is_supply=False)
        return PegRow(
            material=material, supply=supply, supply_kind=supply_kind, supply_bucket=supply_bucket, demand=demand, demand_kind=demand_kind,
            demand_bucket=demand_bucket, quantity=int(pegs.quantity[place]),
        )  # fmt: skip

    def _party(self, party: int, *, is_supply: bool) -> tuple[str, str, int | None]:
        if party == NOTHING:
            return "", MISSING if is_supply else NOBODY, None
        if party >= 0:
            order = self._numbers_of_orders[party]
            return order.order, PLANNED, order.due if is_supply else order.start
        rows = self.task.supply if is_supply else self.task.demand
        if -1 - party >= len(rows):
            return "", STOCK if is_supply else BELOW_ZERO, 0
        given = rows[-1 - party]
        return given.order, given.kind, given.bucket

    def serves(self, order: str) -> list[TreeRow]:
        """For whom an order is: the demands that it serves, what those serve, and so on up to the customers.

        Raises
        ------
        ValueError : no such order
        """
        return self._tree(order, "supply", "demand")

    def served_by(self, order: str) -> list[TreeRow]:
        """What serves a customer's order, or the needs of an order, level by level down to stock and purchases.

        Raises
        ------
        ValueError : no such order
        """
        return self._tree(order, "demand", "supply")

    def _tree(self, order: str, near: str, far: str) -> list[TreeRow]:
        by_party: dict[str, list[PegRow]] = {}
        for peg in self.pegs:
            by_party.setdefault(getattr(peg, near), []).append(peg)
        by_party.pop("", None)
        if order not in by_party and not any(getattr(peg, far) == order for peg in self.pegs):
            raise ValueError(f"the plan has no order '{order}'")
        found: list[TreeRow] = []
        left = [(0, order)]
        while left:
            depth, party = left.pop()
            for peg in by_party.get(party, ()):
                found.append(TreeRow(depth=depth, peg=peg))
                left.append((depth + 1, getattr(peg, far)))
        return found

    def day_of(self, bucket: int | None) -> date | None:
        """The first local day of a bucket."""
        return None if bucket is None else self.buckets.day_of(bucket)
