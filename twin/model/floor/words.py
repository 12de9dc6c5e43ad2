"""Ids, days and times of day, as people write them."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, PlainSerializer, WithJsonSchema

from twin.model.measures import Table

DAY_MIN = 1440


def is_id(value: str) -> bool:
    """Whether other ids can be made of it: what "+" and "/" join is taken apart there again."""
    return re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.:-]*", value) is not None


def _read_id(value: str) -> str:
    if not is_id(value) or ":" in value:
        raise ValueError(f"'{value}' is no id; allowed: letters, digits, '_', '-' and '.', as in 'lathe_1' ('+' and '/' join ids)")
    return value


def _read_clock(value: object) -> int:
    """Minutes after midnight of "06:30"; "24:00" ends a day."""
    match = re.fullmatch(r"([0-2]?[0-9]):([0-5][0-9])", str(value))
    if match is None or int(match[1]) * 60 + int(match[2]) > DAY_MIN:
        raise ValueError(f"'{value}' is no time of day; allowed: HH:MM from 00:00 to 24:00")
    return int(match[1]) * 60 + int(match[2])


def _read_day(value: object) -> object:
    """Refuse a number, which would count as seconds since 1970."""
    if not isinstance(value, str | date):
        raise ValueError(f"a date is needed here, not {value!r}; allowed: YYYY-MM-DD")
    return value


def _written_instant(value: object) -> object:
    """Refuse a number, which would count as seconds since 1970."""
    if not isinstance(value, str | datetime):
        raise ValueError(f"an instant is needed here, not {value!r}; allowed: 2026-03-02T06:00:00Z or 2026-03-02T06:00:00+01:00")
    return value


def _zoned(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError(f"'{value.isoformat()}' has no time zone; allowed: 2026-03-02T06:00:00Z or 2026-03-02T06:00:00+01:00")
    return value


def _read_code(value: str) -> str:
    if not value.strip() or value != value.strip() or re.search(r"[,|\x00-\x1f]", value):
        raise ValueError(
            f"'{value}' is no defect code; allowed: words without ',' and '|', as in 'burr' (several are said as in 'burr 2, dent 1')"
        )
    return value


Id = Annotated[str, AfterValidator(_read_id), WithJsonSchema({"type": "string", "pattern": "^[A-Za-z0-9][A-Za-z0-9_.-]*$"})]
Day = Annotated[date, BeforeValidator(_read_day)]
Instant = Annotated[datetime, BeforeValidator(_written_instant), AfterValidator(_zoned)]
ClockMin = Annotated[
    int,
    BeforeValidator(_read_clock),
    PlainSerializer(lambda v: f"{v // 60:02}:{v % 60:02}", return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": "^([0-1]?[0-9]|2[0-3]):[0-5][0-9]$|^24:00$", "description": "local time of day, HH:MM"}),
]
Words = Annotated[list[Annotated[str, Field(min_length=1)]], Field(min_length=1)]


class Reasons(Table):
    """What persons choose from where they say why: short lists, so that nobody types with gloves on, and the same thing has one name."""

    stop: Words = ["breakdown", "tool broken", "material jam", "no power or air", "cleaning", "other"]
    pause: Words = ["break", "end of shift", "other work", "waiting for material", "other"]
    scrap: Words = ["dimension", "surface", "material flaw", "set-up piece", "other"]
    rework: Words = ["dimension", "surface", "other"]
    help: Words = ["maintenance", "material", "quality", "supervisor"]
    defect: list[Annotated[str, AfterValidator(_read_code)]] = []  # codes, as in "D01 burr"; left out: what is wrong is said in words
