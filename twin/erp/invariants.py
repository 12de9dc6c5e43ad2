"""What must hold between any two rounds, checked against the state that was built two ways: by movements and by entries.

Checked at every beat of the clock are the materials that have moved and the requests that have cost something since, so that a run pays
for what happens in it; all of them when that is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twin.erp.accounting.ledger import ROUNDING

if TYPE_CHECKING:
    from twin.erp.erp import Erp


@dataclass(slots=True)
class Looked:
    """How far somebody has looked at the books, and nothing was wrong; the books know nothing of it."""

    entries: int = 0
    moves: dict[str, int] = field(default_factory=dict)  # of each material
    charges: dict[str, int] = field(default_factory=dict)  # of each request


def violations(erp: Erp, since: Looked | None = None) -> list[str]:
    """Every invariant that does not hold, in words; with `since`, of what was touched after that, which goes on if nothing is wrong."""
    materials, requests = list(erp.materials), sorted(erp.requests.open | erp.ledger.wip_balances.keys())
    moves, charges = erp.stock.moves, erp.wip.charges
    if since is not None:
        posted = erp.ledger.entries[since.entries :]
        valued, costed = {*(it.material for it in posted), *erp.book.actual.method}, {it.request for it in posted}
        materials = [it for it in materials if it in valued or moves.get(it, 0) != since.moves.get(it, 0)]
        requests = [it for it in requests if it in costed or charges.get(it, 0) != since.charges.get(it, 0)]
    found = [*_books(erp), *_stock(erp, materials), *_demand_and_supply(erp), *_work_in_progress(erp, requests)]
    if since is not None and not found:
        since.entries = len(erp.ledger.entries)
        since.moves |= {it: moves.get(it, 0) for it in materials}
        since.charges |= {it: charges.get(it, 0) for it in requests}
    return found


def _books(erp: Erp) -> list[str]:
    """Debits = credits, in every entry and in all; what the events say is on the accounts; rounding stays rounding."""
    balances = erp.ledger.balances
    found = list(erp.book.entries.unbalanced)
    if difference := sum(balances.values()):
        found.append(f"debits and credits differ by {difference}")
    for account, due_minor in erp.evidence.due.items():
        due = due_minor + (erp.book.actual.sold_minor if account == "cost_of_goods_sold" else 0)
        if balances[account] != due:
            found.append(f"account '{account}' is {balances[account]}, {due} by its events")
    most_minor = erp.evidence.most_rounding_minor(len(erp.book.accruals) + len(erp.wip.accruals))
    if abs(balances[ROUNDING]) > most_minor:
        found.append(f"rounding difference is {balances[ROUNDING]}; rounding can explain {most_minor} at most either way")
    return found


def _stock(erp: Erp, materials: Iterable[str]) -> list[str]:
    found = []
    for material in materials:
        on_hand = erp.stock.on_hand[material]
        moved = sum(erp.stock.movements[material].values())
        if moved != on_hand:
            found.append(f"stock of '{material}': {on_hand} on hand, movements sum to {moved}")
        in_lots = sum(lot.quantity for lot in erp.stock.lots[material].values())
        if in_lots != on_hand:
            found.append(f"stock of '{material}': {on_hand} on hand, {in_lots} in its lots")
        value_minor = erp.book.value_minor(material, on_hand)
        booked_minor = erp.ledger.stock_balances.get(material, 0)
        if value_minor != booked_minor:
            found.append(f"stock of '{material}': worth {value_minor}, its account says {booked_minor}")
    for material in erp.book.actual.method:
        layered, on_hand = erp.book.actual.quantity(material), erp.stock.on_hand[material]
        if layered != on_hand:
            found.append(f"stock of '{material}': {on_hand} on hand, {layered} in its cost layers")
        if not on_hand and (value_minor := erp.book.actual.value_minor(material)) and erp.materials[material].valued_by == "material":
            found.append(f"stock of '{material}': none is there, and is worth {value_minor}")
    for material, lot in sorted(erp.stock.negative - erp.alerted_lots):
        found.append(f"lot '{lot}' of '{material}' is below zero and nobody was told")
    return found


def _demand_and_supply(erp: Erp) -> list[str]:
    """Reserved = what open orders, requests and maintenance still want; incoming = what open requests and purchase orders still give."""
    wanted = dict.fromkeys(erp.materials, 0)
    coming = dict.fromkeys(erp.materials, 0)
    for material, waiting in erp.customer_orders.waiting.items():
        wanted[material] += sum(erp.customer_orders.orders[order].open_quantity for _, order in waiting)
    for name in erp.requests.open:
        request = erp.requests.requests[name]
        coming[request.material] += request.expected
        for component, quantity in request.outstanding.items():
            wanted[component] += quantity
    for name in erp.requests.unfinished:
        coming[erp.requests.requests[name].material] += erp.requests.requests[name].expected
    for name in erp.purchasing.open:
        coming[erp.purchasing.orders[name].material] += erp.purchasing.orders[name].open_quantity
    for (_, material), quantity in erp.spare_parts.reserved.items():
        wanted[material] += quantity
    return [
        f"{what} of '{material}' is {kept[material]}, {counted[material]} by its orders"
        for what, kept, counted in (("reserved", erp.stock.reserved, wanted), ("incoming", erp.stock.incoming, coming))
        for material in erp.materials
        if kept[material] != counted[material]
    ]


def _work_in_progress(erp: Erp, requests: Iterable[str]) -> list[str]:
    found = []
    for request in requests:
        accrued, booked = erp.wip.balance_minor(request), erp.ledger.wip_balances.get(request, 0)
        if accrued != booked:
            what = "closed request" if request in erp.wip.closed else "request"
            found.append(f"WIP of {what} '{request}' is {accrued} by its actuals, {booked} on its account")
    return found
