"""What every request has cost: those with money in them first, and what all of them come to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from twin.erp.rows import RequestCostRow
from twin.results.run import Run

Standing = Literal["done", "in work", "not started"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCost:
    """One request and what it has cost so far, minor units. `variance_minor`: actual minus standard; None while it is open."""

    request: str
    order: str
    material: str
    standing: Standing
    quantity: int
    produced: int
    material_minor: int
    labour_minor: int
    machine_minor: int
    energy_minor: int
    scrap_minor: int
    total_minor: int
    variance_minor: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCosts:
    """In work first, then done, each the latest first; last what has not started. `total` is over all of them."""

    requests: list[RequestCost]
    total: RequestCost

    def count(self, standing: Standing) -> int:
        """How many requests stand so."""
        return sum(it.standing == standing for it in self.requests)


def request_costs(run: Run) -> RequestCosts:
    """Every request with its cost, and their sum."""
    places: dict[Standing, int] = {"in work": 0, "done": 1, "not started": 2}
    found = [_request(row) for row in reversed(run.erp.request_costs())]
    found.sort(key=lambda it: places[it.standing])
    return RequestCosts(requests=found, total=_total(found))


def _request(row: RequestCostRow) -> RequestCost:
    total_minor = row.material_minor + row.labour_minor + row.machine_minor + row.energy_minor
    begun = bool(total_minor or row.produced or row.scrapped)
    return RequestCost(
        request=row.request, order=row.order, material=row.material,
        standing="done" if row.status == "closed" else "in work" if begun else "not started",
        quantity=row.quantity, produced=row.produced,
        material_minor=row.material_minor, labour_minor=row.labour_minor, machine_minor=row.machine_minor, energy_minor=row.energy_minor,
        scrap_minor=row.scrap_minor, total_minor=total_minor, variance_minor=row.variance_minor if row.status == "closed" else None,
    )  # fmt: skip


def _total(requests: Iterable[RequestCost]) -> RequestCost:
    its = list(requests)
    return RequestCost(
        request="All requests", order="", material="", standing="done",
        quantity=sum(it.quantity for it in its), produced=sum(it.produced for it in its),
        material_minor=sum(it.material_minor for it in its), labour_minor=sum(it.labour_minor for it in its),
        machine_minor=sum(it.machine_minor for it in its), energy_minor=sum(it.energy_minor for it in its),
        scrap_minor=sum(it.scrap_minor for it in its), total_minor=sum(it.total_minor for it in its),
        variance_minor=sum(it.variance_minor or 0 for it in its),
    )  # fmt: skip
