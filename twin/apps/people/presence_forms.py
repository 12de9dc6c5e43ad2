"""The forms of who answers for people: who is away, there beyond the calendar, or swaps shifts with whom."""

from __future__ import annotations

from typing import Any

from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.terminals.readers import Said, instant_if_any, instant_in, instant_of, parts_of, text_of
from twin.apps.words import person_choices, person_titles
from twin.model import events as e
from twin.model.personnel.presence import ABSENCES, PresenceEntry
from twin.results.run import Run
from twin.results.views.overview import local_time

_WHEN = "as in 2026-03-02 14:00"


def presence_group(run: Run) -> Form:
    """Who is there beside the calendars: what holds, or is to come, and what may be said."""
    persons, held = person_choices(run.plant), _held(run)
    absences = {title: key for title, key in held.items() if key.startswith("AbsenceEntered|")}
    others = {title: key for title, key in held.items() if title not in absences}
    span = ask("from", f"From, {_WHEN}", "text"), ask("until", f"Until, {_WHEN}", "text")
    why = ask("reason", "Reason", "text", needed=False)
    return group(
        "presence", "Who is there", list(held) or ["Everybody is there as the calendars say."],
        form(
            "AbsenceEntered", "Somebody is away", choice("worker", "Who", persons), choice("absence", "Why", {it: it for it in ABSENCES}),
            span[0], ask("until", f"Until, {_WHEN}; empty: until you say so", "text", needed=False), why, send="Enter it", mark="bad",
        ),
        form(
            "AbsenceEnded", "An absence ends sooner or later", choice("held", "Which", absences, none="Nobody is away."),
            ask("until", f"It ends, {_WHEN}; empty: it never was", "text", needed=False), why, send="It ends then", mark="go",
        ),
        form("AttendanceEntered", "Somebody is there longer", choice("worker", "Who", persons), *span, why, send="Enter it", mark="go"),
        form(
            "ShiftsSwapped", "Two swap their shifts", choice("worker", "Who", persons), choice("other", "With whom", persons), *span, why,
            send="They swap",
        ),
        form(
            "PresenceTakenBack", "Take it back", choice("held", "Which", others, none="Nobody is there longer, or swaps."), why,
            send="Take it back",
        ),
    )  # fmt: skip


def _held(run: Run) -> dict[str, str]:
    """What was said of who is there and is not over, in words, with what it is known by."""
    presence, plant = run.mes.calendars.presence, run.plant
    found: dict[str, str] = {}
    for person in presence.persons():
        for it in presence.said_of(person):
            if it.worker == person and not 0 <= it.until_us <= run.now_us:
                other = it.other if isinstance(it, e.ShiftsSwapped) else ""
                found[_words(run, it)] = "|".join([type(it).__name__, it.worker, str(it.from_us), other])
    return dict(sorted(found.items(), key=lambda one: (person_titles(plant, one[1].split("|")[1]), one[0])))


def _words(run: Run, it: PresenceEntry) -> str:
    plant, who = run.plant, person_titles(run.plant, it.worker)
    until = local_time(plant, it.until_us) if it.until_us >= 0 else "further notice"
    span = f"{local_time(plant, it.from_us)} until {until}"
    match it:
        case e.AbsenceEntered():
            return f"{who}: {it.absence}, {span}"
        case e.AttendanceEntered():
            return f"{who}: there as well, {span}"
    return f"{who} and {person_titles(plant, it.other)}: swapped, {span}"


def presence_said(run: Run, kind: type[PresenceEntry], said: Said, at: dict[str, Any]) -> PresenceEntry:
    """As an event; an absence without an end lasts until somebody says so."""
    about: dict[str, Any] = {"worker": text_of(said, "worker"), "from_us": instant_of(run.plant, said, "from")}
    if kind is e.AbsenceEntered:
        about |= {"absence": text_of(said, "absence"), "until_us": instant_if_any(run.plant, said, "until", -1)}
    else:
        about |= {"until_us": instant_of(run.plant, said, "until")} | ({"other": text_of(said, "other")} if kind is e.ShiftsSwapped else {})
    return kind(**at, **about, reason=text_of(said, "reason"))


def presence_said_again(run: Run, said: Said, at: dict[str, Any]) -> PresenceEntry:
    """Another end of what was said; without one it is taken back."""
    name, worker, since, other = parts_of(said, "held", 4)
    from_us = instant_in(since, "held")
    about: dict[str, Any] = {"worker": worker, "from_us": from_us, "reason": text_of(said, "reason")}
    until_us = instant_if_any(run.plant, said, "until", from_us)
    if name == e.AttendanceEntered.__name__:
        return e.AttendanceEntered(**at, **about, until_us=until_us)
    if name == e.ShiftsSwapped.__name__:
        return e.ShiftsSwapped(**at, **about, other=other, until_us=until_us)
    was = next((it.absence for it in run.mes.calendars.presence.absences(worker) if it.from_us == from_us), "")
    return e.AbsenceEntered(**at, **about, absence=was, until_us=until_us)
