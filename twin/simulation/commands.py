"""What Level 3 commands: each command is carried out, or refused in words and then nothing has changed.

The same rules for both plants: they ask the floor for its state, and tell it what to do, in the few words of the protocols below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from twin.model.events import DispositionCarriedOut, JobOrderCommand
from twin.model.events.genealogy import LotRegrouped
from twin.model.plant import Batch, job_order_id, most_at_once
from twin.model.problems import listed
from twin.model.states import JobCommand, WorkUnitState
from twin.simulation.shop_floor.routing import Step, Steps

NamedLot = tuple[str, int, Step]
"""A lot that a command names: id, pieces, the step to be done."""


class CommandedJob(Protocol):
    """What a work unit or a line is working on."""

    @property
    def label(self) -> str: ...
    @property
    def persons(self) -> tuple[str, ...]: ...


class Commanded(Protocol):
    """A work unit or a line, as commands see it."""

    name: str

    @property
    def is_line(self) -> bool: ...
    @property
    def batch(self) -> Batch | None: ...
    @property
    def state(self) -> WorkUnitState: ...
    @property
    def job(self) -> CommandedJob | None: ...
    @property
    def is_done(self) -> bool: ...
    @property
    def stop(self) -> tuple[WorkUnitState, str] | None: ...
    @property
    def is_stop_ordered(self) -> bool: ...
    @property
    def is_deserted(self) -> bool: ...
    @property
    def is_open(self) -> bool: ...
    @property
    def needs_persons(self) -> bool: ...
    def setup_us(self, family: str | None) -> int: ...
    def start_lots(self, lots: Sequence[NamedLot], persons: tuple[str, ...]) -> None: ...
    def order_stop(self, stop: tuple[WorkUnitState, str]) -> None: ...
    def go_on(self, persons: tuple[str, ...]) -> None: ...
    def end_job(self, state: WorkUnitState, reason: str) -> None: ...


class CommandedLot(Protocol):
    """A lot in the plant."""

    @property
    def step(self) -> Step: ...
    @property
    def quantity(self) -> int: ...
    @property
    def ready_us(self) -> int: ...
    @property
    def is_running(self) -> bool: ...
    def may_go_to(self, equipment: str) -> bool: ...


class LotsByName(Protocol):
    """The lots of a plant: by name, and what is done to them when something is decided about them."""

    def lot(self, name: str) -> CommandedLot | None: ...
    def is_gone(self, name: str) -> bool: ...
    def dispose(self, name: str, pieces: int, back_to: Step | None) -> None: ...
    def find(self, name: str, quantity: int, step: Step) -> None: ...
    def go_on_as(self, name: str, pieces: int, into: str) -> None: ...


class PersonsByName(Protocol):
    """The persons of a plant."""

    def knows(self, person: str) -> bool: ...
    def are_at_work(self, persons: tuple[str, ...]) -> bool: ...


_WORKING = (WorkUnitState.STARTING, WorkUnitState.EXECUTE)
_WITH_JOB = (*_WORKING, WorkUnitState.HELD, WorkUnitState.SUSPENDED)


class Refused(Exception):
    """A command that cannot be carried out; its text says why."""


class Commands:
    """Carries out job order commands, in the settle phase. What a command may do is judged by the states that the plant has told."""

    def __init__(self, floor: Mapping[str, Commanded], steps: Steps, lots: LotsByName, workforce: PersonsByName) -> None:
        self._floor, self._steps, self._known, self._workforce = floor, steps, lots, workforce
        self._now_us = 0
        self._kinds: dict[str, Callable[[Commanded, JobOrderCommand], None]] = {
            JobCommand.START: self._start,
            JobCommand.PAUSE: self._pause,
            JobCommand.RESUME: self._resume,
            JobCommand.HOLD: self._hold,
            JobCommand.RESTART: self._restart,
            JobCommand.STOP: self._end,
            JobCommand.ABORT: self._end,
        }

    def obey(self, command: JobOrderCommand, now_us: int) -> str:
        """Carry out a command at the instant `now_us`; "" or the reason why not."""
        self._now_us = now_us
        try:
            if command.equipment not in self._floor:
                raise Refused(f"no work unit or line '{command.equipment}' takes commands")
            if command.command not in self._kinds:
                raise Refused(f"a command '{command.command}' is not taken; allowed: {listed(self._kinds)}")
            self._kinds[command.command](self._floor[command.equipment], command)
        except Refused as refusal:
            return str(refusal)
        return ""

    def dispose(self, told: DispositionCarriedOut) -> str:
        """Pieces of a lot that waits are scrapped, or go back; finished ones come back from stock. What is no lot here is left alone."""
        lot, step = self._known.lot(told.lot), None
        if told.into_lot and told.job_orders:
            step = self._steps[told.material, told.job_orders[0].removeprefix(f"{told.into_lot}/")]
        if lot is None and step:
            self._known.find(told.into_lot, told.quantity, step)
        elif lot and told.quantity and (step or told.disposition == "scrap"):
            if lot.is_running or told.quantity > lot.quantity:
                return f"{told.quantity} of lot {told.lot} cannot be taken out: {lot.quantity}{' are being worked on' * lot.is_running}"
            self._known.dispose(told.lot, told.quantity, step)
        return ""

    def regroup(self, told: LotRegrouped) -> str:
        """Pieces of a lot that waits go on as a part of it, or as another that waits for the same. What is no lot here is left alone."""
        lot, into = self._known.lot(told.from_lot), self._known.lot(told.lot)
        if lot is None:
            return ""
        if lot.is_running or told.quantity > lot.quantity:
            there = f"{lot.quantity}{' are being worked on' * lot.is_running}"
            return f"{told.quantity} of lot {told.from_lot} cannot go on as {told.lot}: {there}"
        if into and (into.is_running or into.step is not lot.step):
            return f"lot {told.from_lot} cannot go on as {told.lot}, which does not wait for the same"
        self._known.go_on_as(told.from_lot, told.quantity, told.lot)
        return ""

    # -- Start

    def _start(self, unit: Commanded, command: JobOrderCommand) -> None:
        if unit.job is not None or unit.state != WorkUnitState.IDLE:
            raise Refused(f"{unit.name} is not idle but {unit.state.label}{f' with {unit.job.label}' if unit.job else ''}")
        lots = self._lots(unit, command)
        persons = self._persons(command)
        needs = any(step.is_run_staffed for *_, step in lots)
        if unit.setup_us(lots[0][2].setup_family):
            needs = needs or any(step.is_setup_staffed for *_, step in lots)
        if needs and not persons:
            raise Refused(f"{command.job_order} needs somebody, and nobody is named")
        unit.start_lots(lots, persons)

    def _lots(self, unit: Commanded, command: JobOrderCommand) -> list[NamedLot]:
        """The lots that the command names, known or new, all fit to be started together."""
        rows: Sequence[tuple[str, ...]] = (command.lots, command.materials, command.operations)
        job_orders = command.job_order.split("+")
        if any(len(row) != len(job_orders) for row in (*rows, command.quantities)):
            raise Refused(f"{len(job_orders)} job orders need as many lots, materials, operations and quantities")
        lots = [
            self._lot(unit, *named)
            for named in zip(job_orders, command.lots, command.materials, command.operations, command.quantities, strict=True)
        ]
        if refusal := most_at_once(unit.batch, lots[0][2].batch).refusal([quantity for _, quantity, _ in lots]):
            raise Refused(f"{unit.name} takes {refusal} at once")
        if len({name for name, *_ in lots}) < len(lots):
            raise Refused("a lot is named twice")
        if len(families := {step.setup_family for *_, step in lots}) > 1:
            raise Refused(f"{unit.name} cannot be set up for {listed(sorted(map(str, families)))} at once")
        return lots

    def _lot(self, unit: Commanded, job_order: str, name: str, material: str, operation: str, quantity: int) -> NamedLot:
        """The lot that one job order is about, ready for its operation here."""
        step = self._step(unit, job_order, name, material, operation)
        lot = self._known.lot(name)
        if lot is None:
            if self._known.is_gone(name):
                raise Refused(f"lot {name} is finished")
            if not step.is_first:
                raise Refused(f"lot {name} has not been through what comes before operation {operation}")
            if quantity < 1:
                raise Refused(f"lot {name} would have {quantity} pieces")
            return name, quantity, step
        if lot.step is not step:
            raise Refused(f"lot {name} is at operation {lot.step.operation} of {lot.step.material}, not at {operation} of {material}")
        if lot.is_running:
            raise Refused(f"lot {name} is being worked on")
        if lot.ready_us > self._now_us:
            raise Refused(f"lot {name} is still on its way")
        if not lot.may_go_to(unit.name):
            raise Refused(f"lot {name} comes back to the unit that did operation {step.same_unit_as}, which is not {unit.name}")
        if lot.quantity != quantity:
            raise Refused(f"lot {name} has {lot.quantity} pieces, not {quantity}")
        return name, quantity, step

    def _step(self, unit: Commanded, job_order: str, name: str, material: str, operation: str) -> Step:
        step = self._steps.get((material, operation))
        if step is None and not any(it.material == material for it in self._steps.values()):
            allowed = "what the plant's files, or the entries of its scenario, say how to make"
            raise Refused(f"'{material}' was not there when this plant was laid out, and it cannot make it; allowed: {allowed}")
        if step is None:
            raise Refused(f"the routing of '{material}' has no operation '{operation}'")
        if unit.name not in step.equipment:
            raise Refused(f"{unit.name} cannot do operation {operation} of {material}; allowed: {listed(step.equipment)}")
        if job_order != job_order_id(name, operation):
            raise Refused(f"job order '{job_order}' is not about operation {operation} of lot {name}")
        return step

    def _persons(self, command: JobOrderCommand) -> tuple[str, ...]:
        persons = tuple(command.person.split("+")) if command.person else ()
        for person in persons:
            if not self._workforce.knows(person):
                raise Refused(f"there is no person '{person}'")
        return persons

    # -- what else may be done with a job

    def _job(self, unit: Commanded, command: JobOrderCommand, allowed: Sequence[WorkUnitState]) -> CommandedJob:
        """The job that the command means, which the unit must be working on in one of the `allowed` states."""
        if unit.job is None or unit.is_done or unit.state not in allowed:
            raise Refused(
                f"{unit.name} is {unit.state.label}; {command.command} needs {listed(state.label for state in allowed)} with a job order"
            )
        if command.job_order not in ("", unit.job.label):
            raise Refused(f"{unit.name} has {unit.job.label}, not {command.job_order}")
        return unit.job

    def _pause(self, unit: Commanded, command: JobOrderCommand) -> None:
        self._job(unit, command, _WORKING)
        unit.order_stop((WorkUnitState.SUSPENDED, "paused"))

    def _hold(self, unit: Commanded, command: JobOrderCommand) -> None:
        self._job(unit, command, _WORKING)
        unit.order_stop((WorkUnitState.HELD, command.reason or "held"))

    def _resume(self, unit: Commanded, command: JobOrderCommand) -> None:
        job = self._job(unit, command, (WorkUnitState.SUSPENDED,))
        if not (unit.is_stop_ordered or unit.is_deserted):
            raise Refused(f"{unit.name} goes on by itself once {unit.stop[1] if unit.stop else 'its stop'} is over")
        if not unit.is_open:
            raise Refused(f"{unit.name} is off shift")
        unit.go_on(self._persons_at_work(unit, command, job))

    def _restart(self, unit: Commanded, command: JobOrderCommand) -> None:
        job = self._job(unit, command, (WorkUnitState.HELD,))
        if not unit.is_stop_ordered:
            raise Refused(f"{unit.name} goes on by itself after {unit.stop[1] if unit.stop else 'its failure'}")
        unit.go_on(self._persons(command) or job.persons)

    def _persons_at_work(self, unit: Commanded, command: JobOrderCommand, job: CommandedJob) -> tuple[str, ...]:
        persons = self._persons(command) or job.persons
        if unit.needs_persons and not persons:
            raise Refused(f"{job.label} needs somebody, and nobody is named")
        if unit.needs_persons and not self._workforce.are_at_work(persons):
            raise Refused(f"{' and '.join(persons)} {'is' if len(persons) == 1 else 'are'} not at work")
        return persons

    def _end(self, unit: Commanded, command: JobOrderCommand) -> None:
        self._job(unit, command, _WITH_JOB)
        if unit.is_line:
            raise Refused(f"{unit.name} is a line: it is free when its order has left it; allowed: Pause, Hold")
        state = WorkUnitState.ABORTED if command.command == JobCommand.ABORT else WorkUnitState.STOPPED
        unit.end_job(state, command.reason or str(command.command).lower())
