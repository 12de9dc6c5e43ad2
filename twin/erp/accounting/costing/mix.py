"""What is used of components that can stand in for one another: as a mix at other proportions, and as more or less for what came out.

For one group of a bill, with q a component's quantity in the bill, p its standard price, AQ what was taken, SQ what should have been
for all that was finished or lost:

    average price = sum(q p) / sum(q)
    mix           = sum(AQ p) - sum(AQ) average price          the dearer component in place of the cheaper > 0
    yield         = (sum(AQ) - sum(SQ)) average price           more put in than should have come of it > 0
    usage         = sum((AQ - SQ) p) = mix + yield

Horngren, Datar, Rajan (2012), "Cost accounting", 14th ed., ch. 14, appendix.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.erp.accounting.standard_cost import total_minor

if TYPE_CHECKING:
    from twin.erp.erp import Erp

NOTHING = Fraction(0)


def of_group(bill: Mapping[str, Fraction], taken: Mapping[str, Fraction], prices: Mapping[str, Fraction]) -> tuple[Fraction, Fraction]:
    """Mix, and the average standard price of a unit, minor units, exact; all by component, `bill` in any proportion."""
    average = sum((bill[name] * prices[name] for name in bill), NOTHING) / sum(bill.values())
    return sum((taken[name] * (prices[name] - average) for name in bill), NOTHING), average


def mix_of(erp: Erp, material: str, inside: Mapping[str, Fraction]) -> Fraction:
    """The mix in what a request for `material` has of its components, by the bill and the standards of now, minor units, exact."""
    bill, mix = erp.roll_up.bills.components[material], NOTHING
    for group in erp.roll_up.bills.groups.get(material, ()):
        shares = {name: Fraction(bill[name]) for name in group}
        mix += of_group(shares, {name: inside.get(name, NOTHING) for name in group}, _prices(erp, group))[0]
    return mix


def _prices(erp: Erp, group: Iterable[str]) -> dict[str, Fraction]:
    standards = {name: erp.roll_up.released[name] for name in group}
    return {name: Fraction(total_minor(it), it.quantity) for name, it in standards.items()}


def mix_and_usage(erp: Erp, material: str, taken: Mapping[str, int | Fraction], begun: int, out_of_it: int) -> tuple[Fraction, Fraction]:
    """Of all groups of the bill of `material`: mix, and usage (mix + yield), minor units, exact.

    `taken` was taken of each component, and what goes into `begun` units was there before; `out_of_it` units were finished or lost.
    """
    bills, mix, usage = erp.roll_up.bills, NOTHING, NOTHING
    components = bills.components[material]
    for group in bills.groups.get(material, ()):
        bill = {name: Fraction(components[name]) for name in group}
        prices = _prices(erp, group)
        used = {name: taken.get(name, 0) + each * begun for name, each in bill.items()}
        of_mix, average = of_group(bill, used, prices)
        mix += of_mix
        usage += of_mix + (sum(used.values()) - out_of_it * sum(bill.values())) * average
    return mix, usage
