"""Lots that become one."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.entries import Entry
from twin.model.events.operations_event import OperationsEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class LotMergeRequested(Entry):
    """A person puts all that is in stock of `from_lots` together as `lot`: a new one, or one that is there already."""

    from_lots: tuple[str, ...]
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LotMerged(OperationsEvent):
    """`quantity` of `from_lot`, all of it that was in stock, goes on as `lot`."""

    from_lot: str
    material: str
    quantity: int
