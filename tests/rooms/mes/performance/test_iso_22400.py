"""The whole set of ISO 22400-2, by every scope, over one little journal: each figure is the number that was computed by hand.

Ten hours from 06:00; the saw and both mills are planned for the first eight of them, the oven always. Minutes:

    saw_1   set-up 10, run 30 (R.1: 3 good, 1 scrap), run 20 (R.2: 4 good)      expected 5 a piece, a quarter of them scrap
    mill_1  set-up 20 by anna, run 15, failure 5, run 25 with 4,000 Wh          expected 10 a piece, an eighth of them scrap
            (R.1: 1 good, 1 scrap, 1 rework), run 12 (the reworked one: good)
    mill_2  run 50 (R.2: 4 good)
    oven_1  nothing

The request takes from minute 0 to minute 137. Anna and ben are there for 450 minutes, carl for 120.
"""

from __future__ import annotations

from fractions import Fraction as Q

import pytest

from tests.rooms.mes.little_plant import HOUR_US, LAYOUT, MIN_US, START_US, Floor, little_plant
from twin.mes.performance.indicators import Indicators
from twin.model.events import EnergyMetered
from twin.model.states import WorkUnitState as S
from twin.results.drill.drill import FORMULAS

END_US = START_US + 10 * HOUR_US
Figures = dict[str, Q | None]


def little_journal() -> Floor:
    """What the words above say."""
    shift = {"days": ["mon"], "start": "06:00", "end": "14:00"}
    floor = Floor(
        little_plant(
            calendars={**LAYOUT["calendars"], "one": {"shifts": {"one": shift}}},
            work_centers={
                **LAYOUT["work_centers"], "cutting": {"storage": "yard", "area": "shop"}, "milling": {"storage": "racks", "area": "shop"}
            },
            work_units={
                "saw_1": {"equipment_class": "saw", "work_center": "cutting", "calendar": "one"},
                "mill_1": {"equipment_class": "mill", "work_center": "milling", "calendar": "one"},
                "mill_2": {"equipment_class": "mill", "work_center": "milling", "calendar": "one"},
                "oven_1": {"equipment_class": "oven", "work_center": "hardening"},
            },
            production_lines={},
            routings={
                "PIN": {
                    "10": {"segment": "cut", "run": "5 min", "scrap": 0.25},
                    "20": {"segment": "mill", "run": "10 min", "scrap": 0.125, "rework": 0.1, "rework_to": "20"},
                }
            },
        )
    ).all_idle()  # fmt: skip
    floor.tell(floor.request("R", "PIN", 8), floor.stock("STEEL", 800))
    floor.tell(floor.state("saw_1", S.STARTING, "R.1/10"))
    floor.wait(10).tell(floor.state("saw_1", S.EXECUTE, "R.1/10"))
    floor.wait(30).finishes("saw_1", "R.1/10", good=3, scrap=1)
    floor.does("saw_1", "R.2/10", 4, minutes=20)
    floor.tell(floor.state("mill_1", S.STARTING, "R.1/20", "anna"), floor.state("mill_2", S.EXECUTE, "R.2/20"))
    floor.wait(20).tell(floor.state("mill_1", S.EXECUTE, "R.1/20"))
    floor.wait(15).tell(floor.state("mill_1", S.HELD, "R.1/20", reason="tool_broken"))
    floor.wait(5).tell(floor.state("mill_1", S.EXECUTE, "R.1/20"))
    floor.wait(10).finishes("mill_2", "R.2/20", good=4)
    floor.wait(15).tell(EnergyMetered(effective_us=floor.now_us, equipment="mill_1", job_order="R.1/20", energy_wh=4000))
    floor.finishes("mill_1", "R.1/20", good=1, scrap=1, rework=1)
    floor.does("mill_1", "R.1.R/20", 1, minutes=12)
    floor.now_us = END_US
    floor.tell(*(floor.state(name, S.IDLE) for name in floor.plant.equipment))
    assert floor.mes.audit(floor.now_us) == []
    return floor


SAW: Figures = {
    "availability": Q(50, 480), "effectiveness": Q(40, 50), "quality_ratio": Q(7, 8), "oee": Q(40 * 7, 480 * 8),
    "nee": Q(60, 480) * Q(40, 50) * Q(7, 8), "utilisation_efficiency": Q(50, 60), "allocation_efficiency": Q(60, 480),
    "technical_efficiency": Q(1), "teep": Q(40 * 7, 600 * 8), "equipment_load_ratio": Q(40, 480), "allocation_ratio": None,
    "process_ratio": None, "setup_rate": Q(10, 60), "scrap_ratio": Q(1, 8), "rework_ratio": Q(0),
    "actual_to_planned_scrap_ratio": Q(1, 2), "fall_off_ratio": None, "first_pass_yield": Q(7, 8), "worker_efficiency": None,
    "throughput_per_h": Q(8, 8), "energy_wh_per_piece": Q(0), "mttf_us": None, "mttr_us": None, "mtbf_us": None,
}  # fmt: skip
MILL: Figures = {
    "availability": Q(52, 480), "effectiveness": Q(40, 52), "quality_ratio": Q(2, 4), "oee": Q(40 * 2, 480 * 4),
    "nee": Q(72, 480) * Q(40, 52) * Q(2, 4), "utilisation_efficiency": Q(52, 77), "allocation_efficiency": Q(77, 480),
    "technical_efficiency": Q(52, 57), "teep": Q(40 * 2, 600 * 4), "equipment_load_ratio": Q(40, 480), "allocation_ratio": None,
    "process_ratio": None, "setup_rate": Q(20, 72), "scrap_ratio": Q(1, 4), "rework_ratio": Q(1, 4),
    "actual_to_planned_scrap_ratio": Q(2), "fall_off_ratio": None, "first_pass_yield": Q(1, 3), "worker_efficiency": None,
    "throughput_per_h": Q(4, 8), "energy_wh_per_piece": Q(1000), "mttf_us": Q(72 * MIN_US), "mttr_us": Q(5 * MIN_US),
    "mtbf_us": Q(77 * MIN_US),
}  # fmt: skip
MILLING: Figures = {  # both mills
    "availability": Q(102, 960), "effectiveness": Q(80, 102), "quality_ratio": Q(6, 8), "oee": Q(80 * 6, 960 * 8),
    "nee": Q(122, 960) * Q(80, 102) * Q(6, 8), "utilisation_efficiency": Q(102, 127), "allocation_efficiency": Q(127, 960),
    "technical_efficiency": Q(102, 107), "teep": Q(80 * 6, 1200 * 8), "equipment_load_ratio": Q(80, 960), "allocation_ratio": None,
    "process_ratio": None, "setup_rate": Q(20, 122), "scrap_ratio": Q(1, 8), "rework_ratio": Q(1, 8),
    "actual_to_planned_scrap_ratio": Q(1), "fall_off_ratio": None, "first_pass_yield": Q(5, 7), "worker_efficiency": None,
    "throughput_per_h": Q(8, 16), "energy_wh_per_piece": Q(500), "mttf_us": Q(122 * MIN_US), "mttr_us": Q(5 * MIN_US),
    "mtbf_us": Q(127 * MIN_US),
}  # fmt: skip
SHOP: Figures = {  # the saw and both mills
    "availability": Q(152, 1440), "effectiveness": Q(120, 152), "quality_ratio": Q(13, 16), "oee": Q(120 * 13, 1440 * 16),
    "nee": Q(182, 1440) * Q(120, 152) * Q(13, 16), "utilisation_efficiency": Q(152, 187), "allocation_efficiency": Q(187, 1440),
    "technical_efficiency": Q(152, 157), "teep": Q(120 * 13, 1800 * 16), "equipment_load_ratio": Q(120, 1440),
    "allocation_ratio": None, "process_ratio": None, "setup_rate": Q(30, 182), "scrap_ratio": Q(2, 16), "rework_ratio": Q(1, 16),
    "actual_to_planned_scrap_ratio": Q(2, 3), "fall_off_ratio": None, "first_pass_yield": Q(12, 15), "worker_efficiency": None,
    "throughput_per_h": Q(16, 24), "energy_wh_per_piece": Q(250), "mttf_us": Q(182 * MIN_US), "mttr_us": Q(5 * MIN_US),
    "mtbf_us": Q(187 * MIN_US),
}  # fmt: skip
PLANT: Figures = SHOP | {  # and the oven, which is planned always; and the persons
    "availability": Q(152, 2040), "oee": Q(120 * 13, 2040 * 16), "nee": Q(182, 2040) * Q(120, 152) * Q(13, 16),
    "allocation_efficiency": Q(187, 2040), "teep": Q(120 * 13, 2400 * 16), "equipment_load_ratio": Q(120, 2040),
    "fall_off_ratio": Q(2, 8), "worker_efficiency": Q(20, 1020), "throughput_per_h": Q(16, 34),
}  # fmt: skip
ORDER: Figures = {  # six pieces are good in the end; what was good at the saw alone is not counted
    "availability": Q(152, 187), "effectiveness": Q(120, 152), "quality_ratio": Q(6, 9), "oee": Q(120 * 6, 187 * 9),
    "nee": Q(182, 187) * Q(120, 152) * Q(6, 9), "utilisation_efficiency": Q(152, 187), "allocation_efficiency": Q(1),
    "technical_efficiency": Q(152, 157), "teep": None, "equipment_load_ratio": None, "allocation_ratio": Q(187, 137),
    "process_ratio": Q(152, 137), "setup_rate": Q(30, 182), "scrap_ratio": Q(2, 9), "rework_ratio": Q(1, 9),
    "actual_to_planned_scrap_ratio": Q(2, 3), "fall_off_ratio": Q(2, 8), "first_pass_yield": Q(5, 8), "worker_efficiency": None,
    "throughput_per_h": Q(9 * 60, 137), "energy_wh_per_piece": Q(4000, 9), "mttf_us": None, "mttr_us": None, "mtbf_us": None,
}  # fmt: skip

SHIFT: Figures = SHOP | {  # the oven has no calendar: of the plant's shifts it has "one" from 10:00, before that is the early one
    "availability": Q(152, 1680), "oee": Q(120 * 13, 1680 * 16), "nee": Q(182, 1680) * Q(120, 152) * Q(13, 16),
    "allocation_efficiency": Q(187, 1680), "teep": None, "equipment_load_ratio": Q(120, 1680), "throughput_per_h": Q(16, 28),
}  # fmt: skip

OVEN: Figures = dict.fromkeys(FORMULAS) | {  # planned and nothing made: OEE is PRU * GQ / PBT, so it is 0 and no gap
    "availability": Q(0), "oee": Q(0), "nee": Q(0), "teep": Q(0), "allocation_efficiency": Q(0), "equipment_load_ratio": Q(0),
    "throughput_per_h": Q(0),
}  # fmt: skip


@pytest.fixture(scope="module")
def floor() -> Floor:
    return little_journal()


def row(floor: Floor, by: str, name: str) -> Indicators:
    return next(it for it in floor.mes.indicators(by, START_US, END_US) if it.name == name)


@pytest.mark.parametrize(
    ("by", "name", "figures"),
    [
        ("equipment", "saw_1", SAW), ("equipment", "mill_1", MILL), ("equipment", "oven_1", OVEN),
        ("work_center", "hardening", OVEN), ("work_center", "cutting", SAW), ("work_center", "milling", MILLING),
        ("area", "shop", SHOP), ("plant", "little", PLANT), ("request", "R", ORDER), ("order", "R", ORDER), ("product", "PIN", ORDER),
        ("shift", "one", SHIFT),
        ("person", "anna", dict.fromkeys(FORMULAS) | {"worker_efficiency": Q(20, 450)}),
    ],
)  # fmt: skip
def test_every_figure_is_what_was_computed_by_hand(floor: Floor, by: str, name: str, figures: Figures):
    assert set(figures) == set(FORMULAS)
    its = row(floor, by, name)
    told = {figure: getattr(its, figure) for figure in FORMULAS}
    wanted = {figure: None if value is None else pytest.approx(float(value), rel=1e-12) for figure, value in figures.items()}
    assert told == wanted


def test_there_are_as_many_rows_as_work_centers_and_areas_and_one_plant(floor: Floor):
    names = {by: [it.name for it in floor.mes.indicators(by, START_US, END_US)] for by in ("work_center", "area", "plant")}
    assert names == {"work_center": ["cutting", "milling", "hardening", "assembly", "bottling"], "area": ["shop"], "plant": ["little"]}
    assert names == {by: floor.mes.performance.names(by, START_US, END_US) for by in names}
    empty = row(floor, "work_center", "assembly")  # nothing stands there
    assert [getattr(empty, figure) for figure in FORMULAS] == [None] * len(FORMULAS)


def test_planned_time_weighs_the_oee_of_parts_of_a_window_to_that_of_all_of_it_idle_parts_too(floor: Floor):
    """Of one product that is all good: PBT * OEE = PRU * GQ, which adds up; a part in which nothing was made is 0 and counts."""
    hours = [floor.mes.indicators("equipment", START_US + hour * 60 * MIN_US, START_US + (hour + 1) * 60 * MIN_US) for hour in range(10)]
    parts = [next(it for it in rows if it.name == "mill_2") for rows in hours]
    whole = row(floor, "equipment", "mill_2")
    assert whole.oee is not None
    assert {it.oee for it in parts if it.pbt_us and not it.produced} == {0.0}
    assert {it.oee for it in parts if not it.pbt_us} == {None}
    weighed = sum(it.planned_run_us * it.good / it.produced for it in parts if it.produced)
    assert weighed == pytest.approx(whole.oee * whole.pbt_us)


def test_a_plant_without_areas_has_no_row_by_area():
    assert Floor().all_idle().wait(10).mes.indicators("area", START_US, START_US + MIN_US) == []
