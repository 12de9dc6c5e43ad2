"""How well suppliers serve us: in time, as much as ordered, of what quality, at which price. Counted from what was booked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from twin.erp.procurement.purchasing import PurchaseOrder
from twin.erp.subcontracting.at_suppliers import subcontract_of
from twin.model.events import InspectionJudged, OperationsEvent

if TYPE_CHECKING:
    from twin.erp.erp import Erp


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreRow:
    """One supplier, or one material of it. What has no denominator yet is None.

    Counted are orders that are complete or closed, or whose date has come. On time: all of it was there by its date, as it was agreed last.
    Quality: pieces that neither failed an inspection nor went back, of those that came.
    Price: what was expected (standard cost) over what is paid, 1 at most.
    The score is the mean of the four by their declared weights, of those that can be told.
    """

    supplier: str
    material: str  # "" for all of a supplier
    orders: int  # that are counted
    on_time: int
    on_first_date: int  # there by the date at which they were placed, whatever was agreed later
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    """A purchase order, and how well it was served."""

    order: PurchaseOrder
    is_counted: bool  # it is complete, closed, or its date has come
    in_time: int  # pieces that were there by its date
    in_first_time: int  # by its first date
    late_us: int
    rejected: int
    expected: Fraction
    paid: Fraction


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
        found: dict[tuple[str, str], list[_Served]] = {}
        declared = {name: place for place, name in enumerate(self._erp.plant.materials.suppliers)}
        for it in self._served(now_us):
            found.setdefault((it.order.supplier, it.order.material if by_material else ""), []).append(it)
        keys = sorted(found, key=lambda key: (declared.get(key[0], len(declared)), key))
        return [self._row(supplier, material, found[supplier, material]) for supplier, material in keys]

    def _row(self, supplier: str, material: str, orders: list[_Served]) -> ScoreRow:
        counted = [it for it in orders if it.is_counted]
        on_time = [it for it in counted if it.in_time >= it.order.quantity]
        ordered, received = sum(it.order.quantity for it in counted), sum(it.order.received for it in counted)
        came, rejected = sum(it.order.received for it in orders), sum(it.rejected for it in orders)
        expected, paid = sum((it.expected for it in orders), Fraction(0)), sum((it.paid for it in orders), Fraction(0))
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
            supplier=supplier, material=material, orders=len(counted), on_time=len(on_time), late_us=sum(it.late_us for it in counted),
            on_first_date=sum(it.in_first_time >= it.order.quantity for it in counted),
            ordered=ordered, received=received, rejected=rejected, expected_minor=round(expected), paid_minor=round(paid),
            **{f"{name}_share": share for name, share in shares.items()},
            score=sum((it * share for it, share in told), Fraction(0)) / weight if weight else None,
        )  # fmt: skip

    def _served(self, now_us: int) -> list[_Served]:
        """Each purchase order with what of it came by its date, what was rejected, and what it was expected to cost and has cost."""
        erp, in_time, lots = self._erp, Counter[str](), dict[str, list[tuple[str, int, Fraction]]]()
        in_first_time = Counter[str]()
        orders = erp.purchasing.orders
        for order, _, at_us, quantity in erp.purchasing.receipts:
            in_time[order] += quantity if at_us <= orders[order].due_us else 0
            in_first_time[order] += quantity if at_us <= orders[order].first_due_us else 0
        for (order, lot), (pieces, price) in erp.corrections.deliveries.items():
            lots.setdefault(order, []).append((lot, int(pieces), Fraction(price)))
        served = []
        for name, it in orders.items():
            came = lots.get(name, ())
            failed = sum(quantity for lot, quantity, _ in came if lot in self._failed)
            definition, service = erp.materials[it.material], subcontract_of(erp.plant, it.material, it.operation)
            expected = service.price if service else definition.standard_cost or 0
            by_us = now_us if it.open_quantity else it.closed_us or it.received_us or now_us
            served.append(_Served(
                order=it, in_time=min(it.received, in_time[name]), is_counted=it.due_us <= now_us or not it.open_quantity,
                in_first_time=min(it.received, in_first_time[name]),
                late_us=max(0, by_us - it.due_us), rejected=min(it.received, max(failed, erp.corrections.given_back.get(name, 0))),
                expected=Fraction(it.received * expected, definition.price_per),
                paid=(
                    Fraction(it.received * it.unit_price_minor, definition.price_per) if service
                    else sum((price for *_, price in came), Fraction(0))
                ) + erp.matching.price_minor.get(name, 0),
            ))  # fmt: skip
        return served
