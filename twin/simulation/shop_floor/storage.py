"""Where lots are: in a storage unit, on the equipment that works on them or cannot get rid of them, or out of the plant.

Blocking after service: a finished lot waits on its equipment until the storage of the work center that comes next has a place. Capacity
counts lots in storage, those on their way to it included. Rework always finds a place, or a full storage would lock the plant up. Lots
not yet begun are orders and need no place.

Transport counts from the end of processing, also if the lot then has to wait for its place: the MES reckons so, and knows no better.
Where vehicles carry lots (`transport`), a finished lot waits on its equipment for one of them, and on the vehicle for its place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from typing import Protocol

from twin.model.events import MaterialIdentified, OperationSkipped, QueueTimeExceeded
from twin.model.plant import Plant, rework_lot
from twin.simulation.clock import PlantEnvironment
from twin.simulation.deadlock import Places, StuckLot, find_deadlock, write_deadlock
from twin.simulation.shop_floor.routing import Step, Steps
from twin.simulation.shop_floor.waits.lots import Holder, Lot, Storage
from twin.simulation.shop_floor.waits.queue_limits import QueueLimits, Verdict, limited_from
from twin.simulation.streams import drawing


class LotListener(Protocol):
    """Who wants to know, of every lot, when it may be worked on and when it is gone (control by rule)."""

    def lot_ready(self, lot: Lot) -> None: ...

    def lot_withdrawn(self, lot: Lot) -> None: ...

    def lot_gone(self, lot: Lot) -> None: ...


class Carriers(Protocol):
    """Vehicles, as lots see them."""

    def carries(self, holder: Holder, step: Step) -> bool: ...

    def call(self, lot: Lot, holder: Holder) -> None: ...

    def stuck(self) -> Iterable[StuckLot]: ...

    def called(self) -> dict[str, tuple[str, ...]]: ...


NOT_KNOWN_US = 2**62
"""When a lot will be there that waits for a vehicle, or is on one."""


class MaterialFlow:
    """Every lot in the making, and the places that it may take."""

    def __init__(self, env: PlantEnvironment, plant: Plant, steps: Steps) -> None:
        self._env, self._steps = env, steps
        self._storages = {name: Storage(capacity=unit.capacity) for name, unit in plant.layout.storage_units.items()}
        self._waiting: list[tuple[int, int, str, Lot]] = []  # for a place: since when, place of the holder, name or rank there
        self.lots: dict[str, Lot] = {}
        self.gone: set[str] = set()
        self.listener: LotListener | None = None
        self.carriers: Carriers | None = None
        self._has_changed = False  # a place was taken, or asked for, since `deadlock` was asked last
        self._limits = QueueLimits(env, lambda lot: self.lots.get(lot.name) is lot)
        self._undecided: dict[str, Step] = {}  # finished lots, and what they have left, of which it is open whether they are a sample
        self._came: dict[tuple[str, str], int] = {}  # lots that have come to an operation which is done to every n-th

    def lot(self, name: str) -> Lot | None:
        """The lot of that name, if it is in the plant."""
        return self.lots.get(name)

    def is_gone(self, name: str) -> bool:
        """Whether a lot of that name was in the plant, and is no more."""
        return name in self.gone

    def begin(self, lot: Lot) -> None:
        """A lot comes into being."""
        self.lots[lot.name] = lot

    def find(self, name: str, quantity: int, step: Step, due_us: int = -1, priority: int = 0) -> None:
        """A lot that is in the making already: it waits for its step."""
        self._stand(Lot(name=name, quantity=quantity, step=step, ready_us=self._env.now_us, due_us=due_us, priority=priority))

    def _stand(self, lot: Lot) -> None:
        self.begin(lot)
        self._store(lot)
        self._become_ready(lot)

    def dispose(self, name: str, pieces: int, back_to: Step | None) -> None:
        """Of a lot that waits, pieces are lost, or go back as a lot of their own; without pieces it is gone."""
        lot = self.lots[name]
        lot.quantity -= pieces
        if not lot.quantity:
            self._leave_place(lot)
        if back_to:
            self._become_ready(self._take_off_rework(lot, back_to.operation, pieces, 0))
        if not lot.quantity:
            self._is_gone(lot)

    def go_on_as(self, name: str, pieces: int, into: str) -> None:
        """Pieces of a lot that waits go on as another: a new one, or one that waits for the same; without pieces it is gone."""
        lot, there = self.lots[name], self.lots.get(into)
        if there is None:
            self._stand(lot.part(into, pieces))
        elif there.take_in(lot, pieces):
            self._limits.watch(there)
        self.dispose(name, pieces, None)

    def pick_up(self, lot: Lot, equipment: str) -> None:
        """Work on the lot starts: it leaves its storage, or the equipment that could not get rid of it."""
        lot.is_running = True
        if lot.step.saves_unit:
            lot.done_on[lot.step.operation] = equipment
        lot.starts += 1
        lot.waits_since_us.pop(lot.step.operation, None)
        self._leave_place(lot)

    def _leave_place(self, lot: Lot) -> None:
        if lot.storage:
            del lot.storage.lots[lot.name]
            lot.storage = None
        if lot.holder:
            self._waiting = [claim for claim in self._waiting if claim[3] is not lot]
            self.let_go(lot)

    def put_back(self, lot: Lot) -> None:
        """Work on the lot was broken off: it waits for the same step again, place or no place."""
        lot.is_running = False
        self._store(lot)
        self._become_ready(lot)

    def finish(self, lot: Lot, holder: Holder, *, good: int, rework: int, inside_us: int = 0) -> None:
        """A step is done: good pieces go to the next step, pieces to rework go back, as a lot of their own.

        `inside_us` is how long the last pieces still are in a cascade.
        """
        step = lot.step
        away_us = (inside_us if step.interval_us else 0) + drawing(step.transport)(self._env.stream("transport", lot.job_order))
        lot.is_running = False
        lot.waits_since_us |= dict.fromkeys(step.limits_from, self._env.now_us)
        go_on: list[Lot] = []
        if rework:
            assert step.rework_to is not None
            again = self._take_off_rework(lot, step.rework_to, rework, away_us)
            if not self._is_carried(again, holder):
                self._become_ready(again)
                go_on.append(again)
        going = self._goes_on(lot, holder, good, away_us) if good else None
        if going is None:
            self._is_gone(lot)
        else:
            lot.holder = holder
            holder.leaving.append(lot)
            self._has_changed = True
            if not (going and self._is_carried(lot, holder)):  # who calls for a vehicle stands in the list of its fleet
                self._waiting.append((self._env.now_us, holder.place, lot.name, lot))
                if going:
                    self._become_ready(lot)
                    go_on.append(lot)
                else:
                    self._undecided[lot.name] = step
        self._tell_arrivals(step, go_on, away_us)

    def _tell_arrivals(self, step: Step, lots: list[Lot], away_us: int) -> None:
        """When lots that have left `step` are there: time has passed, or each is scanned, where nobody could have reckoned it."""
        if step.arrival_is_told:
            for lot in lots:
                scan = partial(self._env.record, MaterialIdentified, equipment=lot.step.storage, job_order=lot.job_order, lot=lot.name)
                if away_us:
                    self._env.after(away_us, scan)
                else:
                    scan()
        elif lots and away_us:
            self._env.after(away_us, lambda: self._env.beat("transport"))

    def _is_carried(self, lot: Lot, holder: Holder) -> bool:
        """Whether the lot has to wait for a vehicle; if so, it calls for one."""
        if self.carriers is None or not self.carriers.carries(holder, lot.step):
            return False
        lot.ready_us = NOT_KNOWN_US
        self.carriers.call(lot, holder)
        return True

    def set_down(self, lot: Lot, vehicle: Holder, rank: int) -> None:
        """A vehicle has brought the lot: it waits on the vehicle for its place, in this order among those that came with it."""
        lot.ready_us = self._env.now_us
        if lot.storage is None:
            lot.holder = vehicle
            vehicle.leaving.append(lot)
            self._waiting.append((self._env.now_us, vehicle.place, f"{rank:05}", lot))
            self._has_changed = True
        self._become_ready(lot)

    def _take_off_rework(self, lot: Lot, rework_to: str, pieces: int, away_us: int) -> Lot:
        """Pieces to rework go back as a lot of their own."""
        step = self._steps[lot.step.material, rework_to]
        anew = limited_from(step, self._steps)
        again = Lot(
            name=self._rework_name(lot.name), quantity=pieces, step=step, ready_us=self._env.now_us + away_us, due_us=lot.due_us,
            priority=lot.priority, done_on=dict(lot.done_on), sent_back=dict(lot.sent_back),
            waits_since_us={operation: at_us for operation, at_us in lot.waits_since_us.items() if operation not in anew},
        )  # fmt: skip
        self.begin(again)
        self._store(again)
        return again

    def _is_gone(self, lot: Lot) -> None:
        del self.lots[lot.name]
        self.gone.add(lot.name)
        if self.listener:
            self.listener.lot_gone(lot)

    def _goes_on(self, lot: Lot, holder: Holder, good: int, away_us: int, *, may_count: bool = False) -> bool | None:
        """Whether there is a next step for a lot that has left its step (None: there is none); what it is no sample for is passed over.

        False: whether it is a sample is found by counting, which waits until all of this instant have come (`_decide_samples`).
        """
        operation, ready_us = lot.step.next_operation, self._env.now_us + away_us
        while operation is not None:
            lot.quantity = good
            lot.go_to(self._steps[lot.step.material, operation], ready_us)
            if lot.step.sample_every and not may_count:
                return False
            if self._is_chosen(lot):
                return True
            self._pass_over(lot, holder)
            operation = lot.step.next_operation
        return None

    def _pass_over(self, lot: Lot, holder: Holder) -> None:
        """It is no sample for its step: that is told, and it is done with it."""
        lot.waits_since_us.pop(lot.step.operation, None)
        self._env.record(OperationSkipped, equipment=holder.name, job_order=lot.job_order, quantity=lot.quantity)

    def _is_chosen(self, lot: Lot) -> bool:
        """Whether what is next is done to the lot."""
        step = lot.step
        if step.sample_every:
            key = step.material, step.operation
            self._came[key] = self._came.get(key, 0) + 1
            return self._came[key] % step.sample_every == 0
        return step.sample >= 1.0 or self._env.stream("sample", lot.job_order).uniform() < step.sample

    def _decide_samples(self) -> None:
        """Count lots at operations that are done to every n-th, in the declared order of the equipment that they leave, then by name."""
        undecided, self._undecided = self._undecided, {}
        for _, _, name, lot in sorted(self._waiting, key=lambda claim: claim[:3]) if undecided else ():
            holder = lot.holder
            if name not in undecided or holder is None:
                continue
            away_us = lot.ready_us - self._env.now_us
            going: bool | None = True
            if not self._is_chosen(lot):
                self._pass_over(lot, holder)
                going = self._goes_on(lot, holder, lot.quantity, away_us, may_count=True)
            if going is None:
                self._leave_place(lot)
                self._is_gone(lot)
                continue
            if self._is_carried(lot, holder):
                self._waiting = [claim for claim in self._waiting if claim[3] is not lot]
                continue
            self._become_ready(lot)
            self._tell_arrivals(undecided[name], [lot], away_us)

    def _carry_out(self, verdict: Verdict) -> None:
        """A lot has waited too long: say it, and let it go back or be lost."""
        lot: Lot = verdict.lot
        lost = {"rework": "rework", "scrap": "scrap"}.get(verdict.then)
        pieces = {lost: lot.quantity} if lost else {}
        self._env.record(QueueTimeExceeded, job_order=lot.job_order, quantity=lot.quantity, waited_us=verdict.waited_us, **pieces)
        if not lost:
            return
        if self.listener:
            self.listener.lot_withdrawn(lot)
        self._leave_place(lot)
        if lost == "rework":
            assert verdict.rework_to is not None
            lot.sent_back[lot.step.operation] = lot.sent_back.get(lot.step.operation, 0) + 1
            self._become_ready(self._take_off_rework(lot, verdict.rework_to, lot.quantity, 0))
        self._is_gone(lot)

    def settle(self) -> None:
        """Give free places to finished lots: who has waited longest first; at one instant, the declared order of equipment decides."""
        self._decide_samples()
        for verdict in self._limits.judge():
            self._carry_out(verdict)
        if not self._waiting:
            return
        self._waiting.sort(key=lambda claim: claim[:3])
        still_waiting = []
        for claim in self._waiting:
            lot = claim[3]
            if self._storages[lot.step.storage].has_place:
                self._store(lot)
                self.let_go(lot)
            else:
                still_waiting.append(claim)
        self._waiting = still_waiting

    def deadlock(self, local_time: Callable[[int], str]) -> tuple[str, str]:
        """Equipment and words, if since this was asked last blocked equipment has come to wait for each other for ever; else "" and ""."""
        if not (self._waiting and self._has_changed):
            return "", ""
        self._has_changed = False
        stuck = [
            StuckLot(lot=lot.name, holder=lot.holder.name, storage=lot.step.storage, since_us=since_us, able=lot.takers)
            for since_us, _, _, lot in self._waiting
            if lot.holder
        ]
        stuck += self.carriers.stuck() if self.carriers else ()
        called = self.carriers.called() if self.carriers else {}
        storages = {
            name: Places(capacity=it.capacity, lots=tuple((lot.name, called.get(lot.name, lot.takers)) for lot in it.lots.values()))
            for name in dict.fromkeys(it.storage for it in stuck if it.storage)
            for it in (self._storages[name],)
        }
        cycle = find_deadlock(stuck, storages)
        return (cycle[0].stuck.holder, write_deadlock(cycle, storages, self._env.now_us, local_time)) if cycle else ("", "")

    def let_go(self, lot: Lot) -> None:
        """The lot leaves the equipment that held it."""
        assert lot.holder is not None
        lot.holder.leaving.remove(lot)
        self._env.touch(lot.holder)
        lot.holder = None

    def _store(self, lot: Lot) -> None:
        lot.storage = self._storages[lot.step.storage]
        lot.storage.lots[lot.name] = lot
        self._has_changed = True

    def _become_ready(self, lot: Lot) -> None:
        self._limits.watch(lot)
        if self.listener is None:
            return
        listener, delay_us = self.listener, lot.ready_us - self._env.now_us
        if delay_us > 0:
            self._env.after(delay_us, lambda: listener.lot_ready(lot))
        else:
            listener.lot_ready(lot)

    def _rework_name(self, lot: str) -> str:
        """The MES finds the same name by the same rule; a lot that is reworked at two operations needs two."""
        name = rework_lot(lot)
        while name in self.lots or name in self.gone:
            name = rework_lot(name)
        return name
