"""Planned maintenance of the testbed: every so many days, or after so many wafers."""

from __future__ import annotations

from typing import Any

from benchmarks.smt2020.tables import Row, Testbed

DAY_MIN = 1440


def maintenance_of(tool: Row, testbed: Testbed, share: float = 1.0) -> list[dict[str, Any]]:
    """What one tool of a family gets, in the order of the tables; `share` says how far through its first interval.

    The tables give one first time (FOA, in days or in wafers) for all tools of a family; the k-th of n tools has its first after k/n
    of that. Were all taken at FOA, whole families would stand at once, and again and again, for equal tools make wafers alike.
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
            one |= {"after_pieces": round(float(calendar["MTBPM"])), "first_after": max(1, round(float(attached["FOA"]) * share))}
        found.append(one)
    return found
