"""From the orders of a run to what is expected after them: demand by material and bucket, forecast, as the material plan takes it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from twin.erp.material_plan.position import Expected
from twin.results.forecasting.forecasting import AUTOMATIC, DemandForecast, forecast_demand
from twin.results.forecasting.methods import NoForecast
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialForecast:
    """The history of a material by bucket, and what follows; None with the reason, if nothing can be said."""

    material: str
    history: tuple[int, ...]
    forecast: DemandForecast | None
    why_not: str = ""


def forecasts_of(
    run: Run, bucket_us: int, bucket_count: int, *, materials: Iterable[str] = (), method: str = AUTOMATIC, season: int | None = None
) -> tuple[list[MaterialForecast], list[Expected]]:
    """Forecasts of `bucket_count` buckets after now, by the orders that came since the run began; by when they came, for when they are due.

    What is due soon is ordered already, so the buckets ahead are those of the due dates of orders that are still to come: they begin a
    mean promise (from order to due date) after now.
    """
    start_us, now_us = run.scenario.start_us, run.now_us
    whole = max(0, (now_us - start_us) // bucket_us)
    begin_us = now_us - whole * bucket_us
    histories: dict[str, list[int]] = {}
    promises: dict[str, list[int]] = {}
    for order in run.erp.customer_orders.orders.values():
        own = histories.setdefault(order.material, [0] * whole)
        place = (order.confirmed_us - begin_us) // bucket_us
        if order.confirmed_us > start_us and 0 <= place < whole:  # what was known at the start had come before
            own[place] += order.quantity
            promises.setdefault(order.material, []).append(order.due_us - order.confirmed_us)
    found, expected = [], []
    for material in materials or sorted(histories):
        history = histories.get(material, [0] * whole)
        if not any(history):
            found.append(MaterialForecast(material=material, history=tuple(history), forecast=None, why_not="no orders came for it"))
            continue
        try:
            forecast = forecast_demand(history, bucket_count, method=method, season=season)
        except NoForecast as reason:
            found.append(MaterialForecast(material=material, history=tuple(history), forecast=None, why_not=str(reason)))
            continue
        found.append(MaterialForecast(material=material, history=tuple(history), forecast=forecast))
        shift_us = now_us + sum(promises[material]) // len(promises[material])
        expected += [
            Expected(name=f"F{n + 1}-{material}", material=material, quantity=pieces, from_us=shift_us + n * bucket_us,
                     to_us=shift_us + (n + 1) * bucket_us)
            for n, pieces in enumerate(forecast.pieces)
            if pieces
        ]  # fmt: skip
    return found, expected
