"""Tables of alarms and alerts, and of how well they serve those who answer them (ISA-18.2)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from twin.mes.alarms.alarm import AlarmRecord
from twin.mes.alarms.indicators import alarm_indicators, floods, is_chattering, per_hour
from twin.model.upkeep.alarms import PRIORITIES
from twin.results.frames import from_rows
from twin.results.run import Run

ALARM_COLUMNS = (
    "kind", "subject", "alarm", "title", "priority", "alarm_class", "state", "message", "count", "raised", "cleared", "acknowledged",
    "acknowledged_by", "terminal", "consequence", "response", "due", "asked", "shelved_until", "shelved_by", "out_of_service_by", "reason",
    "is_standing", "is_chattering",
)  # fmt: skip
INDICATOR_COLUMNS = ("indicator", "value", "unit", "acceptable", "is_acceptable")
FLOOD_COLUMNS = ("start", "end", "count")


def alarms_table(run: Run) -> pd.DataFrame:
    """Every alarm and alert that was ever raised: what calls somebody first, of that what is there, by priority, then the rest."""
    system = run.mes.alarms
    calling = {it.key: place for place, it in enumerate(system.calling())}
    raised = [it for it in system.all.values() if it.raised]
    rows = [
        _row(run, it) for it in sorted(raised, key=lambda it: (calling.get(it.key, len(calling)), PRIORITIES.index(it.declared.priority)))
    ]
    return from_rows(rows, ALARM_COLUMNS, ("raised", "cleared", "acknowledged", "due", "shelved_until"))


def _row(run: Run, it: AlarmRecord) -> dict[str, Any]:
    system, said, kept_quiet = run.mes.alarms, it.acknowledged, it.out_of_service or it.shelved
    return {
        "kind": "alert" if it.is_alert else "alarm", "subject": it.subject, "alarm": it.alarm, "title": it.declared.title or it.alarm,
        "priority": it.declared.priority, "alarm_class": it.declared.alarm_class or "", "state": str(it.state), "message": it.message,
        "count": len(it.activations), "raised": it.raised_us, "cleared": it.cleared[-1] if it.cleared and not it.is_active else None,
        "acknowledged": said.at_us if said else None, "acknowledged_by": said.person if said else "",
        "terminal": said.terminal if said else "", "consequence": it.declared.consequence, "response": it.declared.response,
        "due": it.due_us if it.due_us >= 0 else None, "asked": it.asked, "shelved_until": it.shelved.until_us if it.shelved else None,
        "shelved_by": it.shelved.person if it.shelved else "", "out_of_service_by": it.out_of_service.person if it.out_of_service else "",
        "reason": kept_quiet.reason if kept_quiet else "", "is_standing": it.is_standing(run.now_us, system.declared.standing),
        "is_chattering": not it.is_alert and is_chattering(it, system),
    }  # fmt: skip


def alarm_indicators_table(run: Run, from_us: int, to_us: int) -> pd.DataFrame:
    """The indicators of ISA-18.2 over a window, each with what the standard holds to be acceptable."""
    it = alarm_indicators(run.mes.alarms, from_us, to_us)
    many = len(run.mes.alarms.all) > 100
    rows: list[tuple[str, float | None, str, str, bool | None]] = [
        ("alarms heard", it.heard_count, "", "", None),
        ("alarms per operator and 10 min, on average", it.per_10_min_mean, "", "2 at most", it.per_10_min_mean <= 2.0),
        ("alarms per operator and hour, on average", per_hour(it.per_10_min_mean), "", "12 at most", it.per_10_min_mean <= 2.0),
        ("alarms per operator in the worst 10 min", it.per_10_min_most, "", "10 at most", it.per_10_min_most <= 10),
        ("share of 10 min with more than 10", it.busy_share, "share", "below 0.01", it.busy_share < 0.01),
        ("floods", it.flood_count, "", "", None),
        ("share of the time in a flood", it.flood_share, "share", "below 0.01", it.flood_share < 0.01),
        (
            "share of the ten most frequent",
            it.top_ten_share,
            "share",
            "0.05 at most, where there are many",
            it.top_ten_share <= 0.05 if many else None,
        ),
        ("chattering alarms", it.chattering_count, "", "none", it.chattering_count == 0),
        ("standing alarms", it.standing_count, "", "fewer than 5", it.standing_count < 5),
        *((f"share of priority {name}", share, "share", "", None) for name, share in it.shares.items()),
        ("share of the highest priorities", it.shares["critical"] + it.shares["high"], "share", "about 0.05", None),
        ("time to acknowledge, on average", it.answer_s_mean, "s", "", None),
        ("to be acknowledged now", it.calling_count, "", "", None),
        ("on the shelf now", it.shelved_count, "", "", None),
    ]
    return from_rows([dict(zip(INDICATOR_COLUMNS, row, strict=True)) for row in rows], INDICATOR_COLUMNS)


def floods_table(run: Run) -> pd.DataFrame:
    """When there were more alarms than anybody can follow."""
    system = run.mes.alarms
    found = floods(system.heard(), run.now_us, system.declared.flood.times, system.declared.flood.within)
    return from_rows([{"start": it.start_us, "end": it.end_us, "count": it.count} for it in found], FLOOD_COLUMNS, ("start", "end"))
