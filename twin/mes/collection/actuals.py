"""Data collection: what a state interval gave to its job orders, once it is closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from twin.mes.equipment import RUN_STATES, SETUP_STATES, StateInterval
from twin.mes.execution import JobOrder
from twin.model.events import EquipmentActual, OperationsEvent, PersonnelActual
from twin.model.measures import allocate

Worked = Callable[[str, StateInterval], int]


def whole(person: str, interval: StateInterval) -> int:
    """All of an interval is work of whoever is reported there."""
    return interval.duration_us


def actuals(closed: StateInterval, job_orders: Mapping[str, JobOrder], worked_us: Worked = whole) -> list[OperationsEvent]:
    """Time, energy and work that the closed interval gave to its job orders, split by quantity (largest remainder).

    `worked_us` says how much of it is work of a person by the equipment's word: where somebody clocks, clocking counts.
    """
    jobs = [job_orders[j] for j in closed.job_order.split("+") if j in job_orders] if closed.job_order else []
    if not jobs:
        return []
    duration_us = closed.end_us - closed.start_us
    setup_us = duration_us if closed.state in SETUP_STATES else 0
    run_us = duration_us if closed.state in RUN_STATES else 0
    energy_wh = closed.energy_wh
    quantities = [job.quantity for job in jobs]
    shares = quantities if any(quantities) else [1] * len(jobs)  # of jobs for nothing each has the same part
    found: list[OperationsEvent] = []
    if setup_us or run_us or energy_wh:
        parts = zip(jobs, allocate(setup_us, shares), allocate(run_us, shares), allocate(energy_wh, shares), strict=True)
        found += [
            EquipmentActual(
                effective_us=closed.end_us, equipment=closed.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
                setup_us=setup, run_us=run, energy_wh=energy,
            )
            for job, setup, run, energy in parts
            if setup or run or energy
        ]  # fmt: skip
    if closed.person and (setup_us or run_us):
        found += [
            PersonnelActual(
                effective_us=closed.end_us, equipment=closed.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
                person=person, work_us=work,
            )
            for person in closed.person.split("+")
            for job, work in zip(jobs, allocate(worked_us(person, closed), shares), strict=True)
            if work
        ]  # fmt: skip
    return found
