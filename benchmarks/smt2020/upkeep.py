"""Planned maintenance of the testbed: every so many days, or after so many wafers."""

from __future__ import annotations

from typing import Any

from benchmarks.smt2020.tables import Row, Testbed

DAY_MIN = 1440


def maintenance_of(tool: Row, testbed: Testbed, share: float = 1.0) -> list[dict[str, Any]]:
    """What one tool of a family gets, in the order of the tables; `share` says how far through its first interval of days.

    The tables give one first time for all tools of a family. Taken so, the whole family stands at once, and lots take half as long again
    as in the reference; spread over the first interval, they take as long.
    """
    found = []
    for attached in testbed.attached:
        if attached["CALTYPE"] != "pm" or attached["RESNAME"] != tool["STNFAM"]:
            continue
        calendar = testbed.upkeep[attached["CALNAME"]]
        middle, half = float(calendar["MTTR"]), float(calendar["MTTR2"])
        low, high = (f"{round(hours * 3600e6)} us" for hours in (middle - half, middle + half))
        one: dict[str, Any] = {"reason": attached["CALNAME"].rsplit("_", 1)[1], "lasts": {"uniform": {"low": low, "high": high}}}
        if calendar["MTBPMUNITS"] == "day":
            day, minute = divmod(round(float(attached["FOA"]) * share * DAY_MIN), DAY_MIN)
            one["every"] = {"days": round(float(calendar["MTBPM"])), "first_day": day, "at": f"{minute // 60:02}:{minute % 60:02}"}
        else:
            one["after_pieces"] = round(float(calendar["MTBPM"]))
        found.append(one)
    return found
