"""A table to learn from holds what was known then, and nothing of later but the labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import twin
from tests.rooms.labour.clocked_shop import ClockedShop
from tests.rooms.quality.valve_shop import BORE, MIN_US, SCENARIO, Shop, valve_shop
from twin.model.events import (
    AlarmRaised,
    CountObserved,
    EntryRefused,
    EquipmentStateChanged,
    GoodsReceived,
    JobOrderCommand,
    JobOrderCreated,
    JobOrderStarted,
    MaintenancePerformed,
    MaintenanceRequested,
    MaterialActual,
    OperationsEvent,
    ProcessValueObserved,
    SkillRecorded,
    TestResultCorrected,
    TestResultRecorded,
    ToolAssigned,
    ToolReconditioned,
)
from twin.model.states import WorkUnitState
from twin.results.learning.circumstances import LAST, OF_LOT, VALUE
from twin.results.learning.learning_table import LATER, ROWS_OF, TRUTH, learning_table
from twin.results.run import Run


@pytest.fixture(scope="module")
def recorded(root: Path) -> Run:
    """Machines as they were recorded: nobody commanded their starts, and the facts of an instant stand in any order."""
    cell = root / "plant_models/nist_cell"
    return twin.replay(cell, cell / "record", root / "scenarios/nist_cell/order_60.yaml")


@pytest.fixture(scope="module")
def run(root: Path) -> Run:
    """Two days of the gearbox shop: failures, batches, set-ups, rework."""
    return twin.simulate(root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/baseline.yaml", until="2 d", seed=3)


def events_of(run: Run) -> list[OperationsEvent]:
    return [entry.event for entry in run.journal.entries()]


def known_columns(table: pd.DataFrame) -> pd.DataFrame:
    return table[[name for name in table if not name.startswith((LATER, TRUTH))]]


@pytest.mark.parametrize("rows_of", ROWS_OF)
def test_what_comes_later_changes_nothing_of_what_was_known(run: Run, rows_of: str) -> None:
    events = events_of(run)
    whole = known_columns(run.learning_table(rows_of))
    for cut in range(500, len(events), 1500):
        then = known_columns(learning_table(events[:cut], rows_of, run.plant, run.scenario.start_us))
        assert len(then) > 0
        shown = whole.head(len(then))
        assert shown.drop(columns=then.columns).isna().all(axis=None), "what nobody had told of yet"
        pd.testing.assert_frame_equal(then, shown[then.columns])


def test_the_labels_are_what_the_job_orders_came_to(run: Run) -> None:
    table = run.learning_table().set_index("job_order")
    jobs = run.job_orders.set_index("job_order").loc[table.index]
    ended = jobs.status == "Completed"
    assert ended.sum() > 100
    for label, told in (("later_setup_h", "setup_h"), ("later_run_h", "run_h"), ("later_good", "good"), ("later_scrap", "scrap")):
        assert (table[label] - jobs[told])[ended].abs().max() < 1e-9, label
    assert table["later_good"].isna().equals(~ended)
    assert (table["later_interruption_count"] > 0).any()


def test_a_set_up_that_follows_is_not_known_before_it_is_made(run: Run) -> None:
    """The state "setup" begins at the instant of the decision, and would give away what the model shall foresee."""
    table = run.learning_table()
    assert not table["reason_before"].eq("setup").any()
    assert table.loc[table["is_same_again"], "later_setup_h"].mean() < table.loc[~table["is_same_again"], "later_setup_h"].mean()


def test_the_truth_is_the_next_failure(run: Run) -> None:
    alarms = run.events[run.events["type"] == "AlarmRaised"]
    table = run.learning_table()
    told = table.dropna(subset=["truth_to_failure_h"])
    assert len(told) > 20
    for row in told.itertuples():
        later = alarms[(alarms["equipment"] == row.equipment) & (alarms["effective"] >= row.decided)]["effective"].min()
        assert (later - row.decided) / pd.Timedelta(hours=1) == pytest.approx(row.truth_to_failure_h)


def test_who_calls_for_help_has_not_failed() -> None:
    """An andon call is an alarm at the machine; neither what was known nor the truth takes it for a failure (audit 14.3)."""
    hour = 3_600_000_000
    states = [EquipmentStateChanged(effective_us=n * hour, equipment="lathe", state=int(WorkUnitState.EXECUTE)) for n in range(1, 6)]
    alarms = [
        AlarmRaised(effective_us=int(at * hour), equipment="lathe", alarm=name) for at, name in ((2.5, "help: setter"), (4.5, "spindle"))
    ]
    table = learning_table(sorted([*states, *alarms], key=lambda it: it.effective_us), "interval")
    assert table["failure_count_so_far"].tolist() == [0, 0, 0, 0, 1]
    assert table["truth_to_failure_h"].tolist()[:4] == [3.5, 2.5, 1.5, 0.5]


def test_everything_else_that_was_known_then_is_there_and_nothing_that_was_refused() -> None:
    """Audit 14.2: process values, tool wear, person and skill, results, lots and suppliers, maintenance, hour and shift."""
    plant = valve_shop(bore=BORE)
    start_us, hour, lot = SCENARIO.start_us, 3_600_000_000, {"lot": "A-VALVE", "request": "A-VALVE"}
    shift = next(iter(plant.layout.calendars["always"].shifts))

    def at(hours: float, kind: type[OperationsEvent], **said: Any) -> OperationsEvent:
        return kind(effective_us=int(start_us + hours * hour), **said)

    def job(hours: float, name: str, operation: str) -> list[OperationsEvent]:
        about = {"equipment": "mill_1", "job_order": name, "person": "olga", **lot}
        made = at(0, JobOrderCreated, **{**about, "equipment": "milling", "person": ""}, material="VALVE", operation=operation, quantity=5)
        return [made, at(hours, JobOrderCommand, **about, command="Start"), at(hours, JobOrderStarted, **about)]

    first, second = job(2, "A-VALVE/10", "10"), job(6, "A-VALVE/20", "20")
    mill = {"equipment": "mill_1"}
    events = [
        first[0], second[0],
        at(0, GoodsReceived, order="P", lot="C0", supplier="foundry", material="CASTING", quantity=9, unit_price_minor=1),
        at(1, ProcessValueObserved, **mill, property="temperature", value=61.5),
        at(0, MaintenanceRequested, **mill, maintenance="M1", category="corrective", description="the belt slips"),
        at(1, MaintenancePerformed, person="olga", terminal="t", maintenance="M1"), *first[1:],  # whoever has done it names that alone
        at(2, ToolAssigned, **mill, job_order="A-VALVE/10", tool="drill.1", used=40),
        at(2, MaterialActual, job_order="A-VALVE/10", lot="C0", use="Consumed", material="CASTING", quantity=5),
        at(3, CountObserved, **mill, job_order="A-VALVE/10", good=5),
        at(4, TestResultRecorded, lot="A-VALVE", characteristic="bore", value=11.5, passed=False),
        at(5, ToolReconditioned, person="olga", terminal="t", tool="drill.1"),
        at(5, EntryRefused, person="olga", terminal="t", entry="ToolReconditioned", reason="it is in use"),
        at(3, MaintenancePerformed, recorded_us=int(start_us + 5 * hour), person="olga", terminal="t", maintenance="M1"),
        at(5, EntryRefused, person="olga", terminal="t", entry="MaintenancePerformed", reason="it is done already"), *second[1:],
    ]  # fmt: skip
    table = learning_table(events, "job_order", plant, start_us)
    one, two = (table.iloc[n] for n in (0, 1))
    assert (one["value_temperature"], one["since_maintenance_h"], one["person"]) == (61.5, 1, "olga")
    assert (two["since_maintenance_h"], two["maintenance_count_so_far"]) == (5, 1), "what was refused has maintained nothing"
    assert (one["tools"], one["material_lots"]) == ("", "")
    assert (two["tools"], two["tool_piece_count"]) == ("drill.1", 45), "the refused grinding has changed nothing"
    assert (two["material_lots"], two["suppliers"]) == ("C0", "foundry")
    assert (two["lot_bore"], two["last_bore"], two["failed_result_count_so_far"]) == (11.5, 11.5, 1)
    assert two["person_classes"] == "+".join(sorted(plant.layout.persons["olga"].classes))
    local = table["decided"].dt.tz_convert(plant.layout.time_zone).dt
    assert table["hour"].tolist() == local.hour.tolist()
    assert one["shift"] == shift


def test_the_truth_of_quality_is_the_distribution_that_is_drawn_from() -> None:
    """A mean of 10 and a sd of 0.5 within 9 to 11 are 2 sigma both ways, 4.55 % bad; from the third hour on the mean is 11: half is."""
    drawn = {"mean": 10.0, "sd": 0.5, "shift": 1.0, "shift_at": "3 h"}
    plant = valve_shop(bore={**BORE, "characteristics": {"bore": {"lower": 9.0, "upper": 11.0, "drawn": drawn}}})
    start_us, events = SCENARIO.start_us, list[OperationsEvent]()
    for hours, name in ((2, "A"), (4, "B")):
        at_us = start_us + hours * 3_600_000_000
        about = {"effective_us": at_us, "job_order": f"{name}/10", "lot": name}
        events.append(JobOrderCreated(**about, equipment="milling", material="VALVE", operation="10", quantity=5))
        events.append(JobOrderStarted(**about, equipment="mill_1"))
    table = learning_table(events, "job_order", plant, start_us)
    assert table["truth_is_drifted"].tolist() == [False, True]
    assert table["truth_bad_share"].tolist() == pytest.approx([0.0455, 0.5], abs=1e-4)


def test_a_late_fact_counts_from_when_it_was_recorded() -> None:
    """Ten pieces of scrap that happened at noon and were reported at two are not known to what is decided at one."""

    def begin(at_us: int, job: str) -> list[OperationsEvent]:
        made = JobOrderCreated(effective_us=at_us, equipment="turning", job_order=job, material="shaft", operation="10", quantity=10)
        return [made, JobOrderStarted(effective_us=at_us, equipment="lathe", job_order=job)]

    hour = 3_600_000_000
    late = CountObserved(effective_us=12 * hour, recorded_us=14 * hour, equipment="lathe", job_order="a", scrap=10)
    table = learning_table([*begin(11 * hour, "a"), *begin(13 * hour, "b"), late, *begin(15 * hour, "c")]).set_index("job_order")
    assert table["scrap_share_so_far"].isna().tolist() == [True, True, False]
    assert table.loc["c", "scrap_share_so_far"] == 1


@pytest.mark.parametrize("rows_of", ROWS_OF)
def test_what_a_start_brings_about_is_in_no_column_where_nobody_commanded_it(recorded: Run, rows_of: str) -> None:
    """All of the instant and after it is taken away, but what the row itself is of: nothing that was known then changes."""
    events = events_of(recorded)
    whole = known_columns(recorded.learning_table(rows_of))
    starts = [it for it in events if isinstance(it, JobOrderStarted if rows_of == "job_order" else EquipmentStateChanged)]
    assert len(starts) == len(whole) > 100
    for n in range(3, len(starts), max(1, len(starts) // 12)):
        start = starts[n]
        own = [it for it in events if isinstance(it, JobOrderCreated) and it.job_order in start.job_order.split("+")]
        before = [it for it in events if it.recorded_us < start.effective_us]
        told = [*before, *(it for it in own if it not in before), start]
        then = known_columns(learning_table(told, rows_of, recorded.plant, recorded.scenario.start_us))
        row = whole.iloc[[n]].reset_index(drop=True)
        assert row.drop(columns=then.columns).isna().all(axis=None)
        pd.testing.assert_frame_equal(then.tail(1).reset_index(drop=True), row[then.columns])


def test_a_machine_that_was_idle_until_it_began_is_idle_before_and_not_what_the_start_made_of_it() -> None:
    """In whatever order a machine tells of the instant; and where the start came to be known an hour late, as it was when it began."""
    hour = 3_600_000_000
    made = JobOrderCreated(effective_us=hour, equipment="turning", job_order="a", material="shaft", operation="10", quantity=10)
    idle = EquipmentStateChanged(effective_us=hour, equipment="lathe", state=int(WorkUnitState.IDLE))
    setup = EquipmentStateChanged(
        effective_us=3 * hour, equipment="lathe", job_order="a", state=int(WorkUnitState.STARTING), reason="setup"
    )
    begun = JobOrderStarted(effective_us=3 * hour, equipment="lathe", job_order="a")
    late = JobOrderStarted(effective_us=3 * hour, recorded_us=4 * hour, equipment="lathe", job_order="a")
    scrap = CountObserved(effective_us=3 * hour, recorded_us=3 * hour + 1, equipment="lathe", job_order="a", scrap=1)
    told = ([made, idle, setup, begun], [made, idle, begun, setup], [made, idle, setup, scrap, late])
    for row in (learning_table(events).iloc[0] for events in told):
        assert (row.state_before, row.reason_before, row.state_before_h, row.waited_h) == ("Idle", "", 2.0, 2.0)
        assert pd.isna(row.scrap_share_so_far)


def test_a_record_of_machines_gives_the_same_columns(recorded: Run, run: Run) -> None:
    table = recorded.learning_table()
    assert len(table) > 100
    own = (VALUE, OF_LOT, LAST)
    assert [it for it in table if not it.startswith(own)] == [it for it in run.learning_table() if not it.startswith(own)]
    measured = table.dropna(subset=["later_passed"])
    assert len(measured) > 10


def test_it_goes_to_parquet_and_back(run: Run, tmp_path: Path) -> None:
    table = run.learning_table()
    table.to_parquet(tmp_path / "jobs.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "jobs.parquet"), table)


def test_rows_that_there_are_not_are_named(run: Run) -> None:
    with pytest.raises(ValueError, match=r"no rows of 'jobs'.*allowed: job_order, interval"):
        run.learning_table("jobs")
    assert list(learning_table([]).columns[:1]) == ["decided"]


def test_a_skill_that_was_recorded_later_stands_in_no_row_before() -> None:
    shop = ClockedShop()
    shop.staffed("mill_1", "A-VALVE.1/10", "olga")
    shop.now_us += 20 * MIN_US
    before = shop.run.learning_table()["person_classes"].tolist()
    assert shop.say(SkillRecorded, "sam", worker="olga", skill="clerk") == ""
    assert shop.say(SkillRecorded, "sam", worker="nobody", skill="clerk") != ""
    shop.now_us += MIN_US
    shop.staffed("mill_1", "A-VALVE.2/10", "olga")
    after = shop.run.learning_table()["person_classes"].tolist()
    assert after[: len(before)] == before == ["operator"]
    assert after[-1] == "clerk+operator"


def test_what_has_failed_its_plan_has_not_passed_until_it_is_corrected() -> None:
    """Limits stand in the plan, and a result that names none of its own was taken to have passed."""
    shop = Shop(final={"material": "VALVE", "characteristics": {"leak": {"unit": "ml", "upper": 5.0}}}).stock(30).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.does("grinder_1", "A-VALVE/20", 5)
    shop.measure("A-VALVE", leak=99.0)
    assert shop.run.learning_table()["later_passed"].tolist()[-1] is False
    assert shop.say(TestResultCorrected, "quinn", lot="A-VALVE", characteristic="leak", was=99.0, value=1.0, reason="misread") == ""
    assert shop.run.learning_table()["later_passed"].tolist()[-1] is True
