"""What stands in the fields of a form, as text, becomes values of an event; what makes no sense is refused in words (`ValueError`)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from twin.model.plant import Plant
from twin.model.problems import listed

Said = Mapping[str, Any]
Reader = Callable[[Said, str], Any]
US_PER_DAY = 86_400_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def text_of(said: Said, name: str) -> str:
    """What is written, without spaces around it."""
    return str(said.get(name) or "").strip()


def texts_of(said: Said, name: str) -> tuple[str, ...]:
    """What is chosen, one or several."""
    found = said.get(name) or []
    return tuple(map(str, found)) if isinstance(found, list | tuple) else (str(found),)


def joined_of(said: Said, name: str) -> str:
    """Several ids as one."""
    return "+".join(texts_of(said, name))


def whole_of(said: Said, name: str) -> int:
    """A number of pieces; nothing written is none."""
    text = text_of(said, name) or "0"
    if not text.isdecimal():
        raise ValueError(f"{name}: '{text}' is no number of pieces; allowed: 0, 1, 2 and so on")
    return int(text)


def wholes_of(said: Said, name: str) -> tuple[int, ...]:
    """Whole numbers beside each other."""
    words = text_of(said, name).replace(",", " ").replace(";", " ").split()
    if wrong := [word for word in words if not word.isdecimal()]:
        raise ValueError(f"{name}: {listed(wrong)}: no whole numbers; allowed: one for each, as in 2, 1")
    return tuple(map(int, words))


def number_of(said: Said, name: str) -> float:
    """Any number, with a comma or a point."""
    text = str(said.get(name, "")).strip().replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"'{text}' is no number; allowed: as in 4.5")
    return value


def number_if_any(said: Said, name: str) -> float | None:
    """The same where something is written."""
    return number_of(said, name) if text_of(said, name) else None


def money_of(said: Said, name: str) -> int:
    """Minor units of what is written with two decimals at most, as in 12.50."""
    text = text_of(said, name).replace(",", ".") or "0"
    try:
        minor = Decimal(text).scaleb(2)
    except InvalidOperation:
        minor = Decimal("NaN")
    if not minor.is_finite() or minor != minor.to_integral_value():
        raise ValueError(f"{name}: '{text}' is no amount of money; allowed: as in 12.50")
    return int(minor)


def days_of(said: Said, name: str) -> int:
    """Microseconds of so many whole days."""
    return whole_of(said, name) * US_PER_DAY


def instant_of(plant: Plant, said: Said, name: str) -> int:
    """An instant in the plant's local time."""
    text, zone = text_of(said, name), ZoneInfo(plant.layout.time_zone)
    try:
        local = datetime.fromisoformat(text).replace(tzinfo=zone)
    except ValueError:
        raise ValueError(f"{name}: '{text}' is no time; allowed: date and time, as in 2026-03-02 14:00") from None
    return int((local - _EPOCH) / timedelta(microseconds=1))


def parts_of(said: Said, name: str, count: int) -> list[str]:
    """The parts of what was chosen together."""
    parts = text_of(said, name).split("|")
    if len(parts) != count:
        raise ValueError(f"{name}: nothing is chosen; allowed: one of what is offered")
    return parts


def free_number(prefix: str, known: Iterable[str]) -> str:
    """The first of R-1, R-2 and so on that nothing has."""
    taken, number = set(known), 1
    while f"{prefix}-{number}" in taken:
        number += 1
    return f"{prefix}-{number}"
