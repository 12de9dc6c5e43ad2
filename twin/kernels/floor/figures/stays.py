"""How long pieces stay in the plant: their sum, the longest, and how many stayed how long."""

from __future__ import annotations

import numpy as np

from twin.kernels.compiling import inlined
from twin.kernels.floor.rows import figure_rows as of
from twin.kernels.floor.rows.plant_rows import Ints

_ONE_US = 1023 << of.BUCKET_BITS  # of a float64: the exponent of 1.0 and no bits after it


@inlined
def _bucket(stay_us: int) -> int:
    """Where a stay (>= 0) is counted: 0 alone in 0, then by the first bits of its float64."""
    bits = int(np.float64(stay_us).view(np.int64))
    return max(0, (bits >> (52 - of.BUCKET_BITS)) - _ONE_US + 1)


@inlined
def count_stay(figures: Ints, stay_us: int, pieces: int) -> None:
    """So many pieces have left the plant, after so long."""
    figures[of.PIECES_DONE] += pieces
    figures[of.STAY_LOW] += (stay_us & 0xFFFFFFFF) * pieces
    figures[of.STAY_HIGH] += (stay_us >> 32) * pieces
    figures[of.LONGEST_STAY] = max(figures[of.LONGEST_STAY], stay_us)
    figures[figures[of.STAYS_AT] + _bucket(stay_us)] += pieces


def begin_us(bucket: int) -> float:
    """The shortest stay that is counted in a bucket, us."""
    return float(np.int64((bucket - 1 + _ONE_US) << (52 - of.BUCKET_BITS)).view(np.float64)) if bucket else 0.0
