"""What becomes of lots that have waited too long for their step: it is told, or they go back, or they are lost."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.floor.flow.arrivals import become_ready
from twin.kernels.floor.flow.lots import is_gone, leave_place, take_off_rework
from twin.kernels.floor.flow.queues import leave_queue
from twin.kernels.floor.flow.steps.watching import end_wait, has_waited_too_long, more_of
from twin.kernels.floor.ground.names import job_label
from twin.kernels.floor.ground.setups import add_load
from twin.kernels.floor.ground.telling import tell
from twin.kernels.floor.planning.news import note
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import log_rows as said
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows.plant_rows import Floats, Ints


@kernel
def judge_next(plant: Ints, plan: Ints, numbers: Floats, log: Ints) -> None:
    """The first of those who have waited too long, unless it was started at this instant."""
    lot = plant[more.LATE_FIRST]
    plant[more.LATE_FIRST], plant[lot + more.LATE_NEXT] = plant[lot + more.LATE_NEXT], 0
    if not has_waited_too_long(plant, plan, lot):
        return
    step, pieces = plant[lot + at.STEP], plant[lot + at.LOT_QUANTITY]
    row = more_of(plan, step)
    then, count_at = plan[row + more.CONSEQUENCE], plan[row + more.BACK_COUNT]
    if then == more.SENT_BACK and plant[lot + count_at] >= plan[row + more.BACK_MOST]:
        then = more.SCRAPPED
    waited_us = plant[at.NOW] - plant[lot + plan[row + more.WAITS_SINCE]]
    end_wait(plant, plan, lot)
    behind_all = plant[at.EQUIPMENT_COUNT]  # it may have come from its equipment at this instant: first that is heard
    tell(plant, log, said.TELLS_LIMIT, behind_all, pieces, waited_us, job_label(plant, plan, lot), then)
    if then == more.TOLD:
        return
    if plant[at.DECIDES_LEVEL_4]:
        scrap, rework = (pieces, 0) if then == more.SCRAPPED else (0, pieces)
        note(plant, behind_all, asked.PIECES_COUNTED, plant[lot + at.REQUEST], 0, scrap, rework, plan[step + at.STEPS_AFTER])
    if plant[at.IS_BY_RULE]:
        leave_queue(plant, plan, lot)
    leave_place(plant, lot)
    add_load(plant, plan, numbers, step, pieces, -1)
    if then == more.SENT_BACK:
        plant[lot + count_at] += 1
        again = take_off_rework(plant, plan, numbers, log, lot, plan[row + more.BACK_TO], pieces, 0)
        become_ready(plant, plan, numbers, again)
    is_gone(plant, lot)
