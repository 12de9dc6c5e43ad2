"""The forms of accounting: what the bank says, entries by hand, bills and invoices for no goods, what a company begins with, budgets."""

from __future__ import annotations

from twin.apps.office.money.clearing_forms import clearing_forms
from twin.apps.office.purchasing_forms import AS_TIME, currency_choice
from twin.apps.terminals.forms import OF_WHEN, Form, ask, choice, earlier, form, group
from twin.apps.words import choices, customer_choices, customer_title, exact, material_choices, supplier_choices, supplier_title
from twin.erp.settlement.documents.begun_and_rejected import SIDES
from twin.model.settlement.chart import EARNING
from twin.results.run import Run
from twin.results.settlement.bank_now import bank_now
from twin.results.views.business.owed import payables_now, receivables_now
from twin.results.views.overview import local_time

AS_FILE = "File of the bank: camt.053, or a line each, as 1250.00; invoice INV-B1; Acme"
MORE_LINES = "Further lines: account, net, work center, tax code, as in services: 300.00 @ hobbing; rent: 50.00 % exempt"
BY_TERMS = "by the terms"
CHOOSE = "please choose"  # what is preset would be booked unread


def money_forms(run: Run) -> list[Form]:
    """What is said on the finance page besides what something is worth. Called with the run's lock."""
    return [_bank(run), clearing_forms(run), _by_hand(run), _bills(run), _customers(run), _begun(run)]


def _accounts(run: Run, codes: list[str]) -> dict[str, str]:
    return choices({code: f"{run.erp.ledger.accounts[code].number} {run.erp.ledger.accounts[code].title}" for code in codes})


def _bank(run: Run) -> Form:
    plant, erp = run.plant, run.erp
    left = {
        f"{it.statement}, line {it.number}: {exact(it.amount_minor)}, {it.reference or 'no reference'}, {it.party or 'nobody named'}": (
            f"{it.number}|{it.statement}"
        )
        for it in bank_now(run).left
    }
    items = {
        f"{it.item} of {it.party}: {exact(it.amount_minor, it.currency)} open, due {local_time(plant, it.due_us)}": it.item
        for it in (*receivables_now(run).items, *payables_now(run).items)
    }
    accounts = _accounts(run, [code for code in erp.settlement.said.by_hand if code != "cash"])
    none = "Every line of the bank is known."
    return group(
        "bank", "The bank", [f"{len(left)} lines of the bank are for nothing that is known."] if left else [],
        form(
            "BankStatementEntered", "Hand in a statement",
            ask("statement", "Number of the statement, if its file has none", "text", needed=False),
            ask("bank_lines", AS_FILE, "file"), earlier(OF_WHEN), send="Hand it in", mark="go",
        ),
        form(
            "BankLineAssigned", "A line pays a bill or an invoice", choice("line", "Line", left, none=none),
            choice("item", "It is for", items, none="Nothing is open."), send="It is for this", label="It pays this",
        ),
        form(
            "BankLineAssigned", "A line is something else", choice("line", "Line", left, none=none),
            choice("account", "It is", accounts), send="It is this", label="It is this",
        ),
    )  # fmt: skip


def _by_hand(run: Run) -> Form:
    accounts = _accounts(run, run.erp.settlement.said.by_hand)
    earning = _accounts(run, [code for code, it in run.erp.ledger.accounts.items() if it.kind in EARNING])
    return group(
        "by_hand", "Entries by hand and budgets", [],
        form(
            "EntryProposed", "Post an entry", ask("document", "What it is, as in depreciation of the office", "text"),
            choice("debit", "Debit", accounts), choice("credit", "Credit", accounts), ask("amount", "Amount, as in 150.00", "money"),
            ask("more", "Further legs, as in rent: 100.00; cash: -100.00", "text", needed=False), *_about(run), earlier(OF_WHEN),
            send="Post it",
        ),
        form(
            "BudgetSet", "Plan an account for a month", ask("month", "Month, as in 2026-03", "text"),
            choice("account", "Account", earning), ask("amount", "So much is planned", "money"), send="Plan it",
        ),
    )  # fmt: skip


def _about(run: Run) -> list[Form]:
    """What an entry by hand is about, by which Finance shows the books."""
    plant, open_orders = run.plant, [it for it in run.erp.customer_orders.orders.values() if it.open_quantity]
    orders = dict.fromkeys(name for it in open_orders for name in ((it.header, it.order) if it.header else (it.order,)))
    asked = {
        "work_center": ("Work center", choices({name: it.title for name, it in plant.layout.work_centers.items()})),
        "product": ("Product or material", material_choices(plant, plant.materials.materials)),
        "customer_order": ("Customer order", {name: name for name in orders}),
        "customer": ("Customer", customer_choices(plant)),
        "supplier": ("Supplier", supplier_choices(plant)),
    }
    return [choice(name, f"{words}, if it is of one", {"–": "", **offered}) for name, (words, offered) in asked.items() if offered]


def _bills(run: Run) -> Form:
    plant, finance = run.plant, run.plant.materials.finance
    billed = _accounts(run, run.erp.settlement.cost_bills.billed)
    centers = {"–": "", **choices({name: it.title for name, it in plant.layout.work_centers.items()})}
    open_bills = {
        f"{it.item} of {supplier_title(plant, it.party)}: {exact(it.amount_minor, it.currency)}"
        + (f", {it.blocked}" if it.blocked else ""): f"{it.party}|{it.item}"
        for it in payables_now(run).items
    }
    return group(
        "cost_bills", "Bills for no goods", [],
        form(
            "CostBillEntered", "Enter a bill for rent, energy, freight, services",
            choice("supplier", "Supplier", {CHOOSE: "", **supplier_choices(plant)}),
            ask("bill", "Number of the bill", "text"), choice("account", "It is for", {CHOOSE: "", **billed}),
            ask("net", "Net, below zero for a credit note", "money"), choice("place", "Work center, if it is of one", centers),
            ask("more", MORE_LINES, "text", needed=False),
            choice("tax_code", "Tax code", {"–": "", **choices({name: it.title for name, it in finance.tax_codes.items()})}),
            ask("tax", "Tax, if it is not by the code", "money", needed=False),
            ask("due", f"Due, if not by the terms, {AS_TIME}", "text", needed=False), earlier(OF_WHEN), send="Enter it", mark="go",
        ),
        form(
            "DownPaymentBillEntered", "Enter a bill for a down payment",
            choice("order", "Purchase order", _purchases_open(run), none="Nothing is to come."), ask("bill", "Number of the bill", "text"),
            ask("net", "Net, below zero if it is given back", "money"), ask("tax", "Tax", "money", needed=False),
            *currency_choice(plant), ask("due", f"Due, if not at once, {AS_TIME}", "text", needed=False), earlier(OF_WHEN),
            send="Enter it", mark="go",
        ),
        form(
            "BillRejected", "Send a bill back", choice("bill", "Bill", open_bills, none="No bill is open."), ask("reason", "Why", "text"),
            send="It is sent back", mark="bad",
        ),
    )  # fmt: skip


def _customers(run: Run) -> Form:
    plant, finance = run.plant, run.plant.materials.finance
    owed = {
        f"{it.item} of {it.party}: {exact(it.amount_minor, it.currency)} open": it.item
        for it in receivables_now(run).items
        if it.open_minor > 0
    }
    codes = {BY_TERMS: "", **choices({name: it.title for name, it in finance.tax_codes.items()})}
    return group(
        "customers", "Customers, without goods", [],
        form(
            "FreeInvoiceEntered", "Invoice or credit for no goods", choice("customer", "Customer", customer_choices(plant)),
            choice("account", "It is for", _accounts(run, run.erp.settlement.papers.earning)),
            ask("net", "Net, below zero for a credit", "money"), ask("reason", "What for", "text"), choice("tax_code", "Tax", codes),
            earlier(OF_WHEN), send="Send it", mark="go",
        ),
        form(
            "DebtWrittenOff", "Write off a bad debt", choice("invoice", "Invoice", owed, none="Nobody owes anything."),
            ask("amount", "Amount, left empty for all of it", "money", needed=False), ask("reason", "Why", "text"), send="It is lost",
            mark="bad",
        ),
        form(
            "DownPaymentAsked", "Ask for a down payment", choice("order", "Customer order", _orders_open(run), none="Nothing is to leave."),
            ask("net", "Net, in the currency of the order; below zero to give it back", "money"), choice("tax_code", "Tax", codes),
            ask("due", f"Due, if not at once, {AS_TIME}", "text", needed=False), earlier(OF_WHEN), send="Ask for it", mark="go",
        ),
    )  # fmt: skip


def _orders_open(run: Run) -> dict[str, str]:
    """Customer orders of which something is to leave, or of which a deposit is left, with what that is."""
    orders, deposits, plant = run.erp.customer_orders, run.erp.settlement.down.deposits, run.plant
    whole = dict.fromkeys(it.whole for it in orders.orders.values() if it.open_quantity)
    left = {name: deposits.free_minor("receivable", name) for name in whole}
    return {
        f"{name} of {customer_title(plant, orders.customer_of(name))}"
        + (f", {exact(minor)} paid in advance are left" if minor else ""): name
        for name, minor in left.items()
    }


def _purchases_open(run: Run) -> dict[str, str]:
    """Purchase orders of which something is to come."""
    purchasing, plant = run.erp.purchasing, run.plant
    names = dict.fromkeys(it.header or it.order for it in purchasing.orders.values() if it.open_quantity)
    suppliers = {name: purchasing.orders[purchasing.headers.get(name, [name])[0]].supplier for name in names}
    return {f"{name} at {supplier_title(plant, supplier)}": name for name, supplier in suppliers.items()}


def _begun(run: Run) -> Form:
    parties = {**supplier_choices(run.plant), **customer_choices(run.plant)}
    sides = dict(zip(("We owe it", "It is owed to us"), SIDES, strict=True))
    return group(
        "begun", "What the company began with", [],
        form(
            "OpeningItemEntered", "An open item from before", choice("side", "Whose", sides),
            choice("party", "Supplier or customer", parties),
            ask("item", "Number of the bill or invoice", "text"), ask("amount", "Open, with its tax", "money"),
            ask("due", f"Due, {AS_TIME}", "text"), send="It is open",
        ),
    )  # fmt: skip
