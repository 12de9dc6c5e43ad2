"""Everything that Python calls of the floor, so that it can be compiled at one go before a plant is played."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.kernels.floor import commanding
from twin.kernels.floor.advancing import advance_at, begin_at
from twin.kernels.floor.flow.found import find_lot, put_lot
from twin.kernels.floor.redrawing import redraw_at

ENTRIES: tuple[Callable[..., Any], ...] = (
    advance_at,
    begin_at,
    redraw_at,
    find_lot,
    put_lot,
    commanding.begin_lot,
    commanding.start_job,
    commanding.order_stop,
    commanding.take_up_again,
    commanding.end_job,
    commanding.await_delivery,
    commanding.needed_setup_us,
    commanding.change_rule,
)
