"""What stands in the fields of a form, as text, becomes values of an event; what makes no sense is refused in words (`ValueError`)."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from twin.model.materials import MOST_PIECES
from twin.model.measures import MOST_WORTH
from twin.model.plant import Plant
from twin.model.problems import listed

Said = Mapping[str, Any]
Reader = Callable[[Said, str], Any]
US_PER_DAY = 86_400_000_000
MOST_DAYS = 36_500
_WHOLE = re.compile(r"[0-9]{1,18}")
_MONEY = re.compile(
    r"(-?)(?:([0-9]{1,15})|([0-9]{1,3}(?:,[0-9]{3}){1,4})(?=\.)|([0-9]{1,3}(?:\.[0-9]{3}){1,4})(?=,)"
    r"|([0-9]{1,3}(?:,[0-9]{3}){2,4}|[0-9]{1,3}(?:\.[0-9]{3}){2,4})(?![.,]))(?:[.,]([0-9]{1,2}))?"
)
"""With separators of thousands only where nothing else can be meant: another one follows, or the same one again. As in `floor_forms.js`."""
_IN_A_CURRENCY = re.compile(r"(.*?[0-9])\s*([^\W\d_]+)")
_TWO_WAYS = re.compile(r"-?[0-9]{1,3}[.,][0-9]{3}")
_PART = re.compile(r"(\S+)\s+([0-9]{1,9})")
_TIME = re.compile(r"([01]?[0-9]|2[0-3])[:.]([0-5][0-9])")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def text_of(said: Said, name: str) -> str:
    """What is written, without spaces around it."""
    found = said.get(name)
    return "" if found is None else str(found).strip()


def needed_text_of(said: Said, name: str) -> str:
    """The same where something has to be written."""
    if not (text := text_of(said, name)):
        raise ValueError(f"{name}: it is empty; allowed: some words")
    return text


def file_of(said: Said, name: str) -> tuple[str, str]:
    """A file that was chosen: its name without folders, and its content as base64; of none both are empty."""
    file, _, content = text_of(said, name).partition("\n")
    return file.replace("\\", "/").rpartition("/")[2], content


def texts_of(said: Said, name: str) -> tuple[str, ...]:
    """What is chosen, one or several."""
    found = said.get(name) or []
    return tuple(map(str, found)) if isinstance(found, list | tuple) else (str(found),)


def joined_of(said: Said, name: str) -> str:
    """Several ids as one."""
    return "+".join(texts_of(said, name))


def whole_of(said: Said, name: str) -> int:
    """A number of pieces."""
    text = text_of(said, name)
    if not text:
        raise ValueError(f"{name}: it is empty; allowed: 0, 1, 2 and so on")
    if not _WHOLE.fullmatch(text):
        raise ValueError(f"{name}: '{_short(text)}' is no number of pieces; allowed: 0, 1, 2 and so on")
    if int(text) > MOST_PIECES:
        raise ValueError(f"{name}: {text} is too many; allowed: 0 to {MOST_PIECES}")
    return int(text)


def whole_if_any(said: Said, name: str) -> int:
    """The same; nothing written is none."""
    return whole_of(said, name) if text_of(said, name) else 0


def wholes_of(said: Said, name: str) -> tuple[int, ...]:
    """Whole numbers beside each other."""
    words = text_of(said, name).replace(",", " ").replace(";", " ").split()
    if wrong := [_short(word) for word in words if not _WHOLE.fullmatch(word)]:
        raise ValueError(f"{name}: {listed(wrong)}: no whole numbers; allowed: one for each, as in 2, 1")
    return tuple(map(int, words))


def counts_of(said: Said, name: str) -> tuple[tuple[str, int], ...]:
    """How many of each, by name, as in "burr 2, scratch 1"; of none nothing is kept."""
    found: dict[str, int] = {}
    for part in filter(None, (it.strip() for it in text_of(said, name).split(","))):
        word, _, count = part.rpartition(" ")
        if not word.strip() or not _WHOLE.fullmatch(count) or int(count) > MOST_PIECES:
            raise ValueError(f"{name}: '{_short(part)}' says not what and how many; allowed: as in burr 2, scratch 1")
        found[word.strip()] = found.get(word.strip(), 0) + int(count)
    return tuple((word, count) for word, count in found.items() if count)


def materials_of(said: Said, name: str) -> tuple[tuple[str, int], ...]:
    """Materials and how many of each, by name, as in "GREASE 2, SEAL 1"."""
    words = [it.strip() for it in text_of(said, name).replace(";", ",").split(",") if it.strip()]
    found = [(it, _PART.fullmatch(it)) for it in words]
    if wrong := [it for it, part in found if part is None]:
        raise ValueError(f"{name.replace('_', ' ')}: '{wrong[0]}' is no material with a quantity; allowed: as in GREASE 2, SEAL 1")
    return tuple((part[1], int(part[2])) for _, part in found if part)


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
    """Minor units of what is written with two decimals at most, as in 12.50 or 1,250.00."""
    text = text_of(said, name)
    if not text:
        raise ValueError(f"{name}: it is empty; allowed: as in 12.50")
    if _TWO_WAYS.fullmatch(text):
        raise ValueError(f"{name}: '{text}' can be read in two ways; allowed: as in 12.50, 1250 or 1,250.00")
    if (found := _MONEY.fullmatch(text)) is None:
        raise ValueError(f"{name}: '{_short(text)}' is no amount of money; allowed: as in 12.50 or 1,250.00")
    sign, *wholes, cents = found.groups()
    whole = next(filter(None, wholes)).replace(",", "").replace(".", "")
    minor = int(whole) * 100 + int((cents or "0").ljust(2, "0"))
    if minor > MOST_WORTH:
        raise ValueError(f"{name}: '{text}' is too much; allowed: {MOST_WORTH // 100:,}.00 or less")
    return -minor if sign else minor


def money_in(currency: str, said: Said, name: str) -> int:
    """The same, with or without the plant's currency behind it; no other."""
    text = text_of(said, name)
    if (found := _IN_A_CURRENCY.fullmatch(text)) is None:
        return money_of(said, name)
    if found[2] != currency:
        raise ValueError(f"{name}: '{_short(text)}' is in {_short(found[2])}; allowed: {currency}, as in 12.50 or 12.50 {currency}")
    return money_of({name: found[1]}, name)


def money_or(otherwise: int, said: Said, name: str) -> int:
    """The same, 0 or more; nothing written is `otherwise`, which no amount may be taken for."""
    minor = money_of(said, name) if text_of(said, name) else None
    if minor is not None and minor < 0:
        raise ValueError(f"{name}: '{text_of(said, name)}' is less than nothing; allowed: 0 or more, or nothing")
    return otherwise if minor is None else minor


def part_of_all(said: Said, name: str) -> int:
    """The same; nothing written is all of it, 0 in the event, so 0 may not be written."""
    minor = money_if_any(said, name)
    if not minor and text_of(said, name):
        raise ValueError(f"{name}: '{text_of(said, name)}' is nothing; allowed: an amount, as in 12.50, or left empty for all of it")
    return minor


def pieces_of_all(said: Said, name: str) -> int:
    """A number of pieces; nothing written is not said, 0 in the event, so 0 may not be written."""
    pieces = whole_if_any(said, name)
    if not pieces and text_of(said, name):
        raise ValueError(f"{name}: 0 is none; allowed: 1, 2 and so on, or left empty")
    return pieces


def money_if_any(said: Said, name: str) -> int:
    """The same; nothing written is 0."""
    return money_of(said, name) if text_of(said, name) else 0


def days_of(said: Said, name: str) -> int:
    """Microseconds of so many whole days, a hundred years at most."""
    days = whole_of(said, name)
    if days > MOST_DAYS:
        raise ValueError(f"{name}: {days} days; allowed: 0 to {MOST_DAYS}")
    return days * US_PER_DAY


def instant_of(plant: Plant, said: Said, name: str) -> int:
    """An instant in the plant's local time, or in the zone that is written with it."""
    text, zone = text_of(said, name), ZoneInfo(plant.layout.time_zone)
    if not text:
        raise ValueError(f"{name.replace('_', ' ')}: it is empty; allowed: date and time, as in 2026-03-02 14:00")
    try:
        written = datetime.fromisoformat(text)
        return ((written if written.tzinfo else written.replace(tzinfo=zone)) - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, OverflowError):  # the first and the last day of all have no time in every zone
        raise ValueError(f"{name.replace('_', ' ')}: '{_short(text)}' is no time; allowed: date and time, as in 2026-03-02 14:00") from None


def instant_if_any(plant: Plant, said: Said, name: str, otherwise: int) -> int:
    """The same; nothing written is `otherwise`."""
    return instant_of(plant, said, name) if text_of(said, name) else otherwise


def earlier_of(plant: Plant, said: Said, name: str, now_us: int) -> int | None:
    """An instant that is past, as a local time of day or as `instant_of`; None where nothing is written."""
    text = text_of(said, name)
    if (found := _TIME.fullmatch(text)) is None:
        return instant_of(plant, said, name) if text else None
    zone = ZoneInfo(plant.layout.time_zone)
    now = (_EPOCH + timedelta(microseconds=now_us)).astimezone(zone)
    then = now.replace(hour=int(found[1]), minute=int(found[2]), second=0, microsecond=0)
    return ((then if then <= now else then - timedelta(days=1)) - _EPOCH) // timedelta(microseconds=1)


def parts_of(said: Said, name: str, count: int) -> list[str]:
    """The parts of what was chosen together; the last is what others may have called so, as a lot, and may have any sign in it."""
    parts = text_of(said, name).split("|", count - 1)
    if len(parts) != count:
        raise ValueError(f"{name}: nothing is chosen; allowed: one of what is offered")
    return parts


def instant_in(part: str, name: str) -> int:
    """An instant that is a part of what was chosen, us; -1 where what is offered has none."""
    if part != "-1" and not _WHOLE.fullmatch(part):
        raise ValueError(f"{name}: '{_short(part)}' is no time of what is offered; allowed: one of what is offered")
    return int(part)


def free_number(prefix: str, known: Iterable[str]) -> str:
    """The first of R-1, R-2 and so on that nothing has."""
    taken, number = set(known), 1
    while f"{prefix}-{number}" in taken:
        number += 1
    return f"{prefix}-{number}"


def _short(text: str) -> str:
    """What is written, as much of it as words need."""
    return text if len(text) <= 40 else f"{text[:40]}..."
