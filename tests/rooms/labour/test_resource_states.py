"""What persons, tools and gauges did, from one instant to the next: as it was clocked and told, from every source."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.rooms.labour.clocked_shop import ClockedShop
from tests.rooms.quality.valve_shop import MIN_US, SCENARIO
from tests.rooms.readiness.turning_shop import TurningShop
from twin.model.events import CalibrationPerformed, Heartbeat, ToolReconditioned
from twin.results.run import Run

START_US, DAY_US = SCENARIO.start_us, 24 * 60 * MIN_US


def said(table: pd.DataFrame, resource: str, *columns: str) -> list[tuple[object, ...]]:
    """State, what else is asked for, and minutes from 06:00 at which it began and ended, of one resource."""
    start = pd.Timestamp(START_US, unit="us", tz="UTC")
    rows = table[table["resource"] == resource]
    minutes = [((rows[name] - start) / pd.Timedelta(minutes=1)).round().astype(int) for name in ("start", "end")]
    return list(zip(rows["state"], *(rows[name] for name in columns), *minutes, strict=True))


def test_a_person_works_is_on_break_cleans_is_free_and_goes_home() -> None:
    shop = ClockedShop().at(10)
    shop.on("olga", "A-VALVE.1/10")
    shop.at(60).on("olga", "A-VALVE.2/10")
    shop.at(100).on("olga", "break", activity=True)
    shop.at(110).off("olga", "break", activity=True)
    shop.at(150).off("olga")
    shop.at(190).tell(Heartbeat(effective_us=START_US + 190 * MIN_US, reason="clock"))
    states = set(shop.run.resources.query("kind == 'person'")["state"])
    assert states >= {"on break"}
    assert states.isdisjoint({"off shift"}), "as the states of the day have it"
    shop.at(220).on("olga", "cleaning", activity=True)
    shop.at(240).off("olga")
    shop.at(600).tell(Heartbeat(effective_us=START_US + 600 * MIN_US, reason="clock"))
    both = "A-VALVE.1/10+A-VALVE.2/10"
    expected = [
        ("free", "", "early", 0, 10),
        ("works", "A-VALVE.1/10", "", 10, 60),
        ("works", both, "", 60, 100),
        ("on break", "", "break", 100, 110),
        ("works", both, "", 110, 150),
        ("free", "", "early", 150, 180),
        ("on break", "", "", 180, 210),
        ("free", "", "early", 210, 220),
        ("indirect", "", "cleaning", 220, 240),
        ("free", "", "early", 240, 480),
        ("off shift", "", "", 480, 600),
    ]
    assert said(shop.run.resource_states(), "olga", "job_order", "why") == expected
    worked_h = shop.run.labour().set_index("person").loc["olga", "work_h"]
    assert worked_h == pytest.approx(sum(end - start for state, _, _, start, end in expected if state == "works") / 60)
    assert shop.is_the_same_from_every_source(Run.resource_states)


def test_a_clocking_that_was_corrected_is_told_as_it_was() -> None:
    shop = ClockedShop().at(10)
    shop.on("olga", "A-VALVE.1/10")
    shop.at(100).off("olga")
    assert shop.correct("olga", "A-VALVE.1/10", 10, 40) == ""
    states = said(shop.run.resource_states(), "olga")
    assert states == [("free", 0, 10), ("works", 10, 40), ("free", 40, 101)]


def test_a_tool_is_in_store_in_use_mounted_and_worn_out_until_it_is_as_new() -> None:
    shop = TurningShop(tools={"reamer": {"operations": ["10"], "life": 8}}).order("A", 10)
    for lot in ("A-VALVE.1", "A-VALVE.2"):
        shop.does("mill_1", f"{lot}/10", 5)
    shop.now_us += 10 * MIN_US
    assert shop.say(ToolReconditioned, person="ida", tool="reamer") != "", "there is no such tool, and it changes nothing"
    assert shop.say(ToolReconditioned, person="ida", tool="reamer.1") == ""
    shop.now_us += 10 * MIN_US
    shop.tell(Heartbeat(effective_us=shop.now_us, reason="clock"))
    table = shop.run.resource_states("tool")
    lots = "A-VALVE.1/10", "A-VALVE.2/10"
    assert list(zip(table["state"], table["at"], table["job_order"], strict=True)) == [
        ("in store", "", ""),
        ("reserved", "mill_1", lots[0]),
        ("in use", "mill_1", lots[0]),
        ("reserved", "mill_1", lots[1]),
        ("in use", "mill_1", lots[1]),
        ("worn out", "mill_1", ""),
        ("in store", "", ""),
    ]
    ended = shop.run.job_orders.set_index("job_order").loc["A-VALVE.2/10", "end"]
    assert table["start"].iloc[5] == ended
    assert shop.is_the_same_from_every_source(lambda run: run.resource_states("tool"))


def test_what_was_sent_and_has_not_begun_has_its_tool_reserved() -> None:
    shop = TurningShop(tools={"reamer": {"operations": ["10"]}}).order("A", 5)
    sent_us = shop.now_us - MIN_US
    shop.now_us += 5 * MIN_US
    begun_us = shop.now_us
    shop.begins("mill_1", "A-VALVE/10", "bo")
    shop.tell(Heartbeat(effective_us=shop.now_us, reason="clock"))
    table = shop.run.resource_states("tool")
    assert table["state"].tolist() == ["in store", "reserved", "in use"]
    assert [int(it.value // 1000) for it in table["start"][1:]] == [sent_us, begun_us]


def test_a_gauge_is_calibrated_overdue_calibrated_again_or_has_failed() -> None:
    declared = {"title": "Caliper", "every_days": 1, "last": "2026-03-01", "calibrated_by": "engineer"}
    shop = TurningShop(calibrations={"caliper": declared})
    beat = [("calibrated", -360, 18 * 60), ("calibration overdue", 18 * 60, 24 * 60)]
    shop.now_us = START_US + DAY_US
    refused = shop.say(CalibrationPerformed, person="nobody", calibration="caliper", is_passed=True)
    assert refused != ""
    shop.now_us = START_US + DAY_US
    assert shop.say(CalibrationPerformed, person="ida", calibration="caliper", is_passed=True) == ""
    shop.now_us = START_US + DAY_US + 60 * MIN_US
    assert shop.say(CalibrationPerformed, person="ida", calibration="caliper", is_passed=False) == ""
    shop.tell(Heartbeat(effective_us=START_US + DAY_US + 90 * MIN_US, reason="clock"))
    states = said(shop.run.resource_states("gauge", from_us=START_US - 6 * 60 * MIN_US), "caliper")
    assert states == [*beat, ("calibrated", 24 * 60, 25 * 60), ("calibration failed", 25 * 60, 25 * 60 + 30)]


def test_a_kind_that_there_is_not_is_named() -> None:
    with pytest.raises(ValueError, match=r"no states of 'persons' \(did you mean 'person'\?\); allowed: person, tool, gauge"):
        ClockedShop().run.resource_states("persons")
