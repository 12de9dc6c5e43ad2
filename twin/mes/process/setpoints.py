"""Set-points: what a procedure declares as the target of a parameter is sent to the machine with the job order, and confirmed by it.

Only what signals.yaml declares as a set-point of the equipment is ever asked for. The journal is the outbox: the bridge writes what is
asked for, reads it back, and says so; what is not confirmed is told, in words.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from twin.mes.execution import LEFT_UNFINISHED, Execution, JobOrder
from twin.mes.process.recipes import Recipes
from twin.model import events as e
from twin.model.events import OperationsEvent, WorkAlertRaised
from twin.model.plant import Plant
from twin.model.states import JobCommand

_HEARD = (
    e.JobOrderCommand, e.JobOrderCommandRefused, e.JobOrderStarted, e.JobOrderPaused, e.JobOrderResumed, e.JobOrderAborted,
    e.JobOrderCompleted, e.SetpointRequested, e.SetpointConfirmed, e.SetpointRefused,
)  # fmt: skip


@dataclass(slots=True, kw_only=True)
class SetpointNow:
    """The last value of a parameter that was asked for at a piece of equipment, and what came of it."""

    equipment: str
    property: str
    value: float
    unit: str
    job_order: str
    asked_us: int
    standing: str = "asked for"  # confirmed, or refused
    reason: str = ""
    read_back: float | None = None  # what the controller has, by its own word
    answered_us: int = -1  # when that became known


class Setpoints:
    """The set-points of one plant (a `Function`).

    Attributes
    ----------
    now : by equipment and parameter
    writable : parameters of which a target can be written, by equipment, in declared order
    """

    def __init__(self, plant: Plant, execution: Execution, recipes: Recipes) -> None:
        self._execution, self._recipes = execution, recipes
        signals = plant.signals.equipment if plant.signals else {}
        self.writable = {name: list(it.setpoints) for name, it in signals.items() if it.setpoints}
        self.now: dict[tuple[str, str], SetpointNow] = {}
        self._told: dict[str, str] = {}  # job orders that are begun -> equipment that was told their targets, and has kept to them since

    @property
    def hears(self) -> Collection[type[OperationsEvent]]:
        """What it listens to: nothing, where no set-point can be written."""
        return _HEARD if self.writable and self._recipes.procedures else ()

    def apply(self, event: OperationsEvent) -> list[OperationsEvent]:
        """What a job order asks for where it starts, and what came of it."""
        if type(event) not in self.hears:
            return []
        match event:
            case e.JobOrderCommand() if event.command == JobCommand.START:
                return self._ask(event)
            case e.JobOrderStarted() | e.JobOrderResumed() if self._told.get(event.job_order) != event.equipment:
                return self._ask(event)  # nobody has commanded it
            case e.JobOrderPaused() if event.reason == LEFT_UNFINISHED:
                self._forget(event)
            case e.JobOrderCommandRefused() if event.command == JobCommand.START:
                self._forget(event)
            case e.JobOrderCompleted() | e.JobOrderAborted():
                self._forget(event)
            case e.SetpointRequested():
                self.now[event.equipment, event.property] = SetpointNow(
                    equipment=event.equipment, property=event.property, value=event.value, unit=event.unit,
                    job_order=event.job_order, asked_us=event.effective_us,
                )  # fmt: skip
            case e.SetpointConfirmed():
                self._answered(event, "confirmed", "", event.value)
            case e.SetpointRefused():
                self._answered(event, "refused", event.reason, _number(event.read_back))
                what = f"{event.property} of {event.equipment} was to be {event.value:g} for {event.job_order}"
                return [WorkAlertRaised.about(event, "setpoint", f"{what}, and it is not confirmed: {event.reason}")]
        return []

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Nothing: a start asks."""
        return []

    def _forget(self, event: OperationsEvent) -> None:
        """Whatever the equipment does next, it may have been told something else before it goes on with this."""
        for job_order in event.job_order.split("+"):
            self._told.pop(job_order, None)

    def _answered(self, event: e.SetpointConfirmed | e.SetpointRefused, standing: str, reason: str, read_back: float | None) -> None:
        it = self.now.get((event.equipment, event.property))
        if it and (it.job_order, it.value) == (event.job_order, event.value):
            it.standing, it.reason, it.read_back, it.answered_us = standing, reason, read_back, event.recorded_us

    def _ask(self, event: e.JobOrderCommand | e.JobOrderStarted | e.JobOrderResumed) -> list[OperationsEvent]:
        """Targets of what covers the job order, each time that it starts: what the machine was told meanwhile nobody knows."""
        job_orders = event.job_order.split("+")
        self._told |= dict.fromkeys(job_orders, event.equipment)
        job = self._execution.job_orders.get(job_orders[0])
        if job is None or event.equipment not in self.writable:
            return []
        return [
            e.SetpointRequested(
                effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=event.job_order, lot=job.lot,
                procedure=procedure, property=name, value=target, unit=unit,
            )
            for procedure, name, target, unit in self._targets(job, event.equipment)
        ]  # fmt: skip

    def _targets(self, job: JobOrder, equipment: str) -> list[tuple[str, str, float, str]]:
        return [
            (key, name, parameter.target, parameter.unit)
            for key, it in self._recipes.of(job).items()
            for name, parameter in it.parameters.items()
            if parameter.target is not None and name in self.writable[equipment]
        ]


def _number(text: str) -> float | None:
    """What was read back, as far as it is a number."""
    try:
        return float(text)
    except ValueError:
        return None
