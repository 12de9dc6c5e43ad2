"""A simulated plant in which somebody measures: the same beside either engine, replayed, and gone on with."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from scipy.stats import poisson

import twin
from tests.rooms.apps.hand_shop import hand_shop, two_orders
from tests.rooms.quality.valve_shop import SCENARIO, _Told, valve_shop
from twin.model.events import DefectsCounted, EntryRefused, JobOrderCommandRefused, QueueTimeExceeded, TestRequested, TestResultRecorded
from twin.model.events.genealogy import LotRegrouped
from twin.model.floor.quality_plan import Characteristic
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.run import replay
from twin.simulation.beside.measured_plant import MeasuredPlant, _poisson

PLANT, SCENARIO_FILE = "plant_models/gearbox_shop", "scenarios/gearbox_shop/measured_teeth.yaml"


@pytest.fixture(scope="module")
def run(root: Path) -> twin.Run:
    return twin.simulate(root / PLANT, root / SCENARIO_FILE, until="4 d", seed=1)


@pytest.mark.slow
def test_a_chart_sees_a_worn_hob_before_a_lot_fails_and_holds_what_it_made(run: twin.Run) -> None:
    """The hob is worn from Thursday, 06:00; no tooth is out of its limits, and the first lot after it is held."""
    quality = run.mes.quality
    assert {it.verdict for it in quality.inspections.all.values()} == {"passed"}
    (first, *_) = quality.holds.reasons
    made_us = quality.inspections.all["teeth", first].asked_us
    assert made_us >= run.scenario.start_us + 3 * 86_400_000_000
    assert all(it.lot != first for it in run.mes.job_orders.values() if it.operation == "40" and it.started_us >= 0)


@pytest.mark.slow
def test_both_engines_measure_the_same(root: Path, run: twin.Run) -> None:
    other = twin.simulate(root / PLANT, root / SCENARIO_FILE, until="4 d", seed=1, engine="simpy")
    assert (other.trace_hash, other.journal.head) == (run.trace_hash, run.journal.head)


@pytest.mark.slow
def test_the_record_replayed_says_the_same_of_quality(root: Path, run: twin.Run) -> None:
    entries = list(run.journal.entries())
    again = twin.replay(root / PLANT, entries, root / SCENARIO_FILE)
    assert [entry.event for entry in again.journal.entries()] == [entry.event for entry in entries]


@pytest.mark.slow
def test_a_run_goes_on_from_a_moment_with_the_same_measurements(run: twin.Run) -> None:
    again = twin.at(run, "2 d").go_on(until_us=run.now_us)
    ids = [entry.id for entry in again.journal.entries()]
    assert ids[:-5] == [entry.id for entry in run.journal.entries()][: len(ids) - 5]


def test_another_seed_measures_other_values(root: Path, run: twin.Run) -> None:
    other = twin.simulate(root / PLANT, root / SCENARIO_FILE, until="1 d", seed=2)
    first = [next(e.event.value for e in it.journal.entries() if isinstance(e.event, TestResultRecorded)) for it in (run, other)]
    assert first[0] != first[1]


DRAWN = {
    "material": "VALVE", "operation": "10", "sampling": {"pieces": 400},
    "characteristics": {
        "bore": {"drawn": {"mean": 10.0, "sd": 0.5, "shift": 2.0, "shift_at": "1 h"}, "upper": 11},
        "burrs": {"kind": "defectives", "drawn": {"mean": 0.2}}, "pores": {"kind": "defects", "drawn": {"mean": 1.5}},
        "sound": {"kind": "yes_no", "drawn": {"mean": 0.9}}, "by_hand": {},
    },
}  # fmt: skip


def answers(at_us: int) -> list[DefectsCounted | TestResultRecorded]:
    plant = MeasuredPlant(_Told([]), valve_shop(look=DRAWN), SCENARIO, seed=1)
    plant.send([TestRequested(effective_us=at_us, lot="L", plan="look", material="VALVE", pieces=400)])
    return list(plant.advance() or [])  # type: ignore[arg-type]


def test_what_is_measured_is_distributed_as_declared() -> None:
    """400 draws: means within 4 standard errors; what has no distribution is measured by nobody."""
    found = answers(SCENARIO.start_us)
    bores = np.array([it.value for it in found if isinstance(it, TestResultRecorded) and it.characteristic == "bore"])
    assert abs(bores.mean() - 10.0) < 4 * 0.5 / 20
    assert abs(bores.std(ddof=1) / 0.5 - 1) < 4 / np.sqrt(800)
    assert [it.passed for it in found if isinstance(it, TestResultRecorded) and it.characteristic == "bore"] == [b <= 11 for b in bores]
    counts = {it.characteristic: it.found for it in found if isinstance(it, DefectsCounted)}
    assert abs(counts["burrs"] - 80) < 4 * 8
    assert abs(counts["pores"] - 600) < 4 * np.sqrt(600)
    sound = [it.value for it in found if isinstance(it, TestResultRecorded) and it.characteristic == "sound"]
    assert set(sound) == {0.0, 1.0}
    assert abs(sum(sound) - 360) < 4 * 6
    assert {it.characteristic for it in found} == {"bore", "burrs", "pores", "sound"}


def test_a_shift_is_seen_from_its_instant_on() -> None:
    before, after = answers(SCENARIO.start_us), answers(SCENARIO.start_us + 3_600_000_000)
    assert isinstance(before[0], TestResultRecorded)
    assert isinstance(after[0], TestResultRecorded)
    assert after[0].value - before[0].value == pytest.approx(2.0)


def test_a_characteristic_says_what_is_allowed() -> None:
    asked = [Characteristic(lower=1.0, upper=2.0, unit="mm"), Characteristic(upper=2.0), Characteristic(lower=1.0), Characteristic()]
    assert [it.asked for it in asked] == ["1 to 2 mm", "2 or less", "1 or more", "any"]
    assert Characteristic(kind="yes_no").asked == "yes"
    assert Characteristic(kind="defects", accept=3).asked == "3 or fewer defects"


@pytest.mark.parametrize("mean", [0.0, 0.3, 4.0, 120.0, 800.0, 50_000.0])
@pytest.mark.parametrize("share", [1e-9, 0.01, 0.5, 0.975, 1 - 1e-6])
def test_defects_are_the_quantiles_of_poisson_however_many_there_are(mean: float, share: float) -> None:
    assert _poisson(mean, share) == int(poisson.ppf(share, mean))


def test_the_largest_uniform_is_still_a_number_of_defects() -> None:
    """Shares of 0.3 may add up to less than it, and then nothing ends the search but its reach."""
    assert all(_poisson(mean, np.nextafter(1.0, 0.0)) <= mean + 10 * np.sqrt(mean) + 40 for mean in (0.3, 1.1, 2.7, 800.0))


def said(at: str, what: str, **about: object) -> dict[str, object]:
    return {"at": at, "person": "quinn", "terminal": "desk", "says": what, "about": about}


def played_alike(entries: list[dict[str, object]], until: str, plant: Plant | None = None) -> twin.Run:
    """Two orders in the hand shop, with what somebody says meanwhile: the same from both engines and from the record, and none refused."""
    plant, declared = plant or hand_shop(), two_orders().model_dump(mode="json", exclude_unset=True)
    scenario = Scenario.model_validate({**declared, "entries": entries})
    run, other = (twin.simulate(plant, scenario, until=until, seed=1, engine=engine) for engine in ("compiled", "simpy"))
    assert run.journal.head == other.journal.head
    assert [it.event for it in run.journal.entries() if isinstance(it.event, EntryRefused | JobOrderCommandRefused)] == []
    assert run.violations(whole=True) == []
    again = replay(list(run.journal.entries()), plant, scenario)
    assert [entry.event for entry in again.journal.entries()] == [entry.event for entry in run.journal.entries()]
    return run


def test_in_a_simulated_plant_parts_and_whole_lots_are_scrapped_and_reworked_from_any_operation_whoever_plays_it() -> None:
    """Two of A's valves are found wrong at the grinder and ground again from stock; B waits, and goes: two back, one and two lost."""

    def decided(at: str, name: str, quantity: int, **how: str) -> list[dict[str, object]]:
        raised = {"lot": f"{name[0]}-VALVE", "nonconformance": name, "quantity": quantity, "description": "scratched"}
        return [
            said(at, "NonconformanceRaised", **raised), said(at, "NonconformanceContained", nonconformance=name, action="set aside"),
            said(at, "NonconformanceDispositioned", nonconformance=name, **how),
        ]  # fmt: skip

    entries = [
        *decided("45 min", "A1", 2, disposition="rework", rework_to="20"),
        said("1 h", "LotHoldRequested", lot="B-VALVE", reason="noise at the mill"),
        *decided("75 min", "B1", 2, disposition="rework", rework_to="10"), *decided("75 min", "B2", 1, disposition="scrap"),
        *decided("90 min", "B3", 2, disposition="scrap"),
    ]  # fmt: skip
    run = played_alike(entries, "8 h")
    scenario, lots = run.scenario, run.mes.lots
    again = run.mes.job_orders["A-VALVE.W1/20"]
    assert (again.quantity, again.status) == (2, "Completed")
    assert again.started_us >= run.mes.job_orders["A-VALVE/20"].ended_us > scenario.start_us + 45 * 60_000_000
    assert {name: (it.produced, it.scrapped) for name, it in lots.items() if it.made_here and it.request.startswith("B-VALVE")} == {
        "B-VALVE": (0, 3), "B-VALVE.R": (2, 0), "B-VALVE.F2": (3, 0),
    }  # fmt: skip
    assert {name: it.shipped for name, it in run.erp.customer_orders.orders.items()} == {"A": 5, "B": 5}


def test_in_a_simulated_plant_parts_of_a_lot_go_on_by_themselves_from_any_operation_and_are_put_together_again() -> None:
    """B is bored, and waits for the grinder while A is there: two parts are split off, and one of them comes back to it."""
    parted = [said("75 min", "LotSplitRequested", lot="B-VALVE", quantity=quantity) for quantity in (2, 1)]
    joined = said("90 min", "LotMergeRequested", lot="B-VALVE", from_lots=["B-VALVE.S1"])
    ground = {"segment": "grind", "run": "12 min", "rework_to": "10", "queue_limit": {"after": "10", "within": "25 min"}}
    routing = {"VALVE": {"10": {"segment": "bore", "run": "6 min", "setup_family": "valves"}, "20": ground}}
    run = played_alike([*parted, joined], "5 h", hand_shop({"routings": routing}))
    told = [it.event for it in run.journal.entries() if isinstance(it.event, LotRegrouped)]
    assert [(it.from_lot, it.lot, it.quantity) for it in told] == [
        ("B-VALVE", "B-VALVE.S1", 2), ("B-VALVE", "B-VALVE.S2", 1), ("B-VALVE.S1", "B-VALVE", 2),
    ]  # fmt: skip
    ground_of = {name: job.good for name, job in run.mes.job_orders.items() if name.endswith("/20") and job.good}
    assert ground_of == {"A-VALVE/20": 5, "B-VALVE/20": 4, "B-VALVE.S2/20": 1}
    late = [(it.event.job_order, it.event.quantity) for it in run.journal.entries() if isinstance(it.event, QueueTimeExceeded)]
    assert late == [("B-VALVE.S2/20", 1), ("B-VALVE/20", 4)], "a part has waited as long as the whole"
    assert {name: it.shipped for name, it in run.erp.customer_orders.orders.items()} == {"A": 5, "B": 5}
