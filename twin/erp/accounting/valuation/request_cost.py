"""What a request gives out where its material is valued at actual cost: its costs, shared by what it has made.

While it is open, a lot that is finished, or lost, takes the share of the request's work in progress that is its own: of all units that
have been begun (by the material taken for them) and are not yet out. When it is closed, what is left is spread over the good units by
quantity, to the cent; with by-products, everything is spread by declared shares, or by what the outputs sell for. If nothing good came
of it, what is left is production variance. All of it follows from the facts and their instants, not from the order in which they became
known.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from math import lcm

from twin.model.materials import Each
from twin.model.measures import allocate

MOST_ROUNDS = 50
"""A request that consumes what it makes changes its own costs: after so many rounds its outputs stay, the rest is variance."""


@dataclass(slots=True, kw_only=True, eq=False)
class Cost:
    """Something taken in; `component_quantity` of `component`, if it is material."""

    at_us: int
    element: str
    exact: Fraction
    component: str = ""
    component_quantity: int | Fraction = 0


@dataclass(slots=True, kw_only=True, eq=False)
class Output:
    """Something given out: good, lost, or a by-product. `price`: what a unit of it sells for, or its declared share."""

    at_us: int
    name: str
    quantity: int
    price: Fraction
    is_good: bool
    is_by_product: bool = False
    value_minor: int = 0


@dataclass(slots=True, kw_only=True)
class RequestCost:
    """One request. `quantity`: asked for; `per_unit`: what one unit takes of each component."""

    quantity: int
    per_unit: Mapping[str, Each]
    costs: list[Cost] = field(default_factory=list)
    outputs: list[Output] = field(default_factory=list)
    is_closed: bool = False
    rounds: int = 0  # since something new was told
    variance_minor: int = 0

    def concerns_outputs(self, at_us: int) -> bool:
        """Whether a cost at that instant can change what was given out."""
        return self.is_closed or any(it.at_us >= at_us for it in self.outputs)

    def reckon(self) -> None:
        """Value every output, and the variance."""
        self.rounds += 1
        if self.rounds > MOST_ROUNDS:
            self.variance_minor = self._taken_minor() - sum(it.value_minor for it in self.outputs) if self.is_closed else 0
            return
        self.outputs.sort(key=lambda it: (it.at_us, it.is_good, it.name))
        given = self._while_open()
        self.variance_minor = 0
        if not self.is_closed:
            return
        good = [it for it in self.outputs if it.is_good]
        shares = [it.quantity for it in good]
        if any(it.is_by_product for it in good):
            given -= sum(it.value_minor for it in good)
            for it in good:
                it.value_minor = 0
            shares = _whole([it.quantity * it.price for it in good])
        rest = self._taken_minor() - given
        if not good or not any(shares):
            self.variance_minor = rest
            return
        for it, part in zip(good, allocate(rest, shares), strict=True):
            it.value_minor += part

    def _taken_minor(self) -> int:
        exact: dict[str, Fraction] = {}
        for cost in self.costs:
            exact[cost.element] = exact.get(cost.element, Fraction(0)) + cost.exact
        return sum(map(round, exact.values()))

    def _while_open(self) -> int:
        """Value outputs by what was known of costs at their instants; the sum of them."""
        costs = sorted(self.costs, key=lambda it: it.at_us)
        exact: dict[str, Fraction] = {}
        begun: dict[str, int | Fraction] = {}
        place, given, out = 0, 0, 0
        for output in self.outputs:
            while place < len(costs) and costs[place].at_us <= output.at_us:
                cost = costs[place]
                exact[cost.element] = exact.get(cost.element, Fraction(0)) + cost.exact
                if cost.component in self.per_unit:
                    begun[cost.component] = begun.get(cost.component, 0) + cost.component_quantity
                place += 1
            if output.is_by_product or not output.quantity:  # of what was told and has not come out, nothing
                output.value_minor = 0
                continue
            there = max(0, sum(map(round, exact.values())) - given)
            inside = max(Fraction(output.quantity), self._begun(begun) - out)
            output.value_minor = round(there * output.quantity / inside)
            given += output.value_minor
            out += output.quantity
        return given

    def _begun(self, taken: Mapping[str, int | Fraction]) -> Fraction:
        """Units of which at least one component was taken; without components, all that were asked for."""
        if not self.per_unit:
            return Fraction(self.quantity)
        return max((Fraction(quantity) / self.per_unit[component] for component, quantity in taken.items()), default=Fraction(0))


def _whole(weights: list[Fraction]) -> list[int]:
    """Integers in the same proportion."""
    scale = lcm(*(weight.denominator for weight in weights))
    return [int(weight * scale) for weight in weights]
