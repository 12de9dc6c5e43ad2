"""What must hold of lots, reckoned again from single movements, claims and links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from twin.mes.tracking.genealogy import Genealogy
from twin.mes.tracking.lots import MERGED, Lot, Movement
from twin.model.materials import Each, needed
from twin.model.states import MaterialUse


def unsummed(stock: Mapping[str, Mapping[str, Lot]], moved: Mapping[str, int], all_claims: Mapping[str, int]) -> list[str]:
    """Materials whose lots in stock are not the sum of their movements, or of which less is there than is claimed; in words."""
    wrong = []
    for material, lots in stock.items():
        on_hand = claimed = 0
        for lot in lots.values():
            on_hand, claimed = on_hand + lot.on_hand, claimed + lot.claimed
            if lot.on_hand < 0 or not 0 <= lot.claimed <= lot.on_hand:
                wrong.append(f"lot {lot.lot}: {lot.on_hand} on hand, of which {lot.claimed} claimed")
        if on_hand != moved.get(material, 0):
            wrong.append(f"{material}: {on_hand} on hand, but its movements sum to {moved.get(material, 0)}")
        if claimed != all_claims.get(material, 0):
            wrong.append(f"{material}: its lots are claimed for {claimed}, but all claims sum to {all_claims.get(material, 0)}")
    return wrong


def unbalanced(
    lots: Mapping[str, Lot], movements: Iterable[Movement], genealogy: Genealogy, bill: Callable[[str, str], Mapping[str, Each]],
    owed: Mapping[str, int],
) -> list[str]:  # fmt: skip
    """Lots that do not balance, and materials of which another quantity was consumed or is `owed` than bills asked for; in words.

    `bill`: what goes into one piece of a material, as a lot.
    """
    moved: defaultdict[str, int] = defaultdict(int)
    gone: defaultdict[str, int] = defaultdict(int)
    merged: defaultdict[str, int] = defaultdict(int)
    for movement in movements:
        moved[movement.lot] += movement.quantity
        gone[movement.lot] -= movement.quantity if movement.use == MaterialUse.CONSUMED else 0
        merged[movement.lot] -= movement.quantity if movement.use == MERGED and movement.quantity < 0 else 0
    wrong = [f"lot {it.lot}: {it.on_hand} on hand, movements {moved[it.lot]}" for it in lots.values() if it.on_hand != moved[it.lot]]
    wrong += [f"lot {it.lot}: {it.in_process} in process" for it in lots.values() if it.in_process < 0]
    asked: defaultdict[str, int] = defaultdict(int)
    for lot in lots.values():
        linked = genealogy.gone(lot.lot)
        merged[lot.lot] += lot.merged_out
        if linked != gone[lot.lot] + merged[lot.lot] + lot.split_off:
            ways = f"{gone[lot.lot]} were consumed, {merged[lot.lot]} merged and {lot.split_off} split off"
            wrong.append(f"lot {lot.lot}: {linked} went into others, but {ways}")
        for material, each in bill(lot.material, lot.lot).items() if lot.billed else ():
            asked[material] += needed(each, lot.billed)
    consumed: defaultdict[str, int] = defaultdict(int)
    for lot_id, quantity in gone.items():
        consumed[lots[lot_id].material] += quantity
    for material, quantity in asked.items():
        there = owed.get(material, 0)
        if quantity > consumed[material] + there:  # more may be reported by hand
            wrong.append(f"{material}: bills asked for {quantity}, {consumed[material]} consumed, {there} claimed or owed")
    return wrong
