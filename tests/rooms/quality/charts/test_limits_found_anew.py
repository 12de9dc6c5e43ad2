"""Limits of a control chart are found anew: without a point that has a cause of its own, and after the process was changed."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
import pytest

from tests.rooms.quality.test_sampling_and_charts import chart_of, charted
from tests.rooms.quality.valve_shop import Shop
from twin.kernels.quality.charts import Process
from twin.mes.quality.control import Sample
from twin.model.events import ControlLimitsRevised, ControlPointExcluded


def test_limits_are_found_anew_without_a_point_that_has_a_cause_and_again_once_the_process_is_another() -> None:
    """Its moving ranges make sigma three times as wide as it is (audit 7.4), so what comes after it is silent until it is left out."""
    shop = Shop(bore=charted(phase_one=20)).stock(1000)

    def measured(*values: float) -> None:
        for value in values:
            n = len(shop.run.mes.quality.inspections.charts["bore", "bore"].samples) + 1
            shop.order(f"L{n:02}", 5)
            shop.does("mill_1", f"L{n:02}-VALVE/10", 5)
            shop.measure(f"L{n:02}-VALVE", bore=value)

    def says(kind: type[ControlPointExcluded | ControlLimitsRevised], **said: Any) -> str:
        return shop.say(kind, plan="bore", characteristic="bore", **said)

    values = [10.9 if n == 10 else 10.0 + 0.05 * (-1) ** n for n in range(20)]
    measured(*values[:12])
    early = "phase I of bore is not over: 12 of 20 points; allowed: once its limits stand"
    assert says(ControlLimitsRevised, first_point=1, last_point=10, reason="a new tool") == early
    measured(*values[12:], 10.5)
    (told,) = shop.alerts("phase_one")
    assert told.endswith("that lie beyond them; look for the cause, and leave out what has one: L11-VALVE")
    assert shop.run.control_chart("bore").query("signals != ''")["lot"].tolist() == ["L11-VALVE"], "10.5 is within these limits"
    assert says(ControlPointExcluded, point=11, reason=" ") == "it needs a reason"
    assert says(ControlPointExcluded, point=22, reason="x") == "the chart of bore has no point 22; allowed: 1 to 21"
    assert says(ControlPointExcluded, point=11, reason="chip in the chuck") == ""
    mean, of_ranges = np.mean([*values[:10], *values[11:]]), np.mean(np.abs(np.diff([*values[:10], *values[11:]]))) / 1.128379
    shown = shop.run.control_chart("bore")
    assert shown["center"].tolist() == pytest.approx([mean] * 21)
    assert shown["upper"].tolist() == pytest.approx([mean + 3 * of_ranges] * 21, rel=1e-5)
    assert shown.query("left_out != ''")[["lot", "left_out"]].to_numpy().tolist() == [["L11-VALVE", "chip in the chuck (quinn)"]]
    assert shop.alerts("control_chart") == ["chart of bore of VALVE: beyond limits and spread beyond limits at lot L21-VALVE"]
    assert says(ControlPointExcluded, point=11, reason="x") == "point 11 is left out already: chip in the chuck (quinn)"
    assert says(ControlPointExcluded, point=11, reason="no chip at all", is_undone=True) == ""
    assert shop.alerts("signal_fell")[0].endswith("at lot L21-VALVE is no signal any more: its limits were found anew")
    assert says(ControlPointExcluded, point=11, reason="a chip all the same") == ""
    measured(10.45, 10.55)
    assert says(ControlLimitsRevised, first_point=22, last_point=30, reason="a new tool").startswith("points 22 to 30 of bore; allowed:")
    assert says(ControlLimitsRevised, first_point=21, last_point=23, reason="a new tool") == ""
    count = len(shop.alerts("control_chart"))
    measured(10.5, 10.2)
    shown = shop.run.control_chart("bore")
    assert shown["center"].tolist() == pytest.approx([mean] * 23 + [10.5] * 2), "the old limits stay for what they have judged"
    assert shown["phase"].tolist() == [1] * 20 + [2] * 3 + [3] * 2
    assert shop.alerts("control_chart")[count:] == ["chart of bore of VALVE: beyond limits and spread beyond limits at lot L25-VALVE"]
    assert shop.is_the_same_from_every_source(lambda run: run.control_chart("bore"))


@pytest.mark.parametrize("kind", ["ewma", "cusum"])
def test_a_point_that_is_left_out_is_forgotten_by_a_chart_that_remembers(kind: Literal["ewma", "cusum"]) -> None:
    """After one of 30 sigma a sum of 29.5 would be beyond its limits for fifty points; later limits begin with nothing."""
    chart = chart_of([0.1, -0.1, 30.0, 0.1, -0.1], kind=kind, phase_one=5)
    chart.left_out[2] = "a chip"
    assert chart.stand(Process(0.0, 1.0), 0, 5, 0) == ({}, {})
    assert [chart.add(Sample(at_us=5 + n, lot="a", values=(0.0,), size=1)) for n in range(3)] == [(), (), ()]
    assert chart.stand(Process(20.0, 1.0), 3, 8, 8) == ({}, {})
    assert chart.add(Sample(at_us=8, lot="b", values=(20.0,), size=1)) == ()
    drawn = chart.drawn()
    assert drawn is not None
    assert drawn.limits.center.tolist() == ([0.0] * 8 + [20.0] if kind == "ewma" else [0.0] * 9)


@pytest.mark.parametrize(
    ("kind", "sums", "without"),
    [  # by hand, in sigma: z += (x - z) / 5, beyond 3 sqrt((1 - 0.64^n) / 9) = 0.6, 0.77, 0.86, 0.91; S = max(0, S + x - 0.5), beyond 5
        ("ewma", [0.0, 2.0, 1.6, 1.28], [0.0, 0.0, 0.0, 0.0]),
        ("cusum", [0.0, 9.5, 9.0, 8.5], [0.0, 0.0, 0.0, 0.0]),
    ],
)
def test_sums_are_drawn_anew_without_a_point_that_is_left_out_later_and_so_are_their_signals(
    kind: Literal["ewma", "cusum"], sums: list[float], without: list[float]
) -> None:
    shop = Shop(bore={**charted(kind=kind, mean=10.0, sigma=0.1), "on_signal": "hold"}).stock(100)

    def measured(*values: float) -> None:
        for n, value in enumerate(values, len(shop.run.mes.quality.inspections.charts["bore", "bore"].samples) + 1):
            shop.order(f"L{n}", 5).does("mill_1", f"L{n}-VALVE/10", 5)
            shop.measure(f"L{n}-VALVE", bore=value)

    def in_sigma() -> list[float]:
        shown = shop.run.control_chart("bore")["value"].to_numpy()
        return ((shown - (10.0 if kind == "ewma" else 0.0)) / 0.1).tolist()  # type: ignore[no-any-return]

    def signals() -> list[str]:
        return shop.run.control_chart("bore").query("signals != ''")["lot"].tolist()  # type: ignore[no-any-return]

    measured(10.0, 11.0, 10.0, 10.0)
    assert (in_sigma(), signals()) == (pytest.approx(sums, abs=1e-9), ["L2-VALVE", "L3-VALVE", "L4-VALVE"])
    left_out: dict[str, Any] = {"plan": "bore", "characteristic": "bore", "point": 2}
    assert shop.say(ControlPointExcluded, **left_out, reason="chip in the chuck") == ""
    assert (in_sigma(), signals()) == (pytest.approx(without, abs=1e-9), ["L2-VALVE"]), "what it was itself has its cause"
    fell = "at lot L4-VALVE is no signal any more: point 2 is left out, chip in the chuck (quinn)"
    assert shop.alerts("signal_fell")[-1].endswith(fell)
    assert [it.lot for it in shop.run.mes.quality.nonconformances.all.values() if it.unfounded] == ["L3-VALVE", "L4-VALVE"]
    measured(10.3)
    assert in_sigma()[-1] == pytest.approx(0.6 if kind == "ewma" else 2.5), "with the point it would be beyond: 1.62 and 10.5"
    assert signals() == ["L2-VALVE"]
    assert shop.say(ControlPointExcluded, **left_out, reason="no chip at all", is_undone=True) == ""
    assert (in_sigma()[:4], signals()) == (pytest.approx(sums, abs=1e-9), [f"L{n}-VALVE" for n in range(2, 6)])
    assert shop.is_the_same_from_every_source(lambda run: run.control_chart("bore"))
