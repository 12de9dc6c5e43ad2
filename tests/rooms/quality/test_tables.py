"""What a run shows of quality: tables, control charts, certificates, gauge studies."""

from __future__ import annotations

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import holoviews as hv
import numpy as np
import pandas as pd
import pytest

import twin
from tests.rooms.kernels.quality.published import FLOW_RATES, GAUGE
from tests.rooms.quality.valve_shop import BORE, FINAL, Shop
from twin.model.events import NonconformanceClosed, NonconformanceDispositioned
from twin.results.quality.certificate import NotReleased, certificate_html, save_certificate
from twin.results.quality.tables import gauge_study


def charted(**chart: Any) -> dict[str, Any]:
    return {**BORE, "characteristics": {"bore": {"unit": "mm", "lower": 40, "upper": 60, "chart": {"kind": "i_mr", **chart}}}}


@pytest.fixture(scope="module")
def shop() -> Shop:
    """Ten lots with the flow rates of NIST for their bores, and one that is far out."""
    told = Shop(bore=charted(phase_one=10)).stock(1000)
    for n, value in enumerate([*FLOW_RATES, 62.0]):
        told.order(f"L{n:02}", 5)
        told.does("mill_1", f"L{n:02}-VALVE/10", 5)
        told.measure(f"L{n:02}-VALVE", bore=float(value))
    return told


def test_every_inspection_is_a_row_with_what_was_found_and_the_verdict(shop: Shop) -> None:
    table = shop.run.quality
    assert list(table["verdict"]) == ["passed"] * 10 + ["failed"]
    assert list(table["mean"]) == [*FLOW_RATES, 62.0]
    assert set(table["allowed"]) == {"40 to 60 mm"}
    assert (table["judged"] >= table["asked"]).all()


def test_a_chart_is_a_table_with_the_limits_of_the_handbook(shop: Shop) -> None:
    """NIST/SEMATECH e-Handbook, 6.3.2.2: limits 45.8159 and 55.8041 after ten points; the eleventh is beyond."""
    table = shop.run.control_chart("bore")
    assert np.allclose(table["lower"], 45.8159, atol=3e-3)
    assert np.allclose(table["upper"], 55.8041, atol=3e-3)
    assert list(table["phase"]) == [1] * 10 + [2]
    assert list(table["signals"][:10]) == [""] * 10
    assert table["signals"][10] == "beyond_limits, spread_beyond_limits"
    assert np.isnan(table["spread"][0])
    assert shop.run.plot.control_chart("bore").traverse(lambda it: it, [hv.Points])


def test_a_chart_that_is_not_there_is_refused_with_those_that_are(shop: Shop) -> None:
    with pytest.raises(ValueError, match=r"no control chart of 'bor' \(did you mean 'bore'\?\); allowed: bore"):
        shop.run.control_chart("bor")


def test_capability_uses_the_sigma_of_the_chart_and_that_of_all_values(shop: Shop) -> None:
    (row,) = shop.run.capability.to_dict("records")
    sigma = 1.8778 / 1.128
    assert row["cp"] == pytest.approx(20 / (6 * sigma), rel=1e-3)
    values = np.array([*FLOW_RATES, 62.0])
    assert row["pp"] == pytest.approx(20 / (6 * values.std(ddof=1)))
    assert row["ppk"] == pytest.approx((60 - values.mean()) / (3 * values.std(ddof=1)))


def test_what_is_held_and_what_is_wrong_are_tables(shop: Shop) -> None:
    (held,) = shop.run.holds.to_dict("records")
    assert (held["lot"], held["quantity"]) == ("L10-VALVE", 5)
    (wrong,) = shop.run.nonconformances.to_dict("records")
    assert (wrong["nonconformance"], wrong["standing"], wrong["cost_eur"]) == ("NC-L10-VALVE-bore", "contained", 0.0)
    assert shop.run.corrective_actions.empty


def test_without_plans_all_tables_are_empty_and_have_their_columns() -> None:
    run = Shop().run
    for table in (run.quality, run.nonconformances, run.corrective_actions, run.holds, run.capability):
        assert table.empty
        assert len(table.columns) > 4


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["xbar_r", "xbar_s", "ewma", "cusum", "p", "np", "c", "u"])
def test_each_kind_of_chart_can_be_drawn(kind: str) -> None:
    counted = {"p": "defectives", "np": "defectives", "c": "defects", "u": "defects"}.get(kind, "measured")
    mean, sigma = (0.2, None) if counted != "measured" else (10.0, 0.1)
    plan = {
        **BORE,
        "sampling": {"pieces": 5},
        "characteristics": {"x": {"kind": counted, "accept": 50, "chart": {"kind": kind, "mean": mean, "sigma": sigma}}},
    }
    shop = Shop(x=plan).stock(1000)
    from twin.model.events import DefectsCounted, TestResultRecorded

    for n in range(4):
        lot = f"L{n}-VALVE"
        shop.order(f"L{n}", 5)
        shop.does("mill_1", f"{lot}/10", 5)
        at = {"effective_us": shop.now_us, "lot": lot, "characteristic": "x"}
        if counted == "measured":
            shop.tell(*(TestResultRecorded(**at, value=10.0 + 0.1 * k) for k in range(5)))
        else:
            shop.tell(DefectsCounted(**at, inspected=5, found=n))
    table = shop.run.control_chart("x")
    assert len(table) == 4
    assert table["upper"].notna().all()
    hv.render(shop.run.plot.control_chart("x"))


# Certificates


def released() -> Shop:
    told = Shop(bore=BORE, final=FINAL).stock(100).order("A", 5)
    told.does("mill_1", "A-VALVE/10", 5)
    told.measure("A-VALVE", bore=10.03)
    told.does("grinder_1", "A-VALVE/20", 5)
    told.measure("A-VALVE", leak=2.5, finish=1.0)
    return told


def test_a_certificate_says_what_was_measured_and_where_the_lot_went() -> None:
    told = released()
    document = told.run.certificate("A-VALVE")
    found = {one["characteristic"]: (one["allowed"], one["results"]) for it in document["inspections"] for one in it["characteristics"]}
    assert found == {"bore": ("9.9 to 10.1 mm", [10.03]), "leak": ("5 ml or less", [2.5]), "finish": ("yes", [1.0])}
    assert document["shipments"] == [{"order": "A", "customer": "acme", "quantity": 5}]
    assert document["made_of"] == [{"lot": "C0", "quantity": 5, "into": "A-VALVE"}]
    assert document["record"]["head"] == told.run.journal.head


def test_a_certificate_is_a_page_and_a_file_for_programs(tmp_path: Path) -> None:
    told = released()
    as_json, as_page = save_certificate(told.run, "A-VALVE", tmp_path)
    assert json.loads(as_json.read_text()) == json.loads(json.dumps(told.run.certificate("A-VALVE")))
    parser, text = HTMLParser(), []
    parser.handle_data = text.append  # type: ignore[method-assign]
    parser.feed(as_page.read_text())
    said = " ".join(text)
    assert all(word in said for word in ("Certificate of analysis", "A-VALVE", "9.9 to 10.1 mm", "10.03 mm", "acme", told.run.journal.head))


def test_what_people_wrote_is_text_on_a_certificate_and_no_markup() -> None:
    document = {**released().run.certificate("A-VALVE"), "title": "<script>alert(1)</script>"}
    assert "<script>" not in certificate_html(document)


def test_no_certificate_of_a_lot_that_is_held_failed_or_not_inspected(shop: Shop) -> None:
    with pytest.raises(NotReleased, match="lot L10-VALVE is held: bore failed"):
        shop.run.certificate("L10-VALVE")
    with pytest.raises(NotReleased, match="lot C0 was not inspected"):
        shop.run.certificate("C0")
    with pytest.raises(ValueError, match=r"no lot 'L1-VALVE' \(did you mean"):
        shop.run.certificate("L1-VALVE")


def test_a_certificate_of_a_lot_that_was_used_as_it_is_says_so() -> None:
    told = Shop(bore=BORE).stock(100).order("A", 5)
    told.does("mill_1", "A-VALVE/10", 5)
    told.measure("A-VALVE", bore=10.2)
    told.say(NonconformanceDispositioned, nonconformance="NC-A-VALVE-bore", disposition="use as is", reason="agreed with acme")
    told.say(NonconformanceClosed, nonconformance="NC-A-VALVE-bore")
    document = told.run.certificate("A-VALVE")
    assert document["nonconformances"][0]["reason"] == "agreed with acme"
    assert "agreed with acme" in certificate_html(document)


# Real machines, and measuring itself


def test_the_plates_of_nist_are_inspected_as_their_record_says(root: Path) -> None:
    """Plates 1 to 20 of the record: the radius of cylinder 3 is out of tolerance in every one, the flatness of plane 1 in none."""
    run = twin.replay(
        root / "plant_models/nist_cell", root / "plant_models/nist_cell/record", root / "scenarios/nist_cell/inspected_plates.yaml"
    )
    table = run.quality.set_index("characteristic")
    assert not table.loc["CYLINDER3.RADIUS1", "is_allowed"].any()
    assert table.loc["PLANE1.FLATNESS1", "is_allowed"].all()
    chart = run.control_chart("SIMPLE_HOLE7.DIAMETER5")
    assert len(chart) == 20
    capability = run.capability.set_index("characteristic")
    assert capability.loc["CYLINDER3.RADIUS1", "ppk"] < 0 < capability.loc["PLANE1.FLATNESS1", "ppk"]


def test_a_gauge_study_takes_a_table_of_measurements_as_it_was_written_down() -> None:
    rows = [
        {"part": part, "person": "ABC"[person], "value": GAUGE[part, person, trial]}
        for trial in range(3) for person in range(3) for part in range(10)
    ]  # fmt: skip
    assert gauge_study(pd.DataFrame(rows)) == pytest.approx(gauge_study(GAUGE.tolist()))
    assert gauge_study(pd.DataFrame(rows), "ranges").category_count == 5
    with pytest.raises(ValueError, match="every part equally often"):
        gauge_study(pd.DataFrame(rows[1:]))
    with pytest.raises(ValueError, match="'mean' is no method; allowed: anova, ranges"):
        gauge_study(pd.DataFrame(rows), "mean")
