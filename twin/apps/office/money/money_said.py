"""What accountants say on forms becomes events: files of the bank, entries by hand, bills and invoices for no goods, budgets."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from twin.apps.terminals.readers import (
    Said,
    file_of,
    instant_if_any,
    instant_of,
    money_if_any,
    money_of,
    needed_text_of,
    part_of_all,
    parts_of,
    text_of,
    whole_of,
)
from twin.model import events as e
from twin.model.calendars import local_instant_us
from twin.model.problems import listed
from twin.model.settlement.camt import CamtStatement, is_xml, read_camt
from twin.results.run import Run

MOST_LINES = 1_000


class MoneySaid:
    """The entries of accounting, as events of one run: `kinds` by name."""

    def __init__(self, run: Run) -> None:
        self._run = run
        self.kinds = {
            "BankStatementEntered": self.statement,
            "BankLineAssigned": self._assign,
            "SetOffEntered": self._set_off,
            "PaymentTakenBack": self._take_back,
            "BankMatchUndone": self._undo,
            "EntryProposed": self._by_hand,
            "BudgetSet": self._budget,
            "CostBillEntered": self._cost_bill,
            "BillRejected": self._reject,
            "FreeInvoiceEntered": self._free_invoice,
            "DebtWrittenOff": self._write_off,
            "OpeningItemEntered": self._begin,
            "DownPaymentAsked": self._ask_in_advance,
            "DownPaymentBillEntered": self._bill_in_advance,
        }

    def statement(self, said: Said, at: dict[str, Any]) -> e.BankStatementEntered:
        """A file of the bank, `bank_lines` of what is said.

        Raises
        ------
        ValueError : it is no such file, or is of days to come or of another currency, in words
        """
        content = _content(said)
        if is_xml(content):
            return self._camt(said, at, read_camt(content))
        lines = tuple(bank_line(n, it) for n, it in enumerate(_text_in(content).splitlines(), start=1) if it.strip())
        _refuse_many(len(lines))
        return e.BankStatementEntered(**at, statement=text_of(said, "statement"), bank_lines=lines)

    def _camt(self, said: Said, at: dict[str, Any], told: CamtStatement) -> e.BankStatementEntered:
        """As the bank tells it; each line is of the end of the day on which it was booked, when all papers of that day are there."""
        layout = self._run.plant.layout
        _refuse_many(len(told.lines))
        if told.currency not in ("", layout.currency):
            raise ValueError(f"the statement is in {told.currency}; allowed: {layout.currency}, the currency of the books")
        zone, now_us = ZoneInfo(layout.time_zone), at["effective_us"]
        if to_come := [str(it.booked) for it in told.lines if local_instant_us(it.booked, 0, zone) > now_us]:
            raise ValueError(f"a line was booked on {max(to_come)}, which is to come; allowed: days up to now")
        ends = (local_instant_us(it.booked + timedelta(days=1), 0, zone) - 1 for it in told.lines)
        return e.BankStatementEntered(
            **at, statement=text_of(said, "statement") or told.statement, booked=tuple(min(it, now_us) for it in ends),
            bank_lines=tuple((it.amount_minor, it.reference, it.party) for it in told.lines),
        )  # fmt: skip

    @staticmethod
    def _assign(said: Said, at: dict[str, Any]) -> e.BankLineAssigned:
        number, statement = parts_of(said, "line", 2)
        line = whole_of({"line": number}, "line")
        return e.BankLineAssigned(
            **at,
            statement=statement,
            number=line,
            item=text_of(said, "item"),
            account=text_of(said, "account"),
        )

    @staticmethod
    def _set_off(said: Said, at: dict[str, Any]) -> e.SetOffEntered:
        side, party, item = parts_of(said, "item", 3)
        of_side, of_party, credit = parts_of(said, "credit", 3)
        if (of_side, of_party) != (side, party):
            raise ValueError(f"credit: '{credit}' is of {of_party}, '{item}' of {party}; allowed: both of one party")
        return e.SetOffEntered(**at, side=side, party=party, item=item, credit=credit, amount_minor=part_of_all(said, "amount"))

    @staticmethod
    def _take_back(said: Said, at: dict[str, Any]) -> e.PaymentTakenBack:
        return e.PaymentTakenBack(**at, payment=needed_text_of(said, "payment"), reason=text_of(said, "reason"))

    @staticmethod
    def _undo(said: Said, at: dict[str, Any]) -> e.BankMatchUndone:
        number, statement = parts_of(said, "line", 2)
        return e.BankMatchUndone(**at, statement=statement, number=whole_of({"line": number}, "line"), reason=text_of(said, "reason"))

    @staticmethod
    def _by_hand(said: Said, at: dict[str, Any]) -> e.EntryProposed:
        minor = money_of(said, "amount")
        further = tuple((account, amount) for account, amount, _ in further_lines(said, "more"))
        legs = ((text_of(said, "debit"), minor), (text_of(said, "credit"), -minor), *further)
        about: dict[str, Any] = {it: text_of(said, it) for it in ("product", "customer_order", "work_center", "customer", "supplier")}
        return e.EntryProposed(**at, document=needed_text_of(said, "document"), legs=legs, **about)

    @staticmethod
    def _budget(said: Said, at: dict[str, Any]) -> e.BudgetSet:
        return e.BudgetSet(**at, month=text_of(said, "month"), account=text_of(said, "account"), amount_minor=money_of(said, "amount"))

    def _cost_bill(self, said: Said, at: dict[str, Any]) -> e.CostBillEntered:
        if unsaid := [
            words for name, words in (("supplier", "who sends the bill"), ("account", "what it is for")) if not text_of(said, name)
        ]:
            raise ValueError(f"{unsaid[0]} is not chosen; allowed: one of the list")
        first = (text_of(said, "account"), money_of(said, "net"), text_of(said, "place"))
        further, codes = further_lines(said, "more"), further_codes(said, "more")
        code = text_of(said, "tax_code")
        return e.CostBillEntered(
            **at, supplier=text_of(said, "supplier"), bill=text_of(said, "bill"), cost_lines=(first, *further),
            tax_code="" if any(codes) else code, tax_minor=money_if_any(said, "tax"),
            line_codes=(code, *(it or code for it in codes)) if any(codes) else (),
            due_us=instant_if_any(self._run.plant, said, "due", 0),
        )  # fmt: skip

    @staticmethod
    def _reject(said: Said, at: dict[str, Any]) -> e.BillRejected:
        supplier, bill = parts_of(said, "bill", 2)
        return e.BillRejected(**at, supplier=supplier, bill=bill, reason=text_of(said, "reason"))

    @staticmethod
    def _free_invoice(said: Said, at: dict[str, Any]) -> e.FreeInvoiceEntered:
        return e.FreeInvoiceEntered(
            **at, customer=text_of(said, "customer"), earning_lines=((text_of(said, "account"), money_of(said, "net")),),
            reason=text_of(said, "reason"), tax_code=text_of(said, "tax_code"),
        )  # fmt: skip

    @staticmethod
    def _write_off(said: Said, at: dict[str, Any]) -> e.DebtWrittenOff:
        return e.DebtWrittenOff(
            **at, invoice=text_of(said, "invoice"), amount_minor=part_of_all(said, "amount"), reason=text_of(said, "reason")
        )

    def _ask_in_advance(self, said: Said, at: dict[str, Any]) -> e.DownPaymentAsked:
        return e.DownPaymentAsked(
            **at, order=text_of(said, "order"), net_minor=money_of(said, "net"), tax_code=text_of(said, "tax_code"),
            due_us=instant_if_any(self._run.plant, said, "due", 0),
        )  # fmt: skip

    def _bill_in_advance(self, said: Said, at: dict[str, Any]) -> e.DownPaymentBillEntered:
        return e.DownPaymentBillEntered(
            **at, order=text_of(said, "order"), bill=text_of(said, "bill"), net_minor=money_of(said, "net"),
            tax_minor=money_if_any(said, "tax"), currency=text_of(said, "currency"), due_us=instant_if_any(self._run.plant, said, "due", 0),
        )  # fmt: skip

    def _begin(self, said: Said, at: dict[str, Any]) -> e.OpeningItemEntered:
        return e.OpeningItemEntered(
            **at, side=text_of(said, "side"), party=text_of(said, "party"), item=text_of(said, "item"),
            amount_minor=money_of(said, "amount"), due_us=instant_of(self._run.plant, said, "due"),
        )  # fmt: skip


def _refuse_many(count: int) -> None:
    if not 1 <= count <= MOST_LINES:
        raise ValueError(f"the file has {count} lines; allowed: 1 to {MOST_LINES}, as in 1250.00; invoice INV-B1; Acme")


def _content(said: Said) -> bytes:
    """What is in the file that was chosen."""
    try:
        return base64.b64decode(file_of(said, "bank_lines")[1], validate=True)
    except ValueError:
        raise ValueError("the file cannot be read; allowed: a text file with a line each, as in 1250.00; invoice INV-B1; Acme") from None


def _text_in(content: bytes) -> str:
    """Banks write it in UTF-8 or in Latin letters."""
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def bank_line(number: int, line: str) -> tuple[int, str, str]:
    """Minor units, reference and party of a line of a file, parted by semicolons or tabs; the last two may be left out.

    Raises
    ------
    ValueError : no amount, or more than three parts
    """
    parts = [it.strip().strip('"') for it in line.replace("\t", ";").split(";")]
    if len(parts) > 3:
        raise ValueError(f"line {number}: {listed(parts)}; allowed: amount; reference; party")
    amount, reference, party = (*parts, "", "")[:3]
    try:
        return money_of({"amount": amount.removeprefix("+")}, "amount"), reference, party
    except ValueError as wrong:
        raise ValueError(f"line {number}: {wrong}") from None


def further_lines(said: Said, name: str) -> tuple[tuple[str, int, str], ...]:
    """Accounts, amounts and places, as in "services: 300.00 @ hobbing; rent: 50.00"."""
    found = []
    for part in filter(None, (it.strip() for it in text_of(said, name).split(";"))):
        account, colon, rest = part.partition("%")[0].partition(":")
        amount, _, place = rest.partition("@")
        if not colon or not account.strip() or not amount.strip():
            raise ValueError(f"{name}: {listed([part[:40]])}: no account with an amount; allowed: as in services: 300.00; rent: 50.00")
        found.append((account.strip(), money_of({name: amount}, name), place.strip()))
    return tuple(found)


def further_codes(said: Said, name: str) -> list[str]:
    """The tax code of each, as in "rent: 50.00 % exempt"; "" where none is written."""
    return [it.partition("%")[2].strip() for it in text_of(said, name).split(";") if it.strip()]
