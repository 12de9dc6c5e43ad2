"""The ERP as one fold: what the stream is worth, and what to ask for next.

`apply` checks that an event makes sense, changes quantities (orders, requests, purchase orders, stock) and exact costs from the
event alone, and returns what follows: entries, requests, alerts. Balances change when the entries are applied, and so on.
`decide` changes nothing: it reads what `apply` has found to be due.
"""

from __future__ import annotations

from collections.abc import Sequence

from twin.erp import rows
from twin.erp.accounting.capacity import Capacity
from twin.erp.accounting.costing.corrected_actuals import CorrectedActuals
from twin.erp.accounting.costing.roll_ups import RollUps
from twin.erp.accounting.evidence import Evidence
from twin.erp.accounting.ledger import Ledger
from twin.erp.accounting.postings import Postings
from twin.erp.accounting.quality_costs import OF_QUALITY, QualityCosts
from twin.erp.accounting.standard_cost import CostRollUp, StandardCosts, standard_events
from twin.erp.accounting.statements import Books
from twin.erp.accounting.valuation.corrections import Corrections
from twin.erp.accounting.valuation.entering import ValueEntries
from twin.erp.accounting.valuation.variances import VarianceRow, variances
from twin.erp.accounting.wip import WORKING_STATES, RunningWork, WorkInProgress
from twin.erp.alerts import alert, below_zero, impossible, nonsense, of_no_request
from twin.erp.bills import Bills
from twin.erp.changing import ChangedOrders, ChangedRequests, CountedStock, MasterData, People
from twin.erp.demand_plan.parameters import PlanningParameters
from twin.erp.demand_plan.weekly_forecasts import WeeklyForecasts
from twin.erp.functions import Function, Rule, asking
from twin.erp.invariants import Looked, violations
from twin.erp.maintenance.spare_parts import SpareParts
from twin.erp.maintenance.work import MaintenanceWork
from twin.erp.material_plan.deciding import DailyPlan
from twin.erp.material_plan.scheduled import scheduled
from twin.erp.planners.forecasts import EnteredForecasts
from twin.erp.planners.orders import FrozenOrders, OpeningOrders
from twin.erp.procurement.buying import Buying
from twin.erp.procurement.matching import Matching
from twin.erp.procurement.purchasing import Purchasing
from twin.erp.procurement.scorecard import Scorecards
from twin.erp.procurement.sourcing import Sourcing
from twin.erp.requests import Request, Requests
from twin.erp.sales.credit import CreditControl
from twin.erp.sales.customer_orders import CustomerOrders
from twin.erp.sales.packing import Packing
from twin.erp.sales.quoting import Quoting
from twin.erp.sales.returning import Returning
from twin.erp.sales.selling import Selling
from twin.erp.settlement.settlement import Settlement
from twin.erp.stock import Stock
from twin.erp.subcontracting.at_suppliers import AtSupplierRow, at_suppliers
from twin.erp.subcontracting.subcontracting import Subcontracting
from twin.erp.warehouse.warehouse import Warehouse
from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.master_data.dated import Dated, with_own_tables
from twin.model.plant import Plant
from twin.model.scenario import OpenOrder, Policies
from twin.model.settlement.chart import chart_of
from twin.model.states import MaterialUse

Derived = list[OperationsEvent]
BOOKED_USES = ("Consumed", "Produced", "By-product Produced", "Co-product Produced", "Scrapped")
_TIMED_REASONS = ("start", "shift", "clock", "end")  # heartbeats at which wages and machine cost are posted


class Erp(Books):
    """Level 4. A `twin.model.source.Fold`.

    `is_checked`: it reckons its accounts a second way as it goes, for `violations`; of a copy that is only to be read nobody asks them.

    Raises
    ------
    BillCycleError : a bill of material contains its own material
    NegativeStandardError : what comes beside a material bears more than the material costs
    """

    def __init__(self, plant: Plant, policies: Policies, *, supply: tuple[OpenOrder, ...] = (), is_checked: bool = True) -> None:
        self.plant, self.policies, self.is_checked = (plant := with_own_tables(plant)), policies, is_checked
        self.materials, self.dated = plant.materials.materials, Dated(plant)
        self.bills = bills = Bills(plant.materials)
        self.stock = Stock(self.materials)
        self.stock.touched.update(self.materials)  # what is short before anything has happened is ordered too
        self.customer_orders = CustomerOrders(plant.materials, self.stock)
        self.requests = Requests(plant.materials, bills, self.stock, self.customer_orders)
        self.purchasing = Purchasing(plant.materials, self.stock)
        self.daily_plan = DailyPlan(self)
        self.roll_up = CostRollUp(plant, bills)
        self.standards, self.ledger = StandardCosts(), Ledger(chart_of(plant.materials.finance.accounts))
        self.wip, self.capacity = WorkInProgress(), Capacity(plant.layout)
        self.book = Postings(plant, self.roll_up, self.standards, self.wip, bills=bills, requests=self.requests)
        self.evidence = Evidence(plant, self.requests, self.standards, self.book.actual.method, self.roll_up)
        if plant.materials.standards:
            self.evidence.of_standards(self.roll_up, self.stock)
        self.corrections = Corrections(plant, self.stock, self.purchasing, self.customer_orders, self.book, self.ledger)
        self.quality_costs = QualityCosts(self.stock, self.purchasing, self.requests, self.book, self.corrections.deliveries)
        self.spare_parts = SpareParts(self.materials, self.stock, self.book)
        self.maintenance_work = MaintenanceWork(plant.layout.persons, self.book)
        self.alerts: list[e.WorkAlertRaised] = []
        self.alerted_lots: set[tuple[str, str]] = set()  # (material, lot) below zero, and somebody was told
        self._heard: dict[type[OperationsEvent], list[Rule]] = {kind: [rule] for kind, rule in self._by_type().items()}
        self.functions = self._beside(supply)
        self._asking = asking(self.functions)
        for function in self.functions:
            for kind, rule in function.rules.items():
                self._heard.setdefault(kind, []).append(rule)

    def _beside(self, supply: tuple[OpenOrder, ...]) -> tuple[Function, ...]:
        """What it does beside the flow of orders, in the order in which it is asked."""
        self.settlement, self.master_data = Settlement(self), MasterData(self)
        self.sourcing, self.scorecards, self.quoting, self.returning = Sourcing(self), Scorecards(self), Quoting(self), Returning(self)
        self.planning_parameters, self.matching, self.roll_ups = PlanningParameters(self), Matching(self), RollUps(self)
        self.credit = CreditControl(self.plant, self.customer_orders, self.stock, self.settlement)
        declared, forecasting = self.plant.layout.warehouse, self.policies.forecasting
        self.entered_forecasts, self.forecasts = EnteredForecasts(self), WeeklyForecasts(self, forecasting) if forecasting else None
        self.subcontracting, self.changed_requests, self.frozen = Subcontracting(self), ChangedRequests(self), FrozenOrders(self)
        bins = Warehouse(self, declared) if declared else None
        self.packing = Packing(self, bins, declared.packing) if bins and declared and declared.packing else None
        more, opening = (it for it in (bins, self.packing, self.forecasts) if it), OpeningOrders(self, supply)
        return (
            self.settlement, self.sourcing, self.matching, self.scorecards, self.quoting, self.credit, self.returning, self.roll_ups,
            self.subcontracting, self.planning_parameters, self.frozen, self.entered_forecasts, ValueEntries(self), CorrectedActuals(self),
            self.changed_requests, ChangedOrders(self), CountedStock(self, bins), People(self), self.master_data, *more, opening,
        )  # fmt: skip

    def _by_type(self) -> dict[type[OperationsEvent], Rule]:
        """What each kind of event sets off."""
        return {
            e.Heartbeat: self._time_passes,
            e.EnergyMetered: self._meter,
            e.EquipmentStateChanged: self._watch,
            e.JobOrderCreated: self._know,
            e.LotCreated: self._know,
            e.LotSplit: self._know,
            e.MaterialActual: self._move_material,
            e.EquipmentActual: self._absorb_machine,
            e.PersonnelActual: self._absorb_labour,
            e.PersonnelActualCorrected: self._absorb_labour,
            e.OperationsResponse: self._close_request,
            e.StandardCostReleased: self.release_standard,
            e.StockCounted: self._count_stock,
            e.WorkInProcessCounted: self._count_work,
            e.OperationsRequestReleased: self._release_request,
            e.JournalPosted: self._post,
            e.LateJournalPosted: self._post,
            e.WorkAlertRaised: self._note_alert,
            **Selling(self).rules,
            **Buying(self).rules,
            **self.corrections.rules,
            **self.quality_costs.rules,
            **scheduled(self),
            **self.spare_parts.rules,
            **self.maintenance_work.rules,
        }

    def apply(self, event: OperationsEvent) -> Derived:
        """Take one event in; what follows from it at once."""
        kind = type(event)
        heard = self._heard.get(kind)
        if heard is None:
            return []
        derived: Derived = []
        for rule in heard:
            derived += rule(event)
        if self.is_checked and kind in self.evidence.kinds:
            self.evidence.hear(event, derived)
        if derived or isinstance(event, OF_QUALITY):
            derived += self.quality_costs.follow(event, derived)
        if self.stock.touched:
            self._review()
        return derived

    def decide(self, now_us: int) -> Derived:
        """What is due now: releases, alerts about stock below zero, purchase orders, shipments with their invoices, a close."""
        if become := self.master_data.decide(now_us):
            return become  # what is ordered now goes by it
        decided: Derived = [self._release(request, now_us, now_us) for request in self.requests.due(now_us)]
        decided += below_zero(self.stock, self.alerted_lots, now_us)
        decided += [*self.daily_plan.decide(now_us), *self.purchasing.decide(now_us), *self.customer_orders.decide(now_us)]
        if self.policies.close_books == "monthly" and self.capacity.start_us is not None:
            decided += self.book.entries.due(now_us, self.plant.layout.time_zone, self.capacity.start_us)
        return [*decided, *(it for function in self._asking for it in function.decide(now_us))]

    def _review(self) -> None:
        """Bring up to date what `decide` reads, for the materials whose figures have changed."""
        for material in self.stock.touched:
            self.purchasing.review(material)
            self.customer_orders.review(material)
        self.stock.touched.clear()
        self.alerted_lots &= self.stock.negative

    # Time, energy, equipment

    def _time_passes(self, event: e.Heartbeat) -> Derived:
        self.daily_plan.notice(event)
        if event.reason not in _TIMED_REASONS:
            return []
        standards: Derived = []
        if event.reason == "start":
            self.roll_ups.begin(event.effective_us)
            standards += standard_events(self.roll_up, self.standards, event)
        return [*standards, *self.book.time_passed(event, *self.capacity.advance(event.effective_us))]

    def _meter(self, event: e.EnergyMetered) -> Derived:
        return impossible(event, energy_wh=event.energy_wh) or [*self.book.metered(event)]

    def _watch(self, event: e.EquipmentStateChanged) -> Derived:
        """Remember what runs: work in progress between two bookings, and work outside the calendars, which is paid too."""
        self.wip.running.pop(event.equipment, None)
        self.capacity.end(event.equipment, event.effective_us)
        if event.job_order and event.state in WORKING_STATES:
            persons = tuple(event.person.split("+")) if event.person else ()
            jobs = tuple(event.job_order.split("+"))
            self.wip.running[event.equipment] = RunningWork(since_us=event.effective_us, job_orders=jobs, persons=persons)
            self.capacity.begin(event.equipment, persons, event.effective_us)
        return [*self.book.energy.heard(event)] if self.book.energy else []

    # Production

    def _know(self, event: e.JobOrderCreated | e.LotCreated | e.LotSplit) -> Derived:
        self.requests.know(event)
        if isinstance(event, e.LotCreated) and event.place:
            words = f"{event.quantity} of '{event.material}' were found in '{event.place}': they are in the books once they are counted"
            return alert(event, "found_stock", words)
        return []

    def _move_material(self, event: e.MaterialActual) -> Derived:
        if doubt := nonsense(event, self.materials, event.material, event.quantity):
            return doubt
        of_nobody = not (event.request or event.job_order)
        if event.use == MaterialUse.SCRAPPED and of_nobody and self.stock.lot_quantity(event.material, event.lot) > 0:
            before, after = self._move(event, -event.quantity, "scrapped")
            return [*self.book.scrapped_from_stock(event, before, after)]
        request = self.requests.of(event)
        if self.subcontracting.takes(event):
            return []
        if (doubt := of_no_request(event, request.material if request else "")) or request is None:
            return doubt
        match event.use:
            case MaterialUse.CONSUMED:
                self.requests.consume(request, event.material, event.quantity, event.instead_of, event.by_bill, event.job_order)
                before, after = self._move(event, -event.quantity, "consumed")
                return [*self.book.issued(event, request.request, before, after)]
            case MaterialUse.PRODUCED:
                self.requests.count(request, produced=event.quantity)
                self.corrections.apart.made(event, request.request)
                before, after = self._move(event, event.quantity, "produced")
                return [*self.book.completed(event, request.request, before, after)]
            case MaterialUse.SCRAPPED:
                self.requests.count(request, scrapped=event.quantity)
                return [*self.book.scrapped_in_process(event, request.request, self.requests.worked_up_to(request, event.job_order))]
            case MaterialUse.BY_PRODUCT | MaterialUse.CO_PRODUCT:
                return self.corrections.by_product(event, request)
        return alert(event, "unknown_use", f"'{event.use}' is not booked here; allowed: {', '.join(BOOKED_USES)}")

    def _move(self, event: e.MaterialActual | e.GoodsShipped, quantity: int, kind: str) -> tuple[int, int]:
        """Book a movement; on hand before and after."""
        before = self.stock.on_hand[event.material]
        self.stock.move(event.material, event.lot, quantity, kind, event.effective_us)
        return before, self.stock.on_hand[event.material]

    def _absorb_machine(self, event: e.EquipmentActual) -> Derived:
        if doubt := impossible(event, setup_us=event.setup_us, run_us=event.run_us, energy_wh=event.energy_wh):
            return doubt
        request = self.requests.of(event)
        if request is None or not self.book.knows_equipment(event.equipment):
            what = "equipment" if request else "request"
            return alert(event, f"unknown_{what}", f"time of '{event.equipment}' on '{event.job_order}': no such {what}")
        return [*self.book.ran(event, request.request)]

    def _absorb_labour(self, event: e.PersonnelActual) -> Derived:
        if not isinstance(event, e.PersonnelActualCorrected) and (doubt := impossible(event, work_us=event.work_us)):
            return doubt
        request = self.requests.of(event)
        if request is None or not self.book.knows_person(event.person):
            what = "person" if request else "request"
            return alert(event, f"unknown_{what}", f"work of '{event.person}' on '{event.job_order}': no such {what}")
        return [*self.book.worked(event, request.request)]

    def _release_request(self, event: e.OperationsRequestReleased) -> Derived:
        if doubt := nonsense(event, self.materials, event.material, event.quantity):
            return doubt
        if not event.request or ((known := self.requests.requests.get(event.request)) and known.released_us is not None):
            return alert(event, "duplicate_request", f"request '{event.request}' is released already")
        return self.released_at_once(self.requests.release(event), event)

    def _close_request(self, event: e.OperationsResponse) -> Derived:
        request = self.requests.requests.get(event.request)
        if request is None or request.closed_us is not None:
            return alert(event, "unknown_request", f"answer to request '{event.request}', which is not open")
        derived: Derived = [*self.book.closed(event, request.request)]
        self.wip.closed.add(request.request)
        self.wip.charges[request.request] += 1
        return derived + self.released_at_once(self.requests.close(request, event.good, event.effective_us), event)

    def released_at_once(self, planned: Sequence[Request], cause: OperationsEvent) -> Derived:
        """Under the push rule what is planned is released with its cause; else `decide` lets it go when it is due."""
        if self.policies.release != "push":
            return []
        return [self._release(request, cause.effective_us, cause.recorded_us) for request in planned]

    def _release(self, request: Request, effective_us: int, recorded_us: int) -> e.OperationsRequestReleased:
        order = self.customer_orders.orders.get(request.order)
        return e.OperationsRequestReleased(
            effective_us=effective_us, recorded_us=recorded_us, request=request.request, order=request.order, material=request.material,
            quantity=request.quantity, due_us=request.due_us, priority=order.priority if order else request.priority,
        )  # fmt: skip

    # Counting

    def release_standard(self, event: e.StandardCostReleased) -> Derived:
        """From now on a material should cost so much; a standard that is in force already changes nothing."""
        if doubt := nonsense(event, self.materials, event.material, event.quantity):
            return doubt
        on_hand = self.stock.on_hand[event.material]
        before_minor = self.book.value_minor(event.material, on_hand)
        opening = event.material not in self.standards.released
        self.standards.release(event)
        self.stock.moves[event.material] += 1
        return [*self.book.revalued(event, on_hand, before_minor, opening=opening)]

    def _count_stock(self, event: e.StockCounted) -> Derived:
        """The lot is what was counted; up to the first instant of a run that is its opening stock."""
        if event.material not in self.materials or event.quantity < 0:
            return nonsense(event, self.materials, event.material, event.quantity)
        away = self.stock.at_suppliers.get((event.material, event.lot), 0)
        found = event.difference or event.quantity + away - self.stock.lot_quantity(event.material, event.lot)
        if not found:
            return []
        before = self.stock.on_hand[event.material]
        self.stock.move(event.material, event.lot, found, "counted", event.effective_us)
        return [*self.book.counted(event, event.material, before, before + found, opening=self.capacity.is_opening(event.effective_us))]

    def _count_work(self, event: e.WorkInProcessCounted) -> Derived:
        """A lot in the making: an open request, worth what was done to it at standard."""
        if doubt := nonsense(event, self.materials, event.material, event.quantity):
            return doubt
        if not event.request or event.request in self.requests.requests:
            return alert(event, "duplicate_request", f"request '{event.request}' is known already")
        self.requests.find(event)
        self.evidence.find(event, self.book.found_shares(event))
        return [*self.book.found_in_process(event, opening=self.capacity.is_opening(event.effective_us))]

    # Books and alerts

    def _post(self, event: e.JournalPosted) -> Derived:
        refusal = self.ledger.post(event)
        return alert(event, "entry_refused", refusal) if refusal else []

    def _note_alert(self, event: e.WorkAlertRaised) -> Derived:
        self.alerts.append(event)
        if event.alert == "negative_stock":
            self.alerted_lots |= {key for key in self.stock.negative if key[1] == event.lot}
        return []

    # What can be read out

    def orders(self, now_us: int) -> list[rows.OrderRow]:
        """Customer orders in the order of confirmation, as they stand at `now_us`."""
        return rows.orders(self, now_us)

    def request_costs(self) -> list[rows.RequestCostRow]:
        """What every request has cost, by element, and how that differs from its standard."""
        return rows.request_costs(self)

    def work_in_progress(self, now_us: int) -> list[rows.WipRow]:
        """Value of every open request at `now_us`: what is booked, and what runs and is not yet booked."""
        return rows.work_in_progress(self, now_us)

    def variances(self, from_us: int | None = None, to_us: int | None = None) -> list[VarianceRow]:
        """Every variance of [from_us, to_us) by kind and order; together they are what their accounts have changed by."""
        return variances(self, from_us, to_us)

    def stock_rows(self) -> list[rows.StockRow]:
        """Every material: quantities, position, value."""
        return rows.stock(self)

    def stock_lots(self) -> list[rows.StockLotRow]:
        """Every lot in stock with its share of the value."""
        return rows.stock_lots(self)

    def at_suppliers(self) -> list[AtSupplierRow]:
        """What of ours lies at suppliers, component by component and lot by lot."""
        return at_suppliers(self)

    def purchase_orders(self) -> list[rows.PurchaseOrderRow]:
        """Purchase orders in the order of placing."""
        return rows.purchase_orders(self)

    def violations(self, since: Looked | None = None) -> list[str]:
        """What does not hold and must, in words; empty if all is well. Ask between rounds, when every entry has been applied.

        `since`: of the stock and the work in progress only what has changed since somebody looked there last.
        """
        assert self.is_checked
        return [*violations(self, since), *(it for function in self.functions for it in function.violations())]
