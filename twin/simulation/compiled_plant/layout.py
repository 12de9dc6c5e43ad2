"""What a plant laid out is made of: its arrays, and where the host finds things in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from twin.model.calendars import WorkTime
from twin.simulation.shop_floor.routing import Step

Control = Literal["commands", "rule", "planned"]
"""Who decides: whoever sends commands; the rules, for lots alone; or the rules, for Level 3 and Level 4."""

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(slots=True, kw_only=True)
class Layout:
    """The arrays of a plant, and where the host finds things in them."""

    plant: Ints
    plan: Ints
    numbers: Floats
    equipment: dict[str, int]  # addresses
    steps: dict[int, Step]  # by address
    step_at: dict[tuple[str, str], int]  # address by material and operation
    families: dict[str | None, int]
    watches: dict[str, int]  # addresses by calendar
    fixed_timers: int  # those of equipment, causes, calendars, orders, streams and the clock


class Tables:
    """`plan` and `numbers` while they are laid out, or laid out further: they grow at their ends."""

    def __init__(self, plan: list[int], numbers: list[float]) -> None:
        self.plan, self.numbers = plan, numbers

    def in_plan(self, values: Iterable[int]) -> int:
        """Values somewhere in `plan`; their address."""
        address = len(self.plan)
        self.plan += values
        return address

    def in_numbers(self, values: Iterable[float]) -> int:
        """Values somewhere in `numbers`; their place."""
        place = len(self.numbers)
        self.numbers += values
        return place


def signed(word: int) -> int:
    """64 bits as int64."""
    return word - 2**64 if word >= 2**63 else word


def bounds_of(work_time: WorkTime, start_us: int, end_us: int) -> list[int]:
    """When a calendar opens (1) and closes (0) later than `start_us` and before `end_us`: instant and which, one after the other."""
    bounds, bound_us = list[int](), start_us
    while (following := work_time.next_bound_us(bound_us)) is not None and following < end_us:
        bound_us = following
        bounds += [bound_us, int(work_time.works_at(bound_us))]
    return bounds
