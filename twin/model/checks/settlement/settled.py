"""Terms name taxes and currencies that there are, reminders come one after the other, budgets are of accounts that there are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from twin.model.measures import write_duration
from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, did_you_mean, listed
from twin.model.scenario import Scenario
from twin.model.settlement.chart import ACCOUNT_FORM, ACCOUNTS, EARNING, chart_of
from twin.model.settlement.finance import CURRENCY_FORM, MONTH_FORM


def _finding(path: KeyPath, what: str, allowed: str, at_key: bool = False, spoils: bool = False) -> Finding:
    return Finding(document="items", path=path, what=what, allowed=allowed, at_key=at_key, spoils=spoils)


def dangling(plant: Plant) -> Iterator[Finding]:
    """What terms name is declared."""
    finance = plant.materials.finance
    for name, definition in plant.materials.materials.items():
        if definition.tax is not None and definition.tax not in finance.tax_codes:
            what = f"no tax code is called '{definition.tax}'{did_you_mean(definition.tax, finance.tax_codes)}"
            yield _finding(("materials", name, "tax"), what, listed(finance.tax_codes), spoils=True)
        for code in definition.prices:
            if code not in finance.currencies:
                what = f"nobody knows the rate of '{code}'{did_you_mean(code, finance.currencies)}"
                yield _finding(("materials", name, "prices", code), what, listed(finance.currencies), at_key=True)
    sections = (("suppliers", plant.materials.suppliers), ("customers", plant.materials.customers))
    for section, parties in sections:
        for name, party in parties.items():
            path = (section, name, "terms")
            if party.terms is None:
                continue
            tax, currency, discount = party.terms.tax, party.terms.currency, party.terms.discount
            if discount is not None and discount.within > party.terms.due:
                what = f"the discount is for paying within {write_duration(discount.within)}, after it is due"
                yield _finding((*path, "discount", "within"), what, f"{write_duration(party.terms.due)} or less, which is due")
            if tax is not None and tax not in finance.tax_codes:
                what = f"no tax code is called '{tax}'{did_you_mean(tax, finance.tax_codes)}"
                yield _finding((*path, "tax"), what, listed(finance.tax_codes), spoils=True)
            own = plant.layout.currency
            if currency is not None and currency != own and currency not in finance.currencies:
                what = f"nobody knows the rate of '{currency}'{did_you_mean(currency, finance.currencies)}"
                yield _finding((*path, "currency"), what, listed([own, *finance.currencies]), spoils=True)


def currencies(plant: Plant) -> Iterator[Finding]:
    """Currencies are written as everybody writes them, the books' own has no rate, and one rate follows the other."""
    own = plant.layout.currency
    for currency, rates in plant.materials.finance.currencies.items():
        path = ("finance", "currencies", currency)
        if not re.fullmatch(CURRENCY_FORM, currency):
            yield _finding(path, f"'{currency}' is no currency", "a code of ISO 4217, as CZK", at_key=True)
        if currency == own:
            yield _finding(path, f"{own} is the currency of this plant: its rate is 1", "other currencies", at_key=True)
        for n, (before, it) in enumerate(pairwise(rates), start=1):
            if it.since <= before.since:
                what = f"rate {n + 1} of {currency} does not come after rate {n}"
                yield _finding((*path, n, "since"), what, f"a day after {before.since}")


def reminders(plant: Plant) -> Iterator[Finding]:
    """Each reminder comes later than the one before it."""
    for n, (before, it) in enumerate(pairwise(plant.materials.finance.dunning), start=1):
        if it.after <= before.after:
            what = f"reminder {n + 1} does not come after reminder {n}"
            yield _finding(("finance", "dunning", n, "after"), what, f"more than {write_duration(before.after)}")


def accounts(plant: Plant) -> Iterator[Finding]:
    """An account of the company's own has a name, a number and a title that no other has."""
    numbers = {it.number: code for code, it in ACCOUNTS.items()}
    titles = {it.title: code for code, it in ACCOUNTS.items()}
    for code, it in plant.materials.finance.accounts.items():
        path = ("finance", "accounts", code)
        if code in ACCOUNTS or code == "result":
            yield _finding(path, f"an account '{code}' is there in every plant", "another name", at_key=True)
        elif not re.fullmatch(ACCOUNT_FORM, code):
            allowed = "small letters, digits and '_', a letter first, as in office_rent"
            yield _finding(path, f"'{code}' is no name of an account", allowed, at_key=True)
        if (other := numbers.setdefault(it.number, code)) != code:
            yield _finding((*path, "number"), f"{it.number} is the number of '{other}'", "a number that no account has")
        if not it.title.strip() or (other := titles.setdefault(it.title, code)) != code:
            what = f"'{it.title}' is the title of '{other}'" if it.title.strip() else "an account needs a title"
            yield _finding((*path, "title"), what, "a title that no account has")


def budgets(plant: Plant) -> Iterator[Finding]:
    """A budget is of an account of the income statement."""
    known = [code for code, it in chart_of(plant.materials.finance.accounts).items() if it.kind in EARNING]
    for month, amounts in plant.materials.finance.budgets.items():
        if not re.fullmatch(MONTH_FORM, month):
            yield _finding(("finance", "budgets", month), f"'{month}' is no month", "YYYY-MM, as 2026-03", at_key=True)
        for account in amounts:
            if account not in known:
                what = f"no account of the income statement is called '{account}'{did_you_mean(account, known)}"
                yield _finding(("finance", "budgets", month, account), what, listed(known, 40), at_key=True)


def late_customers(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    """Who is said to pay late is a customer."""
    for name in scenario.policies.payments.customers_late:
        if name not in plant.materials.customers:
            known = plant.materials.customers
            yield Finding(
                document="scenario", path=("policies", "payments", "customers_late", name),
                what=f"no customer is called '{name}'{did_you_mean(name, known)}", allowed=listed(known), at_key=True,
                rests_on=(("items", "customers", name),),
            )  # fmt: skip
