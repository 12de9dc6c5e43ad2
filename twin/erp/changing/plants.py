"""The plant is another from now on: who and what is new costs what is declared, and what is gone costs nothing more.

Standards stay as they were released, so what a change saves or costs is a variance until somebody rolls them up.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from twin.model.plant import Plant, ProductionLine, WorkUnit

if TYPE_CHECKING:
    from twin.erp.erp import Erp


def learn_plant(erp: Erp, plant: Plant, now_us: int) -> None:
    """Let the books go by `plant` from `now_us` on: rates of persons and equipment, whose capacity is paid for, by which calendars."""
    erp.capacity.learn(plant.layout, now_us)
    learn_rates(erp, plant)


def learn_rates(erp: Erp, plant: Plant) -> None:
    """What is told from now on is booked at the rates of `plant`."""
    layout = plant.layout
    erp.plant = plant.model_copy(update={"materials": erp.plant.materials})  # these become otherwise by entries alone
    erp.evidence.learn(layout)
    machines: dict[str, WorkUnit | ProductionLine] = {**layout.work_units, **layout.production_lines}
    erp.book.equipment_rate.update({name: machine.hourly_cost for name, machine in machines.items()})
    erp.book.person_rate.update({name: person.hourly_cost for name, person in layout.persons.items()})
    erp.maintenance_work.persons = layout.persons
