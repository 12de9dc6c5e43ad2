"""Small plants with bills of material, purchased parts and stock, for Hypothesis: everything that Level 4 decides about."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.parity.any_case import forecasts, sequences, weights
from tests.rooms.simulation.any_plant import leave_to_vehicles, minutes, plants_and_scenarios, routings, work_in_process
from twin.model.plant import Plant
from twin.model.policies.dispatch import DISPATCH_RULES
from twin.model.scenario import Scenario

LEADS = st.one_of(minutes(0, 60), st.just({"exponential": "40 min"}))


@st.composite
def purchased(draw: st.DrawFn) -> dict[str, Any]:
    reorder = draw(st.sampled_from([None, {"point": 2, "quantity": 5}, {"point": 0, "quantity": 1}]))
    stock = draw(st.sampled_from([0, 3, 40]))
    return {"kind": "purchased", "supplier": "acme", "standard_cost": "1 EUR", "opening_stock": stock, "reorder": reorder}


@st.composite
def bill(draw: st.DrawFn, components: str) -> list[dict[str, Any]]:
    wanted = draw(st.lists(st.sampled_from(components), min_size=0, max_size=3))
    return [{"material": material, "quantity": draw(st.integers(1, 3))} for material in wanted]


def _take_apart(draw: st.DrawFn, routings: dict[str, Any], materials: dict[str, Any]) -> None:
    """Now and then y and s give p off, and s r, which x may need: where their last operation takes them apart, or is the last for all."""
    materials["r"] = {"kind": "recovered", "opening_stock": draw(st.sampled_from([0, 5]))}
    for name in draw(st.sampled_from(["", "s", "ys"])):
        last = routings[name][list(routings[name])[-1]]
        if last["sample"] == 1.0 and last["sample_every"] is None:
            last["takes_apart"] = draw(st.booleans())
            materials[name]["by_products"] = [{"material": "p", "quantity": draw(st.integers(1, 3))}]
            materials[name]["by_products"] += [{"material": "r", "quantity": 2, "cost_share": 0.25}] if name == "s" else []
    if draw(st.booleans()):
        materials["x"]["bill"].append({"material": "r", "quantity": 1})


@st.composite
def plants_with_bills(draw: st.DrawFn, *, with_persons: bool = True, for_several: bool = True) -> tuple[Plant, Scenario]:
    """Products x and y, parts s and t that are made for them, p and q that are bought; orders of any material, and a stream of them."""
    plant, scenario = draw(plants_and_scenarios(with_persons=with_persons))
    tables, asked = plant.model_dump(mode="json"), scenario.model_dump(mode="json")
    layout, materials = tables["layout"], tables["materials"]["materials"]
    lead = st.sampled_from(["0 min", "10 min", "1 h"])
    for name, components in (("t", "pq"), ("s", "pqt"), ("x", "pqst"), ("y", "pqst")):
        lot_size, stock = draw(st.sampled_from([None, 2, 5])), draw(st.sampled_from([0, 0, 4]))
        materials[name] = {
            "kind": "finished" if name in "xy" else "made", "bill": draw(bill(components)), "lot_size": lot_size, "opening_stock": stock,
            "planned_lead_time": draw(lead), "price": "9 EUR", "bill_for": draw(st.sampled_from([1, 1, 3])) if for_several else 1,
        }  # fmt: skip
    for name in "st":
        layout["routings"][name] = draw(routings({n: s for n, s in layout["process_segments"].items() if s["work_center"] != "line"}))
    leave_to_vehicles(layout)
    materials |= {"p": draw(purchased()), "q": draw(purchased())}
    _take_apart(draw, layout["routings"], materials)
    tables["materials"]["suppliers"] = {"acme": {"lead_time": draw(LEADS)}}
    rule = st.sampled_from([*DISPATCH_RULES, "anybodys"])
    asked["policies"] |= {"dispatch": draw(rule), "weighted": weights(draw), "sequence": sequences(draw, asked, layout)}
    asked["policies"]["release"] = draw(st.sampled_from(["push", "due_date_offset"]))
    for order in asked["demand"]["orders"]:
        order["priority"] = draw(st.integers(0, 2))
        order["due"] = draw(st.sampled_from(["1 h", "4 h"]))
    known = [order.order for order in scenario.demand.orders if order.at == 0]
    asked["work_in_process"] = draw(work_in_process(layout["routings"], known))
    asked["demand"]["forecasts"] = draw(forecasts("xys"))
    if draw(st.booleans()):
        interval = draw(st.one_of(minutes(20, 90), st.just({"exponential": "40 min"})))
        asked["demand"]["streams"] = {
            "st": {"customer": "us", "material": draw(st.sampled_from("xys")), "interval": interval, "quantity": [1, 3], "promise": "2 h"}
        }
    return Plant.model_validate(tables), Scenario.model_validate(asked)


RATES = ("37.31 EUR/h", "61.07 EUR/h", "0.99 EUR/h", "44 EUR/h")


def priced(plant: Plant) -> Plant:
    """The same plant at odd prices, so that every rounding shows: equipment, persons with overtime, energy and materials."""
    tables: dict[str, Any] = plant.model_dump(mode="json")
    layout, materials = tables["layout"], tables["materials"]["materials"]
    for n, it in enumerate([*layout["work_units"].values(), *layout["production_lines"].values(), *layout["persons"].values()]):
        it["hourly_cost"] = RATES[n % len(RATES)]
    layout |= {"energy_tariff": "0.2937 EUR/kWh", "labour": {**layout["labour"], "overtime": "25 %"}}
    for n, it in enumerate(materials.values()):
        it["price_per"] = (1, 3, 7)[n % 3]
        if it["kind"] == "purchased":
            it["standard_cost"] = f"{n + 1}.37 EUR"
        elif it["kind"] == "finished":
            it["price"] = "99.99 EUR"
    return Plant.model_validate(tables)
