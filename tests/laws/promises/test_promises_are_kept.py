"""Whoever promises what is recommended keeps it, where nothing goes wrong: in generated shops with set-ups, persons, shifts and bills."""

from __future__ import annotations

from typing import Any

from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from tests.laws.planning.test_schedules_come_true import stopped_at
from twin.model.demand.orders import OrderLine
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.results.trade.when_there import when_there

HOUR_US = 3_600_000_000
SHIFTS = {
    "day": {"shifts": {"one": {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "06:00", "end": "14:00"}}},
    "two": {
        "shifts": {
            "early": {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "06:00", "end": "14:00"},
            "late": {"days": ["mon", "tue", "wed", "thu", "fri"], "start": "14:00", "end": "22:00"},
        }
    },
}
MINUTES = st.integers(2, 40).map("{} min".format)


@st.composite
def shops(draw: st.DrawFn) -> tuple[Plant, Scenario]:
    """Two work centers, few persons for them, set-ups by family; two products of a part that is made and one that is bought."""
    calendars = st.sampled_from([None, "day", "two"])
    units: dict[str, Any] = {}
    for center in ("cut", "fit"):
        calendar = draw(calendars)
        for n in range(draw(st.integers(1, 2))):
            units[f"{center}_{n + 1}"] = {"equipment_class": center, "work_center": center, **({"calendar": calendar} if calendar else {})}
    persons = {
        f"person_{n}": {"classes": ["fitter"], "calendar": draw(st.sampled_from(["day", "two"])), "hourly_cost": "40 EUR/h"}
        for n in range(draw(st.integers(1, 2)))
    }
    attended = st.sampled_from([{}, {"personnel_class": "fitter", "attended": "all"}, {"personnel_class": "fitter", "attended": "setup"}])
    routings = {
        name: {
            str(10 * n): {"segment": segment, "run": draw(MINUTES), "per": draw(st.sampled_from(["piece", "lot"])), "setup_family": name}
            for n, segment in enumerate(draw(st.sampled_from([["cut"], ["fit"], ["cut", "fit"]])), start=1)
        }
        for name in ("part", "x", "y")
    }
    setup = {"same": "0 min", "default": f"{draw(st.integers(5, 90))} min"}
    layout = {
        "plant": "shop", "time_zone": "Europe/Berlin", "calendars": SHIFTS, "storage_units": {"yard": {}},
        "personnel_classes": {"fitter": {}},
        "persons": persons, "work_centers": {"cut": {"storage": "yard"}, "fit": {"storage": "yard"}}, "work_units": units,
        "process_segments": {"cut": {"work_center": "cut", **draw(attended)}, "fit": {"work_center": "fit", **draw(attended)}},
        "setups": dict.fromkeys(draw(st.sampled_from([["cut"], ["cut", "fit"]])), setup), "routings": routings,
    }  # fmt: skip
    lot = st.sampled_from([None, 1, 3])
    made = {"planned_lead_time": "1 d", "price": "9 EUR"}
    materials = {
        "x": {"kind": "finished", "bill": [{"material": "part", "quantity": draw(st.integers(1, 2))}], "lot_size": draw(lot), **made},
        "y": {"kind": "finished", "bill": [{"material": "steel", "quantity": 1}], "lot_size": draw(lot), "opening_stock": 2, **made},
        "part": {"kind": "made", "bill": [{"material": "steel", "quantity": 2}], "lot_size": draw(lot), "planned_lead_time": "1 d"},
        "steel": {
            "kind": "purchased", "supplier": "mill", "standard_cost": "1 EUR", "opening_stock": draw(st.sampled_from([0, 8, 90])),
            "reorder": {"point": 0, "quantity": 20},
        },
    }  # fmt: skip
    items = {"materials": materials, "suppliers": {"mill": {"lead_time": "20 h"}}, "customers": {"acme": {}}}
    orders = [
        {"order": f"O{n}", "customer": "acme", "material": draw(st.sampled_from("xy")), "quantity": draw(st.integers(1, 9)),
         "at": f"{draw(st.integers(0, 30))} h", "due": f"{draw(st.integers(30, 120))} h"}
        for n in range(draw(st.integers(0, 4)))
    ]  # fmt: skip
    policies = {"dispatch": draw(st.sampled_from(["fifo", "edd", "spt", "setup_avoidance"]))}
    asked = {"plant": "shop", "start": "2026-03-02T06:00:00+01:00", "horizon": "40 d", "demand": {"orders": orders}, "policies": policies}
    return Plant.model_validate({"layout": layout, "materials": items}), Scenario.model_validate(asked)


@settings(max_examples=25, deadline=None)
@given(shop=shops(), at_h=st.integers(0, 40), material=st.sampled_from("xy"), quantity=st.integers(1, 12))
def test_what_is_recommended_is_kept_where_nothing_goes_wrong(
    shop: tuple[Plant, Scenario], at_h: int, material: str, quantity: int
) -> None:
    """An order of a customer who takes the date that he is told leaves by that date, and then as the play of it has said."""
    plant, scenario = shop
    now_us = scenario.start_us + at_h * HOUR_US + 1
    # an order that has not come is nothing that anybody could heed
    known = [it for it in scenario.demand.orders if it.at <= at_h * HOUR_US]
    scenario = scenario.model_copy(update={"demand": scenario.demand.model_copy(update={"orders": known})})
    told = when_there(stopped_at((plant, scenario), 1, now_us), material, quantity)
    assume(told.recommended_us is not None)  # what nobody sells never comes
    assert told.recommended_us is not None
    assert told.played_us is not None
    taken = OrderLine.model_validate(
        {"order": "NEW", "customer": "acme", "material": material, "quantity": quantity, "at": f"{now_us - scenario.start_us + 1} us",
         "due": f"{told.recommended_us - scenario.start_us} us"}
    )  # fmt: skip
    wanted = scenario.model_copy(update={"demand": scenario.demand.model_copy(update={"orders": [*known, taken]})})
    run = stopped_at((plant, wanted), 1, told.recommended_us + 30 * HOUR_US)
    left_us = run.erp.customer_orders.orders["NEW"].shipped_us
    event(f"capacity alone {'too early' if told.capable.due_us < told.recommended_us else 'enough'}, {len(told.pushed)} pushed")
    assert left_us is not None
    print(left_us - told.recommended_us, left_us - told.played_us, (told.recommended_us - told.capable.due_us) / HOUR_US)
    assert left_us <= told.recommended_us + 2
    assert abs(left_us - told.played_us) <= 60_000_000
