"""How well suppliers serve us: in time, as much as ordered, of what quality, at which price. Counted from what was booked."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twin.model.events import InspectionJudged, OperationsEvent

if TYPE_CHECKING:
    from twin.erp.erp import Erp
    from twin.erp.procurement.purchasing import PurchaseOrder


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One supplier, or one material of it. What has no denominator yet is None.

    Counted are orders that are complete, or whose date has come. On time: all of it was there by its date. Quality: pieces that neither
    failed an inspection nor went back, of those that came. Price: what was expected (standard cost) over what is paid, 1 at most. The score
    is the mean of the four by their declared weights, of those that can be told.
    """

    supplier: str
    material: str  # "" for all of a supplier
    orders: int  # that are counted
    on_time: int
    late_us: int  # of those that came late, or have not come: all together
    ordered: int
    received: int
    rejected: int
    expected_minor: int
    paid_minor: int
    on_time_share: Fraction | None
    quantity_share: Fraction | None
    quality_share: Fraction | None
    price_share: Fraction | None
    score: Fraction | None  # 0 to 1


class Scorecards:
    """A `Function` of the ERP: it hears what inspections find, and reads what came of orders."""

    def __init__(self, erp: Erp) -> None:
        self._erp = erp
        self._failed: set[str] = set()  # lots that failed an inspection, and were not accepted after all
        self._rules: dict[type[OperationsEvent], Callable[[Any], list[OperationsEvent]]] = {InspectionJudged: self._judge}

    @property
    def rules(self) -> Mapping[type[OperationsEvent], Callable[[Any], list[OperationsEvent]]]:
        """What it listens to."""
        return self._rules

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Nothing: it counts."""
        return []

    def violations(self) -> list[str]:
        """Nothing of its own can be wrong."""
        return []

    def _judge(self, event: InspectionJudged) -> list[OperationsEvent]:
        (self._failed.add if event.verdict == "failed" else self._failed.discard)(event.lot)
        return []

    def rows(self, now_us: int, *, by_material: bool = False) -> list[ScoreRow]:
        """Every supplier of which something was ordered, in declared order; by material too, if that is asked for."""
        orders = self._erp.purchasing.orders.values()
        found: dict[tuple[str, str], list[PurchaseOrder]] = {}
        declared = {name: place for place, name in enumerate(self._erp.plant.materials.suppliers)}
        for it in orders:
            found.setdefault((it.supplier, it.material if by_material else ""), []).append(it)
        keys = sorted(found, key=lambda key: (declared.get(key[0], len(declared)), key))
        return [self._row(supplier, material, found[supplier, material], now_us) for supplier, material in keys]

    def _row(self, supplier: str, material: str, orders: list[PurchaseOrder], now_us: int) -> ScoreRow:
        counted = [it for it in orders if it.due_us <= now_us or (it.received and not it.open_quantity)]
        on_time = [it for it in counted if self._in_time(it) >= it.quantity]
        late = [it for it in counted if self._in_time(it) < it.quantity]
        late_us = sum(max(0, (now_us if it.open_quantity or it.received_us is None else it.received_us) - it.due_us) for it in late)
        ordered, received = sum(it.quantity for it in counted), sum(it.received for it in counted)
        came, rejected = sum(it.received for it in orders), sum(self._rejected(it.order) for it in orders)
        expected, paid = (sum((of(it) for it in orders), Fraction(0)) for of in (self._expected, self._paid))
        shares = {
            "on_time": Fraction(len(on_time), len(counted)) if counted else None,
            "quantity": Fraction(min(ordered, received), ordered) if ordered else None,
            "quality": Fraction(came - rejected, came) if came else None,
            "price": min(Fraction(1), expected / paid) if paid and expected else None,
        }
        weights = self._erp.plant.materials.purchasing.score.model_dump()
        told = [(weights[name], share) for name, share in shares.items() if share is not None]
        weight = sum(it for it, _ in told)
        return ScoreRow(
            supplier=supplier, material=material, orders=len(counted), on_time=len(on_time), late_us=late_us, ordered=ordered,
            received=received, rejected=rejected, expected_minor=round(expected), paid_minor=round(paid), on_time_share=shares["on_time"],
            quantity_share=shares["quantity"], quality_share=shares["quality"], price_share=shares["price"],
            score=sum((it * share for it, share in told), Fraction(0)) / weight if weight else None,
        )  # fmt: skip

    def _in_time(self, order: PurchaseOrder) -> int:
        """How much of an order was there by its date."""
        return sum(quantity for of, _, at_us, quantity in self._erp.purchasing.receipts if of == order.order and at_us <= order.due_us)

    def _rejected(self, order: str) -> int:
        """Pieces of an order that went back, or that lie in a lot that failed; each once."""
        lots = {lot: int(quantity) for (of, lot), (quantity, _) in self._erp.corrections.deliveries.items() if of == order}
        failed = sum(quantity for lot, quantity in lots.items() if lot in self._failed)
        return min(sum(lots.values()), max(failed, self._erp.corrections.given_back.get(order, 0)))

    def _expected(self, order: PurchaseOrder) -> Fraction:
        definition = self._erp.materials[order.material]
        return Fraction(order.received * (definition.standard_cost or 0), definition.price_per)

    def _paid(self, order: PurchaseOrder) -> Fraction:
        deliveries = self._erp.corrections.deliveries
        return sum((Fraction(price) for (of, _), (_, price) in deliveries.items() if of == order.order), Fraction(0))
