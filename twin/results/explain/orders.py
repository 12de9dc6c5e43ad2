"""Why a customer order, a request, a lot or a job order took as long as it did."""

from __future__ import annotations

from twin.erp.sales.customer_orders import CustomerOrder
from twin.mes.execution import JobOrder
from twin.model.calendars import written_local
from twin.results.explain.evidence import Evidence
from twin.results.explain.explanation import Explanation, spoken
from twin.results.explain.history import History
from twin.results.explain.span import Span, Tiling, fitted

Facts = tuple[tuple[str, str], ...]


class Orders:
    """Explanations of what was asked for and of what was made for it."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence, self._history = evidence, History(evidence)
        self._zone = evidence.plant.layout.time_zone

    def customer_order(self, order: CustomerOrder) -> Explanation:
        """From its receipt to its shipment, or to now."""
        is_shipped = not order.open_quantity and order.shipped_us is not None
        end_us = order.shipped_us if is_shipped and order.shipped_us is not None else self._evidence.now_us
        if order.cancelled_us is not None and not is_shipped:
            end_us = order.cancelled_us
        lot = self._decisive_lot(order, end_us) if is_shipped else ""
        spans = fitted(
            self._history.of_lot(lot, end_us) if lot else self._open(order, end_us), order.confirmed_us, end_us,
            f"no {order.material} was there or begun for it", "release",
        )  # fmt: skip
        requests = [it for it in self._evidence.mes.requests.values() if it.order == order.order and it.material == order.material]
        facts = [
            ("came", self._at(order.confirmed_us)),
            ("promised", self._at(order.due_us)),
            ("released", ", ".join(f"{self._at(it.released_us)} as {it.request}" for it in requests) or "not for this order alone"),
            ("shipped", self._at(end_us) if is_shipped else f"{order.shipped} of {order.quantity} by {self._at(end_us)}"),
            ("took", f"{spoken(end_us - order.confirmed_us)}{'' if is_shipped else ' so far'}"),
        ]
        if (order.first_quantity, order.first_due_us) != (order.quantity, order.due_us):
            facts.append(("at first", f"{order.first_quantity} by {self._at(order.first_due_us)}"))
        for from_us, until_us, why in self._evidence.erp.credit.spans.get(order.order, ()):
            facts.append(("held", f"{self._at(from_us)} {f'until {self._at(until_us)}' if until_us else 'and still'}: {why}"))
        if lot:
            facts.append(("decided by", f"lot {lot}, the last that it needed"))
        title = f"Order {order.order}: {order.quantity} {order.material} for {order.customer}"
        return self._explanation(title, tuple(facts), spans, max(0, end_us - order.due_us))

    def request(self, request_id: str) -> Explanation:
        """From when somebody asked for it to its end, or to now."""
        request = self._evidence.erp.requests.requests[request_id]
        end_us = self._evidence.now_us if request.closed_us is None else request.closed_us
        facts = (
            ("for", request.order or "stock"),
            ("due", self._at(request.due_us)),
            ("released", "not yet" if request.released_us is None else self._at(request.released_us)),
            ("gave", f"{request.produced} good and {request.scrapped} lost of {request.quantity}"),
        )
        spans = self._whole(self._history.of_request(request, end_us), end_us)
        return self._explanation(
            f"Request {request_id}: {request.quantity} {request.material}", facts, spans, max(0, end_us - request.due_us)
        )

    def lot(self, lot_id: str) -> Explanation:
        """From when somebody asked for it until it came into stock, or to now."""
        lot = self._evidence.mes.tracking.lots[lot_id]
        arrival_us = self._evidence.arrival_us(lot_id)
        ends = [job.ended_us if job.ended_us >= 0 else self._evidence.now_us for job in self._evidence.jobs_of_lot[lot_id]]
        end_us = arrival_us if arrival_us is not None else max(ends, default=self._evidence.now_us)
        facts = (("for", lot.request or "stock"), ("is", lot.place or "not begun"), ("scrapped", str(lot.scrapped)))
        spans = self._whole(self._history.of_lot(lot_id, end_us), end_us)
        return self._explanation(f"Lot {lot_id}: {lot.quantity} {lot.material}", facts, spans, 0)

    def job_order(self, job: JobOrder) -> Explanation:
        """From when its lot was done with the operation before to its own end, or to now."""
        end_us = job.ended_us if job.ended_us >= 0 else self._evidence.now_us
        came_us = job.before.ended_us if job.before and job.before.ended_us >= 0 else job.created_us
        tiling = Tiling(min(came_us, end_us))
        self._history.lay_operation(tiling, job, end_us)
        if job.before and job.before.ended_us < 0 and job.turn_us < 0:
            tiling.fill(end_us, "idle", f"operation {job.before.operation} before it is not done", f"{job.before.job_order} not done")
        tiling.fill(end_us)
        status, reason = self._evidence.mes.status(job.job_order, self._evidence.now_us)
        facts = (
            ("status", f"{status}{f': {reason}' if reason else ''}"),
            ("on", job.equipment or job.work_center),
            ("gave", f"{job.good} good, {job.scrap} scrap, {job.rework} to be reworked of {job.quantity}"),
        )
        late_us = max(0, end_us - job.due_us) if job.due_us >= 0 else 0
        return self._explanation(f"Job order {job.job_order}: {job.operation} of {job.material}", facts, tuple(tiling.spans), late_us)

    # Inside

    def _explanation(self, title: str, facts: Facts, spans: tuple[Span, ...], late_us: int) -> Explanation:
        return Explanation(title=title, time_zone=self._zone, facts=facts, spans=spans, late_us=late_us)

    def _at(self, at_us: int) -> str:
        return written_local(at_us, self._zone)

    @staticmethod
    def _whole(spans: list[Span], end_us: int) -> tuple[Span, ...]:
        return fitted(spans, spans[0].start_us if spans else end_us, end_us)

    def _decisive_lot(self, order: CustomerOrder, shipped_us: int) -> str:
        """Of the lots that left at its shipment, the one that came last; of several its own."""
        evidence = self._evidence
        lots = evidence.mes.tracking.lots
        own = {it.request for it in evidence.erp.requests.requests.values() if it.order == order.order}
        gone = [it.lot for it in evidence.movements(order.material, shipped_us - 1, shipped_us) if it.use == "Shipped"]
        return max(gone, key=lambda lot: (lots[lot].request in own, evidence.arrival_us(lot) or -1), default="")

    def _open(self, order: CustomerOrder, now_us: int) -> list[Span]:
        """What an order that is not shipped waits for: its own last request, else what was made or bought for others."""
        requests = [it for it in self._evidence.erp.requests.requests.values() if it.order == order.order and it.material == order.material]
        if not requests:
            return list(self._history.of_supply(order.material, "", order.confirmed_us, now_us, now_us))
        last = next((it for it in reversed(requests) if it.closed_us is None), requests[-1])
        history = self._history.of_request(last, now_us if last.closed_us is None else last.closed_us)
        if last.closed_us is not None and last.closed_us < now_us:
            tiling = Tiling(history[0].start_us if history else last.closed_us)
            tiling.lay(history)
            tiling.fill(now_us, "stock", f"{last.request} is done, and what it gave went to others or is not enough", "too little in stock")
            return tiling.spans
        return history
