"""A run as a person uses it: tables with units, hashes, saving and loading."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import twin
from tests.rooms.quality.valve_shop import is_watermark, lived_run, of_type
from tests.rooms.results.tables.test_from_every_source import TABLES
from twin import study
from twin.model.events import EquipmentStateChanged, Heartbeat, JobOrderCommand
from twin.model.states import Source
from twin.rebuilding import rebuild
from twin.results.database.folded import folded_rows
from twin.results.summary import grouped
from twin.results.views.money import growth, steps
from twin.results.views.requests import request_costs
from twin.results.views.schedule import stops
from twin.store.journal import DatabaseJournal, StoreError, transcribe
from twin.store.projections import project_rows


@pytest.fixture(scope="module")
def shop(root: Path) -> Path:
    return root / "plant_models" / "gearbox_shop"


@pytest.fixture(scope="module")
def run(shop: Path) -> twin.Run:
    return twin.simulate(shop, until="1 d 4 h", seed=1)


@pytest.mark.slow
def test_the_same_seed_gives_the_same_hashes_and_another_seed_others(shop: Path, run: twin.Run) -> None:
    again = twin.simulate(shop, until="1 d 4 h", seed=1)
    assert (again.trace_hash, again.journal.head) == (run.trace_hash, run.journal.head)
    assert twin.simulate(shop, until="1 d 4 h", seed=2).trace_hash != run.trace_hash


@pytest.mark.slow
def test_a_shorter_run_is_the_beginning_of_a_longer_one(shop: Path, run: twin.Run) -> None:
    shorter = twin.simulate(shop, until="20 h", seed=1)
    bound = shorter.scenario.start_us + 20 * 3_600_000_000
    kept = [(type(e.event), e.event) for e in run.journal.entries() if e.event.effective_us < bound]
    seen = [(type(e.event), e.event) for e in shorter.journal.entries() if e.event.effective_us < bound]
    assert seen == kept


def test_states_tile_time_for_every_piece_of_equipment(run: twin.Run) -> None:
    states = run.states
    assert set(states["equipment"]) == set(run.plant.equipment)
    for _, its in states.groupby("equipment"):
        own = its.sort_values("start")
        assert (own["start"].iloc[1:].to_numpy() == own["end"].iloc[:-1].to_numpy()).all()
        assert own["start"].iloc[0] == pd.Timestamp(run.scenario.start_us, unit="us", tz="UTC")
        assert own["end"].iloc[-1] == pd.Timestamp(run.now_us, unit="us", tz="UTC")


def test_the_ledger_balances_entry_by_entry_and_agrees_with_the_books(run: twin.Run) -> None:
    ledger = run.ledger
    assert (ledger.groupby("entry")["amount_eur"].sum().abs() < 0.005).all()
    by_account = ledger.groupby("account")["amount_eur"].sum()
    for code, minor in run.erp.ledger.balances.items():
        assert by_account.get(code, 0.0) == pytest.approx(minor / 100, abs=0.005)


def test_every_table_has_its_units_and_no_duplicate_rows(run: twin.Run) -> None:
    assert run.events["seq"].is_unique
    assert run.lots["lot"].is_unique
    assert run.orders["order"].is_unique
    assert {"margin_eur", "late_h"} <= set(run.orders.columns)
    assert {"total_eur", "variance_eur"} <= set(run.costs.columns)
    assert run.indicators["oee"].between(0, 1.5).any()
    for scope in ("work_center", "area", "plant", "request", "shift", "product"):
        assert len(run.indicators_by(scope))


def test_a_window_without_time_is_an_empty_question_not_a_fault(run: twin.Run) -> None:
    assert run.indicators_by("equipment", run.now_us, run.now_us)["oee"].isna().all()
    with pytest.raises(ValueError, match="allowed: equipment, work_center, area, plant, request"):
        run.indicators_by("moon")


def test_genealogy_names_the_lots_of_a_finished_product(run: twin.Run) -> None:
    finished = run.job_orders.loc[lambda t: (t["operation"] == "10") & (t["status"] == "Completed"), "lot"].iloc[0]
    backward = run.genealogy(finished)
    assert len(backward)
    origin = backward["lot"].iloc[0]
    assert finished in set(run.genealogy(origin, "forward")["into"])
    with pytest.raises(ValueError, match="did you mean"):
        run.genealogy(finished + "x")


def test_saved_and_loaded_it_is_the_same_run(run: twin.Run, tmp_path: Path) -> None:
    loaded = twin.load(run.save(tmp_path / "kept"))
    assert (loaded.trace_hash, loaded.journal.head) == (run.trace_hash, run.journal.head)
    assert loaded.summary() == run.summary()
    for table in ("events", "states", "lots", "job_orders", "orders", "costs", "ledger", "indicators"):
        pd.testing.assert_frame_equal(getattr(loaded, table), getattr(run, table))


def test_a_changed_page_is_refused(run: twin.Run, tmp_path: Path) -> None:
    folder = run.save(tmp_path / "kept")
    (folder / "events.parquet").write_bytes(b"not a page")
    with pytest.raises(StoreError, match="no event page"):
        twin.load(folder)
    (folder / "plant.json").unlink()
    with pytest.raises(StoreError, match="no saved run"):
        twin.load(folder)


@pytest.mark.parametrize("name", ["plant.json", "scenario.json", "summary.json", "ledger.beancount"])
def test_what_was_saved_beside_the_page_is_as_it_was_saved(run: twin.Run, tmp_path: Path, name: str) -> None:
    """An order of 9 instead of 8, another price, another seed: it would be another run under this one's name."""
    folder = run.save(tmp_path / "kept")
    text = (folder / name).read_text()
    digit = next(n for n, sign in enumerate(text) if sign in "12345678")
    (folder / name).write_text(text[:digit] + "9" + text[digit + 1 :])
    with pytest.raises(StoreError, match=f"{name} was changed after the run was saved|no saved run"):
        twin.load(folder)


@pytest.fixture(scope="module")
def again(shop: Path, run: twin.Run) -> twin.Run:
    """The run, replayed from its journal."""
    return twin.replay(shop, list(run.journal.entries()))


def test_replaying_a_run_gives_the_same_trace_and_conclusions(run: twin.Run, again: twin.Run, shop: Path) -> None:
    assert again.trace_hash == run.trace_hash
    assert [e.event for e in again.journal.entries()] == [e.event for e in run.journal.entries()]
    twice = twin.replay(shop, list(again.journal.entries()))
    assert twice.journal.head == again.journal.head


def test_as_recorded_it_is_the_same_run_and_its_tables_are_the_same(run: twin.Run, shop: Path, tmp_path: Path) -> None:
    record, copy = (DatabaseJournal(tmp_path / f"{name}.db") for name in ("record", "copy"))
    transcribe(run.journal.entries(), record)
    rebuilt = rebuild(shop, record, journal=copy)
    assert rebuilt.journal.head == run.journal.head
    assert rebuilt.summary() | {"seed": 1} == run.summary()
    assert project_rows(copy.entries()) == project_rows(run.journal.entries())
    assert folded_rows(rebuilt) == folded_rows(run)
    record.close()
    copy.close()


@pytest.mark.parametrize(
    ("plant", "of", "says"),
    [
        ("bottling_line", "record.db", "entry 2 tells of 'saw_1', which bottling_line does not have; allowed: a journal of the same plant"),
        ("gearbox_shop", "none.db", "none.db: there is no such journal"),
        ("gearbox_shop", "events.parquet", "events.parquet is no journal; allowed as it was recorded: a .db file or a database URL"),
    ],
)
def test_what_cannot_be_taken_as_recorded_is_refused_in_words(root: Path, tmp_path: Path, plant: str, of: str, says: str) -> None:
    record = DatabaseJournal(tmp_path / "record.db")
    record.append(Heartbeat(effective_us=1, reason="start"), source=Source.SIMULATED)
    record.append(EquipmentStateChanged(effective_us=1, equipment="saw_1", state=4), source=Source.SIMULATED)
    record.commit()
    record.close()
    with pytest.raises((StoreError, ValueError), match=re.escape(says)):
        rebuild(root / "plant_models" / plant, tmp_path / of, journal=tmp_path / "copy.db")
    assert not Path(tmp_path / "copy.db").exists() or not len(DatabaseJournal(tmp_path / "copy.db"))


@pytest.fixture(scope="module")
def live(run: twin.Run) -> twin.Run:
    """The run once more, of a live plant that says all this instant by instant."""
    said = [(entry.event, entry.source) for entry in run.journal.entries() if entry.source != Source.RULE]
    return lived_run(run.plant, said, run.scenario)[0]


def test_live_it_has_the_journal_of_its_simulation_but_for_commands_that_were_obeyed_at_once(run: twin.Run, live: twin.Run) -> None:
    """Within an instant a simulated plant is asked and obeys in turn; a live one's whole instant is known before anything is decided."""
    simulated, heard = (Counter(repr(entry.event) for entry in it.journal.entries() if not is_watermark(entry.event)) for it in (run, live))
    assert heard - simulated == Counter()
    missing = simulated - heard
    events = [entry.event for entry in run.journal.entries()]
    obeyed = {(it.effective_us, it.equipment) for it in of_type(events, EquipmentStateChanged)}
    commands = [it for it in events if repr(it) in missing]
    assert {(type(it), it.command) for it in commands} == {(JobOrderCommand, "Start"), (JobOrderCommand, "Resume")}
    assert {(it.effective_us, it.equipment) for it in commands} <= obeyed


def test_the_run_replayed_and_live_shows_the_same_figures(run: twin.Run, again: twin.Run, live: twin.Run) -> None:
    """What is in progress and finished, output beside forecast and plan, the ISO 22400 set, and what is learned from: digit by digit."""
    for name, table in TABLES.items():
        shown = table(run).to_csv()
        assert table(again).to_csv() == shown, name
        # What is learned from says what was known at a command; a live plant that obeyed it in the same instant has none.
        assert "learning" in name or table(live).to_csv() == shown, name


def test_the_steps_from_revenue_to_result_add_up(run: twin.Run) -> None:
    found = steps(run)
    assert found[0].amount_minor + sum(s.amount_minor for s in found[1:-1]) == found[-1].amount_minor
    last = growth(run)[-1]
    assert last.revenue_minor - last.cost_minor == found[-1].amount_minor


def test_what_is_asked_for_and_is_not_there_is_said_in_words(run: twin.Run) -> None:
    a_lot = next(iter(run.mes.tracking.lots))
    for look in (run.genealogy, run.inspections):
        with pytest.raises(ValueError, match=rf"no lot '{a_lot}x' \(did you mean"):
            look(a_lot + "x")
    with pytest.raises(ValueError, match="'x' colours no bar; allowed: material, order, request"):
        run.plot.gantt("x")


@pytest.mark.parametrize("seed", ["x", 1.5, None, True])
def test_a_seed_is_a_whole_number(shop: Path, seed: Any) -> None:
    with pytest.raises(ValueError, match="a seed is a whole number"):
        twin.simulate(shop, until="1 h", seed=seed)
    with pytest.raises(ValueError, match="a seed is a whole number"):
        study.replicate(shop, n=2, until="1 h", seed=seed, workers=1)


def test_lines_that_a_plant_has_no_use_for_are_not_shown(run: twin.Run) -> None:
    """The shop declares no overheads and pays no freight; programs find their accounts all the same."""
    assert "Overhead" not in run._repr_html_()
    assert "Freight" not in run._repr_html_()
    assert "Revaluation of stock" in run._repr_html_()
    assert "overhead_payable" in {row["account"] for row in run.summary()["balance_sheet"]}


@pytest.mark.parametrize("until", [5, 5.0, True, ["5 d"]])
def test_how_long_is_a_duration_with_its_unit(shop: Path, until: Any) -> None:
    with pytest.raises(ValueError, match=r"is no duration; allowed: .* as in '4.5 min' or '1 d 6 h'"):
        twin.simulate(shop, until=until)


def test_the_largest_stock_at_the_largest_price_is_kept_and_read_to_the_cent(shop: Path, tmp_path: Path) -> None:
    """Not one digit is lost on the way to a database and back, though a float has fewer."""
    text = (shop / "items.yaml").read_text()
    cost = re.search(r"standard_cost: [0-9.]+ EUR", text)
    assert cost
    for file in shop.glob("*.yaml"):
        (tmp_path / file.name).write_text(file.read_text())
    dear = text.replace(cost[0], "standard_cost: 499_999_999.99 EUR", 1)
    (tmp_path / "items.yaml").write_text(re.sub(r"opening_stock: \d+", "opening_stock: 100000000", dear))
    scenario = shop.parent.parent / "scenarios/gearbox_shop/baseline.yaml"
    run = twin.simulate(tmp_path, scenario, until="1 min", journal=tmp_path / "run.db")
    stock = max(run.summary()["balance_sheet"], key=lambda row: float(row["amount"]))
    assert stock["amount"].endswith(".00")
    assert int(stock["amount"][:-3]) >= 49_999_999_999_000_000
    assert grouped("-49999999999000000.07") == "-49,999,999,999,000,000.07"
    run.journal.close()


def test_stops_are_what_the_states_say_was_not_worked(run: twin.Run) -> None:
    """Two ways: from the records of the MES, and from the events in the journal."""
    units = {*run.plant.layout.work_units, *run.plant.layout.production_lines}
    stood = run.states[run.states["state"].isin(["Held", "Aborted", "Suspended"]) & run.states["equipment"].isin(units)]
    found = stops(run)
    assert sum(stop.end_us - stop.start_us for stop in found) / 3.6e9 == pytest.approx(stood["duration_h"].sum())
    assert {stop.kind for stop in found} == {"down", "off shift", "waiting"}


def test_the_bars_of_a_gantt_chart_are_full_only_where_somebody_worked(run: twin.Run) -> None:
    _, worked = run.plot.gantt()
    table = worked.dframe()
    hours = (table["end"] - table["start"]).dt.total_seconds().sum() / 3600
    started = run.states[run.states["job_order"].ne("") & run.states["state"].isin(["Starting", "Execute"])]
    assert hours == pytest.approx(started["duration_h"].sum())
    assert "person" in table


def test_what_requests_have_cost_adds_up_and_has_those_in_work_first(run: twin.Run) -> None:
    costs = request_costs(run)
    assert costs.total.total_minor == round(run.costs["total_eur"].sum() * 100)
    standings = [it.standing for it in costs.requests]
    assert standings == sorted(standings, key=["in work", "done", "not started"].index)
    assert all((it.variance_minor is None) == (it.standing != "done") for it in costs.requests)


def test_the_summary_says_what_the_tables_say(run: twin.Run) -> None:
    """It is reckoned without pandas, so that a command has its result before pandas is imported."""
    said = run.summary()
    orders, indicators, costs = (pd.DataFrame(said[name]) for name in ("customer_orders", "indicators", "costs_by_product"))
    for name in ("confirmed", "due", "shipped"):
        orders[name] = pd.to_datetime(orders[name], utc=True, format="ISO8601").astype(run.orders[name].dtype)
    pd.testing.assert_frame_equal(orders, run.orders, atol=1e-6)
    pd.testing.assert_frame_equal(indicators, run.indicators, atol=1e-6)
    closed = run.costs[run.costs["status"] == "closed"].groupby("material", sort=False)
    for name in (
        "produced",
        "scrapped",
        "material_eur",
        "labour_eur",
        "machine_eur",
        "energy_eur",
        "total_eur",
        "scrap_eur",
        "standard_eur",
    ):
        assert costs.set_index("material")[name].to_dict() == pytest.approx(
            closed[name].sum().to_dict() | dict.fromkeys(still_open(run), 0)
        )


def still_open(run: twin.Run) -> set[str]:
    """Materials of which open requests alone have made something."""
    closed = run.costs["status"] == "closed"
    made = run.costs[(run.costs["produced"] > 0) & ~closed]
    return set(made["material"]) - set(run.costs[closed]["material"])


def test_it_shows_itself_in_a_notebook(run: twin.Run) -> None:
    page = run._repr_html_()
    assert "Gearbox shop" in page
    assert "Operating result" in page
    assert "15" in repr(run) or "events" in repr(run)


def test_figures_can_be_drawn(run: twin.Run) -> None:
    import holoviews as hv

    for figure in (run.plot.gantt(), run.plot.states(), run.plot.costs()):
        assert hv.render(figure, backend="bokeh") is not None
