"""Job orders from release to their end, and the commands that may be given to them."""

from __future__ import annotations

import pytest

from tests.rooms.mes.little_plant import LAYOUT, MIN_US, Floor, little_plant, said, state_of
from twin.mes.commands import ALLOWED
from twin.model.events import (
    JobOrderAborted,
    JobOrderCommandRefused,
    JobOrderCompleted,
    JobOrderHeld,
    JobOrderPaused,
    JobOrderResumed,
    JobOrderStarted,
    MaterialActual,
    OperationSkipped,
    OperationsResponse,
    QueueTimeExceeded,
)
from twin.model.states import DispatchStatus as D
from twin.model.states import WorkUnitState as S

JOB_EVENTS = (JobOrderStarted, JobOrderHeld, JobOrderPaused, JobOrderResumed, JobOrderCompleted, JobOrderAborted)


def milling(quantity: int = 5) -> Floor:
    """A floor where mill_1 runs job order R/10 of one operation."""
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PLATE", quantity))
    floor.starts("mill_1", "R/10")
    return floor


def test_what_the_controller_reports_makes_the_life_of_a_job_order():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PLATE", 5))
    heard = floor.tell(floor.state("mill_1", S.STARTING, "R/10", "anna", "setup"))
    heard += floor.wait(1).tell(floor.state("mill_1", S.EXECUTE, "R/10", "anna"))
    heard += floor.wait(1).tell(floor.state("mill_1", S.HELD, "R/10", reason="tool_broken"))
    assert floor.mes.status("R/10") == (D.HELD, "tool_broken")
    heard += floor.wait(1).tell(floor.state("mill_1", S.EXECUTE, "R/10", "anna"))
    heard += floor.wait(1).tell(floor.state("mill_1", S.SUSPENDED, "R/10", reason="no_operator"))
    assert floor.mes.status("R/10") == (D.SUSPENDED, "no_operator")
    heard += floor.wait(1).starts("mill_1", "R/10", "ben")
    heard += floor.wait(1).finishes("mill_1", "R/10", 5)
    assert said(heard, *JOB_EVENTS) == [
        "JobOrderStarted", "JobOrderHeld", "JobOrderResumed", "JobOrderPaused", "JobOrderResumed", "JobOrderCompleted",
    ]  # fmt: skip
    job = floor.mes.job_orders["R/10"]
    assert (job.status, job.equipment, job.person, job.good, job.run_us) == (D.COMPLETED, "mill_1", "ben", 5, 3 * MIN_US)


def test_a_start_that_nobody_commanded_is_accepted_from_whatever_status():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "BOX", 1))  # material is missing, and no one was sent
    assert floor.mes.status("R/10")[0] == D.PENDING
    assert said(floor.starts("bench_1", "R/10")) == ["JobOrderStarted"]
    assert floor.mes.status("R/10")[0] == D.RUNNING
    assert floor.alerts == []


def test_several_counts_complete_a_job_order_together():
    floor = milling(5)
    assert said(floor.wait(1).tell(floor.count("mill_1", "R/10", good=3))) == []
    assert said(floor.wait(1).tell(floor.count("mill_1", "R/10", good=1, scrap=1))) == [
        "MaterialActual", "JobOrderCompleted", "MaterialActual", "OperationsResponse",
    ]  # fmt: skip


def test_pieces_counted_between_idle_spells_pause_and_resume_the_job_order():
    """Controllers that go idle between pieces leave the job order unfinished, not lost."""
    floor = milling(2)
    heard = floor.wait(1).tell(floor.count("mill_1", "R/10", good=1), floor.state("mill_1", S.IDLE))
    assert said(heard, *JOB_EVENTS) == ["JobOrderPaused"]
    heard = floor.wait(5).starts("mill_1", "R/10") + floor.wait(1).finishes("mill_1", "R/10", 1)
    assert said(heard, *JOB_EVENTS) == ["JobOrderResumed", "JobOrderCompleted"]
    assert floor.mes.job_orders["R/10"].run_us == 2 * MIN_US


def test_counts_beyond_the_quantity_are_an_alert_and_are_not_booked():
    floor = milling(5)
    heard = floor.wait(1).finishes("mill_1", "R/10", good=7, scrap=2)
    assert [(e.good, e.scrap) for e in heard if isinstance(e, JobOrderCompleted)] == [(5, 0)]
    assert said(floor.tell(floor.count("mill_1", "R/10", good=1))) == ["WorkAlertRaised"]
    assert floor.alerts == ["mill_1 counts more pieces of R/10 than its 5"] * 2
    assert floor.mes.tracking.on_hand("PLATE") == 5


def test_a_count_of_a_job_order_that_did_not_run_starts_it_and_alerts():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PLATE", 5))
    heard = floor.tell(floor.count("mill_1", "R/10", good=5))
    assert said(heard, *JOB_EVENTS) == ["WorkAlertRaised", "JobOrderStarted", "JobOrderCompleted"]
    assert said(floor.tell(floor.count("mill_1", "R/10", good=-1))) == ["WorkAlertRaised"]


def test_a_job_order_that_nobody_released_is_an_interval_and_an_alert():
    floor = Floor().all_idle()
    assert said(floor.starts("mill_1", "ghost/10")) == []
    assert said(floor.wait(5).finishes("mill_1", "ghost/10", 3)) == ["WorkAlertRaised", "WorkAlertRaised"]
    assert floor.alerts == [
        "mill_1 counts for job order 'ghost/10', which nobody released",
        "mill_1 worked on job order 'ghost/10', which nobody released",
    ]
    assert floor.mes.equipment.intervals("mill_1", 0, floor.now_us)[0].job_order == "ghost/10"


def test_a_job_order_released_at_the_instant_in_which_it_started_counts_as_started():
    """In a live plant the start and the order come in one round, and the release follows from the order."""
    floor = Floor().all_idle()
    floor.starts("mill_1", "R/10", "anna")
    heard = floor.tell(floor.request("R", "PLATE", 5))
    assert [(e.job_order, e.equipment, e.person) for e in heard if isinstance(e, JobOrderStarted)] == [("R/10", "mill_1", "anna")]
    assert said(floor.wait(3).finishes("mill_1", "R/10", 5), *JOB_EVENTS) == ["JobOrderCompleted"]
    assert floor.alerts == []


def test_operations_that_were_passed_over_are_skipped_and_the_request_still_closes():
    floor = Floor(decisions="observed").all_idle()
    floor.tell(floor.request("R", "PIN", 4), floor.stock("STEEL", 400))
    heard = floor.does("oven_1", "R/30", 4)
    assert [(e.job_order, e.reason) for e in heard if isinstance(e, JobOrderAborted)] == [("R/10", "skipped"), ("R/20", "skipped")]
    assert [e.use for e in heard if isinstance(e, MaterialActual)] == ["Consumed", "Produced"]
    assert [e.good for e in heard if isinstance(e, OperationsResponse)] == [4]
    assert floor.mes.audit(floor.now_us) == []


def test_an_earlier_operation_that_still_runs_is_completed_only_when_it_is_counted():
    floor = Floor(decisions="observed").all_idle()
    floor.tell(floor.request("R", "PIN", 4), floor.stock("STEEL", 400))
    floor.starts("saw_1", "R/10")
    assert said(floor.wait(5).starts("mill_1", "R/20"), *JOB_EVENTS) == ["JobOrderStarted"]
    assert said(floor.wait(5).finishes("saw_1", "R/10", good=3, scrap=1), *JOB_EVENTS) == ["JobOrderCompleted"]
    assert floor.mes.job_orders["R/20"].quantity == 3
    assert said(floor.wait(5).finishes("mill_1", "R/20", 3), *JOB_EVENTS) == ["JobOrderCompleted"]


def test_an_earlier_operation_that_starts_in_the_same_round_is_not_skipped():
    """The mill may be declared, and so heard, before the saw."""
    floor = Floor(decisions="observed").all_idle()
    floor.tell(floor.request("R", "PIN", 4), floor.stock("STEEL", 400))
    heard = floor.tell(floor.state("mill_1", S.EXECUTE, "R/20"), floor.state("saw_1", S.EXECUTE, "R/10"))
    assert said(heard, *JOB_EVENTS) == ["JobOrderStarted", "JobOrderStarted"]


def waiting_pins() -> Floor:
    """A floor where the four pins of R are cut; they have to be milled and hardened soon."""
    limit = {"after": "10", "within": "1 min", "then": "rework", "rework_to": "10"}
    pin = {name: step | ({} if name == "10" else {"queue_limit": limit}) for name, step in LAYOUT["routings"]["PIN"].items()}
    floor = Floor(little_plant(routings=LAYOUT["routings"] | {"PIN": pin}), decisions="observed").all_idle()
    floor.tell(floor.request("R", "PIN", 4), floor.stock("STEEL", 400))
    floor.does("saw_1", "R/10", 4)
    return floor.wait(5)


@pytest.mark.parametrize("lost", ["rework", "scrap"])
def test_a_lot_waited_too_long_for_an_operation_and_what_came_before_it_is_counted_later(lost: str):
    floor = waiting_pins()
    floor.starts("mill_1", "R/20")
    floor.wait(5).tell(QueueTimeExceeded(effective_us=floor.now_us, job_order="R/30", quantity=4, waited_us=10 * MIN_US, **{lost: 4}))
    assert floor.mes.lots["R"].in_process == 0
    assert said(floor.wait(1).finishes("mill_1", "R/20", 4), *JOB_EVENTS)[0] == "JobOrderCompleted"
    assert {name: job.status for name, job in floor.mes.job_orders.items() if job.lot == "R"} == dict.fromkeys(
        ["R/10", "R/20", "R/30"], D.COMPLETED
    )
    assert floor.mes.audit(floor.now_us) == []


@pytest.mark.parametrize("told", [3, 4, 5])
def test_what_ends_without_having_been_begun_has_the_pieces_that_are_there_whatever_is_told_of_them(told: int):
    """A request that was planned on what was known then is of another quantity than that of which facts come later."""
    floor = waiting_pins()
    floor.tell(OperationSkipped(effective_us=floor.now_us, equipment="saw_1", job_order="R/20", quantity=told))
    assert floor.mes.job_orders["R/30"].quantity == 4
    floor.tell(QueueTimeExceeded(effective_us=floor.now_us, job_order="R/30", quantity=told, waited_us=5 * MIN_US, rework=told))
    assert (floor.mes.lots["R"].in_process, floor.mes.lots["R.R"].quantity, floor.mes.job_orders["R.R/10"].quantity) == (0, 4, 4)
    assert floor.mes.audit(floor.now_us) == []


def test_no_more_is_produced_than_was_in_process():
    floor = Floor(decisions="observed").all_idle()
    floor.tell(floor.request("R", "PIN", 4), floor.stock("STEEL", 400))
    floor.starts("mill_1", "R/20")
    floor.wait(1).tell(floor.count("mill_1", "R/20", scrap=1))
    floor.does("oven_1", "R/30", good=4)  # where has the fourth come from?
    out_of_order = "lot R is at operation 20 on mill_1, and 10 before it is not done"
    assert floor.alerts == [out_of_order, "lot R: 4 produced, but only 3 were in process"]
    assert (floor.mes.lots["R"].on_hand, floor.mes.lots["R"].in_process) == (3, 0)


def test_a_lot_without_a_good_piece_ends_and_so_do_its_job_orders():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PIN", 4), floor.stock("STEEL", 400))
    heard = floor.does("saw_1", "R/10", good=0, scrap=4)
    assert [e.job_order for e in heard if isinstance(e, JobOrderAborted)] == ["R/20", "R/30"]
    assert [(e.good, e.scrap) for e in heard if isinstance(e, OperationsResponse)] == [(0, 4)]
    assert floor.mes.audit(floor.now_us) == []


def test_a_line_runs_one_job_order_and_its_stations_hold_nothing_up():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "DRINK", 30))
    heard = floor.tell(floor.state("line_1", S.EXECUTE, "R/10"), floor.state("filler", S.EXECUTE, "R/10"))
    for _ in range(3):
        heard += floor.wait(1).tell(
            floor.state("filler", S.HELD, "R/10", reason="jam"), floor.count("filler", "R/10", good=10),
            floor.count("capper", "R/10", good=9, scrap=1), floor.count("line_1", "R/10", good=9, scrap=1),
        )  # fmt: skip
        heard += floor.wait(1).tell(floor.state("filler", S.EXECUTE, "R/10"))
    heard += floor.tell(floor.state("line_1", S.COMPLETE, "R/10"), floor.state("line_1", S.IDLE), floor.state("filler", S.IDLE))
    assert said(heard, *JOB_EVENTS) == ["JobOrderStarted", "JobOrderCompleted"]
    job = floor.mes.job_orders["R/10"]
    assert (job.good, job.scrap, job.run_us) == (27, 3, 6 * MIN_US)  # the line's time, not that of its stations as well


# Commands


@pytest.mark.parametrize(
    ("status", "legal"),
    [
        (D.WAITING, {"Abort"}), (D.PENDING, {"Abort"}), (D.READY, {"Start", "Abort"}), (D.DISPATCHED, {"Abort"}),
        (D.RUNNING, {"Pause", "Hold", "Stop", "Abort"}), (D.HELD, {"Restart", "Stop", "Abort"}), (D.SUSPENDED, {"Resume", "Stop", "Abort"}),
        (D.COMPLETED, set()), (D.ABORTED, set()),
    ],
)  # fmt: skip
def test_the_command_table_says_what_may_be_done_in_which_status(status, legal):
    assert {command for command, statuses in ALLOWED.items() if status in statuses} == legal


def test_an_illegal_command_is_refused_in_words_and_changes_nothing():
    floor = milling()
    floor.tell(floor.request("Q", "BOX", 1), floor.request("P", "PIN", 4))
    cases = [
        (floor.command("Reset", "mill_1", "R/10"), "Reset is not taken here; allowed: Start, Pause, Resume, Hold, Restart, Stop, Abort"),
        (floor.command("Start", "mill_2", "R/10", "ben"), "job order R/10 is Running; Start needs Ready"),
        (floor.command("Resume", "mill_1", "R/10"), "job order R/10 is Running; Resume needs Suspended"),
        (floor.command("Pause", "mill_2", "R/10"), "job order R/10 is not at mill_2"),
        (floor.command("Start", "bench_1", "Q/10", "ben"), "job order Q/10 is Pending (PIN: 0 of 2 there); Start needs Ready"),
        (floor.command("Start", "mill_2", "P/20", "ben"), "job order P/20 is Waiting (operation 10 is not done); Start needs Ready"),
        (floor.command("Pause", "mill_1", "ghost/10"), "nobody released job order 'ghost/10'"),
        (floor.command("Hold", "mill_1", ""), "it names no job order"),
    ]
    for command, reason in cases:
        before = state_of(floor.mes)
        (refused,) = floor.tell(command)
        assert isinstance(refused, JobOrderCommandRefused)
        assert (refused.command, refused.equipment, refused.job_order, refused.reason) == (
            command.command, command.equipment, command.job_order, reason,
        )  # fmt: skip
        after = state_of(floor.mes)
        assert {k: v for k, v in after["commands"].items() if "refused" not in k} == {
            k: v for k, v in before["commands"].items() if "refused" not in k
        }
        assert [after[room] for room in ("execution", "tracking", "release", "equipment")] == [
            before[room] for room in ("execution", "tracking", "release", "equipment")
        ]


def test_a_start_asks_for_the_right_unit_and_somebody_who_can_and_may():
    floor = Floor().all_idle()
    floor.tell(floor.request("A", "PIN", 4), floor.request("B", "PLATE", 1), floor.request("C", "PLATE", 1), floor.stock("STEEL", 400))
    floor.does("saw_1", "A/10", 4, minutes=1)
    floor.wait(10)
    floor.starts("mill_2", "C/10", "ben")

    def reason(*command: str) -> str:
        concluded = floor.tell(floor.command("Start", *command))
        return concluded[0].reason if concluded else "accepted"

    assert reason("saw_1", "A/20", "anna") == "saw_1 cannot do A/20; allowed: mill_1, mill_2"
    assert reason("mill_2", "A/20", "anna") == "mill_2 is Execute"
    assert reason("mill_1", "A/20+B/10", "anna") == "mill_1 takes 1 job orders at a time, not 2"
    assert reason("mill_1", "A/20") == "it needs a miller"  # flat to round: something to set up
    assert reason("mill_1", "A/20", "zoe") == "nobody knows a person 'zoe'"
    assert reason("mill_1", "A/20", "carl") == "carl is not on shift"
    assert reason("mill_1", "A/20", "ben") == "ben is busy at mill_2 with C/10; allowed: once that is done"
    assert reason("mill_1", "A/20", "anna") == "accepted"
    assert floor.mes.status("A/20")[0] == D.DISPATCHED
    assert reason("mill_1", "B/10") == "mill_1 was sent A/20 already"
    floor.tell(floor.request("D", "KIT", 1), floor.stock("SCREW", 10))
    assert reason("bench_1", "D/10") == "accepted"  # nobody is needed


def test_a_refusal_by_the_plant_puts_the_job_order_back_into_its_queue():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PLATE", 5))
    floor.tell(floor.command("Start", "mill_1", "R/10"))
    assert floor.mes.status("R/10")[0] == D.DISPATCHED
    floor.tell(
        JobOrderCommandRefused(effective_us=floor.now_us, equipment="mill_1", job_order="R/10", command="Start", reason="door is open")
    )
    assert floor.mes.status("R/10")[0] == D.READY
    assert ("Start", "mill_1", "R/10", "") not in floor.commands()  # not again at this instant
    assert ("Start", "mill_1", "R/10", "") in Floor.commands(floor.wait(1)) or floor.mes.status("R/10")[0] == D.DISPATCHED


def test_our_own_refusal_does_not_take_back_what_was_accepted():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PLATE", 5))
    floor.tell(floor.command("Start", "mill_1", "R/10"))
    (refused,) = floor.tell(floor.command("Start", "mill_1", "R/10"))
    assert isinstance(refused, JobOrderCommandRefused)
    assert floor.mes.status("R/10")[0] == D.DISPATCHED
    assert floor.starts("mill_1", "R/10")


def test_a_unit_that_does_something_else_gives_the_job_order_back():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PLATE", 5), floor.request("Q", "PLATE", 5))
    floor.tell(floor.command("Start", "mill_1", "R/10"))
    floor.starts("mill_1", "Q/10")
    assert [floor.mes.status(job)[0] for job in ("R/10", "Q/10")] == [D.READY, D.RUNNING]


def test_pause_hold_resume_and_restart_go_through_and_the_plant_answers_by_its_state():
    floor = milling()
    assert floor.tell(floor.command("Pause", "mill_1", "R/10")) == []
    floor.wait(1).tell(floor.state("mill_1", S.SUSPENDED, "R/10", reason="paused"))
    assert floor.commands() == []  # whoever paused it will resume it
    assert floor.tell(floor.command("Resume", "", "R/10")) == []  # it is known where it is
    assert floor.mes.commands.on_their_way["mill_1"].command == "Resume"
    floor.wait(1).starts("mill_1", "R/10")
    assert floor.tell(floor.command("Hold", "mill_1", "R/10")) == []
    floor.wait(1).tell(floor.state("mill_1", S.HELD, "R/10", reason="held"))
    assert floor.tell(floor.command("Restart", "mill_1", "R/10")) == []
    floor.wait(1).starts("mill_1", "R/10")
    assert floor.mes.status("R/10")[0] == D.RUNNING


def test_stop_takes_a_job_order_off_its_unit_and_a_start_brings_it_back():
    floor = milling()
    floor.tell(floor.command("Stop", "mill_1", "R/10"))
    heard = floor.wait(1).tell(floor.state("mill_1", S.STOPPED, "R/10", reason="stop"), floor.state("mill_1", S.IDLE))
    assert said(heard, *JOB_EVENTS) == ["JobOrderPaused"]
    assert floor.mes.status("R/10") == (D.SUSPENDED, "stop")
    assert floor.commands() == []  # it was stopped by somebody: it waits for somebody
    assert [e.reason for e in floor.tell(floor.command("Resume", "", "R/10"))] == [
        "job order R/10 was taken off its work unit; allowed: Start, Abort"
    ]
    assert floor.tell(floor.command("Start", "mill_2", "R/10")) == []
    assert floor.mes.status("R/10")[0] == D.DISPATCHED
    assert said(floor.starts("mill_2", "R/10"), *JOB_EVENTS) == ["JobOrderResumed"]
    floor.wait(4).finishes("mill_2", "R/10", 5)
    job = floor.mes.job_orders["R/10"]
    assert (job.equipment, job.run_us, job.good) == ("mill_2", 5 * MIN_US, 5)


def test_abort_gives_a_running_lot_up_and_what_was_in_process_is_scrap():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PIN", 4), floor.stock("STEEL", 400))
    floor.does("saw_1", "R/10", 4)
    floor.wait(10).starts("mill_1", "R/20")
    assert floor.tell(floor.command("Abort", "mill_1", "R/20")) == []
    heard = floor.wait(1).tell(floor.state("mill_1", S.ABORTED, "R/20", reason="abort"), floor.state("mill_1", S.IDLE))
    assert [(e.job_order, e.reason) for e in heard if isinstance(e, JobOrderAborted)] == [("R/20", "abort"), ("R/30", "abort")]
    assert [(e.use, e.quantity) for e in heard if isinstance(e, MaterialActual)] == [("Scrapped", 4)]
    assert [(e.good, e.scrap) for e in heard if isinstance(e, OperationsResponse)] == [(0, 4)]
    assert floor.mes.audit(floor.now_us) == []


def test_abort_of_what_has_not_begun_costs_no_material():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PIN", 4), floor.stock("STEEL", 400))
    heard = floor.tell(floor.command("Abort", "", "R/10"))
    assert said(heard) == ["JobOrderAborted", "JobOrderAborted", "JobOrderAborted", "OperationsResponse"]
    assert floor.mes.tracking.on_hand("STEEL") == 400
    assert floor.commands() == []


def test_a_failure_without_a_command_holds_the_job_order_even_if_it_is_reported_as_aborted():
    floor = milling()
    heard = floor.wait(1).tell(floor.state("mill_1", S.ABORTED, "R/10", reason="fire"))
    heard += floor.wait(1).tell(floor.state("mill_1", S.IDLE))
    assert said(heard, *JOB_EVENTS) == ["JobOrderHeld", "JobOrderPaused"]
    assert floor.mes.status("R/10") == (D.SUSPENDED, "left unfinished")


def test_a_job_order_that_was_given_up_and_runs_all_the_same_is_followed():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PLATE", 5))
    floor.tell(floor.command("Abort", "", "R/10"))
    heard = floor.does("mill_1", "R/10", 5)
    assert said(heard, *JOB_EVENTS) == ["JobOrderStarted", "JobOrderCompleted"]
    assert floor.mes.tracking.on_hand("PLATE") == 5
    assert floor.mes.requests["R"].open_count == 0
    assert said(floor.journal).count("OperationsResponse") == 1  # Level 4 had its answer when it was given up
