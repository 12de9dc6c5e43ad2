"""What customers are expected to order besides what they have ordered: forecasts, consumed by orders, spread over the buckets of a plan."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from twin.erp.material_plan.position import Expected, Position, Wish
from twin.model.demand.forecasts import Forecast, buckets_of
from twin.model.materials import Planning
from twin.model.plant import Plant
from twin.model.scenario import Scenario

if TYPE_CHECKING:
    from twin.erp.material_plan.buckets import Buckets

FORECAST = "forecast"


def expected_of(scenario: Scenario) -> list[Expected]:
    """The forecasts of a scenario. Their buckets say when orders come; each is due the forecast's promise later."""
    return [it for name, forecast in scenario.demand.forecasts.items() for it in _of(name, forecast, scenario)]


def _of(name: str, forecast: Forecast, scenario: Scenario) -> Iterable[Expected]:
    for bucket in buckets_of(name, forecast, scenario.start):
        shift_us = scenario.start_us + forecast.promise
        yield Expected(
            name=bucket.name, material=bucket.material, quantity=bucket.quantity, from_us=shift_us + bucket.from_us,
            to_us=shift_us + bucket.to_us, customer=forecast.customer,
        )  # fmt: skip


def consume(expected: Sequence[Expected], wishes: Iterable[Wish], *, early_us: int = 0, late_us: int = 0) -> list[Expected]:
    """What is left of forecasts when orders are taken off them.

    Orders go by due date. Each takes its own bucket first; then earlier ones, the nearest first, that reach to within `early_us` before its
    due date; then later ones that begin within `late_us` after it. What no bucket has left was not forecast, and is demand besides it.
    """
    left = [it.quantity for it in expected]
    for wish in sorted(wishes, key=lambda it: (it.due_us, it.order)):
        alike = [
            n for n, it in enumerate(expected) if it.material == wish.material and it.customer in ("", wish.customer)
        ]  # fmt: skip
        own = [n for n in alike if expected[n].from_us <= wish.due_us < expected[n].to_us]
        earlier = [n for n in alike if wish.due_us - early_us < expected[n].to_us <= wish.due_us]
        later = [n for n in alike if wish.due_us < expected[n].from_us <= wish.due_us + late_us]
        still = wish.quantity
        nearest = sorted(earlier, key=lambda n: -expected[n].from_us), sorted(later, key=lambda n: expected[n].from_us)
        for n in (*own, *nearest[0], *nearest[1]):
            taken = min(still, left[n])
            left[n] -= taken
            still -= taken
    return [replace(it, quantity=quantity) for it, quantity in zip(expected, left, strict=True)]


def spread(quantity: int, count: int) -> list[int]:
    """Whole units over so many buckets, as evenly as they go: what has come by the end of each is its share, halves rounded down."""
    sums = [(2 * quantity * (n + 1) + count - 1) // (2 * count) for n in range(count)]
    return [after - before for before, after in zip([0, *sums], sums, strict=False)]


def by_bucket(left: Iterable[Expected], buckets: Buckets, fences: Mapping[str, int]) -> list[tuple[Expected, int, int]]:
    """Forecasts as (forecast, bucket, quantity): spread over the buckets that each covers; before its material's demand fence none counts.

    `fences` : the first bucket, by material, in which forecasts count; 0 if it is not named
    """
    found = []
    for it in left:
        first, last = buckets.of(it.from_us), buckets.of(max(it.from_us, it.to_us - 1))
        if it.to_us > buckets.start_us(0) and it.quantity:
            shares = spread(it.quantity, last - first + 1)
            fence = fences.get(it.material, 0)
            found += [(it, first + n, share) for n, share in enumerate(shares) if share and first + n >= fence]
    return found


def with_expected(
    plant: Plant, position: Position, expected: Sequence[Expected], from_forecasts: Collection[str] = (), *,
    ordered: Sequence[Wish] | None = None,
) -> Position:  # fmt: skip
    """The same position with what is left of forecasts; what is ordered in the name of one (`from_forecasts`) is that forecast itself.

    `ordered` : the orders that take forecasts' places; left out: those that are open
    """
    wishes = tuple(it for it in position.wishes if it.order not in from_forecasts)
    left: list[Expected] = []
    for material in dict.fromkeys(it.material for it in expected):
        planning = plant.materials.materials[material].planning or Planning()
        own = [it for it in expected if it.material == material]
        left += consume(own, wishes if ordered is None else ordered, early_us=planning.forecast_early, late_us=planning.forecast_late)
    ahead = tuple(it for it in left if it.quantity and it.to_us > position.now_us)
    until_us = max([position.until_us, *(it.to_us - 1 for it in ahead)])
    return replace(position, wishes=wishes, expected=ahead, until_us=until_us)
