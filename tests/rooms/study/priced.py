"""Plants with a price for everything: odd rates, so that every rounding shows."""

from __future__ import annotations

from typing import Any

from twin.model.plant import Plant

_RATES = ("37.31 EUR/h", "61.07 EUR/h", "0.99 EUR/h", "44 EUR/h")


def priced(plant: Plant) -> Plant:
    """The same plant, whose equipment, persons, energy and materials cost something, and whose overtime is paid."""
    tables: dict[str, Any] = plant.model_dump(mode="json")
    layout, materials = tables["layout"], tables["materials"]["materials"]
    for n, it in enumerate([*layout["work_units"].values(), *layout["production_lines"].values(), *layout["persons"].values()]):
        it["hourly_cost"] = _RATES[n % len(_RATES)]
    layout |= {"energy_tariff": "0.2937 EUR/kWh", "labour": {**layout["labour"], "overtime": "25 %"}}
    for n, it in enumerate(materials.values()):
        it["price_per"] = (1, 3, 7)[n % 3]
        if it["kind"] == "purchased":
            it["standard_cost"] = f"{n + 1}.37 EUR"
        elif it["kind"] == "finished":
            it["price"] = "99.99 EUR"
    return Plant.model_validate(tables)
