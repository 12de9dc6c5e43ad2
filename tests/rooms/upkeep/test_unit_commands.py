"""PackML commands on their way to controllers: who wants what and why, what is refused before it is sent, what came of it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.quality.valve_shop import of_type
from tests.rooms.readiness.test_process import BORING, observe, running
from tests.rooms.readiness.turning_shop import TurningShop
from twin.model.events import (
    EquipmentModeChanged,
    JobOrderCommand,
    JobOrderCommandRefused,
    JobOrderHeld,
    JobOrderResumed,
    ModeChangeRequested,
    ProcessDeviationCleared,
    UnitCommandAnswered,
    UnitCommandGiven,
    UnitCommandRequested,
)
from twin.model.states import JobCommand
from twin.model.states import WorkUnitState as S
from twin.model.upkeep.transitions import COMMAND_NUMBERS, refused_in

TAKES = ["Hold", "Unhold", "Suspend", "Unsuspend", "Stop", "Abort", "Reset", "SetUnitMode"]


def commanded(takes: list[str] = TAKES, **more: Any) -> TurningShop:
    """Bo bores five valves on a mill whose controller takes commands."""
    plc = {"driver": "modbus", "host": "127.0.0.1", "port": 5020}
    mill = {"connection": "plc", "unit": 1, "commands": {"takes": takes, "address": 21_000, **more}}
    return running(procedures={"bore": BORING}, signals={"connections": {"plc": plc}, "equipment": {"mill_1": mill}})


def wants(shop: TurningShop, command: str, reason: str = "a noise", person: str = "eve", equipment: str = "mill_1") -> str:
    return shop.say(UnitCommandGiven, person=person, equipment=equipment, command=command, reason=reason)


def asked(shop: TurningShop) -> list[tuple[str, int, str, str]]:
    events = of_type([it.event for it in shop.run.journal.entries()], UnitCommandRequested)
    return [(it.command, it.mode, it.person, it.reason) for it in events]


def answer(shop: TurningShop, outcome: str, reason: str = "") -> None:
    last = next(it for it in reversed(list(shop.run.journal.entries())) if isinstance(it.event, UnitCommandRequested))
    shop.tell(
        UnitCommandAnswered(
            effective_us=shop.now_us, equipment="mill_1", asked=last.id, command=last.event.command, mode=last.event.mode,
            outcome=outcome, reason=reason,
        )
    )  # fmt: skip


def test_whoever_wants_a_machine_held_has_its_controller_told_and_its_job_order_follows_what_it_does() -> None:
    shop = commanded()
    assert wants(shop, "Hold") == ""
    assert asked(shop) == [("Hold", 0, "eve", "a noise")]
    assert [it.command for it in of_type(shop.commands, JobOrderCommand)] == ["Start", "Hold"]
    assert str(shop.run.mes.status("A-VALVE/10")[0]) == "Running", "nothing is held before the machine says so"
    answer(shop, "taken")
    shop.now_us += 1
    shop.begins("mill_1", "A-VALVE/10", "bo", S.HELD)
    assert wants(shop, "Unhold", "it was a chip") == ""
    shop.begins("mill_1", "A-VALVE/10", "bo")
    (stop,) = [it for it in shop.run.losses().itertuples() if it.equipment == "mill_1" and it.reason]
    assert (stop.loss, stop.reason) == ("stopped", "a noise"), "in the words of who wanted it, and no breakdown"
    (row,) = (it for it in shop.run.mes.indicators("equipment", shop.run.scenario.start_us, shop.now_us) if it.name == "mill_1")
    assert (row.failure_count, row.repair_us) == (0, 0)
    shop.begins("mill_1", "A-VALVE/10", "bo", S.HELD)
    shop.begins("mill_1", "A-VALVE/10", "bo")
    (row,) = (it for it in shop.run.mes.indicators("equipment", shop.run.scenario.start_us, shop.now_us) if it.name == "mill_1")
    assert row.failure_count == 1, "nobody wanted that"
    told = [it.event for it in shop.run.journal.entries()]
    assert [type(it) for it in of_type(told, JobOrderHeld, JobOrderResumed)] == [JobOrderHeld, JobOrderResumed] * 2
    assert [it.reason for it in of_type(told, JobOrderHeld)] == ["a noise", ""]
    now = shop.run.mes.unit_commands.asked
    assert [(it.command, it.standing, it.person, it.job_order) for it in now] == [
        ("Hold", "done", "eve", "A-VALVE/10"), ("Unhold", "done", "eve", "A-VALVE/10"),
    ]  # fmt: skip
    assert shop.is_the_same_from_every_source()


def failures(shop: TurningShop) -> int:
    rows = shop.run.mes.indicators("equipment", shop.run.scenario.start_us, shop.now_us)
    return next(it.failure_count for it in rows if it.name == "mill_1")


def test_a_stop_that_never_came_is_not_why_a_machine_stands_later() -> None:
    shop = commanded()
    assert wants(shop, "Hold") == ""
    answer(shop, "taken")
    shop.does("mill_1", "A-VALVE/10", 5)  # it was done before it would have been held
    for state in (S.ABORTED, S.IDLE):
        shop.now_us += 1
        shop.begins("mill_1", "", state=state)
    assert failures(shop) == 1, "nobody wanted that"


def test_a_stop_that_names_a_job_order_alone_is_of_the_machine_that_has_it() -> None:
    shop = running(procedures={"bore": BORING})
    shop.tell(JobOrderCommand(
        effective_us=shop.now_us, job_order="A-VALVE/10", command="Hold", reason="a noise", person="eve", terminal="tablet 3"
    ))  # fmt: skip
    for state in (S.HELD, S.EXECUTE):
        shop.now_us += 1
        shop.begins("mill_1", "A-VALVE/10", "bo", state)
    assert failures(shop) == 0, "somebody wanted that"


def test_a_value_beyond_its_stop_limit_holds_the_machine_and_it_is_let_go_when_it_is_in_order() -> None:
    shop = commanded()
    observe(shop, 61)
    assert asked(shop) == [("Hold", 0, "", "temperature out of limits")]
    answer(shop, "no answer", "it did not put its change request back within 4 s")
    (told,) = shop.alerts("unit_command")
    assert told.startswith("mill_1 was to take Hold (temperature out of limits); no answer: it did not put its change request back")
    assert told.endswith(". Whoever is there has to see to it")
    shop.begins("mill_1", "A-VALVE/10", "bo", S.HELD)
    assert shop.run.mes.unit_commands.asked[-1].standing == "done", "somebody has done it"
    assert shop.say(ProcessDeviationCleared, person="bo", equipment="mill_1", reason="coolant refilled") == ""
    assert asked(shop)[1:] == [("Unhold", 0, "", "coolant refilled")]
    assert shop.is_the_same_from_every_source()


@pytest.mark.parametrize("state", [it for it in S if it is not S.UNKNOWN])
def test_no_command_is_sent_that_the_state_of_the_machine_does_not_take(state: S) -> None:
    """The 35 of the 46 transitions that are commanded, and no other: by the command of a person, in each of the 17 states."""
    may = [name for name in COMMAND_NUMBERS if not refused_in(name, state)]
    for name in COMMAND_NUMBERS:
        shop = commanded([*COMMAND_NUMBERS])
        shop.begins("mill_1", "A-VALVE/10" if state in (S.EXECUTE, S.HELD, S.SUSPENDED) else "", state=state)
        before = len(asked(shop))
        words = wants(shop, name)
        if name in may:
            assert (words, [it[0] for it in asked(shop)[before:]]) == ("", [name])
        else:
            assert words.startswith(
                f"mill_1: it is {state.label}, which takes no {name}; allowed: {may[0] if may else 'nothing, until that is over'}"
            )
            assert len(asked(shop)) == before


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"command": "Hold", "equipment": "mill_9"}, "no equipment is called 'mill_9' (did you mean 'mill_1'?); allowed: "),
        ({"command": "Hold", "equipment": "grinder_1"}, "signals.yaml declares no commands of grinder_1: whoever is there has to do it"),
        ({"command": "Clear"}, "the controller of mill_1 takes no 'Clear'; allowed: Hold, Unhold, Suspend"),
        ({"command": "Hold", "reason": " "}, "it needs a reason: why the machine is to do that"),
        ({"command": "Hold", "person": "bo"}, "bo is no engineer, which the commands of mill_1 ask for; allowed: ida"),
        ({"command": "Hold", "person": "max"}, "nobody knows a person 'max'; allowed: bo, eve, ida"),
        ({"command": "Unhold", "person": "ida"}, "mill_1: it is Execute, which takes no Unhold; allowed: Stop, Hold, Suspend, Abort"),
    ],
)
def test_what_may_not_be_commanded_is_refused_in_words(said: dict[str, str], words: str) -> None:
    shop = commanded(authority="engineer")
    assert wants(shop, **{"person": "ida", **said}).startswith(words)
    assert asked(shop) == []


def test_nothing_is_asked_for_twice_before_the_controller_has_answered() -> None:
    shop = commanded()
    assert wants(shop, "Hold") == ""
    twice = "Hold was asked of the controller of mill_1 already; allowed: once it has answered"
    assert wants(shop, "Hold") == twice
    at_job = shop.run.mes.hand_work.command(JobCommand.HOLD, shop.now_us, "mill_1", "eve", "A-VALVE/10", terminal="tablet 3")
    shop.tell(at_job)
    refused = of_type([it.event for it in shop.run.journal.entries()], JobOrderCommandRefused)
    assert [it.reason for it in refused] == [twice]
    answer(shop, "refused", "BadInvalidState")
    assert shop.alerts("unit_command") == ["mill_1 was to take Hold (a noise); refused: BadInvalidState. Whoever is there has to see to it"]
    assert wants(shop, "Hold", "louder") == ""
    assert [it[3] for it in asked(shop)] == ["a noise", "louder"]
    assert shop.is_the_same_from_every_source()


def test_a_mode_is_asked_of_the_controller_that_takes_modes_and_is_there_when_it_says_so() -> None:
    shop = commanded()
    shop.begins("mill_1", "", state=S.IDLE)
    assert shop.say(ModeChangeRequested, person="eve", equipment="mill_1", wanted_mode="maintenance") == ""
    assert asked(shop) == [("SetUnitMode", 2, "eve", "")]
    assert shop.run.mes.modes.mode_of("mill_1") == "production"
    shop.tell(EquipmentModeChanged(effective_us=shop.now_us, equipment="mill_1", mode=2))
    assert (shop.run.mes.modes.mode_of("mill_1"), shop.run.mes.unit_commands.asked[-1].standing) == ("maintenance", "done")
    others = commanded(["Hold"])
    others.begins("mill_1", "", state=S.IDLE)
    assert others.say(ModeChangeRequested, person="eve", equipment="mill_1", wanted_mode="maintenance") == ""
    assert (asked(others), others.run.mes.modes.mode_of("mill_1")) == ([], "maintenance"), "as it was where no controller takes modes"
    assert shop.is_the_same_from_every_source()
    assert others.is_the_same_from_every_source()
