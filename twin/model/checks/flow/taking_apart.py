"""What is taken apart, and what is recovered from it: what makes no sense."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.bills.given_off import backs_of, gives_off_at
from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, Place, listed


def operations_that_take_apart(plant: Plant) -> Iterator[Finding]:
    """One of a routing at most, of a material with by-products; all pieces go through it, and none goes through it twice."""
    for material, routing in plant.layout.routings.items():
        steps, own = list(routing), ("plant", "routings", material)
        apart = [name for name, it in routing.items() if it.takes_apart]
        definition = plant.materials.materials.get(material)
        for operation in apart:
            at_apart: KeyPath = ("routings", material, operation, "takes_apart")
            told: Place = ("items", "materials", material, "by_products", "**")
            if definition and not definition.by_products:
                yield _in_plant(
                    at_apart, f"'{material}' has no by_products, so nothing comes of it", "by_products of it, or no takes_apart", told
                )
            if operation != apart[0]:
                yield _in_plant(at_apart, f"'{apart[0]}' takes '{material}' apart already", "one such operation", own)
            if routing[operation].sample_every or routing[operation].sample < 1:
                yield _in_plant(at_apart, "lots that are no sample for it would stay whole", "an operation for all lots", own)
            for later in steps[steps.index(operation) + 1 :]:
                for back_to in backs_of(routing[later]):
                    if back_to in steps[: steps.index(operation) + 1]:
                        what = f"pieces that go back from '{later}' to '{back_to}' would be taken apart twice"
                        yield _in_plant(at_apart, what, f"rework to an operation behind '{operation}'", own)


def operations_that_give_off(plant: Plant) -> Iterator[Finding]:
    """By-products of a material that nothing takes apart come at an operation of all its lots that no piece sees twice."""
    for material, it in plant.materials.materials.items():
        if it.by_products and plant.layout.routings.get(material) and gives_off_at(plant, material) is None:
            what = f"no operation of '{material}' could give its by-products off: each is for a sample, or for some pieces twice"
            allowed = "an operation for all lots, behind which none goes back before it, or no by_products"
            yield _in_items(("materials", material, "by_products"), what, allowed, ("plant", "routings", material, "**"))


def _in_plant(path: KeyPath, what: str, allowed: str, *rests_on: Place) -> Finding:
    return Finding(document="plant", path=path, what=what, allowed=allowed, rests_on=rests_on)


def _in_items(path: KeyPath, what: str, allowed: str, *rests_on: Place) -> Finding:
    return Finding(document="items", path=path, what=what, allowed=allowed, rests_on=rests_on)


def recovered_materials(plant: Plant) -> Iterator[Finding]:
    """What is recovered comes of one other material, which bears its cost, and is neither made nor bought."""
    materials = plant.materials.materials
    for material, it in materials.items():
        if it.kind != "recovered":
            continue
        at_kind: KeyPath = ("materials", material, "kind")
        givers = [name for name, other in materials.items() if any(line.material == material for line in other.by_products)]
        everything: Place = ("items", "materials", "*", "by_products", "**")
        if len(givers) != 1:
            what = f"'{material}' is recovered, and is a by-product of {listed(givers) if givers else 'nothing'}"
            yield _in_items(at_kind, what, "a by-product of one material", everything)
        elif givers[0] in _all_above(plant, material):
            what = f"'{material}' goes into '{givers[0]}', of which it is recovered: nobody knows what it costs"
            yield _in_items(at_kind, what, "a by-product of what does not need it", everything, ("items", "materials", "*", "bill", "**"))
        own: Place = ("items", "materials", material, "**")
        for key in ("bill", "by_products", "supplier", "reorder", "standard_cost"):
            if getattr(it, key):
                yield _in_items(("materials", material, key), f"'{material}' is recovered and so has no {key}", f"no {key}", own)
        if material in plant.layout.routings:
            path: KeyPath = ("routings", material)
            yield Finding(
                document="plant", path=path, what=f"'{material}' is recovered and so has no routing", allowed="kind: made, or no routing",
                at_key=True, rests_on=(("items", "materials", material, "kind"),),
            )  # fmt: skip


def _all_above(plant: Plant, material: str) -> set[str]:
    """What a material goes into, over all levels."""
    found, left = set[str](), [material]
    while left:
        below = left.pop()
        above = [name for name, it in plant.materials.materials.items() if any(line.material == below for line in it.bill)]
        left += [name for name in above if name not in found]
        found.update(above)
    return found


def _co_product(plant: Plant, material: str, index: int) -> Iterator[Finding]:
    """It is recovered, shares as the others of its parent do, and can be weighed against it."""
    materials, it = plant.materials.materials, plant.materials.materials[material]
    line, other = it.by_products[index], materials[it.by_products[index].material]
    path: KeyPath = ("materials", material, "by_products", index, "co_product")
    told: Place = ("items", "materials", material, "by_products", "**")
    if other.kind != "recovered":
        what = f"'{line.material}' is {other.kind} and has a standard cost of its own"
        yield _in_items(path, what, "kind: recovered, or no co_product", ("items", "materials", line.material, "kind"))
    if any(by.cost_share is not None for by in it.by_products):
        yield _in_items(path, f"of '{material}' some bear a declared cost_share", "co_product for all that share, or cost_share", told)
    if first := next((by.co_product for by in it.by_products if by.co_product not in (None, line.co_product)), None):
        yield _in_items(path, f"of '{material}' another shares by {first}", "one way for all co-products of a material", told)
    if line.co_product == "quantity" and other.unit != it.unit:
        what = f"'{line.material}' is counted in '{other.unit}' and '{material}' in '{it.unit}'"
        yield _in_items(path, what, "one unit for both, or co_product: sales_value", ("items", "materials", line.material, "unit"))
    for name in (material, line.material) if line.co_product == "sales_value" else ():
        if not materials[name].price:
            what = f"'{name}' has no price, so nobody knows what it would sell for where they part"
            yield _in_items(path, what, f"price of '{name}', or co_product: quantity", ("items", "materials", name, "price"))


def cost_shares(plant: Plant) -> Iterator[Finding]:
    """Recovered material bears a share of the costs, other by-products their own standard; all shares together are not more than all."""
    materials = plant.materials.materials
    for material, it in materials.items():
        for index, line in enumerate(it.by_products):
            at_share: KeyPath = ("materials", material, "by_products", index, "cost_share")
            kind: Place = ("items", "materials", line.material, "kind")
            if line.material not in materials:
                continue
            is_recovered = materials[line.material].kind == "recovered"
            if line.co_product is not None:
                yield from _co_product(plant, material, index)
                continue
            if is_recovered and line.cost_share is None:
                allowed = "cost_share: 0.2, or 0, or co_product: sales_value"
                yield _in_items(at_share[:-1], f"'{line.material}' is recovered, and bears no cost_share", allowed, kind)
            if not is_recovered and line.cost_share is not None:
                what = f"'{line.material}' is {materials[line.material].kind} and has a standard cost of its own"
                yield _in_items(at_share, what, "no cost_share, or kind: recovered", kind)
        total = sum(line.cost_share or 0 for line in it.by_products)
        if total > 1:
            own: Place = ("items", "materials", material, "by_products", "**")
            yield _in_items(
                ("materials", material, "by_products"), f"the by-products bear {total:g} of the costs together", "at most 1", own
            )
