"""A run: the journal of one pass of the path, with the MES and the ERP that read it."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.erp.invariants import Looked
from twin.mes import mes_of
from twin.model.checks.planning.carried_out import refuse_what_is_only_planned
from twin.model.events import OperationsEvent
from twin.model.measures import write_duration
from twin.model.plant import Plant
from twin.model.readiness.earlier import said_us
from twin.model.scenario import Scenario
from twin.model.source import EventSource, Fold
from twin.model.states import DEADLOCK, Source
from twin.results.forecasting.at_work import asks_for_library, erp_of, heed_what_was_forecast
from twin.results.quality.of_run import QualityOfRun
from twin.results.readiness.of_run import ReadinessOfRun
from twin.results.reports.of_run import ReportsOfRun
from twin.results.restoring.of_run import RestoringOfRun
from twin.results.settlement.of_run import SettlementOfRun
from twin.results.tracing.of_run import TracingOfRun
from twin.results.trade.of_run import TradeOfRun
from twin.results.upkeep.of_run import UpkeepOfRun
from twin.results.warehouse.of_run import WarehouseOfRun
from twin.store.journal import Journal, JournalEntry, MemoryJournal, trace_hash

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.explain.explanation import Explanation
    from twin.results.material_plan import PlanTables
    from twin.results.plots import RunPlots
    from twin.store.ingest import Counts


class InvariantViolated(AssertionError):
    """What must always hold does not (ARCHITECTURE section 4). The message names every violation."""


class Run(
    ReportsOfRun, QualityOfRun, ReadinessOfRun, UpkeepOfRun, TracingOfRun, TradeOfRun, SettlementOfRun, WarehouseOfRun, RestoringOfRun
):  # fmt: skip
    """One pass of the path.

    What happened: `events`. What it means: `states`, `lots`, `job_orders`, `orders`, `indicators`. What it is worth: `ledger`, `costs`.
    Every table is tidy, one row an observation, with units in the column names; times are UTC. A table shows the run as far
    as it has come: a live run may be looked at while it goes on (`lock` keeps a round whole).
    """

    def __init__(self, plant: Plant, scenario: Scenario, journal: Journal | None = None, *, seed: int | None = None) -> None:
        refuse_what_is_only_planned(plant, scenario)
        super().__init__()
        self.begin_with(plant)
        self.scenario, self.seed = scenario, seed
        self.journal: Journal = MemoryJournal() if journal is None else journal
        self.received: Counts | None = None  # of an import: what became of what was received
        self.assumed: tuple[str, ...] = ()  # where it goes on with another plant: what leaves later, and what could not be carried over
        self.lock = threading.RLock()
        self.start()

    def start(self) -> None:
        """MES, ERP and clock as they are before anything has happened."""
        self.mes = mes_of(self._plant, self.scenario.policies)
        self.erp = erp_of(self._plant, self.scenario)
        if asks_for_library(self.scenario):
            heed_what_was_forecast(self.erp, self.journal.entries())
        self.now_us = self.scenario.start_us
        self.has_ended = False  # nobody is left to carry out what is decided
        self._audited_count = 0  # events of the journal when all was reckoned again
        self._looked = Looked()  # at the books

    # The path writes a run through these.

    def keep(self, fact: OperationsEvent, source: EventSource) -> JournalEntry:
        """Append a fact as its source's, or a user's if the source says so; one that a bridge has written already is found again."""
        self.now_us = max(self.now_us, said_us(fact))
        if (entry_of := getattr(source, "entry_of", None)) and (known := entry_of(fact)):
            return self.applied(known)
        said_by = getattr(source, "origin_of", None)
        return self.applied(self.journal.append(fact, source=said_by(fact) if said_by else source.origin))

    def conclude(self, event: OperationsEvent, *, cause: str, fold: Fold) -> JournalEntry:
        """Append what a fold concluded or decided, with its cause."""
        return self.applied(self.journal.append(event, source=Source.RULE, cause=cause, rule=type(fold).__name__))

    def reapply(self, event: OperationsEvent) -> None:
        """Apply an event of the journal to both folds; what they would conclude from it stands in the journal already."""
        self.reapply_all((event,))

    def check(self, *, whole: bool = False) -> None:
        """Assert every invariant of MES and ERP now; `whole` reckons all of it again from single intervals, movements and lots.

        Raises
        ------
        InvariantViolated : with each violation in words
        """
        if violations := self.violations(whole=whole):
            raise InvariantViolated("; ".join(violations))
        if whole:
            self._audited_count = len(self.journal)

    @property
    def has_grown(self) -> bool:
        """Whether a twentieth of its events came since all was reckoned again: so this takes a time in proportion to the run."""
        return 20 * (len(self.journal) - self._audited_count) >= len(self.journal)

    def violations(self, *, whole: bool = False) -> list[str]:
        """Each invariant that does not hold now, in words; empty if all hold."""
        with self.lock:
            floor = self.mes.audit(self.now_us) if whole else self.mes.violations(self.now_us)
            return [*floor, *self.erp.violations(None if whole else self._looked), *self._stock_differences()]

    def _stock_differences(self) -> list[str]:
        """Materials of which the floor and the books have different quantities, and no alert has told somebody why."""

        def is_told(material: str) -> bool:
            """A deadlock names lots, and says nothing of stock."""
            return any(material in it.message for it in (*self.erp.alerts, *self.mes.alerts) if it.alert != DEADLOCK)

        stock = self.erp.stock
        counted = ((m, self.mes.tracking.on_hand(m), stock.on_hand[m] - stock.sent(m)) for m in self.plant.materials.materials)
        return [
            f"{material}: {floor} on hand on the floor, {books} in the books"
            for material, floor, books in counted
            if floor != books and not self.mes.is_told and not is_told(material)
        ]

    # What it says of itself.

    @property
    def trace_hash(self) -> str:
        """Hash over the plant's own facts: equal for the same plant, scenario and seed, on any machine and either database."""
        return trace_hash(self.journal.entries())

    @property
    def plot(self) -> RunPlots:
        """Figures: `run.plot.gantt()`, `run.plot.states()`, `run.plot.costs()`."""
        from twin.results.plots import RunPlots

        return RunPlots(self)

    @property
    def deadlock(self) -> str:
        """Who waits for whom, in words, if the plant came to a deadlock and the run ended there; else ""."""
        return next((alert.message for alert in self.mes.alerts if alert.alert == DEADLOCK), "")

    def summary(self) -> dict[str, Any]:
        """The result as plain values, for `--json` and for comparing runs."""
        from twin.results.summary import summary

        with self.lock:
            return summary(self)

    def outcomes(self, from_us: int | None = None) -> dict[str, float | None]:
        """Single numbers that sum it up: orders on time, lead time, OEE, cost, result ...; `from_us` leaves out what was before."""
        from twin.results.outcomes import outcomes

        with self.lock:
            return outcomes(self, from_us)

    def __repr__(self) -> str:
        ran = write_duration(self.now_us - self.scenario.start_us)
        ended = "; ended by a deadlock" if self.deadlock else ""
        return f"<Run of {self.plant.id}: {self.scenario.title or 'untitled scenario'}; {ran}, {len(self.journal)} events{ended}>"

    def _repr_html_(self) -> str:
        from twin.results.summary import summary_html

        with self.lock:
            return summary_html(self)

    # Tables.

    @property
    def events(self) -> pd.DataFrame:
        """Every event of the journal, with its level, source, subjects and cause."""
        from twin.results.frames import events_frame

        with self.lock:
            return events_frame(self.journal.entries())

    @property
    def states(self) -> pd.DataFrame:
        """The state intervals of every piece of equipment; they tile time."""
        from twin.results.frames import states_frame

        with self.lock:
            return states_frame((entry.event for entry in self.journal.entries()), self.now_us)

    @property
    def lots(self) -> pd.DataFrame:
        """Every lot with its quantities and place."""
        from twin.results.tables import lots_table

        with self.lock:
            return lots_table(self)

    @property
    def queue_violations(self) -> pd.DataFrame:
        """Every lot that waited longer for an operation than its `queue_limit` says, and what became of it."""
        from twin.results.tables import queue_violations_table

        with self.lock:
            return queue_violations_table(self)

    @property
    def job_orders(self) -> pd.DataFrame:
        """Every job order with its times, people and quantities."""
        from twin.results.tables import job_orders_table

        with self.lock:
            return job_orders_table(self)

    @property
    def orders(self) -> pd.DataFrame:
        """Every customer order: due, shipped, late, earned."""
        from twin.results.tables import orders_table

        with self.lock:
            return orders_table(self)

    @property
    def costs(self) -> pd.DataFrame:
        """Every request with its actual cost by element."""
        from twin.results.tables import costs_table

        with self.lock:
            return costs_table(self)

    @property
    def ledger(self) -> pd.DataFrame:
        """Every leg of every journal entry, with the event that caused it."""
        from twin.results.frames import ledger_frame
        from twin.results.tables import account_titles

        with self.lock:
            return ledger_frame(self.journal.entries(), account_titles(self), self.plant.layout.currency)

    def ledger_text(self) -> str:
        """The books as plain text that Beancount reads, every balance with it: `bean-check` agrees, or says where it does not."""
        from twin.results.plain_text.beancount import beancount_text

        with self.lock:
            return beancount_text(self)

    @property
    def indicators(self) -> pd.DataFrame:
        """ISO 22400 indicators of every work unit over the whole run; work centers, areas, the plant and others by `indicators_by`."""
        return self.indicators_by("equipment")

    def indicators_by(self, scope: str, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """ISO 22400 indicators by a scope over any window.

        Scopes: "equipment"; "work_center", "area" and "plant", of which the elements of all work units and lines are summed and divided
        then; "order" (or "request"), "shift", "product" or "person".
        By "shift" there is a last row "outside shifts" for the time (and the work) that no shift covers, so that the rows add up to the
        work units and lines; the stations of a line are in "equipment" alone, beside their line.

        Raises
        ------
        ValueError : no such scope
        """
        from twin.results.tables import indicators_table

        with self.lock:
            return indicators_table(self, scope, *self._window(from_us, to_us))

    def losses(self, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """The loss tree: where the planned time of each piece of equipment went, in parts that add up; `productive` of it is the OEE."""
        from twin.results.tables import losses_table

        with self.lock:
            return losses_table(self, *self._window(from_us, to_us))

    def stops(self, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """What stood still and why: failures, waiting and stops by equipment and reason, the dearest first."""
        from twin.results.tables import stops_table

        with self.lock:
            return stops_table(self, *self._window(from_us, to_us))

    def _window(self, from_us: int | None, to_us: int | None) -> tuple[int, int]:
        return self.scenario.start_us if from_us is None else from_us, self.now_us if to_us is None else to_us

    def explain(self, name: str) -> Explanation:
        """Why: of a customer order, request, lot or job order what it waited for, of a work unit or line why it stood; with durations.

        Raises
        ------
        ValueError : nothing has that id
        """
        from twin.results.explain.ask import explain

        with self.lock:
            return explain(self, name)

    def material_plan(self, bucket: str = "1 d") -> PlanTables:
        """What to make and to buy from now on, for whom, and what to do about what is on order: over all open orders, down all bills.

        It only proposes, whatever plans the run itself. Tables: `records`, `orders`, `pegging`, `messages`.

        Raises
        ------
        ValueError : a bucket that is not made of whole days
        """
        from twin.results.material_plan import plan_of_run

        with self.lock:
            return plan_of_run(self, bucket)

    def planning_advice(self) -> pd.DataFrame:
        """Safety stock, reorder point and lot size of each material as demand and lead times came, beside what is declared, and why.

        Raises
        ------
        ValueError : too few days have passed
        """
        from twin.results.planning.advice import advice_table

        with self.lock:
            return advice_table(self)

    def genealogy(self, lot: str, direction: str = "backward") -> pd.DataFrame:
        """Which lots went into `lot` ("backward"), or what it went into ("forward"), link by link with quantities.

        Raises
        ------
        ValueError : no such lot, or no such direction
        """
        from twin.results.tables import genealogy_table

        with self.lock:
            return genealogy_table(self, lot, direction)

    def inspections(self, lot: str | None = None) -> pd.DataFrame:
        """Measured characteristics of every lot, or of one.

        Raises
        ------
        ValueError : no such lot
        """
        from twin.results.tables import inspection_table

        with self.lock:
            return inspection_table(self, lot)

    def learning_table(self, rows_of: str = "job_order") -> pd.DataFrame:
        """What was known at each decision, and what came of it: for machine learning, with nothing of later in it but the labels.

        `rows_of`: "job_order", a row each time one is begun, or "interval", a row each state of a work unit. Columns that begin with
        `later_` are labels, `truth_` are labels that only a simulator or hindsight has. `.to_parquet("jobs.parquet")` exports it.

        Raises
        ------
        ValueError : no such rows
        """
        from twin.results.learning.learning_table import learning_table

        with self.lock:
            return learning_table((it.event for it in self.journal.entries()), rows_of, self.declared, self.scenario.start_us)

    def b2mml(self, kind: str) -> dict[str, Any]:
        """A message shaped as B2MML V0700, as plain values for JSON.

        `kind`: "schedule", "performance", "events", "material", "personnel" or "equipment".

        Raises
        ------
        ValueError : no such kind
        """
        from twin.results.exchange.documents import b2mml

        with self.lock:
            return b2mml(self, kind).document()

    # To disk and back.

    def save(self, folder: Path | str) -> Path:
        """Save the run: events.parquet with every entry, plant.json and scenario.json, ledger.beancount. The folder is made."""
        from twin.results.keeping import save

        with self.lock:
            return save(self, Path(folder))

    @classmethod
    def load(cls, folder: Path | str) -> Run:
        """The run that was saved there. MES and ERP read their state from the journal again; the hashes must agree.

        Raises
        ------
        StoreError : nothing to be read there, its chain of hashes is broken, or the books do not take an entry of it
        """
        from twin.results.keeping import load

        return load(Path(folder))
