"""Checks, steps, documents and holds are entered for when they were; what has come since, and what they would contradict, is refused."""

from __future__ import annotations

from typing import Any

from tests.rooms.quality.valve_shop import BORE, MIN_US, of_type
from tests.rooms.readiness.turning_shop import TurningShop
from twin.model import events as e

JOB, LOT = "A-VALVE/10", "A-VALVE"
STEPS = {
    "clear": {"text": "Nothing lies here.", "asks": "yes", "before_start": True},
    "torque": {"text": "Torque.", "asks": "value", "unit": "Nm", "lower": 18, "upper": 22},
    "clean": {"text": "Clean the vice."},
}
WI_12 = {"operations": ["10"], "acknowledge": True, "revisions": {"B": {"text": "Clamp on the journal."}}}


def shop() -> TurningShop:
    """Lots are bored by instruction WI-12 and by steps, then tested before they go on."""
    plans = {"bore": {**BORE, "authority": None}}
    return TurningShop(
        documents={"WI-12": WI_12}, procedures={"bore": {"operations": ["10"], "steps": STEPS}}, quality_plans=plans
    ).order("A", 5)  # fmt: skip


def earlier(shop: TurningShop, kind: type[e.OperationsEvent], minutes: int, **said: Any) -> str:
    """What Bo says of so many minutes ago; "" or why it was refused."""
    at = {"effective_us": shop.now_us - minutes * MIN_US, "recorded_us": shop.now_us, "person": "bo", "terminal": "tablet 3"}
    return next((it.reason for it in of_type(shop.tell(kind(**at, **said)), e.EntryRefused)), "")


def test_what_was_done_before_it_was_said_is_so_from_then_on_and_contradicts_nothing_that_has_begun() -> None:
    floor = shop()
    came_us = floor.run.mes.lots[LOT].created_us  # 06:02
    floor.now_us += 10 * MIN_US
    ago = lambda minute: (floor.now_us - came_us) // MIN_US - minute  # noqa: E731  # of so many minutes after that
    hold, released = {"lot": LOT, "reason": "crack"}, {"document": "WI-12", "revision": "C", "text": "Clamp on the bore."}
    assert earlier(floor, e.LotHoldRequested, ago(-1), **hold) == f"lot {LOT} came Mon 2 Mar, 06:02; allowed: from then on, to now"
    assert earlier(floor, e.DocumentAcknowledged, ago(1), document="WI-12", revision="B") == ""
    assert earlier(floor, e.StepConfirmed, ago(2), job_order=JOB, step="clear", answer=1.0) == ""
    assert floor.run.mes.process.steps.confirmed[JOB]["clear"].at_us == came_us + 2 * MIN_US
    assert floor.run.mes.documents.documents["WI-12"].all["B"].acknowledged == {"bo": came_us + MIN_US}
    assert earlier(floor, e.LotHoldRequested, ago(4), **hold) == ""
    assert floor.run.mes.quality.holds.since_us[LOT] == came_us + 4 * MIN_US
    assert earlier(floor, e.LotReleaseRequested, ago(3), lot=LOT).startswith(f"lot {LOT} was held Mon 2 Mar, 06:06; allowed: ")
    assert earlier(floor, e.LotReleaseRequested, ago(5), lot=LOT) == ""
    floor.now_us = came_us + 30 * MIN_US
    floor.does("mill_1", JOB, 5)
    began = f"{JOB} began Mon 2 Mar, 06:32; allowed: from then on, to now"
    assert earlier(floor, e.LotHoldRequested, ago(29), **hold) == began
    assert earlier(floor, e.StepConfirmed, ago(29), job_order=JOB, step="torque", answer=20.0) == began
    assert earlier(floor, e.StepConfirmed, ago(40), job_order=JOB, step="torque", answer=20.0) == "", "said once the work is over"
    assert "was confirmed Mon 2 Mar, 06:42" in earlier(floor, e.StepConfirmed, ago(39), job_order=JOB, step="clean")
    assert earlier(floor, e.StepConfirmed, 0, job_order=JOB, step="clean") == f"job order {JOB} is Completed"
    assert earlier(floor, e.DocumentReleased, ago(29), **released) == (
        f"{JOB} has begun, or gone on, by what was valid of WI-12 Mon 2 Mar, 06:32; allowed: from then on, to now"
    )
    assert earlier(floor, e.DocumentReleased, ago(50), **released) == ""
    assert earlier(floor, e.DocumentAcknowledged, ago(49), document="WI-12", revision="C").endswith("is not valid then; allowed: B")
    assert earlier(floor, e.DocumentAcknowledged, ago(55), document="WI-12", revision="C") == ""
    tested = {"lot": LOT, "characteristic": "bore", "value": 10.02}
    assert earlier(floor, e.TestResultRecorded, ago(40), **tested).startswith(f"lot {LOT} was to be tested Mon 2 Mar, 07:0")
    assert earlier(floor, e.TestResultRecorded, ago(61), **tested) == ""
    assert floor.run.mes.tracking.let_go_us[LOT] == came_us + 61 * MIN_US
    assert floor.is_the_same_from_every_source(lambda run: run.steps_of(JOB))


def test_what_a_late_check_concludes_of_a_lot_that_has_gone_on_is_so_from_now_on() -> None:
    floor = shop()
    floor.begins("mill_1", JOB, "bo")
    floor.does("mill_1", JOB, 5)
    done_us = floor.now_us
    floor.does("grinder_1", "A-VALVE/20", 5)
    ago = (floor.now_us - done_us) // MIN_US + 1
    assert earlier(floor, e.TestResultRecorded, ago, lot=LOT, characteristic="bore", value=12.0) == ""
    found, told = floor.run.mes.quality.inspections.all["bore", LOT], floor.run.mes.lots[LOT].tests[-1]
    assert (found.verdict, told.effective_us, found.judged_us) == ("failed", done_us - MIN_US, done_us + (ago - 1) * MIN_US)
