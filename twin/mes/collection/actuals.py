"""Data collection: what a state interval gave to its job orders, once it is closed."""

from __future__ import annotations

from collections.abc import Mapping

from twin.mes.equipment import RUN_STATES, SETUP_STATES, StateInterval
from twin.mes.execution import JobOrder
from twin.model.events import EquipmentActual, OperationsEvent, PersonnelActual


def actuals(closed: StateInterval, job_orders: Mapping[str, JobOrder]) -> list[OperationsEvent]:
    """Time, energy and work that the closed interval gave to its job orders, split by quantity (largest remainder)."""
    jobs = [job_orders[j] for j in closed.job_order.split("+") if j in job_orders] if closed.job_order else []
    if not jobs:
        return []
    duration_us = closed.end_us - closed.start_us
    setup_us = duration_us if closed.state in SETUP_STATES else 0
    run_us = duration_us if closed.state in RUN_STATES else 0
    energy_wh = closed.energy_wh
    weights = [job.quantity for job in jobs]
    found: list[OperationsEvent] = []
    if setup_us or run_us or energy_wh:
        shares = zip(jobs, split(setup_us, weights), split(run_us, weights), split(energy_wh, weights), strict=True)
        found += [
            EquipmentActual(
                effective_us=closed.end_us, equipment=closed.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
                setup_us=setup, run_us=run, energy_wh=energy,
            )
            for job, setup, run, energy in shares
            if setup or run or energy
        ]  # fmt: skip
    if closed.person and (setup_us or run_us):
        found += [
            PersonnelActual(
                effective_us=closed.end_us, equipment=closed.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
                person=person, work_us=work,
            )
            for person in closed.person.split("+")
            for job, work in zip(jobs, split(setup_us + run_us, weights), strict=True)
            if work
        ]  # fmt: skip
    return found


def split(total: int, weights: list[int]) -> list[int]:
    """`total` in whole parts by `weights`, none lost (largest remainder; ties to the first; equal parts if all weights are 0)."""
    if len(weights) == 1:
        return [total]
    if not any(weights):
        weights = [1] * len(weights)
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    by_remainder = sorted(range(len(weights)), key=lambda n: (-(total * weights[n] % whole), n))
    for n in by_remainder[: total - sum(parts)]:
        parts[n] += 1
    return parts
