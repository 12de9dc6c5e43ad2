"""Everything that Python calls of the floor, so that it can be compiled at one go before a plant is played."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.kernels.floor import commanding
from twin.kernels.floor.advancing import advance_at, begin_at
from twin.kernels.floor.flow.found import find_lot, put_lot
from twin.kernels.floor.redrawing import redraw_at

PREPARING: tuple[Callable[..., Any], ...] = (
    begin_at,
    redraw_at,
    find_lot,
    put_lot,
    commanding.begin_lot,
    commanding.start_job,
    commanding.order_stop,
    commanding.take_up_again,
    commanding.end_job,
    commanding.take_out,
    commanding.go_on_as,
    commanding.await_delivery,
    commanding.needed_setup_us,
    commanding.change_rule,
)
"""What is needed for every plant; what plays it is `advancing.advance_at`, of the full build or of the lean one."""

ENTRIES = (advance_at, *PREPARING)
"""The full build, which can play all plants."""
