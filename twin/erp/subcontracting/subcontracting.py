"""Operations that suppliers do. A `Function` of the ERP.

| what happens                                    | what follows                                                                        |
|-------------------------------------------------|-------------------------------------------------------------------------------------|
| JobOrderCreated for an operation with a supplier | SubcontractOrderPlaced: his work on the lot, at the declared or the agreed price    |
| it is started: the lot leaves, and what the floor takes for it | the components lie there, ours and on hand, in no work in progress |
| it is completed, or given up                    | SubcontractComponentsUsed: they go into work in progress at what they are worth      |
|                                                 | ServiceReceived for what is good: work in progress against goods received not billed |
| JobOrderCorrected                               | ServiceReceived for so many more or less, as is known now                            |
| SupplierStockCounted                            | what lies there is what was counted; the rest is an inventory difference             |

What is lost there is scrap like any other: with its components, and without his work, which is not paid for. His bill is matched and
paid as any other. The request reserves the components until they are used, so a plan nets them against what lies there.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import TYPE_CHECKING

from twin.erp.alerts import alert
from twin.erp.functions import Listener, Rule
from twin.erp.procurement.sourcing_entries import beyond, unknown
from twin.erp.subcontracting.at_suppliers import Key, SubcontractJob, by_lot, spread, subcontract_of
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.events.production import JobOrderCorrected
from twin.model.problems import listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.states import MaterialUse

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


class Subcontracting(Listener):
    """Job orders at suppliers, by id."""

    def __init__(self, erp: Erp) -> None:
        self._erp, self._plant = erp, erp.plant
        self.jobs: dict[str, SubcontractJob] = {}
        self.prices: dict[Key, int] = {}  # agreed, by material and operation
        self._named: set[str] = set()  # orders that are given a name, also those that are just being placed
        self._open: dict[str, list[SubcontractJob]] = {}  # by request that is not answered
        self.done = {
            (material, name): it.subcontract
            for material, routing in self._plant.layout.routings.items()
            for name, it in routing.items()
            if it.subcontract
        }
        said: dict[type[OperationsEvent], Rule] = {e.SupplierStockCounted: self._count, e.ServicePriceAgreed: self._agree}
        floor: dict[type[OperationsEvent], Rule] = {
            e.JobOrderCreated: self._order,
            e.SubcontractOrderPlaced: self._placed,
            e.JobOrderStarted: self._send,
            e.JobOrderCompleted: self._complete,
            e.JobOrderAborted: self._abort,
            JobOrderCorrected: self._correct,
            e.OperationsResponse: self._close,
        }
        self._rules = {**said, **(floor if self.done else {})}  # where no supplier does anything, what persons say of it is refused

    def violations(self) -> list[str]:
        """What lies at suppliers by open job orders and by the stock; and what they are owed for, in requests and by the floor."""
        of_jobs: dict[Key, int] = {}
        for (_, material, lot), quantity in by_lot(self.jobs.values()).items():
            of_jobs[material, lot] = of_jobs.get((material, lot), 0) + quantity
        stock = self._erp.stock.at_suppliers
        found = [
            f"lot '{key[1]}' of '{key[0]}': {stock.get(key, 0)} lie at suppliers, {of_jobs.get(key, 0)} by job orders"
            for key in sorted({*stock, *of_jobs})
            if stock.get(key, 0) != of_jobs.get(key, 0)
        ]
        if self.done:
            charged = sum((it for (_, element), it in self._erp.wip.accruals.items() if element == "service"), Fraction(0))
            if charged != (due := self._erp.evidence.services):
                found.append(f"work of suppliers in requests is {charged}, {due} by what they have sent back")
        return found

    # What is ordered, sent and received

    def _order(self, event: e.JobOrderCreated) -> Derived:
        it = self.done.get((event.material, event.operation))
        request = self._erp.requests.of(event)
        if it is None or event.job_order in self.jobs:
            return []
        if request is None:
            words = f"'{event.job_order}' is the work of '{it.supplier}', for no known request: nothing is ordered of him"
            return alert(event, "unknown_request", words)
        price_minor = self.prices.get((event.material, event.operation), it.price)
        return [
            e.SubcontractOrderPlaced(
                effective_us=event.effective_us, recorded_us=event.recorded_us, request=request.request, job_order=event.job_order,
                lot=event.lot, order=self._free_name(event.job_order), supplier=it.supplier, material=event.material,
                operation=event.operation, quantity=event.quantity * it.quantity, unit_price_minor=price_minor,
                due_us=request.due_us if event.due_us < 0 else event.due_us,
            )
        ]  # fmt: skip

    def _free_name(self, job_order: str) -> str:
        first = name = f"SC-{job_order.replace('/', '-')}"
        number = 1
        while name in self._erp.purchasing.orders or name in self._named:
            number += 1
            name = f"{first}-{number}"
        self._named.add(name)
        return name

    def _placed(self, event: e.SubcontractOrderPlaced) -> Derived:
        it = subcontract_of(self._plant, event.material, event.operation)
        if it is None or event.order in self._erp.purchasing.orders or event.job_order in self.jobs:
            return alert(event, "duplicate_order", f"order '{event.order}' for '{event.job_order}' is known already, or nobody's work")
        self._erp.purchasing.order_service(event)
        self.jobs[event.job_order] = job = SubcontractJob(
            job_order=event.job_order, order=event.order, supplier=event.supplier, request=event.request, lot=event.lot,
            material=event.material, operation=event.operation, pieces=event.quantity // it.quantity, per_piece=it.quantity,
            unit_price_minor=event.unit_price_minor, due_us=event.due_us,
        )  # fmt: skip
        self._open.setdefault(event.request, []).append(job)
        return []

    def _send(self, event: e.JobOrderStarted) -> Derived:
        job = self.jobs.get(event.job_order)
        if job and job.sent_us is None:
            job.sent_us = event.effective_us
        return []

    def takes(self, event: e.MaterialActual) -> bool:
        """What is taken for a job order at a supplier is sent to him: it is ours until it has become something else there."""
        job = self.jobs.get(event.job_order)
        if job is None or job.ended_us is not None or event.use != MaterialUse.CONSUMED:
            return False
        key = event.material, event.lot
        job.components[key] = job.components.get(key, 0) + event.quantity
        self._erp.stock.send(*key, event.quantity, event.effective_us)
        return True

    def _complete(self, event: e.JobOrderCompleted) -> Derived:
        job = self.jobs.get(event.job_order)
        return self._end(event, job, event.good) if job and job.ended_us is None else []

    def _abort(self, event: e.JobOrderAborted) -> Derived:
        """Given up, or passed over: nothing of it is paid for."""
        job = self.jobs.get(event.job_order)
        return self._end(event, job, 0) if job and job.ended_us is None else []

    def _end(self, event: e.JobOrderCompleted | e.JobOrderAborted, job: SubcontractJob, good: int) -> Derived:
        job.ended_us, job.good = event.effective_us, good
        derived = self._use(event, job)
        if good:
            derived += self._receive(event, job, good * job.per_piece)
        order = self._erp.purchasing.orders[job.order]
        order.cancelled += order.open_quantity
        return derived

    def _correct(self, event: JobOrderCorrected) -> Derived:
        """Not so much was good as was counted when it came back, or more: so is he owed."""
        job = self.jobs.get(event.job_order)
        if job is None or job.ended_us is None or event.good == job.good:
            return []
        change, job.good = event.good - job.good, event.good
        derived = self._receive(event, job, change * job.per_piece)
        order = self._erp.purchasing.orders[job.order]
        order.cancelled += order.open_quantity
        return derived

    def _use(self, event: OperationsEvent, job: SubcontractJob) -> Derived:
        """All that lay there for the job order is in what came back, or was lost with it."""
        erp, derived = self._erp, Derived()
        request = erp.requests.requests[job.request]
        for (material, lot), quantity in job.components.items():
            used = e.SubcontractComponentsUsed(
                effective_us=event.effective_us, recorded_us=event.recorded_us, request=job.request, job_order=job.job_order, lot=lot,
                supplier=job.supplier, material=material, quantity=quantity,
            )  # fmt: skip
            erp.requests.consume(request, material, quantity)
            before = erp.stock.on_hand[material]
            erp.stock.move(material, lot, -quantity, "consumed", event.effective_us, is_here=False)
            derived += [*erp.book.issued(used, job.request, before, before - quantity), used]
        job.components = {}
        return derived

    def _receive(self, event: OperationsEvent, job: SubcontractJob, quantity: int) -> Derived:
        order = self._erp.purchasing.orders[job.order]
        received = e.ServiceReceived(
            effective_us=event.effective_us, recorded_us=event.recorded_us, request=job.request, job_order=job.job_order, lot=job.lot,
            order=job.order, supplier=job.supplier, material=job.material, operation=job.operation, quantity=quantity,
            unit_price_minor=job.unit_price_minor,
        )  # fmt: skip
        words = f"'{job.job_order}' is back from '{job.supplier}', and his order '{job.order}' was closed: he is owed for it all the same"
        warned = alert(event, "service_not_ordered", words) if order.closed_us is not None else []
        self._erp.purchasing.take_service(received)
        return [*self._erp.book.served(received, job.request), received, *warned]

    def _close(self, event: e.OperationsResponse) -> Derived:
        """Of a request that is answered nothing is begun any more: what was ordered for it is not to come."""
        for job in self._open.pop(event.request, ()):
            if job.sent_us is None:
                order = self._erp.purchasing.orders[job.order]
                order.cancelled += order.open_quantity
        return []

    # What persons say

    def _count(self, event: e.SupplierStockCounted) -> Derived:
        there = by_lot(self.jobs.values())
        if doubts := [*self._wrong(event), *self._wrong_count(event, there)]:
            return [refusal(event, "; ".join(doubts))]
        key, erp = (event.material, event.lot), self._erp
        change = event.quantity - there[event.supplier, *key]
        if not change:
            return []
        for job, part in spread([it for it in self.jobs.values() if it.supplier == event.supplier], key, change):
            job.components[key] += part
            if not job.components[key]:
                del job.components[key]
        before = erp.stock.on_hand[event.material]
        erp.stock.move(*key, change, "counted", event.effective_us, is_here=False)
        return [*erp.book.counted(event, event.material, before, before + change, opening=False)]

    def _wrong(self, event: e.OfficeEntry) -> list[str]:
        until_us = self._erp.book.entries.closed_until_us
        is_closed = until_us is not None and event.effective_us < until_us
        closed = "its period is closed; allowed: a time that is open" if is_closed else ""
        return [it for it in (unsigned(event, self._plant.layout.persons), beyond(event), closed) if it]

    def _wrong_count(self, event: e.SupplierStockCounted, there: Mapping[tuple[str, str, str], int]) -> list[str]:
        doubts = [unknown("supplier", event.supplier, self._plant.materials.suppliers)]
        if (event.supplier, event.material, event.lot) not in there:
            known = [f"{lot} of {material} at {supplier}" for supplier, material, lot in there]
            doubts.append(f"lot '{event.lot}' of '{event.material}' does not lie at '{event.supplier}'; allowed: {listed(known)}")
        if not event.reason.strip():
            doubts.append("a count at a supplier needs a reason")
        return [it for it in doubts if it]

    def _agree(self, event: e.ServicePriceAgreed) -> Derived:
        it = self.done.get((event.material, event.operation))
        doubts = self._wrong(event)
        if it is None or it.supplier != event.supplier:
            known = [f"{operation} of {material} at {by.supplier}" for (material, operation), by in self.done.items()]
            doubts.append(f"'{event.supplier}' does no '{event.operation}' of '{event.material}'; allowed: {listed(known)}")
        if event.unit_price_minor < 0:
            doubts.append(f"a price of {event.unit_price_minor}; allowed: 0 or more")
        if doubts:
            return [refusal(event, "; ".join(doubts))]
        self.prices[event.material, event.operation] = event.unit_price_minor
        return []
