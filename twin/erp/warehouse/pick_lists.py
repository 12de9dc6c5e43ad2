"""Pick lists: what shall be taken from which bin for which customer order, in waves, and what was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import takewhile

from twin.model.calendars import days_apart
from twin.model.events import PickListReleased
from twin.model.floor.words import DAY_MIN
from twin.model.measures import DURATION_UNITS_US

Line = tuple[str, str, str, int]
"""Bin, material, lot, quantity."""


@dataclass(slots=True, kw_only=True)
class PickLine:
    """So much of a lot in a bin, of which some is picked."""

    bin: str
    material: str
    lot: str
    quantity: int
    picked: int = 0

    @property
    def open_quantity(self) -> int:
        return self.quantity - self.picked


@dataclass(slots=True, kw_only=True)
class PickList:
    """What shall be picked for one customer order."""

    pick_list: str
    wave: str
    order: str
    released_us: int
    lines: list[PickLine]
    standing: str = "released"  # "picked", "shipped", "cancelled"
    ended_us: int | None = None  # when it was shipped or cancelled
    reason: str = ""  # for which it was cancelled
    picked: dict[str, int] = field(default_factory=dict)  # quantity by lot that waits for its customer

    @property
    def open_quantity(self) -> int:
        return sum(line.open_quantity for line in self.lines)


class PickLists:
    """All pick lists by id, and the one that is open for each order."""

    def __init__(self) -> None:
        self.all: dict[str, PickList] = {}
        self.open: dict[str, str] = {}  # order -> pick list that is released or picked
        self.wave_us: int | None = None  # the time of day of the last wave; None: none yet
        self.wave_count = 0

    def release(self, event: PickListReleased) -> PickList:
        lines = [PickLine(bin=it[0], material=it[1], lot=it[2], quantity=it[3]) for it in event.lines]
        made = PickList(pick_list=event.pick_list, wave=event.wave, order=event.order, released_us=event.effective_us, lines=lines)
        self.all[event.pick_list] = made
        self.open[event.order] = event.pick_list
        return made

    def end(self, pick_list: PickList, standing: str, at_us: int, reason: str = "") -> None:
        """It is shipped or cancelled."""
        pick_list.standing, pick_list.ended_us, pick_list.reason = standing, at_us, reason
        self.open.pop(pick_list.order, None)

    def picked(self) -> dict[str, list[tuple[str, int]]]:
        """Customer orders of which all that was to be picked is, with its lots."""
        lists = ((order, self.all[name]) for order, name in self.open.items())
        return {order: [lot for lot in it.picked.items() if lot[1]] for order, it in lists if it.standing == "picked"}


def last_wave_us(waves: Iterable[int], now_us: int, time_zone: str) -> int:
    """The latest instant up to `now_us` at which one of these local times of day (minutes after midnight) was."""
    begin_us = now_us - 2 * DURATION_UNITS_US["d"]
    return max(
        at_us for minute in waves for at_us in takewhile(lambda it: it <= now_us, days_apart(1, minute % DAY_MIN, begin_us, time_zone))
    )
