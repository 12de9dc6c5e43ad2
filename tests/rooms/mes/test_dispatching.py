"""What starts next, on what, with whom."""

from __future__ import annotations

import pytest

from tests.rooms.mes.little_plant import LAYOUT, Floor, little_plant, state_of
from twin.model.events import JobOrderCommandRefused
from twin.model.states import WorkUnitState as S


def plates(floor: Floor, **dues: float) -> Floor:
    """Requests of one plate each, released a minute apart, due after so many hours."""
    for name, due_h in dues.items():
        floor.wait(1).tell(floor.request(name, "PLATE", 1, due_h=due_h))
    return floor


def only_mill_1(floor: Floor) -> Floor:
    floor.tell(floor.state("mill_2", S.STOPPED))
    return floor


@pytest.mark.parametrize(
    ("rule", "first"),
    [("fifo", "A/10"), ("edd", "B/10"), ("spt", "C/10"), ("critical_ratio", "D/10"), ("setup_avoidance", "B/10"), ("priority", "E/10")],
)
def test_the_best_ranked_job_order_starts_first(rule, first):
    """Expected by hand: A is oldest, B due first, C short, the mill stands set up for plates, D has most work for its time, E is urgent."""
    floor = only_mill_1(Floor(dispatch=rule).all_idle())
    floor.tell(floor.request("A", "PIN", 2, due_h=90), floor.request("D", "PIN", 4, due_h=11), floor.stock("STEEL", 10_000))
    for job_order, pieces in (("A/10", 2), ("D/10", 4)):
        floor.does("saw_1", job_order, pieces, minutes=1)
    floor.wait(12).tell(floor.request("B", "PLATE", 20, due_h=10), floor.request("C", "PLATE", 1, due_h=80))
    floor.tell(floor.request("E", "PLATE", 300, due_h=85, priority=5))
    first_rank = floor.mes.dispatching.ranked("milling", "mill_1", floor.now_us)[0].job_order
    expected = {"A/10": "A/20", "D/10": "D/20"}.get(first, first)
    assert first_rank == expected
    assert next(c for c in floor.commands() if c[1] == "mill_1")[2] == expected


def test_a_work_center_may_have_a_rule_of_its_own():
    floor = only_mill_1(plates(Floor(dispatch="fifo", dispatch_by_center={"milling": "edd"}).all_idle(), A=9, B=5))
    assert floor.commands() == [("Start", "mill_1", "B/10", "")]


def test_equal_ranks_are_settled_by_turn_then_by_id():
    floor = only_mill_1(Floor(dispatch="edd").all_idle())
    floor.tell(floor.request("B", "PLATE", 1), floor.request("A", "PLATE", 1))
    floor.wait(1).tell(floor.request("0", "PLATE", 1))
    assert [job.job_order for job in floor.mes.dispatching.ranked("milling", "mill_1", floor.now_us)] == ["A/10", "B/10", "0/10"]


def test_units_in_declared_order_take_one_job_order_each():
    floor = plates(Floor().all_idle(), A=5, B=6, C=7)
    assert floor.commands() == [("Start", "mill_1", "A/10", ""), ("Start", "mill_2", "B/10", "")]
    assert floor.commands() == []  # it was sent already


def test_the_first_free_qualified_person_in_declared_order_is_sent_and_is_then_taken():
    floor = Floor().all_idle()
    floor.tell(floor.request("A", "PIN", 4), floor.request("B", "PIN", 4), floor.request("C", "PIN", 4), floor.stock("STEEL", 1200))
    for job in ("A/10", "B/10", "C/10"):
        floor.does("saw_1", job, 4, minutes=1)
    floor.tell(floor.request("X", "BOX", 1), floor.stock("PIN", 2), floor.stock("SCREW", 4))
    floor.wait(15)
    assert floor.commands() == [("Start", "mill_1", "A/20", "anna"), ("Start", "mill_2", "B/20", "ben")]  # nobody is left for the box
    floor.tell(floor.state("mill_1", S.STARTING, "A/20", "anna", "setup"), floor.state("mill_2", S.STARTING, "B/20", "ben", "setup"))
    assert floor.commands() == []
    floor.wait(20).tell(floor.state("mill_2", S.EXECUTE, "B/20"))  # set up: ben is free again
    assert floor.commands() == [("Start", "bench_1", "X/10", "ben")]


def test_a_job_order_that_lacks_a_person_does_not_hold_up_one_that_needs_none():
    floor = Floor().all_idle()
    floor.wait(4 * 60)  # 10:00, the break of the early shift
    floor.tell(
        floor.request("R", "BOX", 1, due_h=1), floor.request("K", "KIT", 1, due_h=90), floor.stock("PIN", 2), floor.stock("SCREW", 20)
    )
    assert floor.commands() == [("Start", "bench_1", "K/10", "")]
    floor.wait(30)
    assert floor.commands() == [("Start", "bench_2", "R/10", "ben")]


def test_two_job_orders_are_not_promised_the_same_material():
    floor = Floor().all_idle()
    floor.tell(floor.request("A", "KIT", 1), floor.request("B", "KIT", 1), floor.stock("SCREW", 19))
    assert floor.commands() == [("Start", "bench_1", "A/10", "")]
    floor.tell(floor.delivery("PO-1", "SCREW", 1))
    assert floor.commands() == [("Start", "bench_2", "B/10", "")]


def test_nothing_starts_on_a_unit_that_does_not_work_at_this_time():
    floor = plates(Floor().all_idle(), A=50)
    floor.wait(16 * 60)  # 22:00
    assert floor.commands() == []
    floor.wait(8 * 60)
    assert floor.commands() == [("Start", "mill_1", "A/10", "")]


def hardening(floor: Floor, lots: int) -> Floor:
    """So many lots in front of the oven."""
    floor.tell(floor.request("R", "PIN", 4 * lots), floor.stock("STEEL", 400 * lots))
    for lot in (f"R.{n + 1}" for n in range(lots)) if lots > 1 else ("R",):
        floor.does("saw_1", f"{lot}/10", 4, minutes=0)
        floor.does("mill_1", f"{lot}/20", 4, minutes=0)
    return floor


def oven(floor: Floor) -> list[str]:
    return [job for _, unit, job, _ in floor.commands() if unit == "oven_1"]


def test_a_batch_starts_full_or_when_its_first_lot_has_waited():
    assert oven(hardening(Floor().all_idle(), 4)) == ["R.1/30+R.2/30+R.3/30"]
    two = hardening(Floor().all_idle(), 2)
    assert oven(two.wait(59)) == []
    assert oven(two.wait(1)) == ["R.1/30+R.2/30"]
    one = hardening(Floor().all_idle(), 1)
    assert oven(one.wait(600)) == []  # fewer than the minimum never start


def test_a_batch_has_one_set_up_family():
    routings = {**LAYOUT["routings"], "PLATE": {"10": {"segment": "harden", "run": "1 h", "setup_family": "soft"}}}
    floor = Floor(little_plant(routings=routings)).all_idle()
    hardening(floor, 2).tell(floor.request("P", "PLATE", 1, due_h=1), floor.request("Q", "PLATE", 1, due_h=2))
    floor.wait(60)
    assert oven(floor) == ["P/10+Q/10"]  # the family of the best-ranked first


def test_suspended_job_orders_go_on_before_new_ones_and_with_the_same_person():
    floor = Floor().all_idle()
    floor.tell(floor.stock("PIN", 10), floor.stock("SCREW", 20))
    floor.tell(floor.request("A", "BOX", 1), floor.request("B", "BOX", 1), floor.request("C", "PIN", 4), floor.stock("STEEL", 400))
    floor.does("saw_1", "C/10", 4, minutes=1)
    floor.wait(60).tell(floor.state("bench_1", S.EXECUTE, "A/10", "ben"))
    floor.wait(3 * 60 - 1).tell(floor.state("bench_1", S.SUSPENDED, "A/10", reason="no_operator"))  # 10:00, the break
    assert floor.commands() == []
    floor.wait(30)
    # ben could set up the mill or begin another box: he goes back to his own
    assert floor.commands() == [("Resume", "bench_1", "A/10", "ben"), ("Start", "mill_1", "C/20", "anna")]
    assert floor.commands() == []


def test_whoever_had_a_job_order_comes_before_others_in_declared_order():
    persons = {**LAYOUT["persons"], "carl": {**LAYOUT["persons"]["carl"], "calendar": "early"}}
    floor = Floor(little_plant(persons=persons)).all_idle()
    floor.tell(floor.stock("PIN", 2), floor.stock("SCREW", 4), floor.request("A", "BOX", 1))
    floor.starts("bench_1", "A/10", "carl")
    floor.wait(4 * 60).tell(floor.state("bench_1", S.SUSPENDED, "A/10", reason="no_operator"))
    floor.wait(30)
    assert floor.commands() == [("Resume", "bench_1", "A/10", "carl")]


def test_another_person_takes_over_after_the_shift():
    floor = Floor().all_idle()
    floor.tell(floor.stock("PIN", 2), floor.stock("SCREW", 4), floor.request("A", "BOX", 1))
    floor.starts("bench_1", "A/10", "ben")
    floor.wait(8 * 60).tell(floor.state("bench_1", S.SUSPENDED, "A/10", reason="no_operator"))  # 14:00
    assert floor.commands() == [("Resume", "bench_1", "A/10", "carl")]
    floor.tell(floor.state("bench_1", S.EXECUTE, "A/10", "carl"))
    assert floor.mes.personnel.places() == {"carl": ["bench_1"]}


def test_a_set_up_that_was_left_needs_a_person_and_a_run_that_needs_none_goes_on_by_itself():
    floor = Floor().all_idle()
    floor.tell(floor.request("A", "PIN", 4), floor.request("B", "PIN", 4), floor.stock("STEEL", 800))
    for job in ("A/10", "B/10"):
        floor.does("saw_1", job, 4, minutes=1)
    floor.tell(floor.state("mill_1", S.STARTING, "A/20", "anna", "setup"), floor.state("mill_2", S.EXECUTE, "B/20"))
    floor.wait(60).tell(
        floor.state("mill_1", S.SUSPENDED, "A/20", reason="no_operator"), floor.state("mill_2", S.SUSPENDED, "B/20", reason="off_shift")
    )
    assert floor.commands() == [("Resume", "mill_1", "A/20", "anna")]


def test_a_command_that_was_refused_is_not_sent_again_at_the_same_instant():
    floor = plates(only_mill_1(Floor().all_idle()), A=5, B=6)
    assert floor.commands() == [("Start", "mill_1", "A/10", "")]
    floor.tell(JobOrderCommandRefused(effective_us=floor.now_us, equipment="mill_1", job_order="A/10", command="Start", reason="not here"))
    assert floor.commands() == [("Start", "mill_1", "B/10", "")]
    floor.tell(JobOrderCommandRefused(effective_us=floor.now_us, equipment="mill_1", job_order="B/10", command="Start", reason="not here"))
    assert floor.commands() == []
    floor.wait(1)
    assert floor.commands() == [("Start", "mill_1", "A/10", "")]


def test_a_mes_that_only_observes_commands_nothing():
    floor = plates(Floor(decisions="observed").all_idle(), A=5)
    assert floor.commands() == []


def test_deciding_changes_nothing():
    floor = plates(Floor().all_idle(), A=5, B=6)
    before = state_of(floor.mes)
    assert floor.mes.decide(floor.now_us) == floor.mes.decide(floor.now_us) != []
    assert state_of(floor.mes) == before


def test_a_line_starts_only_when_it_is_idle():
    floor = Floor().all_idle()
    floor.tell(floor.request("A", "DRINK", 10, due_h=1), floor.request("B", "DRINK", 10, due_h=2))
    assert floor.commands() == [("Start", "line_1", "A/10", "")]
    floor.starts("line_1", "A/10")
    assert floor.commands() == []
    floor.wait(5).finishes("line_1", "A/10", 10)
    assert floor.commands() == [("Start", "line_1", "B/10", "")]


def test_a_start_tells_the_plant_all_that_it_needs():
    floor = hardening(Floor().all_idle(), 3)
    (command,) = [c for c in floor.decide() if c.equipment == "oven_1"]
    assert (command.lots, command.materials) == (("R.1", "R.2", "R.3"), ("PIN",) * 3)
    assert (command.operations, command.quantities) == (("30",) * 3, (4, 4, 4))
    assert (command.request, command.lot, command.job_order) == ("R", "R.1+R.2+R.3", "R.1/30+R.2/30+R.3/30")


def why(floor: Floor, equipment: str) -> tuple[str, str, str] | None:
    """What an idle unit is said to wait for: (job order, why, detail)."""
    floor.decide()
    it = floor.mes.dispatching.standstills(floor.now_us).get(equipment)
    return it and (it.job_order, it.why, it.detail)


def test_an_idle_unit_with_nothing_to_do_has_no_obstacle():
    assert Floor().all_idle().mes.dispatching.standstills(0) == {}


def test_an_idle_unit_says_which_component_is_missing_until_it_comes():
    floor = Floor().all_idle()
    floor.tell(floor.request("K", "KIT", 1), floor.stock("SCREW", 9))
    assert why(floor, "bench_1") == ("K/10", "material", "SCREW: 9 of 10 there")
    floor.tell(floor.delivery("PO-1", "SCREW", 1))
    assert floor.commands() == [("Start", "bench_1", "K/10", "")]


def test_an_idle_unit_says_whether_whom_it_wants_is_busy_or_not_at_work():
    floor = Floor().all_idle()
    floor.tell(floor.request("X", "BOX", 1), floor.request("Y", "BOX", 1), floor.stock("PIN", 4), floor.stock("SCREW", 8))
    floor.decide()
    floor.tell(floor.state("bench_1", S.EXECUTE, "X/10", "ben"))
    assert why(floor, "bench_2") == ("Y/10", "nobody free", "fitter")
    floor.finishes("bench_1", "X/10", 1)
    floor.wait(4 * 60)  # 10:00, the break
    assert why(floor, "bench_2") == ("Y/10", "nobody on shift", "fitter")
    floor.wait(30)
    assert floor.commands() == [("Start", "bench_1", "Y/10", "ben")]


def test_a_furnace_says_how_full_its_batch_is_and_how_long_it_waits_for_more():
    one = hardening(Floor().all_idle(), 1)
    assert why(one, "oven_1") == ("R/30", "batch", "1 of 2")
    two = hardening(Floor().all_idle(), 2)
    assert why(two, "oven_1") == ("R.1/30", "batch", "2 of 3")
    until_us = two.mes.dispatching.standstills(two.now_us)["oven_1"].until_us
    two.wait((until_us - two.now_us) / 60e6 - 1)
    assert oven(two) == []
    two.wait(1)
    assert oven(two) == ["R.1/30+R.2/30"]


def test_a_unit_off_shift_says_so_and_until_when():
    floor = plates(Floor().all_idle(), A=50).wait(16 * 60)  # 22:00
    assert why(floor, "mill_1") == ("A/10", "off shift", "")
    floor.now_us = floor.mes.dispatching.standstills(floor.now_us)["mill_1"].until_us
    assert floor.commands() == [("Start", "mill_1", "A/10", "")]


def test_of_several_job_orders_the_one_nearest_to_a_start_tells_why():
    floor = Floor().all_idle()
    floor.wait(4 * 60)  # the break
    floor.tell(
        floor.request("R", "BOX", 1, due_h=90), floor.request("K", "KIT", 1, due_h=5), floor.stock("PIN", 2), floor.stock("SCREW", 5)
    )
    assert why(floor, "bench_1") == ("R/10", "nobody on shift", "fitter")
    found = floor.mes.dispatching.obstacles("assembly", floor.now_us)
    assert {name: it.why for name, it in found.items()} == {"R/10": "nobody on shift", "K/10": "material"}


def test_a_job_order_whose_units_are_all_busy_waits_for_a_unit():
    floor = only_mill_1(plates(Floor().all_idle(), A=5, B=6))
    floor.decide()
    floor.tell(floor.state("mill_1", S.EXECUTE, "A/10"))
    assert floor.mes.dispatching.obstacles("milling", floor.now_us)["B/10"].why == "unit"


def test_what_is_refused_or_decided_elsewhere_is_said_to_be():
    floor = only_mill_1(plates(Floor().all_idle(), A=5))
    assert why(floor, "mill_1") == ("A/10", "sent", "")
    floor.tell(JobOrderCommandRefused(effective_us=floor.now_us, equipment="mill_1", job_order="A/10", command="Start", reason="not here"))
    assert why(floor, "mill_1") == ("A/10", "refused", "")
    assert why(plates(Floor(decisions="observed").all_idle(), A=5), "mill_1") == ("A/10", "observed", "")
