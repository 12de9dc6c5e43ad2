"""Plants whose books need more than standards: actual cost, overheads, energy by the hour, terms and currencies, for Hypothesis."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.parity.any_bills import plants_with_bills, priced
from twin.model.plant import Plant
from twin.model.scenario import Scenario

OVERHEADS = {
    "rent": {"rate": "13.31 EUR", "per": "machine_hour"},
    "care": {"rate": "7.77 EUR", "per": "labour_hour"},
    "packing": {"per": "piece", "rates": {"x": "0.83 EUR", "s": "1.07 EUR"}},
}


@st.composite
def energy_prices(draw: st.DrawFn) -> dict[str, Any]:
    """None, or by the hour."""
    return by_the_hour(draw) if draw(st.booleans()) else {}


def with_overheads(plant: Plant, names: set[str], energy: dict[str, Any]) -> Plant:
    """The same plant, whose requests bear some of these, and energy at these prices."""
    tables: dict[str, Any] = plant.model_dump(mode="json")
    tables["layout"]["energy_prices"] = energy
    tables["materials"]["overheads"] = {name: OVERHEADS[name] for name in sorted(names)}
    return Plant.model_validate(tables)


def by_the_hour(draw: st.DrawFn) -> dict[str, Any]:
    """Prices of energy, of which one begins or ends within the hours of a run, and now and then a charge for the highest quarter."""
    end = draw(st.sampled_from(["06:30", "07:10", "09:00"]))
    demand = draw(st.sampled_from([None, "9.53 EUR"]))
    return {"blocks": {"day": {"price": "0.4371 EUR/kWh", "start": "06:00", "end": end}}} | ({"demand": demand} if demand else {})


@st.composite
def plants_with_books(draw: st.DrawFn) -> tuple[Plant, Scenario]:
    """Plants with bills at odd prices, each with some of all that."""
    plant, scenario = draw(plants_with_bills())
    tables: dict[str, Any] = priced(plant).model_dump(mode="json")
    materials = tables["materials"]
    for it in materials["materials"].values():
        it["valuation"] = draw(st.sampled_from(["standard", "fifo", "moving_average"]))
        it["valued_by"] = draw(st.sampled_from(["material", "lot"])) if it["valuation"] != "standard" else "material"
    if draw(st.booleans()):
        materials["overheads"] = {name: OVERHEADS[name] for name in draw(st.sets(st.sampled_from([*OVERHEADS]), min_size=1))}
    if draw(st.booleans()):
        tables["layout"]["energy_prices"] = by_the_hour(draw)
    if draw(st.booleans()):
        currency = draw(st.sampled_from([None, "CHF"]))
        materials["finance"] = {"tax_codes": {"vat": {"rate": "19 %"}}, "currencies": {"CHF": [{"since": "2020-01-01", "rate": 0.9412}]}}
        materials["suppliers"]["acme"]["terms"] = {"due": "30 min", "tax": "vat", "currency": currency}
        materials["customers"] = {"us": {"terms": {"due": "10 min", "tax": "vat"}}}
    asked = scenario.model_dump(mode="json")
    if draw(st.booleans()):
        asked["policies"]["payments"] = {"bills": "20 min", "suppliers": "at_due", "customers": "0 min"}
    return Plant.model_validate(tables), Scenario.model_validate(asked)
