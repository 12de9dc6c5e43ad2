"""When what is on order is really there: not before it is made of components that are there, nor at once because it is overdue."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from twin.erp.material_plan.position import PURCHASE_ORDER, OnOrder, Position

Supply = list[tuple[int, int]]
"""Instants and what comes then of one material."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worked:
    """When finite loading has an open order begun and done; `done_us` None: not within the hours that are known."""

    start_us: int
    done_us: int | None


def coming_us(
    position: Position, worked: Mapping[str, Worked], lead_us: Callable[[str], int], material_at: Sequence[str], *, never_us: int
) -> dict[str, int]:
    """By order, when it brings what it is for: when it is due, and never before that can be.

    Parameters
    ----------
    worked : of orders that load equipment; what loads none takes its lead time
    material_at : materials by low-level code: what something is made of stands after it
    never_us : for what is not done within the hours that are known

    Notes
    -----
    What is overdue and bought comes within its supplier's lead time, for nobody knows better until its date is agreed anew. What is made
    begins once its components are there: stock first, then what is on order, shared out in the order in which it is wanted.
    """
    found: dict[str, int] = {}
    made_of: dict[str, list[OnOrder]] = {}
    takers: dict[str, list[tuple[int, str, int]]] = {}
    for it in position.on_order:
        made_of.setdefault(it.material, []).append(it)
        for component, quantity in it.components or ():
            takers.setdefault(component, []).append((it.start_us or position.now_us, it.order, quantity))
    for wish in position.wishes:
        takers.setdefault(wish.material, []).append((wish.due_us, "", wish.quantity))
    there_us: dict[str, int] = {}  # by order, when the last of its components is there
    for material in reversed(material_at):
        supply: Supply = [(position.now_us, max(0, position.on_hand.get(material, 0)))]
        for it in made_of.get(material, ()):
            found[it.order] = _comes_us(it, worked.get(it.order), there_us.get(it.order, 0), position.now_us, lead_us(material), never_us)
            supply.append((found[it.order], it.quantity))
        for order, at_us in _shared(supply, takers.get(material, []), position.now_us + lead_us(material)).items():
            there_us[order] = max(there_us.get(order, 0), at_us)
    return found


def _comes_us(it: OnOrder, worked: Worked | None, there_us: int, now_us: int, lead_us: int, never_us: int) -> int:
    """When an order is done whose components are there at `there_us`."""
    if it.kind == PURCHASE_ORDER or worked is None:
        done_us = max(now_us, there_us) + lead_us
        return it.due_us if it.due_us >= max(now_us, there_us) else done_us
    done_us = never_us if worked.done_us is None else worked.done_us
    return max(it.due_us, done_us + max(0, there_us - worked.start_us))


def _shared(supply: Supply, takers: list[tuple[int, str, int]], else_us: int) -> dict[str, int]:
    """By order that takes it, when there is enough of a material for it and for all who want it before; `else_us`: none is on order."""
    supply.sort()
    sums = list(accumulate(quantity for _, quantity in supply))
    taken, found = 0, dict[str, int]()
    for _, order, quantity in sorted(takers):
        taken += quantity
        place = bisect_left(sums, taken)
        at_us = supply[place][0] if place < len(sums) else max(else_us, supply[-1][0])
        if order:
            found[order] = max(found.get(order, 0), at_us)
    return found
