"""A plant put together from what MES and ERP know at an instant goes on as the plant itself does, and its futures cover what comes."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

import twin
from tests.parity.any_bills import plants_with_bills
from tests.parity.test_levels_by_rule import Case, by_rule, said_by_equipment, shipped_shop
from tests.rooms.simulation.small_floor import SINGLE, TWO_STEPS, plant_of, scenario_of
from twin import library, study
from twin import run as path
from twin.kernels.floor.rows import log_rows as said
from twin.model.events import JobOrderCommand, MaterialIdentified, OperationsEvent
from twin.model.states import JobCommand
from twin.now.plant_now import PlantNow, plant_now
from twin.results.run import Run
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.kept.snapshot import Snapshot
from twin.simulation.compiled_plant.shadow import Shadow

HOUR_US = 3_600_000_000
DAY_US = 24 * HOUR_US


def watched(case: Case, seed: int, now_us: int) -> Run:
    """The journal, the MES and the ERP of a run up to now; what the plant itself knows is forgotten."""
    plant, scenario = case
    run = path.carry(CompiledPlant(plant, scenario, seed, now_us + 1), Run(plant, scenario))
    run.now_us = now_us  # the heartbeat of its end came later
    return run


def as_told(case: Case, facts: list[OperationsEvent], now_us: int) -> Run:
    """A run of which nothing is known but a record of its facts up to now."""
    plant, scenario = case
    replayed = path.replay([fact for fact in facts if fact.effective_us <= now_us], plant, scenario)
    replayed.now_us = now_us
    return replayed


def goes_on(now: PlantNow, plant: CompiledPlant | None = None) -> list[OperationsEvent]:
    """What the plant says from now on, with the totals of the seed that it was given."""
    plant, facts = plant or CompiledPlant.resume(now.snapshot), list[OperationsEvent]()
    while (more := plant.advance()) is not None:
        facts += more
    return facts


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(case=plants_with_bills(), seed=st.integers(0, 2**32), share=st.floats(0, 0.9))
def test_with_the_totals_as_they_were_drawn_it_is_the_plant_itself(case: Case, seed: int, share: float) -> None:
    """Lots, jobs, ages, set-ups, failures, crews, persons, lines, storages, stock, requests, orders: one that is wrong shows."""
    plant, scenario = case
    assume(not plant.vehicles)  # whom they drive to is told by nobody
    stopped = {stop.equipment for stop in scenario.disturbances} | {name for name, failures in plant.failures.items() if failures}
    assume(not any(upkeep for name, upkeep in plant.maintenance.items() if name in stopped))  # what is down hides it
    now_us, until_us = scenario.start_us + int(share * scenario.horizon) + 1, scenario.start_us + scenario.horizon
    facts = by_rule(case, seed)
    now = plant_now(watched(case, seed, now_us), until_us=until_us, seed=seed)
    assert goes_on(now) == [fact for fact in facts if fact.effective_us > now_us]


def test_maintenance_that_took_no_time_is_not_due_again_for_what_it_was_done_for() -> None:
    """It is told at the very instant at which the lot was counted that it was due for."""
    oiled = {"work_units/lathe/maintenance": "[{reason: oil, after_pieces: 4, lasts: 0 min}]"}
    case = plant_of(TWO_STEPS, SINGLE.replace("lot_size: 1", "lot_size: 3"), **oiled), scenario_of("shaft 9")
    facts = by_rule(case, 1)
    oilings = [it.effective_us for it in facts if getattr(it, "reason", "") == "oil"]
    assert oilings
    now = plant_now(watched(case, 1, oilings[0] + 1), until_us=case[1].start_us + case[1].horizon, seed=1)
    assert goes_on(now) == [it for it in facts if it.effective_us > oilings[0] + 1]


@pytest.mark.parametrize("plant", ["gearbox_shop", "bottling_line"])
@pytest.mark.parametrize("hours", [1, 7, pytest.param(30, marks=pytest.mark.slow)])
def test_a_shipped_plant_goes_on_from_its_journal(plant: str, hours: int) -> None:
    case = shipped_shop(plant)
    now_us = case[1].start_us + hours * HOUR_US + 12_345
    until_us = now_us + (4 * DAY_US if plant == "gearbox_shop" else 5 * HOUR_US)
    facts = by_rule(case, 5, until_us)
    now = plant_now(as_told(case, facts, now_us), until_us=until_us, seed=5)
    assert goes_on(now) == [fact for fact in facts if fact.effective_us > now_us]
    assert goes_on(now, CompiledPlant.resume(Snapshot.from_bytes(now.snapshot.to_bytes()))) == goes_on(now)


@pytest.mark.slow
def test_futures_from_the_journal_cover_what_comes() -> None:
    """How much equipment says from now on has no special rank among 19 futures: over 30 seeds its ranks are uniform.

    Probability integral transform; Gneiting, Balabdaoui, Raftery (2007), J. R. Stat. Soc. B 69, 243.
    """
    case = shipped_shop("gearbox_shop")
    start_us = case[1].start_us
    now_us, until_us = start_us + DAY_US // 2, start_us + 2 * DAY_US
    ranks = []
    for seed in range(30):
        now = plant_now(watched(case, seed, now_us), until_us=until_us)
        shadow = Shadow.standing_as(CompiledPlant.resume(now.snapshot), now_us, until_us)
        told = CompiledPlant(*case, seed, until_us, control="planned").run_on()
        true = said_by_equipment(told[told[:, said.EVENT_US] > now_us])
        counts = [said_by_equipment(rows) for rows in shadow.futures(range(1000 * seed + 1000, 1000 * seed + 1019))]
        noise = np.random.default_rng(seed).random(20)
        ranks.append(sum((count, tie) < (true, noise[-1]) for count, tie in zip(counts, noise[:-1], strict=True)))
    assert stats.chisquare(np.bincount(np.array(ranks) // 4, minlength=5)).pvalue > 1e-4


def test_how_long_a_lot_is_still_on_its_way_differs_from_future_to_future() -> None:
    """Nobody knows the total that was drawn: it is longer than the age, and what else may be drawn."""
    transport = {"routings/shaft/10/transport": "{uniform: {low: 5 min, high: 10 min}}"}
    case = plant_of(TWO_STEPS, SINGLE, **transport), scenario_of("shaft 30")
    now_us = case[1].start_us + 13 * 60_000_000
    run = watched(case, 1, now_us)
    on_their_way = {
        name: job.before.ended_us for name, job in run.mes.job_orders.items() if job.before and job.before.ended_us >= 0 > job.turn_us
    }
    assert len(on_their_way) == 1
    now, came_us = plant_now(run), list[int]()
    for seed in range(40):
        scans = [fact for fact in goes_on(now, now.begin(seed)) if isinstance(fact, MaterialIdentified) and fact.job_order in on_their_way]
        assert [fact.job_order for fact in scans] == list(on_their_way)
        came_us += [fact.effective_us - on_their_way[fact.job_order] for fact in scans]
        assert scans[0].effective_us > now_us
    assert all(300_000_000 <= it <= 600_000_000 for it in came_us)
    assert len(set(came_us)) > 30
    assert max(came_us) - min(came_us) > 150_000_000


@pytest.fixture(scope="module")
def replayed() -> Run:
    case = shipped_shop("gearbox_shop")
    return as_told(case, by_rule(case, 3, case[1].start_us + 2 * DAY_US), case[1].start_us + 3 * DAY_US // 2)


def test_a_replayed_run_has_futures_that_say_what_was_assumed(replayed: Run) -> None:
    futures = study.futures(replayed, 40, until="5 d")
    open_orders = {order.order for order in replayed.erp.customer_orders.orders.values() if order.open_quantity}
    assert {it.order for it in futures.orders} == open_orders
    assert len({len(it.shipped_us) for it in futures.orders} | set(futures.energy_wh)) > 1, "futures differ"
    assert all(minor > 0 for minor in futures.revenue_minor)
    assert futures.unknown[0].startswith("how long what is under way still takes")
    assert "Not known:" in futures._repr_html_()


def test_the_plant_of_now_begins_as_often_as_wanted(replayed: Run) -> None:
    now = twin.plant_now(replayed, "2 d")
    one, other, again = (goes_on(now, now.begin(seed)) for seed in (1, 2, 1))
    assert one == again
    assert one != other
    assert min(fact.effective_us for fact in one) > replayed.now_us
    with pytest.raises(ValueError, match="nothing lies ahead"):
        plant_now(replayed, until_us=replayed.now_us)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5])
def test_the_record_of_real_machines_has_futures(share: float) -> None:
    """Machines that decide for themselves, and stand for reasons that nobody has declared: what is assumed is said."""
    plant = library.read_plant("plant_models/nist_cell")
    scenario = library.read_scenario("scenarios/nist_cell/order_60.yaml", plant)
    entries = library.read_recording("plant_models/nist_cell/record", plant, scenario).entries
    run = twin.replay(plant, entries[: int(len(entries) * share)], scenario)
    futures = study.futures(run, 10, until="20 d")
    assert any("taken to go by" in it for it in futures.unknown)
    assert ["program_not_started" in " ".join(futures.unknown)] == [share == 0.3]
    assert futures.orders
    assert all(len(it.shipped_us) == 10 and min(it.shipped_us) > run.now_us for it in futures.orders)


def test_what_somebody_holds_is_taken_to_stay_held_and_said(replayed: Run) -> None:
    """A Hold by command is no failure: nobody knows when it will be taken back."""
    case = shipped_shop("gearbox_shop")
    source = CompiledPlant(*case, 3, case[1].start_us + DAY_US // 2)
    held = Run(*case)
    sent: list[str] = []

    class Meddling:
        """The plant, with a command of ours in the midst of it."""

        origin = source.origin

        def advance(self) -> list[OperationsEvent] | None:
            return source.advance()

        def send(self, commands: list[OperationsEvent]) -> None:
            running = [job for job in held.mes.job_orders.values() if job.status == "Running"]
            if running and not sent:
                job = running[0]
                sent.append(job.equipment)
                hold = JobOrderCommand(
                    effective_us=held.now_us, equipment=job.equipment, job_order=job.job_order, command=JobCommand.HOLD, reason="doubt"
                )
                commands = [*commands, hold]
            source.send(commands)

    path.carry(Meddling(), held)
    now = plant_now(held)
    assert [note for note in now.unknown if "is held on" in note and "'doubt'" in note and sent[0] in note]
    assert sent[0] not in {fact.equipment for fact in goes_on(now, now.begin(1)) if fact.equipment}
