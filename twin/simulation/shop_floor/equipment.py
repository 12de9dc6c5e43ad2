"""What all equipment shares: a PackML state that it reports, causes to stand still, an energy meter, work that can be interrupted."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import simpy

from twin.model.events import AlarmCleared, AlarmRaised, EnergyMetered, EquipmentStateChanged
from twin.model.plant import Power
from twin.model.states import WorkUnitState
from twin.simulation.clock import Life, PlantEnvironment
from twin.simulation.shop_floor.energy import EnergyMeter
from twin.simulation.shop_floor.failures import Cause, FailureMode
from twin.simulation.shop_floor.workforce import CalendarWatch

Stop = tuple[WorkUnitState, str]
"""Held or Suspended, and the reason."""

BREAK_OFF = "break off"  # cause of the interrupt that ends a job before its time


class BrokenOff(Exception):
    """The work will not go on."""


class Equipment:
    """A work unit, a station or a line: its id, its place in the declared order, its state."""

    def __init__(self, env: PlantEnvironment, name: str, place: int, power: Power) -> None:
        self._env, self.name, self.place = env, name, place
        self._meter = EnergyMeter(power, env.now_us)
        self.state = WorkUnitState.UNKNOWN
        self._told = (WorkUnitState.UNKNOWN, "", "", "")
        self.calendar: CalendarWatch | None = None
        self._causes: list[Cause] = []
        self._wearing: list[FailureMode] = []
        self._alarmed: list[Cause] = []
        self.stop: Stop | None = None  # as the last settle phase found it
        self._process: simpy.Process | None = None
        self._is_at_work = False
        self._go: simpy.Event | None = None

    @property
    def whole(self) -> Equipment:
        """What is settled when this has something to settle."""
        return self

    @property
    def after_maintenance(self) -> simpy.Event | None:
        """What happens when the maintenance that goes on is over; None: none goes on."""
        return None

    @property
    def is_down_apart(self) -> bool:
        """Whether it is down by something that does not go on beside maintenance."""
        return any(cause.is_down and isinstance(cause, FailureMode) and cause.keeps_apart for cause in self._causes)

    def add_cause(self, cause: Cause) -> None:
        """Something that can bring it down; the order of adding is the order of alarms at one instant."""
        self._causes.append(cause)
        if isinstance(cause, FailureMode) and cause.wears:
            self._wearing.append(cause)

    @property
    def can_fail(self) -> bool:
        """Whether it has causes of its own to stand still."""
        return bool(self._causes)

    # -- what it says

    def report(self, state: WorkUnitState, reason: str = "", job_order: str = "", person: str = "") -> None:
        """Say the state if it is new, and before it the energy of the interval that closes."""
        if (told := (state, reason, job_order, person)) == self._told:
            return
        if self._meter.draws_power and (energy_wh := self._meter.read(self.state, self._env.now_us)):
            self._env.record(EnergyMetered, equipment=self.name, job_order=self._told[2], energy_wh=energy_wh)
        self.state, self._told = state, told
        self._env.record(EquipmentStateChanged, equipment=self.name, state=int(state), reason=reason, job_order=job_order, person=person)

    def show(self) -> None:
        """In the settle phase, after lots have left: say the state that follows from everything."""
        self.report(*self.resting_state())
        self.report_alarms()

    def report_alarms(self) -> None:
        """Say which causes of standing still are new, and which are over."""
        for cause in self._causes:
            if cause.is_down and cause not in self._alarmed:
                self._env.record(AlarmRaised, equipment=self.name, alarm=cause.reason)
                self._alarmed.append(cause)
            elif not cause.is_down and cause in self._alarmed:
                self._env.record(AlarmCleared, equipment=self.name, alarm=cause.reason)
                self._alarmed.remove(cause)

    # -- why it stands

    @property
    def down_reason(self) -> str:
        """Why it is down: the cause that came first; "" if it is not."""
        if not self._causes:
            return ""
        down = [cause for cause in self._causes if cause.is_down]
        return min(down, key=lambda cause: cause.down_since_us).reason if down else ""

    @property
    def is_open(self) -> bool:
        """Whether its calendar lets it work now."""
        return self.calendar is None or self.calendar.is_open

    def resting_state(self) -> Stop:
        """Its state with nothing to do."""
        if reason := self.down_reason:
            return WorkUnitState.ABORTED, reason
        return (WorkUnitState.IDLE, "") if self.is_open else (WorkUnitState.STOPPED, "off_shift")

    def why_not(self) -> Stop | None:
        """What keeps it from working now; None if nothing does."""
        if reason := self.down_reason:
            return WorkUnitState.HELD, reason
        return None if self.is_open else (WorkUnitState.SUSPENDED, "off_shift")

    # -- working

    def look(self) -> None:
        """In the settle phase: stop work that must not go on, let work go on that may."""
        self.stop = self.why_not()
        if self.stop:
            if self._is_at_work:
                assert self._process is not None
                self._process.interrupt()
                self._is_at_work = False
        elif self._go:
            self._go.succeed()
            self._go = None

    def spend(self, need_us: int, *, wears: bool) -> Life:
        """Work for `need_us` in all, standing still whenever there is a stop; `wears`: this work brings failures nearer.

        Raises
        ------
        BrokenOff : the work was commanded to end before its time
        """
        worn_by = self._wearing if wears else []
        while need_us > 0:
            if self.stop or any(mode.left_us == 0 for mode in worn_by):
                yield from self._stand()
            else:
                at_most_us = min([need_us, *(mode.left_us for mode in worn_by)])
                need_us -= yield from self._work(at_most_us, worn_by, wears=wears)

    def note_work(self, worked_us: int) -> None:
        """It has worked for so long without a break."""

    def _stand(self) -> Life:
        """Wait until a settle phase finds no stop any more."""
        self._go = self._env.event()
        try:
            yield self._go
        except simpy.Interrupt:
            raise BrokenOff from None

    def _work(self, at_most_us: int, worn_by: list[FailureMode], *, wears: bool) -> Generator[simpy.Event, Any, int]:
        """Work until it is done or interrupted; how long that was, us."""
        begun_us = self._env.now_us
        self._is_at_work = True
        broken_off = False
        try:
            yield self._env.timeout(at_most_us)
            self._is_at_work = False
        except simpy.Interrupt as interrupt:  # whoever interrupts says that it is not at work any more
            broken_off = interrupt.cause == BREAK_OFF
        worked_us = self._env.now_us - begun_us
        for mode in worn_by:
            mode.wear(worked_us)
        if wears:
            self.note_work(worked_us)
        if broken_off:
            raise BrokenOff
        return worked_us

    def break_off(self) -> None:
        """In the settle phase: end the work that is going on, or waiting to go on."""
        assert self._process is not None
        self._process.interrupt(BREAK_OFF)
        self._is_at_work, self._go = False, None
