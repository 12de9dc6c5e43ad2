"""A trace as the page shows it: two trees with a quantity at each edge, and which lots may be of interest at first."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events import GoodsShipped
from twin.results.run import Run
from twin.results.tracing.lot_trace import Edge, LotTrace
from twin.results.tracing.recalls import Recall
from twin.results.tracing.whereabouts import IN_HOUSE, SHIPPED, Whereabouts

OFFERED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One line of a tree: `quantity` at the edge, the lot at its far end, and where that is now. `how`, unless it was used up for it."""

    level: int
    lot: str
    title: str
    quantity: str
    how: str
    standing: str


def trees(run: Run, trace: LotTrace) -> tuple[list[Node], list[Node]]:
    """What went into it and what it went into, as lines of two trees."""
    standings: dict[str, list[str]] = {}
    for it in trace.where:
        standings.setdefault(it.lot, []).append(_standing(it))
    back = [_node(run, it, it.lot, "" if it.how == "went into" else f"{it.how} {it.into}", standings) for it in trace.backward]
    forth = [_node(run, it, it.into, "" if it.how == "went into" else it.how, standings) for it in trace.forward]
    return back, forth


def _standing(it: Whereabouts) -> str:
    where = f" {'to' if it.standing == SHIPPED else 'at'} {it.place}" if it.place else ""
    return f"{it.quantity:,} {it.unit} {it.standing}{where}" + (f" on {it.order}" if it.order else "")


def _node(run: Run, edge: Edge, lot: str, how: str, standings: dict[str, list[str]]) -> Node:
    known = run.mes.tracking.lots.get(lot)
    material = run.plant.materials.materials.get(known.material) if known else None
    return Node(
        level=edge.level, lot=lot, title=(material.title or known.material) if material and known else "",
        quantity=f"{edge.quantity:,} {edge.unit}", how=how, standing="; ".join(standings.get(lot, ())),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Lots that somebody may want to see first: shipped last, and begun last."""

    lots: tuple[str, ...]


def offered(run: Run) -> Offer:
    """The lots that left last, then those that were begun last."""
    lots = list(run.mes.tracking.lots.values())
    shipped = [lot.lot for lot in lots if any(isinstance(it, GoodsShipped) for it in run.mes.passages.of(lot.lot))]
    begun = [lot.lot for lot in lots if lot.made_here and lot.in_process]
    return Offer(lots=tuple(dict.fromkeys([*shipped[-OFFERED // 2 :], *begun[-OFFERED // 2 :]])))


def quantity_in_house(where: tuple[Whereabouts, ...], lot: str) -> int:
    """Pieces of the lot itself that are in stock or in process."""
    return sum(it.quantity for it in where if it.lot == lot and it.standing in IN_HOUSE)


def recalled_counts(found: Recall) -> tuple[int, int, int, int]:
    """Lots that are affected, customers and orders that have some, lots that are in house."""
    customers, orders = {it.customer for it in found.customers}, {it.order for it in found.customers}
    return len(found.affected), len(customers), len(orders), len({it.lot for it in found.in_house})
