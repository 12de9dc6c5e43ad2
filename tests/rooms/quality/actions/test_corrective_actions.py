"""Corrective and preventive actions: who does them until when, and whether lots show that they have helped."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.quality.test_nonconformances import NC, failed
from tests.rooms.quality.valve_shop import MIN_US, Shop, of_type
from twin.model.events import (
    CorrectiveActionCancelled,
    CorrectiveActionChanged,
    CorrectiveActionOpened,
    CorrectiveActionTaken,
    CorrectiveActionVerified,
    Heartbeat,
)
from twin.results.quality.tables import actions_table


def opened(shop: Shop, lots: int = 2, **said: Any) -> str:
    plain: dict[str, Any] = {
        "action": "CA-1", "nonconformance": NC, "root_cause": "worn boring bar", "measure": "change it every 200 pieces",
        "due_us": shop.now_us + 60 * MIN_US, "lot_count": lots,
    }  # fmt: skip
    return shop.say(CorrectiveActionOpened, **{**plain, **said})


def change(shop: Shop, **said: Any) -> str:
    return shop.say(CorrectiveActionChanged, **{"action": "CA-1", "reason": "no bars", **said})


def next_lot(shop: Shop, name: str, bore: float) -> list[Any]:
    shop.order(name, 5)
    shop.does("mill_1", f"{name}-VALVE/10", 5)
    return shop.measure(f"{name}-VALVE", bore=bore)


def test_an_action_is_verified_effective_after_so_many_good_lots() -> None:
    """A preventive one, too: nothing was wrong yet, and lots of a material show it."""
    shop = failed()
    assert opened(shop) == ""
    prevent = {"action": "PA-1", "nonconformance": "", "material": "VALVE", "characteristic": "bore", "responsible": "olga"}
    assert opened(shop, 3, **prevent) == ""
    assert shop.say(CorrectiveActionTaken, action="PA-1") == ""
    next_lot(shop, "B", 10.0)  # before it was taken: shows nothing
    assert shop.say(CorrectiveActionTaken, person="olga", action="CA-1") == ""
    assert of_type(next_lot(shop, "C", 10.0), CorrectiveActionVerified) == []
    verified = of_type(next_lot(shop, "D", 10.0), CorrectiveActionVerified)
    assert [(it.action, it.is_effective) for it in verified] == [("CA-1", True), ("PA-1", True)]
    it = shop.run.mes.quality.nonconformances.actions["CA-1"]
    assert (it.standing, it.passed, it.opened_by, it.taken_by) == ("effective", ["C-VALVE", "D-VALVE"], "quinn", "olga")
    it = shop.run.mes.quality.nonconformances.actions["PA-1"]
    assert (it.standing, it.passed, it.responsible) == ("effective", ["B-VALVE", "C-VALVE", "D-VALVE"], "olga")
    assert shop.is_the_same_from_every_source()


def test_an_action_has_not_helped_if_a_lot_has_the_fault_again() -> None:
    shop = failed()
    opened(shop)
    shop.say(CorrectiveActionTaken, action="CA-1")
    (verified,) = of_type(next_lot(shop, "B", 10.4), CorrectiveActionVerified)
    assert not verified.is_effective
    assert shop.run.mes.quality.nonconformances.actions["CA-1"].standing == "not effective"
    assert shop.alerts("corrective_action") == ["CA-1 has not helped: lot B-VALVE has the fault again"]


def test_an_action_that_is_not_taken_in_time_is_told_once() -> None:
    shop = failed()
    opened(shop)
    shop.now_us += 61 * MIN_US
    for _ in range(2):
        shop.tell(Heartbeat(effective_us=shop.now_us, reason="clock"))
    told = "CA-1 is overdue: change it every 200 pieces"
    assert shop.alerts("corrective_action") == [told]
    assert change(shop, reason=" ", responsible="olga") == "it needs a reason"
    assert change(shop, responsible="olgaa").startswith("nobody knows a person 'olgaa' (did you mean 'olga'?)")
    assert change(shop) == "nothing of corrective action 'CA-1' would be another; allowed: a date, a person"
    assert change(shop, due_us=1) == "it would be due before it is changed"
    assert change(shop, due_us=shop.now_us + 60 * MIN_US, responsible="olga") == ""
    shop.now_us += 61 * MIN_US
    shop.tell(Heartbeat(effective_us=shop.now_us, reason="clock"))
    assert shop.alerts("corrective_action") == [told, f"{told}; it is for olga to do"]
    assert shop.say(CorrectiveActionCancelled, action="CA-1", reason="the bar is not made any more") == ""
    assert shop.say(CorrectiveActionTaken, action="CA-1") == "corrective action 'CA-1' is cancelled already"
    (row,) = actions_table(shop.run).to_dict("records")
    assert (row["standing"], row["responsible"]) == ("cancelled", "olga")
    assert row["changes"] == "quinn: no bars; quinn: the bar is not made any more"
    assert shop.is_the_same_from_every_source(actions_table)


@pytest.mark.parametrize(
    ("said", "why"),
    [
        ({"root_cause": " "}, "it needs a cause and a measure"),
        ({"lot_count": 0}, "0 lots show nothing; allowed: 1 or more"),
        ({"due_us": 0}, "it is due before it is opened"),
        ({"nonconformance": "NC-9"}, "no nonconformance 'NC-9'"),
        ({"action": ""}, "a corrective action '' is there already, or has no id"),
        ({"material": "VALVE"}, "its material and characteristic are those of the nonconformance; allowed: one of both"),
        (
            {"nonconformance": "", "material": "VALV"},
            "it names no nonconformance, and no material is called 'VALV' (did you mean 'VALVE'?); allowed: one of both",
        ),
        ({"nonconformance": "", "material": "VALVE", "characteristic": "x"}, "no plan looks at 'x' of VALVE; allowed: bore"),
    ],
)
def test_an_action_without_cause_date_or_lots_is_refused(said: dict[str, Any], why: str) -> None:
    shop = failed()
    assert opened(shop, **said) == why
    assert shop.run.mes.quality.nonconformances.actions == {}
