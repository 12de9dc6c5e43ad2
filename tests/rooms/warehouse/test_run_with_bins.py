"""A plant with a warehouse as people write it, and a week of the gearbox shop with one: the same facts, its record says the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import twin
from tests.pdf_text import words_of
from tests.rooms.files.small_plant import PLANT, write_plant
from twin import library, study
from twin.command.stock import showing
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.results.exports.recall import recall_file
from twin.results.warehouse.figures import warehouse_of
from twin.results.warehouse.stock_now import stock_now
from twin.simulation.rule_control import NotByRule
from twin.store.files import read_plant

SECTION = """\
warehouse:
  receiving: dock
  shipping: gate
  zones: {cold: {materials: [flour]}}
  bins:
    dock: {}
    gate: {title: Where lorries stand}
    cool: {zone: cold, capacity: 10}
    shelf_a: {capacity: 20, distance_m: 4, materials: [flour]}
  materials:
    flour: {put_away: fixed_bin, bin: cool, picking: fefo, shelf_life: 30 d, per_place: 5}
  replenishment:
    - {material: flour, bin: shelf_a, source: [cool], minimum: 10, maximum: 100}
  waves: [10:00]
  cycle_counts: {a: {share: 0.8, every: 30 d}, b: {share: 0.15, every: 90 d}, c: {every: 180 d}}
"""
TABLES = ("stock", "bins", "reservations", "pick_lists", "cycle_counts", "serial_numbers", "stock_transfers")
SCENARIO, UNTIL = "scenarios/gearbox_shop/warehouse.yaml", "5 d"


def test_all_of_it_is_read_and_kept(tmp_path: Path) -> None:
    plant = read_plant(write_plant(tmp_path, plant=PLANT + SECTION))
    assert plant.layout.warehouse is not None
    assert plant.layout.warehouse.stored("flour").per_place == 5
    assert Plant.model_validate_json(plant.model_dump_json()) == plant


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("receiving: dock", "receiving: dok", "no bin is called 'dok' (did you mean 'dock'?)"),
        ("materials: [flour]}}", "materials: [flower]}}", "no material is called 'flower' (did you mean 'flour'?)"),
        ("zone: cold,", "zone: cool,", "no zone is called 'cool' (did you mean 'cold'?)"),
        ("    dock: {}", "    dock: {capacity: 3}", "bin 'dock' has a capacity, and all goods pass through it"),
        ("bin: cool, picking", "picking", "put_away: fixed_bin names no bin"),
        ("put_away: fixed_bin, ", "", "a bin is named, and put_away is same_material"),
        (", maximum: 100}", "}", "bin 'shelf_a' is filled with 'flour' in no way that can be carried out"),
        ("maximum: 100}", "maximum: 101}", "bin 'shelf_a' is to hold 101 of 'flour', and has room for 100; allowed: at most 100"),
        ("source: [cool]", "source: [shelf_a]", "bin 'shelf_a' cannot be filled from others"),
        (
            "  waves:",
            "    - {material: flour, bin: cool, source: [shelf_a], minimum: 1, maximum: 9}\n  waves:",
            "bin 'cool' is filled with 'flour' from bins that are filled from it",
        ),
        ("share: 0.8", "share: 0.9", "classes A and B have 1.05 of all value"),
        (
            "shipping: gate",
            "shipping: gate\n  sites: {works: {}}",
            "nothing can be brought from one site to another; allowed: transit: a bin",
        ),
        ("shipping: gate", "shipping: gate\n  transit: dock", "'dock' stands somewhere, and what is on its way does not"),
        ("    cool: {zone", "    cool: {site: works, zone", "no site is called 'works'"),
        ("    flour: {put", "    flower: {put", "no material is called 'flower' (did you mean 'flour'?)"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, old: str, new: str, words: str) -> None:
    with pytest.raises(PlantFileError) as caught:
        read_plant(write_plant(tmp_path, plant=PLANT + SECTION.replace(old, new)))
    assert any(words in str(problem) and problem.line > len(PLANT.splitlines()) for problem in caught.value.problems)


@pytest.fixture(scope="module")
def week(root: Path) -> twin.Run:
    return twin.simulate(root / "plant_models/gearbox_shop", root / SCENARIO, until=UNTIL, seed=1)


@pytest.mark.slow
def test_a_week_with_a_warehouse_has_the_same_facts_as_without_and_says_what_lies_where(week: twin.Run, root: Path) -> None:
    scenario = library.read_scenario(root / SCENARIO, root / "plant_models/gearbox_shop")
    plain = twin.simulate(
        root / "plant_models/gearbox_shop", scenario.model_copy(update={"changes": {}, "entries": []}), until=UNTIL, seed=1
    )
    assert week.trace_hash == plain.trace_hash
    stock, bins = week.stock().set_index("material"), week.bins()
    lying = bins.groupby("material")["quantity"].sum()
    assert all(lying[name] == quantity for name, quantity in stock["on_hand"].items() if quantity)
    assert stock["used"].sum() > 0
    used = stock[stock["days_of_stock"].notna()]
    assert (used["days_of_stock"] * used["used"] / 5).round(6).equals(used["on_hand"].astype(float))
    assert set(week.pick_lists()["standing"]) == {"shipped"}
    assert week.pick_lists()["wave"].str.startswith("W-").all()
    assert (week.serial_numbers()["standing"] == "shipped").any()


def test_what_persons_said_is_counted_posted_and_refused(week: twin.Run) -> None:
    counts = week.cycle_counts()
    said = counts[counts["counted_by"] == "marek"].set_index("material")
    assert len(said) == 2
    assert week.record_accuracy() == (said["difference"] == 0).mean()
    (sent,) = week.stock_transfers().to_dict("records")
    assert (sent["bin"], sent["quantity"], sent["received"], sent["on_its_way"]) == ("depot_1", 6, 4, 2)
    assert week.bins().set_index("bin")["quantity"][["road", "depot_1"]].tolist() == [2, 4]
    refused = [it.reason for it in warehouse_of(week).refused]  # type: ignore[union-attr]
    assert any("nothing of lot 'open-OIL' of 'OIL' lies in bin 'goods_in'; it lies in cellar_1" in reason for reason in refused)


@pytest.mark.slow
def test_a_recall_names_the_serial_numbers_that_customers_have_and_begins_with_one(week: twin.Run, tmp_path: Path) -> None:
    units = week.serial_numbers()
    gone = units[units["order"] != ""]
    number, lot, order = gone.iloc[0][["serial_number", "lot", "order"]]
    found = week.recall(number)
    assert found.starts == (lot,)
    who = next(it for it in found.customers if it.order == order)
    assert who.serial_numbers == tuple(gone[(gone["order"] == order) & gone["lot"].isin(who.lots)]["serial_number"])
    assert (len(who.serial_numbers), who.address) == (who.quantity, "Belt Street 12, 30110 Longbridge")
    assert number in next(it.detail for it in week.trace(number).where if it.order == order)
    built = week.as_built(number)
    assert (built.serial_number, built.lot, built.standing.split(",")[0]) == (number, lot, f"shipped to {who.customer} on {order}")
    assert {it["lot"] for it in built.components} == {it.lot for it in week.trace(lot).backward}
    with pytest.raises(ValueError, match=f"did you mean '{number}'"):
        week.trace(f"{number}x")
    words = words_of(recall_file(week, found, ".pdf"))
    assert {"Customers", "Still in house", order, number} <= {one for it in words for one in (it, *it.split(", "))}


def test_its_record_says_the_same(week: twin.Run, root: Path, tmp_path: Path) -> None:
    again = twin.replay(root / "plant_models/gearbox_shop", week.journal.entries(), root / SCENARIO)
    kept = twin.Run.load(week.save(tmp_path / "run"))
    for name in TABLES:
        pd.testing.assert_frame_equal(getattr(week, name)(), getattr(again, name)())
        pd.testing.assert_frame_equal(getattr(week, name)(), getattr(kept, name)())


@pytest.mark.slow
def test_the_command_shows_a_material_alone_and_refuses_one_that_there_is_not(
    week: twin.Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved = week.save(tmp_path / "run")
    asked: dict[str, Any] = {"until": None, "seed": 1, "record": None}
    showing.stock(saved, None, **asked, materials=["OIL"], json=True)
    said = json.loads(capsys.readouterr().out)
    assert {row["lot"] for row in said["bins"]} == set(week.bins().query("material == 'OIL'")["lot"])
    assert [row["material"] for row in said["stock"]] == ["OIL"]
    assert {row["expires"] for row in said["bins"]} == {"2026-03-07T22:00:00.000Z"}
    showing.stock(saved, None, **asked, materials=["OIL"], json=False)
    assert "2026-03-07 23:00" in capsys.readouterr().out  # Saturday's last hour, as the clock in the plant shows it
    with pytest.raises(ValueError, match="there is no material 'OLI'"):
        showing.stock(saved, None, **asked, materials=["OLI"], json=True)


def test_what_the_page_filters_is_what_was_chosen(week: twin.Run) -> None:
    now = stock_now(week)
    found = now.matching("oil", "everything")
    assert {it.material for it in found.materials} == {"OIL"}
    assert {it.lot for it in found.lots} == {it.lot for it in now.lots if it.material == "OIL"}
    assert all("OIL" in it.materials for it in found.bins)
    soon = now.matching("", "expires within 7 days")
    assert {it.lot for it in soon.lots} == {it.lot for it in now.lots if it.soon} == {"open-OIL"}
    assert not now.matching("", "held or expired").lots


def test_rules_that_know_of_no_warehouse_do_not_play_it(root: Path) -> None:
    with pytest.raises(NotByRule, match="warehouse"):
        study.replicate(root / "plant_models/gearbox_shop", root / SCENARIO, 2, until="1 d", by_rule=True)
