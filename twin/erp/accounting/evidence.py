"""What the events themselves say that some accounts must show, reckoned a second time, apart from the posting rules.

| account                   | what it must be                                             | rounded by   |
|---------------------------|-------------------------------------------------------------|--------------|
| labour absorbed           | PersonnelActual.work_us * rate of the person                | request      |
|                           | + MaintenanceWorked.work_us * rate of the person            | maintenance  |
| maintenance labour        | MaintenanceWorked.work_us * rate of the person              | maintenance  |
| machine absorbed          | (EquipmentActual.setup_us + run_us) * rate of the equipment | request      |
| energy absorbed           | EquipmentActual.energy_wh * tariff, of when it was used     | request      |
| overhead absorbed         | hours of PersonnelActual, EquipmentActual, pieces produced * rate of then | request |
| energy                    | EnergyMetered.energy_wh * tariff, of when it was used       | equipment    |
|                           | + the highest quarter of an hour of each month * its price  | month        |
| cost of goods sold        | GoodsShipped.quantity at the standard in force (*)          | order        |
| revenue                   | InvoiceIssued.net_minor - credit for what was taken back    | -            |
| goods received not billed | GoodsReceived.quantity * unit_price_minor, corrected; - credit for what went back | order |
|                           | - BillReceived.net_minor, at the rate of the receipt        | -            |
|                           | + JobOrderCompleted.good * price of the supplier's order    | order        |
| scrap loss (***)          | MaterialActual Scrapped, corrected, at standard up to the operation that lost it | request |
|                           | + what was scrapped from stock                              | material     |
| stock revaluation (**)    | StandardCostReleased - the standard before, of what is on hand | material  |
|                           | and of what MaterialActual has brought into open requests and not out of them | request, component |

(*) What was sold out of stock at actual cost is reckoned in `ActualCost` alone; there, layers are held against accounts.
(**) Where the plant declares `standards`, until a material changes its method of valuation, which posts there too.
(***) Where no material is at actual cost, until one changes its method.
Exact amounts are kept as fractions; each total is rounded once, so the comparison with the account is exact, to the minor unit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from fractions import Fraction
from typing import Any

from twin.erp.accounting.costing.evidence.energy_evidence import EnergyEvidence
from twin.erp.accounting.costing.evidence.overhead_evidence import OverheadEvidence
from twin.erp.accounting.costing.evidence.revaluation_evidence import RevaluationEvidence
from twin.erp.accounting.costing.evidence.scrap_evidence import ScrapEvidence
from twin.erp.accounting.costing.operations import WH_PER_MWH
from twin.erp.accounting.rounding import Accruals
from twin.erp.accounting.standard_cost import CostRollUp, StandardCosts
from twin.erp.requests import Requests
from twin.erp.stock import Stock
from twin.model.costing.tariffs import EnergyPrices
from twin.model.events import (
    EnergyMetered,
    EquipmentActual,
    EquipmentStateChanged,
    GoodsReceiptCorrected,
    GoodsReceived,
    GoodsReturned,
    GoodsShipped,
    GoodsTakenBack,
    Heartbeat,
    InvoiceIssued,
    JobOrderAborted,
    JobOrderCompleted,
    MaintenanceWorked,
    MasterDataRevised,
    MaterialActual,
    OperationsEvent,
    PersonnelActual,
    PersonnelActualCorrected,
    StandardCostReleased,
    StandardRollUpRequested,
    SubcontractComponentsUsed,
    SubcontractOrderPlaced,
    ValuationMethodChanged,
    WorkAlertRaised,
    WorkInProcessCounted,
)
from twin.model.events.operations_event import EVENT_TYPES
from twin.model.events.production import JobOrderCorrected, MaterialActualCorrected
from twin.model.measures import US_PER_H
from twin.model.plant import Plant, PlantFile, ProductionLine, WorkUnit
from twin.model.states import MaterialUse

_LEARNED_FROM = (Heartbeat, StandardRollUpRequested, MasterDataRevised)  # new standards, and new rates of overheads, follow from these
_ACCEPTED_WITH = ("no_price", "over_delivered", "service_not_ordered")
"""Alerts about what was booked all the same; any other says that the event was refused."""


class Evidence:
    """Minor units that each account of the table above must show, debit > 0. It hears every event, and what the ERP concluded from it."""

    def __init__(
        self, plant: Plant, requests: Requests, standards: StandardCosts, at_actual_cost: Collection[str], roll_up: CostRollUp
    ) -> None:
        self._plant, layout = plant, plant.layout
        self._materials = plant.materials.materials
        self._persons = dict(layout.persons)
        # a station costs nothing of its own
        self._machines: dict[str, WorkUnit | ProductionLine] = {**layout.work_units, **layout.production_lines}
        self._tariff = layout.energy_tariff
        self._energy_use = EnergyEvidence(layout) if layout.energy_prices != EnergyPrices() else None
        self._requests = requests
        self._standards = standards
        self._at_actual_cost = at_actual_cost  # materials of which the cost of what is sold is not its standard
        self._deliveries: dict[tuple[str, str], Fraction] = {}  # price of what came, by order and lot
        self._totals = Accruals()
        self.services = Fraction(0)  # in requests for the work of suppliers: what they are owed, and what lots were found with; exact
        self._services: dict[str, tuple[str, Fraction]] = {}  # by job order: his order, and what a piece costs
        self._came: dict[str, int] = {}  # good pieces of those that have ended
        self._due_minor = dict[str, int]() if at_actual_cost else {"scrap_loss": 0}  # balance by account; of energy, as asked for last
        self._scrap = ScrapEvidence(requests, standards, at_actual_cost, roll_up)
        self.standards_released = 0
        self.revaluation: RevaluationEvidence | None = None
        self._overheads = OverheadEvidence(plant) if plant.materials.overheads else None
        self._rules: dict[type[OperationsEvent], Callable[[Any], None]] = {
            PersonnelActual: self._work,
            PersonnelActualCorrected: self._work,
            MaintenanceWorked: self._maintain,
            EquipmentActual: self._run,
            EnergyMetered: self._meter,
            GoodsShipped: self._ship,
            SubcontractOrderPlaced: self._order_service,
            JobOrderCompleted: self._end,
            JobOrderAborted: self._end,
            JobOrderCorrected: self._end,
            GoodsReceived: self._receive,
            GoodsReceiptCorrected: self._correct,
            GoodsReturned: self._give_back,
            GoodsTakenBack: self._take_back,
            InvoiceIssued: self._invoice,
            StandardCostReleased: self._standard,
            ValuationMethodChanged: self._method_changes,
        }
        if self._overheads:
            self._rules |= dict.fromkeys((MaterialActual, MaterialActualCorrected), self._move)
            self._due_minor["overhead_absorbed"] = 0
        if self._energy_use:
            self._rules[EquipmentStateChanged] = self._energy_use.hear
        self.kinds = self._who_it_hears()  # classes of events that it hears at all

    def learn(self, layout: PlantFile) -> None:
        """Who and what is new costs what is declared, from now on; what was is known still, for what becomes known late."""
        self._persons |= layout.persons
        self._machines |= {**layout.work_units, **layout.production_lines}

    def of_standards(self, roll_up: CostRollUp, stock: Stock) -> None:
        """Standards may change on the way: what that changes of stock and of work in process is reckoned too."""
        self.revaluation = RevaluationEvidence(self._requests, self._at_actual_cost, roll_up, stock)
        self._rules |= dict.fromkeys((MaterialActual, MaterialActualCorrected), self._move)
        self._rules[SubcontractComponentsUsed] = self.revaluation.tally
        self.kinds = self._who_it_hears()
        self._due_minor["stock_revaluation"] = 0

    def _method_changes(self, _: ValuationMethodChanged) -> None:
        self._due_minor.pop("stock_revaluation", None)
        self._due_minor.pop("scrap_loss", None)

    def _who_it_hears(self) -> frozenset[type[OperationsEvent]]:
        return frozenset(it for it in EVENT_TYPES.values() if it in self._rules or issubclass(it, (MaterialActual, *_LEARNED_FROM)))

    def hear(self, event: OperationsEvent, concluded: Sequence[OperationsEvent]) -> None:
        """Take an event in, unless the ERP has refused it with an alert."""
        if isinstance(event, _LEARNED_FROM):
            self._learn(event, concluded)
        rule = self._rules.get(type(event))
        is_scrap = isinstance(event, MaterialActual) and "scrap_loss" in self._due_minor and self._scrap.concerns(event)
        if not (rule or is_scrap):
            return
        for it in concluded:
            if isinstance(it, WorkAlertRaised) and it.alert not in _ACCEPTED_WITH:
                return
        if is_scrap and isinstance(event, MaterialActual):
            self._due_minor["scrap_loss"] += self._scrap.lost_minor(event, concluded)
        if rule:
            rule(event)

    def _learn(self, event: Heartbeat | StandardRollUpRequested | MasterDataRevised, concluded: Sequence[OperationsEvent]) -> None:
        if self.revaluation:
            released = [it for it in concluded if isinstance(it, StandardCostReleased)]
            if "stock_revaluation" in self._due_minor:
                self._due_minor["stock_revaluation"] -= sum(map(self.revaluation.worth_more_minor, released))
            self.revaluation.learn(released)
        if self._overheads and not isinstance(event, MasterDataRevised):
            self._overheads.learn(event, concluded)

    def find(self, event: WorkInProcessCounted, shares: Iterable[tuple[str, Fraction]]) -> None:
        """A lot in the making: what a request absorbs is rounded together with what it was found with, which nothing has absorbed."""
        for element, share in shares:
            if element in ("labour", "machine", "energy", "overhead"):
                self._totals.step((f"{element}_absorbed", event.request), share * event.quantity)
            if element == "service":
                self.services += share * event.quantity
        if self.revaluation:
            self.revaluation.find(event)

    @property
    def due(self) -> dict[str, int]:
        """Balance by account."""
        for account, key, exact, sign in self._energy_use.changes() if self._energy_use else ():
            self._due(account, key, exact, sign)
        return self._due_minor

    def billed(self, relief_minor: int) -> None:
        """A bill has come for what was received; in whole minor units, so nothing is rounded."""
        self._due_minor["goods_received_not_billed"] = self._due_minor.get("goods_received_not_billed", 0) + relief_minor

    def cost_billed(self, account: str, minor: int) -> None:
        """A bill was for so much on an account that is reckoned here: energy costs that too, besides what was metered."""
        if account == "energy":
            self._due_minor[account] = self._due_minor.get(account, 0) + minor

    def most_rounding_minor(self, totals_posted: int) -> int:
        """How far the rounding difference can be from zero.

        Each of `totals_posted` totals, and the value of each material's stock under each of its standards, is off by less than 1.
        """
        return totals_posted + len(self._materials) + self.standards_released

    def _due(self, account: str, key: str, exact: Fraction, sign: int) -> None:
        self._due_of(account, key, exact.numerator, exact.denominator, sign)

    def _due_of(self, account: str, key: str, numerator: int, denominator: int, sign: int) -> None:
        """`_due` of a `Ratio`."""
        self._due_minor[account] = self._due_minor.get(account, 0) + sign * self._totals.step_of((account, key), numerator, denominator)

    def _request(self, event: OperationsEvent) -> str:
        request = self._requests.of(event)
        return request.request if request else ""

    def _work(self, event: PersonnelActual) -> None:
        cost = event.work_us * self._persons[event.person].hourly_cost
        self._due_of("labour_absorbed", self._request(event), cost, US_PER_H, -1)
        if self._overheads:
            borne = self._overheads.borne("labour_hour", event.work_us, event.effective_us)
            self._due("overhead_absorbed", self._request(event), borne, -1)

    def _maintain(self, event: MaintenanceWorked) -> None:
        cost = event.work_us * self._persons[event.person].hourly_cost
        for account, sign in (("maintenance_labour", 1), ("labour_absorbed", -1)):
            self._due_of(account, f"maintenance {event.maintenance}", cost, US_PER_H, sign)

    def _run(self, event: EquipmentActual) -> None:
        machine = self._machines.get(event.equipment)
        rate = machine.hourly_cost if machine else 0
        request = self._request(event)
        self._due_of("machine_absorbed", request, (event.setup_us + event.run_us) * rate, US_PER_H, -1)
        if self._overheads:
            borne = self._overheads.borne("machine_hour", event.setup_us + event.run_us, event.effective_us)
            self._due("overhead_absorbed", request, borne, -1)
        if self._energy_use:
            self._energy_use.hear(event, request)
        else:
            self._due_of("energy_absorbed", request, event.energy_wh * self._tariff, WH_PER_MWH, -1)

    def _meter(self, event: EnergyMetered) -> None:
        if self._energy_use:
            self._energy_use.hear(event)
        else:
            self._due_of("energy", event.equipment, event.energy_wh * self._tariff, WH_PER_MWH, 1)

    def _move(self, event: MaterialActual) -> None:
        """What lies at a supplier for a job order is in no request before it is used."""
        if self._overheads and event.use == MaterialUse.PRODUCED:
            borne = self._overheads.borne("piece", event.quantity, event.effective_us, event.material)
            self._due("overhead_absorbed", self._request(event), borne, -1)
        if self.revaluation and not (event.use == MaterialUse.CONSUMED and self._is_there(event.job_order)):
            self.revaluation.tally(event)

    def _is_there(self, job_order: str) -> bool:
        return job_order in self._services and job_order not in self._came

    def _order_service(self, event: SubcontractOrderPlaced) -> None:
        it = self._plant.layout.routings[event.material][event.operation].subcontract
        each = it.quantity if it else 0
        price = Fraction(each * event.unit_price_minor, self._materials[event.material].price_per)
        self._services[event.job_order] = event.order, price

    def _end(self, event: JobOrderCompleted | JobOrderAborted | JobOrderCorrected) -> None:
        service, came = self._services.get(event.job_order), self._came.get(event.job_order)
        if service is None or (came is None) == isinstance(event, JobOrderCorrected):
            return  # nobody's but ours; ended already, or not yet
        good = 0 if isinstance(event, JobOrderAborted) else event.good
        self._came[event.job_order] = good
        owed = service[1] * (good - (came or 0))
        self.services += owed
        self._due("goods_received_not_billed", service[0], owed, -1)

    def _ship(self, event: GoodsShipped) -> None:
        if event.material not in self._at_actual_cost:
            self._due_of("cost_of_goods_sold", event.order, *self._standards.ratio(event.material, event.quantity), 1)

    def _receive(self, event: GoodsReceived) -> None:
        price = Fraction(event.quantity * event.unit_price_minor, self._materials[event.material].price_per)
        key = event.order, event.lot or event.order
        self._deliveries[key] = self._deliveries.get(key, Fraction(0)) + price
        self._due("goods_received_not_billed", event.order, price, -1)

    def _correct(self, event: GoodsReceiptCorrected) -> None:
        price = Fraction(event.quantity * event.unit_price_minor, self._materials[event.material].price_per)
        key = event.order, event.lot or event.order
        self._due("goods_received_not_billed", event.order, price - self._deliveries[key], -1)
        self._deliveries[key] = price

    def _give_back(self, event: GoodsReturned) -> None:
        self._due("goods_received_not_billed", event.order, Fraction(event.credit_minor), 1)

    def _take_back(self, event: GoodsTakenBack) -> None:
        self._due("revenue", event.order, Fraction(event.credit_minor), 1)
        if event.material not in self._at_actual_cost:
            self._due("cost_of_goods_sold", event.order, self._standards.exact(event.material, event.quantity), -1)

    def _invoice(self, event: InvoiceIssued) -> None:
        self._due("revenue", event.order, Fraction(event.net_minor), -1)

    def _standard(self, _: StandardCostReleased) -> None:
        self.standards_released += 1
