"""The forms of who answers for people: what somebody has learnt, who joins, is otherwise or leaves."""

from __future__ import annotations

from typing import Any

from twin.apps.terminals.forms import Form, ask, choice, form, group, several
from twin.apps.terminals.readers import (
    Said,
    instant_if_any,
    money_in,
    needed_text_of,
    parts_of,
    text_of,
    texts_of,
)
from twin.apps.words import choices, person_choices, person_titles
from twin.model import events as e
from twin.model.personnel.staff import StaffEntry
from twin.results.run import Run
from twin.results.views.overview import local_time

AS_NOW = "as it is"


def staff_group(run: Run) -> Form:
    """What is to come of what was said of persons, and what may be said."""
    layout, persons = run.plant.layout, person_choices(run.plant)
    classes = choices({name: it.title for name, it in layout.personnel_classes.items()})
    titles = {name: title for title, name in classes.items()}
    had = {
        f"{who}: {titles.get(skill, skill)}": f"{name}|{skill}" for who, name in persons.items() for skill in layout.persons[name].classes
    }
    calendars = choices({name: it.title for name, it in layout.calendars.items()})
    from_then = ask("from", "From, as in 2026-03-02 06:00; empty: now", "text", needed=False)
    cost, why = ask("hourly_cost", f"Cost of an hour, {layout.currency}", "money", needed=False), ask("reason", "Why", "text", needed=False)
    return group(
        "staff", "Who works here, and what they can", [_coming(run, it) for it in run.mes.labour.staffing.coming],
        form(
            "SkillRecorded", "Somebody has learnt something", choice("worker", "Who", persons), choice("skill", "What", classes),
            ask("last_day", "To the end of, as in 2027-03-31; empty: for good", "text", needed=False),
            ask("evidence", "Certificate, or who has seen it", "text", needed=False), from_then, send="He can do it", mark="go",
        ),
        form(
            "SkillWithdrawn", "Somebody may do something no more", choice("had", "Who and what", had),
            ask("evidence", "Why", "text", needed=False), from_then, send="No more", mark="bad",
        ),
        form(
            "PersonJoins", "Somebody joins", ask("worker", "Id, as in anna_b", "text"), ask("title", "Name", "text"),
            several("classes", "Can do, first what he is at home in", classes), choice("calendar", "Works by", calendars),
            {**cost, "is_needed": True}, from_then, send="He joins", mark="go",
        ),
        form(
            "PersonChanges", "Change a person's data", choice("worker", "Who", persons), ask("title", "Name", "text", needed=False),
            several("classes", "Can do; none: as it is", classes, needed=False), choice("calendar", "Works by", {AS_NOW: "", **calendars}),
            cost, from_then, why, send="So it is",
        ),
        form("PersonLeaves", "Somebody leaves", choice("worker", "Who", persons), from_then, why, send="He leaves", mark="bad"),
    )  # fmt: skip


def _coming(run: Run, it: StaffEntry) -> str:
    if isinstance(it, e.SkillRecorded):
        what = f"{'may do no more' if it.is_withdrawn else 'can do'} {it.skill}"
    else:
        what = "leaves" if it.has_left else "changes" if it.worker in run.plant.layout.persons else "joins"
    return f"{person_titles(run.plant, it.worker)} {what} from {local_time(run.plant, it.from_us)} on"


def skill_said(run: Run, said: Said, at: dict[str, Any]) -> e.SkillRecorded:
    """As an event: somebody has a qualification, to the end of a day or for good."""
    about: dict[str, Any] = {name: text_of(said, name) for name in ("worker", "skill", "last_day", "evidence")}
    return e.SkillRecorded(**at, **about, from_us=instant_if_any(run.plant, said, "from", -1))


def skill_withdrawn(run: Run, said: Said, at: dict[str, Any]) -> e.SkillRecorded:
    """As an event: somebody has it no more."""
    worker, skill = parts_of(said, "had", 2)
    about: dict[str, Any] = {"worker": worker, "skill": skill, "evidence": text_of(said, "evidence"), "is_withdrawn": True}
    return e.SkillRecorded(**at, **about, from_us=instant_if_any(run.plant, said, "from", -1))


def person_said(run: Run, said: Said, at: dict[str, Any]) -> e.PersonnelChanged:
    """As an event: who joins, or what is otherwise of somebody; what is left empty stays."""
    currency = run.plant.layout.currency
    about: dict[str, Any] = {name: text_of(said, name) for name in ("title", "calendar", "reason")}
    about["hourly_cost_minor"] = money_in(currency, said, "hourly_cost") if text_of(said, "hourly_cost") else -1
    about["classes"] = tuple(it for it in texts_of(said, "classes") if it)
    return e.PersonnelChanged(**at, **about, worker=needed_text_of(said, "worker"), from_us=instant_if_any(run.plant, said, "from", -1))


def person_left(run: Run, said: Said, at: dict[str, Any]) -> e.PersonnelChanged:
    """As an event: somebody leaves."""
    about: dict[str, Any] = {"worker": text_of(said, "worker"), "reason": text_of(said, "reason"), "has_left": True}
    return e.PersonnelChanged(**at, **about, from_us=instant_if_any(run.plant, said, "from", -1))
