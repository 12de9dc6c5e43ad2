"""Ways and speeds as people write them: "40 m", "1.2 m/s"; kept in whole millimetres, and millimetres a second."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema

_MOST_MM = 10**10
_LENGTHS_MM = {"mm": 1, "m": 1_000, "km": 1_000_000}
_SPEEDS_MM_S = {"m/s": Decimal(1_000), "m/min": Decimal(1_000) / 60, "km/h": Decimal(1_000_000) / 3_600}


def _read(value: Any, units: dict[str, Any], what: str, example: str) -> int:
    if value == 0 and not isinstance(value, bool):
        return 0
    match = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*(\S+)\s*", str(value))
    if match is None or match[2] not in units:
        raise ValueError(f"'{value}' is no {what}; allowed: a number with {' or '.join(units)}, as in '{example}'")
    exact = Decimal(match[1]) * units[match[2]]
    if exact > _MOST_MM:
        raise ValueError(f"'{value}' is too large; allowed: {_MOST_MM // 1_000_000} km, or as far in a second, or less")
    return int(exact.to_integral_value())


def _form(units: dict[str, Any], what: str, example: str) -> WithJsonSchema:
    forms = [{"type": "string", "pattern": rf"^\s*[0-9]+(\.[0-9]+)?\s*({'|'.join(units)})\s*$"}, {"const": 0}]
    return WithJsonSchema({"anyOf": forms, "description": f"{what}, as in '{example}'", "examples": [example]})


LengthMm = Annotated[
    int,
    BeforeValidator(lambda v: _read(v, _LENGTHS_MM, "length", "40 m")),
    PlainSerializer(lambda v: f"{v} mm", return_type=str, when_used="json"),
    _form(_LENGTHS_MM, "length", "40 m"),
]
SpeedMmS = Annotated[
    int,
    BeforeValidator(lambda v: _read(v, _SPEEDS_MM_S, "speed", "1.2 m/s")),
    Field(gt=0),
    PlainSerializer(lambda v: f"{Decimal(v) / 1_000} m/s", return_type=str, when_used="json-unless-none"),
    _form(_SPEEDS_MM_S, "speed", "1.2 m/s"),
]
