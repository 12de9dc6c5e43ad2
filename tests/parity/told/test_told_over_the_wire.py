"""Scenario tests of each function of the MES once more, with what their machines said over real OPC UA and Modbus sockets: equal journals.

One virtual plant plays them all, one after the other, each a year after the last, to one bridge; then each year is cut out of what the
bridge has written, and MES and ERP take it in with what users said, instant by instant. What persons say goes over no wire: it comes
from tablets.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from tests.ports import free_port
from tests.rooms.bridge.virtual_shop import carry
from tests.rooms.hand_work import test_machine_counts_corrected
from tests.rooms.labour import test_batch_record, test_clocking, test_handover
from tests.rooms.quality import test_gates, test_nonconformances, test_sampling_and_charts
from tests.rooms.quality.valve_shop import LAYOUT, Shop, lived
from tests.rooms.readiness import test_dispatching, test_documents, test_process, test_steps_and_phases
from tests.rooms.tracing import test_recalls
from tests.rooms.upkeep import test_alarms, test_maintenance, test_modes, test_supervision
from tests.rooms.upkeep.kept_shop import kept_plant
from twin.model.events import Heartbeat, OperationsEvent
from twin.model.plant import Plant
from twin.model.signals import EquipmentSignals, ModbusConnection, OpcUaConnection, SignalMap
from twin.model.states import Source
from twin.store.journal import PLANT_SOURCES, open_journal
from twin.store.live import WATERMARK

pytestmark = pytest.mark.interop
YEAR_US = 366 * 24 * 3_600_000_000

SCENARIOS: dict[str, Callable[[], None]] = {
    "resources: tools": test_dispatching.test_a_missing_tool_blocks_a_start_and_says_where_those_of_its_kind_are,
    "resources: persons": test_supervision.test_a_person_works_where_the_supervisor_wants_and_nowhere_else,
    "dispatching: hot lots": test_dispatching.test_a_hot_lot_goes_before_all_others_and_the_queue_says_who_wants_it,
    "dispatching: elsewhere": test_supervision.test_a_job_order_goes_where_it_is_assigned_to,
    "documents": test_documents.test_a_new_revision_blocks_the_old_one_from_its_instant_on,
    "data collection": test_process.test_a_value_that_drifts_is_told_before_it_leaves_its_limits,
    "labour": test_clocking.test_two_persons_on_one_job_are_each_booked_for_their_own_time,
    "quality: holds": test_gates.test_a_lot_that_failed_is_held_and_raises_a_nonconformance_that_says_why,
    "quality: charts": test_sampling_and_charts.test_a_signal_holds_its_lot_if_the_plan_says_so,
    "quality: rework": test_nonconformances.test_rework_sends_the_lot_back_and_its_cost_stands_apart_from_the_request,
    "process": test_process.test_a_value_outside_its_second_limits_holds_the_job_order_until_somebody_says_that_it_is_in_order,
    "process: phases": test_steps_and_phases.test_phases_go_through_the_state_machine_of_work_units_one_after_the_other,
    "maintenance": test_maintenance.test_after_so_many_pieces_it_is_asked_for_once_and_its_parts_are_kept_back,
    "tracking": test_dispatching.test_part_of_a_lot_that_waits_goes_on_by_itself_and_all_of_it_is_accounted_for,
    "performance": test_maintenance.test_what_the_plant_maintains_by_itself_is_read_off_its_states,
    "alarms": test_alarms.test_an_alarm_is_raised_acknowledged_and_cleared,
    "batch record": test_batch_record.test_quality_assurance_releases_the_record_and_it_stands,
    "hand-over": test_handover.test_both_shifts_sign_what_was_handed_over_and_it_stands,
    "recalls": lambda: test_recalls.test_a_delivery_is_recalled_from_customers_and_stopped_in_house(test_recalls.sold_valves()),
    "corrections": lambda: test_machine_counts_corrected.test_a_completed_job_order_is_as_if_its_machine_had_counted_right((5, 0), (3, 2)),
    "modes": test_modes.test_a_controller_that_changes_where_it_may_not_is_believed_and_somebody_is_told,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One shop that a scenario has told, and what the bridge heard of its machines."""

    plant: Plant
    entries: Sequence[tuple[OperationsEvent, Source]]
    heard: Sequence[OperationsEvent]

    @property
    def journal(self) -> list[OperationsEvent]:
        return [event for event, _ in self.entries]

    @property
    def by_machines(self) -> list[OperationsEvent]:
        return [event for event, source in self.entries if source in PLANT_SOURCES]

    def over_the_wire(self, heard: Sequence[OperationsEvent]) -> list[OperationsEvent]:
        """What MES and ERP make of it, with what users said beside it; without when it became known, which is now."""
        by_users = [(event, source) for event, source in self.entries if source == Source.USER]
        said = sorted([*((fact, Source.LIVE) for fact in heard), *by_users], key=lambda pair: pair[0].effective_us)
        return [_moved(event, 0) for event in lived(self.plant, said)]


def wired() -> Plant:
    """The valve shop with a mill and all messages on OPC UA, its grinder and another mill on Modbus TCP."""
    connections: dict[str, OpcUaConnection | ModbusConnection] = {
        "plc_a": OpcUaConnection(
            driver="opcua", url=f"opc.tcp://127.0.0.1:{free_port()}/valves", namespace="urn:test:valves",
            publish="50 ms", security="none", allow_anonymous_loopback=True,
        ),
        "plc_b": ModbusConnection(driver="modbus", host="127.0.0.1", port=free_port(), poll="50 ms"),
    }  # fmt: skip
    equipment = {
        "mill_1": EquipmentSignals(connection="plc_a", node="mill_1", process_values={"temperature": "degC"}),
        "grinder_1": EquipmentSignals(connection="plc_b", unit=1),
        "mill_2": EquipmentSignals(connection="plc_b", unit=2),
    }
    signals = SignalMap(connections=connections, equipment=equipment, business="plc_a")
    units = {**LAYOUT["work_units"], "mill_2": LAYOUT["work_units"]["mill_1"]}
    return kept_plant(work_units=units).model_copy(update={"signals": signals})


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Told]]:
    """Every scenario, told and heard."""
    shops: dict[str, list[Shop]] = {}
    for name, scenario in SCENARIOS.items():
        Shop.heard_by.append(shops.setdefault(name, []).append)
        try:
            scenario()
        finally:
            Shop.heard_by.clear()
    all_shops = [shop for some in shops.values() for shop in some]
    heard = over_the_wire(all_shops, tmp_path_factory.mktemp("wire"))
    entries = {id(shop): [(entry.event, entry.source) for entry in shop.run.journal.entries()] for shop in all_shops}
    return {
        name: [Told(plant=shop.plant, entries=entries[id(shop)], heard=heard[id(shop)]) for shop in some] for name, some in shops.items()
    }


def over_the_wire(shops: Sequence[Shop], folder: Path) -> dict[int, list[OperationsEvent]]:
    """What the bridge has written of each shop, at the shop's own time."""
    served, live = folder / "served.db", folder / "live.db"
    with closing(open_journal(served)) as journal:
        for year, shop in enumerate(shops):
            for entry in shop.run.journal.entries():
                if entry.source in PLANT_SOURCES:
                    journal.append(_moved(entry.event, year), source=Source.SIMULATED)
        journal.commit()
    publisher, bridge = asyncio.run(carry(wired(), served, live))
    heard: dict[int, list[OperationsEvent]] = {id(shop): [] for shop in shops}
    with closing(open_journal(live, create=False)) as journal:
        assert publisher.published_count == bridge.sent_count > 150
        begins_us = shops[0].run.scenario.start_us
        for entry in journal.entries():
            if not (isinstance(entry.event, Heartbeat) and entry.event.reason == WATERMARK):
                year = (entry.event.effective_us - begins_us) // YEAR_US
                heard[id(shops[year])].append(_moved(entry.event, -year))
    return heard


def _moved(fact: OperationsEvent, years: int) -> OperationsEvent:
    return replace(fact, effective_us=fact.effective_us + years * YEAR_US, recorded_us=0)


@pytest.mark.parametrize("function", SCENARIOS)
def test_its_journal_is_the_told_one_entry_by_entry(told: dict[str, list[Told]], function: str) -> None:
    """State, alarm, count, process value, test result, order: whatever machines and messages said has come over the sockets."""
    assert told[function], "a scenario asks whether it is the same from every source"
    for it in told[function]:
        assert len(it.heard) == len(it.by_machines) > 0
        assert it.over_the_wire(it.heard) == [_moved(event, 0) for event in it.journal]


def test_one_fact_less_is_noticed(told: dict[str, list[Told]]) -> None:
    (it, *_) = told["labour"]
    assert it.over_the_wire(it.heard[:-1]) != [_moved(event, 0) for event in it.journal]
