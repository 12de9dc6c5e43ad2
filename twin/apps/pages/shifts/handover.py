"""The hand-over page: what the next shift has to know, notes, and the signatures of both shifts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.figures import FIGURES_CSS
from twin.apps.pages.page_frame import page
from twin.apps.pages.shifts.signing import sign
from twin.apps.row_table import Row, row_table
from twin.apps.speaking.speaker import Speaker
from twin.apps.theme import card
from twin.apps.words import equipment_title, material_title, percent, person_titles, reason_words
from twin.model.events import OperationsEvent, ShiftNoteLeft
from twin.model.plant import Plant
from twin.results.reports.handover import AUTHORED, REVIEWED, hand_over_entry, handed_over, shift_of
from twin.results.views.handover import LATEST, report_of, shift_names

TERMINAL = "hand-over page"
SHOWN_STOPS = 8
MEANINGS = {"I hand this over": AUTHORED, "I take this over": REVIEWED}
LATE_HEAD = ("Order", "Customer", "Material", "Shipped", "Due", "Late")
STANDING_HEAD = ("Equipment", "State", "Why", "Since", "Hours")
OUTPUT = ("due", "finished_before", "good", "scrap", "rework", "missing")  # a report that was kept may be older than a column
OUTPUT_HEAD = ("Material", "Due in the shift", "Of these finished before", "Good", "Scrap", "Rework", "Missing at its end")
STOPS_HEAD = ("Equipment", "What", "Why", "Times", "Minutes", "Cost")
HELD_HEAD = ("Lot", "Material", "Quantity", "Since", "Why")
WRONG_HEAD = ("Nonconformance", "Lot", "Quantity", "Standing", "What")
SHOWN_ALARMS = 20
ALARM_HEAD = ("Equipment", "Alarm", "Standing", "Since", "Hours")
PEOPLE_HEAD = ("Person", "Present", "Worked", "Other work", "Efficiency", "Earned", "Good", "Scrap", "Rework")
PRESENCE_HEAD = ("Person", "What", "From", "Until", "Reason")
NOTE_HEAD = ("When", "Who", "Note")


def handover_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    names = feed.look(shift_names)
    chosen = pmui.Select(label="shift", options=names, value=names[0] if names else None, width=240, size="small", margin=(4, 8))
    parts = {name: pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for name in _PARTS}
    speaker = Speaker(feed, TERMINAL)
    figures, signed = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(2))

    def refresh() -> None:
        known = feed.look(shift_names)
        if known != chosen.options:
            chosen.options = known
        report = feed.look(report_of(str(chosen.value or LATEST)))
        if report is None:
            figures.object = row_table((), [Row(cells=("No shift has begun yet.",), mark="done")])
            return
        figures.object = _figures_html(report)
        for name, write in _PARTS.items():
            parts[name].object = write(feed.run.plant, report)
        signed.object = _signed_html(feed.run.plant, report)

    chosen.param.watch(lambda _: refresh(), "value")
    known, work = (
        ("Late orders", "What stands, and why", "On hold, and not as asked for", "Alarms"),
        ("Output against plan", "Stops", "Who worked", "Who is away, or there as well"),
    )
    main = [
        chosen,
        figures,
        card("Notes", parts["Notes"], *_note_form(feed, speaker, chosen, refresh)),
        *(card(name, parts[name]) for name in (*known, *work)),
        card("Hand over and sign", signed, *_sign_form(feed, speaker, chosen, refresh)),
    ]
    return page(feed, "Hand-over", "/handover", main, refresh, speaker)


# What persons say


def _note_form(feed: Feed, speaker: Speaker, chosen: pmui.Select, refresh: Callable[[], None]) -> list[Any]:
    answer = _answer()
    text = pmui.TextInput(label="note to the next shift", width=300, size="small", margin=(4, 8))
    leave = pmui.Button(label="Leave note", icon="edit_note", variant="contained", margin=(6, 8))

    def left(words: str) -> None:
        _tell(answer, words, "The note is left.")
        if not words:
            text.value = ""
        refresh()

    def said(_: Any) -> None:
        shift = _shift(feed, chosen)
        if shift is None:
            _tell(answer, "no shift has begun yet", "")
            return
        event = ShiftNoteLeft(
            effective_us=feed.now_us, person=speaker.person, terminal=TERMINAL, shift=shift.shift, start_us=shift.start_us,
            text=str(text.value or ""),
        )  # fmt: skip
        speaker.enter(event, left)

    leave.on_click(said)
    return [pmui.FlexBox(text, leave, align_items="center", sizing_mode="stretch_width"), answer]


def _sign_form(feed: Feed, speaker: Speaker, chosen: pmui.Select, refresh: Callable[[], None]) -> list[Any]:
    answer = _answer()
    secret = pmui.PasswordInput(label="secret", width=200, size="small", margin=(4, 8))
    meaning = pmui.Select(label="meaning", options=list(MEANINGS), value=next(iter(MEANINGS)), width=200, size="small", margin=(4, 8))
    give = pmui.Button(label="Hand over", icon="swap_horiz", variant="contained", margin=(6, 8))
    put = pmui.Button(label="Sign", icon="draw", variant="contained", margin=(6, 8))

    def answered(words: str, well: str) -> None:
        _tell(answer, words, well)
        refresh()

    def handed(_: Any) -> None:
        shift = _shift(feed, chosen)
        if shift is None:
            _tell(answer, "no shift has begun yet", "")
            return
        who = speaker.person
        if not who:
            _tell(answer, f"nobody hands it over. {speaker.who_first}", "")
            return

        def entry(at_us: int) -> OperationsEvent:
            return hand_over_entry(feed.run, shift, person=who, terminal=TERMINAL, at_us=at_us)

        speaker.enter(entry, lambda words: answered(words, "The shift is handed over; both shifts sign now."))

    def signed(_: Any) -> None:
        shift = _shift(feed, chosen)

        def record() -> str:
            entry = handed_over(feed.run, shift) if shift else None
            if entry is None:
                raise ValueError("the shift is not handed over yet; allowed: Hand over, then sign")
            return entry.id

        by, said = speaker.session, (str(secret.value or ""), MEANINGS[str(meaning.value)])
        if not by.person:
            _tell(answer, f"nobody signs. {speaker.who_first}", "")
            return
        secret.value = ""
        speaker.ask(lambda: sign(feed, by, record, *said), lambda words: answered(words, "Signed."))

    give.on_click(handed)
    put.on_click(signed)
    hint = pmui.Typography(
        "The report as it stands is kept with the hand-over. Who signs here for the first time chooses the secret (8 signs or more).",
        variant="caption", sx={"opacity": 0.75}, margin=(0, 8),
    )  # fmt: skip
    return [pmui.FlexBox(give, secret, meaning, put, align_items="center", sizing_mode="stretch_width"), answer, hint]


def _answer() -> pmui.Alert:
    return pmui.Alert(title="", alert_type="success", visible=False, sizing_mode="stretch_width", margin=(4, 8))


def _tell(answer: pmui.Alert, words: str, well: str) -> None:
    answer.param.update(title=words or well, alert_type="error" if words else "success", visible=True)


def _shift(feed: Feed, chosen: pmui.Select) -> Any:
    return feed.look(shift_names) and shift_of(feed.run, str(chosen.value or LATEST))


# What is shown


def _figures_html(report: dict[str, Any]) -> str:
    total = report["totals"]
    cards = (
        ("Made", f"{total['good']:,}", f"good pieces of last operations; {total['due']:,} were due in the shift"),
        ("Late orders", str(len(report["late_orders"])), f"as of {report['as_of']}"),
        ("Stood still", f"{total['stop_minutes']:,.0f} min", f"{total['stop_cost']:,.2f} {report['currency']}"),
        (
            "Lots on hold",
            str(len(report["held_lots"])),
            f"open nonconformances: {len(report['nonconformances'])}; alarms: {len(report['alarms'])}",
        ),
    )
    inside = "".join(
        f"<div class='figure'><b>{title}</b><div class='number'>{number}</div><div class='detail'>{detail}</div></div>"
        for title, number, detail in cards
    )
    return f"{FIGURES_CSS}<div class='figures'>{inside}</div>"


def _notes(plant: Plant, report: dict[str, Any]) -> str:
    rows = [Row(cells=(it["at"], person_titles(plant, it["person"]), _about(plant, it)), mark="warn") for it in report["notes"]]
    return row_table(NOTE_HEAD, rows or [Row(cells=("Nobody has left a note.",), mark="done")])


def _about(plant: Plant, note: dict[str, Any]) -> str:
    return f"{equipment_title(plant, note['equipment'])}: {note['text']}" if note["equipment"] else str(note["text"])


def _late(plant: Plant, report: dict[str, Any]) -> str:
    rows = [
        Row(
            cells=(
                it["order"], it["customer"], material_title(plant, it["material"]), f"{it['shipped']:,} of {it['quantity']:,}", it["due"],
                f"{it['late_h']:,.1f} h",
            ),
            mark="bad",
        )
        for it in report["late_orders"]
    ]  # fmt: skip
    return row_table(LATE_HEAD, rows or [Row(cells=("No open order is late.",), mark="good")], numeric=(3, 5))


def _standing(plant: Plant, report: dict[str, Any]) -> str:
    rows = [
        Row(
            cells=(it["title"], it["state"], reason_words(it["reason"]), it["since"], f"{it['hours']:,.1f}"),
            mark="bad" if it["state"] in ("Held", "Aborted") else "warn",
        )
        for it in report["standing"]
    ]
    return row_table(STANDING_HEAD, rows or [Row(cells=("Nothing stands.",), mark="good")], numeric=(4,))


def _wrong(plant: Plant, report: dict[str, Any]) -> str:
    held = [
        Row(cells=(it["lot"], material_title(plant, it["material"]), f"{it['quantity']:,}", it["since"], it["reason"]), mark="bad")
        for it in report["held_lots"]
    ]
    wrong = [
        Row(cells=(it["nonconformance"], it["lot"], f"{it['quantity']:,}", it["standing"], it["description"]), mark="warn")
        for it in report["nonconformances"]
    ]
    table = row_table(HELD_HEAD, held or [Row(cells=("No lot is held.",), mark="good")], numeric=(2,))
    return table + (row_table(WRONG_HEAD, wrong, numeric=(2,)) if wrong else "")


def _alarms(plant: Plant, report: dict[str, Any]) -> str:
    rows = [
        Row(
            cells=(
                it["title"], f"{it['alarm']}: {it['message']}" if it.get("message") else it["alarm"], it.get("standing", ""), it["since"],
                f"{it['hours']:,.1f}",
            ),
            mark="bad",
        )
        for it in report["alarms"][:SHOWN_ALARMS]
    ]  # fmt: skip
    if (more := len(report["alarms"]) - SHOWN_ALARMS) > 0:
        rows.append(Row(cells=(f"and {more:,} more, on page Supervisor",), mark="done"))
    none = Row(cells=("No alarm is active or waits to be answered.",), mark="good")
    return row_table(ALARM_HEAD, rows or [none], numeric=(4,))


def _output(plant: Plant, report: dict[str, Any]) -> str:
    rows = [
        Row(
            cells=(it["title"], *(f"{it.get(name, 0):,}" for name in OUTPUT)),
            mark="bad" if it["missing"] else "good",
        )
        for it in report["output"]
    ]
    return row_table(OUTPUT_HEAD, rows or [Row(cells=("Nothing was due, and nothing was made.",), mark="done")], numeric=range(1, 7))


def _stops(plant: Plant, report: dict[str, Any]) -> str:
    found = report["stops"]
    rows = [
        Row(
            cells=(
                it["title"], it["loss"], reason_words(it["reason"]), f"{it['count']:,}", f"{it['minutes']:,.1f}", f"{it['cost']:,.2f}",
            )
        )
        for it in found[:SHOWN_STOPS]
    ]  # fmt: skip
    if more := len(found) - SHOWN_STOPS > 0 and found[SHOWN_STOPS:]:
        rows.append(Row(cells=(f"and {len(more)} more",), mark="done"))
    return row_table(STOPS_HEAD, rows or [Row(cells=("Nothing stood still.",), mark="good")], numeric=(3, 4, 5))


def _people(plant: Plant, report: dict[str, Any]) -> str:
    rows = [
        Row(
            cells=(
                person_titles(plant, it["person"]), *(f"{it[name]:,.2f} h" for name in ("attendance_h", "work_h", "indirect_h")),
                percent(it["worker_efficiency"]), f"{it['earned_h']:,.2f} h", *(f"{it[name]:,}" for name in ("good", "scrap", "rework")),
            )
        )
        for it in report["people"]
    ]  # fmt: skip
    return row_table(PEOPLE_HEAD, rows or [Row(cells=("Nobody worked.",), mark="done")], numeric=range(1, 9))


def _presence(plant: Plant, report: dict[str, Any]) -> str:
    rows = [
        Row(cells=(person_titles(plant, it["person"]), it["what"], it["from"], it["until"] or "nobody knows", it["reason"]), mark="warn")
        for it in report.get("presence", [])  # a report that was kept may be older
    ]
    return row_table(PRESENCE_HEAD, rows or [Row(cells=("Everybody is there as the calendars say.",), mark="good")])


def _signed_html(plant: Plant, report: dict[str, Any]) -> str:
    handed = report["handed_over"]
    said = {AUTHORED: "handed over", REVIEWED: "taken over"}
    rows = [
        Row(cells=(person_titles(plant, it["person"]), said.get(it["meaning"], it["meaning"]), it["at"]), mark="good")
        for it in handed["signatures"]
    ]
    who = f" by {person_titles(plant, handed['person'])}, {handed['at']}" if handed.get("person") else ""
    top = Row(cells=(f"{handed['standing'].capitalize()}{who}",), mark="good" if rows else "warn")
    return row_table(("Who", "What", "When"), [top, *rows])


_PARTS: dict[str, Callable[[Plant, dict[str, Any]], str]] = {
    "Notes": _notes,
    "Late orders": _late,
    "What stands, and why": _standing,
    "On hold, and not as asked for": _wrong,
    "Alarms": _alarms,
    "Output against plan": _output,
    "Stops": _stops,
    "Who worked": _people,
    "Who is away, or there as well": _presence,
}
