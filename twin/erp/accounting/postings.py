"""Which entry follows from which movement (BUSINESS rules, in whole minor units).

| document        | debit                | credit                    | amount                                     |
|-----------------|----------------------|---------------------------|--------------------------------------------|
| opening         | stock                | opening equity            | at standard                                |
| count           | stock                | inventory difference      | at standard                                |
| work found      | WIP                  | opening equity            | standard up to the operation before the next |
| receipt         | stock                | goods received not billed | at standard; at price; the rest is purchase price variance |
| issue           | WIP                  | stock                     | at standard                                |
| labour          | WIP                  | labour absorbed           | time * rate of the person                  |
| machine         | WIP                  | machine absorbed          | set-up and run time * rate of the equipment |
| energy          | WIP                  | energy absorbed           | energy * tariff                            |
| energy metered  | energy               | energy payable            | all energy; what no request absorbs is idle |
| energy demand   | energy               | energy payable            | the highest quarter of an hour of a month, as it rises |
| overhead        | WIP                  | overhead absorbed         | hours, or pieces that are finished * its rate |
| overhead incurred | overhead           | overhead payable          | what it has cost                           |
| scrap           | scrap loss           | WIP                       | standard up to the operation that lost it  |
| rework          | rework cost          | WIP                       | what a nonconformance had done again       |
| service receipt | WIP                | goods received not billed | a supplier's work, at the price of its order |
| completion      | stock                | WIP                       | at standard                                |
| by-product, co-product | stock         | WIP                       | at standard: of what is recovered, its share of the costs |
| close           | production variance  | WIP                       | what is left on the request                |
| shipment        | cost of goods sold   | stock                     | at standard                                |
| invoice         | accounts receivable  | revenue                   | net price                                  |
| wages           | wages                | wages payable             | attendance by calendar, and work outside of it * rate |
| machine cost    | machine cost         | accumulated depreciation  | calendar time of equipment, and work outside of it * rate (1) |
| revaluation     | stock, WIP           | stock revaluation         | new standard - old standard (first standard: opening) |

(1) Of that, upkeep payable: its share. The stock leg is the step of the rounded value on hand, each other leg that of the rounded total of
its request or order; odd cents go to rounding difference (`MOST_ROUNDING_MINOR` at most). So balances do not depend on the order of events.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from twin.erp.accounting.costing.energy_use import EnergyEntries
from twin.erp.accounting.costing.hours import Hours
from twin.erp.accounting.costing.operations import WH_PER_MWH
from twin.erp.accounting.costing.overheads_borne import shares_before
from twin.erp.accounting.ledger import STOCK_ACCOUNT
from twin.erp.accounting.rounding import Accruals, Ratio
from twin.erp.accounting.standard_cost import CostRollUp, StandardCosts
from twin.erp.accounting.valuation.actual_cost import ActualCost
from twin.erp.accounting.valuation.periods import Entries, Leg
from twin.erp.accounting.wip import COST_ELEMENTS, Element, WorkInProgress
from twin.erp.bills import Bills
from twin.erp.requests import Requests
from twin.model.costing.tariffs import EnergyPrices
from twin.model.events import (
    EnergyMetered,
    EquipmentActual,
    GoodsReceiptCorrected,
    GoodsReceived,
    GoodsShipped,
    GoodsTakenBack,
    InvoiceIssued,
    JobOrderCreated,
    JournalPosted,
    MaterialActual,
    OperationsEvent,
    OverheadIncurred,
    PersonnelActual,
    ServiceReceived,
    StandardCostReleased,
    SubcontractComponentsUsed,
    WorkInProcessCounted,
)
from twin.model.events.production import MaterialActualCorrected
from twin.model.materials import Each
from twin.model.measures import US_PER_H
from twin.model.plant import Plant
from twin.model.settlement.percent import MILLION
from twin.model.states import MaterialUse

_BESIDE = {MaterialUse.BY_PRODUCT: "by-product", MaterialUse.CO_PRODUCT: "co-product"}


class Postings:
    """Values movements and hours. Keeps the exact totals behind the rounded legs."""

    def __init__(
        self, plant: Plant, roll_up: CostRollUp, standards: StandardCosts, wip: WorkInProgress, *, bills: Bills, requests: Requests
    ) -> None:
        layout = plant.layout
        self._materials = plant.materials.materials
        self.person_rate = {name: person.hourly_cost for name, person in layout.persons.items()}
        self.equipment_rate = {name: 0 for line in layout.production_lines.values() for name in line.stations}
        self.equipment_rate |= {name: unit.hourly_cost for name, unit in layout.work_units.items()}
        self.equipment_rate |= {name: line.hourly_cost for name, line in layout.production_lines.items()}
        self._tariff, self._upkeep = layout.energy_tariff, plant.materials.finance.upkeep
        self.energy = EnergyEntries(self, layout) if layout.energy_prices != EnergyPrices() else None
        self._roll_up = roll_up
        self._overheads = roll_up.overheads
        self.standards = self._standards = standards
        self._wip = wip
        self.accruals = Accruals()
        self.borne: list[tuple[int, str, Fraction]] = []  # by requests: when it counts, of which overhead, how much
        self.rework_minor: dict[str, int] = {}  # work done again, by request
        self.revalued_minor = 0  # by what stock and work became worth more through new standards
        self.entries = Entries()
        self._energy_borne: tuple[EquipmentActual, Fraction] | None = None  # of the last actual
        self._bills, self.requests = bills, requests
        self.hours = Hours(wip, requests.job_orders, layout)
        self.actual = ActualCost(plant.materials, bills, requests, standards, wip, self.accruals, self.entries)

    def knows_person(self, person: str) -> bool:
        return person in self.person_rate

    def knows_equipment(self, equipment: str) -> bool:
        return equipment in self.equipment_rate

    def value_minor(self, material: str, on_hand: int) -> int:
        """What the stock of a material is worth."""
        return self.actual.value_minor(material) if self.actual.values(material) else self._standards.value_minor(material, on_hand)

    def _stock_leg(self, material: str, before: int, after: int) -> Leg:
        """The change of the value on hand."""
        change = self._standards.value_minor(material, after) - self._standards.value_minor(material, before)
        return STOCK_ACCOUNT[self._materials[material].kind], change

    def counted(self, event: OperationsEvent, material: str, before: int, after: int, *, opening: bool) -> list[JournalPosted]:
        against = "opening_equity" if opening else "inventory_difference"
        if self.actual.values(material):
            return self.actual.counted(event, material, after - before, opening=opening)
        account, change = self._stock_leg(material, before, after)
        legs = ((account, change), (against, -change))
        return self.entries.entry(event, "opening" if opening else "count", legs, material=material, quantity=after - before)

    def found_in_process(self, event: WorkInProcessCounted, *, opening: bool) -> list[JournalPosted]:
        """A lot in the making, by element at the standard of what was done to it: a run that goes on by the standard has no variance."""
        shares = self.found_shares(event)
        self.actual.found(event, shares)
        value = sum(self._wip.add(event.request, element, share * event.quantity) for element, share in shares)
        self.hours.found(event, self._roll_up)
        self._wip.borne[event.request] = shares_before(self._roll_up, event.material, event.operation, event.quantity)
        legs = (("work_in_progress", value), ("opening_equity" if opening else "inventory_difference", -value))
        return self.entries.entry(event, "opening" if opening else "count", legs, material=event.material, quantity=event.quantity)

    def found_shares(self, event: WorkInProcessCounted) -> tuple[tuple[Element, Fraction], ...]:
        """What one piece of a lot in the making is worth, by element."""
        cost = self._roll_up.before(event.material, event.operation).cost
        return tuple((element, getattr(cost, element)) for element in COST_ELEMENTS)

    def received(self, event: GoodsReceived, before: int, after: int) -> list[JournalPosted]:
        per = self._materials[event.material].price_per
        owed = self.accruals.step((event.order, "price"), Fraction(event.quantity * event.unit_price_minor, per))
        if self.actual.values(event.material):
            lot, account = event.lot or event.order, "goods_received_not_billed"
            return self.actual.move(event, event.material, event.quantity, "receipt", account, name=event.order, lot=lot, given_minor=owed)
        standard = self.accruals.step((event.order, "standard"), self._standards.exact(event.material, event.quantity))
        legs = [
            self._stock_leg(event.material, before, after),
            ("goods_received_not_billed", -owed),
            ("purchase_price_variance", owed - standard),
        ]
        return self.entries.entry(event, "receipt", legs, material=event.material, quantity=event.quantity)

    def receipt_corrected(self, event: GoodsReceiptCorrected, change: int, owed: int, before: int) -> list[JournalPosted]:
        """At standard: `change` more had come, for `owed` more."""
        standard = self.accruals.step((event.order, "standard"), self._standards.exact(event.material, change))
        leg = self._stock_leg(event.material, before, before + change)
        legs = [leg, ("goods_received_not_billed", -owed), ("purchase_price_variance", owed - standard)]
        return self.entries.entry(event, "receipt", legs, material=event.material, quantity=change)

    def moved(self, event: OperationsEvent, material: str, before: int, quantity: int, document: str, account: str) -> list[JournalPosted]:
        """At standard: into stock or out of it, against `account`."""
        stock, change = self._stock_leg(material, before, before + quantity)
        return self.entries.entry(event, document, ((stock, change), (account, -change)), material=material, quantity=quantity)

    def taken_back(self, event: GoodsTakenBack, before: int) -> list[JournalPosted]:
        """At standard: what was sold is in stock again."""
        cost = self.accruals.step((event.order, "shipped"), -self._standards.exact(event.material, event.quantity))
        legs = [("cost_of_goods_sold", cost), self._stock_leg(event.material, before, before + event.quantity)]
        return self.entries.entry(event, "taken back", legs, material=event.material, quantity=event.quantity)

    def came_back(self, event: MaterialActual, request: str, before: int) -> list[JournalPosted]:
        """At standard: a component that was not used, or a by-product, out of a request."""
        exact = -self._standards.exact(event.material, event.quantity)
        self.actual.request(request)
        cost = self._wip.add(request, "material", exact)
        legs = [(self._wip.account(request), cost), self._stock_leg(event.material, before, before + event.quantity)]
        document = "unused" if event.material in self._components_of(request) else _BESIDE[MaterialUse(event.use)]
        entries = self.entries.entry(event, document, legs, request=request, material=event.material, quantity=event.quantity)
        ratio = exact.as_integer_ratio()
        return entries + self.actual.absorbed(event, request, "material", ratio, component=event.material, quantity=-event.quantity)

    def _components_of(self, request: str) -> Mapping[str, Each]:
        known = self.requests.requests.get(request)
        return self._bills.components[known.material] if known else {}

    def issued(self, event: MaterialActual | SubcontractComponentsUsed, request: str, before: int, after: int) -> list[JournalPosted]:
        if self.actual.values(event.material):
            return self.actual.issued(event, request)
        self.actual.request(request)
        exact = self._standards.ratio(event.material, event.quantity)
        cost = self._wip.add_of(request, "material", *exact)
        legs = [(self._wip.account(request), cost), self._stock_leg(event.material, before, after)]
        entries = self.entries.entry(event, "issue", legs, request=request, material=event.material, quantity=-event.quantity)
        component, taken = self.actual.part_of(event, request, event.quantity)
        return entries + self.actual.absorbed(event, request, "material", exact, component=component, quantity=taken)

    def completed(self, event: MaterialActual, request: str, before: int, after: int) -> list[JournalPosted]:
        borne = self._overheads.by_pieces(event.material, event.quantity, event.effective_us)
        entries = self._borne(event, request, borne) if borne else []
        return entries + self._completed(event, request, before, after)

    def completed_otherwise(self, event: MaterialActual, request: str, before: int, after: int) -> list[JournalPosted]:
        """More, or less, was finished than was told; `event` has the difference."""
        if self.actual.request(request) is None:
            return self.completed(event, request, before, after)
        borne = self._borne(event, request, self._overheads.by_pieces(event.material, event.quantity, event.effective_us))
        return borne + self.actual.gave_otherwise(event, request, is_good=True)

    def _completed(self, event: MaterialActual, request: str, before: int, after: int) -> list[JournalPosted]:
        if self.actual.request(request) is not None:
            return self.actual.gave(event, request, is_good=True)
        if self.actual.values(event.material):
            return self.actual.brought_at_standard(event, request)
        value = self._wip.add_of(request, "produced", *self._standards.ratio(event.material, event.quantity))
        legs = [self._stock_leg(event.material, before, after), (self._wip.account(request), -value)]
        return self.entries.entry(event, "completion", legs, request=request, material=event.material, quantity=event.quantity)

    def scrapped_in_process(self, event: MaterialActual, request: str, operation: str | None) -> list[JournalPosted]:
        """At standard so far: the share of the standard that the piece has earned up to and including the operation that lost it."""
        scrapped = self._wip.scrapped.setdefault(request, {})
        scrapped[operation] = scrapped.get(operation, 0) + event.quantity
        if self.actual.request(request) is not None:
            lost = self.actual.gave_otherwise if isinstance(event, MaterialActualCorrected) else self.actual.gave
            return lost(event, request, is_good=False)
        whole = self._roll_up.level_cost(event.material).total
        share = self._roll_up.cost_so_far(event.material, operation).total / whole if whole else Fraction(1)
        loss = self._wip.add(request, "scrap", share * self._standards.exact(event.material, event.quantity))
        return self.entries.entry(event, "scrap", (("scrap_loss", loss), (self._wip.account(request), -loss)), request=request)

    def scrapped_from_stock(self, event: MaterialActual, before: int, after: int) -> list[JournalPosted]:
        if self.actual.values(event.material):
            return self.actual.move(event, event.material, -event.quantity, "scrap", "scrap_loss")
        loss = self.accruals.step((event.material, "scrap"), self._standards.exact(event.material, event.quantity))
        legs = [("scrap_loss", loss), self._stock_leg(event.material, before, after)]
        return self.entries.entry(event, "scrap", legs, material=event.material, quantity=-event.quantity)

    def worked(self, event: PersonnelActual, request: str) -> list[JournalPosted]:
        self.hours.worked(event, request)
        entries = self._absorbed(event, request, "labour", (event.work_us * self.person_rate[event.person], US_PER_H))
        borne = self._overheads.by_hours("labour_hour", event.work_us, event.effective_us)
        return entries + self._borne(event, request, borne) if borne else entries

    def ran(self, event: EquipmentActual, request: str) -> list[JournalPosted]:
        worked_us, otherwise = self.hours.ran(event, request), list[JournalPosted]()
        energy: Ratio = (event.energy_wh * self._tariff, WH_PER_MWH)
        if self.energy is not None:  # at the prices of when it was used; remembered for what books the same work elsewhere
            energy, otherwise = self.energy.ran(event)
            self._energy_borne = event, Fraction(*energy)
        entries = self._absorbed(event, request, "machine", (worked_us * self.equipment_rate[event.equipment], US_PER_H))
        entries += self._absorbed(event, request, "energy", energy) + otherwise
        borne = self._overheads.by_hours("machine_hour", worked_us, event.effective_us)
        return entries + self._borne(event, request, borne) if borne else entries

    def energy_otherwise(self, cause: OperationsEvent, event: EquipmentActual, request: str, exact: Ratio) -> list[JournalPosted]:
        """So much more of energy is borne for what was told earlier."""
        (cost, absorbed), account = self._absorb(request, "energy", exact), self._wip.account(request)
        entries = self.entries.entry(cause, "energy", ((account, cost), ("energy_absorbed", -absorbed)), request=request, concerns=event)
        return entries + self.actual.absorbed(cause, request, "energy", exact, at_us=event.effective_us)

    def rework(
        self, cause: OperationsEvent, request: str, exact: Mapping[Element, Fraction], event: OperationsEvent
    ) -> list[JournalPosted]:
        """What a request was charged with for `event` is a cost of quality instead."""
        for element in exact:  # what is absorbed goes on by itself: from now on the request has less than its hours say
            if (key := (f"{element}_absorbed", request)) not in self.accruals:
                self.accruals.step(key, self._wip.accruals.exact((request, element)) or Fraction(0))
        cost = self.accruals.step((request, "rework"), sum(exact.values(), Fraction(0)))
        less = -sum(self._wip.add(request, element, -amount) for element, amount in exact.items())
        self.rework_minor[request] = self.rework_minor.get(request, 0) + cost
        legs = (("rework_cost", cost), (self._wip.account(request), -less))
        return self.entries.entry(cause, "rework", legs, request=request, concerns=event)

    def price_per(self, material: str) -> int:
        """How many units of a material its price is for."""
        return self._materials[material].price_per

    def worked_again(self, event: PersonnelActual | EquipmentActual, request: str) -> list[JournalPosted]:
        """Work that a nonconformance has caused: what the request was charged for it just now is a cost of quality instead."""
        if self.actual.request(request) is not None:
            return []  # what is made at actual cost has cost that too
        exact: dict[Element, Fraction]
        self.hours.again(event, request)
        if isinstance(event, PersonnelActual):
            exact = {"labour": Fraction(event.work_us * self.person_rate[event.person], US_PER_H)}
            shares = self._overheads.by_hours("labour_hour", event.work_us, event.effective_us)
        else:
            worked_us = event.setup_us + event.run_us
            exact = {"machine": Fraction(worked_us * self.equipment_rate[event.equipment], US_PER_H)}
            known = self._energy_borne
            exact["energy"] = known[1] if known and known[0] is event else Fraction(event.energy_wh * self._tariff, WH_PER_MWH)
            if self.energy:
                self.energy.done_again(event)
            shares = self._overheads.by_hours("machine_hour", worked_us, event.effective_us)
        exact["overhead"] = sum(shares.values(), Fraction(0))
        self._wip.bear(request, shares, -1)
        return self.rework(event, request, exact, event)

    def served(self, event: ServiceReceived, request: str) -> list[JournalPosted]:
        """A supplier's work has come back with a lot of the request."""
        self.actual.request(request)
        exact = Fraction(event.quantity * event.unit_price_minor, self.price_per(event.material))
        owed, cost = self.accruals.step((event.order, "price"), exact), self._wip.add(request, "service", exact)
        legs = ((self._wip.account(request), cost), ("goods_received_not_billed", -owed))
        entries = self.entries.entry(event, "service receipt", legs, request=request, material=event.material)
        return entries + self.actual.absorbed(event, request, "service", exact.as_integer_ratio())

    def _borne(self, event: OperationsEvent, request: str, shares: Mapping[str, Fraction]) -> list[JournalPosted]:
        """The request's share of each overhead."""
        exact = sum(shares.values(), Fraction(0))
        entries = self._absorbed(event, request, "overhead", exact.as_integer_ratio()) if exact else []
        at_us = entries[0].effective_us if entries else event.effective_us
        self.borne += [(at_us, overhead, share) for overhead, share in shares.items()]
        self._wip.bear(request, shares)
        return entries

    def incurred(self, event: OverheadIncurred) -> list[JournalPosted]:
        return self.entries.entry(event, "overhead", (("overhead", event.amount_minor), ("overhead_payable", -event.amount_minor)))

    def _absorb(self, request: str, element: Element, exact: Ratio) -> tuple[int, int]:
        """Into the request, and what is absorbed: another amount once some of it was work done again."""
        cost, key = self._wip.add_of(request, element, *exact), (f"{element}_absorbed", request)
        return cost, self.accruals.step_of(key, *exact) if key in self.accruals else cost

    def _absorbed(self, event: OperationsEvent, request: str, element: Element, exact: Ratio) -> list[JournalPosted]:
        self.actual.request(request)
        cost, absorbed = self._absorb(request, element, exact)
        legs = ((self._wip.account(request), cost), (f"{element}_absorbed", -absorbed))
        return self.entries.entry(event, element, legs, request=request) + self.actual.absorbed(event, request, element, exact)

    def closed(self, event: OperationsEvent, request: str) -> list[JournalPosted]:
        if self.actual.request(request) is not None:
            return self.actual.close(event, request)
        left = self._wip.difference_minor(request)
        return self.entries.entry(event, "close", (("production_variance", left), ("work_in_progress", -left)), request=request)

    def shipped(self, event: GoodsShipped, before: int, after: int) -> list[JournalPosted]:
        if self.actual.values(event.material):
            return self.actual.move(event, event.material, -event.quantity, "shipment", "cost_of_goods_sold", name=event.order)
        cost = self.accruals.step((event.order, "shipped"), self._standards.exact(event.material, event.quantity))
        legs = [("cost_of_goods_sold", cost), self._stock_leg(event.material, before, after)]
        return self.entries.entry(event, "shipment", legs, material=event.material, quantity=-event.quantity)

    def invoiced(self, event: InvoiceIssued) -> list[JournalPosted]:
        return self.entries.entry(event, "invoice", (("accounts_receivable", event.net_minor), ("revenue", -event.net_minor)))

    def metered(self, event: EnergyMetered) -> list[JournalPosted]:
        if self.energy:
            return self.energy.metered(event)
        cost = self.accruals.step_of((event.equipment, "energy"), event.energy_wh * self._tariff, WH_PER_MWH)
        return self.entries.entry(event, "energy metered", (("energy", cost), ("energy_payable", -cost)))

    def time_passed(self, event: OperationsEvent, wages_minor: int, machines_minor: Mapping[str, int]) -> list[JournalPosted]:
        entries = self.entries.entry(event, "wages", (("wages", wages_minor), ("wages_payable", -wages_minor)))
        for center, minor in machines_minor.items():
            upkeep_minor = self.accruals.step_of(("machines", "upkeep"), minor * self._upkeep, MILLION) if self._upkeep else 0
            legs = (("machine_cost", minor), ("accumulated_depreciation", upkeep_minor - minor), ("upkeep_payable", -upkeep_minor))
            entries += self.entries.entry(event, "machine cost", legs, equipment=center)
        return entries

    def revalued(self, event: StandardCostReleased, on_hand: int, before_minor: int, *, opening: bool) -> list[JournalPosted]:
        """`before_minor`: value of the stock before `event`; `opening`: it had no standard at all, so this is its first value."""
        if self.actual.values(event.material):
            return self.actual.opened(event) if opening else []
        change = self._standards.value_minor(event.material, on_hand) - before_minor
        against = "opening_equity" if opening else "stock_revaluation"
        self.revalued_minor += 0 if opening else change
        legs = ((STOCK_ACCOUNT[self._materials[event.material].kind], change), (against, -change))
        return self.entries.entry(event, "opening" if opening else "revaluation", legs, material=event.material)

    def work_revalued(self, event: OperationsEvent, request: str, material: str, minor: int) -> list[JournalPosted]:
        """What a request has of a material in process is worth so much more."""
        value = self._wip.add(request, "material", Fraction(minor))
        self.revalued_minor += minor
        legs = (("work_in_progress", value), ("stock_revaluation", -minor))
        return self.entries.entry(event, "revaluation", legs, request=request, material=material)

    def running_minor(self, now_us: int, job_orders: Mapping[str, JobOrderCreated]) -> dict[str, int]:
        """Labour and machine cost of what runs at `now_us` and is not booked yet, by request, minor units.

        The job orders of a batch share its time by their quantities.
        """
        exact: dict[str, Fraction] = {}
        for equipment, work in self._wip.running.items():
            rate = self.equipment_rate.get(equipment, 0) + sum(self.person_rate.get(person, 0) for person in work.persons)
            ran_us = max(0, now_us - work.since_us)
            borne = self._overheads.of_machine(ran_us) + self._overheads.of_labour(ran_us) * len(work.persons)
            cost = Fraction(ran_us * rate, US_PER_H) + borne
            jobs = [job_orders[name] for name in work.job_orders if name in job_orders]
            for job in jobs:
                share = Fraction(job.quantity, sum(it.quantity for it in jobs))
                exact[job.request] = exact.get(job.request, Fraction(0)) + cost * share
        return {request: round(cost) for request, cost in exact.items()}
