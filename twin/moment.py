"""A simulated run at an instant, as a value: the plant, the MES and the ERP, and what the journal held. Runs begin here and go on.

No run keeps what it once was. It is played again up to there, by the compiled plant, with the same MES and ERP; that costs less than
keeping every state would, and proves itself: what is played again has the ids of the run's own journal, or it is refused.
"""

from __future__ import annotations

import pickle
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from twin.erp.changing.plants import learn_plant
from twin.mes import mes_of
from twin.model.calendars import written_local
from twin.model.events import EquipmentStateChanged, Heartbeat, OperationsEvent
from twin.model.measures import read_duration
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitState
from twin.now.from_now_on import added_changes, from_now_on
from twin.now.plant_now import ALWAYS, plant_now
from twin.results.restoring.went_on import WentOn
from twin.results.run import Run
from twin.run import carry
from twin.simulation.beside.measured_plant import measured
from twin.simulation.beside.observed_process import draws_process_values
from twin.simulation.beside.procedure_phases import says_phases
from twin.simulation.compiled_plant.compiled_plant import CompiledPlant
from twin.simulation.compiled_plant.kept.forking import changed, drawn_by
from twin.simulation.compiled_plant.kept.snapshot import Snapshot
from twin.store.files import read_scenario
from twin.store.journal import JournalEntry, MemoryJournal

TAKEN_AWAY = "taken_away"
"""The reason of equipment that is there no more."""


class NotPlayedAgain(ValueError):
    """A run that does not follow from its plant, its scenario and its seed alone; the message says where it parts."""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Moment:
    """A run at `now_us`. It is not changed by what begins here; pickled, it goes to other processes of the same program."""

    now_us: int
    plant: Snapshot
    levels: bytes  # MES and ERP, pickled: the shortest way to a copy of each that shares nothing with the other
    past: MemoryJournal

    def go_on(
        self, *, seed: int | None = None, scenario: Scenario | Path | str | None = None, until: str | None = None,
        until_us: int | None = None, is_drawn_anew: bool = False, changes: Mapping[str, Any] | None = None,
        watch: Callable[[int], None] | None = None, stop: threading.Event | None = None,
    ) -> Run:  # fmt: skip
        """A run with this past, to the end of its scenario. With the same seed it is the run that this was taken from, entry by entry.

        Parameters
        ----------
        seed, scenario, until_us : see `kept.forking.changed`; a scenario may be a file. Policies hold from here on, for MES and ERP too
        until : how much plant time from the start of the scenario, as in "5 d"; `until_us` is the same as an instant
        is_drawn_anew : what is under way takes another time, given how long it has taken already, as who stands before it has to expect
        changes : what is another in the plant from here on, as in the `changes` of a scenario; those of `scenario` beyond the run's own
            count too. What is under way ends as it began; `twin.now.from_now_on` says what may change. What could not be carried over, as
            where vehicles drive, is listed in `run.assumed`

        Raises
        ------
        NotForked, NotFromNowOn : what this run cannot become from here on; everything that it cannot, by name
        """
        if until is not None:
            if until_us is not None:
                raise ValueError("until and until_us say the same; allowed: one of them")
            until_us = self.plant.scenario.start_us + read_duration(until)
        if isinstance(scenario, Path | str):
            scenario = read_scenario(scenario, self.plant.plant)
        asked = self.plant.scenario if scenario is None else scenario
        own = self.plant.scenario.changes
        made = {} if asked.changes == own else added_changes(self.plant.scenario, asked)
        if made or changes:
            other = _WithAnotherPlant(self, asked.model_copy(update={"changes": own}), {**made, **(changes or {})})
            return other.go_on(seed, until_us, watch, stop, is_drawn_anew=is_drawn_anew)
        anew_us = self.now_us if is_drawn_anew else None
        plant = CompiledPlant.resume(changed(self.plant, seed=seed, scenario=scenario, until_us=until_us, drawn_anew_at_us=anew_us))
        run = self.run(self.plant.plant, asked, self.plant.seed if seed is None else seed)
        self.follow(run)
        return carry(measured(plant, self.plant.plant, asked, run.seed or 0), run, watch, stop)

    def run(self, plant: Plant, scenario: Scenario, seed: int) -> Run:
        """A run of its own that stands here."""
        run = Run(plant, scenario, self.past.copy(), seed=seed)
        run.mes, run.erp = pickle.loads(self.levels)
        run.now_us = self.now_us
        return run

    def follow(self, run: Run) -> None:
        """Let MES and ERP go by the policies of the run's scenario from here on, if these are others."""
        policies = run.scenario.policies
        if policies != self.plant.scenario.policies:
            run.mes.follow(policies)
            run.erp.daily_plan.follow(policies)

    def __repr__(self) -> str:
        return f"<Moment of a run: {self.plant!r}; .go_on(seed=..., scenario=..., until=...)>"

    def without_past(self) -> Moment:
        """The same moment, with a journal that begins here: less to send to another process."""
        return Moment(now_us=self.now_us, plant=self.plant, levels=self.levels, past=MemoryJournal())


class _WithAnotherPlant:
    """What goes on from a moment with another plant: put together from what MES and ERP know, with the totals that were drawn."""

    def __init__(self, moment: Moment, scenario: Scenario, changes: Mapping[str, Any]) -> None:
        self._moment, self._scenario = moment, scenario
        self._seen = from_now_on(moment.run(moment.plant.plant, moment.plant.scenario, moment.plant.seed), changes)

    def go_on(
        self, seed: int | None, until_us: int | None, watch: Callable[[int], None] | None, stop: threading.Event | None, *,
        is_drawn_anew: bool,
    ) -> Run:  # fmt: skip
        moment, seen, asked = self._moment, self._seen, self._scenario
        own, now_us = moment.plant.seed, moment.now_us
        end_us = changed(moment.plant, scenario=asked, until_us=until_us).end_us  # and what else the scenario may not have is refused
        seen.run.scenario = asked
        now = plant_now(seen, until_us=end_us, seed=own, is_commanded=True)
        kept = replace(now.snapshot, stops_at_deadlock=moment.plant.stops_at_deadlock)
        drawn_by_seed = own if seed is None else seed
        if is_drawn_anew:
            kept = drawn_by(kept, drawn_by_seed)
        elif drawn_by_seed != own:
            kept = changed(kept, seed=drawn_by_seed)
        run = moment.run(seen.known, asked, drawn_by_seed)
        run.assumed = now.unknown if is_drawn_anew else tuple(it for it in now.unknown if it not in ALWAYS)
        run.mes = mes_of(seen.known, moment.plant.scenario.policies)
        for entry in moment.past.entries():
            run.mes.apply(entry.event)
        run.went_on = WentOn(after=len(run.journal), at_us=now_us, before=seen.before, paid=seen.paid, assumed=run.assumed)
        learn_plant(run.erp, seen.paid, now_us)
        moment.follow(run)
        plant = _Without(CompiledPlant.resume(kept), sorted(seen.gone), now_us)
        return carry(measured(plant, seen.plant, asked, drawn_by_seed), run, watch, stop)


class _Without:
    """A plant of which some equipment is taken away: that says so first, and nothing more."""

    def __init__(self, plant: CompiledPlant, gone: Sequence[str], now_us: int) -> None:
        self._plant, self.origin, self.send = plant, plant.origin, plant.send
        self._gone = [
            EquipmentStateChanged(effective_us=now_us, equipment=name, state=WorkUnitState.STOPPED, reason=TAKEN_AWAY) for name in gone
        ]

    @property
    def now_us(self) -> int:
        """Where it is: what persons have said up to here is said."""
        return self._plant.now_us

    def advance(self) -> list[OperationsEvent] | None:
        if said := self._gone:
            self._gone = []
            return [*said]
        return self._plant.advance()


class _Slice:
    """A compiled plant up to an instant, as a source of its own."""

    def __init__(self, plant: CompiledPlant, to_us: int) -> None:
        self._plant, self._to_us, self.origin = plant, to_us, plant.origin

    def advance(self) -> list[OperationsEvent] | None:
        return self._plant.advance(self._to_us)

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        self._plant.send(commands)


def at(run: Run, instant_us: int, *, stop: threading.Event | None = None) -> Moment:
    """The run as it was when all of that instant had happened; it may still be going on.

    Raises
    ------
    NotPlayedAgain : the run is not a simulated one, or somebody interfered with it
    ValueError : the instant is not within the run
    """
    with run.lock:
        entries, now_us = list(run.journal.entries()), run.now_us
    start_us = run.scenario.start_us
    if run.seed is None:
        raise NotPlayedAgain("this run was not simulated; allowed: runs of twin.simulate, whose seed is known")
    if draws_process_values(run.plant) or says_phases(run.plant):
        what = "process values are drawn, and phases told, beside the plant, which keeps nothing of them"
        raise NotPlayedAgain(f"{what}; allowed: procedures without 'drawn' and 'phase_times'")
    if not start_us <= instant_us <= now_us:
        first, last, asked = (written_local(it, run.plant.layout.time_zone) for it in (start_us, now_us, instant_us))
        raise ValueError(f"{asked} is not within the run; allowed: {first} to {last}")
    plant = CompiledPlant(run.played, run.scenario, run.seed, max(now_us, start_us + run.scenario.horizon), stops_at_deadlock=True)
    again = Run(run.played, run.scenario, past := MemoryJournal(), seed=run.seed)
    carry(measured(_Slice(plant, instant_us), run.played, run.scenario, run.seed), again, stop=stop)
    _compare(entries, list(past.entries()))
    return Moment(now_us=instant_us, plant=plant.snapshot(), levels=pickle.dumps((again.mes, again.erp)), past=past)


def _differs(was: OperationsEvent, now: OperationsEvent) -> str:
    """In which words of it an event is another."""
    if type(was) is not type(now):
        return f"it is {type(now).__name__}"
    names = [it.name for it in fields(was) if getattr(was, it.name) != getattr(now, it.name)]
    told = "; ".join(f"{name} {getattr(was, name)!r} is {getattr(now, name)!r}" for name in names[:3])
    return f"it differs in {told}" if told else "another cause or source stands behind it"


def _compare(entries: Sequence[JournalEntry], again: Sequence[JournalEntry]) -> None:
    """Of a run and itself played again, one is how the other begins. Where the run has ended, the other may go on."""
    for was, now in zip(entries, again, strict=False):
        if was.id == now.id:
            continue
        if isinstance(was.event, Heartbeat) and was.event.reason == "end":
            return
        raise NotPlayedAgain(
            f"entry {was.seq} of the run is {type(was.event).__name__}, and played again {_differs(was.event, now.event)}: "
            "somebody interfered with the run, or it was made by another version; allowed: runs of this version as they came"
        )
