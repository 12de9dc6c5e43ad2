"""How long lots may wait for an operation, and which lots it is done to: what makes no sense."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, Place, listed


def _finding(path: KeyPath, what: str, allowed: str, *rests_on: Place) -> Finding:
    return Finding(document="plant", path=path, what=what, allowed=allowed, rests_on=rests_on)


def samples_by_count(plant: Plant) -> Iterator[Finding]:
    """Every n-th lot, or a share; not of the first operation, which takes the bill, nor of one whose unit is asked for later."""
    for material, routing in plant.layout.routings.items():
        for place, (operation, it) in enumerate(routing.items()):
            at_every: KeyPath = ("routings", material, operation, "sample_every")
            own: Place = ("plant", "routings", material)
            if it.sample_every is None:
                continue
            if it.sample < 1:
                what = f"this operation is done to a share of the lots, {it.sample:g}, and to one in {it.sample_every} by count"
                yield _finding(at_every, what, "sample or sample_every", (*own, operation, "sample"))
            if place == 0:
                what = f"'{operation}' is the first operation of '{material}', which takes its bill from stock: all lots go through it"
                yield _finding(at_every, what, "a later operation", own)
            if any(other.same_unit_as == operation for other in routing.values()):
                what = f"lots that pass '{operation}' over have no unit for an operation with same_unit_as: {operation}"
                yield _finding(at_every, what, "no sample_every", own)


def queue_limits(plant: Plant) -> Iterator[Finding]:
    """A wait begins with the end of an earlier operation; what goes back for it comes through that operation again."""
    for material, routing in plant.layout.routings.items():
        steps = list(routing)
        for operation, it in routing.items():
            limit = it.queue_limit
            if limit is None or limit.after not in routing:
                continue
            at_limit: KeyPath = ("routings", material, operation, "queue_limit")
            own: Place = ("plant", "routings", material)
            before = steps[: steps.index(operation)]
            if limit.after not in before:
                yield _finding((*at_limit, "after"), f"'{limit.after}' is not before '{operation}'", listed(before), own)
                continue
            up_to = steps[: steps.index(limit.after) + 1]
            if limit.then == "rework" and limit.rework_to is None:
                what = "lots that waited too long need rework_to, the operation they go back to"
                yield _finding((*at_limit, "then"), what, listed(up_to), ("plant", *at_limit, "rework_to"))
            if limit.then != "rework" and limit.rework_to is not None:
                what = f"nothing goes back where then is '{limit.then}'"
                yield _finding((*at_limit, "rework_to"), what, "then: rework", ("plant", *at_limit, "then"))
            elif limit.rework_to is not None and limit.rework_to in routing and limit.rework_to not in up_to:
                what = f"'{limit.rework_to}' is behind '{limit.after}', so lots that go back there would be too late again"
                yield _finding((*at_limit, "rework_to"), what, listed(up_to), own, ("plant", *at_limit, "after"))
