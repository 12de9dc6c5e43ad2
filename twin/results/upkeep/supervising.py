"""What a supervisor has to look at first: what calls somebody, what is late, held, standing; and what may be sent where."""

from __future__ import annotations

from dataclasses import dataclass

from twin.mes.alarms.alarm import AlarmRecord
from twin.mes.equipment import EquipmentRecord, is_stop
from twin.mes.execution import NOT_STARTED
from twin.mes.maintenance.orders import MaintenanceOrder
from twin.results.run import Run

SHOWN = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A customer order that is due and not shipped."""

    order: str
    customer: str
    material: str
    open_quantity: int
    due_us: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLot:
    """A lot that may neither go on nor ship."""

    lot: str
    material: str
    since_us: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """Equipment that stands; `commands`: what its state allows (PackML)."""

    equipment: str
    state: int
    reason: str
    since_us: int
    job_order: str
    mode: str
    commands: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SupervisorNow:
    """The exceptions first, then what can be done about them."""

    calling: list[AlarmRecord]  # what is there first, the most important of it; `SHOWN` at most
    calling_count: int
    escalated_count: int
    answered: list[AlarmRecord]  # acknowledged, and still there, latched, or quiet
    late: list[Late]
    held: list[HeldLot]
    stopped: list[Stopped]
    overdue: list[MaintenanceOrder]
    unusable: dict[str, str]  # calibration -> why
    waiting: dict[str, list[str]]  # job order that has not started -> equipment that can do it
    assigned: dict[str, str]  # job order or person -> where it was assigned to
    requests: dict[str, int]  # open request -> priority


def supervisor_now(run: Run) -> SupervisorNow:
    """What a supervisor sees now."""
    mes, now_us = run.mes, run.now_us
    calling = mes.alarms.calling()
    answered = [it for it in mes.alarms.all.values() if not it.calls and (it.is_active or it.is_latched)]
    orders = run.erp.customer_orders.orders.values()
    late = [it for it in orders if it.open_quantity > 0 and it.due_us < now_us]
    lots, holds = mes.tracking.lots, mes.quality.holds
    jobs = [it for it in mes.job_orders.values() if it.status in NOT_STARTED and it.turn_us >= 0]
    supervision, gauges = mes.supervision, mes.maintenance.calibrations
    return SupervisorNow(
        calling=calling[:SHOWN],
        calling_count=len(calling),
        escalated_count=sum(it.step > 0 for it in calling),
        answered=sorted(answered, key=lambda it: -it.raised_us)[:SHOWN],
        late=[
            Late(order=it.order, customer=it.customer, material=it.material, open_quantity=it.open_quantity, due_us=it.due_us)
            for it in sorted(late, key=lambda it: it.due_us)
        ],
        held=[
            HeldLot(lot=name, material=lots[name].material, since_us=holds.since_us[name], reason=holds.why(name))
            for name in holds.reasons
            if name in lots
        ],
        stopped=[_stopped(run, it) for it in mes.equipment.records.values() if is_stop(it)],
        overdue=[it for it in mes.maintenance.orders.values() if it.is_overdue(now_us)],
        unusable={name: why for name, it in gauges.all.items() if (why := gauges.why_not(it, now_us))},
        waiting={it.job_order: list(it.step.equipment) for it in sorted(jobs, key=lambda it: (it.due_us, it.job_order))},
        assigned={name: it.equipment for name, it in {**supervision.job_orders, **supervision.persons}.items()},
        requests={name: it.priority for name, it in mes.requests.items() if it.answered_us < 0},
    )  # fmt: skip


def _stopped(run: Run, it: EquipmentRecord) -> Stopped:
    modes = run.mes.modes
    return Stopped(
        equipment=it.equipment, state=it.state, reason=it.reason, since_us=it.since_us, job_order=it.job_order,
        mode=modes.mode_of(it.equipment), commands=modes.commands_of(it.equipment),
    )  # fmt: skip
