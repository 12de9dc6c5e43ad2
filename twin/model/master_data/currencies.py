"""One plant, one currency: an amount in another is found in the text, because only the text still names it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from twin.model.measures import CURRENCIES
from twin.model.problems import Document, Finding, KeyPath

_TITLE = "title"
"""The key of what is only read; anything else that is written as an amount is one."""

_CURRENCY = re.compile(rf"\s*[0-9][0-9_]*(?:\.[0-9]+)?\s*({'|'.join(CURRENCIES)})\s*(?:/\s*[a-zA-Z]+\s*)?")


def other_currencies(document: Document, data: Any, currency: str, path: KeyPath = (), key: str = "") -> Iterator[Finding]:
    """Amounts in `data`, which stands at `path` under `key`, that are not in `currency`."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from other_currencies(document, value, currency, (*path, name), name)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from other_currencies(document, value, currency, (*path, index))
    elif key != _TITLE and isinstance(data, str):
        written = _CURRENCY.fullmatch(data)
        if written and written[1] != currency:
            what = f"'{data}' is not in {currency}, the currency of this plant"
            yield Finding(document=document, path=path, what=what, allowed=data.replace(written[1], currency))
