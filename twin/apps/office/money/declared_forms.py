"""The forms by which what is declared becomes otherwise: what, of whom or of which material, from when on, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from twin.apps.office.money.made_form import made_form
from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.terminals.readers import Said, instant_of, needed_text_of, text_of
from twin.apps.words import choices, supplier_choices
from twin.model.events import ExchangeRateEntered, MasterDataChanged, MasterDataRevised
from twin.model.master_data.allowed import BOUGHT
from twin.model.master_data.dated import table_of
from twin.results.run import Run
from twin.results.views.overview import local_time

_FROM = "From, if not from now on, as in 2026-03-02 14:00"
_DISCOUNT, _WITHIN = "terms.discount", " within "
_TERMS = {"Payment due after, as in 30 d": "terms.due", "Tax code": "terms.tax", f"Cash discount, as in 2 %{_WITHIN}10 d": _DISCOUNT}
_KEYS: Mapping[str, tuple[str, str, Mapping[str, str]]] = {
    "materials": (
        "Material", "Change a material's data",
        {
            "Lead time of what is made, as in 3 d": "planned_lead_time", "Safety stock": "planning.safety_stock",
            "Order point": "reorder.point", "Order quantity": "reorder.quantity", "Least quantity of an order": "planning.minimum",
            "Orders in multiples of": "planning.multiple", "Lot size": "lot_size", "Price it is bought at": "standard_cost",
            "Price it is sold at": "price", "Tax code": "tax", "Supplier": "supplier", "Title": "title",
        },
    ),
    "suppliers": (
        "Supplier", "Change a supplier's data",
        {"Lead time, as in 8 d": "lead_time", **_TERMS, "May bring beyond an order, as in 5 %": "over_delivery", "Title": "title"},
    ),
    "customers": (
        "Customer", "Change a customer's data", {**_TERMS, "Shipments in parts, allowed or never": "partial", "Title": "title"},
    ),
    "tax_codes": ("Tax code", "Change a tax rate", {"Rate, as in 19 %": "rate", "Title": "title"}),
}  # fmt: skip
_FIRST: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "suppliers": ("A new supplier", {"title": "Title", "lead_time": "Lead time, as in 8 d", "terms.due": "Payment due after, as in 30 d"}),
    "customers": ("A new customer", {"title": "Title", "terms.due": "Payment due after, as in 30 d"}),
    "materials": (
        "A new material that is bought",
        {
            "title": "Title",
            "unit": "Unit, as in kg, a piece where it is left out",
            "standard_cost": "Price it is bought at, as in 3.20 EUR",
            "price": "Price it is sold at",
        },
    ),
    "tax_codes": ("A new tax", {"title": "Title", "rate": "Rate, as in 19 %"}),
}
_WITH_TAX = {"suppliers": "terms.tax", "customers": "terms.tax", "materials": "tax"}
_NEEDED = ("lead_time", "rate", "standard_cost")
NEW_KINDS = {table: f"MasterDataNew:{table}" for table in _FIRST}
"""What the form of something new is called, by table."""
KINDS = {table: f"MasterDataChanged:{table}" for table in _KEYS}
"""What the form of each table is called."""


def declared_forms(run: Run) -> list[Form]:
    """What is said of what is declared, on the finance page. Called with the run's lock."""
    there = [table for table in _KEYS if table_of(run.plant.materials, table)]
    may_be_new = [table for table in _FIRST if table != "customers" or table in there]  # where none is declared anybody is one
    forms = [*(_form(run, table) for table in there), *(_new_form(run, table) for table in may_be_new), made_form(run)]
    if known := run.erp.settlement.rates.known:
        forms.append(_rate_form(run, known))
    return [group("declared", "What is declared", [_coming(run, it) for it in run.erp.master_data.coming], *forms)]


def _coming(run: Run, it: MasterDataRevised) -> str:
    what = f"{_KEYS[it.table][0]} {it.declared}"
    said = ", ".join(f"{key} {value or 'left out'}" for key, value in it.changes)
    return f"{what} changes from {local_time(run.plant, it.from_us)} on: {said}"


def _rate_form(run: Run, known: list[str]) -> Form:
    own = run.plant.layout.currency
    return form(
        ExchangeRateEntered.__name__, "A rate of the day", choice("currency", "Currency", {it: it for it in known}),
        ask("rate", f"So many for one {own}", "text"), ask("from", _FROM, "text", needed=False), send="It is so",
    )  # fmt: skip


def rate_said(run: Run, said: Said, at: dict[str, Any]) -> ExchangeRateEntered:
    """What the form of rates says."""
    from_us = instant_of(run.plant, said, "from") if text_of(said, "from") else -1
    return ExchangeRateEntered(**at, currency=text_of(said, "currency"), rate=needed_text_of(said, "rate"), from_us=from_us)


def _form(run: Run, table: str) -> Form:
    name, button, keys = _KEYS[table]
    declared: dict[str, Any] = table_of(run.plant.materials, table)
    return form(
        KINDS[table], button, choice("declared", name, choices({key: it.title for key, it in declared.items()})),
        choice("key", "What of it", keys), ask("value", "From then on, nothing where it is left out", "text", needed=False),
        ask("from", _FROM, "text", needed=False), ask("reason", "Reason", "text"),
        send="It is so",
    )  # fmt: skip


def _new_form(run: Run, table: str) -> Form:
    button, asked = _FIRST[table]
    codes = choices({name: it.title for name, it in run.plant.materials.finance.tax_codes.items()})
    taxes = [choice(_WITH_TAX[table], "Tax code", {"\u2013": "", **codes})] if table in _WITH_TAX and codes else []
    if table == "materials":
        taxes.append(choice("supplier", "Supplier", supplier_choices(run.plant), none="No supplier is declared."))
    fields = [ask(key, label, "text", needed=key in _NEEDED) for key, label in asked.items()]
    return form(
        NEW_KINDS[table], button, ask("declared", "Name by which it is called, as in new_mill", "text"), *fields, *taxes,
        ask("reason", "Reason", "text"), send="It is there",
    )  # fmt: skip


def new_said(table: str, said: Said, at: dict[str, Any]) -> MasterDataChanged:
    """What the form of something new says."""
    keys = (*_FIRST[table][1], *filter(None, (_WITH_TAX.get(table), "supplier" if table == "materials" else "")))
    changes = tuple((key, value) for key in keys if (value := text_of(said, key)))
    changes = (("kind", BOUGHT), *changes) if table == "materials" else changes
    name = needed_text_of(said, "declared")
    return MasterDataChanged(**at, table=table, declared=name, changes=changes, reason=text_of(said, "reason"), is_new=True)


def declared_said(run: Run, table: str, said: Said, at: dict[str, Any]) -> MasterDataChanged:
    """What the form of a table says."""
    key, value = needed_text_of(said, "key"), text_of(said, "value")
    changes: tuple[tuple[str, str], ...] = ((key, value),)
    if key == _DISCOUNT and value:
        share, _, within = value.partition(_WITHIN)
        changes = ((f"{key}.share", share), (f"{key}.within", within))
    return MasterDataChanged(
        **at, table=table, declared=text_of(said, "declared"), changes=changes,
        reason=text_of(said, "reason"), from_us=instant_of(run.plant, said, "from") if text_of(said, "from") else -1,
    )  # fmt: skip
