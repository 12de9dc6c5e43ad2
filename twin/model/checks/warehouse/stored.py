"""The warehouse: what it names is there, goods come and go without limit, strategies and replenishment have what they need."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace

from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, did_you_mean, listed
from twin.model.trade.loads import write_weight
from twin.model.warehouse.declared import Bin, Warehouse

OWN = "warehouse"


def _finding(*key: str | int, what: str, allowed: str, at_key: bool = False, rests_on: tuple[KeyPath, ...] = ()) -> Finding:
    places = tuple(("plant", OWN, *it) for it in rests_on)
    return Finding(document="plant", path=(OWN, *key), what=what, allowed=allowed, at_key=at_key, rests_on=places)


def _named(plant: Plant, declared: Warehouse) -> Iterator[tuple[KeyPath, str, str, Collection[str]]]:
    """Everything that is named: where, what kind of thing, its name, and what is known."""
    materials, bins = plant.materials.materials, declared.bins
    yield ("receiving",), "bin", declared.receiving, bins
    yield ("shipping",), "bin", declared.shipping, bins
    if declared.transit is not None:
        yield ("transit",), "bin", declared.transit, bins
    for name, zone in declared.zones.items():
        for n, material in enumerate(zone.materials):
            yield ("zones", name, "materials", n), "material", material, materials
    for name, it in bins.items():
        if it.zone is not None:
            yield ("bins", name, "zone"), "zone", it.zone, declared.zones
        if it.site is not None:
            yield ("bins", name, "site"), "site", it.site, declared.sites
        for n, material in enumerate(it.materials):
            yield ("bins", name, "materials", n), "material", material, materials
    for material, stored in declared.materials.items():
        yield ("materials", material), "material", material, materials
        if stored.bin is not None:
            yield ("materials", material, "bin"), "bin", stored.bin, bins
    for n, filled in enumerate(declared.replenishment):
        yield ("replenishment", n, "material"), "material", filled.material, materials
        yield ("replenishment", n, "bin"), "bin", filled.bin, bins
        for k, source in enumerate(filled.source):
            yield ("replenishment", n, "source", k), "bin", source, bins


def dangling(plant: Plant) -> Iterator[Finding]:
    """Names that nothing has."""
    declared = plant.layout.warehouse
    for path, kind, name, known in _named(plant, declared) if declared else ():
        if name not in known:
            what = f"no {kind} is called '{name}'{did_you_mean(name, known)}"
            at_key = path[0] == "materials" and len(path) == 2
            yield Finding(document="plant", path=(OWN, *path), what=what, allowed=listed(known), at_key=at_key, spoils=True)


def bins(plant: Plant) -> Iterator[Finding]:
    """Where goods come and go takes all of everything."""
    declared = plant.layout.warehouse
    if declared is None:
        return
    ways = (
        ("receiving", declared.receiving),
        ("shipping", declared.shipping),
        *((("transit", declared.transit),) if declared.transit else ()),
    )
    for key, name in ways:
        it = declared.bins.get(name) or Bin()
        why = "a capacity" if it.capacity is not None else "materials of its own" if it.materials else "a zone" if it.zone else ""
        if why:
            yield _finding(
                key, what=f"bin '{name}' has {why}, and all goods pass through it", allowed="a bin without capacity, materials and zone",
                rests_on=(("bins", name, "**"),),
            )  # fmt: skip


def sites(plant: Plant) -> Iterator[Finding]:
    """Where there are several sites, goods are on their way in a bin that stands at none; nothing is filled from another site at once."""
    declared = plant.layout.warehouse
    if declared is None:
        return
    if declared.sites and declared.transit is None:
        yield _finding("sites", what="nothing can be brought from one site to another", allowed="transit: a bin", at_key=True)
    if declared.transit in (declared.receiving, declared.shipping) or (declared.transit and declared.site(declared.transit)):
        what = f"'{declared.transit}' stands somewhere, and what is on its way does not"
        yield _finding("transit", what=what, allowed="a bin of its own, at no site", rests_on=(("bins", declared.transit or "", "**"),))
    here = declared.site(declared.receiving)
    for material, stored in declared.materials.items():
        if stored.bin is not None and declared.site(stored.bin) != here:
            what = f"'{stored.bin}' stands at another site than '{declared.receiving}', where goods are received"
            at = ("materials", material, "bin")
            yield _finding(*at, what=what, allowed="a bin of that site", rests_on=(("receiving",), ("bins", "**")))
    for n, it in enumerate(declared.replenishment):
        for k, source in enumerate(it.source):
            if declared.site(source) != declared.site(it.bin):
                what = f"'{source}' stands at another site than '{it.bin}'"
                rests_on: tuple[KeyPath, ...] = (("bins", source, "site"), ("bins", it.bin, "site"), ("replenishment", n, "bin"))
                yield _finding("replenishment", n, "source", k, what=what, allowed="bins of its site", rests_on=rests_on)


def packages(plant: Plant) -> Iterator[Finding]:
    """A kind of package carries more than itself, and what is sold goes into one of them."""
    declared = plant.layout.warehouse
    kinds = declared.packing.packages if declared and declared.packing else {}
    empty = [name for name, it in kinds.items() if it.most_weight is not None and it.most_weight <= (it.weight or 0)]
    for name in empty:
        weight, most = (write_weight(it or 0) for it in (kinds[name].weight, kinds[name].most_weight))
        what = f"an empty {name} of {weight} weighs {most} or more already"
        at = ("packing", "packages", name)
        yield _finding(*at, "most_weight", what=what, allowed=f"more than {weight}", rests_on=((*at, "weight"),))
    for material, it in plant.materials.materials.items():
        if it.price and kinds and not empty and all(kind.most(it.unit_weight) == 0 for kind in kinds.values()):
            heavy = write_weight(it.unit_weight or 0)
            what = f"'{material}' is sold, and weighs {heavy}: none of {listed(kinds)} takes one"
            found = _finding("packing", "packages", what=what, allowed="a kind with a most_weight that takes it", rests_on=())
            yield replace(found, rests_on=(("items", "materials", material, "unit_weight"), ("items", "materials", material, "price")))


def strategies(plant: Plant) -> Iterator[Finding]:
    """A fixed bin is named, may hold the material, and only a strategy that uses it names one."""
    declared = plant.layout.warehouse
    if declared is None:
        return
    for material, it in declared.materials.items():
        at = ("materials", material)
        if (it.put_away == "fixed_bin") != (it.bin is not None):
            what = "put_away: fixed_bin names no bin" if it.bin is None else f"a bin is named, and put_away is {it.put_away}"
            allowed = "bin: where it belongs" if it.bin is None else "put_away: fixed_bin, or no bin"
            key = "put_away" if it.bin is None else "bin"
            yield _finding(*at, key, what=what, allowed=allowed, at_key=True, rests_on=((*at, "put_away"), (*at, "bin")))
        elif it.bin is not None and (why := declared.forbidden(it.bin, material)):
            yield _finding(*at, "bin", what=why, allowed="a bin in which it may lie", rests_on=(("bins", it.bin, "**"), ("zones", "**")))


def replenishment(plant: Plant) -> Iterator[Finding]:
    """A bin is filled in one way, from others, with what may lie there and fits in."""
    declared = plant.layout.warehouse
    for n, it in enumerate(declared.replenishment if declared else ()):
        assert declared is not None
        own: KeyPath = ("replenishment", n)
        by_level = it.minimum is not None or it.maximum is not None
        if by_level == (it.kanban is not None) or (by_level and (it.minimum is None or it.maximum is None or it.minimum >= it.maximum)):
            what = f"bin '{it.bin}' is filled with '{it.material}' in no way that can be carried out"
            yield _finding(*own, what=what, allowed="kanban, or minimum and maximum with minimum < maximum", rests_on=((*own, "**"),))
            continue
        if it.bin in declared.passages or it.bin in it.source:
            what = f"bin '{it.bin}' cannot be filled from others: goods come or go there, or it is its own source"
            yield _finding(*own, "bin", what=what, allowed="another bin", rests_on=(("receiving",), ("shipping",), (*own, "source")))
        elif why := declared.forbidden(it.bin, it.material):
            yield _finding(*own, "bin", what=why, allowed="a bin in which it may lie", rests_on=(("bins", it.bin, "**"), ("zones", "**")))
        else:
            yield from _too_much(declared, n)


def circles(plant: Plant) -> Iterator[Finding]:
    """No bin is filled from one that is filled from it: the same goods would be brought to and fro for ever."""
    declared = plant.layout.warehouse
    rules = declared.replenishment if declared else []
    for n, it in enumerate(rules):
        reached, ways = {it.bin}, [it]
        while ways:
            sources = {source for way in ways for source in way.source} - reached
            if it.bin in {source for way in ways for source in way.source} and ways != [it]:
                what = f"bin '{it.bin}' is filled with '{it.material}' from bins that are filled from it"
                rests_on: tuple[KeyPath, ...] = (("replenishment", "**"),)
                yield _finding("replenishment", n, "source", what=what, allowed="bins that are filled from others", rests_on=rests_on)
                break
            reached |= sources
            ways = [other for other in rules if other.material == it.material and other.bin in sources]


def _too_much(declared: Warehouse, n: int) -> Iterator[Finding]:
    it, own = declared.replenishment[n], ("replenishment", n)
    capacity = (declared.bins.get(it.bin) or Bin()).capacity
    most = it.kanban.containers * it.kanban.quantity if it.kanban else it.maximum or 0
    per_place = declared.stored(it.material).per_place
    if capacity is not None and -(-most // per_place) > capacity:
        what = f"bin '{it.bin}' is to hold {most} of '{it.material}', and has room for {capacity * per_place}"
        rests_on: tuple[KeyPath, ...] = (("bins", it.bin, "capacity"), ("materials", it.material, "**"))
        yield _finding(*own, "kanban" if it.kanban else "maximum", what=what, allowed=f"at most {capacity * per_place}", rests_on=rests_on)


def counts(plant: Plant) -> Iterator[Finding]:
    """Classes A and B leave something to C."""
    declared = plant.layout.warehouse
    if declared is None or declared.cycle_counts is None:
        return
    it = declared.cycle_counts
    if it.a.share + it.b.share > 1.0:
        what = f"classes A and B have {it.a.share + it.b.share:g} of all value"
        yield _finding(
            "cycle_counts", "b", "share", what=what, allowed=f"at most {1 - it.a.share:g}", rests_on=(("cycle_counts", "a", "share"),)
        )
