"""How much of a need each alternative takes over: its share, or, where the first cannot be there in time, what is free of it or can be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from twin.erp.material_plan.alternates.places import Alternative, Place
from twin.erp.material_plan.buckets import ALWAYS
from twin.erp.material_plan.planning import BUCKET, DUE, Orders
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.pegging import NOTHING

if TYPE_CHECKING:
    from twin.erp.material_plan.plan import MaterialPlan

ALTERNATE = "alternate"
"""The kind of a row of a plan that says: so much of the need of a place is met by an alternative."""

Late = dict[int, tuple[int, int]]
"""Of a need by bucket: so many pieces come too late, and at most by so many buckets (0: nobody can say when they come)."""

Used = tuple[str, int, int]
"""So much of a material, that nobody else needs, is used from a bucket on."""
_NEVER = -1
"""By how much too late is what nobody can say when it comes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Substitution:
    """In `bucket` the alternative stands in for `pieces` of a place, and takes `takes` of its own components for that."""

    order: str
    place: Place
    alternative: str
    bucket: int
    pieces: int
    takes: tuple[tuple[str, int], ...]
    why: str


class Choosing:
    """Goes through the places of a plan from the products down; each level sees what was chosen above it."""

    def __init__(self, plan: MaterialPlan) -> None:
        self._plan = plan
        self._number = {name: int(plan.arrays.number_of[n]) for n, name in enumerate(plan.task.names)}
        self._counts: Counter[str] = Counter()
        self._free: dict[str, list[int]] = {}
        self._pegs: dict[tuple[int, int], list[tuple[int, int, int]]] = {}  # of a child and whose component it is: late by, bucket, pieces
        self.found: list[Substitution] = []

    def choose(self) -> list[Substitution]:
        """All of it; the plan is planned with it afterwards."""
        for places in self._plan.levels:
            for of_level in (self._shares, self._when_short):
                self._free, self._pegs = {}, {}
                gross = self._plan.arrays.gross
                known = len(self.found)
                if of_level == self._when_short:
                    self._peg(place.name for place in places if any(it.when.share is None for it in place.alternatives))
                for place in places:
                    of_level(place, gross[self._number[place.name]].tolist())
                if len(self.found) > known:
                    self._plan.substitute(self.found)
        return self.found

    def _shares(self, place: Place, need: list[int]) -> None:
        """Rounded down over all that was needed so far, so that the shares hold over the plan and no piece is taken twice."""
        left = list(need)
        for it in place.alternatives:
            if it.when.share is None:
                continue
            share, total, given = Fraction(str(it.when.share)), 0, 0
            for bucket, quantity in enumerate(need):
                if not quantity or not it.when.holds(self._plan.buckets.day_of(bucket)):
                    continue
                total += quantity
                pieces = min(int(total * share) - given, left[bucket])
                given, left[bucket] = given + pieces, left[bucket] - pieces
                if pieces:
                    self._take(place, it, bucket, pieces, f"its share of {place.about} is {float(share):.0%}")

    def _when_short(self, place: Place, need: list[int]) -> None:
        waiting = [it for it in place.alternatives if it.when.share is None]
        if not waiting or not any(need):
            return
        late = self._late(place.name)
        for it in waiting:
            for bucket in sorted(late):
                short, buckets = late[bucket]
                if not short or not it.when.holds(self._plan.buckets.day_of(bucket)):
                    continue
                pieces, used = self._possible(it, bucket, short)
                if pieces:
                    by = f"{self._plan.buckets.spoken(buckets, ALWAYS)} too late" if buckets else "missing"
                    what = "its bill" if place.kind == "bill" else place.about
                    self._take(place, it, bucket, pieces, f"{what} is short: {short} would be {by}", used)
                    late[bucket] = short - pieces, buckets

    def _take(self, place: Place, it: Alternative, bucket: int, pieces: int, why: str, used: Iterable[Used] = ()) -> None:
        takes = _takes(it, pieces)
        for component, from_bucket, quantity in (*((component, bucket, quantity) for component, quantity in takes), *used):
            free = self._free_of(component)
            for later in range(from_bucket, len(free)):
                free[later] -= quantity
        stem = f"S-{place.parent}-{place.about}" if place.kind == "material" else f"S-{place.parent}"
        self._counts[stem] += 1
        whom = f"bill {it.name}" if place.kind == "bill" else it.name
        self.found.append(
            Substitution(
                order=f"{stem}-{self._counts[stem]}", place=place, alternative=it.name, bucket=bucket, pieces=pieces, takes=takes,
                why=f"{place.parent} uses {whom} because {why}",
            )
        )  # fmt: skip

    def _free_of(self, component: str) -> list[int]:
        """What is there at the end of each bucket beside all needs, without any new order, over the safety stock."""
        if component not in self._free:
            number = self._number[component]
            safety = int(self._plan.arrays.bills[0][number, at.SAFETY_STOCK])
            self._free[component] = (self._plan.arrays.without_orders(number) - safety).tolist()
        return self._free[component]

    def _possible(self, it: Alternative, bucket: int, short: int) -> tuple[int, list[Used]]:
        """For how many pieces of a place, of those that are short, it can stand in in time, and what is used of what lies below it."""
        used = self._supplied(it, bucket, short)
        if used is not None:
            return short, used
        least, most, found = 0, short, list[Used]()  # it can for `least`, and cannot for `most`
        while most - least > 1:
            middle = (least + most) // 2
            if (used := self._supplied(it, bucket, middle)) is None:
                most = middle
            else:
                least, found = middle, used
        return least, found

    def _supplied(self, it: Alternative, bucket: int, pieces: int) -> list[Used] | None:
        """What nobody needs below the components of an alternative, as far as it is used for so many pieces; None: they are not in time."""
        taken: list[Used] = []
        if all(self._has(component, bucket, quantity, taken) for component, quantity in _takes(it, pieces)):
            own = {(component, bucket) for component, _ in it.components}
            return [one for one in taken if one[:2] not in own]
        return None

    def _has(self, component: str, bucket: int, quantity: int, taken: list[Used]) -> bool:
        """Whether so much of it is there in time: of what nobody needs, and anew of components of which the same holds."""
        own = [0] * len(self._free_of(component))
        for name, from_bucket, used in taken:
            for later in range(from_bucket, len(own)) if name == component else ():
                own[later] += used
        free = min(there - used for there, used in zip(self._free_of(component)[bucket:], own[bucket:], strict=True))
        used = min(quantity, max(0, free))
        if used:
            taken.append((component, bucket, used))
        missing = quantity - used
        if not missing:
            return True
        arrays, buckets, number = self._plan.arrays, self._plan.buckets, self._number[component]
        materials, line_from, lines = arrays.bills
        row = materials[number]
        calendar = int(row[at.CALENDAR])
        due = buckets.before(bucket, int(row[at.SAFETY_TIME]), calendar)
        start = buckets.before(due, int(row[at.LEAD]), calendar)
        if due < int(row[at.FENCE]) or start < 0:
            return False
        started = -(-missing * at.MILLION // int(row[at.YIELD]))
        return all(
            self._has(self._name(line), start, -(-started * int(line[at.NUMERATOR]) // int(line[at.DENOMINATOR])), taken)
            for line in lines[line_from[number] : line_from[number + 1]]
            if not line[at.IS_BY_PRODUCT]
        )

    def _name(self, line: at.Ints) -> str:
        """The component of a line of a bill."""
        return self._plan.task.names[int(self._plan.arrays.material_at[int(line[at.CHILD])])]

    def _peg(self, names: Iterable[str]) -> None:
        """Whose needs what supply serves, of all components of these phantoms, at once."""
        arrays, children, waiting = self._plan.arrays, set[int](), [self._number[name] for name in names]
        _, line_from, lines = arrays.bills
        while waiting:
            number = waiting.pop()
            for line in lines[line_from[number] : line_from[number + 1]]:
                child = int(line[at.CHILD])
                if self._plan.plant.materials.materials[self._name(line)].phantom:
                    waiting.append(child)
                children.add(child)
        if not children:
            return
        listed, of = arrays.orders(), sorted(children)
        pegs = arrays.pegs(listed, np.array(of))
        for n, child in enumerate(of):
            own = slice(int(pegs.first[n]), int(pegs.first[n + 1]))
            columns = (pegs.supply[own].tolist(), pegs.demand[own].tolist(), pegs.quantity[own].tolist())
            for supply, demand, quantity in zip(*columns, strict=True):
                if demand >= 0:
                    parent, _, bucket, _ = listed.rows[demand].tolist()
                    self._pegs.setdefault((child, parent), []).append((self._late_by(child, supply, bucket, listed), bucket, quantity))

    def _late_by(self, child: int, supply: int, bucket: int, listed: Orders) -> int:
        """Buckets by which a supply is too late for a need of `bucket`: it should have started before now, or is to be expedited."""
        arrays = self._plan.arrays
        if supply == NOTHING:
            return _NEVER
        if supply >= 0:
            row = arrays.bills[0][child]
            return max(0, -self._plan.buckets.before(int(listed.rows[supply, DUE]), int(row[at.LEAD]), int(row[at.CALENDAR])))
        given = -1 - supply
        return max(0, int(arrays.supply[given, BUCKET]) - bucket) if given < len(arrays.supply) else 0

    def _late(self, material: str) -> Late:
        """What of a phantom's need cannot be met in time: its components, or theirs if they are phantoms, would be started in the past."""
        arrays, number = self._plan.arrays, self._number[material]
        _, line_from, lines = arrays.bills
        started = arrays.started[number]
        found: Late = {}

        def add(bucket: int, quantity: int, line: at.Ints, buckets: int) -> None:
            pieces = min(int(started[bucket]), -(-quantity * int(line[at.DENOMINATOR]) // int(line[at.NUMERATOR])))
            before, most = found.get(bucket, (0, 0))
            found[bucket] = max(before, pieces), max(most, buckets)

        for line in lines[line_from[number] : line_from[number + 1]]:
            child = int(line[at.CHILD])
            name = self._name(line)
            if self._plan.plant.materials.materials[name].phantom:
                each, of_each = int(line[at.NUMERATOR]), int(line[at.DENOMINATOR])
                for bucket, (pieces, buckets) in self._late(name).items():
                    add(bucket, min(pieces, -(-int(started[bucket]) * each // of_each)), line, buckets)
                continue
            of_bucket: dict[int, tuple[int, int]] = {}
            for late, bucket, quantity in self._pegs.get((child, number), ()):
                if late:
                    before, most = of_bucket.get(bucket, (0, 0))
                    of_bucket[bucket] = before + quantity, max(most, late)
            for bucket, (quantity, buckets) in of_bucket.items():
                add(bucket, quantity, line, buckets)
        return found


def _takes(it: Alternative, pieces: int) -> tuple[tuple[str, int], ...]:
    """What an alternative takes of its components for so many pieces."""
    return tuple((component, -(-pieces * each.numerator // each.denominator)) for component, each in it.components)
