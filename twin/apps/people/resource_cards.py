"""Cards of what each person, tool and lot does now, and of who can do what until when: for whoever sends somebody somewhere."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import panel as pn

from twin.apps.feed import Feed
from twin.apps.row_table import Row, row_table
from twin.apps.theme import card
from twin.apps.words import equipment_title, material_title, person_titles
from twin.model.plant import Plant
from twin.results.resources.resources_now import SHOWN_LOTS, ResourcesNow, resources_now

PERSON_HEAD = ("Person", "Now", "Where", "Job order")
CLASS_HEAD = ("Qualification", "Free now", "Not free")
TOOL_HEAD = ("Tool", "Kind", "Now", "Where", "For", "Used")
LOT_HEAD = ("Lot", "Material", "Now", "Where", "Job order", "Who")
SOON = timedelta(days=30)
MARKS = {"works": "good", "sent": "good", "free": "warn"}


class ResourceCards:
    """Who does what, who can do what, tools and lots: cards that are drawn anew with the page."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._persons, self._skills, self._classes, self._tools, self._lots = (
            pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(5)
        )
        tools = [card("What each tool does now", self._tools)] if feed.run.plant.layout.tools else []
        people = [
            card("Who does what now", self._persons),
            card("Who can do what, and is free", self._classes),
            card("Skills, and when they end", self._skills),
        ]
        self.cards = [*(people if feed.run.plant.layout.persons else []), *tools, card("Where lots are", self._lots)]

    def show(self) -> None:
        """As it is now."""
        plant, now = self._feed.run.plant, self._feed.look(resources_now)
        self._persons.object = _persons_html(plant, now)
        self._classes.object = _classes_html(plant, now)
        self._skills.object = _skills_html(plant, now)
        self._tools.object = row_table(TOOL_HEAD, [_tool(plant, it) for it in now.tools])
        self._lots.object = _lots_html(plant, now)


def _persons_html(plant: Plant, now: ResourcesNow) -> str:
    rows = [
        Row(cells=(person_titles(plant, it["resource"]), it["state"], _place(plant, it["at"]), it["job_order"]), mark=_mark(it["state"]))
        for it in now.persons
    ]
    return row_table(PERSON_HEAD, rows)


def _mark(state: str) -> str:
    return MARKS.get(state, "bad" if state.startswith("absent") else "done")


def _place(plant: Plant, at: str) -> str:
    return ", ".join(equipment_title(plant, name) for name in at.split(", ")) if at else ""


def _classes_html(plant: Plant, now: ResourcesNow) -> str:
    rows = [
        Row(
            cells=(
                _class_title(plant, it.personnel_class), ", ".join(person_titles(plant, name) for name in it.free) or "nobody",
                ", ".join(person_titles(plant, name) for name in it.others),
            ),
            mark="good" if it.free else "bad",
        )
        for it in now.classes
    ]  # fmt: skip
    return row_table(CLASS_HEAD, rows)


def _class_title(plant: Plant, name: str) -> str:
    known = plant.layout.personnel_classes.get(name)
    return (known and known.title) or name


def _skills_html(plant: Plant, now: ResourcesNow) -> str:
    """The matrix: a person a row, a qualification a column, in each what is known of its end."""
    classes = [it.personnel_class for it in now.classes]
    rows = []
    for person, skills in now.skills.items():
        ends = [last for last in skills.values() if last is not None]
        mark = "bad" if any(last < now.today for last in ends) else "warn" if any(last < now.today + SOON for last in ends) else ""
        cells = (person_titles(plant, person), *(_skill(skills, name, now.today) for name in classes))
        rows.append(Row(cells=cells, mark=mark))
    return row_table(("Person", *(_class_title(plant, name) for name in classes)), rows)


def _skill(skills: dict[str, date | None], name: str, today: date) -> str:
    if name not in skills:
        return ""
    last = skills[name]
    if last is None:
        return "yes"
    return f"{'ended' if last < today else 'until'} {last.day} {last:%b %Y}"


def _tool(plant: Plant, it: dict[str, Any]) -> Row:
    used = f"{it['used']:,} of {it['life']:,}" if it["life"] else f"{it['used']:,}"
    mark = "bad" if it["state"] == "worn out" else "good" if it["job_order"] else ""
    return Row(cells=(it["resource"], it["title"], it["state"], _place(plant, it["at"]), it["job_order"], used), mark=mark)


def _lots_html(plant: Plant, now: ResourcesNow) -> str:
    rows = [
        Row(
            cells=(
                it["resource"], material_title(plant, it["title"]), it["state"], it["at"].replace("_", " "), it["job_order"],
                person_titles(plant, it["person"]) if it["person"] else "",
            ),
            mark="bad" if it["state"].startswith("on hold") else "",
        )
        for it in now.lots
    ]  # fmt: skip
    if now.lot_count > SHOWN_LOTS:
        rows.append(Row(cells=(f"the last {SHOWN_LOTS} of {now.lot_count} lots that are not in stock",), mark="done"))
    return row_table(LOT_HEAD, rows or [Row(cells=("No lot is on the floor.",), mark="done")])
