"""A production line: stations in series, finite conveyors between them, blocking after service.

Level 3 starts one job order; Level 2 feeds it into the first station, transfer lot by transfer lot, and moves the transfer lots on.
What a station rejects is scrap; run time, scrap and rework of an operation are for work units.
"""

from __future__ import annotations

from collections import deque

from twin.model import plant as declared
from twin.model.events import CountObserved
from twin.model.floor.failures import Power
from twin.model.plant import SetupMatrix
from twin.model.states import WorkUnitState
from twin.simulation.clock import Life, PlantEnvironment
from twin.simulation.shop_floor.equipment import Equipment, Stop
from twin.simulation.shop_floor.storage import MaterialFlow
from twin.simulation.shop_floor.work_unit import Job, Phase, Staffed
from twin.simulation.shop_floor.workforce import Workforce
from twin.simulation.streams import Rejects, drawing


class Station(Equipment):
    """One work unit of a line, with the conveyor that leads away from it. Numbers of pieces stand for transfer lots."""

    def __init__(self, env: PlantEnvironment, name: str, place: int, station: declared.Station, line: ProductionLine) -> None:
        super().__init__(env, name, place, station.power)
        self._line, self._scrap_share = line, station.scrap
        self._draw_cycle_us = drawing(station.cycle)
        self._cycles = env.stream("cycle", name)  # the n-th transfer lot since the start has the n-th number
        self._rejects = Rejects(self._cycles, 0.0, 0.0)
        self.conveyor: deque[int] = deque()
        self.conveyor_places = station.buffer_after
        self.lot: int | None = None
        self.is_done = False
        self.counted: tuple[int, int] | None = None  # good and scrap of the lot that has just been finished

    @property
    def whole(self) -> Equipment:
        return self._line

    def begin_order(self, job_order: str) -> None:
        self._rejects = Rejects(self._env.stream("scrap", f"{job_order}/{self.name}"), self._scrap_share, 0.0)

    def take(self, lot: int) -> None:
        """In the settle phase: begin work on a transfer lot."""
        self.lot, self.is_done = lot, False
        self._process = self._env.process(self.life_of(lot))

    def life_of(self, lot: int) -> Life:
        """The process of one transfer lot on this station."""
        yield from self.spend(self._draw_cycle_us(self._cycles), wears=True)
        scrap, _ = self._rejects.among(lot)
        scrap = 0 if scrap and self._env.losses.is_left_out("scrap", self.name) else scrap
        self.lot, self.is_done, self.counted = lot - scrap, True, (lot - scrap, scrap)
        self._env.record(CountObserved, equipment=self.name, job_order=self._line.label, good=lot - scrap, scrap=scrap)
        self._env.touch(self._line)

    def give(self) -> int:
        """In the settle phase: let the finished transfer lot go."""
        lot, self.lot, self.is_done = self.lot, None, False
        assert lot is not None
        return lot

    def why_not(self) -> Stop | None:
        return super().why_not() or self._line.stop

    def resting_state(self) -> Stop:
        state, reason = super().resting_state()
        going_on = self._line.maintained_for
        return (WorkUnitState.STOPPED, going_on) if going_on and state != WorkUnitState.ABORTED else (state, reason)

    def show(self) -> None:
        job_order = self._line.label
        if not job_order:
            self.report(*self.resting_state())
        elif self.stop:
            self.report(*self.stop, job_order)
        elif self.lot is None:
            self.report(WorkUnitState.SUSPENDED, "starved", job_order)
        elif self.is_done:
            self.report(WorkUnitState.SUSPENDED, "blocked", job_order)
        else:
            self.report(WorkUnitState.EXECUTE, "", job_order)
        self.report_alarms()


class ProductionLine(Staffed):
    """A line as Level 3 sees it: it takes one job order, and is free again when it is empty."""

    is_line = True

    def __init__(
        self, env: PlantEnvironment, name: str, place: int, line: declared.ProductionLine, *,
        setup: SetupMatrix | None, workforce: Workforce, flow: MaterialFlow,
    ) -> None:  # fmt: skip
        super().__init__(env, name, place, power=Power(), setup=setup, workforce=workforce, flow=flow)
        self._transfer_lot = line.transfer_lot
        self.stations = [Station(env, s, place + 1 + n, station, self) for n, (s, station) in enumerate(line.stations.items())]
        self._to_feed = self._good = 0

    @property
    def label(self) -> str:
        """Its job order; "" if it has none."""
        return self.job.label if self.job else ""

    def start(self, job: Job) -> None:
        """In the settle phase: set the line up for the lot of the job, then begin to feed it."""
        (lot,) = job.lots
        self._flow.pick_up(lot, self.name)
        self._note_start(job)
        setup_us = self._begin_setup_us(job)
        self.job, self.phase = job, Phase.SETUP if setup_us else Phase.RUN
        self.family = job.family or self.family
        self.ordered_stop, self.is_deserted = None, False
        self._to_feed, self._good = lot.quantity, 0
        for station in self.stations:
            station.begin_order(job.label)
        if setup_us:
            self._process = self._env.process(self.life_of_setup(setup_us))
        self._env.touch(self)

    def life_of_setup(self, setup_us: int) -> Life:
        """The process of one change-over: the whole line stands until it is done."""
        yield from self.spend(setup_us, wears=False)
        self.phase = Phase.RUN
        self._env.touch(self)

    def look(self) -> None:
        stop_before = self.stop
        super().look()
        for station in self.stations:
            if station.can_fail or self.stop != stop_before:
                station.look()
        if self.job and self.phase is Phase.RUN:
            self._count()
            self._move()
            if not self._to_feed and all(station.lot is None and not station.conveyor for station in self.stations):
                self._end(self.job)

    def _count(self) -> None:
        """Say what left the line, and what was rejected on the way, at this instant."""
        good = scrap = 0
        for station in self.stations:
            if station.counted:
                scrap += station.counted[1]
                if station is self.stations[-1]:
                    good = station.counted[0]
                station.counted = None
        if good or scrap:
            self._good += good
            self._env.record(CountObserved, equipment=self.name, job_order=self.label, good=good, scrap=scrap)

    def _move(self) -> None:
        """Move transfer lots as far as they get, from the end of the line to its beginning, so that a place that falls free is taken."""
        for n in range(len(self.stations) - 1, -1, -1):
            station = self.stations[n]
            if station.is_done:
                self._release(station, is_last=n == len(self.stations) - 1)
            if station.lot is None and not station.stop and (lot := self._next_lot(n)):
                station.take(lot)

    def _release(self, station: Station, *, is_last: bool) -> None:
        if is_last or not station.lot:  # a transfer lot without a good piece left is gone
            station.give()
        elif len(station.conveyor) < station.conveyor_places:
            station.conveyor.append(station.give())

    def _next_lot(self, n: int) -> int:
        """What station `n` may take now: from the conveyor before it, or straight from the station before it; 0 if nothing."""
        if n == 0:
            lot = min(self._transfer_lot, self._to_feed)
            self._to_feed -= lot
            return lot
        before = self.stations[n - 1]
        if before.conveyor:
            return before.conveyor.popleft()
        return before.give() if before.is_done and before.lot else 0

    def _end(self, job: Job) -> None:
        self.phase = Phase.DONE
        self._note_done()
        self.count_for_maintenance(job.lots[0].quantity)
        self._flow.finish(job.lots[0], self, good=self._good, rework=0)

    def show(self) -> None:
        super().show()
        for station in self.stations:
            station.show()
