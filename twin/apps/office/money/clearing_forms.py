"""The forms of what clears items besides money, and of what did not hold: credits set off, payments taken back, matches undone."""

from __future__ import annotations

from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.words import exact
from twin.results.run import Run
from twin.results.settlement.bank_now import bank_now
from twin.results.views.business.owed import ItemNow, payables_now, receivables_now
from twin.results.views.overview import local_time

SHOWN = 200
"""So many of the latest payments and lines are offered; a program may name any."""


def clearing_forms(run: Run) -> Form:
    """What is said of items that stand against each other, and of money that did not come. Called with the run's lock."""
    sides = {"receivable": receivables_now(run).items, "payable": payables_now(run).items}
    owed = {_item(it): f"{side}|{it.party}|{it.item}" for side, items in sides.items() for it in items if it.open_minor > 0}
    credits = {_item(it): f"{side}|{it.party}|{it.item}" for side, items in sides.items() for it in items if it.open_minor < 0}
    matched = [it for it in bank_now(run).lines if it.payment][:SHOWN]
    lines = {
        f"{it.statement}, line {it.number}: {exact(it.amount_minor)}, {it.party or 'nobody named'}, is {it.payment}": (
            f"{it.number}|{it.statement}"
        )
        for it in matched
    }
    return group(
        "clearing", "Credits, and what did not hold", [],
        form(
            "SetOffEntered", "Set a credit off", choice("item", "Bill or invoice", owed, none="Nothing is open."),
            choice("credit", "Credit of the same party", credits, none="Nobody has a credit."),
            ask("amount", "Amount, left empty for as much as is open of both", "money", needed=False), send="Set it off",
        ),
        form(
            "PaymentTakenBack", "A payment did not hold", choice("payment", "Payment or set-off", _payments(run), none="Nothing is paid."),
            ask("reason", "Why, as in debit returned", "text"), send="Take it back", mark="bad",
        ),
        form(
            "BankMatchUndone", "A line is something else after all", choice("line", "Line", lines, none="No line is matched."),
            ask("reason", "Why", "text"), send="Nobody knows it yet", mark="bad",
        ),
    )  # fmt: skip


def _item(it: ItemNow) -> str:
    return f"{it.item} of {it.party}: {exact(it.amount_minor, it.currency)} open"


def _payments(run: Run) -> dict[str, str]:
    settlement = run.erp.settlement
    paid = {
        f"{it.payment}: {exact(it.minor)}, {it.party}, {local_time(run.plant, it.at_us)}": it.payment
        for it in reversed(settlement.paying.payments.values())
        if (it.cleared or it.spare) and not it.is_taken_back
    }
    set_off = {
        f"{name}: {it.credit} off {it.item} of {it.party}": name
        for name, it in settlement.set_off.done.items()
        if name not in settlement.set_off.undone
    }
    return dict(list({**set_off, **paid}.items())[:SHOWN])
