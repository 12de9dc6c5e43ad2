"""Standard costs that are to be reckoned anew."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.entries import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardRollUpRequested(Entry):
    """A person, or the rule of a new month, wants all standard costs rolled up from what is expected of `period` (as 2026-04).

    With `material`: it was bought, and `unit_price_minor` is what `price_per` units of it are expected to cost from now on.
    """

    period: str = ""
    material: str = ""
    unit_price_minor: int = 0
