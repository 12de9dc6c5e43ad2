"""Every variance by what it is of and by order, adding up to what the books say.

| kind                | of              | amount                                                              |
|---------------------|-----------------|---------------------------------------------------------------------|
| purchase price      | purchase order  | its legs on the account: price and freight at standard, credit of returns |
| material price ... rounding | request | the parts of its production variance (`RequestCostRow`)              |
| material mix, yield | request         | where components can stand in for one another: their usage in two (`costing.mix`) |
| material substitution | request       | what alternates have cost at standard, less what they stood in for    |
| production, other   | request         | what is on the account besides: taken apart, a change of method       |
| overhead spending   | overhead        | incurred - budget; without a budget: incurred - borne                 |
| overhead volume     | overhead        | budget - borne: hours or pieces that were planned and not worked      |
| not absorbed        | the plant       | wages, machine time and energy that no request has borne              |
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.erp.erp import Erp

ACCOUNTS_OF_VARIANCES = (
    "purchase_price_variance", "production_variance", "wages", "labour_absorbed", "machine_cost", "machine_absorbed", "energy",
    "energy_absorbed", "overhead", "overhead_absorbed",
)  # fmt: skip
"""The accounts whose balances the rows of `variances` add up to."""
PARTS = (
    "material_price", "material_usage", "material_mix", "material_yield", "material_substitution", "labour_rate", "labour_efficiency",
    "machine_efficiency", "energy_usage", "overhead_efficiency", "subcontracting", "rounding",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class VarianceRow:
    """One variance: dearer than planned > 0. `order`, `request`, `overhead`: what it is of, where it is of one."""

    kind: str
    order: str
    request: str
    overhead: str
    material: str
    amount_minor: int


def variances(erp: Erp) -> list[VarianceRow]:
    """Every variance that is not zero."""
    rows = [*_purchase_price(erp), *_production(erp), *_overheads(erp), *_not_absorbed(erp)]
    return [row for row in rows if row.amount_minor]


def _row(kind: str, amount_minor: int, *, order: str = "", request: str = "", overhead: str = "", material: str = "") -> VarianceRow:
    return VarianceRow(kind=kind, order=order, request=request, overhead=overhead, material=material, amount_minor=amount_minor)


def _legs(erp: Erp, account: str) -> dict[tuple[str, str, str], int]:
    """What stands on an account by order, request and material."""
    found: dict[tuple[str, str, str], int] = {}
    for entry in erp.ledger.entries:
        for code, amount in entry.legs:
            if code == account:
                key = entry.order, entry.request, entry.material
                found[key] = found.get(key, 0) + amount
    return found


def _purchase_price(erp: Erp) -> list[VarianceRow]:
    legs = _legs(erp, "purchase_price_variance")
    return [
        _row("purchase price", amount, order=order, request=request, material=material)
        for (order, request, material), amount in legs.items()
    ]


def _production(erp: Erp) -> list[VarianceRow]:
    rows = []
    booked: dict[str, int] = {}
    for (_, request, _), amount in _legs(erp, "production_variance").items():
        booked[request] = booked.get(request, 0) + amount
    for cost in erp.request_costs():
        about = {"order": cost.order, "request": cost.request, "material": cost.material}
        rows += [_row(part.replace("_", " "), getattr(cost, f"{part}_minor"), **about) for part in PARTS]
        booked[cost.request] = booked.get(cost.request, 0) - cost.variance_minor
    return rows + [_row("production, other", amount, request=request) for request, amount in booked.items()]


def _overheads(erp: Erp) -> list[VarianceRow]:
    rows = []
    for name in erp.plant.materials.overheads:
        spent, budget = erp.corrections.incurred.get(name, (0, 0))
        borne = round(erp.book.borne.get(name, 0))
        planned = budget or borne
        rows += [_row("overhead spending", spent - planned, overhead=name), _row("overhead volume", planned - borne, overhead=name)]
    rows.append(_row("overhead spending", erp.settlement.said.posted_minor.get("overhead", 0)))  # by hand, of none that is declared
    balances = erp.ledger.balances
    rest = balances["overhead"] + balances["overhead_absorbed"] - sum(row.amount_minor for row in rows)
    return [*rows, _row("rounding", rest)]  # each request and each overhead is rounded by itself


def _not_absorbed(erp: Erp) -> list[VarianceRow]:
    balances = erp.ledger.balances
    pairs = (("labour", "wages"), ("machine", "machine_cost"), ("energy", "energy"))
    return [_row(f"{of} not absorbed", balances[paid] + balances[f"{of}_absorbed"]) for of, paid in pairs]
