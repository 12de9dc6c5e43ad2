"""Decisions carried out, at the beginning of the settle phase: in the order in which they were taken."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.ground.agenda import urge
from twin.kernels.floor.ground.telling import touch
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import timer_rows as due
from twin.kernels.floor.rows.plant_rows import Floats, Ints
from twin.kernels.floor.work.line import start_line
from twin.kernels.floor.work.work_unit import start_work_unit


@kernel
def carry_out(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> None:
    """Everything that was sent: jobs start, jobs go on with somebody, suppliers hear of purchase orders."""
    for n in range(plant[at.SENT_COUNT]):
        row = plant[at.SENT_AT] + n * asked.SENT_ROW
        kind, whom, lot, person = (
            plant[row + asked.SENT_KIND],
            plant[row + asked.SENT_TO],
            plant[row + asked.SENT_LOT],
            plant[row + asked.SENT_PERSON],
        )
        calendar = plan[plan[at.STAFF_AT] + (person - 1) * asked.STAFF_ROW + asked.STAFF_CALENDARS] if person else 0
        if kind == asked.PURCHASE:
            urge(plant, due.SUPPLIER_HEARS, whom)
        elif kind == asked.RESUME_JOB:
            plant[whom + at.ORDERED_STATE] = plant[whom + at.IS_DESERTED] = 0
            plant[whom + at.JOB_PERSONS], plant[whom + at.JOB_CALENDARS] = person, calendar
            touch(plant, whom)
        elif plant[whom + at.KIND] == at.LINE:
            start_line(plant, plan, numbers, log, whom, lot, person, calendar)
        else:
            start_work_unit(plant, plan, numbers, log, whom, lot, person, calendar)
    plant[at.SENT_COUNT] = 0
