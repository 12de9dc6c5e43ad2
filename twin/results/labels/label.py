"""What a label says: its code, and in large and small letters what a person has to know."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.model.calendars import written_local
from twin.results.labels.codes import ACTIONS, Code, CodeKind, CodeUnknown, known_names, read_code
from twin.results.run import Run
from twin.results.warehouse.packages import package_now


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One label. `lines` are small print, from above."""

    code: Code
    title: str
    lines: tuple[str, ...]


def label(run: Run, code: Code) -> Label:
    """The label of one thing of a run or its plant.

    Raises
    ------
    CodeUnknown : there is no such thing
    """
    read_code(run, code.text)
    lines = {
        CodeKind.LOT: _lot,
        CodeKind.JOB_ORDER: _job_order,
        CodeKind.EQUIPMENT: _equipment,
        CodeKind.PERSON: _person,
        CodeKind.PLACE: _place,
        CodeKind.PACKAGE: _package,
        CodeKind.ACTION: _action,
    }[code.kind](run, code.name)
    return Label(code=code, title=code.name, lines=tuple(line for line in lines if line))


def labels(run: Run, kind: CodeKind, names: Iterable[str] | None = None) -> list[Label]:
    """Labels of these things, or of all that there are of a kind.

    Raises
    ------
    CodeUnknown : one of them is not there
    """
    return [label(run, Code(kind=kind, name=name)) for name in (known_names(run)[kind] if names is None else names)]


def labels_of_request(run: Run, request: str) -> list[Label]:
    """Every lot of a request, each with its job orders.

    Raises
    ------
    CodeUnknown : there is no such request, or nothing of it was let in yet
    """
    lots = [lot.lot for lot in run.mes.tracking.lots.values() if lot.request == request]
    if not lots:
        known = run.mes.release.requests
        none_yet = f"request '{request}' has no lots yet; allowed: one that was let in"
        raise CodeUnknown(none_yet if request in known else f"no request '{request}'; allowed: {_some(known)}")
    jobs: dict[str, list[str]] = {}
    for job in run.mes.execution.job_orders.values():
        jobs.setdefault(job.lot, []).append(job.job_order)
    found: list[Label] = []
    for lot in lots:
        found += [label(run, Code(kind=CodeKind.LOT, name=lot))]
        found += labels(run, CodeKind.JOB_ORDER, jobs.get(lot, []))
    return found


def _some(names: Iterable[str]) -> str:
    first = list(names)
    return ", ".join(first[:8]) + (", …" if len(first) > 8 else "") if first else "none"


def _material(run: Run, material: str, quantity: int) -> tuple[str, str]:
    known = run.plant.materials.materials.get(material)
    return (known and known.title) or material, f"{quantity:,} {known.unit if known else ''}".strip()


def _due(run: Run, request: str) -> str:
    known = run.mes.release.requests.get(request)
    if known is None:
        return ""
    return f"{f'For {known.order}, due' if known.order else 'Due'} {written_local(known.due_us, run.plant.layout.time_zone)}"


def _lot(run: Run, name: str) -> list[str]:
    lot = run.mes.tracking.lots[name]
    made = lot.on_hand or lot.in_process or lot.quantity
    title, quantity = _material(run, lot.material, made)
    return [f"{title} ({lot.material})", quantity, _due(run, lot.request)]


def _job_order(run: Run, name: str) -> list[str]:
    job = run.mes.execution.job_orders[name]
    title, quantity = _material(run, job.material, job.quantity)
    center = run.plant.layout.work_centers[job.work_center]
    return [f"Operation {job.operation} at {center.title or job.work_center}", f"{quantity} {title}", _due(run, job.request)]


def _equipment(run: Run, name: str) -> list[str]:
    layout = run.plant.layout
    it = layout.work_units.get(name) or layout.production_lines[name]
    center = layout.work_centers[it.work_center]
    return [it.title, center.title or it.work_center]


def _person(run: Run, name: str) -> list[str]:
    layout = run.plant.layout
    person = layout.persons[name]
    return [person.title, ", ".join(layout.personnel_classes[it].title or it for it in person.classes)]


def _place(run: Run, name: str) -> list[str]:
    return [run.plant.layout.storage_units[name].title, "Storage unit"]


def _package(run: Run, name: str) -> list[str]:
    """For whom, what lies in it, and how heavy it is."""
    it = package_now(run, name)
    customer = run.plant.materials.customers.get(it.customer)
    title, quantity = _material(run, it.material, it.quantity)
    return [f"{it.order} for {(customer and customer.title) or it.customer}", f"{quantity} {title}", f"{it.title} {it.weight}".strip()]


def _action(run: Run, name: str) -> list[str]:
    return [ACTIONS[name]]
