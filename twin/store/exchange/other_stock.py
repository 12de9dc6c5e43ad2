"""Stock of another warehouse as events of this plant: each lot is counted as it says, and held or free as it says."""

from __future__ import annotations

from collections.abc import Collection

from twin.model.events import LotDispositionChanged, StockCounted
from twin.model.exchange import nouns
from twin.model.exchange.bounds import out_of_bounds
from twin.model.exchange.properties import Told
from twin.model.plant import Plant
from twin.model.problems import listed

RESTRICTED, UNRESTRICTED = "Restricted", "UnRestricted"
NOT_THERE = ("Planned", "Closed")
"""Dispositions of lots of which nothing lies anywhere: not yet, or not any more."""


class OtherStock:
    """What one message says of lots.

    Parameters
    ----------
    sender : who holds what the message says to be restricted
    held : lots that this sender holds up to now; of others it says nothing new where it says that they are free
    """

    def __init__(self, plant: Plant, now_us: int, sender: str, held: Collection[str]) -> None:
        self._materials, self._now_us = plant.materials.materials, now_us
        self._sender, self._held = sender, set(held)

    def told_by(self, it: nouns.MaterialInformation) -> tuple[list[Told], list[str]]:
        """Events, and what is wrong with the message. A hold comes before the count, or who waits for the material would have it first."""
        found, wrong = [], []
        at_us = it.published_date if it.published_date is not None else self._now_us
        for n, lot in enumerate(it.material_lot):
            wrong += [f"MaterialLot/{n}{problem}" for problem in self._problems(lot, at_us)]
            counted = StockCounted(
                effective_us=at_us, lot=lot.id, material=lot.material_definition_id, quantity=lot.quantity.quantity_string
            )
            found += [Told(sequence=0, event=event) for event in (*self._disposition(lot, at_us), counted)]
        return found, wrong

    def _problems(self, lot: nouns.MaterialLot, at_us: int) -> list[str]:
        quantity = lot.quantity.quantity_string
        wrong = [f": {beyond}" for beyond in out_of_bounds({"quantity": quantity, "effective_us": at_us})]
        if lot.material_definition_id not in self._materials:
            wrong.append(f": the plant has no material '{lot.material_definition_id}'; allowed: {listed(self._materials)}")
        if lot.disposition in NOT_THERE and quantity:
            what = f"/Disposition: {quantity} of lot '{lot.id}' are there, and it is {lot.disposition}"
            wrong.append(f"{what}; allowed: Restricted, UnRestricted, In-Process, or a quantity of 0")
        return wrong

    def _disposition(self, lot: nouns.MaterialLot, at_us: int) -> list[LotDispositionChanged]:
        is_held = lot.disposition == RESTRICTED
        if not is_held and lot.id not in self._held:
            return []
        said = (it.value.value_string for it in lot.material_lot_property if is_held and it.id == nouns.HOLD_REASON)
        reason = next(said, "") or f"{'held' if is_held else 'released'} by {self._sender}"
        self._held = self._held | {lot.id} if is_held else self._held - {lot.id}
        return [
            LotDispositionChanged(
                effective_us=at_us, lot=lot.id, material=lot.material_definition_id, reason=reason, sender=self._sender,
                disposition=RESTRICTED if is_held else UNRESTRICTED,
            )
        ]  # fmt: skip
