"""Shares of money: as people write them, and the integers that we keep, so that no cent hangs on a float."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

MILLION = 1_000_000
_PERCENT = r"([0-9]{1,3}(?:\.[0-9]{1,4})?)\s*%"


def read_percent(value: Any) -> int:
    """Millionths of "19 %".

    Raises
    ------
    ValueError : no share of at most 100 %
    """
    if isinstance(value, int) and not isinstance(value, bool) and value == 0:
        return 0
    match = re.fullmatch(_PERCENT, str(value).strip())
    if match is None or Decimal(match[1]) > 100:
        raise ValueError(f"'{value}' is no share; allowed: at most 100 %, as '19 %' or '7.7 %'")
    return int(Decimal(match[1]) * MILLION) // 100


Percent = Annotated[
    int,
    BeforeValidator(read_percent),
    PlainSerializer(lambda it: f"{Decimal(it * 100) / MILLION:f} %", return_type=str, when_used="json"),
    WithJsonSchema({"anyOf": [{"type": "string", "pattern": f"^{_PERCENT}$"}, {"const": 0}], "description": "share, as in '19 %'"}),
]
"""A share in millionths."""
