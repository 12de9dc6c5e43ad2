"""The section `standards` of items.yaml: when standard costs are rolled up anew, and what is expected from which month on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from twin.model.measures import HourlyRateMinor, MoneyMinor, Table, TariffMinorPerMWh

if TYPE_CHECKING:
    from twin.model.materials import Overhead
    from twin.model.plant import Plant


class ExpectedRate(Table):
    """What an overhead is borne at: `rate` for an hour, or `rates` for `price_per` pieces, by material."""

    rate: MoneyMinor | None = None
    rates: dict[str, MoneyMinor] = {}


class Expected(Table):
    """What standards are reckoned with from a month on; what is not named stays as it was."""

    prices: dict[str, MoneyMinor] = {}  # of purchased materials, for `price_per` units
    hourly_costs: dict[str, HourlyRateMinor] = {}  # of persons, work units and lines
    energy_tariff: TariffMinorPerMWh | None = None
    bills: dict[str, dict[str, Annotated[int, Field(ge=1, le=10**8, strict=True)]]] = {}  # quantities of components, by what they go into
    overheads: dict[str, ExpectedRate] = {}  # what requests bear of them from then on


class Standards(Table):
    """`roll_up: monthly`: at the first instant that is told of a new month of the plant; `on_request`: when a person asks for it."""

    roll_up: Literal["on_request", "monthly"] = "on_request"
    expected: dict[str, Expected] = {}  # by month, as 2026-04


def expected_plant(plant: Plant, month: str, prices: Mapping[str, int]) -> Plant:
    """The plant as its standards see it in a month: all that was expected up to it, and over that the `prices` of persons, minor units."""
    declared = plant.materials.standards
    for since, it in sorted(declared.expected.items()) if declared else ():
        if since <= month:
            plant = _with(plant, it)
    return _with(plant, Expected.model_construct(prices=dict(prices), hourly_costs={}, energy_tariff=None, bills={}, overheads={}))


def _with(plant: Plant, it: Expected) -> Plant:
    layout, materials = plant.layout, dict(plant.materials.materials)
    for name, price in it.prices.items():
        materials[name] = materials[name].model_copy(update={"standard_cost": price})
    for name, quantities in it.bills.items():
        bill = [line.model_copy(update={"quantity": quantities.get(line.material, line.quantity)}) for line in materials[name].bill]
        materials[name] = materials[name].model_copy(update={"bill": bill})
    changed: dict[str, object] = {} if it.energy_tariff is None else {"energy_tariff": it.energy_tariff}
    for section in ("persons", "work_units", "production_lines"):
        own = getattr(layout, section)
        rates = {name: own[name].model_copy(update={"hourly_cost": rate}) for name, rate in it.hourly_costs.items() if name in own}
        changed[section] = {**own, **rates}
    tables = plant.materials.model_copy(update={"materials": materials, "overheads": _overheads(plant.materials.overheads, it)})
    return plant.model_copy(update={"layout": layout.model_copy(update=changed), "materials": tables})


def _overheads(declared: Mapping[str, Overhead], it: Expected) -> dict[str, Overhead]:
    """Overheads at the rates that are expected; a material that is not named bears what it did."""
    changed = dict(declared)
    for name, expected in it.overheads.items():
        own = declared[name]
        rate = own.rate if expected.rate is None else expected.rate
        changed[name] = own.model_copy(update={"rate": rate, "rates": {**own.rates, **expected.rates}})
    return changed
