"""Standard costs: what a material should cost, rolled up over its bill and its routing.

Purchased: the declared standard cost. Made: the components at their standards, the work of suppliers at its declared price, and for
each operation the labour (mean hourly cost of the persons who have the qualification; set-up only, or all the time), the machine
(mean hourly cost of the equipment of the segment), the energy, and the declared overheads. No scrap is planned: every piece that is
lost shows as a loss. A run time counts with its mean, a set-up with the mean over the set-up families of its equipment class, spread
over the material's costing lot (left out: its lot size, or else one `price_per`); a batch unit is taken as full, a line as running at
the pace of its slowest station.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from twin.erp.accounting.costing.operations import CostElements, OperationStandard, OperationStandards
from twin.erp.accounting.rounding import Ratio, round_half_even
from twin.erp.bills import Bills
from twin.model.bills.given_off import gives_off_at
from twin.model.events import OperationsEvent, StandardCostReleased
from twin.model.materials import Materials, Overhead, joint_weight
from twin.model.measures import US_PER_H
from twin.model.plant import Plant

_NOTHING = Fraction(0)


class Overheads:
    """What hours and pieces bear of the declared overheads, minor units, exact.

    Rates may change with standards: what was done before is borne at the rates of then, whenever it becomes known.
    """

    def __init__(self, materials: Materials) -> None:
        self._definitions = materials.materials
        self._since: list[tuple[int, Mapping[str, Overhead]]] = [(0, materials.overheads)]

    def change(self, overheads: Mapping[str, Overhead], from_us: int) -> None:
        """These rates are in force from an instant on."""
        self._since.append((from_us, overheads))

    def _at(self, at_us: int | None) -> Mapping[str, Overhead]:
        """Overheads at the rates of an instant; None: at those of now."""
        if at_us is None or len(self._since) == 1:
            return self._since[-1][1]
        return next(overheads for from_us, overheads in reversed(self._since) if from_us <= at_us or not from_us)

    def of_labour(self, work_us: Fraction | int) -> Fraction:
        return sum(self.by_hours("labour_hour", work_us).values(), _NOTHING)

    def of_machine(self, busy_us: Fraction | int) -> Fraction:
        return sum(self.by_hours("machine_hour", busy_us).values(), _NOTHING)

    def of_piece(self, material: str) -> Fraction:
        return sum(self.by_pieces(material, 1).values(), _NOTHING)

    def by_pieces(self, material: str, quantity: int, at_us: int | None = None) -> dict[str, Fraction]:
        """Share of each overhead, at the rates of an instant."""
        per = self._definitions[material].price_per
        borne = {name: it.rates.get(material, 0) for name, it in self._at(at_us).items() if it.per == "piece"}
        return {name: Fraction(rate * quantity, per) for name, rate in borne.items()}

    def by_hours(self, per: str, duration_us: Fraction | int, at_us: int | None = None) -> dict[str, Fraction]:
        """Share of each overhead that goes by that kind of hours, at the rates of an instant."""
        return {name: Fraction(duration_us) * it.rate / US_PER_H for name, it in self._at(at_us).items() if it.per == per}


class CostRollUp:
    """Standard cost of every material of a plant, and of every operation of its routings; computed from the declared tables alone."""

    def __init__(self, plant: Plant, bills: Bills) -> None:
        self.overheads = Overheads(plant.materials)
        self.renew(plant, bills)

    def renew(self, plant: Plant, bills: Bills, from_us: int | None = None) -> None:
        """All of it anew, from what is expected now; what is borne of overheads from an instant on too."""
        if from_us is not None:
            self.overheads.change(plant.materials.overheads, from_us)
        self._plant = plant
        self._definitions = plant.materials.materials
        self.bills = self._bills = bills
        operations = OperationStandards(plant, self.overheads)
        self.operations: dict[str, dict[str, OperationStandard]] = {
            material: {name: operations.of(material, operation) for name, operation in plant.layout.routings.get(material, {}).items()}
            for material in self._definitions
        }
        self.released: dict[str, StandardCostReleased] = {}
        self.given_off: dict[str, Fraction] = {}  # by what is taken apart: what the parts of one unit bear of its cost, minor units
        for material in in_order_of_cost(plant, bills):
            if material not in self.released:
                self.released[material] = self._roll_up(material)

    def know(self, material: str, declared: Plant) -> None:
        """A material that was not there, as it is declared: it costs what its components and its operations are expected to cost now."""
        self._definitions = {**self._definitions, material: declared.materials.materials[material]}
        materials = self._plant.materials.model_copy(update={"materials": self._definitions})
        layout = self._plant.layout.model_copy(update={"routings": declared.layout.routings})
        self._plant = self._plant.model_copy(update={"layout": layout, "materials": materials})
        self._bills.know(materials)
        routing = declared.layout.routings.get(material, {})
        operations = OperationStandards(self._plant, self.overheads)
        self.operations[material] = {name: operations.of(material, operation) for name, operation in routing.items()}
        self.released[material] = self._roll_up(material)

    def _roll_up(self, material: str) -> StandardCostReleased:
        """Cost of `price_per` units, each element rounded half to even, so that a parent adds up what its components are booked at."""
        definition = self._definitions[material]
        per = definition.price_per
        cost = CostElements(material=Fraction(definition.standard_cost or 0)) if definition.kind == "purchased" else CostElements()
        if definition.kind != "purchased":
            for component, quantity in self._bills.components[material].items():
                it = self.released[component]
                cost += _elements(it).times(Fraction(quantity) * per / it.quantity)
            for operation in self.operations[material].values():
                cost += operation.cost.times(per)
            cost += CostElements(overhead=self.overheads.of_piece(material) * per)
        if gives_off_at(self._plant, material):
            parts = self._parts(material, cost, per)
            self.given_off[material] = parts.total / per
            cost += parts.times(-1)
        return _standard(material, per, cost)

    def _parts(self, material: str, cost: CostElements, per: int) -> CostElements:
        """What the parts bear of the cost of `per` units that are taken apart. What is recovered gets its standard here."""
        borne, definition = CostElements(), self._definitions[material]
        shares = self._joint_shares(material)
        beside = [(line, Fraction(line.quantity * per, definition.bill_for)) for line in definition.by_products]
        for line, given in beside:
            if line.material in shares:
                continue
            if line.cost_share is not None:
                self._recover(line.material, cost, Fraction(line.cost_share).limit_denominator(1_000_000) / given)
            borne += self._at_standard(line.material, given)
        joint = cost + borne.times(-1)
        for line, given in beside:
            if line.material in shares:
                self._recover(line.material, joint, shares[line.material] / given)
                borne += self._at_standard(line.material, given)
        return borne

    def _recover(self, material: str, cost: CostElements, share: Fraction) -> None:
        """The standard of what is recovered, of which one unit bears that share of a cost."""
        size = self._definitions[material].price_per
        self.released[material] = _standard(material, size, cost.times(share * size))

    def _at_standard(self, material: str, quantity: Fraction) -> CostElements:
        standard = self.released[material]
        return _elements(standard).times(quantity / standard.quantity)

    def _joint_shares(self, material: str) -> dict[str, Fraction]:
        """What each co-product of one bill bears of the joint cost; the rest is the parent's."""
        definition = self._definitions[material]
        lines = [(line, line.co_product) for line in definition.by_products if line.co_product]
        weights = {line.material: line.quantity * joint_weight(self._definitions[line.material], how) for line, how in lines}
        whole = sum(weights.values()) + sum(definition.bill_for * joint_weight(definition, how) for _, how in lines[:1])
        return {name: weight / whole if whole else _NOTHING for name, weight in weights.items()}

    @property
    def energy_tariff(self) -> int:
        """What standards reckon a MWh at, minor units."""
        return self._plant.layout.energy_tariff

    def level_cost(self, material: str) -> CostElements:
        """Standard of one unit as its own request sees it: components whole as material, the routing by element."""
        cost = CostElements(material=self._component_cost(material), overhead=self.overheads.of_piece(material))
        cost += self._without_parts(material)
        for operation in self.operations[material].values():
            cost += operation.cost
        return cost

    def cost_so_far(self, material: str, operation: str | None) -> CostElements:
        """As `level_cost`, up to and including `operation`; None or an unknown one: all of it."""
        cost = CostElements(material=self._component_cost(material))
        for name, standard in self.operations[material].items():
            cost += standard.cost
            if name == operation:  # what is lost where it is taken apart gives nothing off, and at a supplier it is not paid for
                cost += CostElements(service=-standard.cost.service)
                break
            if name == gives_off_at(self._plant, material):
                cost += self._without_parts(material)
        return cost

    def before(self, material: str, operation: str) -> OperationStandard:
        """What one unit should have taken before `operation`: its components whole as material, and all operations before it."""
        cost, labour_us = CostElements(material=self._component_cost(material)), _NOTHING
        for name, standard in self.operations[material].items():
            if name == operation:
                break
            cost, labour_us = cost + standard.cost, labour_us + standard.labour_us
            if name == gives_off_at(self._plant, material):
                cost += self._without_parts(material)
        return OperationStandard(labour_us=labour_us, cost=cost)

    def _without_parts(self, material: str) -> CostElements:
        """What is not borne any more once the parts are given off."""
        return CostElements(material=-self.given_off.get(material, _NOTHING))

    def labour_us(self, material: str) -> Fraction:
        """Standard labour time of one unit, without its components'."""
        return sum((operation.labour_us for operation in self.operations[material].values()), _NOTHING)

    def _component_cost(self, material: str) -> Fraction:
        lines = self._bills.components[material].items()
        return sum((total_minor(self.released[c]) * Fraction(quantity) / self.released[c].quantity for c, quantity in lines), _NOTHING)


def in_order_of_cost(plant: Plant, bills: Bills) -> list[str]:
    """Materials after all that their costs follow from: components first, recovered parts after what they come of."""
    needs = {material: set(components) for material, components in bills.components.items()}
    for material, definition in plant.materials.materials.items():
        for line in definition.by_products if gives_off_at(plant, material) else ():
            is_borne = line.cost_share is not None or line.co_product is not None
            one, other = (line.material, material) if is_borne else (material, line.material)
            needs[one].add(other)
    ordered: dict[str, None] = {}
    left = list(bills.deepest_first)
    while left:
        following = next((material for material in left if needs[material] <= ordered.keys()), left[0])
        ordered[following] = None
        left.remove(following)
    return list(ordered)


def _elements(standard: StandardCostReleased) -> CostElements:
    return CostElements(
        material=Fraction(standard.material_minor), labour=Fraction(standard.labour_minor), machine=Fraction(standard.machine_minor),
        energy=Fraction(standard.energy_minor),
    )  # fmt: skip


def _standard(material: str, quantity: int, cost: CostElements) -> StandardCostReleased:
    return StandardCostReleased(
        effective_us=0, material=material, quantity=quantity, material_minor=round(cost.material + cost.service),
        labour_minor=round(cost.labour), machine_minor=round(cost.machine + cost.overhead), energy_minor=round(cost.energy),
    )  # fmt: skip


def total_minor(standard: StandardCostReleased) -> int:
    """The whole standard cost of `standard.quantity` units, minor units."""
    return standard.material_minor + standard.labour_minor + standard.machine_minor + standard.energy_minor


class StandardCosts:
    """The standards in force, as they were released. What has none is worth nothing."""

    def __init__(self) -> None:
        self.released: dict[str, StandardCostReleased] = {}
        self._totals: dict[str, tuple[int, int]] = {}  # by material: what so many units of it cost, minor units, and how many they are

    def release(self, event: StandardCostReleased) -> None:
        self.released[event.material] = event
        self._totals[event.material] = total_minor(event), event.quantity

    def exact(self, material: str, quantity: int) -> Fraction:
        """Standard cost of `quantity`, minor units, not rounded."""
        return Fraction(*self.ratio(material, quantity))

    def ratio(self, material: str, quantity: int) -> Ratio:
        """The same, not reduced."""
        total, per = self._totals.get(material, (0, 1))
        return total * quantity, per

    def value_minor(self, material: str, quantity: int) -> int:
        """Value of `quantity` in stock: nothing in stock is worth nothing, so the last unit out takes what is left."""
        total, per = self._totals.get(material, (0, 1))
        return round_half_even(total * quantity, per)


def standard_events(roll_up: CostRollUp, standards: StandardCosts, cause: OperationsEvent) -> list[StandardCostReleased]:
    """The standards to release: those of the roll-up that are not in force as they are, components first."""
    events = []
    for material, it in roll_up.released.items():
        known = standards.released.get(material)
        if known is None or (known.quantity, total_minor(known)) != (it.quantity, total_minor(it)):
            events.append(replace(it, effective_us=cause.effective_us, recorded_us=cause.recorded_us))
    return events
