"""Modes of PackML change where a state allows it, and say which commands are taken; the edition of 2022 completes what is held."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.quality.valve_shop import of_type
from tests.rooms.upkeep.kept_shop import KeptShop
from twin.mes.packml.modes import COMPLETED_EARLY, transitions
from twin.model.events import (
    EquipmentModeChanged,
    JobOrderCommand,
    JobOrderCommandRefused,
    ModeChangeRequested,
    WorkAlertRaised,
)
from twin.model.states import WorkUnitState as S

PACKML: dict[str, Any] = {
    "edition": 2022,
    "modes": {
        "cleaning": {"title": "Cleaning", "number": 4, "change_in": ["Stopped", "Idle", "Held"], "commands": ["Stop", "Abort"]},
        "production": {
            "title": "Production",
            "number": 1,
            "change_in": ["Stopped", "Idle", "Aborted", "Held"],
            "commands": ["Start", "Stop"],
        },
    },
}


def shop(**packml: Any) -> KeptShop:
    return KeptShop(packml={**PACKML, **packml}).stock(100)  # type: ignore[return-value]  # the shop itself


def test_the_edition_of_2022_has_48_transitions_and_that_of_2015_46() -> None:
    """Case pack-01, and what the later edition allows besides."""
    assert len(transitions(2015)) == 46
    assert transitions(2022) - transitions(2015) == COMPLETED_EARLY
    it = shop()
    it.is_in("mill_1", S.HELD)
    assert it.run.mes.modes.commands_of("mill_1") == ["abort", "stop", "unhold", "complete"]
    earlier = shop(edition=2015)
    earlier.is_in("mill_1", S.HELD)
    assert earlier.run.mes.modes.commands_of("mill_1") == ["abort", "stop", "unhold"]


def test_the_mes_allows_in_each_state_the_commands_of_the_case() -> None:
    """Case pack-01-transitions: a machine that says that it is in each of its 17 states, and what may be commanded there."""
    it, allowed = shop(edition=2015), {}
    for state in (state for state in S if state is not S.UNKNOWN):
        it.is_in("mill_1", state)
        assert it.run.mes.equipment.records["mill_1"].state == state
        allowed[state] = it.run.mes.modes.commands_of("mill_1")
    where = {name: {state for state, names in allowed.items() if name in names} for names in allowed.values() for name in names}
    assert {name: len(states) for name, states in where.items()} == {
        "abort": 15, "stop": 12, "clear": 1, "reset": 2, "start": 1, "hold": 1, "unhold": 1, "suspend": 1, "unsuspend": 1,
    }  # fmt: skip
    assert (where["start"], where["reset"], where["clear"]) == ({S.IDLE}, {S.STOPPED, S.COMPLETE}, {S.ABORTED})
    assert (where["hold"], where["unhold"], where["suspend"], where["unsuspend"]) == ({S.EXECUTE}, {S.HELD}, {S.EXECUTE}, {S.SUSPENDED})
    assert len(allowed) == 17
    assert sum(map(len, allowed.values())) + 11 == 46, "eleven states end by themselves"


def test_a_mode_is_changed_where_the_state_allows_it_and_nothing_starts_in_maintenance() -> None:
    it = shop()
    assert it.say(ModeChangeRequested, equipment="mill_1", wanted_mode="maintenance") == ""
    assert it.run.mes.modes.mode_of("mill_1") == "maintenance"
    it.order("A", 5)
    assert it.started() == []
    why = "mill_1 is in mode Maintenance, which takes no Start; allowed: in Production"
    assert it.run.mes.dispatching.obstacles("boring", it.now_us)["A-VALVE/10"].detail == why
    command = JobOrderCommand(effective_us=it.now_us, equipment="mill_1", job_order="A-VALVE/10", command="Start", person="olga")
    assert [each.reason for each in of_type(it.tell(command), JobOrderCommandRefused)] == [why]
    assert it.say(ModeChangeRequested, equipment="mill_1", wanted_mode="production") == ""
    assert it.started() == ["A-VALVE/10"]
    assert it.is_the_same_from_every_source()


def test_a_command_that_a_mode_does_not_take_is_refused_in_words() -> None:
    it = shop()
    it.order("A", 5)
    it.is_in("mill_1", S.EXECUTE, job_order="A-VALVE/10")
    command = JobOrderCommand(effective_us=it.now_us, equipment="mill_1", job_order="A-VALVE/10", command="Hold", person="olga")
    (refused,) = of_type(it.tell(command), JobOrderCommandRefused)
    assert refused.reason == "mill_1 is in mode Production, which takes no Hold; allowed: in none"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (
            {"wanted_mode": "maintenence"},
            "no mode is called 'maintenence' (did you mean 'maintenance'?); allowed: production, maintenance, manual, cleaning",
        ),
        ({"wanted_mode": "production"}, "mill_1 is in mode production already"),
        (
            {"wanted_mode": "manual", "equipment": "mill"},
            "no equipment is called 'mill' (did you mean 'mill_1'?); allowed: mill_1, grinder_1",
        ),
        ({"wanted_mode": "manual", "person": ""}, "nobody has signed it; allowed: one person, by id"),
        ({"wanted_mode": "manual"}, "mill_1 is Held, and does not change from production to manual then; allowed: Stopped, Idle, Aborted"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused_in_words(said: dict[str, Any], words: str) -> None:
    it = shop()
    it.is_in("mill_1", S.HELD)
    assert it.say(ModeChangeRequested, **{"equipment": "mill_1", **said}) == words
    assert it.run.mes.modes.mode_of("mill_1") == "production"


def test_a_mode_of_the_plants_own_has_states_of_its_own() -> None:
    it = shop()
    it.is_in("mill_1", S.HELD)
    assert it.say(ModeChangeRequested, equipment="mill_1", wanted_mode="cleaning") == ""
    assert it.run.mes.modes.mode_of("mill_1") == "cleaning"


def test_a_controller_that_changes_where_it_may_not_is_believed_and_somebody_is_told() -> None:
    it = shop()
    it.is_in("mill_1", S.EXECUTE)
    followed = it.tell(EquipmentModeChanged(effective_us=it.now_us, equipment="mill_1", mode=3))
    why = "mill_1 is Execute, and does not change from production to manual then; allowed: Stopped, Idle, Aborted"
    assert [each.message for each in of_type(followed, WorkAlertRaised)] == [f"a mode changed all the same: {why}"]
    assert it.run.mes.modes.mode_of("mill_1") == "manual"
    followed = it.tell(EquipmentModeChanged(effective_us=it.now_us, equipment="mill_1", mode=17))
    assert [each.message for each in of_type(followed, WorkAlertRaised)] == ["mill_1 is in mode 17, which nobody declared"]
    assert it.is_the_same_from_every_source()
