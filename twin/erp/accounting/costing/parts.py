"""The variance of a request by cause, also where standards changed on the way.

What a request has taken and given up to a change is held against the standards before it, all that comes later against those after it;
its material in process is worth the new standards from then on. Each part follows linearly from what was taken and given, so both add up.

Of labour, machines and energy, with AC what was paid, AH what was taken, SP the standard rate of the operation, SC what was planned for
what came out, and `lot size` what set-ups and whole lots should have cost more or less for being of other sizes than the costing lot:

    rate (price)         = AC - sum(AH SP)
    efficiency (usage)   = sum(AH SP) - SC - lot size
    lot size             = sum over operations of (lots begun - lots planned for what came out) * what a lot should cost

Overhead efficiency is without its lot size too. All parts sum to what was paid less what was planned: AC - SC.

What is made at what it has cost has the same parts, held against the standards that nothing is booked at: `borne_by_output` is what of
them is in the worth of what was made or lost, below zero, and they add up to what was booked, which is nothing where something good came.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.erp.accounting.costing.hours import OfLots, SinceThen, at_standard_rates, lots_of_other_sizes
from twin.erp.accounting.costing.mix import mix_and_usage
from twin.erp.accounting.costing.operations import CostElements
from twin.erp.accounting.costing.overheads_borne import planned_shares
from twin.erp.accounting.standard_cost import total_minor
from twin.erp.accounting.wip import COST_ELEMENTS
from twin.model.materials import Each

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.requests import Request

NOTHING = Fraction(0)
PARTS = (
    "material_price", "material_usage", "labour_rate", "labour_efficiency", "machine_rate", "machine_efficiency", "energy_price",
    "energy_usage", "overhead_efficiency", "lot_size", "subcontracting",
)  # fmt: skip
OF_OVERHEAD = "overhead_efficiency of "  # followed by the overhead: of overhead efficiency
OF_USAGE = ("material_mix", "usage_of_groups", "material_substitution")  # of material usage
WITHIN_USAGE = ("material_mix", "material_yield", "material_substitution")


@dataclass(frozen=True, slots=True, kw_only=True)
class SoFar:
    """What a request has taken and given up to an instant; money exact, minor units."""

    elements: Mapping[str, Fraction] = field(default_factory=dict)
    price: Fraction = NOTHING
    overheads: Mapping[str, Fraction] = field(default_factory=dict)
    labour_us: Mapping[str, Each] = field(default_factory=dict)  # by operation, as machine time and lots
    machine_us: Mapping[str, Each] = field(default_factory=dict)
    energy_wh: Each = 0
    lots: Mapping[str, Each] = field(default_factory=dict)
    produced: int = 0
    scrapped: Mapping[str | None, int] = field(default_factory=dict)  # by the operation that lost it
    taken: Mapping[str, int] = field(default_factory=dict)
    stood_in: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (component, alternate): taken of the alternate
    by_bill: Mapping[tuple[str, str], int] = field(default_factory=dict)  # (alternative bill, component): taken as it asks for
    made_by: Mapping[str, Fraction] = field(default_factory=dict)  # by alternative bill: pieces for which that was
    found: int = 0
    out: int = 0  # units that were given out, less those found in the making


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """A request when standards changed: what it had taken and given, and the parts of its variance up to there, exact."""

    so_far: SoFar = SoFar()
    parts: Mapping[str, Fraction] = field(default_factory=dict)
    gone: Mapping[str, Fraction] = field(default_factory=dict)  # by component: what is in all that it had given out


def so_far(erp: Erp, request: Request) -> SoFar:
    """How a request stands."""
    name, wip = request.request, erp.wip
    hours = erp.book.hours.of(name)
    return SoFar(
        elements={element: wip.accruals.exact((name, element)) or NOTHING for element in COST_ELEMENTS},
        price=wip.material_price.get(name, NOTHING), overheads=dict(wip.borne.get(name, {})),
        labour_us=dict(hours.labour_us), machine_us=dict(hours.machine_us), energy_wh=hours.energy_wh, lots=hours.lots(),
        produced=request.produced,
        scrapped=dict(wip.scrapped.get(name, {})), taken=dict(request.taken), stood_in=dict(request.stood_in), found=request.found,
        by_bill=dict(request.by_bill), made_by=dict(request.made_by), out=request.produced + request.scrapped - request.found,
    )  # fmt: skip


def exact_parts(erp: Erp, request: Request) -> dict[str, Fraction]:
    """The parts up to now, minor units, exact; of those `OF_USAGE` too."""
    before = erp.roll_ups.before.get(request.request, Before())
    found = _since(erp, request, before.so_far, so_far(erp, request))
    return {name: before.parts.get(name, NOTHING) + found.get(name, NOTHING) for name in {**before.parts, **found}}


def _since(erp: Erp, request: Request, old: SoFar, now: SoFar) -> dict[str, Fraction]:
    """The parts of what was taken and given from one instant to another, by the standards of now."""
    material, produced = request.material, now.produced - old.produced
    lost = {operation: quantity - old.scrapped.get(operation, 0) for operation, quantity in now.scrapped.items()}
    given = _planned(erp, request, produced, lost)
    taken = {element: now.elements[element] - old.elements.get(element, NOTHING) for element in COST_ELEMENTS}
    since = SinceThen(
        labour_us=_more(now.labour_us, old.labour_us), machine_us=_more(now.machine_us, old.machine_us),
        energy_wh=now.energy_wh - old.energy_wh, lots=_more(now.lots, old.lots),
    )  # fmt: skip
    at_rates, of_lots = at_standard_rates(erp.roll_up, material, since, taken), OfLots()
    price = now.price - old.price
    used: dict[str, int | Fraction] = {name: quantity - old.taken.get(name, 0) for name, quantity in now.taken.items()}
    stood_in = {place: quantity - old.stood_in.get(place, 0) for place, quantity in now.stood_in.items()}
    substitution = NOTHING
    for (component, alternate), quantity in stood_in.items():
        place = quantity * erp.roll_up.bills.stands_for(material, component, alternate)
        substitution += quantity * _price(erp, alternate) - place * _price(erp, component)
        used[component] = used.get(component, 0) + place
    substitution += _by_other_bills(erp, material, old, now, used)
    mix = usage = NOTHING
    borne = {name: share - old.overheads.get(name, NOTHING) for name, share in now.overheads.items()}
    if not request.is_rework:
        for name, share in planned_shares(erp.roll_up, material, produced, lost).items():
            borne[name] = borne.get(name, NOTHING) - share
        of_lots = lots_of_other_sizes(erp.roll_up, material, since.lots, produced, lost)
        for name, share in of_lots.overheads.items():
            borne[name] = borne.get(name, NOTHING) - share
        mix, usage = mix_and_usage(erp, material, used, now.found - old.found, produced + sum(lost.values()))
    return {
        "material_price": price,
        "material_usage": taken["material"] - price - given.material,
        "labour_rate": taken["labour"] - at_rates.labour,
        "labour_efficiency": at_rates.labour - given.labour - of_lots.cost.labour,
        "machine_rate": taken["machine"] - at_rates.machine,
        "machine_efficiency": at_rates.machine - given.machine - of_lots.cost.machine,
        "energy_price": taken["energy"] - at_rates.energy,
        "energy_usage": at_rates.energy - given.energy - of_lots.cost.energy,
        "overhead_efficiency": taken["overhead"] - given.overhead - of_lots.cost.overhead,
        "lot_size": of_lots.cost.total,
        "subcontracting": taken["service"] - given.service,
        "material_mix": mix,
        "usage_of_groups": usage,
        "material_substitution": substitution,
        **{OF_OVERHEAD + name: share for name, share in borne.items()},
    }


def _planned(erp: Erp, request: Request, produced: int, lost: Mapping[str | None, int]) -> CostElements:
    """What so much should have cost, good and lost.

    Stock that is reworked should have taken itself, and nothing else: its work is a cost of quality.
    """
    planned = erp.roll_up.level_cost(request.material).times(produced)
    for operation, quantity in lost.items():
        planned += erp.roll_up.cost_so_far(request.material, operation).times(quantity)
    if request.request in erp.wip.began_at_cost:
        planned += CostElements(material=_beside(erp, request) * (produced + sum(lost.values())))
    return CostElements(material=planned.total) if request.is_rework else planned


def _more(now: Mapping[str, Each], old: Mapping[str, Each]) -> dict[str, Each]:
    return {name: amount - old.get(name, 0) for name, amount in now.items()}


def _beside(erp: Erp, request: Request) -> Fraction:
    """What by-products of one unit are worth at standard that take their share of what it has cost: nothing is credited for them."""
    definition = erp.materials[request.material]
    if request.material not in erp.roll_up.given_off:
        return NOTHING
    has_joint = any(it.co_product for it in definition.by_products)
    beside = [it for it in definition.by_products if erp.book.actual.values(it.material) and (it.co_product or not has_joint)]
    return sum((_price(erp, it.material) * Fraction(it.quantity, definition.bill_for) for it in beside), NOTHING)


def _by_other_bills(erp: Erp, material: str, old: SoFar, now: SoFar, used: dict[str, int | Fraction]) -> Fraction:
    """What pieces cost more by alternative bills than by their own; `used`: as if they had been made by that."""
    more, bills = NOTHING, erp.roll_up.bills
    for (bill, component), whole in now.by_bill.items():
        quantity = whole - old.by_bill.get((bill, component), 0)
        more += quantity * _price(erp, component)
        used[component] = used.get(component, 0) - quantity
    for bill, in_all in now.made_by.items():
        pieces = in_all - old.made_by.get(bill, 0)
        for name, each in bills.components[material].items():
            more -= pieces * each * _price(erp, name)
            used[name] = used.get(name, 0) + pieces * each
    return more


def _price(erp: Erp, material: str) -> Fraction:
    standard = erp.roll_up.released[material]
    return Fraction(total_minor(standard), standard.quantity)


def variance_parts(erp: Erp, request: Request) -> dict[str, int]:
    """The variance of a closed request by cause, minor units, each part rounded half to even; what that leaves is odd cents.

    All usage of material is one such part: mix, what alternates cost more than what they stood in for, and the usage of components in no
    group, are rounded within it, and yield is the rest.
    """
    name = request.request
    if name not in erp.wip.closed:
        return {f"{part}_minor": 0 for part in (*PARTS, *WITHIN_USAGE, "borne_by_output", "rounding")}
    exact, is_at_cost = exact_parts(erp, request), name in erp.wip.began_at_cost
    if is_at_cost:
        exact |= _without_standard(erp, request, exact)
    rounded = {f"{part}_minor": round(exact[part]) for part in PARTS}
    substitution_minor, mix_minor = round(exact["material_substitution"]), round(exact["material_mix"])
    alone_minor = round(exact["material_usage"] - exact["usage_of_groups"] - exact["material_substitution"])
    rest_minor = rounded["material_usage_minor"] - alone_minor - mix_minor - substitution_minor
    left_minor = erp.wip.variance_minor(name) - sum(rounded.values())
    return {
        **rounded,
        "material_usage_minor": alone_minor + (0 if erp.roll_up.bills.groups.get(request.material) else rest_minor),
        "material_mix_minor": mix_minor,
        "material_yield_minor": rest_minor if erp.roll_up.bills.groups.get(request.material) else 0,
        "material_substitution_minor": substitution_minor,
        "borne_by_output_minor": left_minor if is_at_cost else 0,
        "rounding_minor": 0 if is_at_cost else left_minor,
    }


def _without_standard(erp: Erp, request: Request, exact: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Price and usage of material once components without a standard count at what this request has paid for them: of those nobody
    planned a price, and the usage is what more or less of them was taken.
    """
    node, gone = erp.book.actual.requests.get(request.request), erp.roll_ups.gone(request)
    price, usage = exact["material_price"], exact["material_usage"]
    for component, planned in gone.items():
        if node is None or total_minor(erp.roll_up.released[component]):
            continue
        costs = [it for it in node.costs if it.component == component and it.exact]
        cost, taken = sum((it.exact for it in costs), NOTHING), sum((Fraction(it.component_quantity) for it in costs), NOTHING)
        price -= cost
        usage += cost - cost * planned / taken if taken else cost
    return {"material_price": price, "material_usage": usage}


def overhead_efficiency(erp: Erp, request: Request) -> dict[str, int]:
    """The overhead efficiency of a closed request by overhead, minor units: together that of `variance_parts`."""
    if request.request not in erp.wip.closed or not erp.plant.materials.overheads:
        return {}
    exact = exact_parts(erp, request)
    shares = {name.removeprefix(OF_OVERHEAD): share for name, share in exact.items() if name.startswith(OF_OVERHEAD)}
    found = {name: round(share) for name, share in shares.items()}
    for name in list(found)[-1:]:
        found[name] += round(exact["overhead_efficiency"]) - sum(found.values())
    return found
