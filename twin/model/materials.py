"""items.yaml: materials, bills, costs, suppliers, customers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from math import ceil, lcm
from typing import Annotated, Literal

from pydantic import Field

from twin.model.costing.standards import Standards
from twin.model.floor.words import Day, Id
from twin.model.measures import Duration, DurationUs, MoneyMinor, PositiveUs, Share, Table
from twin.model.settlement.finance import Finance, ForeignMinor, Terms
from twin.model.settlement.percent import Percent
from twin.model.trade.loads import VolumeMm3, WeightMg
from twin.model.trade.parties import Company, Party
from twin.model.trade.procurement import MatchTolerances, PurchasingTerms
from twin.model.trade.sales import Partial

MOST_PIECES = 10**8
Quantity = Annotated[int, Field(ge=1, le=MOST_PIECES, strict=True)]
"""In the unit of its material; with what one may be worth (`measures.MOST`) it stays within int64."""
Each = int | Fraction
"""What goes into one piece: a fraction where a bill is for several."""


class Effective(Table):
    """When the material plan may take an alternative, and how much of the need it takes.

    With a `share` it takes that of every need; without one it is taken in the declared order when the first can no longer be there in time.
    """

    share: Share | None = None
    valid_from: Day | None = None  # the first day of need for which it counts; left out: any
    valid_until: Day | None = None  # the last one

    def holds(self, day: date) -> bool:
        """Whether it may be taken for what is needed on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_until is None or day <= self.valid_until)


class Alternate(Effective):
    """A material that may stand in the place of that of a bill line: `quantity` of it for the line's whole quantity."""

    material: str
    quantity: Quantity


class BillLine(Table):
    """What one bill of the parent (for one unit of it, or `bill_for`) consumes of a material.

    Components of one `group` can stand in for one another, unit for unit: what is used of them is told as mix and yield.
    """

    material: str
    quantity: Quantity
    alternates: list[Alternate] = []  # the first is the preferred one
    group: Annotated[str, Field(min_length=1)] | None = None
    scrap: Annotated[float, Field(ge=0.0, le=0.99, strict=True)] = 0.0  # share of the component that the material plan expects to be lost


class AlternativeBill(Effective):
    """Another way to make a material: what `bill_for` of it takes then."""

    bill: Annotated[list[BillLine], Field(min_length=1)]
    bill_for: Quantity = 1


class AlternativeSupplier(Effective):
    """Somebody else who delivers a material, at `price` for `price_per` units (left out: its standard cost), from `minimum` on."""

    price: MoneyMinor | None = None
    minimum: Quantity | None = None
    multiple: Quantity | None = None


class ByProduct(Table):
    """What one bill of the parent gives off besides it (B2MML: By-product Produced), where its routing takes it apart, else at its end.

    Recovered material bears `cost_share` of all costs of the parent, which makes its standard cost; what has a standard of its own bears
    that. The rest is the parent's. A co-product (B2MML: Co-product Produced) is recovered material that shares all costs with the
    parent: by the sales value of what comes of one bill, at `price`, or by its quantity. What by-products bear is taken off before.
    """

    material: str
    quantity: Quantity
    cost_share: Annotated[float, Field(ge=0.0, le=1.0, strict=True)] | None = None
    co_product: Literal["sales_value", "quantity"] | None = None


LotSizing = Literal[
    "lot_for_lot", "fixed", "period", "economic_order_quantity", "silver_meal", "part_period", "least_unit_cost", "wagner_whitin",
    "order_point",
]  # fmt: skip
Level = Annotated[int, Field(ge=-MOST_PIECES, le=MOST_PIECES, strict=True)]


class Buffer(Table):
    """A decoupling point of demand driven MRP: stock with zones, which are sized by use, lead time and the two factors."""

    lead_time_factor: Annotated[float, Field(gt=0.0, le=1.0, strict=True)]  # the shorter the lead time, the larger
    variability_factor: Annotated[float, Field(ge=0.0, le=2.0, strict=True)]
    daily_use: Quantity | None = None  # on an average day; left out: what the plan needs of it on one
    planned_by: Literal["need", "net_flow"] = (
        "need"  # net_flow: the plan orders by the zones, up to the top of green, and not by what is short
    )
    order_cycle: DurationUs = 0  # so long it takes at least from order to order
    spike_horizon: DurationUs = 0  # so far ahead large demands count today; left out: as far as the lead time
    spike_share: Annotated[float, Field(gt=0.0, le=10.0, strict=True)] = 0.5  # of the red zone: more in one bucket is a spike


class SoldOnce(Table):
    """What is left of a material at the end of `period` brings `salvage` for `price_per` units, and no more than that: for advice."""

    period: PositiveUs
    salvage: MoneyMinor = 0


class Planning(Table):
    """How the material plan orders a material. Without it: exactly what is short, when it is short (bought in lots of `reorder`, if any).

    `lot_sizing` says which needs one order covers: each for itself, whole lots of `quantity`, all of a `period`, or as many as the cost of
    an order and of holding stock make cheap. Minimum, maximum and multiple then apply to what is started or bought.
    """

    lot_sizing: LotSizing = "lot_for_lot"
    quantity: Quantity | None = None  # of one fixed lot
    period: PositiveUs | None = None  # "period", "order_point": how far ahead an order covers
    order_cost: MoneyMinor | None = None  # of one order or set-up
    holding_cost: MoneyMinor | None = None  # of `price_per` units for a year
    point: Level | None = None  # "order_point": order when less than that is foreseen ...
    target: Level | None = None  # ... so much that the least foreseen is that
    minimum: Quantity | None = None
    maximum: Quantity | None = None  # a larger need becomes several orders
    multiple: Quantity | None = None
    order_unit: str | None = None  # one of `units`: orders are whole numbers of it
    safety_stock: Annotated[int, Field(ge=0, le=MOST_PIECES, strict=True)] = 0
    service_level: Annotated[float, Field(gt=0.0, lt=1.0, strict=True)] = 0.95  # share of orders that come before it runs out: for advice
    shortage_cost: MoneyMinor | None = None  # of `price_per` units that are not there when they are wanted: for advice
    sold_once: SoldOnce | None = None
    safety_time: DurationUs = 0  # due so long before it is needed
    demand_fence: DurationUs = 0  # within so long from now only orders count, and no forecasts
    planning_fence: DurationUs = 0  # nothing is planned to be due within so long from now: only the planner moves something in
    reschedule_in: DurationUs | None = (
        None  # what is on order and comes that much too late is expedited, not ordered anew; None: its lead time
    )
    forecast_early: DurationUs = 0  # an order takes forecasts of so long before it ...
    forecast_late: DurationUs = 0  # ... and of so long after it, where its own bucket has none left
    buffer: Buffer | None = None
    expected_yield: Annotated[float, Field(ge=0.001, le=1.0, strict=True)] = 1.0  # good share of what is started or bought


class Reorder(Table):
    """Order `quantity` whenever stock + on order - reserved falls to `point` or below (single level, (Q, r) policy)."""

    point: Annotated[int, Field(ge=0, le=MOST_PIECES, strict=True)]
    quantity: Quantity


class MaterialDefinition(Table):
    """A kind of thing that is bought, made or sold (ISA-95 MaterialDefinition).

    `unit` is the unit of measure in which quantities are counted, as integers: choose "g" where kilograms would need decimals.
    """

    title: str = ""
    kind: Literal["purchased", "made", "finished", "recovered"]  # recovered: it comes of what is taken apart, and of nothing else
    unit: str = "piece"
    units: dict[str, Quantity] = {}  # other units of measure, with how many of `unit` each is: {box: 10}
    bill: list[BillLine] = []  # consumed by the first operation of its routing
    bill_for: Quantity = 1  # how many units of it one bill makes
    by_products: list[ByProduct] = []  # for one bill
    alternative_bills: dict[str, AlternativeBill] = {}  # the first is the preferred one
    phantom: bool = False  # never made for itself: its bill is a part of the bills that name it
    unit_weight: WeightMg | None = None  # of one of `unit`: freight may be shared by it, and packages weigh it
    unit_volume: VolumeMm3 | None = None
    price: MoneyMinor | None = None  # what a customer pays for one `price_per` units
    prices: dict[Id, ForeignMinor] = {}  # the same in other currencies, by their code
    standard_cost: MoneyMinor | None = None  # purchased: expected cost of `price_per` units; made: rolled up
    price_per: Quantity = 1
    tax: Id | None = None  # its tax code, bought or sold, where the terms of who buys or sells it have a tax; left out: that of the terms
    lot_size: Quantity | None = None  # a request is cut into lots of at most this; None: one lot
    costing_lot: Quantity | None = None  # lot that the standard cost is reckoned on; None: lot_size
    supplier: str | None = None
    alternative_suppliers: dict[str, AlternativeSupplier] = {}  # by supplier; the first is the preferred one
    over_delivery: Percent | None = None  # so much more may come than was ordered; left out: as much as its supplier may bring
    reorder: Reorder | None = None
    valuation: Literal["standard", "fifo", "moving_average"] = "standard"  # at what a quantity in stock counts
    valued_by: Literal["material", "lot"] = "material"  # fifo, moving_average: whether each lot has a value of its own
    opening_stock: Annotated[int, Field(ge=0, le=MOST_PIECES, strict=True)] = 0
    planned_lead_time: DurationUs = 0  # made: offset from its due date to its release (due_date_offset rule, and the material plan)
    planning: Planning | None = None

    @property
    def planned(self) -> Planning:
        """How the material plan orders it. Nothing declared: lot for lot; what has a reorder policy comes in its lots, as they are sold."""
        if self.planning is not None or self.reorder is None:
            return self.planning or Planning()
        return Planning(lot_sizing="fixed", quantity=self.reorder.quantity)

    @property
    def least_order(self) -> int:
        """The smallest order that its planning allows: whole multiples, at least the minimum."""
        planning = self.planned
        if planning.lot_sizing == "fixed" and planning.quantity:
            return planning.quantity
        multiple = lcm(planning.multiple or 1, self.units.get(planning.order_unit or "", 1))
        return -(-(planning.minimum or 1) // multiple) * multiple

    @property
    def sold_by(self) -> list[str]:
        """All that it can be bought of, the usual one first; none: nobody sells it."""
        return [*([self.supplier] if self.supplier else []), *self.alternative_suppliers]

    def price_in(self, currency: str) -> int | None:
        """What a customer pays for `price_per` units in a currency ("": that of the plant), minor units of it; None: none is declared."""
        return self.prices.get(currency) if currency else self.price

    def price_of(self, supplier: str) -> int:
        """What `price_per` units cost of a supplier, minor units: what is declared of him, else the standard cost."""
        other = self.alternative_suppliers.get(supplier)
        return (self.standard_cost or 0) if other is None or other.price is None else other.price


def unit_bill(materials: Mapping[str, MaterialDefinition], material: str) -> dict[str, Each]:
    """What one of a material consumes, in the order of its bill; lines for the same component are added up.

    A phantom is on nobody's shelf: its own bill stands in its place. The bills contain no cycle.
    """
    definition = materials[material]
    return _one_of(materials, definition.bill, definition.bill_for)


def other_bills(materials: Mapping[str, MaterialDefinition], material: str) -> dict[str, dict[str, Each]]:
    """The same by each alternative bill, by its name, the preferred one first."""
    return {name: _one_of(materials, it.bill, it.bill_for) for name, it in materials[material].alternative_bills.items()}


def _one_of(materials: Mapping[str, MaterialDefinition], bill: list[BillLine], bill_for: int) -> dict[str, Each]:
    need: dict[str, Each] = {}
    for line in bill:
        is_phantom = line.material in materials and materials[line.material].phantom
        parts = unit_bill(materials, line.material) if is_phantom else {line.material: 1}
        for component, each in parts.items():
            need[component] = whole_if_so(need.get(component, 0) + each * Fraction(line.quantity, bill_for))
    return need


def whole_if_so(each: Each) -> Each:
    """The same number, an integer if it is one: nearly all are, and integers are fast."""
    return each.numerator if each.denominator == 1 else each


def needed(each: Each, quantity: int) -> int:
    """What so many pieces that are begun together take of a component: whole units, the last one opened for less."""
    return ceil(each * quantity)


def needed_in_lots(each: Each, quantity: int, lot_size: int | None) -> int:
    """What a request takes of a component that is cut into lots of at most so many pieces; None: into one."""
    whole, rest = divmod(quantity, lot_size or quantity)
    return whole * needed(each, lot_size or quantity) + needed(each, rest)


def alternates_of(materials: Mapping[str, MaterialDefinition], material: str) -> dict[str, list[tuple[Alternate, Each]]]:
    """By component of the bill, phantoms blown through: what may stand in for it, and how much of that goes into one unit.

    A component that stands in several lines has no alternates here: nobody could say for which of them one stands.
    """
    found: dict[str, list[tuple[Alternate, Each]]] = {}
    seen: set[str] = set()

    def look(name: str, each: Fraction) -> None:
        each /= materials[name].bill_for
        for line in materials[name].bill:
            if line.material in materials and materials[line.material].phantom:
                look(line.material, each * line.quantity)
                continue
            found[line.material] = [] if line.material in seen else [(it, whole_if_so(each * it.quantity)) for it in line.alternates]
            seen.add(line.material)

    look(material, Fraction(1))
    return {component: others for component, others in found.items() if others}


def joint_weight(definition: MaterialDefinition, method: str) -> Fraction:
    """By what one unit of a joint product shares: what it sells for, or itself."""
    return Fraction(definition.price or 0, definition.price_per) if method == "sales_value" else Fraction(1)


def groups_of(materials: Mapping[str, MaterialDefinition], material: str) -> dict[tuple[str, str], list[str]]:
    """Components that can stand in for one another, by the bill in which they are a group, and its name; phantoms blown through."""
    found: dict[tuple[str, str], list[str]] = {}
    for line in materials[material].bill:
        if line.material in materials and materials[line.material].phantom:
            found |= groups_of(materials, line.material)
        elif line.group is not None:
            found.setdefault((material, line.group), []).append(line.material)
    return found


class Overhead(Table):
    """A cost that no request has caused alone, and that requests bear by their hours, or by the piece that they make."""

    title: str = ""
    per: Literal["labour_hour", "machine_hour", "piece"]
    rate: MoneyMinor = 0  # for an hour
    rates: dict[str, MoneyMinor] = {}  # for `price_per` pieces, by material; a material that is not named bears none


class Express(Table):
    """What a supplier asks for a delivery that comes sooner."""

    lead_time: DurationUs
    price: MoneyMinor  # of one such delivery, besides the goods


class Supplier(Party):
    lead_time: Duration
    express: Express | None = None  # what is asked for it; it is weighed where an order is promised
    match: MatchTolerances | None = None  # of its bills; None: those of `purchasing`
    over_delivery: Percent | None = None  # it may bring so much more than was ordered; left out: no delivery may be beyond its order
    terms: Terms | None = None


class Customer(Party):
    partial: Partial = "never"  # whether its orders may ship in parts, unless one says otherwise
    credit_limit: MoneyMinor | None = None  # what it may owe at most; a shipment beyond it is held. None: any amount
    terms: Terms | None = None


class Materials(Table):
    """The contents of items.yaml."""

    materials: Annotated[dict[str, MaterialDefinition], Field(min_length=1)]
    suppliers: dict[str, Supplier] = {}
    customers: dict[str, Customer] = {}
    company: Company = Company()  # whose plant it is: what stands on its letters
    overheads: dict[str, Overhead] = {}
    purchasing: PurchasingTerms = PurchasingTerms()
    finance: Finance = Finance()
    standards: Standards | None = None  # left out: standards are those of the start

    def title_of(self, material: str) -> str:
        """The title of a material; its id where nobody gave it one, or nobody knows it."""
        known = self.materials.get(material)
        return (known and known.title) or material
