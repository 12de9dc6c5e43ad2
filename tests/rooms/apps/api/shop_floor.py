"""What programs of the tests read of the shop floor and do there, held against the run that tells it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.model.events import JobOrderCommand
from twin.model.states import Source, WorkUnitState
from twin.results.run import Run

Ask = Callable[..., Any]


def what_stands_where(ask: Ask, run: Run) -> None:
    """Each of the tables is that of the run: states tile time, indicators and losses are the same figures, a trace goes both ways."""
    units = ask("/resources?kind=equipment&most=500")[1]
    assert [it["resource"] for it in units] == list(run.mes.equipment.records)
    assert {it["resource"] for it in ask("/resources?kind=person")[1]} == set(run.plant.layout.persons)
    waiting = ask("/queues/hobbing")[1]
    assert [it["job_order"] for it in waiting] == [job.job_order for job, _ in run.mes.dispatching.queue("hobbing", run.now_us)]
    assert all(it["because"] for it in waiting)
    ended = ask("/job-orders?is_open=false&most=500")[1]
    assert {it["status"] for it in ended} <= {"Completed", "Aborted", "Cancelled", "Closed"}
    assert len(ended) + len(ask("/job-orders?is_open=true&most=500")[1]) == len(run.mes.job_orders)
    sawn = ask("/job-orders?equipment=saw_1&most=500")[1]
    assert {it["job_order"] for it in sawn} == {name for name, it in run.mes.job_orders.items() if it.equipment == "saw_1"}
    at_work = [it for it in run.mes.equipment.records.values() if it.state == WorkUnitState.EXECUTE and it.is_scheduled]
    unit = next(it for it in at_work if len(it.job_orders) == 1 and it.since_us < run.now_us)
    (its,) = [it for it in ask(f"/job-orders?equipment={unit.equipment}&most=500")[1] if it["job_order"] == unit.job_order]
    assert its["run_h"] > run.mes.job_orders[unit.job_order].run_us / 3.6e9, "what it has run for is not booked yet, and counts"
    states = ask("/states/saw_1?most=500")[1]
    assert [it["start"] for it in states[1:]] == [it["end"] for it in states[:-1]]
    shown = {it["name"]: it["values"]["oee"] for it in ask("/indicators/equipment?until=2026-03-03T06:00:00Z")[1]}
    known = run.indicators_by("equipment", None, 1_772_517_600_000_000)
    assert shown == dict(zip(known["equipment"], known["oee"].where(known["oee"].notna(), None), strict=True))
    of_saw = [it["share_of_planned"] for it in ask("/losses?most=500")[1] if it["equipment"] == "saw_1"]
    assert abs(sum(of_saw) - 1) < 1e-9
    assert {it["equipment"] for it in ask("/stops?most=500")[1]} <= {it["resource"] for it in units}
    assert ask("/scrap?until=2026-03-03T06:00:00Z")[1] == run.scrap_reasons(None, 1_772_517_600_000_000).to_dict("records")
    assert ask("/control-charts/teeth")[1]["detail"].startswith("no control chart of 'teeth'")
    assert ask("/defects")[1] == run.defects().to_dict("records")
    alarms = ask("/alarms?is_calling=true")[1]
    assert [it["alarm"] for it in alarms] == [it.alarm for it in run.mes.alarms.calling()]
    shipped = next(name for name, it in run.mes.lots.items() if it.made_here and it.produced and not it.on_hand and not it.in_process)
    traced = ask(f"/traces/{shipped}")[1]
    assert {it["lot"] for it in traced["edges"] if it["direction"] == "backward"} == {it.lot for it in run.mes.tracking.backward(shipped)}
    assert ask(f"/as-built/{shipped}")[1] == run.as_built(shipped).summary()
    recalled = ask(f"/recalls/{traced['edges'][0]['lot']}")[1]
    assert shipped in recalled["lots"]
    assert {it["standing"] for it in traced["where"]} == {"shipped"}
    assert [ask(path)[1] for path in ("/schedule", "/holds", "/nonconformances", "/corrective-actions", f"/results/{shipped}")] == [[]] * 5
    assert ask("/states/saw_9")[:2][1]["detail"].startswith("there is no equipment 'saw_9' (did you mean 'saw_1'?); allowed: saw_1, ")
    titled = ask("/queues/Gear%20hobbing")
    assert (titled[0], "(did you mean 'hobbing'?); allowed: sawing, " in titled[1]["detail"]) == (404, True)
    assert ask("/states/Saw%201")[1]["detail"].startswith(
        "path/equipment: 'Saw 1' cannot be one; allowed: an id, as files and other answers"
    )
    assert ask("/queues/saws")[0] == ask("/traces/nothing")[0] == ask("/as-built/nothing")[0] == ask("/results/nothing")[0] == 404


def what_is_done_there(ask: Ask, run: Run, wait_until: Callable[..., Any]) -> None:
    """A running job order is held and goes on, a lot is made hot, an alarm is acknowledged; what makes no sense is refused in words."""
    records = run.mes.equipment.records
    unit = next(name for name, it in records.items() if it.state == WorkUnitState.EXECUTE and it.is_scheduled and it.job_order)
    said = {"job_order": records[unit].job_order, "equipment": unit, "command": "Hold", "reason": "a camera sees a burr"}
    assert ask("/job-commands", said, key="held")[1]["event"] == "JobOrderCommand"
    wait_until(lambda: records[unit].state == WorkUnitState.HELD)
    assert ask("/job-commands", said, key="held")[2]["idempotency-replayed"] == "true"
    assert ask("/job-commands", {**said, "command": "Restart"})[0] == 201
    wait_until(lambda: records[unit].state == WorkUnitState.EXECUTE)
    assert "is Running; Start needs Ready" in ask("/job-commands", {**said, "command": "Start"})[1]["detail"]
    lot = run.mes.job_orders[next(it for it in said["job_order"].split("+"))].lot
    assert ask("/entries/lot-expedited", {"lot": lot, "reason": "the customer waits"})[0] == 201
    assert lot in run.mes.hot_lots.reasons
    assert ask("/entries/lot-expediting-ended", {"lot": lot})[0] == 201
    if calling := run.mes.alarms.calling():
        it = calling[0]
        about = {name: told for name in ("equipment", "lot", "job_order", "request") if (told := getattr(it, name))}
        answered = ask("/entries/alarm-accepted", {"alarm": it.alarm, **about, "is_alert": it.is_alert})
        assert answered[0] == 201, answered
        assert it not in run.mes.alarms.calling()
    for path, body, words in (
        ("/checks", {"plan": "none", "lot": lot, "characteristic": "teeth", "value": 1.5}, "asks for 'teeth'; allowed: none"),
        ("/checks", {"plan": "teeth", "lot": lot, "characteristic": "x", "value": 1, "codes": [["burr", 1]]}, "no quality plan asks for"),
        (
            "/entries/pieces-counted",
            {"equipment": unit, "job_order": said["job_order"], "good": 1},
            "says by itself what it does; allowed: in a plant",
        ),
        ("/entries/lot-split-requested", {"lot": lot, "quantity": 9_999}, f"lot {lot}"),
        ("/entries/control-point-excluded", {"plan": "p", "characteristic": "q", "point": 1, "reason": "x"}, "no control chart of q of p"),
        ("/entries/stop-reported", {"equipment": unit, "reason": "no"}, "says by itself"),
    ):
        status, document, _ = ask(path, body)
        assert (status, words in document["detail"]) == (409, True), document
    kept = [it.event for it in run.journal.entries() if it.source == Source.USER and isinstance(it.event, JobOrderCommand)]
    assert {(it.person, it.terminal) for it in kept} == {("clara", "api")}
    assert {"Hold", "Restart"} <= {it.command for it in kept}
