"""Every figure of ISO 22400 opens down to its intervals, events and facts (BUSINESS 7.7); the shifting bottleneck."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin
from tests.rooms.mes.little_plant import MIN_US, START_US, Floor
from tests.rooms.mes.test_indicators import a_shift_of_everything
from twin.mes.performance.bottleneck import ActivePeriod, shifting_bottleneck
from twin.mes.performance.provenance import Provenance
from twin.model.measures import US_PER_H
from twin.results.drill.drill import FORMULAS

TIMES = {
    "pbt": "pbt_us",
    "apt": "apt_us",
    "asut": "asut_us",
    "adet": "adet_us",
    "adot": "adot_us",
    "pdot": "pdot_us",
    "unknown": "unknown_us",
    "aoet": "aoet_us",
    "calendar": "calendar_us",
}
ALL = {
    **TIMES, "work": "work_us", "attendance": "attendance_us", "repair": "repair_us", "good": "good", "scrap": "scrap", "rework": "rework",
    "failure_count": "failure_count", "planned_scrap": "planned_scrap", "first_produced": "first_produced",
}  # fmt: skip


@pytest.mark.parametrize("by", ["equipment", "work_center", "plant", "request", "order", "shift", "product", "person"])
@pytest.mark.parametrize("window_min", [(0, 600), (77, 115), (87, 300)])
def test_the_pieces_of_each_element_add_up_to_the_indicator(by: str, window_min: tuple[int, int]):
    floor = a_shift_of_everything()
    from_us, to_us = (START_US + at * MIN_US for at in window_min)
    rows = floor.mes.indicators(by, from_us, to_us)
    assert rows
    for row in rows:
        pieces = Provenance(floor.mes.performance).pieces(by, row.name, from_us, to_us)
        for element, field in ALL.items():
            total = sum(it.amount for it in pieces if it.element == element)
            assert total == getattr(row, field), (by, row.name, element)
        assert round(sum(it.amount for it in pieces if it.element == "planned_run")) == row.planned_run_us
        assert round(sum(it.amount for it in pieces if it.element == "energy_wh")) == row.energy_wh


def test_no_figure_of_what_is_not_there():
    floor = Floor().all_idle()
    ask = Provenance(floor.mes.performance).pieces
    with pytest.raises(ValueError, match="no equipment 'mill_9'; allowed: saw_1, mill_1"):
        ask("equipment", "mill_9", START_US, floor.now_us)
    with pytest.raises(ValueError, match="no indicators by 'moon'; allowed: equipment, work_center, area, plant, request"):
        ask("moon", "mill_1", START_US, floor.now_us)
    with pytest.raises(ValueError, match="no area 'hall'; nothing of that kind is declared"):
        ask("area", "hall", START_US, floor.now_us)


@pytest.fixture(scope="module")
def run(root: Path) -> twin.Run:
    return twin.simulate(root / "plant_models/gearbox_shop", until="30 h", seed=1)


def test_a_figure_opens_down_to_what_the_machine_reported(run: twin.Run):
    opened = run.drill("availability", "equipment", "lathe_1")
    row = run.indicators.set_index("equipment").loc["lathe_1"]
    assert opened.value == row["availability"]
    assert opened.elements == pytest.approx({"apt": row["apt_h"], "pbt": row["pbt_h"]})
    assert opened.elements["apt"] / opened.elements["pbt"] == pytest.approx(opened.value)
    worked = opened.table[opened.table["element"] == "apt"]
    assert worked["entry"].notna().all()
    assert set(worked["source"]) == {"simulated"}
    facts = opened.facts.set_index("id")
    for _, one in worked.iterrows():
        fact = facts.loc[one["entry"]]
        assert (fact["type"], fact["equipment"]) == ("EquipmentStateChanged", "lathe_1")
        assert fact["effective"] == one["start"] or one["start"] == opened.table["start"].min()


@pytest.mark.slow
def test_every_indicator_opens_in_every_scope_and_is_what_the_table_says(run: twin.Run):
    names = {
        "equipment": "grinder_1",
        "work_center": "grinding",
        "area": "soft_machining",
        "plant": run.plant.layout.plant,
        "shift": "early",
        "product": "GB1",
        "person": "emil",
        "request": next(iter(run.mes.requests)),
    }
    for scope, name in names.items():
        row = next(it for it in run.mes.indicators(scope, run.scenario.start_us, run.now_us) if it.name == name)
        for indicator in FORMULAS:
            opened = run.drill(indicator, scope, name)
            assert opened.value == getattr(row, indicator), (scope, indicator)
    with pytest.raises(ValueError, match="no indicator 'availabilty'"):
        run.drill("availabilty", "equipment", "lathe_1")


def test_the_bottleneck_is_the_longest_active_period_and_shifts_where_two_of_them_meet():
    """The definition of Roser et al. (2002), worked through by hand."""

    def active(equipment: str, *spans: tuple[int, int]) -> list[ActivePeriod]:
        return [ActivePeriod(equipment=equipment, start_us=a, end_us=b) for a, b in spans]

    found = shifting_bottleneck({"M1": active("M1", (0, 10)), "M2": active("M2", (4, 20)), "M3": active("M3", (5, 9), (22, 30))})
    told = [(it.equipment, it.start_us, it.end_us, it.shares_with) for it in found]
    assert told == [("M1", 0, 4, ""), ("M1", 4, 10, "M2"), ("M2", 4, 10, "M1"), ("M2", 10, 20, ""), ("M3", 22, 30, "")]


def test_the_bottleneck_of_the_shop_is_what_is_active_without_a_pause(run: twin.Run):
    table = run.bottleneck()
    first = table.iloc[0]
    assert first["sole_h"] + first["shifting_h"] == (table["sole_h"] + table["shifting_h"]).max()
    hours = (run.now_us - run.scenario.start_us) / US_PER_H
    assert table["sole_h"].sum() <= hours + 1e-9, "alone is one at a time"
    assert first["longest_active_h"] == table["longest_active_h"].max(), "who is active longest is the bottleneck meanwhile"


def test_output_stands_beside_forecast_orders_and_plan(run: twin.Run):
    table = run.output("12 h")
    made = run.indicators_by("product").set_index("product")["good"]
    assert table.groupby("material")["made"].sum().to_dict() == made[made.index.isin(table["material"])].to_dict()
    due = sum(it.quantity for it in run.mes.requests.values() if it.due_us < run.now_us)
    assert table["planned"].sum() == due
    assert (table["made_less_planned"] == table["made"] - table["planned"]).all()
    with pytest.raises(ValueError, match="a bucket must last longer than 0"):
        run.output("0 h")
