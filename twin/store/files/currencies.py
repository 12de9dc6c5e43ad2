"""One plant, one currency: an amount in another is found in the text, because only the text still names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from twin.model.measures import CURRENCIES
from twin.model.problems import Document, Finding, KeyPath

_AMOUNTS = {"energy_tariff", "hourly_cost", "price", "rate", "standard_cost"}
"""The keys that hold money."""

_CURRENCY = re.compile(rf"[0-9]\s*({'|'.join(CURRENCIES)})(/|\s*$)")


def other_currencies(document: Document, data: Any, currency: str, path: KeyPath = (), key: str = "") -> Iterator[Finding]:
    """Amounts in `data`, which stands at `path` under `key`, that are not in `currency`."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from other_currencies(document, value, currency, (*path, name), name)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from other_currencies(document, value, currency, (*path, index))
    elif key in _AMOUNTS and isinstance(data, str):
        written = _CURRENCY.search(data)
        if written and written[1] != currency:
            what = f"'{data}' is not in {currency}, the currency of this plant"
            yield Finding(document=document, path=path, what=what, allowed=data.replace(written[1], currency))
