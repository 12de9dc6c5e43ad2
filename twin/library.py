"""The path as a library: what `import twin` offers. Takes files or what was read from them, durations as people write them."""

from __future__ import annotations

import operator
import re
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from twin import run as path
from twin.model.events import OperationsEvent
from twin.model.events.plant import PlantEvent
from twin.model.measures import read_duration
from twin.model.plant import Plant
from twin.model.policies.dispatch import DISPATCH_RULES
from twin.model.policies.own_rules import OwnRule, keep_rule
from twin.model.problems import did_you_mean, listed
from twin.model.scenario import Scenario
from twin.results.database.tabled import tabled, tabled_every
from twin.results.restoring.files import files_of
from twin.results.run import Run
from twin.store import files
from twin.store.journal import PLANT_SOURCES, Journal, JournalEntry, StoreError, open_journal, verify
from twin.store.live import LiveSource, why_not_live
from twin.store.pages import read_page
from twin.store.records import read_record, refuse_no_record

if TYPE_CHECKING:
    from twin.results.material_plan import PlanTables
    from twin.store.journal import DatabaseJournal

PlantLike = Plant | Path | str
ScenarioLike = Scenario | Path | str | None
Watch = Callable[[int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What there is to replay, in its order, with what was noticed in it."""

    title: str
    entries: Sequence[JournalEntry | OperationsEvent]
    problems: Sequence[str] = ()

    @property
    def start_us(self) -> int:
        return self._event(0).effective_us

    @property
    def end_us(self) -> int:
        return self._event(-1).effective_us

    def _event(self, place: int) -> OperationsEvent:
        entry = self.entries[place]
        return entry.event if isinstance(entry, JournalEntry) else entry


def existing(place: Path, what: str) -> Path:
    """The place, if there is something; else a ValueError."""
    if not place.exists():
        beside = place.parent.glob("*") if place.parent.is_dir() else ()
        known = sorted(it.name for it in beside if it.suffix == place.suffix and not it.name.startswith("."))
        there = f", as in {place.parent}: {listed(known)}" if known else ""
        raise ValueError(f"{place}: there is no such {what}{did_you_mean(place.name, known)}; allowed: one that exists{there}")
    return place


def read_plant(folder: PlantLike) -> Plant:
    """Read and check the files of a plant folder.

    Raises
    ------
    PlantFileError : with every problem of all files, each with file:line:column
    ValueError : there is no such folder
    """
    return folder if isinstance(folder, Plant) else files.read_plant(existing(Path(folder), "plant folder"))


def read_scenario(file: ScenarioLike, plant: PlantLike) -> Scenario:
    """Read and check what is asked of a plant. `None` takes the plant's baseline: ../../scenarios/<plant>/baseline.yaml.

    Raises
    ------
    PlantFileError : with every problem of the file
    ValueError : there is no such file, or no baseline to be found
    """
    if isinstance(file, Scenario):
        return file
    if file is None:
        if isinstance(plant, Plant):
            raise ValueError("say which scenario: a plant that was read already does not know the folder of its baseline")
        folder = existing(Path(plant), "plant folder").resolve()
        file = folder.parent.parent / "scenarios" / folder.name / "baseline.yaml"
        if not file.exists():
            others = ", ".join(sorted(f"{it.parent.name}/{it.name}" for it in file.parent.glob("*.yaml")))
            make = f"scenarios/{folder.name}/baseline.yaml, with 'plant: {folder.name}' in it"
            raise ValueError(
                f"{folder.name} has no baseline; allowed: name a scenario ({others})"
                if others
                else f"{folder.name} has no scenario; make {make}"
            )
    return files.read_scenario(existing(Path(file), "scenario file"), read_plant(plant))


def read_scenario_to_simulate(file: ScenarioLike, plant: PlantLike, *, with_persons: bool = False) -> Scenario:
    """The same, for a plant that plays itself; `with_persons`: somebody stands at its terminals.

    Raises
    ------
    PlantFileError, ValueError : as `read_scenario`; or nobody would tell the plant what to do
    """
    asked = read_scenario(file, plant)
    if asked.policies.decisions not in ("mes", "persons"):
        raise ValueError(
            f"'{asked.title or asked.plant}' has 'decisions: {asked.policies.decisions}': MES and ERP follow what others did, and a"
            " simulated plant does only what it is told; allowed: a scenario with 'decisions: mes', or `twin replay` of a record"
        )
    if asked.policies.reports == "persons":
        raise ValueError(
            f"'{asked.title or asked.plant}' has 'reports: persons': no machine is connected, and persons say what happens;"
            " allowed: `twin serve --by-hand`"
        )
    if asked.policies.decisions == "persons" and not with_persons:
        raise ValueError(
            f"'{asked.title or asked.plant}' has 'decisions: persons': nobody would start anything here;"
            " allowed: `twin serve`, whose pages have terminals, or a scenario with 'decisions: mes'"
        )
    return asked


def read_recording(
    record: Path | str | Iterable[JournalEntry | OperationsEvent], plant: PlantLike, scenario: ScenarioLike = None
) -> Recording:
    """Read a saved run (its folder or Parquet page), a journal (.db file or database URL), or a record of real machines.

    Raises
    ------
    ValueError, StoreError : nothing there, nothing that can be read, or the record of another plant
    """
    found = _read_kept(record, plant, scenario) if isinstance(record, str | Path) else Recording(title="events", entries=list(record))
    _refuse_another_plant(found, read_plant(plant), scenario)
    return found


def _read_kept(record: Path | str, plant: PlantLike, scenario: ScenarioLike) -> Recording:
    name, file = str(record), Path(record)
    page = file / "events.parquet" if file.is_dir() else file
    if "://" in name or file.suffix in {".db", ".sqlite"}:
        journal = open_journal(name if "://" in name else str(existing(file, "journal")))
        found = Recording(title=name, entries=list(journal.entries()))
        journal.close()
    elif page.suffix == ".parquet" and page.exists():
        found = Recording(title=name, entries=list(read_page(page)))
    else:
        refuse_no_record(existing(file, "record"))
        asked = read_scenario(scenario, plant)
        if asked.policies.decisions != "observed":
            raise ValueError(
                f"{name}: real machines were recorded, and the scenario '{asked.title or asked.plant}' would decide anew what they did;"
                " allowed: a --scenario with 'decisions: observed'"
            )
        read = read_record(file, read_plant(plant), asked)
        found = Recording(title=read.title, entries=read.facts, problems=[str(problem) for problem in read.problems])
    if not found.entries:
        raise ValueError(f"{name}: nothing is recorded there")
    kept = [entry for entry in found.entries if isinstance(entry, JournalEntry)]
    if (broken := verify(kept)) is not None:
        raise StoreError(f"{name}: entry {broken} was changed after it was written; allowed: a record as it was kept")
    return found


def _refuse_another_plant(recording: Recording, plant: Plant, scenario: ScenarioLike) -> None:
    """Level 2 speaks of the plant's own equipment alone: its controllers and its simulation know no other."""
    as_asked = plant if scenario is None else files.apply_changes(plant, read_scenario(scenario, plant))
    facts = (entry.event if isinstance(entry, JournalEntry) else entry for entry in recording.entries)
    strange = dict.fromkeys(fact.equipment for fact in facts if isinstance(fact, PlantEvent) and fact.equipment)
    for name in as_asked.equipment:
        strange.pop(name, None)
    if strange:
        raise ValueError(
            f"{recording.title} tells of equipment that {plant.id} does not have: {listed(strange)}; "
            f"allowed: a record of {plant.id}, with {listed(as_asked.equipment)}"
        )


def read_span(text: str | None, why: str = "a run must last longer than 0") -> int | None:
    """Microseconds of a span, as in "5 d", that is longer than nothing; None stays None. `why` it may not be nothing.

    Raises
    ------
    ValueError : no duration, or none at all
    """
    span_us = None if text is None else read_duration(text)
    if span_us is not None and span_us <= 0:
        raise ValueError(f"'{text}': {why}")
    return span_us


def read_often(text: str | None) -> int | None:
    """How often, us by the wall, tables are brought up to date; None: at the end alone.

    Raises
    ------
    ValueError : no duration, or none at all
    """
    return read_span(text, "the tables are brought up to date every so often; allowed: as in '1 min'")


def read_seed(seed: int) -> int:
    """The seed, if it is a whole number.

    Raises
    ------
    ValueError : it is none
    """
    if isinstance(seed, bool) or not hasattr(seed, "__index__"):
        raise ValueError(f"a seed is a whole number, and {seed!r} is none; allowed: 1, 2, 3 and so on")
    return operator.index(seed)


def new_journal(journal: Journal | Path | str | None) -> Journal | None:
    """The journal of that name, with nothing in it yet: a run never mixes with another."""
    if journal is None or not isinstance(journal, Path | str):
        return journal
    opened = open_journal(str(journal), excludes=PLANT_SOURCES)  # another run may begin in it after we have looked
    if count := len(opened):
        opened.close()
        raise ValueError(f"{journal} holds {count} entries of another run; allowed: a new file, or an empty database")
    return opened


def open_live(name: Path | str) -> Journal:
    """The journal of a live plant, or an empty one in which a bridge will write.

    Raises
    ------
    StoreError : it holds other facts, or cannot be used
    """
    journal = open_journal(str(name))
    if why := why_not_live(journal):
        journal.close()
        raise StoreError(f"{name} {why}; a run that was simulated or replayed is for `twin replay --record`")
    return journal


def open_to_go_on(name: Path | str) -> DatabaseJournal:
    """The journal of a plant that is worked by hand, from its beginning or from where it ended. Nobody else may write into it meanwhile.

    Raises
    ------
    StoreError : it cannot be used, or an entry was changed after it was written
    """
    from twin.store.journal import DatabaseJournal

    journal = DatabaseJournal(str(name), excludes=PLANT_SOURCES)
    if (broken := verify(journal)) is not None:
        journal.close()
        raise StoreError(f"{name}: entry {broken} was changed after it was written; allowed: a journal as it was kept")
    return journal


def simulate(
    plant: PlantLike, scenario: ScenarioLike = None, *, seed: int = 1, until: str | None = None, pace: float | None = None,
    engine: str = "compiled", journal: Journal | Path | str | None = None, watch: Watch | None = None, stop: threading.Event | None = None,
) -> Run:  # fmt: skip
    """Let a plant run on its own through MES and ERP: `twin.simulate("plant_models/gearbox_shop", until="5 d", seed=1)`.

    Parameters
    ----------
    plant, scenario : what was read, or where to read it; without a scenario the plant's baseline
    seed : of every random stream; the same plant, scenario and seed give the same `run.trace_hash`
    until : how much plant time, as in "5 d"; left out, the scenario's horizon
    pace : plant seconds for each second on the wall; left out, as fast as it goes
    engine : "compiled", the fast one; "simpy", the readable one, with the same facts bit for bit
    journal : where the journal is kept (file, database URL); left out, in memory
    watch : called after every round with the plant's time, us since 1970 UTC
    stop : set it to end the run after the round in progress
    """
    seed = read_seed(seed)
    read, asked, span_us = read_plant(plant), read_scenario_to_simulate(scenario, plant), read_span(until)
    kept = new_journal(journal)
    return tabled(path.simulate(read, asked, seed=seed, until_us=span_us, pace=pace, engine=engine, journal=kept, watch=watch, stop=stop))


def replay(
    plant: PlantLike, record: Path | str | Iterable[JournalEntry | OperationsEvent], scenario: ScenarioLike = None, *,
    journal: Journal | Path | str | None = None, watch: Watch | None = None, stop: threading.Event | None = None,
) -> Run:  # fmt: skip
    """Carry what was recorded through the same MES and ERP. `record`: a saved run, a journal, a record of real machines, or events."""
    read = read_plant(plant)
    asked = read_scenario(scenario, plant)
    recording = read_recording(record, read, asked)
    return tabled(path.replay(recording.entries, read, asked, journal=new_journal(journal), watch=watch, stop=stop))


def follow(
    plant: PlantLike, journal: Journal | Path | str, scenario: ScenarioLike = None, *,
    until: str | None = None, tables: str | None = None, watch: Watch | None = None, stop: threading.Event | None = None,
) -> Run:  # fmt: skip
    """Run MES and ERP on what a bridge is writing into `journal`, until `stop` is set or `until` of plant time has passed.

    `tables`: how often, by the wall, the tables for other programs are brought up to date, as in "1 min"; left out, at the end alone.

    Raises
    ------
    StoreError : the journal holds simulated or replayed facts, or somebody begins to write such facts into it
    """
    read = read_plant(plant)
    asked = read_scenario(scenario, plant)
    kept = open_live(journal) if isinstance(journal, Path | str) else journal
    span_us, every_us, ended = read_span(until), read_often(tables), stop or threading.Event()

    run = Run(files_of(kept.entries(), files.apply_changes(read, asked)).plant, asked, kept)
    live = LiveSource(kept, plant=run.plant, stop=ended)
    bring_tables_up_to_date = tabled_every(every_us, run, live.applied_seq)

    def after_a_round(now_us: int) -> None:
        if watch:
            watch(now_us)
        bring_tables_up_to_date()
        if span_us is not None and now_us >= asked.start_us + span_us:
            ended.set()

    return tabled(path.follow(live, run, watch=after_a_round, stop=ended), live.applied_seq())


def register_rule(name: str, function: Callable[..., float]) -> None:
    """Give a dispatch rule of your own a name for scenarios: `policies: {dispatch: <name>}`. The smallest key goes first.

    Parameters
    ----------
    name : an id that no rule of the house has; a rule of your own that had it is replaced for scenarios read from now on
    function : a function that Numba compiles (`@njit` or plain) of ready_us, due_us (-1: none), run_us, remaining_us, setup_us, priority,
        operations_left, now_us, in this order and under these names; as `twin.kernels.dispatch.rank` explains them

    Raises
    ------
    ValueError : the name is taken or no id, or the function takes something else or cannot be compiled

    Notes
    -----
    It holds in this process. A script whose studies use worker processes registers above its `if __name__ == "__main__":`.
    """
    from twin.kernels.own_rules import compile_rule, fingerprint  # Numba comes in only when it is needed

    if name in DISPATCH_RULES or not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", name):
        raise ValueError(f"'{name}' cannot name a rule of your own; allowed: an id but {listed(DISPATCH_RULES, 30)}")
    compiled = compile_rule(function)
    keep_rule(OwnRule(name=name, key=compiled.ctypes, address=compiled.address, fingerprint=fingerprint(function), keeps=(compiled,)))


def load(folder: Path | str) -> Run:
    """Read a run that was saved with `run.save(folder)`, with all of its tables and hashes."""
    return Run.load(existing(Path(folder), "saved run"))


def plan(plant: PlantLike, scenario: ScenarioLike = None, *, bucket: str = "1 d", forecasts: bool = False) -> PlanTables:
    """What to make and to buy, over all orders that a scenario names: `twin.plan("plant_models/gearbox_shop").messages`.

    From the start of the scenario, with its opening stock and open orders; nothing is simulated. `run.material_plan()` plans from a run.
    `forecasts` : plan for what the scenario's forecasts expect, too, less what its known orders consume of that.
    """
    from twin.results.material_plan import plan_of_files

    asked = read_scenario(scenario, plant)
    return plan_of_files(files.apply_changes(read_plant(plant), asked), asked, bucket, with_forecasts=forecasts)
