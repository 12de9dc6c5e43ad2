"""Finance: the statements, and from any figure down to its entries and on to the events; work in progress now and variances."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.components.downloads import OFFICE_FILES, downloads
from twin.apps.components.paged_table import PagedTable
from twin.apps.components.parts import Parts
from twin.apps.feed import Feed
from twin.apps.figures import figures_html
from twin.apps.office.desk import OfficeDesk
from twin.apps.office.money.declared_forms import declared_forms
from twin.apps.office.money.money_forms import money_forms
from twin.apps.office.value_forms import value_forms
from twin.apps.pages.business.books.earned_cards import EarnedCards
from twin.apps.pages.business.books.money_cards import MoneyCards
from twin.apps.pages.business.books.opened_card import OpenedCard, entry_html
from twin.apps.pages.business.books.owed_cards import owed_cards
from twin.apps.pages.business.books.standing_cards import StandingCards
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.speaking.speaker import Speaker
from twin.apps.terminals.forms import Form
from twin.apps.theme import card
from twin.apps.words import debit_credit, exact, material_title
from twin.erp.accounting.statements import BalanceRow, PostingRow, StatementRow
from twin.erp.accounting.valuation.variances import VarianceRow
from twin.erp.rows import WipRow
from twin.results.settlement.opening.variances import name_of
from twin.results.views.business.finance import (
    Statements,
    Work,
    entry_opened,
    postings_of,
    statements_of,
    windows,
    work_of,
)
from twin.results.views.overview import local_time

WHOLE = 60  # lines of a statement: it is read as one
POSTING_HEAD = ("Entry", "When", "Document", "Concerns")
NOTE = (
    "Pick an account to see its entries, and an entry to see what made it; any other figure opens below: What it is made of. Closed periods"
    " and months that are over are windows, too."
)
FORMS = {
    "statements": ("by_hand",), "work": ("receipts", "values", "declared"),
    "owed": ("clearing", "cost_bills", "customers", "begun", "declared"),
    "bank": ("bank", "clearing"),
    "earned": ("by_hand",),
}  # fmt: skip
"""By part of the page, the groups of forms that belong there."""


class _Books:
    """What one viewer has before him: a window, an account, an entry."""

    def __init__(self, feed: Feed) -> None:
        self.feed, self.plant = feed, feed.run.plant
        self.currency, self.accounts = self.plant.layout.currency, feed.run.erp.ledger.accounts
        self.window = pmui.Select(
            label="window", options=feed.look(windows), value="since the start", width=200, size="small", margin=(6, 8)
        )
        self.figures, self.of_account, self.entry = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(3))
        self.account, self.shown_window = "revenue", ""
        amount = f"Amount, {self.currency}"
        self.income = self._statement("income statement", amount)
        self.balance = self._statement("balance sheet", amount)
        sides = (f"Debit, {self.currency}", f"Credit, {self.currency}")
        trial_head = ("Account", "Title", *sides)
        self.trial = PagedTable[BalanceRow](
            "trial balance", trial_head, _trial_row, numeric=(2, 3), name=lambda it: it.account, size=WHOLE,
            on_change=lambda: self.take(self.trial),
        )  # fmt: skip
        self.postings = PagedTable[PostingRow](
            "entries of the account", (*POSTING_HEAD, *sides), self._posting, numeric=(4, 5), name=lambda it: str(it.entry),
            on_change=self.refresh,
        )  # fmt: skip
        self.wip = PagedTable[WipRow](
            "work in progress", ("Request", "Makes", *(f"{it}, {self.currency}" for it in ("Booked", "Running", "Worth now"))),
            self._wip, numeric=(2, 3, 4), name=lambda it: f"work in progress: {it.request}", on_change=lambda: self.open(self.wip),
        )  # fmt: skip
        self.kinds = PagedTable[tuple[str, int]](
            "variances by kind", ("Variance", amount), lambda it: Row(cells=(it[0], exact(it[1])), mark=_mark(it[1])), numeric=(1,),
            size=WHOLE, name=lambda it: f"variance: {it[0]}", on_change=lambda: self.open(self.kinds),
        )  # fmt: skip
        self.variances = PagedTable[VarianceRow](
            "variances", ("Variance", "Order", "Of", "Material", amount), self._variance, numeric=(4,), name=_variance_figure,
            on_change=lambda: self.open(self.variances),
        )  # fmt: skip
        self.owed, self.earned, self.standing = owed_cards(feed, self.open), EarnedCards(feed, self.open), StandingCards(feed, self.open)
        self.money = MoneyCards(feed, lambda: str(self.window.value), self.open)
        self.opened = OpenedCard(feed, lambda: str(self.window.value), self.refresh)
        self.window.param.watch(lambda _: self.refresh(), "value")

    def _statement(self, title: str, amount: str) -> PagedTable[StatementRow]:
        made: PagedTable[StatementRow] = PagedTable(
            title, ("", amount), _statement_row, numeric=(1,), name=_statement_name, size=WHOLE,
            on_change=lambda: self.take(made),
        )  # fmt: skip
        return made

    def take(self, table: PagedTable[StatementRow] | PagedTable[BalanceRow]) -> None:
        """An account was picked in one of the statements: it is the one that is opened. A total opens where other figures do."""
        if table.picked and table.picked not in self.accounts:
            self.open(table)
            return
        if table.picked and table.picked != self.account:
            self.account = table.picked
            for other in (self.income, self.balance, self.trial):
                if other is not table:
                    other.pick("")
            self.postings.pick("")
        self.refresh()

    def open(self, table: PagedTable[Any]) -> None:
        """A figure was picked that no account is: what it is made of is shown, until another is."""
        cards = (*self.owed, self.earned, self.standing, self.money)
        tables: list[PagedTable[Any]] = [self.wip, self.kinds, self.variances, *(it for of in cards for it in of.tables)]
        tables += [it for it in (self.income, self.balance) if it.picked not in self.accounts]
        self.opened.take(table.picked, [it for it in tables if it is not table])
        self.refresh()

    def refresh(self) -> None:
        chosen = str(self.window.value)
        if (offered := self.feed.look(windows)) != self.window.options:
            self.window.options = offered
        now, work = self.feed.look(statements_of(chosen)), self.feed.look(work_of(chosen))
        self.figures.object = _figures_html(now, self.currency)
        self.income.show(now.income, empty="Nothing is booked.")
        self.balance.show(now.balance, empty="Nothing is booked.")
        self.trial.show(now.trial, empty="Nothing is booked.", total=_trial_total(now))
        legs = self.feed.look(postings_of(self.account, chosen))
        title = now.accounts.get(self.account, self.account)
        self.of_account.object = row_table(
            (), [Row(cells=(f"{title}: {len(legs):,} {'entry' if len(legs) == 1 else 'entries'}, the latest first.",), mark="good")]
        )
        self.postings.show(legs, empty="Nothing is booked on it in this window.")
        picked = self.postings.picked
        opened = self.feed.look(entry_opened(int(picked)), 3600.0) if picked else None  # what is booked does not change
        self.entry.object = entry_html(self.plant, opened, self.currency)
        self.wip.show(work.wip, empty="Nothing is in work.", total=_wip_total(work))
        self.kinds.show(
            work.by_kind, empty="Everything has cost what was planned.", total=Row(cells=("All", exact(work.variance_minor)), mark="total")
        )
        self.standing.show(now.flow, now.to_us)
        for owed in self.owed:
            owed.show(now.to_us if now.to_us <= self.feed.run.now_us else None)
        for shown in (self.earned, self.money, self.opened):
            shown.show()
        self.variances.show(work.variances, empty="Everything has cost what was planned.")

    def _posting(self, it: PostingRow) -> Row:
        subjects = (it.order, it.request, it.job_order, it.lot, it.equipment, it.person)
        concerns = next((subject for subject in subjects if subject), "")
        of = f"{it.quantity:,} {material_title(self.plant, it.material)}" if it.material and it.quantity else it.material
        return Row(
            cells=(
                str(it.entry),
                local_time(self.plant, it.effective_us),
                it.document,
                ", ".join(filter(None, (concerns, of))),
                *debit_credit(it.amount_minor),
            )
        )

    def _wip(self, it: WipRow) -> Row:
        return Row(
            cells=(
                it.request,
                material_title(self.plant, it.material),
                exact(it.booked_minor),
                exact(it.running_minor),
                exact(it.value_minor),
            ),
            mark="good" if it.running_minor else "",
        )

    def _variance(self, it: VarianceRow) -> Row:
        cells = (
            it.kind,
            it.order,
            ", ".join(filter(None, (it.request, it.overhead))),
            material_title(self.plant, it.material),
            exact(it.amount_minor),
        )
        return Row(cells=cells, mark=_mark(it.amount_minor))


def finance_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    own = _Books(feed)
    note = pmui.Typography(NOTE, variant="body2", sx={"opacity": 0.8}, margin=(2, 12))
    kinds = {**OFFICE_FILES, ".beancount": "Beancount", ".hledger": "hledger"}
    files = downloads(feed, "statements", kinds, lambda: str(own.window.value))
    details = downloads(feed, "finance", {".xlsx": "Open items, tax, stock, margins: Excel"}, lambda: str(own.window.value))
    top = pmui.FlexBox(own.window, files, align_items="center", sizing_mode="stretch_width")

    def refresh() -> None:
        own.refresh()
        desk.show()

    def forms() -> list[Form]:
        return [
            it for it in (*feed.look(money_forms), *feed.look(value_forms), *feed.look(declared_forms)) if it["id"] in FORMS[parts.shown]
        ]

    parts = _parts(own, refresh)
    speaker = Speaker(feed, "finance page")
    desk = OfficeDesk(feed, speaker, forms, refresh)
    main = [own.figures, top, details, note, parts.ways, *parts.columns, own.opened.card, card("Enter", desk.tablet)]
    return page(feed, "Finance", "/finance", main, refresh, speaker)


def _parts(own: _Books, on_change: Callable[[], None]) -> Parts:
    """What stands together because it is read, and entered, together."""
    statements = [
        _beside(card("Income statement", own.income.shown), card("Balance sheet at its end", own.balance.shown)),
        card("Where a figure comes from", own.of_account, own.postings.shown, own.entry),
        card("Trial balance at the end of the window", own.trial.shown),
    ]
    work = [
        _beside(card("Work in progress now", own.wip.shown), card("Variances of the window, dearer than planned > 0", own.kinds.shown)),
        card("Every variance of the window", own.variances.shown),
        own.standing.stock,
        _beside(*own.standing.then),
    ]
    parts = {
        "statements": ("Statements", statements),
        "work": ("Work, stock, variances", work),
        "owed": ("Receivables, payables", [it.card for it in own.owed]),
        "bank": ("Cash and bank", [own.money.bank, _beside(*own.standing.flows)]),
        "earned": ("Margins, budgets", [own.money.dimension, *own.earned.cards]),
    }
    return Parts(parts, on_change)


def _beside(*cards: pmui.Paper) -> pmui.Grid:
    return pmui.Grid(*[pmui.Grid(it, size={"xs": 12, "lg": 6}) for it in cards], container=True, spacing=0, sizing_mode="stretch_width")


def _figures_html(now: Statements, currency: str) -> str:
    return figures_html(
        (
            ("Revenue", exact(now.revenue_minor), currency, ["in the window, without tax"]),
            ("Result", exact(now.result_minor), currency, ["in the window"]),
            ("Assets", exact(now.assets_minor), currency, ["at its end"]),
            ("Work in progress now", exact(now.wip_minor), currency, ["with what runs and is not booked yet"]),
        )
    )


def _variance_figure(it: VarianceRow) -> str:
    return f"variance: {it.kind}" + (f" of {name}" if (name := name_of(it)) else "")


def _mark(minor: int) -> str:
    return "bad" if minor > 0 else "good"


def _statement_name(it: StatementRow) -> str:
    """The account; of a total, and of the result so far, its title, by which it is opened."""
    return it.title if it.account in ("", "result") else it.account


def _statement_row(it: StatementRow) -> Row:
    return Row(cells=(it.title, exact(it.amount_minor)), mark="total" if it.is_total else "")


def _trial_row(it: BalanceRow) -> Row:
    debit, credit = (exact(minor) if minor else "" for minor in (it.debit_minor, it.credit_minor))
    return Row(cells=(str(it.number), it.title, debit, credit))


def _trial_total(now: Statements) -> Row:
    return Row(cells=("", "All accounts", exact(now.debit_minor), exact(now.credit_minor)), mark="total")


def _wip_total(work: Work) -> Row:
    return Row(cells=("All", "", exact(work.wip_booked_minor), exact(work.wip_running_minor), exact(work.wip_minor)), mark="total")
