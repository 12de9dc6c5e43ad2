"""Requests that are released are changed or cancelled as long as nothing of it has begun; what has begun is made."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.mes.little_plant import START_US, Floor
from twin.model import events as e

HOUR_US = 3_600_000_000


def told(quantity: int = 10, **policies: Any) -> Floor:
    """A floor with a request for pins, in lots of four."""
    floor = Floor(**policies).all_idle()
    floor.tell(floor.stock("STEEL", 5_000), floor.request("R", "PIN", quantity))
    return floor


def say(floor: Floor, kind: type[e.OfficeEntry] = e.OperationsRequestChanged, **about: Any) -> str:
    """A planner says it; the refusal, or "" once it is so."""
    said = {"request": "R", "reason": "less is sold", **about}
    followed = floor.tell(kind(effective_us=floor.now_us, person="anna", terminal="office", **said))
    floor.decide()
    return "; ".join(it.reason for it in followed if isinstance(it, e.EntryRefused))


def open_lots(floor: Floor) -> dict[str, int]:
    """Lots that something is still to be done to, with what their first open job order begins with."""
    found: dict[str, int] = {}
    for job in floor.mes.job_orders.values():
        if job.status not in ("Completed", "Aborted"):
            found.setdefault(job.lot, job.quantity)
    return found


@pytest.mark.parametrize(
    ("quantity", "lots"),
    [
        (12, {"R.1": 4, "R.2": 4, "R.3": 2, "R.4": 2}),
        (19, {"R.1": 4, "R.2": 4, "R.3": 2, "R.4": 4, "R.5": 4, "R.6": 1}),
        (9, {"R.1": 4, "R.2": 4, "R.4": 1}),
        (3, {"R.3": 2, "R.4": 1}),
    ],
)
def test_lots_that_have_not_begun_are_taken_back_or_more_are_let_in(quantity: int, lots: dict[str, int]) -> None:
    floor = told()
    assert say(floor, quantity=quantity, due_us=START_US + 50 * HOUR_US) == ""
    assert open_lots(floor) == lots
    request = floor.mes.requests["R"]
    assert (request.quantity, request.due_us) == (quantity, START_US + 50 * HOUR_US)
    assert {job.due_us for job in floor.mes.job_orders.values() if job.status not in ("Completed", "Aborted")} == {request.due_us}
    assert floor.alerts == []


def test_what_has_begun_is_made_and_the_rest_can_be_taken_back() -> None:
    floor = told()
    floor.tell(floor.state("saw_1", 6, "R.1/10"))
    assert say(floor, quantity=3) == "3 in all, and 4 of 10 have begun; allowed: 4 in all, and nothing more begins"
    assert say(floor, e.OperationsRequestCancelled).startswith("nothing, and 4 of 10 have begun; allowed: 4 in all")
    assert say(floor, quantity=4) == ""
    assert set(open_lots(floor)) == {"R.1"}
    floor.finishes("saw_1", "R.1/10", good=4)
    assert say(floor, quantity=4, due_us=floor.now_us + 1) == ""
    assert say(floor, quantity=6) == ""
    assert open_lots(floor) == {"R.1": 4, "R.4": 2}


def test_a_request_of_which_nothing_has_begun_is_answered_with_nothing_once_it_is_cancelled() -> None:
    floor = told()
    assert say(floor, e.OperationsRequestCancelled, reason="B1 was cancelled") == ""
    (answer,) = [it for it in floor.journal if isinstance(it, e.OperationsResponse)]
    assert (answer.request, answer.good, answer.scrap) == ("R", 0, 0)
    assert open_lots(floor) == {}
    assert {it.reason for it in floor.journal if isinstance(it, e.JobOrderAborted)} == {"withdrawn: B1 was cancelled"}
    assert not any(isinstance(it, e.MaterialActual) for it in floor.journal), "nothing is scrap that nobody has begun"


def test_a_job_order_that_was_sent_to_its_unit_has_begun() -> None:
    floor = told(3)
    (start, *_) = [it for it in floor.decide() if isinstance(it, e.JobOrderCommand)]
    assert start.job_order == "R/10"
    assert say(floor, e.OperationsRequestCancelled) == "nothing, and 3 of 3 have begun; allowed: what is begun is finished"


def test_what_waits_to_be_let_in_is_changed_where_it_waits() -> None:
    floor = told(conwip_lots=1)
    floor.mes.decide(floor.now_us)
    floor.decide()
    assert open_lots(floor) == {"R.1": 4}
    assert say(floor, quantity=5) == ""
    assert (open_lots(floor), floor.mes.requests["R"].uncut) == ({"R.1": 4}, [("R.4", 1)])
    assert say(floor, quantity=4) == ""
    assert (floor.mes.release.backlog, floor.mes.requests["R"].uncut) == ([], [])
    floor.does("saw_1", "R.1/10", good=4)
    assert floor.mes.requests["R"].answered_us == -1


def test_all_that_is_wrong_is_said_at_once_and_what_is_said_twice_of_one_instant_is_one_change() -> None:
    floor = told()
    said = say(floor, reason=" ", due_us=START_US - 1)
    assert said == "a change needs a reason; the due date is past; allowed: from now on until two years from now"
    assert "already; allowed: another quantity or date" in say(floor, quantity=10)
    at = {"effective_us": floor.now_us, "person": "anna", "terminal": "office", "request": "R", "reason": "two calls"}
    floor.tell(e.OperationsRequestChanged(**at, quantity=12), e.OperationsRequestChanged(**at, due_us=START_US + 90 * HOUR_US))
    floor.decide()
    (once,) = [it for it in floor.journal if isinstance(it, e.OperationsRequestRevised)]
    assert (once.quantity, once.due_us) == (12, START_US + 90 * HOUR_US)
    assert sum(open_lots(floor).values()) == 12
