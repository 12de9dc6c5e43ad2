"""What it means that a controller said this: totals to facts, silence to UNKNOWN, missing numbers to an alarm."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from asyncua import ua
from hypothesis import given, settings
from hypothesis import strategies as st

from hardware_bridge.change import KIND_OF, ChangeKind, ChangeRecord, ControllerMemory, write_change
from hardware_bridge.connect.interpret import Interpreter, Observation
from hardware_bridge.connect.opcua_source import OpcUaSource
from hardware_bridge.message import write_message
from hardware_bridge.signal import Quality, Signal
from hardware_bridge.wiring import wires_of
from tests.rooms.bridge.virtual_shop import ON_MODBUS, ON_OPCUA, START_US, record, virtual_shop
from twin.model.events import (
    AlarmCleared,
    AlarmRaised,
    CountObserved,
    EnergyMetered,
    EquipmentStateChanged,
    OperationsEvent,
    StockCounted,
    WorkAlertRaised,
    event_to_fields,
)
from twin.model.events.plant import UNCERTAIN
from twin.model.states import WorkUnitState

NOW_US = START_US + 10**15
WIRES = wires_of(virtual_shop())
CONNECTION = dict.fromkeys(ON_OPCUA, "plc_a") | dict.fromkeys(ON_MODBUS, "plc_b")


def change(
    sequence: int, kind: ChangeKind = ChangeKind.COUNT, *, equipment: str = "saw", life: int = 1, at: int | None = None, **said: Any
) -> Signal:
    at_us = START_US + (sequence if at is None else at)
    value = ChangeRecord(sequence=sequence, time_us=at_us, kind=kind, **said)
    return Signal(
        connection=CONNECTION[equipment], equipment=equipment, property="change", value=value, source_us=at_us, sequence=sequence, life=life
    )


@given(said=st.text(max_size=8) | st.integers(-3, 99).map(str) | st.just("9" * 5_000))
def test_a_phase_is_in_a_state_that_packml_knows_whatever_its_controller_says(said: str) -> None:
    ((fact, *_),) = Interpreter(WIRES).interpret([change(1, ChangeKind.PHASE, state=6, reason="a/b/c", message=said)], NOW_US)
    states = {str(int(it)): int(it) for it in WorkUnitState}
    assert (type(fact).__name__, getattr(fact, "state", None)) == ("PhaseStateChanged", states.get(said, int(WorkUnitState.UNKNOWN)))


def bad(equipment: str = "saw") -> Signal:
    return Signal(
        connection=CONNECTION[equipment], equipment=equipment, property="change", value=None, source_us=-1,
        quality=Quality.BAD, reason="connection lost",
    )  # fmt: skip


def present(sequence: int, at: int, *, equipment: str = "saw", life: int = 1) -> Signal:
    return Signal(
        connection=CONNECTION[equipment],
        equipment=equipment,
        property="present",
        value=sequence,
        source_us=START_US + at,
        sequence=sequence,
        life=life,
    )


def clock(at: int, connection: str = "plc_b") -> Signal:
    return Signal(connection=connection, property="clock", value=START_US + at, source_us=START_US + at)


def test_what_a_device_is_not_sure_of_counts_and_says_so_and_what_is_bad_is_no_value(told: Callable[..., list[OperationsEvent]]) -> None:
    """OPC UA Part 8: uncertain is not bad. It may stand in the status of the value, or in what the controller has said."""
    sure = change(1, ChangeKind.STATE, state=int(WorkUnitState.EXECUTE))
    value = change(2, ChangeKind.PROCESS_VALUE, value=61.5, reason="temperature")
    heard = told(sure, replace(value, quality=Quality.UNCERTAIN, reason="UncertainLastUsableValue"), change(3, good=2, quality=UNCERTAIN))
    assert [(type(it).__name__, getattr(it, "quality", None)) for it in heard] == [
        ("EquipmentStateChanged", ""), ("ProcessValueObserved", UNCERTAIN), ("CountObserved", UNCERTAIN),
    ]  # fmt: skip
    (lost,) = told(clock(9), bad())
    assert isinstance(lost, EquipmentStateChanged)
    assert WorkUnitState(lost.state) is WorkUnitState.UNKNOWN


@pytest.mark.parametrize(
    ("status", "quality", "reason"),
    [
        (ua.StatusCodes.Good, Quality.GOOD, ""),
        (ua.StatusCodes.UncertainSensorNotAccurate, Quality.UNCERTAIN, "UncertainSensorNotAccurate"),
        (ua.StatusCodes.BadSensorFailure, Quality.BAD, "BadSensorFailure"),
    ],
)
def test_the_status_of_a_value_of_any_server_is_its_quality(status: int, quality: Quality, reason: str) -> None:
    source = OpcUaSource(next(wire for wire in WIRES if wire.name == "plc_a"))
    text = write_change(ChangeRecord(sequence=1, time_us=START_US, kind=ChangeKind.PROCESS_VALUE, value=61.5, reason="temperature"), 1)
    signal = source._signal("lathe", ua.DataValue(ua.Variant(text), ua.StatusCode(ua.UInt32(status))))
    assert signal is not None
    assert (signal.quality, signal.reason) == (quality, reason)
    assert (signal.value is None) == (quality is Quality.BAD)


@pytest.fixture
def told() -> Callable[..., list[OperationsEvent]]:
    """The facts that signals mean, with times after START_US; every call goes on from the one before."""
    interpreter = Interpreter(WIRES)
    return lambda *signals: [observation.fact for observation in interpreter.interpret(signals, NOW_US)]


def brief(facts: list[OperationsEvent]) -> list[tuple[Any, ...]]:
    """Type, time after the start, and what a test looks at."""
    out: list[tuple[Any, ...]] = []
    for fact in facts:
        at = fact.effective_us - START_US
        match fact:
            case EquipmentStateChanged():
                out.append(("state", at, WorkUnitState(fact.state).name, fact.reason, fact.job_order))
            case CountObserved():
                out.append(("count", at, fact.good, fact.scrap, fact.rework))
            case EnergyMetered():
                out.append(("energy", at, fact.energy_wh))
            case AlarmRaised() | AlarmCleared():
                out.append((type(fact).__name__, at, fact.alarm))
            case _:
                out.append((type(fact).__name__, at))
    return out


Told = Callable[..., list[OperationsEvent]]


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 200), st.integers(1, 9))
def test_what_a_controller_remembers_is_told_as_the_facts_that_it_was_made_of(seed: int, batch: int) -> None:
    """In batches of any size: the bridge's memory is all that passes from one to the next."""
    facts = [fact for fact in record(120, seed) if type(fact) in KIND_OF]
    memories: dict[str, ControllerMemory] = {}
    signals = []
    for fact in facts:
        memory = memories.setdefault(fact.equipment, ControllerMemory())
        made = memory.change_of(fact)
        memory.remember(fact, made)
        signals.append(
            Signal(
                connection=CONNECTION[fact.equipment], equipment=fact.equipment, property="change", value=made,
                source_us=made.time_us, sequence=made.sequence, life=1,
            )
        )  # fmt: skip
    out: list[Observation] = []
    spooled: dict[str, Any] = {}
    for start in range(0, len(signals), batch):
        interpreter = Interpreter(WIRES, json.loads(json.dumps(spooled)))
        out += interpreter.interpret(signals[start : start + batch], START_US)
        spooled |= interpreter.take_memory()
    assert [replace(observation.fact, recorded_us=0) for observation in out] == [replace(fact, recorded_us=0) for fact in facts]
    said: Counter[OperationsEvent] = Counter()
    for fact, observation in zip(facts, out, strict=True):
        assert observation.occurrence == said[fact]
        said[fact] += 1


def test_a_fact_becomes_known_when_it_arrives(told: Told) -> None:
    (fact,) = told(change(1, good=3))
    assert (fact.effective_us, fact.recorded_us) == (START_US + 1, NOW_US)


def test_a_counter_that_rolls_over_counts_on_and_one_that_starts_anew_counts_from_zero(told: Told) -> None:
    _, rolled_over, alert, from_zero = told(change(1, good=2**32 - 5), change(2, good=7), change(3, good=2))
    assert brief([rolled_over, from_zero]) == [("count", 2, 12, 0, 0), ("count", 3, 2, 0, 0)]
    assert isinstance(alert, WorkAlertRaised)
    lost = "what each shows now counts, what it counted unseen is not known"
    assert (alert.alert, alert.message) == ("counter reset", f"counters of saw started from zero: good from 7 to 2; {lost}")


def test_a_counter_without_modulus_that_falls_has_started_anew(told: Told) -> None:
    _, alert, count = told(change(1, equipment="lathe", good=2**32 - 5), change(2, equipment="lathe", good=7))
    assert isinstance(alert, WorkAlertRaised)
    assert brief([count]) == [("count", 2, 7, 0, 0)]


def test_energy_is_counted_in_units_of_the_register() -> None:
    plant = virtual_shop()
    assert plant.signals is not None
    coarse = plant.signals.equipment["saw"].model_copy(update={"energy_scale": 100})
    signals = plant.signals.model_copy(update={"equipment": {**plant.signals.equipment, "saw": coarse}})
    interpreter = Interpreter(wires_of(plant.model_copy(update={"signals": signals})))
    facts = [
        fact for fact, *_ in interpreter.interpret([change(1, ChangeKind.ENERGY, energy=3), change(2, ChangeKind.ENERGY, energy=5)], NOW_US)
    ]
    assert brief(facts) == [("energy", 1, 300), ("energy", 2, 200)]


def test_what_is_told_again_is_known_already(told: Told) -> None:
    assert len(told(change(1), change(2), change(1), change(2))) == 2


def test_missing_numbers_raise_an_alarm_and_the_state_between_is_unknown(told: Told) -> None:
    told(change(1, ChangeKind.STATE, state=6, job_order="j"), change(2, good=4), clock(10))
    assert brief(told(change(7, at=20, good=9, state=4))) == [
        ("AlarmRaised", 10, "lost changes"),
        ("state", 10, "UNKNOWN", "lost changes", ""),
        ("state", 20, "IDLE", "", ""),
        ("count", 20, 5, 0, 0),
        ("AlarmCleared", 20, "lost changes"),
    ]
    (alarm, *_) = told(change(9, at=21))
    assert isinstance(alarm, AlarmRaised)
    assert alarm.message == "numbers 8 to 8 of saw were lost"


def test_pieces_and_energy_of_lost_changes_are_counted_all_the_same(told: Told) -> None:
    told(change(1, good=1, energy=10))
    facts = told(change(5, ChangeKind.STATE, state=4, good=6, scrap=2, energy=25))
    assert ("count", 5, 5, 2, 0) in brief(facts)
    assert ("energy", 5, 15) in brief(facts)


def test_a_lost_connection_makes_the_state_unknown_from_where_it_was_known(told: Told) -> None:
    told(change(1, ChangeKind.STATE, state=6, job_order="j", person="anna"), clock(50))
    assert brief(told(bad())) == [("state", 50, "UNKNOWN", "connection lost", "")]
    assert told(bad()) == []


def test_nothing_has_happened_meanwhile_so_the_state_is_in_force_again(told: Told) -> None:
    told(change(1, ChangeKind.STATE, state=6, job_order="j", person="anna"), clock(50), bad())
    (fact,) = told(present(1, at=70))
    assert brief([fact]) == [("state", 70, "EXECUTE", "", "j")]
    assert fact.person == "anna"
    assert told(present(1, at=80)) == []


def test_what_happened_meanwhile_is_told_at_its_own_time(told: Told) -> None:
    told(change(1, ChangeKind.STATE, state=6, job_order="j"), clock(50), bad())
    assert brief(told(change(2, at=60, state=6, good=1), change(3, ChangeKind.STATE, at=61, state=4, good=1), present(3, at=70))) == [
        ("state", 60, "EXECUTE", "", "j"),
        ("count", 60, 1, 0, 0),
        ("state", 61, "IDLE", "", ""),
    ]


def test_a_controller_that_nobody_has_ever_heard_says_nothing(told: Told) -> None:
    assert told(bad()) == []


def test_a_machine_at_work_is_joined_without_counting_its_past(told: Told) -> None:
    assert brief(told(change(500, good=70, energy=900, state=6, job_order="j"), change(501, good=72, energy=900, state=6))) == [
        ("state", 500, "EXECUTE", "", "j"),
        ("count", 500, 0, 0, 0),
        ("count", 501, 2, 0, 0),
    ]


def test_a_controller_that_starts_anew_has_lost_what_it_did_not_tell(told: Told) -> None:
    told(change(8, ChangeKind.STATE, state=6, good=9), clock(50))
    assert brief(told(change(1, life=2, at=60, good=2, state=4))) == [
        ("AlarmRaised", 50, "lost changes"),
        ("state", 50, "UNKNOWN", "lost changes", ""),
        ("state", 60, "IDLE", "", ""),
        ("count", 60, 2, 0, 0),
        ("AlarmCleared", 60, "lost changes"),
    ]


def message(sequence: int, *, kind: type[OperationsEvent] = StockCounted) -> Signal:
    fact = StockCounted(effective_us=START_US, order="", lot="open-bar", material="bar", quantity=sequence)
    text = write_message(fact, event_to_fields(fact), sequence=sequence, life=1)
    return Signal(
        connection="plc_a",
        property="message",
        value=text.replace("StockCounted", kind.__name__),
        source_us=START_US,
        sequence=sequence,
        life=1,
    )


def test_messages_come_once_and_missing_ones_raise_a_work_alert(told: Told) -> None:
    assert [type(fact) for fact in told(message(1), message(1), message(2))] == [StockCounted, StockCounted]
    alert, stock = told(message(5))
    assert isinstance(alert, WorkAlertRaised)
    assert isinstance(stock, StockCounted)
    assert "messages 3 to 4 of plc_a were lost" in alert.message


def test_a_message_that_may_not_come_is_an_alert_and_not_an_event(told: Told) -> None:
    (alert,) = told(message(1, kind=EquipmentStateChanged))
    assert isinstance(alert, WorkAlertRaised)
    assert "'EquipmentStateChanged' is no message" in alert.message


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_sensor_without_a_value_says_nothing(told: Told, value: float) -> None:
    assert told(change(1, ChangeKind.PROCESS_VALUE, equipment="lathe", value=value, reason="temperature")) == []


def test_a_state_that_packml_does_not_know_is_unknown(told: Told) -> None:
    assert brief(told(change(1, ChangeKind.STATE, state=99))) == [("state", 1, "UNKNOWN", "99 is no PackML state", "")]


@pytest.mark.parametrize("said", [{"job_order": "a\0b"}, {"at": 2**63}])
def test_what_no_journal_could_keep_is_an_alert_and_the_rest_goes_on(told: Told, said: dict[str, Any]) -> None:
    alert, count = told(change(1, good=1, **said), change(2, good=3))
    assert isinstance(alert, WorkAlertRaised)
    assert "cannot be kept" in alert.message
    assert brief([count]) == [("count", 2, 2, 0, 0)]
