"""How a material is ordered: what its lot sizing needs is there, and what is there goes together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from twin.model.checks.bills import cycles_in_bills
from twin.model.materials import MaterialDefinition, Planning
from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, Place, did_you_mean, listed

_BY_COST = ("economic_order_quantity", "silver_meal", "part_period", "least_unit_cost", "wagner_whitin")
_NEEDED = {
    "fixed": ("quantity",), "period": ("period",), "order_point": ("period", "point", "target"),
    **dict.fromkeys(_BY_COST, ("order_cost", "holding_cost")),
}  # fmt: skip
_WRITTEN = {
    "quantity": "quantity: 50", "period": "period: 7 d", "point": "point: 20", "target": "target: 100", "order_cost": "order_cost: 54 EUR",
    "holding_cost": "holding_cost: 12 EUR",
}  # fmt: skip

_FOR_ADVICE = ("order_cost", "holding_cost")  # weighed by advice, whatever rule a plan goes by


def lot_sizing(plant: Plant) -> Iterator[Finding]:
    """A rule has all that it needs, and nothing that it makes no use of; its limits leave room for an order."""
    for material, it in plant.materials.materials.items():
        if it.planning is None:
            continue
        yield from _what_the_rule_needs(material, it.planning)
        yield from _limits(material, it, it.planning)


def _planning(material: str, *key: str, what: str, allowed: str, at_key: bool, rests_on: tuple[str, ...]) -> Finding:
    own: Place = ("items", "materials", material, "planning")
    path: KeyPath = ("materials", material, "planning", *key)
    return Finding(document="items", path=path, what=what, allowed=allowed, at_key=at_key, rests_on=tuple((*own, it) for it in rests_on))


def _what_the_rule_needs(material: str, planning: Planning) -> Iterator[Finding]:
    rule = planning.lot_sizing
    needed = _NEEDED.get(rule, ())
    for key, example in _WRITTEN.items():
        is_there = getattr(planning, key) is not None
        if key in needed and not is_there:
            what = f"'{rule}' of '{material}' has no {key}"
            yield _planning(material, what=what, allowed=example, at_key=True, rests_on=("lot_sizing", key))
        if is_there and key not in needed and key not in _FOR_ADVICE:
            takers = [it for it, keys in _NEEDED.items() if key in keys]
            what = f"'{rule}' makes no use of {key}"
            allowed = f"lot_sizing: {' or '.join(takers)}, or no {key}"
            yield _planning(material, key, what=what, allowed=allowed, at_key=True, rests_on=("lot_sizing",))
    for key in ("order_cost", "holding_cost"):
        if key in needed and getattr(planning, key) == 0:
            yield _planning(
                material, key, what=f"with a {key} of nothing '{rule}' has nothing to weigh", allowed=_WRITTEN[key], at_key=False,
                rests_on=("lot_sizing",),
            )  # fmt: skip
    if rule == "order_point" and planning.reschedule_in is not None:
        what = "'order_point' counts what is on order whenever it comes"
        yield _planning(material, "reschedule_in", what=what, allowed="no reschedule_in", at_key=True, rests_on=("lot_sizing",))
    if rule == "order_point" and planning.point is not None and planning.target is not None and planning.target < planning.point:
        what = f"the target of '{material}' is below its point"
        yield _planning(material, "target", what=what, allowed=f"{planning.point} or more", at_key=False, rests_on=("lot_sizing", "point"))


def _limits(material: str, definition: MaterialDefinition, planning: Planning) -> Iterator[Finding]:
    unit = planning.order_unit
    if unit is not None and unit not in definition.units:
        what = f"'{material}' has no unit '{unit}'{did_you_mean(unit, definition.units)}"
        found = _planning(
            material, "order_unit", what=what, allowed=f"one of its units: {listed(definition.units)}", at_key=False, rests_on=()
        )
        yield replace(found, rests_on=(("items", "materials", material, "units"),))
    if planning.maximum is None:
        return
    least = max(definition.least_order, planning.quantity or 1)
    if planning.maximum < least:
        what = f"no order of '{material}' is allowed: at most {planning.maximum}, but at least {least}"
        rests_on = ("minimum", "multiple", "quantity", "order_unit")
        yield _planning(material, "maximum", what=what, allowed=f"{least} or more", at_key=False, rests_on=rests_on)


def sold_once(plant: Plant) -> Iterator[Finding]:
    """What is left over brings less than it cost, and one that is missing would have brought something."""
    for material, it in plant.materials.materials.items():
        if it.planning is None or it.planning.sold_once is None:
            continue
        if it.planning.shortage_cost is None and it.price is None:
            what = f"nobody knows what it costs if '{material}' is missing: it has no price"
            yield _planning(
                material, "sold_once", what=what, allowed="shortage_cost: 0.50 EUR", at_key=True, rests_on=("sold_once", "shortage_cost")
            )  # fmt: skip
        if it.standard_cost is not None and it.planning.sold_once.salvage >= it.standard_cost:
            what = f"what is left of '{material}' would bring as much as it cost, so none is ever too many"
            allowed = f"salvage: less than its standard_cost of {it.standard_cost / 100:.2f}"
            yield _planning(material, "sold_once", "salvage", what=what, allowed=allowed, at_key=False, rests_on=("sold_once",))


def net_flow(plant: Plant) -> Iterator[Finding]:
    """A buffer that is ordered by its net flow has zones that no plan moves, and no other rule."""
    for material, it in plant.materials.materials.items():
        if it.planning is None or it.planning.buffer is None or it.planning.buffer.planned_by != "net_flow":
            continue
        if it.planning.buffer.daily_use is None:
            what = f"the zones of '{material}' depend on the plan that they decide"
            yield _planning(material, "buffer", what=what, allowed="daily_use: 10", at_key=True, rests_on=("buffer",))
        if it.planning.lot_sizing != "lot_for_lot":
            what = f"'{material}' is ordered by its net flow, and by '{it.planning.lot_sizing}'"
            allowed = "no lot_sizing, or planned_by: need"
            yield _planning(material, "lot_sizing", what=what, allowed=allowed, at_key=True, rests_on=("buffer", "lot_sizing"))
        if it.planning.reschedule_in is not None:
            what = f"the net flow of '{material}' counts what is on order whenever it comes"
            allowed = "no reschedule_in, or planned_by: need"
            yield _planning(material, "reschedule_in", what=what, allowed=allowed, at_key=True, rests_on=("buffer", "reschedule_in"))
        for key in ("safety_stock", "safety_time"):
            if getattr(it.planning, key):
                what = f"the zones of '{material}' are all the stock that it keeps back"
                yield _planning(material, key, what=what, allowed=f"no {key}, or planned_by: need", at_key=True, rests_on=("buffer", key))


def phantoms(plant: Plant) -> Iterator[Finding]:
    """A phantom is made of something, and neither bought, routed, sold nor kept."""
    for material, it in plant.materials.materials.items():
        if not it.phantom:
            continue
        own: Place = ("items", "materials", material)
        path: KeyPath = ("materials", material)
        told = ((*own, "phantom"), (*own, "kind"), (*own, "bill"))
        if it.kind != "made" or not it.bill:
            what = f"'{material}' is a phantom, but not made of anything"
            yield Finding(document="items", path=path, what=what, allowed="kind: made, with a bill", at_key=True, rests_on=told)
        if material in plant.layout.routings:
            what = f"'{material}' is a phantom, so nobody makes it for itself"
            allowed = "phantom: false, or no routing"
            yield Finding(document="plant", path=("routings", material), what=what, allowed=allowed, at_key=True, rests_on=told)
        if it.planning is not None:
            what = f"'{material}' is a phantom, so nobody orders it"
            yield Finding(
                document="items", path=(*path, "planning"), what=what, allowed="phantom: false, or no planning", at_key=True, rests_on=told
            )


def by_products(plant: Plant) -> Iterator[Finding]:
    """What is given off is known, does not come of something bought, and is not what its parent is made of, further up."""
    materials = plant.materials.materials
    has_circle = any(True for _ in cycles_in_bills(plant))
    for material, it in materials.items():
        if it.by_products and it.kind == "purchased":
            path: KeyPath = ("materials", material, "by_products")
            what = f"'{material}' is purchased and so gives nothing off"
            told = (("items", "materials", material, "kind"),)
            yield Finding(document="items", path=path, what=what, allowed="kind: made, or no by_products", at_key=True, rests_on=told)
        for index, given_off in enumerate(it.by_products):
            path = ("materials", material, "by_products", index, "material")
            if given_off.material in [other.material for other in it.by_products[:index]]:
                what = f"'{material}' gives '{given_off.material}' off twice"
                yield Finding(document="items", path=path, what=what, allowed="one by-product of each material")
            if given_off.material not in materials:
                what = f"no material is called '{given_off.material}'{did_you_mean(given_off.material, materials)}"
                yield Finding(document="items", path=path, what=what, allowed=listed(materials), spoils=True)
            elif not has_circle and material in _all_below(plant, given_off.material):
                what = f"'{given_off.material}' is made of '{material}', which gives it off: nobody knows which to plan first"
                rests_on: tuple[Place, ...] = (("items", "materials", "*", "bill", "**"), ("items", "materials", "*", "by_products", "**"))
                yield Finding(document="items", path=path, what=what, allowed="a material that does not need this one", rests_on=rests_on)


def _all_below(plant: Plant, material: str) -> set[str]:
    """The material, and what it takes or gives off over all levels."""
    materials, found, left = plant.materials.materials, set[str](), [material]
    while left:
        name = left.pop()
        if name in materials and name not in found:
            found.add(name)
            left += [it.material for it in materials[name].bill] + [it.material for it in materials[name].by_products]
    return found
