"""A promise where bills leave a choice: what an alternative would bring forward is made of it.

One choice after the other, from the product down: an alternative is taken where the promise is earlier with it, by whichever is the
earliest with it; then the next choice is looked at, with that taken. So what is promised is never later than without, and not always the
earliest of all combinations, whose number doubles with each choice.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from twin.erp.capacity_plan.promise import Answer, Promising
from twin.erp.material_plan.alternates.places import Alternative, Place
from twin.kernels.material_plan import columns
from twin.kernels.material_plan import promising as at
from twin.kernels.material_plan.columns import Ints
from twin.kernels.material_plan.promising import Network
from twin.kernels.material_plan.timelines import NEVER

if TYPE_CHECKING:
    from twin.erp.capacity_plan.capacity_plan import CapacityPlan

Taken = Mapping[str, tuple[Place, Alternative]]
"""By the name of a place: what is taken there in place of what is preferred."""


def asked(plan: CapacityPlan, promising: Promising, number: int, quantity: int) -> tuple[Promising, Answer, tuple[str, ...]]:
    """The answer with the alternatives that bring it forward, who gave it, and which they are, in words."""
    best, answer = promising, promising.ask(number, quantity)
    taken: dict[str, tuple[Place, Alternative]] = {}
    today = plan.plan.buckets.day_of(0)
    for place in (it for level in plan.plan.levels for it in level):
        if not _is_made(answer, plan.number_of[place.name]):
            continue
        for alternative in (it for it in place.alternatives if it.when.holds(today)):
            tried = {**taken, place.name: (place, alternative)}
            other = with_alternatives(plan, promising, tried)
            sooner = other.ask(number, quantity)
            if _when(sooner) < _when(answer):
                best, answer, taken = other, sooner, tried
    return best, answer, tuple(_said(*it) for it in taken.values())


def with_alternatives(plan: CapacityPlan, promising: Promising, taken: Taken) -> Promising:
    """The same state, in which some places are made of alternatives."""
    network = _network(promising.network, plan.number_of, taken)
    return Promising(promising.material_at, network, promising.floor, promising.busy, promising.now_us, promising.flow)


def _is_made(answer: Answer, number: int) -> bool:
    return bool(((answer.nodes[:, at.NUMBER] == number) & (answer.nodes[:, at.MADE] > 0)).any())


def _when(answer: Answer) -> int:
    return NEVER if answer.at_us is None else answer.at_us


def _said(place: Place, alternative: Alternative) -> str:
    if place.kind == "bill":
        return f"{place.parent} is made by its bill '{alternative.name}'"
    return f"{place.parent} uses {alternative.name} in place of {place.about}"


def _network(network: Network, number_of: Mapping[str, int], taken: Taken) -> Network:
    """The same bills, but for those of the places."""
    parents: Ints = np.repeat(np.arange(len(network.line_from) - 1), np.diff(network.line_from))
    others = ~np.isin(parents, [number_of[name] for name in taken])
    rows, of_rows = [network.lines[others]], [parents[others]]
    for name, (_, alternative) in taken.items():
        line = np.zeros((len(alternative.components), columns.LINE_WIDTH), np.int64)
        for n, (component, each) in enumerate(alternative.components):
            line[n, columns.CHILD], line[n, columns.NUMERATOR], line[n, columns.DENOMINATOR] = (
                number_of[component], each.numerator, each.denominator,
            )  # fmt: skip
        rows.append(line)
        of_rows.append(np.full(len(line), number_of[name]))
    whole = np.concatenate(of_rows)
    order = np.argsort(whole, kind="stable")
    counts = np.bincount(whole, minlength=len(network.line_from) - 1)
    line_from = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    return network._replace(lines=np.ascontiguousarray(np.concatenate(rows)[order]), line_from=line_from)
