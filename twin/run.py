"""The path, on one screen: source -> journal -> MES -> ERP -> results. Read this first.

There are three sources (simulated, live, replayed) and one way to carry what they say. At every instant everything happens
first, then ERP and MES decide, and what they command takes effect at the same instant ("happen, then decide").
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from twin.model.events import Heartbeat, OperationsEvent
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.source import COMMANDS, EventSource
from twin.model.states import Source
from twin.results.forecasting.at_work import heed_what_was_forecast, refuse_without_library
from twin.results.restoring.decided_then import OTHERWISE_TODAY, decided_then, refused_then
from twin.results.restoring.files import read_under
from twin.results.run import Run
from twin.store.files import apply_changes
from twin.store.ingest.rare_collections import rare_collections
from twin.store.journal import Journal, JournalEntry
from twin.store.live import LiveSource
from twin.store.replay import ReplaySource

ROUNDS_A_BATCH = 64
"""A commit costs as much as fifty entries, so it waits for a few hundred of them, where nobody waits for it."""
Watch = Callable[[int], None]  # called after every round with the plant's time, us


def simulate(
    plant: Plant, scenario: Scenario, *, seed: int = 1, until_us: int | None = None, pace: float | None = None,
    engine: str = "compiled", journal: Journal | None = None, watch: Watch | None = None, stop: threading.Event | None = None,
) -> Run:  # fmt: skip
    """Let the plant of the files run as `scenario` asks, for `until_us` microseconds from its start (left out: its horizon).

    `pace` plant seconds pass in one second on the wall; left out, it runs as fast as it goes.
    """
    from twin.simulation.pacing import Paced

    plant = apply_changes(plant, scenario)
    source = simulated(plant, scenario, seed, until_us, engine)
    if pace is not None:
        source = Paced(source, pace, stop=stop)
    return carry(source, Run(plant, scenario, journal, seed=seed), watch, stop, prompt=pace is not None)


def simulated(plant: Plant, scenario: Scenario, seed: int, until_us: int | None = None, engine: str = "compiled") -> EventSource:
    """The plant as `scenario` has changed it, about to begin. Both engines, "compiled" and "simpy", give the same facts, bit for bit.

    A deadlock ends the run: `run.deadlock`.
    """
    from twin.simulation.beside.measured_plant import measured
    from twin.simulation.engines import play  # SimPy and Numba come in only when a plant is simulated

    end_us = scenario.start_us + (scenario.horizon if until_us is None else until_us)
    return measured(play(engine, plant, scenario, seed, end_us, stops_at_deadlock=True), plant, scenario, seed)


def replay(
    recorded: Iterable[JournalEntry | OperationsEvent], plant: Plant, scenario: Scenario, *,
    journal: Journal | None = None, watch: Watch | None = None, stop: threading.Event | None = None,
) -> Run:  # fmt: skip
    """Carry the facts of a recorded journal, or of a record of real machines, through the same MES and ERP."""
    recorded = list(recorded)
    run = Run(read_under(recorded, plant, apply_changes(plant, scenario)), scenario, journal)
    heed_what_was_forecast(run.erp, recorded)
    return carry(ReplaySource(recorded, plant=run.plant), run, watch, stop)


def take_in(
    source: EventSource, plant: Plant, scenario: Scenario, *,
    journal: Journal | None = None, watch: Watch | None = None, stop: threading.Event | None = None,
) -> Run:  # fmt: skip
    """Carry what any other source says (what others have collected, what another MES tells) through the same MES and ERP."""
    return carry(source, Run(apply_changes(plant, scenario), scenario, journal), watch, stop)


def follow(live: LiveSource, run: Run, *, watch: Watch | None = None, stop: threading.Event | None = None) -> Run:
    """Carry what the bridge is writing into the journal of `run`, until `stop` is set; what follows from it goes into the same journal."""
    return carry(live, run, watch, stop, prompt=True)


def carry(source: EventSource, run: Run, watch: Watch | None = None, stop: threading.Event | None = None, *, prompt: bool = False) -> Run:
    """The one path. Every round: facts are kept, both folds apply them, both decide, the plant is told.

    A batch is committed at a heartbeat, once it is worth a commit (`prompt`: every round). What must hold is checked at every heartbeat of
    the clock and of shifts (a lot that arrives somewhere is one too, and no occasion), all of it anew at shifts once the run has grown.
    A fault takes its whole batch back, in the journal and in the books (`Run.whole`).
    Nothing is decided at the end of a run, or after it, since nobody is left to do it; what persons say is still kept.
    """
    if source.origin is not Source.REPLAYED:
        refuse_without_library(run.scenario)
    with rare_collections():
        _carry(source, run, watch, stop, prompt=prompt)
    with run.lock, run.whole(is_watched=prompt):
        run.settle()
    run.check(whole=True)
    return run


def _carry(source: EventSource, run: Run, watch: Watch | None, stop: threading.Event | None, *, prompt: bool) -> None:
    rounds = 0  # since the last commit
    while not (stop and stop.is_set()) and (facts := source.advance()) is not None:
        if not facts:
            continue
        rounds += 1
        with run.lock:
            beats = {fact.reason for fact in facts if isinstance(fact, Heartbeat)}
            with run.whole(is_watched=prompt):
                decided = _round(run, facts, source)
                if prompt or (beats and rounds >= ROUNDS_A_BATCH):
                    run.settle()
                    rounds = 0
            if beats - {"transport"}:
                run.check(whole="shift" in beats and run.has_grown)
        source.send([event for event in decided if isinstance(event, COMMANDS)])
        if watch:
            watch(facts[-1].effective_us)


def _round(run: Run, facts: Sequence[OperationsEvent], source: EventSource) -> list[OperationsEvent]:
    """Facts, what follows from them, and what is decided then, which it gives back."""
    entries = [run.keep(fact, source) for fact in facts]
    _conclude(run, entries)
    run.has_ended = run.has_ended or any(isinstance(fact, Heartbeat) and fact.reason == "end" for fact in facts)
    return [] if run.has_ended else _decide(run, run.now_us, entries[-1].id)  # now, though a fact may be late


def _conclude(run: Run, entries: Iterable[JournalEntry]) -> None:
    """Apply every event to MES and ERP, then what they conclude from it, until nothing follows any more."""
    pending = deque(entries)
    while pending:
        entry = pending.popleft()
        for fold in (run.mes, run.erp):
            was_said = isinstance(entry.event, OTHERWISE_TODAY)
            concluded = decided_then(run.journal, entry, fold) if was_said else []
            concluded = concluded or fold.apply(entry.event)
            if was_said and not concluded:
                concluded = refused_then(run.journal, entry, fold)
            for event in concluded:
                pending.append(run.conclude(event, cause=entry.id, fold=fold))


def _decide(run: Run, now_us: int, cause: str) -> list[OperationsEvent]:
    """Ask ERP, then MES, what to do now; a decision is an event like any other, and may be refused. Ask until neither has more to say."""
    decided: list[OperationsEvent] = []
    while True:
        before = len(decided)
        for fold in (run.erp, run.mes):
            new = fold.decide(now_us)
            _conclude(run, [run.conclude(event, cause=cause, fold=fold) for event in new])
            decided += [event for event in new if not run.mes.commands.turned_down(event)]
        if len(decided) == before:
            return decided
