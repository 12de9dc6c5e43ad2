"""Designs, effects, sensitivities and searches, against published examples and functions of which the answer is known."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import qmc

import twin
from twin.model.problems import PlantFileError
from twin.store.files import apply_changes
from twin.study import Choice, Range, explore, factorial, latin_hypercube, search, sensitivity, sobol
from twin.study.designs.exploring import Exploration
from twin.study.designs.factors import Factor, Point, changed
from twin.study.designs.search import best_of, read_limit, search_points
from twin.study.designs.sensitivity import morris_screening, sobol_indices
from twin.study.replication import Replicated, case

RATE = Range(paths=["work_units.press_1.hourly_cost"], low=5, high=25, unit="EUR/h", title="rate")
CUT = Range(paths=["routings.key.10.run.exponential"], low=4, high=11, unit="min", decimals=6, title="cut")
RULE = Choice(title="rule", options={"fifo": {}, "spt": {"policies.dispatch": "spt"}})


def shares(points: Sequence[Point], factor: Range) -> np.ndarray:
    return np.array([(point[factor.name] - factor.low) / (factor.high - factor.low) for point in points])


def test_a_factorial_has_every_combination_once() -> None:
    points = factorial([RATE, CUT, RULE], levels=3)
    assert len({tuple(point.values()) for point in points}) == len(points) == 3 * 3 * 2
    assert {point["rate"] for point in points} == {5, 15, 25}
    assert RATE.levels(4) == [5, 11.67, 18.33, 25]  # money is kept to the cent
    assert points[:2] == [{"rate": 5, "cut": 4, "rule": "fifo"}, {"rate": 5, "cut": 4, "rule": "spt"}]


def test_a_latin_hypercube_meets_every_part_of_every_range_once() -> None:
    fine = replace(RATE, decimals=9)
    points = latin_hypercube([fine, CUT], 20, seed=4)
    for factor in (fine, CUT):
        assert sorted(np.floor(shares(points, factor) * 20)) == list(range(20))
    assert points == latin_hypercube([fine, CUT], 20, seed=4)


def test_a_sobol_design_fills_the_space_more_evenly_than_chance() -> None:
    points = sobol([RATE, CUT], 64)
    even = qmc.discrepancy(np.column_stack([shares(points, RATE), shares(points, CUT)]))
    chance = min(qmc.discrepancy(np.random.default_rng(seed).random((64, 2))) for seed in range(20))
    assert even < 0.5 * chance
    with pytest.raises(ValueError, match="power of two"):
        sobol([RATE], 20)


def test_whole_numbers_and_options_have_equal_parts_of_a_design() -> None:
    places = Range(paths=["storage_units.counter.capacity"], low=1, high=4, whole=True)
    points = latin_hypercube([places, RULE], 40)
    assert [sum(point[places.name] == count for point in points) for count in (1, 2, 3, 4)] == [10] * 4
    assert sum(point["rule"] == "spt" for point in points) == 20


def test_a_point_changes_the_plant_and_the_scenario(kiosk: dict[str, Path]) -> None:
    plant, scenario = twin.read_plant(kiosk["plant"]), twin.read_scenario(kiosk["two_presses"], kiosk["plant"])
    stream = Range(paths=["demand.streams.s.interval.exponential"], low=10, high=20, unit="min", title="interval")
    found = changed(scenario, [RATE, RULE, stream], {"rate": 12.5, "rule": "spt", "interval": 15.0})
    assert apply_changes(plant, found).layout.work_units["press_1"].hourly_cost == 1250
    assert "press_2" in apply_changes(plant, found).layout.work_units  # what the scenario had changed before stays
    assert found.policies.dispatch == "spt"
    assert found.demand.streams["s"].interval != scenario.demand.streams["s"].interval
    assert scenario.policies.dispatch == "fifo"


def test_wrong_changes_are_told_before_anything_runs(kiosk: dict[str, Path]) -> None:
    plant, scenario = twin.read_plant(kiosk["plant"]), twin.read_scenario(kiosk["baseline"], kiosk["plant"])
    nowhere = Range(paths=["work_units.pres_1.hourly_cost"], low=1, high=2, unit="EUR/h")
    with pytest.raises(PlantFileError, match="did you mean 'press_1'"):
        explore(plant, scenario, [nowhere], factorial([nowhere]), n=1, workers=1)
    for path, says in (("policies.dispatch", "makes no scenario"), ("demand.streams.t.promise", "there is no 't'")):
        rule = Choice(title="rule", options={"a": {path: "nonsense"}, "b": {}})
        with pytest.raises(ValueError, match=says):
            changed(scenario, [rule], {"rule": "a"})
    with pytest.raises(ValueError, match="a list of paths"):
        Range(paths="work_units.press_1.hourly_cost", low=1, high=2)
    with pytest.raises(ValueError, match="low bound"):
        Range(paths=["x"], low=2, high=2)
    with pytest.raises(ValueError, match=r"0.001 and 0.004 would be simulated as another number; allowed: bounds with 2 decimals"):
        Range(paths=["x"], low=0.001, high=0.004)
    with pytest.raises(ValueError, match=r"1.5 would be simulated as another number; allowed: whole"):
        Range(paths=["x"], low=1.5, high=3, whole=True)


def test_factors_and_points_that_do_not_fit_are_told_at_once(kiosk: dict[str, Path]) -> None:
    def refused(says: str, points: list[Point], *factors: Factor, n: int = 1) -> None:
        with pytest.raises(ValueError, match=says):
            explore(kiosk["plant"], kiosk["baseline"], factors, points, n=n, workers=1)

    twin_of_rate = replace(RATE, low=1)
    for design in (factorial, lambda factors: latin_hypercube(factors, 4), lambda factors: sobol(factors, 4)):
        with pytest.raises(ValueError, match="factors of one name: rate; allowed: another title"):
            design([RATE, twin_of_rate])
    refused("changed by several factors: work_units.press_1.hourly_cost", [{"rate": 6, "r": 7}], RATE, replace(RATE, title="r"))
    refused("no factor; allowed: one or more", [{}])
    refused("no point to try", [], RATE)
    refused("point 2 has rat; allowed: a value for each of rate", [{"rate": 6}, {"rat": 6}], RATE)
    refused("point 1 has rule 'lpt', of fifo, spt", [{"rule": "lpt"}], RULE)
    refused("0 replications; allowed: 1 to 1,000,000", [{"rate": 6}], RATE, n=0)
    with pytest.raises(ValueError, match="0 points to try"):
        search(kiosk["plant"], kiosk["baseline"], [RATE], "oee", tries=0, workers=1)
    with pytest.raises(ValueError, match="method 'sobl' with base 8; allowed: sobol or morris"):
        sensitivity(kiosk["plant"], kiosk["baseline"], [RATE], "oee", method="sobl", workers=1)  # type: ignore[arg-type]  (as typed)


def test_effects_are_those_of_the_pilot_plant(kiosk: dict[str, Path]) -> None:
    """Yields of a 2^3 design, temperature 23.0, concentration -5.0, catalyst 1.5: Box, Hunter, Hunter (2005), table 5.1 and 5.3."""
    names = ("catalyst", "concentration", "temperature")
    factors = [Range(paths=["x"], low=-1, high=1, title=name) for name in names]
    plant = twin.read_plant(kiosk["plant"])
    one = case("point", plant, twin.read_scenario(kiosk["baseline"], plant))

    def yielded(value: float) -> Replicated:
        return Replicated(key="", seed=1, trace_hash="", event_count=0, outcomes={"revenue_eur": value})

    yields = [60, 72, 54, 68, 52, 83, 45, 80]  # temperature changes fastest, then concentration, then catalyst
    rows = [[yielded(value + noise) for value in yields] for noise in (0.0, 3.0)]
    effects = Exploration(factors=factors, points=factorial(factors), cases=[one] * 8, results=rows, asked_count=2).effects("revenue_eur")
    assert [effects[name].mean for name in names] == pytest.approx([1.5, -5.0, 23.0])


def test_sobol_indices_of_ishigamis_function() -> None:
    """S1 = 0.3139, 0.4424, 0 and ST = 0.5576, 0.4424, 0.2437 for a = 7, b = 0.1: Saltelli et al. (2008), "Global sensitivity analysis"."""
    factors = [Range(paths=["x"], low=-math.pi, high=math.pi, decimals=9, title=name) for name in "abc"]

    def ishigami(points: list[Point]) -> np.ndarray:
        a, b, c = (np.array([point[name] for point in points]) for name in "abc")
        value: np.ndarray = np.sin(a) + 7 * np.sin(b) ** 2 + 0.1 * c**4 * np.sin(a)
        return value

    found = sobol_indices(factors, ishigami, base=1024)
    assert [one.first for one in found] == pytest.approx([0.3139, 0.4424, 0.0], abs=0.03)
    assert [one.total for one in found] == pytest.approx([0.5576, 0.4424, 0.2437], abs=0.03)


def test_morris_finds_the_slopes_of_a_line() -> None:
    """Elementary effects of a linear function are its coefficients times the ranges, without spread: Morris (1991)."""
    factors = [Range(paths=["x"], low=0, high=width, decimals=12, title=name) for name, width in (("a", 1), ("b", 10), ("c", 5))]
    found = morris_screening(factors, lambda points: np.array([3 * p["a"] - 2 * p["b"] + 0 * p["c"] for p in points]), base=6)
    assert [one.total for one in found] == pytest.approx([3, 20, 0], abs=1e-9)
    assert [one.first for one in found] == pytest.approx([0, 0, 0], abs=1e-9)


def test_a_search_finds_the_best_point_at_which_the_limit_holds() -> None:
    """min (x - 3)^2 + (y + 1)^2 with x + y <= 1 lies at (2.5, -1.5) with 0.5; without the limit at (3, -1), which breaks it."""
    factors = [Range(paths=["x"], low=-5, high=5, title="x"), Range(paths=["y"], low=-5, high=5, title="y"), RULE]

    def evaluate(points: list[Point]) -> list[tuple[float, list[float]]]:
        return [
            ((p["x"] - 3) ** 2 + (p["y"] + 1) ** 2 + 5 * (p["rule"] == "fifo"), [p["x"] + p["y"] - 1]) for p in points
        ]  # fmt: skip

    tried = search_points(factors, evaluate, better="lower", tries=120, seed=2)
    best = best_of(tried, "lower")
    assert best is not None
    assert best.point["rule"] == "spt"
    assert 0.5 <= best.value < 1.5
    assert best.point["x"] + best.point["y"] <= 1
    assert np.mean([one.value for one in tried[60:]]) < np.mean([one.value for one in tried[:20]])
    assert tried == search_points(factors, evaluate, better="lower", tries=120, seed=2)
    assert best_of([one for one in tried if not one.holds], "lower") is None


def test_limits_are_read_as_people_write_them() -> None:
    assert read_limit("on_time_share >= 0.9").excess(0.95) == pytest.approx(-0.05)
    assert read_limit("lead_time_h_mean<=12").excess(13) == 1
    for text in ("on_time_share = 0.9", ">= 3", "result_eur >= many", ""):
        with pytest.raises(ValueError, match="is no limit"):
            read_limit(text)


def test_the_time_of_the_cut_decides_the_lead_time_and_the_rate_the_cost(kiosk: dict[str, Path], tmp_path: Path) -> None:
    points = factorial([RATE, CUT])
    found = explore(kiosk["plant"], kiosk["baseline"], [RATE, CUT], points, n=4, workers=1, folder=tmp_path)
    lead, cost = found.effects("lead_time_h_mean"), found.effects("cost_eur")
    assert lead["cut"].mean > 0.05 > abs(lead["rate"].mean)
    assert lead["rate"].mean == 0  # common random numbers: what costs more takes exactly as long
    assert cost["rate"].mean == pytest.approx(20 * 3, rel=0.01)  # 20 EUR/h more, for three hours
    assert list(found.table["cut"]) == [4, 11, 4, 11]
    ranked = sensitivity(
        kiosk["plant"], kiosk["baseline"], [RATE, CUT], "lead_time_h_mean", base=3, n=2, workers=1, folder=tmp_path
    )  # fmt: skip
    assert [one.factor for one in sorted(ranked, key=lambda one: -one.total)] == ["cut", "rate"]
    assert ranked[0].total == 0


def test_a_search_of_a_plant_keeps_what_it_has_tried_and_confirms_the_best(kiosk: dict[str, Path], tmp_path: Path) -> None:
    seen: list[int] = []
    scenario, limits = twin.read_scenario(kiosk["baseline"], kiosk["plant"]), ["lead_time_h_mean <= 0.2"]

    def once() -> object:
        return search(
            kiosk["plant"], scenario, [CUT], "on_time_share", limits=limits, tries=6, n=2, workers=1, folder=tmp_path,
            watch=lambda progress: seen.append(progress.done - progress.found),
        )  # fmt: skip

    found = search(kiosk["plant"], scenario, [CUT], "on_time_share", limits=limits, tries=6, n=2, workers=1, folder=tmp_path)
    assert found.best is not None
    assert found.best.point["cut"] < 9
    assert set(found.confirmed) == {"on_time_share", "lead_time_h_mean"}
    assert found.confirmed["on_time_share"] != found.best.value or found.best.value == 1.0
    assert "6 points tried" in repr(found)
    assert "there, on fresh seeds: on_time_share " in repr(found)
    assert once() == found
    assert max(seen) == 0  # every replication was found again
