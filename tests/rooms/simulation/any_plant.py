"""Small plants and scenarios of every kind, for Hypothesis. Times are whole minutes on purpose: much happens at the same instant."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from twin.model.plant import Plant
from twin.model.scenario import Scenario

Tables = dict[str, Any]
Draw = st.DrawFn


def minutes(at_least: int, at_most: int) -> st.SearchStrategy[str]:
    return st.integers(at_least, at_most).map(lambda n: f"{n} min")


RUNS = st.one_of(minutes(1, 12), minutes(2, 9).map(lambda mean: {"exponential": mean}), st.just({"gamma": {"shape": 3.0, "mean": "4 min"}}))
SHIFT = {"days": ["mon", "tue"], "start": "06:00", "end": "09:00", "breaks": [{"start": "06:40", "end": "06:50"}]}
RULES = ["fifo", "edd", "spt", "setup_avoidance", "critical_ratio"]
CALENDARS = {"day": {"shifts": {"early": SHIFT}}, "late": {"shifts": {"late": {"days": ["mon"], "start": "06:45", "end": "12:00"}}}}


@st.composite
def failures(draw: Draw) -> list[Tables]:
    return [
        {
            "reason": reason, "clock": draw(st.sampled_from(["busy", "calendar"])),
            "time_to_failure": draw(st.one_of(minutes(5, 60), minutes(10, 60).map(lambda mean: {"exponential": mean}))),
            "repair": draw(st.one_of(minutes(1, 15), st.just({"exponential": "5 min"}))), "crew": draw(st.sampled_from([None, "fitters"])),
            "apart_from_maintenance": draw(st.booleans()),
        }
        for reason in draw(st.sampled_from([[], [], ["jam"], ["jam", "rust"]]))
    ]  # fmt: skip


MINIMUM_RUNS = st.sampled_from(
    [None, None, {"lots": 2}, {"lots": 3, "patience": "20 min"}, {"time": "30 min", "patience": "10 min"}, {"lots": 9, "time": "1 h"}]
)


@st.composite
def maintenance(draw: Draw) -> list[Tables]:
    due = [
        {"every": {"days": 1, "first_day": draw(st.integers(0, 1)), "at": "06:20"}},
        {"after_lots": 2},
        {"after_lots": 3, "first_after": draw(st.integers(1, 4))},
        {"after_pieces": 7},
        {"after_busy": "15 min"},
    ]
    return [
        {
            **draw(st.sampled_from(due)), "reason": reason, "lasts": draw(st.one_of(minutes(0, 20), st.just({"exponential": "6 min"}))),
            "crew": draw(st.sampled_from([None, "fitters"])),
        }
        for reason in draw(st.sampled_from([[], [], ["oil"], ["oil", "wash"]]))
    ]  # fmt: skip


BATCHES = st.sampled_from(
    [None, None, None, None, *({"minimum": 1, "maximum": 3, "wait": "5 min", "counts": it} for it in ("lots", "pieces"))]
)


@st.composite
def work_units(draw: Draw, center: str) -> dict[str, Tables]:
    units = {}
    for n in range(draw(st.integers(1, 2))):
        units[f"{center}_{n}"] = {
            "equipment_class": center, "work_center": center, "calendar": draw(st.sampled_from([None, None, "day", "late"])),
            "power": {"idle": "700 W", "setup": "1 kW", "execute": "5 kW", "down": "100 W"}, "failures": draw(failures()),
            "maintenance": draw(maintenance()),
            "batch": draw(BATCHES),
            "load": draw(st.sampled_from([0, 0, "1 min"])), "unload": draw(st.sampled_from([0, 0, "2 min"])),
        }  # fmt: skip
    return units


@st.composite
def production_lines(draw: Draw) -> dict[str, Tables]:
    stations = {
        f"station_{n}": {
            "cycle": draw(RUNS),
            "buffer_after": draw(st.integers(0, 2)),
            "scrap": draw(st.sampled_from([0, 0.1])),
            "failures": draw(failures()),
        }
        for n in range(draw(st.integers(1, 3)))
    }
    line = {
        "work_center": "line",
        "transfer_lot": draw(st.integers(1, 3)),
        "maintenance": [it for it in draw(maintenance()) if "after_busy" not in it],
        "calendar": draw(st.sampled_from([None, "day"])),
        "stations": stations,
    }
    return {"line": line}


@st.composite
def alternatives(draw: Draw, own: str, segments: dict[str, Tables]) -> list[Tables]:
    """Other segments for an operation, with the same staff; some can be done by nothing that the operation's own cannot."""

    def staff(segment: str) -> list[Any]:
        return [segments[segment].get(key) for key in ("personnel_class", "attended")]

    others = [segment for segment in segments if segment != own and staff(segment) == staff(own)]
    chosen = draw(st.lists(st.sampled_from(sorted(others)), unique=True, max_size=2)) if others and draw(st.booleans()) else []
    return [{"segment": segment, "run": draw(RUNS)} for segment in chosen]


DRAWN = st.sampled_from(
    [
        "0 min",
        "3 min",
        {"exponential": "4 min"},
        {"uniform": {"low": "0 min", "high": "6 min"}},
        {"empirical": {"values": ["0 min", "3 min"]}},
    ]
)


def sometimes(draw: Draw, table: Tables, key: str, values: st.SearchStrategy[Any]) -> None:
    """Leave what is declared, or draw another."""
    if draw(st.booleans()):
        table[key] = draw(values)


def with_odd_steps(draw: Draw, operations: Tables, segments: Tables) -> None:
    """Drawn transport, cascades, batches as an operation says, lots that come back to a work unit."""
    before: dict[str, list[str]] = {}  # by segment: what did those can do this
    for name, operation in operations.items():
        sometimes(draw, operation, "transport", DRAWN)
        if segments[operation["segment"]]["work_center"] != "line":
            sometimes(draw, operation, "interval", st.sampled_from(["1 us", "2 min", "30 min"]))
            sometimes(draw, operation, "batch", st.sampled_from([{"maximum": 2}, {"minimum": 3, "maximum": 9, "counts": "pieces"}]))
        alike = before.setdefault(operation["segment"], [])
        if alike:
            sometimes(draw, operation, "same_unit_as", st.sampled_from(alike))
        if not operation["alternatives"]:
            alike.append(name)


@st.composite
def routings(draw: Draw, segments: dict[str, Tables]) -> dict[str, Tables]:
    operations: dict[str, Tables] = {}
    for n in range(draw(st.integers(1, 4))):
        operation = {
            "segment": draw(st.sampled_from(sorted(segments))), "run": draw(RUNS), "per": draw(st.sampled_from(["piece", "lot"])),
            "setup_family": draw(st.sampled_from([None, "a", "b"])), "transport": draw(st.sampled_from([0, "2 min"])),
        }  # fmt: skip
        if segments[operation["segment"]]["work_center"] != "line":
            operation["scrap"] = draw(st.sampled_from([0, 0.2]))
            operation["rejects_by"] = draw(st.sampled_from(["piece", "piece", "lot"]))
            if operations and not any("rework" in other for other in operations.values()):
                operation |= {"rework": draw(st.sampled_from([0, 0.3])), "rework_to": draw(st.sampled_from(sorted(operations)))}
        operation["sample"] = draw(st.sampled_from([1.0, 1.0, 0.5])) if operations else 1.0
        operation["alternatives"] = draw(alternatives(operation["segment"], segments))
        operation["sample_every"] = draw(st.sampled_from([None, None, 2, 3])) if operations and operation["sample"] == 1.0 else None
        operation["queue_limit"] = draw(queue_limits(list(operations)))
        operations[str(10 * n + 10)] = operation
    with_odd_steps(draw, operations, segments)
    return operations


@st.composite
def fleets(draw: Draw, centers: list[str]) -> dict[str, Tables]:
    """Often none; times that leave nothing out."""
    if draw(st.integers(0, 2)):
        return {}
    return {
        "cart": {
            "vehicles": draw(st.integers(1, 3)), "parks_at": draw(st.sampled_from(centers)), "default": draw(minutes(0, 3)),
            "when_idle": draw(st.sampled_from(["stays", "parks"])), "rule": draw(st.sampled_from(["longest_waiting", "nearest"])),
            "capacity": draw(st.sampled_from([1, 2, 5])), "counts": draw(st.sampled_from(["lots", "pieces"])),
            "load": draw(minutes(0, 2)), "unload": draw(minutes(0, 1)), "times": {"cut": {"bend": "4 min"}} if "bend" in centers else {},
            "calendar": draw(st.sampled_from([None, None, "day"])), "failures": draw(failures()),
            "power": {"idle": "50 W", "execute": "2 kW"},
        }
    }  # fmt: skip


def let_carry(draw: Draw, layout: Tables) -> None:
    """Some work centers have their lots carried."""
    carried = draw(st.sets(st.sampled_from(sorted(layout["work_centers"])))) if layout["fleets"] else set()
    for center in carried:
        layout["work_centers"][center]["carried_by"] = "cart"
    leave_to_vehicles(layout)


def leave_to_vehicles(layout: Tables) -> None:
    """What is carried takes no time of transport besides."""
    carried = {name for name, center in layout["work_centers"].items() if center.get("carried_by")}
    for routing in layout["routings"].values():
        centers = {
            name: {layout["process_segments"][way["segment"]]["work_center"] for way in (it, *it["alternatives"])}
            for name, it in routing.items()
        }
        for name, operation in routing.items():
            if carried & centers[name]:
                operation |= {"transport": 0, "interval": None}


@st.composite
def queue_limits(draw: Draw, before: list[str]) -> Tables | None:
    """A limit of the wait for an operation that comes after these; most are short, so that something waits too long."""
    if not before or draw(st.booleans()):
        return None
    place, then = draw(st.integers(0, len(before) - 1)), draw(st.sampled_from(["tell", "rework", "rework", "scrap"]))
    back_to = draw(st.sampled_from(before[: place + 1])) if then == "rework" else None
    within = draw(st.sampled_from(["1 us", "2 min", "5 min", "15 min", "1 h"]))
    return {"after": before[place], "within": within, "then": then, "rework_to": back_to, "reworks": draw(st.integers(1, 2))}


@st.composite
def any_plant(draw: Draw, *, with_persons: bool = True) -> Plant:
    centers = ["cut", "bend", "line"][: draw(st.integers(1, 3))]
    segments = {f"do_{center}": {"work_center": center} for center in centers}
    if with_persons and draw(st.booleans()):
        segments["do_cut"] |= {"personnel_class": "smith", "attended": draw(st.sampled_from(["all", "setup"]))}
    segments["also_cut"] = {**segments["do_cut"]}
    layout = {
        "plant": "any", "calendars": CALENDARS,
        "storage_units": {center: {"capacity": draw(st.sampled_from([None, None, 1, 2]))} for center in centers},
        "work_centers": {
            it: {
                "storage": it, "idle_first": draw(st.sampled_from(["declared", "least_setup"])),
                "idle_order": draw(st.sampled_from(["declared", "drawn"])),
            } for it in centers
        },
        "work_units": {name: unit for center in centers if center != "line" for name, unit in draw(work_units(center)).items()},
        "production_lines": draw(production_lines()) if "line" in centers else {},
        "failures_by_class": draw(st.sampled_from([{}, {"cut": [{"reason": "wear", "time_to_failure": "20 min", "repair": "2 min"}]}])),
        "repair_crews": {"fitters": {"size": 1}}, "personnel_classes": {"smith": {}},
        "setups": {
            "cut": {"same": "1 min", "default": "4 min", "initial": draw(st.sampled_from([None, "a"])), "minimum_run": draw(MINIMUM_RUNS),
                    "alongside": draw(st.booleans())},
            **({"line": {"default": draw(minutes(0, 7))}} if "line" in centers else {}),
        },
        "persons": {name: {"classes": ["smith"], "calendar": when, "hourly_cost": 0} for name, when in (("ada", "day"), ("bo", "late"))},
        "process_segments": segments, "routings": {material: draw(routings(segments)) for material in ("x", "y")},
    }  # fmt: skip
    layout["fleets"] = draw(fleets(centers))
    let_carry(draw, layout)
    items = {"materials": {name: {"kind": "finished", "lot_size": draw(st.sampled_from([None, 2, 5]))} for name in ("x", "y")}}
    return Plant.model_validate({"layout": layout, "materials": items})


@st.composite
def work_in_process(draw: Draw, routings: dict[str, Any], orders: list[str]) -> Tables:
    """Lots somewhere behind the first operation of their routings."""
    places = [(material, name) for material, routing in routings.items() for name in list(routing)[1:]]
    chosen = draw(st.lists(st.sampled_from(places), max_size=4)) if places and draw(st.booleans()) else []
    return {
        f"w{n}": {
            "material": material, "operation": operation, "quantity": draw(st.integers(1, 6)), "due": draw(minutes(0, 200)),
            "order": draw(st.sampled_from([None, *orders])), "priority": draw(st.sampled_from([None, -1, 2])),
        }
        for n, (material, operation) in enumerate(chosen)
    }  # fmt: skip


@st.composite
def policies(draw: Draw, centers: list[str]) -> Tables:
    limits = st.dictionaries(st.sampled_from(centers), st.sampled_from(["1 min", "15 min", "1 h"]), max_size=2)
    return {
        "dispatch": draw(st.sampled_from(RULES)), "conwip_lots": draw(st.sampled_from([None, None, None, 2, 5])),
        "workload": draw(st.one_of(st.just({}), limits)),
    }  # fmt: skip


@st.composite
def any_scenario(draw: Draw, plant: Plant) -> Scenario:
    orders = [
        {
            "order": f"o{n}",
            "customer": "us",
            "material": draw(st.sampled_from("xy")),
            "quantity": draw(st.integers(1, 9)),
            "at": at,
            "due": "4 h",
        }
        for n, at in enumerate(draw(st.lists(minutes(0, 120), min_size=1, max_size=6)))
    ]
    stops = [
        {"equipment": draw(st.sampled_from(plant.equipment)), "at": draw(minutes(0, 60)), "lasts": draw(minutes(1, 30)), "reason": "visit"}
        for _ in range(draw(st.integers(0, 2)))
    ]
    return Scenario.model_validate(
        {
            "plant": "any", "start": "2026-03-02T06:00:00Z", "horizon": draw(minutes(60, 600)), "demand": {"orders": orders},
            "work_in_process": draw(work_in_process(plant.layout.routings, [it["order"] for it in orders if it["at"] == "0 min"])),
            "disturbances": stops, "policies": draw(policies(list(plant.layout.work_centers))),
        }
    )  # fmt: skip


@st.composite
def plants_and_scenarios(draw: Draw, *, with_persons: bool = True) -> tuple[Plant, Scenario]:
    plant = draw(any_plant(with_persons=with_persons))
    return plant, draw(any_scenario(plant))
