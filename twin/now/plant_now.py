"""The state of a plant that nobody has simulated: put together from what MES and ERP know of it, with a list of what they could not know.

Totals of what is under way (a run, a repair, a good time, a lead time, the time to the next order) are known to nobody while they
last. Each future draws them from what is longer than they have lasted already.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass

from twin.mes.execution import JobOrder
from twin.model.events import Heartbeat
from twin.model.personnel.played import not_said_yet
from twin.model.scenario import Scenario
from twin.now.asked_seen import expect_deliveries, needed_requests, tell_asked, tell_demand, with_strange_orders
from twin.now.failures_seen import tell_failures
from twin.now.floor_seen import FloorSeen, open_jobs
from twin.now.from_now_on import ChangedRun
from twin.results.run import Run
from twin.simulation.compiled_plant.begun.asked import Asked
from twin.simulation.compiled_plant.begun.ground import Ground
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.kept.forking import drawn_by
from twin.simulation.compiled_plant.kept.snapshot import Snapshot

ALWAYS = (
    "how long what is under way still takes: drawn from what is longer than it has lasted",
    "which pieces of what is under way will be bad: drawn",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantNow:
    """A plant in the midst of things, as a value.

    `unknown` says what nobody could know, and what was assumed for it. `scenario` is the run's, with those open orders that it does
    not ask for. `snapshot` decides by the rules of MES and ERP; what is under way has the totals there that it would have under the
    seed that was given, which may be over already: `begin` draws them.
    """

    now_us: int
    until_us: int
    unknown: tuple[str, ...]
    scenario: Scenario
    snapshot: Snapshot

    def begin(self, seed: int) -> CompiledPlant:
        """A plant that goes on from now to the end; another seed is another future."""
        return CompiledPlant.resume(drawn_by(self.snapshot, seed))


def plant_now(
    seen: Run | ChangedRun, *, until_us: int | None = None, seed: int = 0, waits_until_us: Mapping[str, int] | None = None,
    is_commanded: bool = False,
) -> PlantNow:  # fmt: skip
    """The plant of a live, replayed or simulated run as it stands now, from its journal alone; of a changed one, as it is from now on.

    Parameters
    ----------
    until_us : the end of what may follow, us since 1970; left out, the end of the scenario's horizon
    waits_until_us : lots that may not go on before, by lot, us since 1970; they are in nobody's hands now
    is_commanded : the MES and the ERP of the run, or copies of them, go on deciding beside it; left out, their rules in it do
    seed : under which `snapshot` has what is under way. That of a run that was simulated gives what comes, to the bit

    Raises
    ------
    ValueError : nothing lies ahead
    """
    run = seen.run if isinstance(seen, ChangedRun) else seen
    with run.lock:
        run, now_us = copy.copy(run), last_instant_us(run)
        asked = {"policies": run.mes.policies, "without": []}  # those that hold now; losses are counted from the start of a run
        run.now_us, is_without, run.scenario = now_us, bool(run.scenario.without), run.scenario.model_copy(update=asked)
        run.scenario = not_said_yet(run.scenario)
        before = run.plant = run.mes.personnel.attended(run.plant)
        if isinstance(seen, ChangedRun):
            run.plant = run.mes.personnel.attended(seen.plant)
            stops = [stop for stop in run.scenario.disturbances if stop.equipment not in seen.gone]
            run.scenario = run.scenario.model_copy(update={"disturbances": stops})
        end_us = run.scenario.start_us + run.scenario.horizon if until_us is None else until_us
        if end_us <= now_us:
            raise ValueError("nothing lies ahead: the run has reached the end of its scenario; allowed: an end beyond it")
        notes = list(seen.notes) if isinstance(seen, ChangedRun) else []
        notes += ["losses that its scenario leaves out: what has not been left out yet, comes"] if is_without else []
        if run.scenario.policies.decisions != "mes":
            notes.append(f"who decides on the floor, and how: taken to go by '{run.scenario.policies.dispatch}' from now on")
        jobs = _jobs_of_requests(run, notes)
        requests = needed_requests(run, jobs.values())
        if is_commanded:
            ground = Ground(run.plant, run.scenario.model_copy(update={"work_in_process": {}}), seed, now_us, end_us, "commands")
        else:
            ground = Ground(run.plant, with_strange_orders(run, requests, notes), seed, now_us, end_us)
        ground.begun_by(before)
        ground.tell_calendars()
        tell_demand(ground, run, notes)
        asked_of = None if is_commanded else Asked(ground)
        if asked_of:
            tell_asked(asked_of, run, requests, jobs.values(), notes)
        tell_failures(ground, run, notes, before)
        FloorSeen(ground, asked_of, run, jobs, notes, waits_until_us or {}).tell()
        source = ground.finish()
        if is_commanded:
            expect_deliveries(source, run, seed, notes)
    snapshot = source.snapshot()
    return PlantNow(now_us=now_us, until_us=end_us, unknown=(*ALWAYS, *notes), scenario=ground.scenario, snapshot=snapshot)


def last_instant_us(run: Run) -> int:
    """The last instant of which all has been heard: of a run that has come to its end the one before, since what is due there is ahead."""
    last = None
    for entry in run.journal.entries(max(0, len(run.journal) - 1)):
        last = entry.event
    is_over = isinstance(last, Heartbeat) and last.reason == "end" and last.effective_us == run.now_us
    return run.now_us - is_over


def _jobs_of_requests(run: Run, notes: list[str]) -> dict[str, JobOrder]:
    """What is to be done with every lot in the making; lots that are for no request have nobody who plans for them."""
    jobs = open_jobs(run)
    strange = [lot for lot, job in jobs.items() if job.request not in run.erp.requests.requests]
    if strange:
        notes.append(f"{len(strange)} lots are for no known request ({', '.join(strange[:3])} ...): taken not to be there")
    return {lot: job for lot, job in jobs.items() if lot not in set(strange)}
