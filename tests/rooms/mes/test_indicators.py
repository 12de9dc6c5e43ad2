"""ISO 22400-2 over any window: published examples, identities, and sums that agree across scopes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.rooms.mes.little_plant import HOUR_US, LAYOUT, MIN_US, START_US, Floor, little_plant
from twin.mes.equipment import StateInterval
from twin.mes.performance.indicators import Indicators
from twin.mes.performance.time_model import ADET, ADOT, APT, ASUT, UNKNOWN, category_of
from twin.model.events import EnergyMetered
from twin.model.states import WorkUnitState as S


def row(floor: Floor, by: str, name: str, from_us: int = START_US, to_us: int | None = None, **more: int) -> Indicators:
    rows = floor.mes.indicators(by, from_us, floor.now_us if to_us is None else to_us, **more)
    return next(r for r in rows if r.name == name)


def one_second_a_piece() -> Floor:
    """A mill on the early shift alone (480 min with one break of 60), whose plates take 1 s."""
    calendars = {
        **LAYOUT["calendars"],
        "one": {"shifts": {"one": {"days": ["mon"], "start": "06:00", "end": "14:00", "breaks": [{"start": "12:00", "end": "13:00"}]}}},
    }
    routings = {**LAYOUT["routings"], "PLATE": {"10": {"segment": "mill", "run": "1 s"}}}
    work_units = {**LAYOUT["work_units"], "mill_1": {"equipment_class": "mill", "work_center": "milling", "calendar": "one"}}
    return Floor(little_plant(calendars=calendars, routings=routings, work_units=work_units))


def test_oee_of_the_textbook_shift():
    """Case kpi-01 (Vorne's OEE example, recomputed): 480 min, 60 of breaks, 47 of stops, 19,271 pieces of which 423 are rejected."""
    floor = one_second_a_piece()
    floor.tell(floor.request("R", "PLATE", 19_271), *(floor.state(name, S.IDLE) for name in floor.plant.equipment))
    floor.tell(floor.state("mill_1", S.EXECUTE, "R/10"))
    floor.wait(100).tell(floor.state("mill_1", S.HELD, "R/10", reason="jam"))
    floor.wait(47).tell(floor.state("mill_1", S.EXECUTE, "R/10"))
    floor.wait(360 - 147).tell(floor.state("mill_1", S.SUSPENDED, "R/10", reason="off_shift"))
    floor.wait(60).tell(floor.state("mill_1", S.EXECUTE, "R/10"))
    floor.wait(60).finishes("mill_1", "R/10", good=19_271 - 423, scrap=423)
    it = row(floor, "equipment", "mill_1")
    assert (it.pbt_us, it.apt_us, it.adet_us) == (420 * MIN_US, 373 * MIN_US, 47 * MIN_US)
    assert it.availability == pytest.approx(0.8881, abs=5e-5)
    assert it.effectiveness == pytest.approx(0.8611, abs=5e-5)
    assert it.quality_ratio == pytest.approx(0.9780, abs=5e-5)
    assert it.oee == pytest.approx(0.7479, abs=5e-5)
    assert it.oee == pytest.approx(1_000_000 * it.good / it.pbt_us)  # OEE = PRU * GQ / PBT
    assert it.mttr_us == 47 * MIN_US


def test_losses_that_overlap_count_once():
    """Case kpi-03 (Odoo test_oee): 780 s of run, three losses of which two overlap by a second; 350 s are lost, not 351."""
    floor = Floor(little_plant(work_units={**LAYOUT["work_units"], "mill_1": {"equipment_class": "mill", "work_center": "milling"}}))
    midnight_us = START_US - 6 * HOUR_US

    def at(clock: str) -> Floor:
        hours, minutes, seconds = map(int, clock.split(":"))
        floor.now_us = midnight_us + ((hours * 60 + minutes) * 60 + seconds) * 1_000_000
        return floor

    at("10:43:22").tell(floor.state("mill_1", S.EXECUTE))
    at("10:47:08").tell(floor.state("mill_1", S.HELD, reason="first"))
    at("10:48:38").tell(floor.state("mill_1", S.HELD, reason="second"))  # while the first lasts until 10:48:39
    at("10:49:58").tell(floor.state("mill_1", S.EXECUTE))
    at("10:50:22").tell(floor.state("mill_1", S.HELD, reason="third"))
    at("10:53:22").tell(floor.state("mill_1", S.EXECUTE))
    at("10:56:22").tell(floor.state("mill_1", S.IDLE))
    from_us = midnight_us + (10 * 3600 + 43 * 60 + 22) * 1_000_000
    it = row(floor, "equipment", "mill_1", from_us)
    assert (it.pbt_us, it.adet_us) == (780_000_000, 350_000_000)
    assert round(100 * it.availability, 2) == 55.13
    assert it.failure_count == 3
    found = floor.mes.performance.downtimes(from_us, floor.now_us, floor.now_us)
    assert [(d.reason, (d.end_us - d.start_us) // 1_000_000) for d in found] == [
        ("first", 90), ("second", 80), ("third", 180),
    ]  # fmt: skip


def a_shift_of_everything() -> Floor:
    """A day with set-up, run, failure, scrap, rework, a batch, a break and idle time."""
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "PIN", 8), floor.stock("STEEL", 800), floor.request("B", "BOX", 1), floor.stock("SCREW", 4))
    for lot in ("R.1", "R.2"):
        floor.does("saw_1", f"{lot}/10", 4, minutes=20)
    floor.wait(10)
    for lot, scrap, rework in (("R.1", 1, 1), ("R.2", 0, 0)):
        floor.tell(floor.state("mill_1", S.STARTING, f"{lot}/20", "anna", "setup"))
        floor.wait(20).tell(floor.state("mill_1", S.EXECUTE, f"{lot}/20"))
        floor.wait(15).tell(floor.state("mill_1", S.HELD, f"{lot}/20", reason="tool_broken"))
        floor.wait(5).tell(floor.state("mill_1", S.EXECUTE, f"{lot}/20"))
        floor.tell(EnergyMetered(effective_us=floor.now_us, equipment="mill_1", job_order=f"{lot}/20", energy_wh=0))
        floor.wait(25).tell(EnergyMetered(effective_us=floor.now_us, equipment="mill_1", job_order=f"{lot}/20", energy_wh=4000))
        floor.finishes("mill_1", f"{lot}/20", good=4 - scrap - rework, scrap=scrap, rework=rework)
    floor.does("mill_1", "R.1.R/20", 1, minutes=12)
    floor.tell(floor.state("oven_1", S.EXECUTE, "R.1/30+R.1.R/30+R.2/30"))
    floor.wait(130).tell(
        floor.count("oven_1", "R.1/30", 2), floor.count("oven_1", "R.1.R/30", 1), floor.count("oven_1", "R.2/30", 4),
        floor.state("oven_1", S.COMPLETE), floor.state("oven_1", S.IDLE),
    )  # fmt: skip
    floor.does("bench_1", "B/10", 1, minutes=25)
    floor.wait(600)
    floor.tell(*(floor.state(name, S.IDLE) for name in floor.plant.equipment))
    assert floor.mes.audit(floor.now_us) == []
    return floor


def test_planned_busy_time_is_production_set_up_delay_and_idle_time():
    floor = a_shift_of_everything()
    for it in floor.mes.indicators("equipment", START_US, floor.now_us):
        assert it.pbt_us == it.apt_us + it.asut_us + it.adet_us + it.adot_us + it.unknown_us  # pdot is no part of it
    mill = row(floor, "equipment", "mill_1")
    assert (mill.asut_us, mill.apt_us, mill.adet_us) == (40 * MIN_US, 92 * MIN_US, 10 * MIN_US)
    assert (mill.failure_count, mill.mttr_us, mill.mttf_us, mill.mtbf_us) == (2, 5 * MIN_US, 66 * MIN_US, 71 * MIN_US)
    assert row(floor, "equipment", "mill_1", failures_plus=1).mttf_us == 44 * MIN_US
    assert mill.setup_rate == 40 / 132
    assert mill.utilisation_efficiency == 92 / 142
    assert mill.technical_efficiency == 92 / 102
    assert (mill.produced, mill.scrap, mill.rework, mill.energy_wh) == (9, 1, 1, 8000)
    assert mill.first_pass_yield == 6 / 8  # the ninth count was of a piece that had been inspected before
    assert mill.work_us == 40 * MIN_US


def test_a_batch_expects_its_run_time_once():
    oven = row(a_shift_of_everything(), "equipment", "oven_1")
    assert oven.planned_run_us == 120 * MIN_US
    assert oven.effectiveness == pytest.approx(120 / 130)


@pytest.mark.parametrize("cut_min", [77, 87, 115])  # in a run, in a failure, at the instant of a count
def test_windows_add_up(cut_min):
    floor = a_shift_of_everything()
    cut = START_US + cut_min * MIN_US
    names = ("pbt_us", "apt_us", "asut_us", "adet_us", "adot_us", "unknown_us", "good", "scrap", "rework", "failure_count", "repair_us")
    for by in ("equipment", "work_center", "plant", "shift", "product", "request", "person"):
        whole = {it.name: it for it in floor.mes.indicators(by, START_US, floor.now_us)}
        parts = [{it.name: it for it in floor.mes.indicators(by, *span)} for span in ((START_US, cut), (cut, floor.now_us))]
        for name, it in whole.items():
            for field in names:
                if by in ("product", "request"):  # a batch's microseconds are shared in whole numbers
                    assert getattr(it, field) == pytest.approx(sum(getattr(part[name], field) for part in parts), abs=3), (by, field)
                else:
                    assert getattr(it, field) == sum(getattr(part[name], field) for part in parts), (by, field)


def test_shifts_together_are_the_work_units_together():
    floor = a_shift_of_everything()
    stations = {"filler", "capper"}
    units = [it for it in floor.mes.indicators("equipment", START_US, floor.now_us) if it.name not in stations]
    shifts = floor.mes.indicators("shift", START_US, floor.now_us)
    assert [it.name for it in shifts] == ["early", "late", "outside shifts"]
    for field in ("pbt_us", "apt_us", "asut_us", "adet_us", "adot_us", "good", "scrap", "rework", "failure_count"):
        assert sum(getattr(it, field) for it in units) == sum(getattr(it, field) for it in shifts), field


def test_requests_and_products_have_the_busy_time_of_the_units():
    floor = a_shift_of_everything()
    units = floor.mes.indicators("equipment", START_US, floor.now_us)
    for by in ("request", "product"):
        rows = floor.mes.indicators(by, START_US, floor.now_us)
        assert sum(it.busy_us for it in rows) == pytest.approx(sum(it.busy_us for it in units), abs=3)
    pins = row(floor, "product", "PIN")
    assert (pins.good, pins.scrap, pins.rework) == (7, 1, 1)
    request = row(floor, "request", "R")
    assert request.aoet_us == (floor.mes.requests["R"].answered_us - START_US)
    assert request.throughput_per_h == pytest.approx(9 * HOUR_US / request.aoet_us)


def test_an_order_of_the_standard_is_a_request():
    floor = a_shift_of_everything()
    by_order, by_request = (floor.mes.indicators(by, START_US, floor.now_us) for by in ("order", "request"))
    assert {it.scope for it in by_order} == {"order"}
    assert [replace(it, scope="request") for it in by_order] == by_request != []


def test_work_after_hours_was_planned_too_so_availability_is_at_most_one():
    floor = one_second_a_piece()  # its calendar is open for 420 min, until 14:00
    floor.tell(floor.request("R", "PLATE", 10), floor.state("mill_1", S.EXECUTE, "R/10"))
    floor.wait(12 * 60).finishes("mill_1", "R/10", good=10)  # until 18:00, through the break
    floor.wait(60).tell(floor.state("mill_1", S.IDLE))
    it = row(floor, "equipment", "mill_1")
    assert (it.pbt_us, it.apt_us, it.adot_us, it.availability) == (12 * HOUR_US, 12 * HOUR_US, 0, 1.0)
    assert row(floor, "equipment", "mill_1", START_US + 7 * HOUR_US, START_US + 9 * HOUR_US).availability == 1.0
    units, shifts = (floor.mes.indicators(by, START_US, floor.now_us) for by in ("equipment", "shift"))
    stations = ("filler", "capper")
    assert sum(it.pbt_us for it in units if it.name not in stations) == sum(it.pbt_us for it in shifts)


def test_worker_efficiency_is_work_over_attendance():
    floor = a_shift_of_everything()
    anna = row(floor, "person", "anna", START_US, START_US + 8 * HOUR_US)
    assert (anna.attendance_us, anna.work_us) == (450 * MIN_US, 40 * MIN_US)
    assert anna.worker_efficiency == 40 / 450


def test_what_nobody_reported_is_unknown_and_what_was_not_planned_is_no_loss():
    floor = Floor()
    floor.wait(30).tell(floor.state("mill_1", S.IDLE))
    floor.wait(16 * 60)  # until half past ten at night: the calendar ended at ten
    floor.tell(floor.state("mill_1", S.IDLE))
    it = row(floor, "equipment", "mill_1")
    assert (it.pbt_us, it.unknown_us, it.adot_us) == (16 * HOUR_US, HOUR_US // 2, 16 * HOUR_US - HOUR_US // 2)
    assert row(floor, "equipment", "mill_2").unknown_us == 16 * HOUR_US
    assert (it.oee, it.nee, it.teep, it.equipment_load_ratio) == (0.0, 0.0, 0.0, 0.0), "planned, and nothing made"
    assert it.quality_ratio is None
    assert row(floor, "equipment", "mill_2").oee is None, "nobody knows what it was"


def test_stations_are_measured_by_their_cycle_and_the_line_by_its_bottleneck():
    floor = Floor().all_idle()
    floor.tell(floor.request("R", "DRINK", 30))
    floor.tell(*(floor.state(name, S.EXECUTE, "R/10") for name in ("line_1", "filler", "capper")))
    floor.wait(2).tell(*(floor.count(name, "R/10", good=30) for name in ("filler", "capper", "line_1")))
    floor.tell(*(floor.state(name, S.IDLE) for name in ("line_1", "filler", "capper")))
    rows = {it.name: it for it in floor.mes.indicators("equipment", START_US, floor.now_us)}
    assert {name: rows[name].effectiveness for name in ("line_1", "filler", "capper")} == {"line_1": 0.5, "filler": 0.5, "capper": 0.25}


@pytest.mark.parametrize(
    ("state", "with_job_order", "without"),
    [
        (S.EXECUTE, APT, APT), (S.COMPLETING, APT, APT), (S.STARTING, ASUT, ASUT), (S.RESETTING, ASUT, ADOT),
        (S.HELD, ADET, ADET), (S.HOLDING, ADET, ADET), (S.SUSPENDED, ADET, ADET), (S.ABORTED, ADET, ADOT), (S.STOPPED, ADET, ADOT),
        (S.COMPLETE, ADET, ADOT), (S.IDLE, ADET, ADOT), (S.UNKNOWN, UNKNOWN, UNKNOWN),
    ],
)  # fmt: skip
def test_packml_states_have_their_place_in_the_time_model(state, with_job_order, without):
    interval = StateInterval(equipment="m", start_us=0, end_us=1, state=state, reason="", job_order="R/10", person="")
    assert category_of(interval) == with_job_order
    assert category_of(replace(interval, job_order="")) == without


def test_there_are_eight_scopes_one_with_two_names_and_an_empty_window_has_no_rows():
    floor = Floor().all_idle()
    with pytest.raises(ValueError, match="allowed: equipment, work_center, area, plant, request, order, shift, product, person"):
        floor.mes.indicators("weather", START_US, START_US + 1)
    assert floor.mes.indicators("equipment", START_US, START_US) == []
