"""The testbed as plant.yaml, items.yaml and a scenario: what each column means here.

A tool family is an equipment class, a work center and a segment, and its tools are work units. A route is a routing. A wafer is a piece.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from benchmarks.smt2020.tables import Row, Testbed
from benchmarks.smt2020.upkeep import maintenance_of

Tables = dict[str, Any]

_MINUTES = {"min": 1.0, "hr": 60.0, "day": 1440.0}
FAB = "fab"


def minutes(value: str, unit: str) -> str:
    """A duration as plant files write it, to the microsecond."""
    return f"{round(float(value) * _MINUTES[unit] * 60, 6):.9g} s"


def spread(row: Row, middle: str, half: str, unit: str) -> Tables | str:
    """A uniform distribution around a middle, or the middle alone."""
    if not row[half] or float(row[half]) == 0:
        return minutes(row[middle], row[unit])
    low, high = float(row[middle]) - float(row[half]), float(row[middle]) + float(row[half])
    return {"uniform": {"low": minutes(str(low), row[unit]), "high": minutes(str(high), row[unit])}}


def plant_of(testbed: Testbed) -> Tables:
    """plant.yaml"""
    families = {row["STNFAM"]: row for row in testbed.tools}
    with_batches = {row["STNFAM"] for route in testbed.routes.values() for row in route if row["PTPER"] == "per_batch"}
    return {
        "plant": "smt2020_hvlm", "title": "SMT2020 HVLM", "storage_units": {FAB: {}},
        "work_centers": {family: _center(row) for family, row in families.items()},
        "work_units": {name: unit for row in families.values() for name, unit in _units(row, testbed, row["STNFAM"] in with_batches)},
        "failures_by_class": {family: failures for family, row in families.items() if (failures := _failures(row, testbed))},
        "setups": _setups(testbed),
        "process_segments": {family: {"work_center": family} for family in families},
        "routings": {part: _routing(route, families, testbed) for part, route in testbed.routes.items()},
    }  # fmt: skip


def _center(row: Row) -> Tables:
    by_setup = {"idle_first": "least_setup"} if row["WAKERESRANK"] == "wake_LeastSetupTime" else {}
    return {"storage": FAB, "idle_order": "drawn", **by_setup}


def _units(row: Row, testbed: Testbed, is_batch: bool) -> Iterator[tuple[str, Tables]]:
    family = row["STNFAM"]
    for n in range(round(float(row["STNQTY"]))):
        maintenance = maintenance_of(row, testbed, (n + 1) / float(row["STNQTY"]))
        unit: Tables = {"equipment_class": family, "work_center": family}
        unit |= {"load": minutes(row["LTIME"], row["LTUNITS"]), "unload": minutes(row["ULTIME"], row["ULTUNITS"])}
        if is_batch:
            unit["batch"] = {"maximum": 6}
        if maintenance:
            unit["maintenance"] = maintenance
        yield f"{family}.{n + 1}", unit


def _failures(row: Row, testbed: Testbed) -> list[Tables]:
    """Breakdowns of its group: exponential good time on the clock, exponential repair.

    They are kept apart from maintenance, for the published shares of both are whole: breakdowns have MTTR / (MTTF + MTTR) of all time.
    """
    return [
        {
            "reason": "breakdown", "clock": "calendar", "apart_from_maintenance": True,
            "time_to_failure": {"exponential": minutes(down["MTTF"], down["MTTFUNITS"])},
            "repair": {"exponential": minutes(down["MTTR"], down["MTTRUNITS"])},
        }
        for attached in testbed.attached
        if attached["CALTYPE"] == "down" and attached["RESNAME"] == row["STNGRP"]
        for down in testbed.breakdowns
        if down["DOWNCALNAME"] == attached["CALNAME"]
    ]  # fmt: skip


def _setups(testbed: Testbed) -> Tables:
    """By family: what a route says of its step, else the matrix; where that names no set-up before, it is from any."""
    needed: dict[str, dict[str, str]] = {}
    for row in (row for route in testbed.routes.values() for row in route if row["SETUP"]):
        needed.setdefault(row["STNFAM"], {})[row["SETUP"]] = minutes(row["STIME"], row["STUNITS"]) if row["STIME"] else ""
    setups: Tables = {}
    cascading = {row["STNFAM"] for row in testbed.tools if row["STNCAP"]}
    for family, steps in needed.items():
        named = [row for row in testbed.setups if row["NEWSETUP"] in steps]
        times = {steps[setup] for setup in steps} - {""} | {minutes(row["STIME"], row["STUNITS"]) for row in named if not row["CURSETUP"]}
        assert len(times) <= 1, f"{family}: set-ups that take {times}"
        matrix: dict[str, Tables] = {}
        for row in (row for row in named if row["CURSETUP"]):
            matrix.setdefault(row["CURSETUP"], {})[row["NEWSETUP"]] = minutes(row["STIME"], row["STUNITS"])
        least = {int(row["MINRUN"]) for row in testbed.least_runs if row["SETUP"] in steps}
        assert len(least) <= 1, f"{family}: least runs of {least} lots"
        minimum_run = {"minimum_run": {"lots": least.pop(), "patience": "30 d"}} if least else {}
        alongside = {"alongside": True} if family in cascading else {}
        setups[family] = {"default": times.pop() if times else "0 min", "matrix": matrix, **minimum_run, **alongside}
    return setups


def _routing(route: list[Row], families: dict[str, Row], testbed: Testbed) -> Tables:
    saved = {row["FORSTEP"]: row["STEP"] for row in route if row["SVESTN"] == "yes"}
    limits = {row["STEP_CQT"]: {"after": row["STEP"], "within": minutes(row["CQT"], row["CQTUNITS"])} for row in route if row["CQT"]}
    routing: Tables = {}
    for row, following in zip(route, [*route[1:], None], strict=True):
        operation = _operation(row)
        if following:
            operation |= _transport(families[row["STNFAM"]], families[following["STNFAM"]], testbed)
        if row["STEP"] in saved:
            operation["same_unit_as"] = saved[row["STEP"]]
        if row["STEP"] in limits:
            operation["queue_limit"] = limits[row["STEP"]]  # told only: nothing follows from one in the reference
        routing[row["STEP"]] = operation
    return routing


def _operation(row: Row) -> Tables:
    per = "piece" if row["PTPER"] == "per_piece" else "lot"
    operation: Tables = {"segment": row["STNFAM"], "per": per, "run": spread(row, "PTIME", "PTIME2", "PTUNITS")}
    if row["PartInterval"]:
        operation["interval"] = minutes(row["PartInterval"], row["PartIntUnits"])
    if row["BatchInterval"]:
        operation["interval"] = minutes(row["BatchInterval"], row["BatchIntUnits"])
    if row["SETUP"]:
        operation["setup_family"] = row["SETUP"]
    if row["PTPER"] == "per_batch":  # of the same route and step
        operation |= {
            "setup_family": f"{row['ROUTE']}.{row['STEP']}",
            "batch": {"minimum": int(row["BATCHMN"]), "maximum": int(row["BATCHMX"]), "counts": "pieces"},
        }
    if row["StepPercent"] and float(row["StepPercent"]) < 100:
        operation["sample"] = round(float(row["StepPercent"]) / 100, 6)
    if row["RWKSTEP"]:
        operation |= {"rework": round(float(row["REWORK"]) / 100, 6), "rework_to": row["RWKSTEP"], "rejects_by": row["RWKTYPE"]}
    return operation


def _transport(here: Row, there: Row, testbed: Testbed) -> Tables:
    for row in testbed.transports:
        if (row["FROMLOC"], row["TOLOC"]) == (here["STNFAMLOC"], there["STNFAMLOC"]):
            return {"transport": spread(row, "DTIME", "DTIME2", "DUNITS")}
    return {}


def items_of(testbed: Testbed) -> Tables:
    """items.yaml"""
    return {"materials": {part: {"kind": "finished", "price": "1 EUR"} for part in testbed.routes}, "customers": {"market": {}}}


def _instant(text: str) -> datetime:
    return datetime.strptime(text + " +0000", "%m/%d/%y %H:%M:%S %z")


def scenario_of(testbed: Testbed, days: int) -> Tables:
    """The scenario: lots are released at constant intervals, hot lots go first, then who came first.

    Before that comes what needs no set-up, where the tables say `rule_LSSU`, and `rank_RSETUP` where tools cascade. Elsewhere that rank
    does nothing: published are 1.06 lots a set-up of the litho tracks, where chance makes 1.05, and 3 of two etchers, which is what
    `wake_LeastSetupTime` alone makes of them. In a cascade a lot of another set-up has to wait until the tool is empty.
    """
    start = min(_instant(row["START"]) for row in testbed.orders)
    streams = {name: stream for row in testbed.orders for name, stream in _streams(row, start)}
    setups, cascading = _setups(testbed), {row["STNFAM"] for row in testbed.tools if row["STNCAP"]}
    least_setup = [row["STNFAM"] for row in testbed.tools if row["RULE"] == "rule_LSSU"]
    return {
        "plant": "smt2020_hvlm", "title": "SMT2020 HVLM", "start": start.isoformat().replace("+00:00", "Z"), "horizon": f"{days} d",
        "policies": {
            "dispatch": "priority", "dispatch_by_center": dict.fromkeys(least_setup, "setup_avoidance"),
            "ties_by_center": {
                family: ["priority"] if family in least_setup else ["setup_avoidance"] for family in setups if family in cascading
            },
        },
        "demand": {"orders": _orders(testbed), "streams": streams}, "work_in_process": dict(_lots_begun(testbed)),
    }  # fmt: skip


def _streams(row: Row, start: datetime) -> Iterator[tuple[str, Tables]]:
    """Releases at a constant interval."""
    first_s = (_instant(row["START"]) - start).total_seconds()
    yield row["LOT"], {
        "customer": "market", "material": row["PART"], "quantity": [int(row["PIECES"])], "priority": int(row["PRIOR"]),
        "first": f"{round(first_s)} s", "interval": minutes(row["REPEAT"], row["RUNITS"]), "count": int(row["RPT#"]),
        "promise": f"{round((_instant(row['DUE']) - _instant(row['START'])).total_seconds())} s",
    }  # fmt: skip


def _stands_at_start(row: Row, testbed: Testbed) -> bool:
    """Nothing has been done to it yet: it is an order, and no work in process."""
    return row["CURSTEP"] == testbed.routes[row["PART"]][0]["STEP"]


def _due(row: Row) -> str:
    return f"{round(max(0.0, (_instant(row['DUE']) - _instant(row['START'])).total_seconds()))} s"


def _lots_begun(testbed: Testbed) -> Iterator[tuple[str, Tables]]:
    """Work in process at the start, in the order of the table."""
    for row in testbed.lots_begun:
        if not _stands_at_start(row, testbed):
            yield row["LOT"], {
                "material": row["PART"], "quantity": int(row["PIECES"]), "operation": row["CURSTEP"], "due": _due(row),
                "priority": int(row["PRIOR"]),
            }  # fmt: skip


def _orders(testbed: Testbed) -> list[Tables]:
    """The lots that stand before their first step at the start."""
    return [
        {
            "order": row["LOT"], "customer": "market", "material": row["PART"], "quantity": int(row["PIECES"]), "due": _due(row),
            "priority": int(row["PRIOR"]),
        }
        for row in testbed.lots_begun
        if _stands_at_start(row, testbed)
    ]  # fmt: skip
