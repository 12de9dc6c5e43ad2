"""Whole runs at actual cost: the same folds for simulated and replayed facts, and another program that reads the books."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from tests.laws.test_erp import state_of
from twin.erp import Erp
from twin.model.events import (
    GoodsReceiptCorrected,
    GoodsReceived,
    GoodsReturned,
    GoodsShipped,
    GoodsTakenBack,
    LandedCostAllocated,
    LateJournalPosted,
    OperationsEvent,
    PeriodCloseRequested,
)
from twin.model.plant import Plant
from twin.model.source import EventSource
from twin.model.states import Source
from twin.results.plain_text.beancount import account_name
from twin.results.plain_text.hledger import hledger_text
from twin.results.run import Run
from twin.run import carry, replay, simulate
from twin.store.files import read_plant, read_scenario
from twin.store.replay import ReplaySource

DAYS, DAY_US = 3, 86_400_000_000


class AndThen:
    """A source, and what a person says when it has ended, one round each."""

    def __init__(self, source: EventSource, said: Sequence[OperationsEvent]) -> None:
        self.origin = source.origin
        self._source, self._said, self._by_person = source, list(said), False

    def advance(self) -> Sequence[OperationsEvent] | None:
        facts = self._source.advance()
        if facts is not None or not self._said:
            return facts
        self._by_person = True
        return [self._said.pop(0)]

    def origin_of(self, _: OperationsEvent) -> Source:
        return Source.USER if self._by_person else self.origin

    def send(self, commands: Sequence[OperationsEvent]) -> None:
        """Nobody listens."""


def shop_at(root: Path, method: str) -> Plant:
    shop = read_plant(root / "plant_models" / "gearbox_shop")
    definitions = {name: it.model_copy(update={"valuation": method}) for name, it in shop.materials.materials.items()}
    return shop.model_copy(update={"materials": shop.materials.model_copy(update={"materials": definitions})})


@pytest.fixture(scope="module")
def simulated(root: Path) -> Run:
    """Three days of the gearbox shop: its facts, which are the same whatever they are valued at."""
    shop = shop_at(root, "standard")
    scenario = read_scenario(root / "scenarios" / "gearbox_shop" / "baseline.yaml", shop)
    return simulate(shop, scenario, seed=1, until_us=DAYS * DAY_US, engine="simpy")


def corrected_run(root: Path, method: str, simulated: Run) -> Run:
    """These days, closed up to the last midnight, and then a price, freight and returns of the closed days become known."""
    shop, scenario = shop_at(root, method), simulated.scenario
    received = next(it for it in simulated.journal if isinstance(it.event, GoodsReceived)).event
    shipped = next(it for it in simulated.journal if isinstance(it.event, GoodsShipped)).event
    now_us, cut_us = simulated.now_us, scenario.start_us + DAYS * DAY_US
    cut_us -= (cut_us + 3_600_000_000) % DAY_US  # midnight in Berlin, in winter
    later = {"effective_us": now_us, "recorded_us": now_us}
    said = [
        PeriodCloseRequested(**later, period="first days", until_us=cut_us),
        GoodsReceiptCorrected(
            effective_us=received.effective_us, recorded_us=now_us, order=received.order, lot=received.lot, material=received.material,
            quantity=received.quantity, unit_price_minor=received.unit_price_minor + 37,
        ),
        LandedCostAllocated(**later, order="FREIGHT", amount_minor=9_999, receipts=((received.order, received.lot, 1),)),
        GoodsReturned(**later, order=received.order, lot=received.lot, material=received.material, quantity=1, credit_minor=100),
        GoodsTakenBack(**later, order=shipped.order, lot="back", material=shipped.material, quantity=1, credit_minor=5_000),
    ]  # fmt: skip
    return carry(AndThen(ReplaySource(simulated.journal, plant=shop), said), Run(shop, scenario))


@pytest.fixture(scope="module", params=["fifo", "moving_average", "standard"])
def run(request: pytest.FixtureRequest, root: Path, simulated: Run) -> Run:
    return corrected_run(root, request.param, simulated)


@pytest.mark.slow
def test_all_that_was_said_is_booked_and_every_invariant_holds(run: Run) -> None:
    assert run.violations(whole=True) == []
    assert {it.alert for it in run.erp.alerts} == set()
    assert len(run.erp.ledger.closed) == 1
    assert run.erp.ledger.balances["landed_cost_accrued"] == -9_999


def test_the_cause_of_a_late_entry_is_the_late_fact_and_no_entry_is_in_the_closed_period(run: Run) -> None:
    entries = list(run.journal)
    by_id = {it.id: it for it in entries}
    closed = next(it for it in entries if type(it.event).__name__ == "PeriodClosed")
    assert all(it.event.effective_us >= closed.event.until_us for it in entries[closed.seq :] if type(it.event).__name__.endswith("Posted"))
    late = [it for it in entries if isinstance(it.event, LateJournalPosted) and it.seq > closed.seq]
    assert late
    assert {it.event.reference.split()[0] for it in late} == {type(by_id[it.cause].event).__name__ for it in late}


@pytest.mark.slow
def test_the_journal_alone_rebuilds_it_and_a_replay_is_the_same(run: Run, tmp_path: Path) -> None:
    again = Erp(run.plant, run.scenario.policies)
    for entry in run.journal:
        again.apply(entry.event)
    assert state_of(again) == state_of(run.erp)
    replayed = replay(run.journal, run.plant, run.scenario)
    assert replayed.journal.head == run.journal.head
    assert replayed.erp.ledger.balances == run.erp.ledger.balances
    run.save(tmp_path)
    assert Run.load(tmp_path).erp.ledger.balances == run.erp.ledger.balances
    assert (tmp_path / "ledger.beancount").read_text() == run.ledger_text()


def bean_check(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What Beancount says of a text: its own program, in a process of its own (GPL: nothing here imports it)."""
    program = Path(sys.executable).with_name("bean-check")  # comes with what the tests need
    (folder / "books.beancount").write_text(text)
    return subprocess.run([program, "--no-cache", "books.beancount"], cwd=folder, check=False, capture_output=True, text=True)


@pytest.mark.slow
def test_beancount_agrees_with_every_balance_now_and_at_the_close(run: Run, tmp_path: Path) -> None:
    text = run.ledger_text()
    said = bean_check(text, tmp_path)
    assert (said.returncode, said.stdout + said.stderr) == (0, "")
    assert text.count(" balance ") == 2 * text.count(" open ")
    assert len(re.findall(r"^\d{4}-\d\d-\d\d \* ", text, re.MULTILINE)) == len(run.erp.ledger.entries)


@pytest.mark.slow
def test_hledger_agrees_with_every_balance_and_notices_a_cent(run: Run, tmp_path: Path, hledger: str) -> None:
    text = tmp_path / "books.hledger"
    text.write_text(hledger_text(run))

    def said(*asked: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([hledger, "-f", str(text), *asked], check=False, capture_output=True, text=True)

    checked = said("check", "--strict")
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    told = csv.reader(io.StringIO(said("balance", "--flat", "--no-total", "-O", "csv").stdout))
    balances = {name: int(Decimal(amount.split()[0]) * 100) for name, amount in list(told)[1:]}
    accounts = run.erp.ledger.accounts
    assert balances == {account_name(accounts[code]): minor for code, minor in run.erp.ledger.balances.items() if minor}
    assert text.read_text().count(" = ") == 2 * len(accounts)
    cent = re.sub(r"(Assets:Raw-material  )(-?\d+\.)\d\d EUR\n", r"\g<1>\g<2>99 EUR\n", text.read_text(), count=1)
    text.write_text(cent)
    assert said("check", "--strict").returncode != 0


@pytest.mark.slow
def test_beancount_notices_a_cent_and_an_entry_that_is_missing(simulated: Run, tmp_path: Path) -> None:
    text = simulated.ledger_text()
    place = re.search(r"^  Assets:Raw-material  (-?)(\d+)\.\d\d", text, re.MULTILINE)
    assert place is not None
    other = text[: place.start()] + f"  Assets:Raw-material  {place[1]}{place[2]}.007" + text[place.end() :]
    assert "does not balance" in bean_check(other, tmp_path).stderr
    blocks = text.split("\n\n")
    without = "\n\n".join(blocks[:20] + blocks[21:])
    assert "Balance failed" in bean_check(without, tmp_path).stderr
