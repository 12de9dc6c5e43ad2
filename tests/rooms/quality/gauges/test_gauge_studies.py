"""Gauge studies in the product: persons measure, and the run says EV, AV, PV, %GRR and ndc, as AIAG's manual prints them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.rooms.kernels.quality.published import GAUGE
from tests.rooms.readiness.turning_shop import TurningShop
from twin.model.events import EntryRefused, GaugeMeasured
from twin.results.run import Run

PLANS = {
    "bore": {
        "material": "VALVE", "operation": "10", "gate": False,
        "characteristics": {
            "bore": {"unit": "mm", "lower": -3.0, "upper": 3.0}, "depth": {"unit": "mm", "upper": 4.0}, "oil_tight": {"kind": "yes_no"},
        },
    }
}  # fmt: skip
CALIPER = {"title": "Caliper", "every_days": 90, "last": "2026-03-01", "calibrated_by": "engineer"}
WHO = ("bo", "eve", "ida")


def shop() -> TurningShop:
    return TurningShop(quality_plans=PLANS, calibrations={"caliper": CALIPER})


def says(it: TurningShop, person: str, part: object, value: float, **more: Any) -> str:
    about = {"study": "S1", "characteristic": "bore", "gauge": "caliper", "part": str(part), "value": value, **more}
    return it.say(GaugeMeasured, person=person, **about)


def measured(it: TurningShop, trials: int = 3) -> TurningShop:
    """The study of the manual, all in one round: ten parts, three persons, three trials."""
    about = {"effective_us": it.now_us, "terminal": "lab", "study": "S1", "characteristic": "bore", "gauge": "caliper"}
    it.tell(
        *(
            GaugeMeasured(**about, person=who, part=str(part + 1), value=float(GAUGE[part, person, trial]))
            for trial in range(trials)
            for person, who in enumerate(WHO)
            for part in range(10)
        )
    )
    return it


def test_what_persons_measure_comes_to_what_the_manual_prints() -> None:
    """AIAG MSA, 4th ed., tables III-B 8 and 9: EV 0.199933, AV 0.226838, GRR 0.302373, PV 1.042327, TV 1.0853; %GRR 27.9; ndc 4."""
    it = measured(shop())
    (row,) = it.run.gauge_studies.to_dict("records")
    assert (row["study"], row["parts"], row["persons"], row["trials"], row["missing"]) == ("S1", 10, 3, 3, "")
    deviations = [row[name] for name in ("repeatability", "reproducibility", "gauge_sigma", "part_sigma", "total_sigma")]
    assert deviations == pytest.approx([0.199933, 0.226838, 0.302373, 1.042327, 1.0853], abs=5e-6)
    assert (round(100 * row["gauge_share"], 1), row["category_count"], row["verdict"]) == (27.9, 4, "may do")
    assert row["tolerance_share"] == pytest.approx(6 * 0.302373 / 6.0, abs=1e-5)
    assert it.is_the_same_from_every_source(lambda run: run.gauge_studies, lambda run: run.gauge_measurements("S1"))


def test_every_figure_leads_to_the_values_and_their_entries() -> None:
    it = measured(shop())
    table = it.run.gauge_measurements("S1")
    assert len(table) == 90
    entries = {entry.id: entry.event for entry in it.run.journal.entries()}
    for row in table.itertuples():
        event = entries[row.entry]
        assert isinstance(event, GaugeMeasured)
        assert (event.part, event.person, event.value) == (row.part, row.person, row.value)
    assert table["entry"].is_unique
    with pytest.raises(ValueError, match=r"no gauge study is called 'S2'.*allowed: S1"):
        it.run.gauge_measurements("S2")


def test_as_long_as_somebody_has_to_measure_something_it_is_said_who_and_what() -> None:
    it = measured(shop(), trials=2)
    (before,) = it.run.gauge_studies.to_dict("records")
    assert says(it, "bo", 1, 0.64) == ""
    (row,) = it.run.gauge_studies.to_dict("records")
    assert (before["verdict"], row["verdict"], row["trials"]) == ("may do", "not complete", 3)
    assert row["missing"].startswith("eve part 1 (2 of 3); ida part 1 (2 of 3); bo part 2 (2 of 3)")
    assert row["missing"].endswith("and 21 more")
    one = shop()
    says(one, "bo", 1, 0.1)
    assert one.run.gauge_studies["missing"].iloc[0] == "2 parts or more; 2 persons or more; bo part 1 (1 of 2)"


def test_a_value_that_was_written_down_wrong_is_replaced_and_both_are_kept() -> None:
    wrong, right = measured(shop()), measured(shop())
    assert says(wrong, "eve", 3, 9.9) == "", "a fourth trial"
    assert wrong.run.gauge_studies["verdict"].iloc[0] == "not complete"
    again = measured(shop())
    value = float(GAUGE[2, 1, 0])
    assert says(again, "eve", 3, 9.9, trial=1) == (
        "trial 1 of part '3' is written down already; allowed: another value for a reason, or the next trial"
    )
    assert says(again, "eve", 3, 9.9, trial=1, reason="misread") == ""
    assert again.run.gauge_studies["gauge_share"].iloc[0] > 0.5
    assert says(again, "eve", 3, value, trial=1, reason="it was right") == ""
    row = again.run.gauge_measurements("S1").query("part == '3' and person == 'eve' and trial == 1").iloc[0]
    assert (row["value"], row["was"], row["reason"]) == (value, f"{value:g}, 9.9", "it was right")
    figures = ["repeatability", "reproducibility", "part_sigma", "gauge_share"]
    assert again.run.gauge_studies[figures].iloc[0].tolist() == right.run.gauge_studies[figures].iloc[0].tolist()


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"study": " "}, "it does not say of which study and which part; allowed: a name for each"),
    ({"part": ""}, "it does not say of which study and which part; allowed: a name for each"),
    ({"characteristic": "bor"}, "nothing that is measured is called 'bor' (did you mean 'bore'?); allowed: bore, depth"),
    ({"characteristic": "oil_tight"}, "nothing that is measured is called 'oil_tight'; allowed: bore, depth"),
    ({"characteristic": "depth"}, "study 'S1' is of bore with caliper; allowed: that, or another study"),
    ({"gauge": "calliper"}, "no gauge is called 'calliper' (did you mean 'caliper'?); allowed: caliper"),
    ({"trial": 3}, "trial 3 of part '1'; allowed: 1 to 2, or left out for the next"),
    ({"trial": -1}, "trial -1 of part '1'; allowed: 1 to 2, or left out for the next"),
    ({"person": "mallory"}, "nobody knows a person 'mallory'"),
]


def test_what_cannot_be_is_refused_in_words_and_changes_nothing() -> None:
    it = shop()
    assert says(it, "bo", 1, 0.3) == ""
    for wrong, words in WRONG:
        said = {"person": "bo", "part": "1", "value": 0.3, **wrong}
        assert says(it, **said).startswith(words), wrong
    assert len(it.run.gauge_measurements()) == 1
    assert sum(isinstance(entry.event, EntryRefused) for entry in it.run.journal.entries()) == len(WRONG)


def test_parts_that_are_all_alike_make_no_gauge_good() -> None:
    """Where nothing varies there is nothing to divide by; where only the measuring varies the gauge is all of it."""
    it = shop()
    for person in ("bo", "eve"):
        for part in (1, 2):
            for value in (1.0, 1.0):
                says(it, person, part, value)
    (row,) = it.run.gauge_studies.to_dict("records")
    assert (row["gauge_sigma"], row["total_sigma"], row["verdict"]) == (0, 0, "good")
    assert row["gauge_share"] is None or row["gauge_share"] != row["gauge_share"]
    noisy = shop()
    for person in ("bo", "eve"):
        for part in (1, 2):
            for value in (1.0, 2.0):
                says(noisy, person, part, value)
    (row,) = noisy.run.gauge_studies.to_dict("records")
    assert (row["gauge_share"], row["category_count"], row["verdict"]) == (1.0, 0, "not to be used")


def test_the_command_prints_it_and_says_it_to_programs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from twin.command.quality.showing import quality

    saved = measured(shop()).run.save(tmp_path / "run")
    about: dict[str, Any] = {"until": None, "seed": 1, "record": None, "charts": (), "certificates": (), "out": tmp_path}
    quality(saved, None, **about, json=True)
    said = json.loads(capsys.readouterr().out)
    assert [it["category_count"] for it in said["gauge_studies"]] == [4]
    assert len(said["gauge_measurements"]) == 90
    quality(saved, None, **about, json=False)
    printed = capsys.readouterr().out
    assert "Gauge studies" in printed
    assert "What gauge studies rest on" in printed


def test_a_run_without_any_has_an_empty_table() -> None:
    run: Run = shop().run
    assert len(run.gauge_studies) == len(run.gauge_measurements()) == 0
