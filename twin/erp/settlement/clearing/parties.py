"""Whom the bank means: the name of who paid, as the bank writes it, against suppliers and customers as the plant knows them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.erp.erp import Erp


class Parties:
    """Suppliers and customers by the words of their ids and titles."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp

    def named(self, name: str) -> set[str] | None:
        """Ids of the parties that a name of the bank's may be: all words of one are in the other, whatever is between them.

        "ACME Ltd., Prague" is `acme`, and not `acme-north` as well, unless nobody is called just so. None: the bank names nobody.
        """
        if not (wanted := _words(name)):
            return None
        known = self._known()
        if exact := {party for party, names in known.items() if wanted in names}:
            return exact
        return {party for party, names in known.items() if any(it <= wanted or wanted <= it for it in names)}

    def _known(self) -> dict[str, list[frozenset[str]]]:
        materials = self._erp.plant.materials
        titles = {name: it.title for table in (materials.customers, materials.suppliers) for name, it in table.items()}
        for order in self._erp.customer_orders.orders.values():
            titles.setdefault(order.customer, "")
        return {party: [words for it in (party, title) if (words := _words(it))] for party, title in titles.items()}


def _words(name: str) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W_]+", name.casefold()))
