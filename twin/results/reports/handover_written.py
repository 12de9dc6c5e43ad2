"""The shift hand-over report as people read it: HTML and text from the same parts."""

from __future__ import annotations

from typing import Any

from twin.results.reports.documents import Part, page, text

EXCEPTIONS = ("Late orders", "Lots on hold", "Open nonconformances", "Alarms", "What stands, and why")


def parts_of(report: dict[str, Any]) -> list[Part]:
    """The parts of the report, what the next shift must know first."""
    handed = report["handed_over"]
    return [
        ("Notes", "Nobody has left a note.", report["notes"]),
        ("Late orders", "No open order is late.", report["late_orders"]),
        ("What stands, and why", "Nothing stands.", report["standing"]),
        ("Lots on hold", "No lot is held.", report["held_lots"]),
        ("Open nonconformances", "None is open.", report["nonconformances"]),
        ("Alarms", "No alarm is active or waits to be answered.", report["alarms"]),
        ("Output against plan, pieces", "Nothing was due, and nothing was made.", report["output"]),
        (f"Stops, {report['currency']}", "Nothing stood still.", report["stops"]),
        ("Who worked", "Nobody worked.", report["people"]),
        ("Who is away, or there as well", "Everybody is there as the calendars say.", report.get("presence", [])),
        (f"Signatures: {handed['standing']}", "Nobody has signed.", handed["signatures"]),
    ]


def _frame(report: dict[str, Any]) -> tuple[str, str, str]:
    title = f"Shift hand-over: {report['plant']}, {report['shift']} shift of {report['start'][:10]}"
    under = f"{report['start']} to {report['end']}; how things stand is as of {report['as_of']}"
    return title, under, f"Hash of this report: {report['hash']}"


def handover_html(report: dict[str, Any]) -> str:
    """The report as a page of its own, to be printed or sent."""
    title, under, foot = _frame(report)
    return page(title, under, parts_of(report), foot, exceptions=EXCEPTIONS)


def handover_text(report: dict[str, Any]) -> str:
    """The report as plain text."""
    title, under, foot = _frame(report)
    return text(title, under, parts_of(report), foot)
