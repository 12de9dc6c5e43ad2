"""What became of a lot, from the order or the shortage that asked for it: waiting, work, transport, and the lots that it came from."""

from __future__ import annotations

from dataclasses import replace

from twin.erp.requests import Request
from twin.mes.equipment import StateInterval
from twin.mes.execution import JobOrder
from twin.mes.tracking.lots import Lot
from twin.model.problems import listed
from twin.model.states import DispatchStatus
from twin.results.explain.evidence import Evidence
from twin.results.explain.rides import Rides
from twin.results.explain.span import Kind, Span, Tiling, fitted
from twin.results.explain.waiting import Waiting, classify


class History:
    """Histories of lots and of what they are made of. Each ends where it is asked to, and begins where the lot was first asked for."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence
        self.waiting = Waiting(evidence, self.of_supply)
        self._rides = Rides(evidence)

    def of_lot(self, lot_id: str, to_us: int) -> list[Span]:
        """Spans that tile the time from when somebody asked for a lot up to `to_us`."""
        lot = self._evidence.mes.tracking.lots[lot_id]
        if not lot.made_here:
            return self._of_delivery(lot, to_us)
        if lot.from_lot:
            tiling = self._of_rework(lot, to_us)
        else:
            request = self._evidence.erp.requests.requests.get(lot.request)
            tiling = self._until_release(request, lot.created_us, to_us) if request else Tiling(lot.created_us)
            for job in self._evidence.jobs_of_lot[lot_id]:
                self.lay_operation(tiling, job, to_us)
        arrival_us = self._evidence.arrival_us(lot_id)
        if arrival_us is not None:
            tiling.fill(min(arrival_us, to_us))
            tiling.fill(to_us, "stock", f"{lot_id} lay in stock", "in stock")
        return tiling.spans

    def of_request(self, request: Request, to_us: int) -> list[Span]:
        """The same of the lot that decides when a request is done; of a request that has none yet, why it is not released."""
        lot = self._evidence.last_lot(request.request)
        return self.of_lot(lot, to_us) if lot else self._until_release(request, to_us, to_us).spans

    def of_supply(self, material: str, wanted_by: str, from_us: int, to_us: int, arrival_us: int) -> tuple[Span, ...]:
        """Where the material was that came at `arrival_us`, or if none came, that which is still to come."""
        nobody = f"the {material} that is to come was not asked for yet"
        if came := self._evidence.came(material, from_us, arrival_us):
            nobody = f"the {material} that came then was not asked for yet"
            return fitted(self.of_lot(came, arrival_us), from_us, to_us, nobody, "release")
        if first := self._evidence.to_come(material, wanted_by):
            return fitted(self.of_request(first, arrival_us), from_us, to_us, nobody, "release")
        for order in self._evidence.erp.purchasing.orders.values():
            if order.material == material and order.open_quantity and not order.operation:
                return fitted(self._of_purchase(order.order, arrival_us), from_us, to_us, nobody, "release")
        return fitted([], from_us, to_us, f"nothing of {material} was on order", "release")

    # How a lot came to be

    def _until_release(self, request: Request, released_us: int, to_us: int) -> Tiling:
        """From the customer's order, or the shortage of the request before, to the release on the floor."""
        order = self._evidence.erp.customer_orders.orders.get(request.order)
        before = self._evidence.previous(request)
        if before and before.closed_us is not None:
            earlier = tuple(self.of_request(before, before.closed_us))
            tiling = Tiling(earlier[0].start_us if earlier else before.closed_us)
            what = f"{before.quantity - before.answered_good} of {before.request} were lost: {request.request} makes up for them"
            tiling.fill(before.closed_us, "scrap", what, f"{request.material} lost")
            tiling.spans = [replace(span, because=fitted(earlier, span.start_us, span.end_us)) for span in tiling.spans]
        else:
            tiling = Tiling(min(order.confirmed_us, released_us) if order else released_us)
        tiling.fill(min(released_us, to_us), "release", f"{request.request} waited for its release", f"{request.material} released later")
        return tiling

    def _of_rework(self, lot: Lot, to_us: int) -> Tiling:
        """Pieces that were sent back: the history of the lot they came from, then all that followed, because they had to be done again."""
        splitter = self._evidence.job_orders.get(lot.split_by)
        split_us = min(lot.created_us, to_us)
        before = self.of_lot(lot.from_lot, split_us)
        tiling = Tiling(before[0].start_us if before else split_us)
        tiling.lay(before)
        tiling.fill(split_us)
        again = Tiling(split_us)
        for job in self._evidence.jobs_of_lot[lot.lot]:
            self.lay_operation(again, job, to_us)
        if again.spans:
            where = f" at operation {splitter.operation}" if splitter else ""
            what = f"{lot.quantity} of {lot.from_lot} were to be reworked{where}: done again as {lot.lot}"
            cause = f"rework of {lot.material}{where}"
            tiling.lay([Span(start_us=split_us, end_us=again.at_us, kind="rework", what=what, cause=cause, because=tuple(again.spans))])
        return tiling

    def _of_delivery(self, lot: Lot, to_us: int) -> list[Span]:
        """A lot that came from a supplier, or that somebody counted."""
        arrival_us = self._evidence.arrival_us(lot.lot)
        here_us = min(to_us, lot.created_us if arrival_us is None else arrival_us)
        tiling = Tiling(here_us)
        if lot.lot in self._evidence.erp.purchasing.orders:
            bought = self._of_purchase(lot.lot, here_us)
            tiling = Tiling(bought[0].start_us if bought else here_us)
            tiling.lay(bought)
        tiling.fill(to_us, "stock", f"{lot.lot} lay in stock", "in stock")
        return tiling.spans

    def _of_purchase(self, order_id: str, to_us: int) -> list[Span]:
        """A purchase order until its delivery: the supplier's lead time, and what it was late."""
        order = self._evidence.erp.purchasing.orders[order_id]
        tiling = Tiling(order.placed_us)
        tiling.fill(min(order.due_us, to_us), "supplier", f"{order_id} was on order with {order.supplier}", f"{order.material} on order")
        tiling.fill(to_us, "supplier", f"{order_id} was overdue from {order.supplier}", f"{order.material} overdue from {order.supplier}")
        return tiling.spans

    # One operation

    def lay_operation(self, tiling: Tiling, job: JobOrder, to_us: int) -> None:
        """One operation on a lot, from the end of the one before it up to its own end, or up to `to_us`."""
        visits, ride = self._evidence.visits.get(job.job_order, []), self._rides.to(job.job_order)
        is_on_its_way = job.before and job.before.ended_us >= 0 and job.ended_us < 0
        if job.turn_us < 0 and not visits and not is_on_its_way and not ride:
            return  # its lot has not come yet, or passed it over
        if job.status == DispatchStatus.COMPLETED and not visits and self._evidence.mes.execution.reports[job.job_order].was_skipped:
            return  # its lot was no sample for it
        end_us = min(to_us, job.ended_us if job.ended_us >= 0 else to_us)
        if ride:
            self._rides.lay(tiling, ride, job.work_center, end_us)
        elif job.before and job.before.ended_us >= 0:
            self._lay_transport(tiling, job, min(job.turn_us, end_us) if job.turn_us >= 0 else end_us)
        for visit in visits:
            if visit.start_us < end_us:
                self._lay_wait(tiling, job, visit.equipment, visit.start_us)
                self._lay_visit(tiling, job, visit, min(visit.end_us, end_us))
        if job.turn_us < 0 and not visits and job.ended_us < 0:
            return  # it is on its way
        if job.ended_us < 0 or visits or job.status == DispatchStatus.COMPLETED:  # without a visit: it waited longer than it may
            self._lay_wait(tiling, job, visits[-1].equipment if visits else self._likely_unit(job), end_us)
        elif job.ended_us >= 0:
            tiling.fill(end_us, "unknown", f"{job.job_order} ended without being done: {job.reason}", "given up")

    def _lay_transport(self, tiling: Tiling, job: JobOrder, turn_us: int) -> None:
        before = self._done_before(job)
        if before is None:
            return
        tiling.fill(turn_us, "transport", f"on the way from {before.equipment} to {job.work_center}", f"transport to {job.work_center}")

    def _done_before(self, job: JobOrder) -> JobOrder | None:
        """The operation that the lot came from: those that it was no sample for were passed over."""
        before = job.before
        while before and before.status == DispatchStatus.COMPLETED and before.started_us < 0:
            before = before.before
        return before

    def _lay_wait(self, tiling: Tiling, job: JobOrder, unit: str, until_us: int) -> None:
        """Waiting for a unit; as long as the lot was stuck on the equipment before, that is said, and what it waited for lies behind it."""
        before = self._done_before(job)
        stuck_us = min(until_us, self._evidence.blocked_until(before)) if before else -1
        if stuck_us > tiling.at_us:
            start_us, storage = tiling.at_us, self._evidence.storage_of(job)
            assert before is not None
            lots = [lot for lot in self._evidence.lots_in(storage, start_us) if lot != job.lot]
            full = f"{storage} was full{f' with {listed(lots, 3)}' if lots else ''}"
            because = tuple(self.waiting.spans(job, unit, start_us, stuck_us))
            what = f"done, but stuck on {before.equipment}: {full}"
            span = Span(
                start_us=start_us, end_us=stuck_us, kind="blocked", what=what, cause=f"{storage} full", equipment=before.equipment,
                job_order=job.job_order, because=because,
            )  # fmt: skip
            tiling.lay([span])
        if until_us > tiling.at_us:
            tiling.lay(replace(span, job_order=job.job_order) for span in self.waiting.spans(job, unit, tiling.at_us, until_us))

    def _lay_visit(self, tiling: Tiling, job: JobOrder, visit: StateInterval, end_us: int) -> None:
        """What happened to the lot on a piece of equipment."""
        kind, reason = classify(visit)
        unit = visit.equipment
        words: dict[Kind, tuple[str, str]] = {
            "run": (f"run on {unit} ({job.operation})", f"run on {unit}"),
            "setup": (f"set-up of {unit} ({job.operation})", f"set-up of {unit}"),
            "failure": (f"on {unit} ({job.operation}), which was down: {reason}", f"{unit}: {reason}"),
            "off shift": (f"on {unit} ({job.operation}), between shifts", f"{unit} off shift"),
            "operator": (f"on {unit} ({job.operation}), with nobody to go on", f"nobody at {unit}"),
        }
        what, cause = words.get(kind, (f"on {unit} ({job.operation}), which stood: {reason or kind}", f"{unit} stood"))
        if end_us > tiling.at_us:
            tiling.lay(
                [Span(start_us=tiling.at_us, end_us=end_us, kind=kind, what=what, cause=cause, equipment=unit, job_order=job.job_order)]
            )

    def _likely_unit(self, job: JobOrder) -> str:
        """Of the units that can do a job order that nobody has started: the first that works, else the first that is not down."""
        records = self._evidence.mes.equipment.records

        def key(unit: str) -> int:
            state = records[unit]
            kind, _ = classify(state.open_interval(self._evidence.now_us))
            return {"run": 0, "setup": 0, "idle": 1, "blocked": 1, "operator": 1}.get(kind, 2)

        able = [unit for unit in job.step.equipment if self._evidence.mes.commands.can_do(job, unit)]
        return min(able or job.step.equipment, key=key)
