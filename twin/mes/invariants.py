"""Invariants: that states tile time, and that no piece of material is lost, looked at after every batch.

The figures here are formed apart from the code that is checked: intervals are compared with one another, stock with the movements
written down, what left production with the pieces that the floor has reported. Each check goes on from the one before, and looks at
what has closed, moved or been spoken of since; so it costs as much as the batch, however long the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from twin.mes.equipment import Equipment, EquipmentRecord
from twin.mes.execution import Execution
from twin.mes.tracking.tracking import Tracking
from twin.model.events import LotMerged, LotSplit, OperationsEvent
from twin.model.events.genealogy import LotMergedInProcess
from twin.model.states import MaterialUse

_OF_TWO_LOTS = (LotSplit, LotMerged, LotMergedInProcess)


class Invariants:
    """Remembers how far it has looked; changes nothing of what it looks at."""

    def __init__(self, equipment: Equipment, execution: Execution, tracking: Tracking) -> None:
        self._equipment, self._execution, self._tracking = equipment, execution, tracking
        self._tiled: dict[str, tuple[int, int]] = {}  # equipment -> closed intervals looked at, late reports known then
        self._movement_count = 0  # looked at
        self._moved: Counter[str] = Counter()  # by lot: sum of its movements
        self._produced: Counter[str] = Counter()  # by lot: of these, what came out of production
        self._touched: dict[str, None] = {}  # lots that events have spoken of since the last check

    def note(self, event: OperationsEvent) -> None:
        """An event is about to change something of its lot."""
        if event.lot:
            self._touched[event.lot] = None
        if isinstance(event, _OF_TWO_LOTS):
            self._touched[event.from_lot] = None

    def violations(self, now_us: int) -> list[str]:
        """What does not hold of all that has happened since the last time this was asked; in words."""
        wrong = [line for record in self._equipment.records.values() for line in self._gaps(record, now_us)]
        touched, self._touched = self._touched, {}
        for movement in self._tracking.movements[self._movement_count :]:
            self._moved[movement.lot] += movement.quantity
            self._produced[movement.lot] += movement.quantity if movement.use == MaterialUse.PRODUCED else 0
            touched[movement.lot] = None
        self._movement_count = len(self._tracking.movements)
        return wrong + self._imbalances(touched)

    def audit(self) -> list[str]:
        """The balance of every lot again. Ask for `violations` first."""
        return self._imbalances(self._tracking.lots)

    # Inside

    def _gaps(self, record: EquipmentRecord, now_us: int) -> list[str]:
        """Closed intervals since the last check, each of which must begin where the one before ends; all, if a late one was cut in."""
        if record.first_us < 0:
            return []
        name, wrong = record.equipment, []
        seen_count, cut_count = self._tiled.get(name, (0, 0))
        if cut_count != record.cut_count:
            seen_count = 0
        at_us = record.intervals[seen_count - 1].end_us if seen_count else record.first_us
        for interval in record.intervals[seen_count:]:
            if interval.start_us != at_us or interval.end_us <= interval.start_us:
                wrong.append(f"{name}: the interval at {interval.start_us} does not begin where the one before it ends ({at_us})")
            at_us = interval.end_us
        if at_us != record.since_us:
            wrong.append(f"{name}: its state intervals leave a gap or overlap between {at_us} and {record.since_us}")
        if record.since_us > now_us:
            wrong.append(f"{name}: its state begins at {record.since_us}, after now ({now_us})")
        self._tiled[name] = len(record.intervals), record.cut_count
        return wrong

    def _imbalances(self, lots: Iterable[str]) -> list[str]:
        """Lots of which in is not out + scrap + on hand + in process."""
        wrong = []
        for lot_id in lots:
            lot = self._tracking.lots.get(lot_id)
            if lot is None:
                continue
            if lot.on_hand != self._moved[lot_id]:
                wrong.append(f"lot {lot_id}: {lot.on_hand} on hand, but its movements sum to {self._moved[lot_id]}")
            there = self._execution.pieces_of(lot_id) if lot.begun else None
            if there is None:
                continue
            came = lot.quantity + lot.merged_in - lot.merged_out
            if came != self._produced[lot_id] + lot.scrapped + lot.split_off + there:
                wrong.append(
                    f"lot {lot_id}: {came} went in, but {self._produced[lot_id]} were produced, {lot.scrapped} scrapped, "
                    f"{lot.split_off} split off, and its job orders have {there}"
                )
        return wrong
