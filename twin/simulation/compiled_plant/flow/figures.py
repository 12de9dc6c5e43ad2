"""What a run is asked for that nobody wants to look into: how long pieces stayed, what equipment made, and where its time went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from twin.kernels.floor.figures.stays import begin_us
from twin.kernels.floor.rows import figure_rows as of


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentFlow:
    """One piece of equipment: the pieces that it has counted, and how long it was in which state."""

    good: int
    scrap: int
    rework: int
    times_us: Mapping[tuple[str, str], int]  # by PackML state and reason; together the whole run

    @property
    def worked_us(self) -> int:
        """In Execute, us."""
        return self.times_us.get(("EXECUTE", ""), 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowFigures:
    """The figures of a run in which rules decide for lots alone, and of which nothing else was kept.

    A piece has stayed from when its order came until its last operation has counted it as good. Pieces of lots that were found at the
    start were never ordered, and do not count.
    """

    from_us: int
    to_us: int
    order_count: int
    piece_count: int
    stay_us: int  # of all these pieces together
    longest_stay_us: int
    stays: tuple[tuple[int, int], ...]  # pieces by how long they stayed: bucket and count
    equipment: Mapping[str, EquipmentFlow]
    deadlock: str = ""  # who waits for whom for ever at the end, in words
    why_by_events: str = field(default="", compare=False)  # what keeps lots from taking their turn; "": they did, and were reckoned

    @property
    def mean_stay_us(self) -> float:
        """Mean stay of a piece, us; 0 where none has left."""
        return self.stay_us / self.piece_count if self.piece_count else 0.0

    @property
    def pieces_per_h(self) -> float:
        """Good pieces that have left, per hour of the run."""
        return self.piece_count * 3.6e9 / (self.to_us - self.from_us)

    def stay_quantile_us(self, share: float) -> float:
        """How long `share` (0 to 1) of the pieces stayed at most, us, to 1 / 128 of it; 0 where none has left.

        Raises
        ------
        ValueError : a share that is none
        """
        if not 0.0 <= share <= 1.0:
            raise ValueError(f"share {share}: allowed: 0 to 1")
        wanted, before = share * self.piece_count, 0
        for bucket, count in self.stays:
            before += count
            if before >= wanted:
                return min((begin_us(bucket) + begin_us(bucket + 1)) / 2, float(self.longest_stay_us))
        return 0.0


def figures_of(
    found: NDArray[np.int64], from_us: int, to_us: int, equipment: Mapping[str, EquipmentFlow],
    *, deadlock: str = "", why_by_events: str = "",
) -> FlowFigures:  # fmt: skip
    """What kernels have added up, in words: `found` begins as `figure_rows` has it."""
    stays = found[found[of.STAYS_AT] :][: of.BUCKETS]
    return FlowFigures(
        from_us=from_us, to_us=to_us, order_count=int(found[of.ORDER_COUNT]), piece_count=int(found[of.PIECES_DONE]),
        stay_us=(int(found[of.STAY_HIGH]) << 32) + int(found[of.STAY_LOW]), longest_stay_us=int(found[of.LONGEST_STAY]),
        stays=tuple((int(n), int(stays[n])) for n in np.flatnonzero(stays)), equipment=equipment, deadlock=deadlock,
        why_by_events=why_by_events,
    )  # fmt: skip
