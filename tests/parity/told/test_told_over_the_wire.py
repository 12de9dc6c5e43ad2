"""Every scenario of the MES once more, with what its machines said over real OPC UA and Modbus sockets: equal journals, and equal tables.

Whichever test asks a shop whether it is the same from every source takes part by that. One virtual plant plays them all, one after the
other, each a year after the last, to one bridge; then each year is cut out of what the bridge has written, and MES and ERP take it in
with what users said, instant by instant. What persons say goes over no wire: it comes from tablets.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from itertools import cycle
from pathlib import Path

import pytest

from hardware_bridge.change import KIND_OF
from hardware_bridge.message import MESSAGES
from tests.parity.told.asking import scenario_tests
from tests.parity.told.scenarios import ToldScenario, told_scenarios
from tests.ports import free_port
from tests.rooms.bridge.virtual_shop import carry
from tests.rooms.quality.valve_shop import LAYOUT, comparable, is_watermark, lived_run
from tests.rooms.upkeep.kept_shop import kept_plant
from twin.model.events import OperationsEvent, ProcessValueObserved
from twin.model.plant import Plant
from twin.model.readiness.earlier import said_us
from twin.model.signals import EquipmentSignals, ModbusConnection, OpcUaConnection, SignalMap
from twin.model.states import Source
from twin.results.run import Run
from twin.store.journal import PLANT_SOURCES, open_journal

# Pages with download buttons are made in this process: Panel Material UI itself gives Panel both names of one option.
pytestmark = [pytest.mark.interop, pytest.mark.filterwarnings("ignore:Both 'variant' and 'button_style':PendingDeprecationWarning")]
YEAR_US = 366 * 24 * 3_600_000_000

BESIDE_THE_WIRE = {
    "SetpointConfirmed": "the bridge itself says what came of what it has written; over sockets in tests/rooms/bridge/writing",
    "SetpointRefused": "the bridge itself says what came of what it has written; over sockets in tests/rooms/bridge/writing",
    "UnitCommandAnswered": "the bridge itself says what came of a command; over sockets in tests/rooms/bridge/writing",
    "WorkAlertRaised": "the bridge itself says that it cannot read something; tests/rooms/bridge/test_interpret.py",
    "GoodsTakenBack": "the office takes it back from a customer; tests/rooms/tracing/test_traces.py",
    "LotDispositionChanged": "another warehouse says it in a message of its own; tests/rooms/exchange/test_material.py",
}
"""What no controller says, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One scenario, and what the bridge heard of its machines."""

    told: ToldScenario
    facts: Sequence[OperationsEvent]

    def over_the_wire(self, facts: Sequence[OperationsEvent]) -> tuple[Run, list[OperationsEvent]]:
        """What MES and ERP make of these facts and of what was said beside them, and its journal.

        Within an instant, what was said stands as it did between the facts: first somebody starts a job order, then the machine does.
        """
        before, placed = Counter[int](), list[tuple[tuple[int, int], OperationsEvent, Source]]()
        for event, source in self.told.entries:
            if _is_wired(event, source):
                before[event.effective_us] += 1
            elif source != Source.RULE:
                placed.append(((said_us(event), 2 * before[said_us(event)] + 1), event, source))
        heard = Counter[int]()
        for fact in facts:
            heard[fact.effective_us] += 1
            placed.append(((fact.effective_us, 2 * heard[fact.effective_us]), fact, Source.LIVE))
        said = [(event, source) for _, event, source in sorted(placed, key=lambda it: it[0])]
        return lived_run(self.told.plant, said, self.told.asked)


def _is_wired(event: OperationsEvent, source: Source) -> bool:
    """Whether a controller says it."""
    return source in PLANT_SOURCES and type(event).__name__ not in BESIDE_THE_WIRE


def wired(facts: Sequence[OperationsEvent]) -> Plant:
    """A plant of all equipment that says these facts: by turns on OPC UA, with all messages, and on Modbus TCP.

    Modbus has no place for what a controller is not sure of: such equipment is on OPC UA.
    """
    connections: dict[str, OpcUaConnection | ModbusConnection] = {
        "plc_a": OpcUaConnection(
            driver="opcua", url=f"opc.tcp://127.0.0.1:{free_port()}/valves", namespace="urn:test:valves",
            publish="50 ms", security="none", allow_anonymous_loopback=True,
        ),
        "plc_b": ModbusConnection(driver="modbus", host="127.0.0.1", port=free_port(), poll="50 ms"),
    }  # fmt: skip
    values: dict[str, dict[str, str]] = {fact.equipment: {} for fact in facts if fact.equipment}
    for fact in facts:
        if isinstance(fact, ProcessValueObserved):
            values[fact.equipment][fact.property] = fact.unit or "degC"
    unsure = {fact.equipment for fact in facts if getattr(fact, "quality", "")}
    turns = cycle(connections)
    placed = {name: "plc_a" if name in unsure else next(turns) for name in sorted(values)}
    equipment = {
        name: EquipmentSignals(connection=on, node=name, process_values=values[name])
        if on == "plc_a"
        else EquipmentSignals(connection=on, unit=number)
        for number, (name, on) in enumerate(placed.items(), 1)
    }
    units = {name: LAYOUT["work_units"].get(name, LAYOUT["work_units"]["mill_1"]) for name in placed}
    signals = SignalMap(connections=connections, equipment=equipment, business="plc_a")
    return kept_plant(work_units=units).model_copy(update={"signals": signals})


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Heard]]:
    """Every scenario, told and heard, by the file of its test."""
    told = told_scenarios()
    by_file: dict[str, list[Heard]] = defaultdict(list)
    for it, facts in zip(told, over_the_wire(told, tmp_path_factory.mktemp("wire")), strict=True):
        by_file[it.test.partition("::")[0]].append(Heard(told=it, facts=facts))
    return by_file


def over_the_wire(scenarios: Sequence[ToldScenario], folder: Path) -> list[list[OperationsEvent]]:
    """What the bridge has written of each scenario, at the scenario's own time, as if the wire took none."""
    served, live = folder / "served.db", folder / "live.db"
    facts = [
        _moved(event, year) for year, scenario in enumerate(scenarios) for event, source in scenario.entries if _is_wired(event, source)
    ]
    with closing(open_journal(served)) as journal:
        for fact in facts:
            journal.append(fact, source=Source.SIMULATED)
        journal.commit()
    publisher, bridge = asyncio.run(carry(wired(facts), served, live))
    assert publisher.published_count == bridge.sent_count == len(facts)
    heard: list[list[OperationsEvent]] = [[] for _ in scenarios]
    begins_us = min(it.asked.start_us for it in scenarios)
    with closing(open_journal(live, create=False)) as journal:
        for entry in journal.entries():
            if not is_watermark(entry.event):
                year = (entry.event.effective_us - begins_us) // YEAR_US
                heard[year].append(_moved(entry.event, -year))
    return heard


def _moved(fact: OperationsEvent, years: int) -> OperationsEvent:
    at_us = fact.effective_us + years * YEAR_US
    return replace(fact, effective_us=at_us, recorded_us=at_us)


@pytest.mark.parametrize("file", scenario_tests())
def test_its_journal_is_the_told_one_entry_by_entry_and_so_is_what_is_shown(heard: dict[str, list[Heard]], file: str) -> None:
    """State, alarm, count, process value, test result, order: whatever machines and messages said has come over the sockets."""
    assert {it.told.test.partition("::")[2].partition("[")[0] for it in heard[file]} == scenario_tests()[file], "each of them asks"
    for it in heard[file]:
        run, events = it.over_the_wire(it.facts)
        assert len(it.facts) > 0, it.told.test
        assert events == it.told.journal, it.told.test
        assert [comparable(look(run)) for look in it.told.looks] == it.told.shown, it.told.test


def test_which_controller_is_heard_first_within_an_instant_changes_nothing(heard: dict[str, list[Heard]]) -> None:
    (it,) = heard["tests/rooms/results/tables/test_from_every_source.py"]
    names = sorted({fact.equipment for fact in it.facts})
    for order in (names, names[::-1]):
        run, events = it.over_the_wire(sorted(it.facts, key=lambda fact: (fact.effective_us, order.index(fact.equipment))))
        assert events == it.told.journal
        assert [comparable(look(run)) for look in it.told.looks] == it.told.shown


def test_what_goes_over_no_wire_is_what_no_controller_can_say() -> None:
    assert not {*BESIDE_THE_WIRE} & {*MESSAGES, *(kind.__name__ for kind in KIND_OF)}


def test_one_fact_less_is_noticed(heard: dict[str, list[Heard]]) -> None:
    (it, *_) = heard["tests/rooms/labour/test_clocking.py"]
    assert it.over_the_wire(it.facts[:-1])[1] != it.told.journal
