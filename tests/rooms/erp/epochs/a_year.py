"""The gearbox shop's year, or some weeks of it, with the ERP in the loop; prices that turn out otherwise after a month was closed."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from twin.erp.accounting.statements import StatementRow, income_statement
from twin.model.events import GoodsReceiptCorrected, GoodsReceived, OperationsEvent, PeriodClosed, PeriodCloseRequested
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.model.source import EventSource
from twin.results.run import Run
from twin.run import Watch, carry, simulated
from twin.store.files import apply_changes, read_plant, read_scenario
from twin.store.journal import Journal

ROOT = Path(__file__).parents[4]
SHOP, YEAR = ROOT / "plant_models" / "gearbox_shop", ROOT / "scenarios" / "gearbox_shop" / "year.yaml"
DAY_US = 86_400_000_000
LATE_MATERIALS = ("BLANK2", "BRG1", "CAST1")  # at moving average, first in first out, standard
LATE_US = 8 * DAY_US


class LatePrices:
    """A source that says all that another says, and besides, some time after a period is over, that the last delivery in it of each of some
    materials had cost a tenth more than was recorded. Where it is told to, it asks for the close of the period before that."""

    def __init__(self, source: EventSource, ends_us: Sequence[int], after_us: int, *, asks: bool) -> None:
        self._source, self.origin = source, source.origin
        self._ends, self._asked = deque(ends_us), deque(ends_us if asks else ())
        self._after_us = after_us
        self._last: dict[str, GoodsReceived] = {}  # of the period that goes on
        self._over: deque[tuple[int, dict[str, GoodsReceived]]] = deque()  # of those that are over, and when it is told
        self._said: deque[OperationsEvent] = deque()
        self.count = 0

    def advance(self) -> Sequence[OperationsEvent] | None:
        """What is late is a round of its own, as facts of other instants are."""
        if self._said:
            return [self._said.popleft()]
        facts = self._source.advance()
        if not facts:
            return facts
        now_us = facts[0].effective_us
        said: list[OperationsEvent] = []
        if self._asked and now_us >= self._asked[0]:
            until_us = self._asked.popleft()
            said.append(PeriodCloseRequested(effective_us=now_us, period=f"until day {until_us // DAY_US}", until_us=until_us))
        if self._ends and now_us >= self._ends[0]:
            self._over.append((self._ends.popleft() + self._after_us, self._last))
            self._last = {}
        self._last |= {it.material: it for it in facts if isinstance(it, GoodsReceived) and it.material in LATE_MATERIALS}
        if self._over and now_us >= self._over[0][0]:
            self._said += [self._corrected(it, now_us) for it in self._over.popleft()[1].values()]
        return [*facts, *said]

    def _corrected(self, it: GoodsReceived, now_us: int) -> GoodsReceiptCorrected:
        self.count += 1
        return GoodsReceiptCorrected(
            effective_us=it.effective_us, recorded_us=now_us, order=it.order, lot=it.lot, material=it.material, quantity=it.quantity,
            unit_price_minor=it.unit_price_minor * 11 // 10,
        )  # fmt: skip

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        self._source.send(commands)


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """A period, and its income statement as it stood when it was closed."""

    closed: PeriodClosed
    from_us: int
    statement: list[StatementRow]


@dataclass(slots=True, kw_only=True)
class Played:
    run: Run
    closes: list[Close]
    late_count: int


def year() -> tuple[Plant, Scenario]:
    plant = read_plant(SHOP)
    return plant, read_scenario(YEAR, plant)


def months_us(plant: Plant, scenario: Scenario) -> list[int]:
    """When each month of the scenario is over, by the plant's clock."""
    zone = ZoneInfo(plant.layout.time_zone)
    first = scenario.start.astimezone(zone)
    firsts = (datetime(first.year + (first.month + n) // 12, (first.month + n) % 12 + 1, 1, tzinfo=zone) for n in range(24))
    found = (int(it.timestamp()) * 1_000_000 for it in firsts)
    return [it for it in found if it <= scenario.start_us + scenario.horizon]


def play(
    plant: Plant, scenario: Scenario, *, days: float | None = None, every: int | None = None, seed: int = 1, journal: Journal | None = None,
    watch: Watch | None = None,
) -> Played:  # fmt: skip
    """So many days of it, and what each close has closed; `every`: so many days are closed when over, twice, besides the months."""
    changed = apply_changes(plant, scenario)
    until_us = None if days is None else round(days * DAY_US)
    ends_us = [scenario.start_us + every * n * DAY_US for n in (1, 2)] if every else months_us(changed, scenario)
    source = LatePrices(simulated(changed, scenario, seed, until_us), ends_us, DAY_US if every else LATE_US, asks=bool(every))
    run, closes = Run(changed, scenario, journal, seed=seed), []

    def look(now_us: int) -> None:
        known = run.erp.ledger.closed
        if len(known) > len(closes):
            from_us = known[-2].until_us if len(known) > 1 else 0
            statement = income_statement(run.erp.ledger, from_us, known[-1].until_us)
            closes.append(Close(closed=known[-1], from_us=from_us, statement=statement))
        if watch:
            watch(now_us)

    carry(source, run, look)
    return Played(run=run, closes=closes, late_count=source.count)
