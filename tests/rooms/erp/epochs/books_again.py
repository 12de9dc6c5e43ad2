"""The books of a run once more, from its journal alone and by plain sums: what they say must be what the ERP says."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator

from tests.rooms.erp.epochs.a_year import Close, Played
from twin.erp.accounting.ledger import STOCK_ACCOUNT
from twin.erp.accounting.statements import View, income_statement
from twin.model.events import (
    EntryRefused,
    GoodsReceived,
    GoodsShipped,
    InvoiceIssued,
    JournalPosted,
    LateJournalPosted,
    MaterialActual,
    OperationsResponse,
    PeriodClosed,
    SalesOrderConfirmed,
    StockCounted,
    WorkAlertRaised,
)
from twin.model.states import MaterialUse
from twin.results.run import Run


def problems(played: Played) -> list[str]:
    """Every law that does not hold, in words."""
    run = played.run
    found = [*run.violations(whole=True), *_refused(run), *_entries(run), *_sub_ledgers(run), *_material(run), *_orders(run)]
    for close in played.closes:
        found += _both_answers(run, close)
    return found


def _refused(run: Run) -> Iterator[str]:
    """Nothing that was said or concluded was refused: a year in order needs no alert of the ERP."""
    for entry in run.journal:
        if isinstance(entry.event, EntryRefused):
            yield f"an entry was refused: {entry.event.reason}"
        elif isinstance(entry.event, WorkAlertRaised) and entry.rule == "Erp":
            yield f"the ERP raised {entry.event.alert}: {entry.event.message}"


def _entries(run: Run) -> Iterator[str]:
    """Each entry balances, none is in a period closed before it, all together are the trial balance; closed requests bear nothing."""
    balances, wip, closed_us, done = Counter[str](), Counter[str](), 0, set()
    for entry in run.journal:
        event = entry.event
        if isinstance(event, PeriodClosed):
            closed_us = event.until_us
        elif isinstance(event, OperationsResponse):
            done.add(event.request)
        elif isinstance(event, JournalPosted):
            if sum(amount for _, amount in event.legs):
                yield f"entry '{event.document}' does not balance"
            if event.effective_us < closed_us:
                yield f"entry '{event.document}' is in a period that was closed"
            for account, amount in event.legs:
                balances[account] += amount
                if account == "work_in_progress":
                    wip[event.request] += amount
    for account, booked in run.erp.ledger.balances.items():
        if booked != balances[account]:
            yield f"account '{account}' is {booked}, and its entries make {balances[account]}"
    for request, amount in wip.items():
        if amount != (0 if request in done else run.erp.wip.balance_minor(request)):
            yield f"work in progress of '{request}' is {amount} by its entries"
    if sum(wip.values()) != balances["work_in_progress"]:
        yield "open requests are not the account of work in progress"


def _sub_ledgers(run: Run) -> Iterator[str]:
    """Open items, stock by material and deliveries to be billed add up to their accounts."""
    erp, balances = run.erp, run.erp.ledger.balances
    items = erp.settlement.items
    owed = sum(it.open_booked_minor for it in items.receivables.values())
    owing = sum(it.open_booked_minor for it in items.payables.values())
    stock = Counter[str]()
    for material, definition in erp.materials.items():
        stock[STOCK_ACCOUNT[definition.kind]] += erp.book.value_minor(material, erp.stock.on_hand[material])
    parts = {
        "accounts_receivable": owed, "accounts_payable": -owing, **stock, "goods_received_not_billed": -sum(erp.ledger.unbilled.values()),
    }  # fmt: skip
    for account, minor in parts.items():
        if balances[account] != minor:
            yield f"account '{account}' is {balances[account]}, its sub-ledger {minor}"


def _material(run: Run) -> Iterator[str]:
    """Material balance of each material, and no lot ever gives more than it has: nothing in stock is used twice."""
    lots: dict[tuple[str, str], int] = defaultdict(int)
    for entry in run.journal:
        event = entry.event
        if isinstance(event, StockCounted):
            lots[event.material, event.lot] = event.quantity
        elif isinstance(event, GoodsReceived):
            lots[event.material, event.lot or event.order] += event.quantity
        elif isinstance(event, GoodsShipped):
            lots[event.material, event.lot] -= event.quantity
        elif isinstance(event, MaterialActual) and event.use in (MaterialUse.CONSUMED, MaterialUse.PRODUCED):
            lots[event.material, event.lot] += event.quantity if event.use == MaterialUse.PRODUCED else -event.quantity
        else:
            continue
        if lots[event.material, event.lot or getattr(event, "order", "")] < 0:
            yield f"lot '{event.lot}' of '{event.material}' gave more than it had"
    on_hand = Counter[str]()
    for (material, _), quantity in lots.items():
        on_hand[material] += quantity
    for material, booked in run.erp.stock.on_hand.items():
        if booked != on_hand[material]:
            yield f"stock of '{material}' is {booked}, {on_hand[material]} by what moved"


def _orders(run: Run) -> Iterator[str]:
    """No customer gets more than was ordered, and each invoice is of what has left."""
    ordered: dict[str, SalesOrderConfirmed] = {}
    shipped, invoiced = Counter[str](), Counter[str]()
    for entry in run.journal:
        match entry.event:
            case SalesOrderConfirmed() as event:
                ordered[event.order] = event
            case GoodsShipped() as event:
                shipped[event.order] += event.quantity
            case InvoiceIssued() as event:
                invoiced[event.order] += event.net_minor
    for order, it in ordered.items():
        if shipped[order] > it.quantity or invoiced[order] != shipped[order] * it.unit_price_minor:
            yield f"order '{order}' of {it.quantity}: {shipped[order]} shipped, {invoiced[order]} invoiced"


def _both_answers(run: Run, close: Close) -> Iterator[str]:
    """A closed month is what it was when it was closed, then and now; as it was, it differs by what became known later."""
    from_us, until_us, ledger = close.from_us, close.closed.until_us, run.erp.ledger
    if income_statement(ledger, from_us, until_us, View(known_us=close.closed.recorded_us)) != close.statement:
        yield f"period {close.closed.period} is not what was known when it was closed"
    if income_statement(ledger, from_us, until_us) != close.statement:
        yield f"period {close.closed.period} was touched after it was closed"
    late = [
        it for it in ledger.entries if isinstance(it, LateJournalPosted) and from_us <= it.concerns_us < until_us <= it.effective_us
    ]  # fmt: skip
    shown = {row.account: row.amount_minor for row in close.statement if row.account}
    for it in late:
        for account, amount in it.legs:
            if account in shown:
                shown[account] -= amount
    was = {it.account: it.amount_minor for it in income_statement(ledger, from_us, until_us, View(as_it_was=True)) if it.account}
    early = [it for it in ledger.entries if isinstance(it, LateJournalPosted) and it.concerns_us < from_us <= it.effective_us < until_us]
    for it in early:
        for account, amount in it.legs:
            if account in shown:
                shown[account] += amount
    if was != shown:
        yield f"period {close.closed.period} as it was is not what it was then and what came late"
