"""What units should have borne of each overhead by itself: of all of them together, `CostRollUp` says it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from twin.erp.accounting.standard_cost import CostRollUp

Shares = dict[str, Fraction]
NOTHING = Fraction(0)


def planned_shares(roll_up: CostRollUp, material: str, produced: int, lost: Mapping[str | None, int]) -> Shares:
    """For so many good units, and for those that each operation has lost; minor units, exact."""
    found = roll_up.overheads.by_pieces(material, produced)
    for operation, quantity in ((None, produced), *lost.items()):
        for standard in _up_to(roll_up, material, operation):
            _add(found, standard, quantity)
    return found


def shares_before(roll_up: CostRollUp, material: str, operation: str, quantity: int) -> Shares:
    """For units that were found in the making, before an operation."""
    found: Shares = {}
    for name, standard in roll_up.operations[material].items():
        if name == operation:
            break
        _add(found, standard.overheads, quantity)
    return found


def _up_to(roll_up: CostRollUp, material: str, operation: str | None) -> list[Mapping[str, Fraction]]:
    """Of one unit, operation by operation, up to and including one; None or an unknown one: all of them."""
    found = []
    for name, standard in roll_up.operations[material].items():
        found.append(standard.overheads)
        if name == operation:
            break
    return found


def _add(shares: Shares, more: Mapping[str, Fraction], quantity: int) -> None:
    for name, each in more.items():
        shares[name] = shares.get(name, NOTHING) + each * quantity
