"""Plants and scenarios with everything that files can declare, for two engines to agree on: each example has a few oddities more.

Times are whole minutes, so much happens at one instant; some take no time at all, some capacities are tiny and some are huge.
"""

from __future__ import annotations

from hypothesis import strategies as st

from tests.rooms.simulation.any_plant import Draw, Tables, minutes, plants_and_scenarios, sometimes
from twin import register_rule
from twin.model.checks.floor.left_out import left_out, losers, reasons_to_fail
from twin.model.losses.left_out import LOSS_KINDS, LeftOut
from twin.model.plant import Plant
from twin.model.policies.dispatch import DISPATCH_RULES
from twin.model.scenario import Scenario

Case = tuple[Plant, Scenario]
HUGE = 100_000_000
SPANS = st.one_of(
    st.sampled_from(["0 min", "1 us", "4 min", "90 min"]),
    minutes(1, 9).map(lambda mean: {"exponential": mean}),
    st.just({"normal": {"mean": "4 min", "sd": "3 min"}}),
    st.just({"lognormal": {"mean": "4 min", "sd": "2 min"}}),
    st.just({"uniform": {"low": "0 min", "high": "6 min"}}),
    st.just({"triangular": {"low": "1 min", "mode": "1 min", "high": "7 min"}}),
    st.just({"gamma": {"shape": 0.5, "mean": "4 min"}}),
    st.just({"weibull": {"shape": 1.5, "scale": "5 min"}}),
    st.just({"erlang": {"phases": 3, "mean": "5 min"}}),
    st.just({"empirical": {"values": ["0 min", "3 min", "3 min", "20 min"]}}),
)
OFTEN_ENOUGH = st.one_of(
    minutes(5, 60), minutes(10, 60).map(lambda mean: {"exponential": mean}), st.just({"erlang": {"phases": 2, "mean": "20 min"}})
)


def _odd_equipment(draw: Draw, layout: Tables) -> None:
    for name, unit in layout["work_units"].items():
        if unit["batch"]:
            least = draw(st.integers(1, 4))
            unit["batch"] = {
                "minimum": least,
                "counts": draw(st.sampled_from(["lots", "pieces"])),
                "maximum": draw(st.sampled_from([least, 5, 200])),
                "wait": draw(st.sampled_from(["0 min", "7 min", "2 h"])),
            }
        if name.endswith("_1") and draw(st.booleans()):
            unit["equipment_class"] += "_b"
    for segment in layout["process_segments"].values():
        if segment["work_center"] != "line" and draw(st.booleans()):
            segment["equipment_class"] = segment["work_center"]  # those of the class with "_b" cannot do it
    for line in layout["production_lines"].values():
        sometimes(draw, line, "transfer_lot", st.sampled_from([1, 2, HUGE]))
        for station in line["stations"].values():
            sometimes(draw, station, "cycle", SPANS)
            sometimes(draw, station, "scrap", st.sampled_from([0.0, 0.5, 1.0]))
            sometimes(draw, station, "buffer_after", st.sampled_from([0, 40]))
            sometimes(draw, station, "power", st.just({"idle": "3 W", "execute": "2 MW"}))
    stations = [it for line in layout["production_lines"].values() for it in line["stations"].values()]
    for failure in (it for e in (*layout["work_units"].values(), *stations) for it in e["failures"]):
        sometimes(draw, failure, "time_to_failure", OFTEN_ENOUGH)
        sometimes(draw, failure, "repair", SPANS)
    for storage in layout["storage_units"].values():
        sometimes(draw, storage, "capacity", st.sampled_from([1, 3, HUGE]))
    layout["repair_crews"]["fitters"]["size"] = draw(st.sampled_from([1, 2, HUGE]))
    for setup in layout["setups"].values():
        sometimes(draw, setup, "matrix", st.just({"a": {"b": "9 min", "a": "3 min"}, "b": {"a": "0 min"}}))


def _odd_materials(draw: Draw, layout: Tables, items: Tables) -> None:
    for routing in layout["routings"].values():
        for operation in routing.values():
            sometimes(draw, operation, "run", SPANS)
            sometimes(draw, operation, "transport", st.one_of(st.sampled_from(["0 min", "1 us", "30 min"]), SPANS))
            if not operation["rework"]:
                sometimes(draw, operation, "scrap", st.sampled_from([0.0, 1e-6, 0.7, 1.0]))
    for definition in items["materials"].values():
        sometimes(draw, definition, "lot_size", st.sampled_from([1, 3, HUGE]))
        sometimes(draw, definition, "planned_lead_time", st.sampled_from(["0 min", "3 h", "3 d"]))
        sometimes(draw, definition, "opening_stock", st.just(7))
    items["materials"]["iron"] = {"kind": "purchased", "supplier": "smelter", "standard_cost": "1 EUR"}
    items["suppliers"] = {"smelter": {"lead_time": draw(SPANS)}}


@st.composite
def streams(draw: Draw) -> Tables:
    return {
        name: {
            "customer": "us", "material": draw(st.sampled_from("xy")), "interval": draw(minutes(5, 60)), "promise": draw(minutes(1, 300)),
            "quantity": draw(st.sampled_from([[1], [1, 2, 8], [30]])), "first": draw(st.sampled_from([None, "0 min", "10 min"])),
            "priority": draw(st.integers(-1, 1)), "count": draw(st.sampled_from([None, 1, 9])),
            "until": draw(st.sampled_from([None, None, "0 min", "2 h"])),
        }
        for name in draw(st.sampled_from([[], ["s"], ["s", "o"], ["é-9", "s"]]))
    }  # fmt: skip


@st.composite
def forecasts(draw: Draw, materials: str = "xy") -> Tables:
    """Of the day on which all runs start, and of the one after it; or none."""
    pieces = st.dictionaries(st.sampled_from(materials), st.integers(0, 90), min_size=1)
    days = draw(st.sampled_from([[], [], ["2026-03-02"], ["2026-03-01", "2026-03-02"], ["2026-03-02", "2026-03-03"]]))
    if not days:
        return {}
    return {
        "f": {
            "customer": "us", "buckets": [{"starts": day, "pieces": draw(pieces)} for day in days], "until": "2026-03-04",
            "order_size": draw(st.integers(1, 7)), "spread": draw(st.sampled_from([0, 0.4, 1])), "promise": draw(minutes(1, 300)),
            "priority": draw(st.integers(-1, 1)),
        }
    }  # fmt: skip


def weights(draw: Draw) -> Tables:
    """Of the weighted rule."""
    names = ("waited", "slack", "run", "remaining", "setup", "priority")
    return {"scale": draw(st.sampled_from(["1 us", "10 min", "8 h"])), **{name: draw(st.sampled_from([0, 0.3, 2])) for name in names}}


def sequences(draw: Draw, tables: Tables, layout: Tables) -> dict[str, list[str]]:
    """Job orders that may come, some of them, in any order; of work centers and of equipment."""
    jobs = [
        f"{order['order']}-{order['material']}{part}/{operation}"
        for order in tables["demand"]["orders"]
        for operation in layout["routings"].get(order["material"], ())
        for part in ("", ".1", ".2", ".R")
    ]
    places = [*layout["work_centers"], *layout["work_units"], *layout["production_lines"]]
    return draw(st.dictionaries(st.sampled_from(places), st.lists(st.sampled_from(jobs), unique=True, max_size=12), max_size=3))


def own_rule(ready_us, due_us, run_us, remaining_us, setup_us, priority, operations_left, now_us):  # type: ignore[no-untyped-def]
    """Anything at all: it divides by what may be nothing, and gives no number now and then."""
    return (setup_us + run_us / (now_us - ready_us)) * (1 + priority) - remaining_us / operations_left + due_us % 7


register_rule("anybodys", own_rule)


def _odd_questions(draw: Draw, tables: Tables, layout: Tables) -> None:
    centers = list(layout["work_centers"])
    rules = st.sampled_from([*sorted(DISPATCH_RULES), "anybodys"])
    tables["policies"] |= {
        "dispatch": draw(rules), "dispatch_by_center": draw(st.dictionaries(st.sampled_from(centers), rules, max_size=2)),
        "release": draw(st.sampled_from(["push", "due_date_offset"])), "ties": draw(st.lists(rules, max_size=2)),
        "ties_by_center": draw(st.dictionaries(st.sampled_from(centers), st.lists(rules, max_size=2), max_size=2)),
    }  # fmt: skip
    for order in tables["demand"]["orders"]:
        order |= {"priority": draw(st.integers(-2, 2)), "due": draw(st.sampled_from(["1 min", "2 h", "5 d"]))}
        order["order"] = draw(st.sampled_from(["o", "O-", "ö", "o1.", "o1/"])) + order["order"]
        sometimes(draw, order, "quantity", st.sampled_from([1, 23, 60]))
    tables["demand"] |= {"streams": draw(streams()), "forecasts": draw(forecasts())}
    tables["policies"] |= {"weighted": weights(draw), "sequence": sequences(draw, tables, layout)}


def _carried(layout: Tables) -> None:
    """Cascades and times of transport make no sense where vehicles carry lots."""
    for operation in (it for routing in layout["routings"].values() for it in routing.values()):
        centers = [layout["process_segments"][way["segment"]]["work_center"] for way in (operation, *operation["alternatives"])]
        if any(layout["work_centers"][center].get("carried_by") for center in centers):
            operation |= {"transport": 0, "interval": None}


def _losses(draw: Draw, plant: Plant, scenario: Scenario) -> Scenario:
    """The same without the first or second of some losses, which come or do not."""
    able = [
        [
            {"loss": kind, "equipment": name, "reason": reason, "occurrence": n}
            for name in losers(plant, kind)
            for reason in (reasons_to_fail(name, scenario, plant) if kind == "failure" else [""])
            for n in (1, 2)
        ]
        for kind in LOSS_KINDS
    ]
    chosen = draw(st.lists(st.one_of(*(st.sampled_from(it) for it in able if it)), max_size=5, unique_by=str))
    one = scenario.model_copy(update={"without": [LeftOut.model_validate(it) for it in chosen]})
    return one if not list(left_out(one, plant)) else scenario


@st.composite
def any_case(draw: Draw, *, with_persons: bool = True, with_losses: bool = False) -> Case:
    """`with_losses`: losses may be left out; such a run may end in words (`playing.rounds`)."""
    plant, scenario = draw(plants_and_scenarios(with_persons=with_persons))
    tables: Tables = plant.model_dump(mode="json")
    _odd_equipment(draw, tables["layout"])
    _odd_materials(draw, tables["layout"], tables["materials"])
    _carried(tables["layout"])
    asked: Tables = scenario.model_dump(mode="json")
    _odd_questions(draw, asked, tables["layout"])
    plant, scenario = Plant.model_validate(tables), Scenario.model_validate(asked)
    return plant, _losses(draw, plant, scenario) if with_losses else scenario
