"""How much of a need each alternative takes over: its share, or, where the first cannot be there in time, what is free of it or can be."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from twin.erp.material_plan.alternates.places import Alternative, Place
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan.pegging import NOTHING

if TYPE_CHECKING:
    from twin.erp.material_plan.plan import MaterialPlan

ALTERNATE = "alternate"
"""The kind of a row of a plan that says: so much of the need of a place is met by an alternative."""

Late = dict[int, tuple[int, int]]
"""Of a need by bucket: so many pieces come too late, and at most by so many buckets (0: nobody can say when they come)."""


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
        self.found: list[Substitution] = []

    def choose(self) -> list[Substitution]:
        """All of it; the plan is planned with it afterwards."""
        for places in self._plan.levels:
            for of_level in (self._shares, self._when_short):
                self._free: dict[str, list[int]] = {}
                gross = self._plan.arrays.gross
                known = len(self.found)
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
                pieces = min(short, self._possible(it, bucket))
                if pieces:
                    by = f"{buckets} bucket{'s' if buckets != 1 else ''} too late" if buckets else "missing"
                    what = "its bill" if place.kind == "bill" else place.about
                    self._take(place, it, bucket, pieces, f"{what} is short: {short} would be {by}")
                    late[bucket] = short - pieces, buckets

    def _take(self, place: Place, it: Alternative, bucket: int, pieces: int, why: str) -> None:
        takes = tuple((component, -(-pieces * each.numerator // each.denominator)) for component, each in it.components)
        for component, quantity in takes:
            free = self._free_of(component)
            for later in range(bucket, len(free)):
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

    def _possible(self, it: Alternative, bucket: int) -> int:
        """How many pieces of a place it can stand in for in time: of what nobody needs, or made or bought anew."""
        most = at.MILLION**2
        for component, each in it.components:
            row, buckets = self._plan.arrays.bills[0][self._number[component]], self._plan.buckets
            lead, calendar, safety_time = int(row[at.LEAD]), int(row[at.CALENDAR]), int(row[at.SAFETY_TIME])
            due = buckets.before(bucket, safety_time, calendar)
            if due >= int(row[at.FENCE]) and buckets.before(due, lead, calendar) >= 0:
                continue
            free = min(self._free_of(component)[bucket:])
            most = min(most, max(0, free) * each.denominator // each.numerator)
        return most

    def _late(self, material: str) -> Late:
        """What of a phantom's need cannot be met in time: its components, or theirs if they are phantoms, would be started in the past."""
        arrays, number = self._plan.arrays, self._number[material]
        materials, line_from, lines = arrays.bills
        listed = arrays.orders()
        started = arrays.started[number]
        found: Late = {}

        def add(bucket: int, quantity: int, line: at.Ints, buckets: int) -> None:
            pieces = min(int(started[bucket]), -(-quantity * int(line[at.DENOMINATOR]) // int(line[at.NUMERATOR])))
            before, most = found.get(bucket, (0, 0))
            found[bucket] = max(before, pieces), max(most, buckets)

        for line in lines[line_from[number] : line_from[number + 1]]:
            child = int(line[at.CHILD])
            name = self._plan.task.names[int(arrays.material_at[child])]
            if self._plan.plant.materials.materials[name].phantom:
                each, of_each = int(line[at.NUMERATOR]), int(line[at.DENOMINATOR])
                for bucket, (pieces, buckets) in self._late(name).items():
                    add(bucket, min(pieces, -(-int(started[bucket]) * each // of_each)), line, buckets)
                continue
            pegs = arrays.pegs(listed, np.array([child]))
            of_bucket: dict[int, tuple[int, int]] = {}
            for supply, demand, quantity in zip(pegs.supply.tolist(), pegs.demand.tolist(), pegs.quantity.tolist(), strict=True):
                if demand < 0 or listed.rows[demand, 0] != number:
                    continue
                due = int(listed.rows[supply, 1]) if supply >= 0 else 0
                start = self._plan.buckets.before(due, int(materials[child, at.LEAD]), int(materials[child, at.CALENDAR]))
                if supply == NOTHING or (supply >= 0 and start < 0):
                    bucket = int(listed.rows[demand, 2])
                    before, most = of_bucket.get(bucket, (0, 0))
                    of_bucket[bucket] = before + quantity, max(most, 0 if supply == NOTHING else -start)
            for bucket, (quantity, buckets) in of_bucket.items():
                add(bucket, quantity, line, buckets)
        return found
