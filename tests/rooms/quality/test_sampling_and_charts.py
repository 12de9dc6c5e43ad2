"""Which lots are inspected; what charts say of them; what a signal does."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import pytest

from tests.known_answers import CASES
from tests.rooms.quality.valve_shop import BORE, MIN_US, Shop, of_type
from twin.kernels.quality.charts import Process
from twin.mes.quality.control import RULES_OF, Chart, Drawn, Sample
from twin.mes.quality.sampling import Sampler
from twin.model.events import (
    ControlLimitsFrozen,
    CountObserved,
    DefectsCounted,
    Heartbeat,
    NonconformanceDispositioned,
    TestRequested,
    TestResultCorrected,
    WorkAlertRaised,
)
from twin.model.floor.quality_plan import ControlChart, Sampling
from twin.model.states import WorkUnitState as S

HOUR_US = 3_600_000_000


def inspected(shop: Shop) -> list[str]:
    return [it.lot.removesuffix("-VALVE") for it in of_type(shop.commands, TestRequested)]


def lots(shop: Shop, count: int, bore: float | None = 10.0) -> Shop:
    """So many lots of five, one after the other; each that is asked for is measured."""
    for n in range(count):
        name = f"L{n:02}"
        shop.order(name, 5)
        shop.does("mill_1", f"{name}-VALVE/10", 5)
        if bore is not None and f"{name}-VALVE" in shop.run.mes.tracking.restricted:
            shop.measure(f"{name}-VALVE", bore=bore)
    return shop


def test_sampling_by_lot_inspects_the_first_and_every_third_after_it() -> None:
    shop = lots(Shop(bore={**BORE, "sampling": {"every_lots": 3}}).stock(1000), 7)
    assert inspected(shop) == ["L00", "L03", "L06"]
    assert shop.is_the_same_from_every_source()


def test_sampling_by_count_inspects_the_lot_in_which_twelve_pieces_are_full() -> None:
    """Lots of 5: 12 are full in the third, 24 in the fifth."""
    shop = lots(Shop(bore={**BORE, "sampling": {"every_pieces": 12}}).stock(1000), 5)
    assert inspected(shop) == ["L02", "L04"]


def test_a_check_that_nobody_makes_is_told_when_the_next_is_due_and_stays_an_exception() -> None:
    """Of five pieces every second is to be looked at while the mill runs: two checks, and nobody makes the first."""
    shop = Shop(bore={**BORE, "gate": False, "within": "30 min", "sampling": {"every_pieces": 2}}).stock(100).order("A", 5)
    shop.tell(shop._state("mill_1", S.EXECUTE, "A-VALVE/10"))
    for _ in range(5):
        shop.tell(CountObserved(effective_us=shop.now_us, equipment="mill_1", job_order="A-VALVE/10", good=1))
    assert shop.alerts("check") == ["bore of lot A-VALVE was not made, and is to be made again"]
    shop.now_us += 31 * MIN_US
    shop.tell(Heartbeat(effective_us=shop.now_us))
    shop.tell(Heartbeat(effective_us=shop.now_us))
    late = "bore of lot A-VALVE is overdue: it was to be made until Mon 2 Mar, 06:37, and is not"
    assert shop.alerts("check")[1:] == [late], "the second, and once"
    shop.measure("A-VALVE", bore=10.0)
    assert shop.run.quality["verdict"].tolist() == ["", "passed"]
    shown = [(it["what"], it["standing"]) for it in shop.run.batch_record("A-VALVE")["exceptions"] if it["kind"] == "inspection"]
    until = "bore: it was to be made until Mon 2 Mar, 06:37"
    assert shown == [("bore: it was not made before the next was due", "missed"), (until, "made late")]
    assert shop.is_the_same_from_every_source(lambda run: run.quality)


def test_sampling_by_time_inspects_the_first_lot_that_is_counted_after_an_hour() -> None:
    """A lot takes 31 minutes and two between: the first, and the first an hour or more after it."""
    shop = lots(Shop(bore={**BORE, "sampling": {"every": "1 h"}}).stock(1000), 5)
    assert inspected(shop) == ["L00", "L02", "L04"]


def test_skip_lot_inspects_one_in_two_after_three_good_ones_and_all_again_after_a_bad_one() -> None:
    """ISO 2859-3, declared simply: qualified after 3, then 1 in 2, until a lot is not accepted."""
    shop = lots(Shop(bore={**BORE, "sampling": {"skip_lot": {"qualify": 3, "one_in": 2}}}).stock(1000), 8)
    assert inspected(shop) == ["L00", "L01", "L02", "L04", "L06"]
    sampler = Sampler(Sampling.model_validate({"skip_lot": {"qualify": 3, "one_in": 2}}))
    chosen = []
    for lot in range(12):
        chosen.append(sampler.complete())
        if chosen[-1]:
            sampler.judge(passed=lot != 4)
    assert [n for n, is_chosen in enumerate(chosen) if is_chosen] == [0, 1, 2, 4, 5, 6, 7, 9, 11]


def test_lots_that_are_not_chosen_go_on_without_being_measured() -> None:
    shop = lots(Shop(bore={**BORE, "sampling": {"every_lots": 2}}).stock(1000), 2, bore=None)
    assert shop.disposition("L00-VALVE") != ""
    assert shop.disposition("L01-VALVE") == ""
    assert "L01-VALVE/20" in shop.started()


def charted(**chart: Any) -> dict[str, Any]:
    return {**BORE, "characteristics": {"bore": {"unit": "mm", "lower": 9.0, "upper": 11.0, "chart": {"kind": "i_mr", **chart}}}}


def test_limits_come_from_phase_one_and_then_stand() -> None:
    shop = Shop(bore=charted(phase_one=10)).stock(1000)
    values = [10.0, 10.02, 9.98, 10.01, 9.99, 10.0, 10.02, 9.98, 10.01, 9.99, 10.0, 10.4]
    for n, value in enumerate(values):
        lots_before = len(of_type([entry.event for entry in shop.run.journal.entries()], ControlLimitsFrozen))
        assert lots_before == (1 if n > 9 else 0)
        shop.order(f"L{n}", 5)
        shop.does("mill_1", f"L{n}-VALVE/10", 5)
        shop.measure(f"L{n}-VALVE", bore=value)
    chart = shop.run.mes.quality.inspections.charts["bore", "bore"]
    assert chart.process is not None
    assert chart.process.mean == pytest.approx(10.0)
    assert shop.alerts("control_chart") == ["chart of bore of VALVE: beyond limits and spread beyond limits at lot L11-VALVE"]
    assert shop.disposition("L11-VALVE") == "", "within its limits, and the plan only tells"
    assert shop.is_the_same_from_every_source()


def test_capability_of_what_was_measured_here() -> None:
    """Case spc-03-capability: limits 9.5 and 10.5, mean 10.1, sigma 0.1 give Cp 1.6667, Cpk 1.3333; of all values, and within samples."""
    apart = 0.1 / math.sqrt(math.pi)  # of two values with sigma 0.1 the mean range is 2 * 0.1 / sqrt(pi)
    for values, (spread, least) in (((10.0, 10.1, 10.2), ("pp", "ppk")), ((10.1 - apart, 10.1 + apart) * 3, ("cp", "cpk"))):
        bore = charted(phase_one=len(values))
        bore["characteristics"]["bore"].update(lower=9.5, upper=10.5)
        shop = Shop(bore=bore).stock(1000)
        for n, value in enumerate(values):
            shop.order(f"L{n}", 5)
            shop.does("mill_1", f"L{n}-VALVE/10", 5)
            shop.measure(f"L{n}-VALVE", bore=value)
        assert shop.alerts("phase_one") == []
        (found,) = shop.run.capability.to_dict("records")
        assert (found["count"], round(found["mean"], 4)) == (len(values), 10.1)
        assert (round(found[spread], 4), round(found[least], 4)) == (1.6667, 1.3333)


def test_a_signal_holds_its_lot_if_the_plan_says_so() -> None:
    shop = Shop(bore={**charted(mean=10.0, sigma=0.02), "on_signal": "hold"}).stock(1000).order("A", 5)
    shop.does("mill_1", "A-VALVE/10", 5)
    shop.measure("A-VALVE", bore=10.1)
    assert shop.disposition("A-VALVE") == "NC-A-VALVE-bore is not decided"
    assert "A-VALVE/20" not in shop.started()
    assert shop.is_the_same_from_every_source()


def test_a_corrected_result_is_judged_by_its_chart_again_and_nothing_is_let_go_unseen() -> None:
    """Audit 7.5: +25 sigma is a signal whenever it becomes known; what a typo has held is told of, and a person decides."""
    shop = Shop(bore={**charted(mean=10.0, sigma=0.02), "on_signal": "hold"}).stock(1000)
    for name in "ABC":
        shop.order(name, 5)
        shop.does("mill_1", f"{name}-VALVE/10", 5)
        shop.measure(f"{name}-VALVE", bore=10.5 if name == "B" else 10.0)
    about = {"characteristic": "bore", "reason": "misread"}
    assert shop.say(TestResultCorrected, lot="A-VALVE", was=10.0, value=10.5, **about) == ""
    assert shop.alerts("control_chart")[-1] == "chart of bore of VALVE: beyond limits at lot A-VALVE"
    assert shop.disposition("A-VALVE") == "NC-A-VALVE-bore is not decided"
    assert shop.disposition("C-VALVE") == "NC-C-VALVE-bore is not decided", "the range from B to it is beyond its limits"
    assert shop.say(TestResultCorrected, lot="B-VALVE", was=10.5, value=10.01, **about) == ""
    why = "bore of lot B-VALVE was corrected from 10.5 to 10.01 by quinn, misread"
    assert shop.alerts("signal_fell") == [f"chart of bore of VALVE: spread beyond limits at lot C-VALVE is no signal any more: {why}"]
    assert shop.disposition("B-VALVE") == "NC-B-VALVE-bore is not decided", "its range from A is a signal still"
    assert shop.say(TestResultCorrected, lot="A-VALVE", was=10.5, value=10.0, **about) == ""
    back = "bore of lot A-VALVE was corrected from 10.5 to 10 by quinn, misread"
    unfounded = f"what it was raised for is none any more: {back}"
    assert shop.disposition("B-VALVE") == f"NC-B-VALVE-bore is not decided; {unfounded}", "held until a person decides"
    assert shop.alerts("nonconformance")[-1].startswith(
        f"NC-B-VALVE-bore: {unfounded}; the lot stays held until a person decides; allowed:"
    )
    assert shop.run.nonconformances.set_index("lot").loc["B-VALVE", "unfounded"] == unfounded
    decided = {"nonconformance": "NC-B-VALVE-bore", "disposition": "use as is", "reason": "a typo"}
    assert shop.say(NonconformanceDispositioned, lot="B-VALVE", **decided) == ""
    assert shop.disposition("B-VALVE") == ""
    assert shop.is_the_same_from_every_source(lambda run: run.nonconformances)


def test_counted_defects_are_judged_and_charted() -> None:
    """Share of the defective: limits of p = 0.1 and n = 50 end at 0.2273; 6 are allowed, 12 are not."""
    plan = {
        "material": "VALVE", "operation": "10", "sampling": {"pieces": 50},
        "characteristics": {"burrs": {"kind": "defectives", "accept": 6, "chart": {"kind": "p", "mean": 0.1}}},
    }  # fmt: skip
    shop = Shop(look=plan).stock(1000).order("A", 5).order("B", 5)
    for lot, found in (("A-VALVE", 6), ("B-VALVE", 12)):
        shop.does("mill_1", f"{lot}/10", 5)
        shop.tell(DefectsCounted(effective_us=shop.now_us, lot=lot, characteristic="burrs", inspected=50, found=found))
    verdicts = {lot: it.verdict for (_, lot), it in shop.run.mes.quality.inspections.all.items()}
    assert verdicts == {"A-VALVE": "passed", "B-VALVE": "failed"}
    assert shop.alerts("control_chart") == ["chart of burrs of VALVE: beyond limits at lot B-VALVE"]
    followed = shop.tell(DefectsCounted(effective_us=shop.now_us, lot="Z", characteristic="burrs", inspected=50, found=1))
    assert [it.message for it in of_type(followed, WorkAlertRaised)] == ["1 found in 50 of lot 'Z': no such lot, or no such count"]


def chart_of(points: list[float], **declared: Any) -> Chart:
    """A chart that was shown these values, one a sample (of 50 pieces where they are counts)."""
    chart = Chart(ControlChart.model_validate(declared), 1)
    for n, value in enumerate(points):
        chart.add(Sample(at_us=n, lot=f"l{n}", values=(value,), size=50))
    return chart


@pytest.mark.parametrize(
    ("declared", "points", "signals"),
    [
        ({"kind": "i_mr", "mean": 0, "sigma": 1}, [0.0, 1.0, 2.1, 0.2, 2.2], {4: ("two_of_three_beyond_2_sigma",)}),
        ({"kind": "i_mr", "mean": 0, "sigma": 1, "rules": "limits"}, [0.0, 1.0, 2.1, 0.2, 2.2], {}),
        ({"kind": "i_mr", "mean": 0, "sigma": 1, "rules": "nelson"}, [0.1 * n for n in range(6)], {5: ("six_in_a_trend",)}),
        # 0.57 against 2.7 sqrt(0.1 / 1.9 (1 - 0.9^14)) = 0.544
        ({"kind": "ewma", "mean": 0, "sigma": 1, "weight": 0.1, "width": 2.7}, [0.0] * 5 + [3.0] * 2, {6: ("beyond_limits",)}),
        ({"kind": "cusum", "mean": 0, "sigma": 1}, [0.0, 3.0, 3.0, 0.0, -9.0], {4: ("beyond_limits",)}),
        ({"kind": "np", "mean": 0.1}, [5.0, 12.0], {1: ("beyond_limits",)}),
        ({"kind": "c", "mean": 4.0, "rules": "limits"}, [4.0, 10.0, 11.0], {2: ("beyond_limits",)}),
        ({"kind": "u", "mean": 0.2, "rules": "limits"}, [10.0, 19.0, 20.0], {2: ("beyond_limits",)}),
    ],
)  # fmt: skip
def test_each_kind_of_chart_gives_its_signals(declared: dict[str, Any], points: list[float], signals: dict[int, tuple[str, ...]]) -> None:
    found = {
        n: tuple(rule for rule in rules if rule != "spread_beyond_limits") for n, rules in chart_of(points, **declared).signals.items()
    }
    assert {n: rules for n, rules in found.items() if rules} == signals


SPC = CASES["spc-01-western-electric"]["given"]
PATTERNS: list[tuple[str, str, list[float], list[int]]] = [
    ("western_electric", "beyond_limits", SPC["A"], [4]),
    ("western_electric", "two_of_three_beyond_2_sigma", SPC["A"], [6, 8]),
    ("western_electric", "four_of_five_beyond_1_sigma", SPC["B"], [6]),
    ("western_electric", "eight_on_one_side", SPC["B"], [12]),
    ("nelson", "beyond_limits", SPC["A"], [4]),
    ("nelson", "two_of_three_beyond_2_sigma", SPC["A"], [6, 8]),
    ("nelson", "four_of_five_beyond_1_sigma", SPC["B"], [6]),
    ("nelson", "nine_on_one_side", [-0.1, *[0.2] * 10], [10, 11]),
    ("nelson", "six_in_a_trend", SPC["C"], [6]),
    ("nelson", "fourteen_alternating", [*[0.5, -0.5] * 7, 0.1], [14, 15]),
    ("nelson", "fifteen_within_1_sigma", SPC["E"], [15]),
    ("nelson", "eight_beyond_1_sigma", SPC["F"], [8]),
]
"""Rules, rule, distances from the center in sigma, and at which points it gives a signal, from 1: those of spc-01 and two of our own."""


def test_every_rule_of_western_electric_and_of_nelson_is_among_the_patterns() -> None:
    """WE: four; Nelson: eight, of which some are stricter."""
    asked = {rules: sorted(rule for which, rule, _, _ in PATTERNS if which == rules) for rules in ("western_electric", "nelson")}
    assert {rules: len(names) for rules, names in asked.items()} == {"western_electric": 4, "nelson": 8}
    assert asked == {rules: sorted(("beyond_limits", *RULES_OF[rules])) for rules in asked}  # type: ignore[index]


@pytest.mark.parametrize("kind", ["i_mr", "xbar_r", "c"])
@pytest.mark.parametrize(("rules", "rule", "distances", "places"), PATTERNS)
def test_each_rule_gives_its_signal_through_a_chart(kind: str, rules: str, rule: str, distances: list[float], places: list[int]) -> None:
    """Case spc-01-western-electric, of single values, of means of four (half as wide), and of counts around 400 (a sigma is 20)."""
    pieces, scale = (4, 1.0) if kind == "xbar_r" else (1, 20.0 if kind == "c" else 2.0)
    center = 400.0 if kind == "c" else 50.0
    said = {"kind": kind, "mean": center, "rules": rules, **({} if kind == "c" else {"sigma": 2.0})}
    chart = Chart(ControlChart.model_validate(said), pieces)
    for n, z in enumerate(distances):
        chart.add(Sample(at_us=n, lot=f"l{n}", values=(center + scale * z,) * pieces, size=pieces))
    assert [n + 1 for n, names in sorted(chart.signals.items()) if rule in names] == places


def test_a_run_on_one_side_is_told_of_its_lot_by_the_plant() -> None:
    """The rule goes all the way: eight lots above the center, each within its limits, and the eighth is held."""
    shop = Shop(bore={**charted(mean=10.0, sigma=0.02), "on_signal": "hold"}).stock(1000)
    for n in range(8):
        shop.order(f"L{n}", 5)
        shop.does("mill_1", f"L{n}-VALVE/10", 5)
        shop.measure(f"L{n}-VALVE", bore=10.005)
    assert shop.alerts("control_chart") == ["chart of bore of VALVE: eight on one side at lot L7-VALVE"]
    assert [bool(shop.disposition(f"L{n}-VALVE")) for n in range(8)] == [False] * 7 + [True]


@pytest.mark.parametrize("kind", ["xbar_r", "xbar_s"])
def test_a_spread_that_grows_is_a_signal_though_the_mean_stays(kind: str) -> None:
    chart = Chart(ControlChart(kind=kind, mean=10.0, sigma=0.1), 5)  # type: ignore[arg-type]
    assert chart.add(Sample(at_us=0, lot="a", values=(9.9, 10.0, 10.1, 10.0, 10.0), size=5)) == ()
    assert chart.add(Sample(at_us=1, lot="b", values=(9.2, 10.0, 10.8, 10.0, 10.0), size=5)) == ("spread_beyond_limits",)


@pytest.mark.parametrize("kind", ["i_mr", "ewma", "cusum", "xbar_r", "xbar_s"])
@pytest.mark.parametrize("value", [0.1, 10.0])
def test_after_a_phase_one_of_equal_values_whatever_is_off_them_is_a_signal(kind: str, value: float) -> None:
    """Sigma is 0, and the limits lie on the center; 0.1 + 0.1 + 0.1 over 3 is more than 0.1 in floating point, and is no signal."""
    pieces = 3 if kind.startswith("xbar") else 1
    it = {"lower": 0, "upper": 200, "chart": {"kind": kind, "phase_one": 5, "rules": "nelson"}}
    shop = Shop(bore={**BORE, "sampling": {"pieces": pieces}, "characteristics": {"bore": it}}).stock(1000)
    for n in range(26):
        shop.order(f"L{n}", 5)
        for _ in range(pieces):
            shop.measure(f"L{n}-VALVE", bore=value if n < 25 else 99.0)
        assert len(shop.alerts("control_chart")) == (1 if n == 25 else 0)
    assert shop.alerts("control_chart")[0].startswith("chart of bore of VALVE: beyond limits")
    chart = shop.run.mes.quality.inspections.charts["bore", "bore"]
    assert chart.process == (value, 0.0)


def test_a_share_of_nothing_in_phase_one_makes_the_first_defective_piece_a_signal_and_nothing_before_it() -> None:
    chart = chart_of([0.0] * 20, kind="p", mean=0.0, rules="nelson")
    assert chart.signals == {}
    assert chart.add(Sample(at_us=20, lot="a", values=(1.0,), size=50)) == ("beyond_limits",)


class Counting(Chart):
    """A chart that notes how many points it draws each time."""

    def __init__(self, declared: ControlChart) -> None:
        super().__init__(declared, 1)
        self.drawn_points: list[int] = []

    def _draw(self, samples: list[Sample], *rest: Any, **more: Any) -> Drawn:
        self.drawn_points.append(len(samples))
        return super()._draw(samples, *rest, **more)


@pytest.mark.parametrize("kind", ["ewma", "cusum"])
def test_a_point_of_a_chart_that_remembers_costs_the_same_however_many_came_before(kind: Literal["ewma", "cusum"]) -> None:
    """One new point is drawn a time, and signals are where the whole chart has them; also after a correction."""
    values = [float(value) for value in np.random.default_rng(1).normal(0.4, 1.0, 300)]
    chart = Counting(ControlChart(kind=kind, mean=0.0, sigma=1.0))
    for n, value in enumerate(values):
        chart.add(Sample(at_us=n, lot=f"l{n}", values=(value,), size=1))
        if n == 199:
            chart.correct("l199", 0, 0, 30.0)
    assert chart.drawn_points == [1] * 200 + [200] + [1] * 100
    whole = chart.drawn()
    assert whole is not None
    out = (whole.value > whole.limits.upper) | (whole.value < whole.limits.lower)
    if whole.spread is not None:
        out |= whole.spread < whole.limits.lower
    assert [n in chart.signals for n in range(300)] == [bool(is_out) for is_out in out]
    assert 10 < sum(out) < 290


@pytest.mark.parametrize("kind", ["ewma", "cusum"])
def test_values_of_phase_one_are_corrected_one_after_the_other_before_the_next_sample_comes(kind: Literal["ewma", "cusum"]) -> None:
    """What is remembered is that of the values as they are now: as on a chart to which they came right at once."""

    def chart_of_values(*values: float) -> Chart:
        chart = Chart(ControlChart(kind=kind, phase_one=3), 1)
        for n, value in enumerate(values):
            chart.add(Sample(at_us=n, lot=f"l{n}", values=(value,), size=1))
        chart.stand(Process(10.0, 1.0), 0, 3, 0)
        return chart

    chart, right = chart_of_values(10.0, 99.0, -99.0), chart_of_values(10.0, 10.5, 12.0)
    for lot, value in (("l1", 10.5), ("l2", 12.0)):
        assert chart.correct(lot, 0, 0, value) == ({}, {})
    for n in range(3, 40):
        sample = Sample(at_us=n, lot=f"l{n}", values=(10.4,) if n < 20 else (11.5,), size=1)
        assert chart.add(sample) == right.add(sample)
    assert chart.signals == right.signals
    assert chart.signals
