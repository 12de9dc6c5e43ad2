"""A replication: one scenario of a plant with one seed, as a value that any process or machine can simulate with the same result."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import metadata
from pathlib import Path

from twin.model.plant import Plant
from twin.model.policies.own_rules import OWN_RULES
from twin.model.scenario import Scenario
from twin.results.outcomes import open_requests
from twin.results.run import Run
from twin.store.files import apply_changes
from twin.store.journal import UnchainedJournal
from twin.study.by_rule.playing import StoppedError, played, ready_to_play

_NOT_THE_RUN = ("__main__.py", "apps", "command", "study", "training")
_YET_OF_THE_RUN = (("study", "by_rule"), ("study", "replication.py"))
"""What shows or asks, and cannot change what a run gives; and what of it reads a run that nobody else reads."""


class OtherVersionError(RuntimeError):
    """A worker has another version of the code than whoever asked: its results could not be compared."""


@cache
def code_version() -> str:
    """The version of the package, and a hash over the sources that a run depends on: a result of other sources is not taken for ours."""
    folder = Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*.py"), key=lambda path: path.relative_to(folder).as_posix()):
        place = path.relative_to(folder)
        if place.parts[0] not in _NOT_THE_RUN or place.parts[:2] in _YET_OF_THE_RUN:
            digest.update(place.as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    try:
        version = metadata.version("plant-twin")
    except metadata.PackageNotFoundError:  # run from its sources, not installed
        version = "sources"
    return f"{version}+{digest.hexdigest()[:16]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One scenario of a plant: what is simulated, for how long, and from when on it counts.

    `digest` stands for all of it but the name; `series_step_us` asks for the number of open requests in each such step, too; `by_rule`:
    the rules of MES and ERP decide inside the plant, nobody keeps records, and costs are reckoned at the end where they can be;
    `books` asks for every account, too.
    """

    name: str
    plant: Plant
    scenario: Scenario
    span_us: int
    warm_up_us: int
    series_step_us: int
    digest: str
    by_rule: bool = False
    books: bool = False


def case(
    name: str, plant: Plant, scenario: Scenario, *, span_us: int | None = None, warm_up_us: int = 0, series_step_us: int = 0,
    by_rule: bool = False, books: bool = False,
) -> Case:  # fmt: skip
    """The scenario as a case; its changes are tried at once, so that a wrong one is told before anything runs.

    Raises
    ------
    PlantFileError : the changes make a plant that cannot be
    ValueError : the scenario is of another plant, nothing would be left after the warm-up, or rules alone cannot play it
    """
    if scenario.plant != plant.id:
        raise ValueError(f"scenario '{scenario.title}' is of plant '{scenario.plant}', not '{plant.id}'")
    as_asked = apply_changes(plant, scenario)
    span = scenario.horizon if span_us is None else span_us
    if warm_up_us >= span:
        raise ValueError(f"{name}: nothing is left after the warm-up; allowed: a warm-up shorter than the run")
    if by_rule and series_step_us:
        raise ValueError("by rule nobody counts the requests that are open; allowed: the same without by_rule")
    if by_rule:
        ready_to_play(as_asked, scenario, 1, scenario.start_us + span)
    asked_for = scenario.model_dump_json(exclude={"title"})
    own_rules = [(it.name, it.fingerprint) for it in OWN_RULES.values() if f'"{it.name}"' in asked_for]
    parts = (plant.model_dump_json(), asked_for, span, warm_up_us, series_step_us, by_rule, books, *own_rules)
    return Case(
        name=name, plant=plant, scenario=scenario, span_us=span, warm_up_us=warm_up_us, series_step_us=series_step_us,
        digest=hashlib.sha256(json.dumps(parts).encode()).hexdigest(), by_rule=by_rule, books=books,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Replication:
    """What is to be simulated."""

    case: Case
    seed: int
    version: str  # of the code of whoever asks

    @property
    def key(self) -> str:
        """Stands for plant, scenario, seed and version: two replications with one key give the same result."""
        return hashlib.sha256(f"{self.case.digest} {self.seed} {self.version}".encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Replicated:
    """What came out of a replication: its outcomes by name, and the fingerprint of what happened (by rule: of the rows that say it).

    `deadlock`: who waits for whom for ever, in words, if the plant came to that; its outcomes are of the whole time even so.
    """

    key: str
    seed: int
    trace_hash: str
    event_count: int
    outcomes: Mapping[str, float | None]
    series: tuple[float, ...] = ()
    deadlock: str = ""
    accounts: Mapping[str, int] = field(default_factory=dict)  # balances, minor units, debit > 0, where the case asks for books
    delivery: Mapping[str, int] = field(default_factory=dict)  # as `delivery_of`, where it does


def delivery_of(run: Run) -> dict[str, int]:
    """How customers were served up to the end: orders in all, shipped whole, late (shipped late or open and overdue), and how late.

    Beside it what work is worth, in minor units, that is under way at the end, and that the books will have when it ends.
    """
    orders = run.erp.orders(run.now_us)
    return {
        "orders": len(orders),
        "shipped": sum(it.shipped >= it.quantity for it in orders),
        "late": sum(it.late_by_us > 0 for it in orders),
        "late_us": sum(it.late_by_us for it in orders),
        "under_way_minor": sum(it.running_minor for it in run.erp.work_in_progress(run.now_us)),
    }


def replication(one: Case, seed: int) -> Replication:
    """The case with a seed, asked by this version of the code."""
    return Replication(case=one, seed=seed, version=code_version())


def _stood_to_the_end(one: Case, seed: int, stop: threading.Event | None) -> Run:
    """The run with its deadlock, until the end that was asked for."""
    from twin.run import carry
    from twin.simulation.beside.measured_plant import measured
    from twin.simulation.engines import COMPILED, play

    plant = apply_changes(one.plant, one.scenario)
    source = play(COMPILED, plant, one.scenario, seed, one.scenario.start_us + one.span_us)
    return carry(
        measured(source, plant, one.scenario, seed),
        Run(plant, one.scenario, UnchainedJournal(), seed=seed),
        stop=stop,
    )


def _played_by_rule(asked: Replication, stop: threading.Event | None) -> Replicated | None:
    """The replication without MES and ERP, whose rules decide inside the plant."""
    one = asked.case
    try:
        found = played(apply_changes(one.plant, one.scenario), one.scenario, asked.seed, one.span_us, one.warm_up_us, stop)
    except StoppedError:
        return None
    return Replicated(
        key=asked.key, seed=asked.seed, trace_hash=found.row_hash, event_count=found.heard.fact_count, outcomes=found.outcomes(),
        deadlock=found.deadlock,
    )  # fmt: skip


def simulate_one(asked: Replication, stop: threading.Event | None = None) -> Replicated | None:
    """Simulate one replication, here and now. Every way to carry out a study ends in this function.

    Returns
    -------
    What came out; None if it was stopped on the way.

    Raises
    ------
    OtherVersionError : this process has other sources than whoever asked
    """
    from twin.run import simulate

    if asked.version != code_version():
        raise OtherVersionError(f"this worker has plant-twin {code_version()}, the study {asked.version}; allowed: the same on both")
    one = asked.case
    if one.by_rule:
        return _played_by_rule(asked, stop)
    try:
        journal = UnchainedJournal()
        run = simulate(one.plant, one.scenario, seed=asked.seed, until_us=one.span_us, journal=journal, stop=stop)
        if deadlock := run.deadlock:  # orders and costs come on though nothing moves: what is compared must be of the same time
            run = _stood_to_the_end(one, asked.seed, stop)
    except Exception as error:
        error.add_note(f"in the replication of '{one.name}' with seed {asked.seed}")  # of many: this one can be simulated again by itself
        raise
    if stop is not None and stop.is_set():
        return None
    return Replicated(
        key=asked.key,
        seed=asked.seed,
        trace_hash=run.trace_hash,
        event_count=len(run.journal),
        outcomes=run.outcomes(one.scenario.start_us + one.warm_up_us),
        series=tuple(open_requests(run, one.series_step_us)) if one.series_step_us else (),
        deadlock=deadlock,
        accounts=dict(run.erp.ledger.balances) if one.books else {},
        delivery=delivery_of(run) if one.books else {},
    )
