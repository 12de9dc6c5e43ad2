"""A paper of trade: who writes to whom, about what, the lines with their money, and what is to be done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from twin.model.measures import US_PER_S
from twin.model.trade.parties import Party
from twin.results.run import Run
from twin.results.summary import grouped, money


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperLine:
    """One line; money in minor units of the paper's currency, without tax. `quantity` None: a sum for no goods."""

    title: str
    quantity: int | None
    unit: str
    price_minor: int | None  # for `price_per` units
    price_per: int
    net_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TradePaper:
    """All that stands on it. `sums`: what comes after the lines, the last one is what it comes to; `facts`: name and words."""

    kind: str
    number: str
    sender: Sequence[str]
    receiver: Sequence[str]
    facts: Sequence[tuple[str, str]]
    currency: str
    lines: Sequence[PaperLine]
    sums: Sequence[tuple[str, int]]
    words: Sequence[str]

    def plain(self) -> dict[str, Any]:
        """As plain values: money in minor units."""
        return {
            "kind": self.kind, "number": self.number, "sender": list(self.sender), "receiver": list(self.receiver),
            "facts": dict(self.facts),
            "currency": self.currency,
            "lines": [
                {"title": it.title, "quantity": it.quantity, "unit": it.unit, "price_minor": it.price_minor, "price_per": it.price_per,
                 "net_minor": it.net_minor} for it in self.lines
            ],
            "sums": [{"title": title, "amount_minor": minor} for title, minor in self.sums], "words": list(filter(None, self.words)),
        }  # fmt: skip


def written(minor: int) -> str:
    """Money as it stands on paper."""
    return grouped(money(minor))


def letter_head(party: Party | None, name: str) -> list[str]:
    """Name, address, contact and tax number, as far as the plant's files have them."""
    if party is None:
        return [name]
    number = f"Tax number {party.tax_number}" if party.tax_number else ""
    return [it for it in (party.title or name, *party.address, party.contact, number) if it]


def sender(run: Run) -> list[str]:
    """Whoever writes."""
    return letter_head(run.plant.materials.company, run.plant.title or run.plant.id)


def day(run: Run, at_us: int) -> str:
    """A local day with its year, as on a letter."""
    return datetime.fromtimestamp(at_us // US_PER_S, ZoneInfo(run.plant.layout.time_zone)).strftime("%d %b %Y")


def material_of(run: Run, material: str) -> tuple[str, str]:
    """How a material is called, with its id, and its unit."""
    definition = run.plant.materials.materials.get(material)
    if definition is None:
        return material, ""
    return f"{definition.title} ({material})" if definition.title else material, definition.unit
