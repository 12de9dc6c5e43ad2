"""A comparison as figures, as one HTML file, and as tables that other programs read."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pandas as pd
import pytest

import twin
from twin.results.outcomes import outcome_table
from twin.store.journal import StoreError
from twin.study import Comparison, compare
from twin.study.report.drawing import axis, figure
from twin.study.report.page import _in_words, page


@pytest.fixture(scope="module")
def comparison(kiosk: dict[str, Path]) -> Comparison:
    plant = twin.read_plant(kiosk["plant"])
    slow = twin.read_scenario(kiosk["slow_press"], plant).model_copy(update={"title": "A <script>alert(1)</script> & 'press'"})
    return compare({"baseline": kiosk["baseline"], "two": kiosk["two_presses"], "<slow>": slow}, 6, plant=plant, workers=1)


def test_the_report_is_one_file_that_needs_nothing_else_and_runs_nothing(comparison: Comparison, tmp_path: Path) -> None:
    text = (comparison.save(tmp_path / "new" / "folder") / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"https?://|<script|<link|@import|url\(|src=", text)
    assert "&lt;script&gt;" in text
    assert "prefers-color-scheme:dark" in text
    assert text.count("<svg") == 2 * len(comparison.outcomes)
    assert not re.search(r"\b(nan|inf)\b", text)
    for said in ("Bonferroni", "common random numbers", "probability", "baseline"):
        assert said in text


def test_the_best_is_the_highest_or_the_lowest_as_the_outcome_has_it(comparison: Comparison) -> None:
    for outcome, better in (("lead_time_h_mean", "two"), ("cost_eur", "baseline"), ("shipped_per_day", "two")):
        compared = comparison.compared(outcome)
        best = max(compared, key=lambda one: one.best_probability)
        assert (best.name, best.best_probability > 0.5) == (better, True)
        assert best == max(compared, key=lambda one: one.best_share)


def test_a_share_lies_within_its_bounds_and_what_is_best_on_average_is_told_from_what_won(comparison: Comparison) -> None:
    for one in comparison.compared("on_time_share"):
        assert 0 <= one.mean.low <= one.mean.mean <= one.mean.high <= 1
    best, other = (
        replace(it, best_probability=p, best_share=w)
        for it, p, w in zip(comparison.compared("cost_eur"), (0.72, 0.28), (0.25, 0.75), strict=False)
    )
    assert _in_words(comparison.outcomes["cost_eur"], [best, other]) == (
        "The true mean of <b>baseline</b> is the best with a probability of 72.0 %, by the differences seed by seed."
        " Of single replications it won 25 %; two won the most, 75 %."
    )


def test_a_page_shows_only_what_was_asked(comparison: Comparison) -> None:
    assert page(comparison, ["oee"]).count("<h2>") == 2
    assert "Lead time" not in page(comparison, ["oee"])
    with pytest.raises(ValueError, match="did you mean 'oee'"):
        comparison.compared("oe")


def test_marks_of_a_figure_lie_where_their_values_are(comparison: Comparison) -> None:
    """The places of means along x and the printed steps follow one line, on the left and on the right."""
    compared = comparison.compared("cost_eur")
    root = ElementTree.fromstring(figure(comparison.outcomes["cost_eur"], compared).svg)
    values = ([one.mean.mean for one in compared], [one.difference.mean for one in compared if one.difference])
    for panel, shown in zip(root.iter("svg"), values, strict=True):
        marks = [float(circle.attrib["cx"]) for circle in panel.iter("circle")]
        texts = [(float(it.attrib["x"]), it.text or "") for it in panel.iter("text")]
        steps = [(x, float(text.replace(",", ""))) for x, text in texts if re.fullmatch(r"-?[\d,.]+", text)]
        assert len(steps) >= 2
        assert marks == pytest.approx([_along(value, steps) for value in shown], abs=1.0)


def _along(value: float, steps: list[tuple[float, float]]) -> float:
    (x0, v0), (x1, v1) = steps[0], steps[-1]
    return x0 + (value - v0) / (v1 - v0) * (x1 - x0)


@pytest.mark.parametrize(("low", "high"), [(0, 1), (0.0, 0.034), (-17_500, 2_300), (5, 5), (0, 0), (1e9, 1.1e9)])
def test_axes_have_some_round_steps_within_their_bounds(low: float, high: float) -> None:
    found = axis([low, high, float("nan"), float("inf")], 0, 100)
    assert 2 <= len(found.steps) <= 7
    assert all(found.low <= step <= found.high for step in found.steps)
    assert 0 < found.x(low) <= found.x(high) < 100


def test_tables_are_read_by_other_programs_as_they_were(comparison: Comparison, tmp_path: Path) -> None:
    comparison.save(tmp_path)
    for name, frame in (("comparison", comparison.table), ("replications", comparison.replications)):
        pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / f"{name}.parquet"), frame, check_dtype=False)
        with (tmp_path / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream))
        assert len(rows) == len(frame)
        assert {row["scenario"] for row in rows} == {"baseline", "two", "<slow>"}
    assert not list(tmp_path.glob(".*"))
    with pytest.raises(StoreError, match="cannot be written"):
        comparison.save(tmp_path / "report.html")


def test_the_summary_is_json_and_says_what_was_compared(comparison: Comparison) -> None:
    found = json.loads(json.dumps(comparison.summary(["cost_eur"]), allow_nan=False))
    assert (found["plant"], found["replications"], found["first_seed"]) == ("kiosk", 6, 1)
    first, second, _ = found["compared"]
    assert first["difference"] is None
    assert second["difference"] == pytest.approx(second["mean"] - first["mean"])
    assert sum(row["best_probability"] for row in found["compared"]) == pytest.approx(1)


def test_notebooks_show_a_comparison_and_its_figures(comparison: Comparison) -> None:
    assert "<table>" in comparison._repr_html_()
    assert comparison.figure("oee")._repr_html_().startswith("<div class='twin-study'><style>")


def test_numbers_are_shown_as_people_read_them() -> None:
    table = outcome_table("CHF")
    assert table["on_time_share"].shown(0.8734) == "87.3 %"
    assert table["on_time_share"].shown_difference(0.039, -0.068, 0.147) == "+3.9 [-6.8, +14.7] points"
    assert table["result_chf"].shown(-12345.6) == "-12,346"
    assert table["result_chf"].heading == "Operating result, CHF"
    assert table["lead_time_h_mean"].shown(float("nan")) == "-"
    assert table["lead_time_h_mean"].shown(-0.01) == "0.0"
