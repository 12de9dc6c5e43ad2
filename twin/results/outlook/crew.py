"""Who attends to what in a play of the floor: one person at one unit at a time, until nobody is needed there any more or the shift ends."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from twin.results.outlook.ahead import JobAhead, PersonAhead, UnitAhead


@dataclass(slots=True, kw_only=True, eq=False)
class _Attended:
    unit: UnitAhead
    personnel_class: str | None
    left_us: int
    done: Callable[[int], None]
    person: PersonAhead | None = None  # who was there


class Crew:
    """The persons of a plant.

    Parameters
    ----------
    at : has something done at an instant (us)
    """

    def __init__(self, persons: Sequence[PersonAhead], at: Callable[[int, Callable[[int], None]], None]) -> None:
        self._persons, self._at = persons, at
        self._left_alone: list[_Attended] = []

    def is_free(self, personnel_class: str | None, now_us: int) -> bool:
        """Whether somebody of a class is on shift and at no unit."""
        return self._free(personnel_class, now_us) is not None

    def attend(self, unit: UnitAhead, job: JobAhead, need_us: int, done: Callable[[int], None], now_us: int) -> None:
        """Somebody is at the unit for so much of its working time. Where nobody can be, after a break or a shift, it stands still.

        `done` is called with the instant at which nobody is needed there any more.
        """
        wanted, who = job.step.personnel_class, next((it for it in self._persons if it.name == job.person), None)
        one = _Attended(unit=unit, personnel_class=wanted, left_us=need_us, done=done, person=who)
        if not self._goes_on(one, now_us):
            self._left_alone.append(one)

    def go_on(self, now_us: int) -> None:
        """Who was at a unit comes back to it, else whoever is free: before anything new begins, units in declared order (`Dispatching`)."""
        waiting = sorted(self._left_alone, key=lambda it: it.unit.place)
        self._left_alone = [it for it in waiting if not self._goes_on(it, now_us)]

    def _goes_on(self, one: _Attended, now_us: int) -> bool:
        person = self._free(one.personnel_class, now_us, one.person) if one.unit.hours.is_open(now_us) else None
        if person is None:
            return False
        end_us = now_us + one.left_us
        until_us = min(it.closes_us(now_us) or end_us for it in (person.hours, one.unit.hours))
        one.person, person.free_us = person, min(end_us, until_us)
        if end_us <= until_us:
            self._at(end_us, one.done)
        else:
            one.left_us = end_us - until_us
            self._at(until_us, lambda _: self._left_alone.append(one))
        return True

    def _free(self, personnel_class: str | None, now_us: int, preferred: PersonAhead | None = None) -> PersonAhead | None:
        able = [it for it in self._persons if it.free_us <= now_us and personnel_class in it.classes and it.hours.is_open(now_us)]
        return preferred if preferred in able else able[0] if able else None
