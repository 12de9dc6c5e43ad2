"""What a page says of fields and instants: by their names on the page, with examples that the plant's calendar can have, in its time."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from twin.model.plant import Plant

Form = dict[str, Any]
EXAMPLES = {"2026-03-02": 0, "2026-03-05": 3}
"""Days as they stand in labels and refusals, and how many days after the first example the later one is."""


_INSTANT = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def in_plant_time(plant: Plant, now_us: int, words: str) -> str:
    """A refusal as a person reads it: instants that it has in UTC, for programs and the journal, in the plant's time instead.

    The year is told where it is not that of `now_us`.
    """
    zone = ZoneInfo(plant.layout.time_zone)
    year = datetime.fromtimestamp(now_us / 1_000_000, zone).year

    def local(found: re.Match[str]) -> str:
        at = datetime.fromisoformat(found[0]).astimezone(zone)
        return f"{at:%a} {at.day} {at:%b}{'' if at.year == year else f' {at.year}'}, {at:%H:%M}"

    return _INSTANT.sub(local, words)


def dated(plant: Plant, now_us: int, words: str, ahead_days: int = 0) -> str:
    """The same words with days of now in the place of examples; `ahead_days` later, where what is asked for is still to come."""
    if not any(day in words for day in EXAMPLES):
        return words
    today = datetime.fromtimestamp(now_us / 1_000_000, UTC).astimezone(ZoneInfo(plant.layout.time_zone)).date()
    for day, later in EXAMPLES.items():
        words = words.replace(day, str(today + timedelta(days=ahead_days + later)))
    return words


def with_dates(plant: Plant, now_us: int, groups: list[Form], ahead_days: int = 0) -> list[Form]:
    """Groups of forms, whose labels and allowed words have such days."""
    for field in (field for form in _forms(groups) for field in form["fields"]):
        for part in ("label", "allowed"):
            if part in field:
                field[part] = dated(plant, now_us, field[part], ahead_days)
    return groups


def named(words: str, groups: Iterable[Form], entry: Form) -> str:
    """A refusal, a line for each thing that is wrong, with the names that fields have on the page where it has their ids."""
    form = next((it for it in _forms(groups) if (it["kind"], it["label"]) == (entry.get("kind"), entry.get("label"))), None)
    if form is None:
        return words
    names = {it["name"].replace("_", " "): it["label"].partition(", as in")[0] for it in form["fields"]}
    lines = []
    for line in words.split("\n"):
        field, colon, rest = line.partition(": ")
        known = names.get(field.replace("_", " "))
        lines.append(f"{known}{colon}{rest}" if known else line)
    return "\n".join(lines)


def _forms(groups: Iterable[Form]) -> Iterator[Form]:
    for group in groups:
        yield from group["forms"]
        for row in group["rows"]:
            yield from row["forms"]
