"""A work unit and what it does with a job order: set up, run, count, and keep the lots until they find a place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum

import simpy

from twin.kernels.dispatch import keeps_setup
from twin.model import plant as declared
from twin.model.events import CountObserved
from twin.model.floor.failures import Power
from twin.model.plant import Batch, SetupMatrix
from twin.model.states import WorkUnitState
from twin.simulation.clock import Life, PlantEnvironment
from twin.simulation.shop_floor.equipment import BrokenOff, Equipment, Stop
from twin.simulation.shop_floor.maintenance import Maintenance
from twin.simulation.shop_floor.routing import Step
from twin.simulation.shop_floor.storage import MaterialFlow
from twin.simulation.shop_floor.waits.lots import Lot
from twin.simulation.shop_floor.workforce import Workforce
from twin.simulation.streams import Rejects

_ENDLESS = 2**62


@dataclass(slots=True, kw_only=True, eq=False)
class Job:
    """What a work unit or a line was told to do: one lot, or the lots of a batch."""

    lots: list[Lot]
    persons: tuple[str, ...] = ()
    label: str = field(init=False)  # its job orders, joined
    is_setup_staffed: bool = field(init=False)
    is_run_staffed: bool = field(init=False)

    def __post_init__(self) -> None:
        self.is_setup_staffed = any(lot.step.is_setup_staffed for lot in self.lots)
        self.is_run_staffed = any(lot.step.is_run_staffed for lot in self.lots)
        self.label = "+".join([lot.job_order for lot in self.lots])

    @property
    def family(self) -> str | None:
        return self.lots[0].step.setup_family

    def draw_stay_us(self, env: PlantEnvironment, equipment: str, handling_us: int) -> tuple[int, int]:
        """How long the lot or the batch keeps the unit busy, and how much longer it stays: as the lot which takes longest as a rule."""
        lot = max(self.lots, key=lambda each: each.step.expected_run_us(each.quantity, equipment))
        stream = env.stream("run", lot.job_order)
        stream.skip(lot.starts - 1)
        return lot.step.stay_us(lot.step.way_on(equipment).draw_run_us(stream), lot.quantity, handling_us)


class Phase(Enum):
    """How far a work unit is with its job."""

    SETUP = "setup"
    RUN = "run"
    DONE = "done"  # counted; its lots may still be here


class Staffed(Equipment):
    """Equipment that is told to do jobs, and may need persons for them."""

    is_line = False
    batch: Batch | None = None

    def __init__(
        self, env: PlantEnvironment, name: str, place: int, *, power: Power, setup: SetupMatrix | None, workforce: Workforce,
        flow: MaterialFlow,
    ) -> None:  # fmt: skip
        super().__init__(env, name, place, power)
        self._workforce, self._flow, self._setup = workforce, flow, setup or SetupMatrix()
        self.family = self._setup.initial  # that it is set up for
        self._run_lots, self._run_since_us, self._done_us = _ENDLESS, 0, 0  # of the family; nothing keeps it at the start
        self.job: Job | None = None
        self.phase = Phase.DONE
        self.leaving: list[Lot] = []  # finished lots that wait for a place
        self.ordered_stop: Stop | None = None  # commanded: Hold or Pause
        self.is_deserted = False  # somebody is needed and has left
        self.maintenance: list[Maintenance] = []

    def start(self, job: Job) -> None:
        """In the settle phase: take the lots and begin; what takes no jobs of its own cannot."""
        raise TypeError(f"{self.name} takes no {job.label}")

    def end_job(self, state: WorkUnitState, reason: str) -> None:
        """Stop or Abort: the work ends here and now; not everything can."""
        raise TypeError(f"{self.name} is free when its job has left it, and cannot {state.label} {reason}")

    def start_lots(self, lots: Sequence[tuple[str, int, Step]], persons: tuple[str, ...]) -> None:
        """Start a job on lots by name, pieces and step; those that are not in the plant yet come into being."""
        for name, quantity, step in lots:
            if name not in self._flow.lots:
                self._flow.begin(Lot(name=name, quantity=quantity, step=step, ready_us=self._env.now_us))
        self.start(Job(lots=[self._flow.lots[name] for name, *_ in lots], persons=persons))

    def setup_us(self, family: str | None) -> int:
        """Time to set it up for `family` from how it stands now; no family needs no set-up."""
        return self._setup.duration_us(self.family, family) if family is not None else 0

    def _begin_setup_us(self, job: Job) -> int:
        """How long it is set up for a job that begins: not at all, where that loss is left out."""
        setup_us = self.setup_us(job.family)
        return 0 if setup_us and self._env.losses.is_left_out("setup", self.name) else setup_us

    def keeps_setup(self, is_family_there: bool) -> bool:
        """Whether its minimum run is not over, so that it takes no other family."""
        least, now_us = self._setup.minimum_run, self._env.now_us
        if least is None:
            return False
        ran_us, stands_us = now_us - self._run_since_us, now_us - self._done_us
        return keeps_setup(self._run_lots, least.lots or 0, ran_us, least.time or 0, stands_us, least.patience, is_family_there)

    def _note_start(self, job: Job) -> None:
        """Before it is set up for the job: count the lots of a family."""
        if job.family is not None:
            if job.family != self.family:
                self._run_lots, self._run_since_us = 0, self._env.now_us
            self._run_lots += len(job.lots)

    def _note_done(self) -> None:
        """The job is done. Where rules decide, they look again when its set-up need not be kept any more."""
        least, self._done_us = self._setup.minimum_run, self._env.now_us
        if least and self._flow.listener:
            for wait_us in (least.patience, self._run_since_us + (least.time or 0) - self._done_us):
                if wait_us > 0:
                    self._env.after(wait_us, self._env.settle_soon)

    @property
    def is_done(self) -> bool:
        """Whether its job, if it has one, is counted."""
        return self.phase is Phase.DONE

    @property
    def is_stop_ordered(self) -> bool:
        return self.ordered_stop is not None

    @property
    def needs_persons(self) -> bool:
        """Whether what it does now needs somebody."""
        if self.job is None or self.phase is Phase.DONE:
            return False
        return self.job.is_setup_staffed if self.phase is Phase.SETUP else self.job.is_run_staffed

    @property
    def persons(self) -> str:
        """Who works here now, joined; "" also when whoever did has left: he may be at other equipment by now."""
        return "+".join(self.job.persons) if self.job and self.needs_persons and not self.is_deserted else ""

    def look(self) -> None:
        if self.job and self.needs_persons and not (self.is_open and self._workforce.are_at_work(self.job.persons)):
            self.is_deserted = True  # until somebody is named by Resume
        super().look()

    def why_not(self) -> Stop | None:
        stop = super().why_not()
        if stop and stop[0] == WorkUnitState.HELD:
            return stop
        if self.ordered_stop and self.ordered_stop[0] == WorkUnitState.HELD:
            return self.ordered_stop
        return stop or self.ordered_stop or ((WorkUnitState.SUSPENDED, "no_operator") if self.is_deserted else None)

    def resting_state(self) -> Stop:
        state, reason = super().resting_state()
        going_on = self.maintained_for
        return (WorkUnitState.STOPPED, going_on) if going_on and state != WorkUnitState.ABORTED else (state, reason)

    @property
    def maintained_for(self) -> str:
        """Reason of the maintenance that goes on; "" if none does."""
        return next((it.reason for it in self.maintenance if it.is_going_on), "")

    @property
    def after_maintenance(self) -> simpy.Event | None:
        return next((it.is_over for it in self.maintenance if it.is_going_on), None)

    def begin_maintenance(self) -> None:
        """In the settle phase, after lots have left: what is due first begins, if no job is in progress."""
        is_free = self.job is None or (self.phase is Phase.DONE and not self.leaving)
        if is_free and self.after_maintenance is None and not self.is_down_apart:
            for due in [it for it in self.maintenance if it.is_due][:1]:
                due.begin()

    def count_for_maintenance(self, pieces: int) -> None:
        """A lot of so many pieces is done."""
        for it in self.maintenance:
            it.count("after_pieces", pieces)
            it.count("after_lots", 1)

    def show(self) -> None:
        job = self.job
        if job and self.phase is Phase.DONE and not self.leaving:
            if self.state != WorkUnitState.ABORTED:
                self.report(WorkUnitState.COMPLETE, "", job.label)
            self.job = job = None
        if job is None:
            self.report(*self.resting_state())
        elif self.phase is Phase.DONE:
            down = self.down_reason
            self.report(*(WorkUnitState.ABORTED, down) if down else (WorkUnitState.SUSPENDED, "blocked", job.label))
        elif self.stop:
            state, reason = self.stop
            self.report(state, reason, job.label, self.persons if state == WorkUnitState.HELD else "")
        elif self.phase is Phase.SETUP:
            self.report(WorkUnitState.STARTING, "setup", job.label, self.persons)
        else:
            self.report(WorkUnitState.EXECUTE, "", job.label, self.persons)
        self.report_alarms()

    def order_stop(self, stop: Stop) -> None:
        """Hold or Pause; whoever was needed is free after a pause."""
        self.ordered_stop = stop
        if stop[0] == WorkUnitState.SUSPENDED and self.needs_persons:
            self.is_deserted = True
        self._env.touch(self)

    def go_on(self, persons: tuple[str, ...]) -> None:
        """Restart or Resume, with the persons that the work needs."""
        assert self.job is not None
        self.ordered_stop = None
        self.is_deserted = False
        self.job.persons = persons
        self._env.touch(self)


class WorkUnit(Staffed):
    """The smallest equipment that a job order runs on."""

    def __init__(
        self, env: PlantEnvironment, name: str, place: int, unit: declared.WorkUnit, *, setup: SetupMatrix | None, workforce: Workforce,
        flow: MaterialFlow,
    ) -> None:  # fmt: skip
        super().__init__(env, name, place, power=unit.power, setup=setup, workforce=workforce, flow=flow)
        self.batch, self._handling_us = unit.batch, unit.load + unit.unload
        self._ran_from_us = 0  # when the run of its last job began, or of this one
        self._inside_us = 0  # how long the lots of its job still are inside when it is free for the next

    def note_work(self, worked_us: int) -> None:
        for it in self.maintenance:
            it.count("after_busy", worked_us)

    def start(self, job: Job) -> None:
        """In the settle phase: take the lots and begin."""
        for lot in job.lots:
            self._flow.pick_up(lot, self.name)
        self._note_start(job)
        self.job = job
        setup_us = self._left_to_set_up_us(job, self._begin_setup_us(job))
        self.phase = Phase.SETUP if setup_us else Phase.RUN
        self.ordered_stop, self.is_deserted = None, False
        busy_us, self._inside_us = job.draw_stay_us(self._env, self.name, self._handling_us)
        self._process = self._env.process(self.life_of(job, setup_us, busy_us))
        self._env.touch(self)

    def _left_to_set_up_us(self, job: Job, setup_us: int) -> int:
        """What is left of a set-up, if it is set up while the job before still runs; else all of it.

        Nobody knows what to set up for until the last of the lots is there; what begins here comes when it is started; and who has stood
        since has to be set up as any other.
        """
        now_us = self._env.now_us
        if not self._setup.alongside or self._done_us != now_us or any(lot.step.begins_here for lot in job.lots):
            return setup_us
        return max(0, setup_us - (now_us - max(self._ran_from_us, *(lot.ready_us for lot in job.lots))))

    def life_of(self, job: Job, setup_us: int, run_us: int) -> Life:
        """The process of one job: set up, run, count."""
        try:
            yield from self.spend(setup_us, wears=False)
            self.phase, self.family, self._ran_from_us = Phase.RUN, job.family or self.family, self._env.now_us
            self.report(WorkUnitState.EXECUTE, "", job.label, self.persons)  # perhaps without the person
            yield from self.spend(run_us, wears=True)
        except BrokenOff:
            return
        self.phase = Phase.DONE
        self._note_done()
        for lot in job.lots:
            self._count(lot)
        self._env.touch(self)

    def _count(self, lot: Lot) -> None:
        """Find out which pieces are good, say it, and send the lot on."""
        job_order, step = lot.job_order, lot.step
        scrap = rework = 0
        if step.scrap or step.rework:
            rejects = Rejects(self._env.stream("scrap", job_order), step.scrap, step.rework)
            scrap, rework = rejects.among(1 if step.rejects_by_lot else lot.quantity)
            if step.rejects_by_lot:
                scrap, rework = scrap * lot.quantity, rework * lot.quantity
            scrap = 0 if scrap and self._env.losses.is_left_out("scrap", self.name) else scrap
            rework = 0 if rework and self._env.losses.is_left_out("rework", self.name) else rework
        good = lot.quantity - scrap - rework
        self._env.record(CountObserved, equipment=self.name, job_order=job_order, good=good, scrap=scrap, rework=rework)
        self.count_for_maintenance(lot.quantity)
        self._flow.finish(lot, self, good=good, rework=rework, inside_us=self._inside_us)

    def end_job(self, state: WorkUnitState, reason: str) -> None:
        """Stop or Abort: the work ends here and now, and the lots wait for the same step again."""
        assert self.job is not None
        self.report(state, reason, self.job.label)
        self.break_off()
        for lot in self.job.lots:
            self._flow.put_back(lot)
        self.job, self.phase, self.ordered_stop, self.is_deserted = None, Phase.DONE, None, False
        self._env.touch(self)
