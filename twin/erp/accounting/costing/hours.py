"""What requests have taken of hours and energy, operation by operation, and the lots that each operation has begun.

Rates and lot sizes differ from operation to operation, so what hours should have cost, and what lots should, is known by operation alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.erp.accounting.costing.operations import WH_PER_MWH, CostElements
from twin.model.events import EquipmentActual, JobOrderCreated, PersonnelActual, WorkInProcessCounted
from twin.model.materials import Each

if TYPE_CHECKING:
    from twin.erp.accounting.standard_cost import CostRollUp
    from twin.erp.accounting.wip import Element, WorkInProgress
    from twin.model.plant import PlantFile

NOTHING = Fraction(0)


@dataclass(slots=True, kw_only=True)
class Taken:
    """Of one request. Where nobody says which operation a job order is of, it is ""."""

    labour_us: dict[str, Each] = field(default_factory=dict)  # by operation, as all that follow
    machine_us: dict[str, Each] = field(default_factory=dict)
    energy_wh: Each = 0  # of all operations
    begun: dict[str, set[str]] = field(default_factory=dict)  # job orders that have had set-up or run time
    found: dict[str, Fraction] = field(default_factory=dict)  # lots that were done when it was found in the making

    def lots(self) -> dict[str, Each]:
        """So many lots each operation has begun."""
        return {it: len(self.begun.get(it, ())) + self.found.get(it, 0) for it in {**self.begun, **self.found}}


class Hours:
    """Of every request. What is done again for a nonconformance is none of it: it is a cost of quality."""

    def __init__(self, wip: WorkInProgress, job_orders: Mapping[str, JobOrderCreated], layout: PlantFile) -> None:
        self._wip, self._job_orders = wip, job_orders
        self._stations = frozenset(station for line in layout.production_lines.values() for station in line.stations)
        self._taken: dict[str, Taken] = {}

    def of(self, request: str) -> Taken:
        """What a request has taken so far."""
        return self._taken.get(request) or Taken()

    def found(self, event: WorkInProcessCounted, roll_up: CostRollUp) -> None:
        """A lot in the making was found: what was done to it has taken what it should have."""
        done, tariff = roll_up.before(event.material, event.operation), roll_up.energy_tariff
        self._wip.labour_us[event.request] = round(done.labour_us * event.quantity)
        taken = self._taken[event.request] = Taken()
        taken.energy_wh = done.cost.energy * event.quantity * WH_PER_MWH / tariff if tariff else 0
        for name, standard in roll_up.operations[event.material].items():
            if name == event.operation:
                break
            taken.labour_us[name] = standard.labour_us * event.quantity
            taken.machine_us[name] = standard.machine_us * event.quantity
            taken.found[name] = standard.lots_per_unit * event.quantity

    def worked(self, event: PersonnelActual, request: str) -> None:
        """A person has given a request so much time."""
        self._labour(event, request, event.work_us)

    def ran(self, event: EquipmentActual, request: str) -> int:
        """Equipment has given a request so much time, us, and energy; a station's time is its line's."""
        worked_us = event.setup_us + event.run_us
        self._machine(event, request, worked_us, event.energy_wh)
        if worked_us > 0 and (operation := self._operation(event)):
            self._taken[request].begun.setdefault(operation, set()).add(event.job_order)
        return worked_us

    def again(self, event: PersonnelActual | EquipmentActual, request: str) -> None:
        """What was taken just now is a cost of quality."""
        if isinstance(event, PersonnelActual):
            return self._labour(event, request, -event.work_us)
        self._machine(event, request, -event.setup_us - event.run_us, -event.energy_wh)
        return self._taken[request].begun.get(self._operation(event), set()).discard(event.job_order)

    def _operation(self, event: PersonnelActual | EquipmentActual) -> str:
        created = self._job_orders.get(event.job_order)
        return created.operation if created else ""

    def _labour(self, event: PersonnelActual, request: str, work_us: int) -> None:
        self._wip.labour_us[request] = self._wip.labour_us.get(request, 0) + work_us
        of, operation = self._taken.setdefault(request, Taken()).labour_us, self._operation(event)
        of[operation] = of.get(operation, 0) + work_us

    def _machine(self, event: EquipmentActual, request: str, worked_us: int, energy_wh: int) -> None:
        taken = self._taken.setdefault(request, Taken())
        taken.energy_wh += energy_wh
        if event.equipment not in self._stations:
            operation = self._operation(event)
            taken.machine_us[operation] = taken.machine_us.get(operation, 0) + worked_us


def at_standard_rates(roll_up: CostRollUp, material: str, taken: SinceThen, paid: Mapping[Element, Fraction]) -> CostElements:
    """What hours of persons and machines, and energy, should have cost: each operation's hours at its standard rate.

    Where no operation is known, or one that should take no such hours, at the mean rate of all of them; without any, at what was `paid`.
    """
    standards = roll_up.operations[material]
    labour = {name: (it.labour_us, it.cost.labour) for name, it in standards.items()}
    machine = {name: (it.machine_us, it.cost.machine) for name, it in standards.items()}
    return CostElements(
        labour=_at_rates(taken.labour_us, labour, paid["labour"]), machine=_at_rates(taken.machine_us, machine, paid["machine"]),
        energy=Fraction(taken.energy_wh * roll_up.energy_tariff) / WH_PER_MWH,
    )  # fmt: skip


def _at_rates(used_us: Mapping[str, Each], standards: Mapping[str, tuple[Fraction, Fraction]], paid: Fraction) -> Fraction:
    if not any(own_us for own_us, _ in standards.values()):
        return paid
    cost, elsewhere_us = NOTHING, NOTHING
    for operation, spent_us in used_us.items():
        own_us, own = standards.get(operation, (NOTHING, NOTHING))
        if own_us:
            cost += spent_us * own / own_us
        else:
            elsewhere_us += spent_us
    if elsewhere_us:
        whole_us, whole = (sum(it, NOTHING) for it in zip(*standards.values(), strict=True))
        cost += elsewhere_us * whole / whole_us
    return cost


@dataclass(frozen=True, slots=True, kw_only=True)
class SinceThen:
    """Hours, energy and lots, all since standards changed last."""

    labour_us: Mapping[str, Each]
    machine_us: Mapping[str, Each]
    energy_wh: Each
    lots: Mapping[str, Each]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfLots:
    """What set-ups and whole lots cost more (> 0) or less than is planned of them for each unit, and what of that each overhead is."""

    cost: CostElements = field(default_factory=CostElements)
    overheads: Mapping[str, Fraction] = field(default_factory=dict)


def lots_of_other_sizes(
    roll_up: CostRollUp, material: str, lots: Mapping[str, Each], produced: int, lost: Mapping[str | None, int]
) -> OfLots:
    """So many lots, where so many units came out good and so many were lost at each operation; None or an unknown one: at the end.

    Of an operation whose lots nobody knows, there were as many as planned.
    """
    cost, overheads, standards = CostElements(), dict[str, Fraction](), roll_up.operations[material]
    through = produced + sum(lost.values())
    for name, standard in standards.items():
        if lots.get(name) and (more := lots[name] - through * standard.lots_per_unit) and standard.has_lot_cost:
            cost += standard.per_lot.times(Fraction(more))
            for overhead, each in standard.overheads_per_lot.items():
                overheads[overhead] = overheads.get(overhead, NOTHING) + each * more
        through -= lost.get(name, 0)
    return OfLots(cost=cost, overheads=overheads)
