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
| scrap           | scrap loss           | WIP                       | standard up to the operation that lost it  |
| completion      | stock                | WIP                       | at standard                                |
| close           | production variance  | WIP                       | what is left on the request                |
| shipment        | cost of goods sold   | stock                     | at standard                                |
| invoice         | accounts receivable  | revenue                   | net price                                  |
| wages           | wages                | wages payable             | attendance by calendar, and work outside of it * rate |
| machine cost    | machine cost         | machine cost accrued      | calendar time of equipment, and work outside of it * rate |
| revaluation     | stock                | stock revaluation         | new standard - old standard (first standard: opening) |

The stock leg is the step of the rounded value of what is on hand, each other leg the step of the rounded total of its own
request, order or purchase order; the odd cent between them goes to rounding difference (`MOST_ROUNDING_MINOR` an entry at most).
So the balances after an instant do not depend on the order of its events. Suppliers' bills are not in this slice: goods received
not billed stays open.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from twin.erp.accounting.ledger import MOST_ROUNDING_MINOR, ROUNDING, STOCK_ACCOUNT
from twin.erp.accounting.rounding import Accruals
from twin.erp.accounting.standard_cost import US_PER_H, WH_PER_MWH, CostRollUp, StandardCosts, total_minor
from twin.erp.accounting.wip import Element, WorkInProgress
from twin.model.events import (
    EquipmentActual,
    GoodsReceived,
    GoodsShipped,
    InvoiceIssued,
    JobOrderCreated,
    JournalPosted,
    MaterialActual,
    OperationsEvent,
    PersonnelActual,
    StandardCostReleased,
    WorkInProcessCounted,
)
from twin.model.plant import Plant

Leg = tuple[str, int]


class Postings:
    """Values movements and hours. Keeps the exact totals behind the rounded legs."""

    def __init__(self, plant: Plant, roll_up: CostRollUp, standards: StandardCosts, wip: WorkInProgress) -> None:
        layout = plant.layout
        self._materials = plant.materials.materials
        self._person_rate = {name: person.hourly_cost for name, person in layout.persons.items()}
        self._equipment_rate = {name: 0 for line in layout.production_lines.values() for name in line.stations}
        self._equipment_rate |= {name: unit.hourly_cost for name, unit in layout.work_units.items()}
        self._equipment_rate |= {name: line.hourly_cost for name, line in layout.production_lines.items()}
        self._tariff = layout.energy_tariff
        self._roll_up = roll_up
        self._standards = standards
        self._wip = wip
        self.accruals = Accruals()
        self.unbalanced: list[str] = []  # entries that rounding cannot explain, in words

    def knows_person(self, person: str) -> bool:
        return person in self._person_rate

    def knows_equipment(self, equipment: str) -> bool:
        return equipment in self._equipment_rate

    def _stock_leg(self, material: str, before: int, after: int) -> Leg:
        """The change of the value on hand."""
        change = self._standards.value_minor(material, after) - self._standards.value_minor(material, before)
        return STOCK_ACCOUNT[self._materials[material].kind], change

    def counted(self, event: OperationsEvent, material: str, before: int, after: int, *, opening: bool) -> list[JournalPosted]:
        account, change = self._stock_leg(material, before, after)
        against = "opening_equity" if opening else "inventory_difference"
        legs = ((account, change), (against, -change))
        return self._entry(event, "opening" if opening else "count", legs, material=material, quantity=after - before)

    def found_in_process(self, event: WorkInProcessCounted, *, opening: bool) -> list[JournalPosted]:
        """A lot in the making, by element at the standard of what was done to it: a run that goes on by the standard has no variance."""
        done = self._roll_up.before(event.material, event.operation)
        shares: tuple[tuple[Element, Fraction], ...] = (
            ("material", done.cost.material), ("labour", done.cost.labour), ("machine", done.cost.machine), ("energy", done.cost.energy),
        )  # fmt: skip
        value = sum(self._wip.add(event.request, element, share * event.quantity) for element, share in shares)
        self._wip.labour_us[event.request] = round(done.labour_us * event.quantity)
        legs = (("work_in_progress", value), ("opening_equity" if opening else "inventory_difference", -value))
        return self._entry(event, "opening" if opening else "count", legs, material=event.material, quantity=event.quantity)

    def received(self, event: GoodsReceived, before: int, after: int) -> list[JournalPosted]:
        per = self._materials[event.material].price_per
        owed = self.accruals.step((event.order, "price"), Fraction(event.quantity * event.unit_price_minor, per))
        standard = self.accruals.step((event.order, "standard"), self._standards.exact(event.material, event.quantity))
        legs = [
            self._stock_leg(event.material, before, after),
            ("goods_received_not_billed", -owed),
            ("purchase_price_variance", owed - standard),
        ]
        return self._entry(event, "receipt", legs, material=event.material, quantity=event.quantity)

    def issued(self, event: MaterialActual, request: str, before: int, after: int) -> list[JournalPosted]:
        cost = self._wip.add(request, "material", self._standards.exact(event.material, event.quantity))
        legs = [(self._wip.account(request), cost), self._stock_leg(event.material, before, after)]
        return self._entry(event, "issue", legs, request=request, material=event.material, quantity=-event.quantity)

    def completed(self, event: MaterialActual, request: str, before: int, after: int) -> list[JournalPosted]:
        value = self._wip.add(request, "produced", self._standards.exact(event.material, event.quantity))
        legs = [self._stock_leg(event.material, before, after), (self._wip.account(request), -value)]
        return self._entry(event, "completion", legs, request=request, material=event.material, quantity=event.quantity)

    def scrapped_in_process(self, event: MaterialActual, request: str, operation: str | None) -> list[JournalPosted]:
        """At standard so far: the share of the standard that the piece has earned up to and including the operation that lost it."""
        whole = self._roll_up.level_cost(event.material).total
        share = self._roll_up.cost_so_far(event.material, operation).total / whole if whole else Fraction(1)
        scrapped = self._wip.scrapped.setdefault(request, {})
        scrapped[operation] = scrapped.get(operation, 0) + event.quantity
        loss = self._wip.add(request, "scrap", share * self._standards.exact(event.material, event.quantity))
        legs = (("scrap_loss", loss), (self._wip.account(request), -loss))
        return self._entry(event, "scrap", legs, request=request)

    def scrapped_from_stock(self, event: MaterialActual, before: int, after: int) -> list[JournalPosted]:
        loss = self.accruals.step((event.material, "scrap"), self._standards.exact(event.material, event.quantity))
        legs = [("scrap_loss", loss), self._stock_leg(event.material, before, after)]
        return self._entry(event, "scrap", legs, material=event.material, quantity=-event.quantity)

    def worked(self, event: PersonnelActual, request: str) -> list[JournalPosted]:
        self._wip.labour_us[request] = self._wip.labour_us.get(request, 0) + event.work_us
        cost = Fraction(event.work_us * self._person_rate[event.person], US_PER_H)
        return self._absorbed(event, request, "labour", cost)

    def ran(self, event: EquipmentActual, request: str) -> list[JournalPosted]:
        hours_cost = Fraction((event.setup_us + event.run_us) * self._equipment_rate[event.equipment], US_PER_H)
        energy_cost = Fraction(event.energy_wh * self._tariff, WH_PER_MWH)
        return self._absorbed(event, request, "machine", hours_cost) + self._absorbed(event, request, "energy", energy_cost)

    def _absorbed(self, event: OperationsEvent, request: str, element: Element, exact: Fraction) -> list[JournalPosted]:
        cost = self._wip.add(request, element, exact)
        return self._entry(event, element, ((self._wip.account(request), cost), (f"{element}_absorbed", -cost)), request=request)

    def closed(self, event: OperationsEvent, request: str) -> list[JournalPosted]:
        left = self._wip.difference_minor(request)
        return self._entry(event, "close", (("production_variance", left), ("work_in_progress", -left)), request=request)

    def shipped(self, event: GoodsShipped, before: int, after: int) -> list[JournalPosted]:
        cost = self.accruals.step((event.order, "shipped"), self._standards.exact(event.material, event.quantity))
        legs = [("cost_of_goods_sold", cost), self._stock_leg(event.material, before, after)]
        return self._entry(event, "shipment", legs, material=event.material, quantity=-event.quantity)

    def invoiced(self, event: InvoiceIssued) -> list[JournalPosted]:
        return self._entry(event, "invoice", (("accounts_receivable", event.net_minor), ("revenue", -event.net_minor)))

    def metered(self, event: OperationsEvent, energy_wh: int) -> list[JournalPosted]:
        cost = self.accruals.step((event.equipment, "energy"), Fraction(energy_wh * self._tariff, WH_PER_MWH))
        return self._entry(event, "energy metered", (("energy", cost), ("energy_payable", -cost)))

    def time_passed(self, event: OperationsEvent, wages_minor: int, machines_minor: int) -> list[JournalPosted]:
        wages = self._entry(event, "wages", (("wages", wages_minor), ("wages_payable", -wages_minor)))
        return wages + self._entry(event, "machine cost", (("machine_cost", machines_minor), ("machine_cost_accrued", -machines_minor)))

    def revalued(self, event: StandardCostReleased, on_hand: int, before_minor: int, *, opening: bool) -> list[JournalPosted]:
        """`before_minor`: value of the stock before `event`; `opening`: it had no standard at all, so this is its first value."""
        change = self._standards.value_minor(event.material, on_hand) - before_minor
        against = "opening_equity" if opening else "stock_revaluation"
        legs = ((STOCK_ACCOUNT[self._materials[event.material].kind], change), (against, -change))
        return self._entry(event, "opening" if opening else "revaluation", legs, material=event.material)

    def running_minor(self, now_us: int, job_orders: Mapping[str, JobOrderCreated]) -> dict[str, int]:
        """Labour and machine cost of what runs at `now_us` and is not booked yet, by request, minor units.

        The job orders of a batch share its time by their quantities.
        """
        exact: dict[str, Fraction] = {}
        for equipment, work in self._wip.running.items():
            rate = self._equipment_rate.get(equipment, 0) + sum(self._person_rate.get(person, 0) for person in work.persons)
            cost = Fraction(max(0, now_us - work.since_us) * rate, US_PER_H)
            jobs = [job_orders[name] for name in work.job_orders if name in job_orders]
            for job in jobs:
                share = Fraction(job.quantity, sum(it.quantity for it in jobs))
                exact[job.request] = exact.get(job.request, Fraction(0)) + cost * share
        return {request: round(cost) for request, cost in exact.items()}

    def _entry(
        self, cause: OperationsEvent, document: str, legs: Sequence[Leg], *, request: str = "", material: str = "", quantity: int = 0
    ) -> list[JournalPosted]:
        """The entry that follows from `cause`; none if no money moves.

        What rounding leaves over goes to rounding difference. More than rounding can explain is a slip of the rule that made the
        legs: it is written down, and the entry stays as it is, so that the ledger refuses it.
        """
        legs = [leg for leg in legs if leg[1]]
        rest = sum(amount for _, amount in legs)
        if abs(rest) > MOST_ROUNDING_MINOR:
            of = getattr(cause, "order", "") or request or cause.request or material or cause.equipment
            self.unbalanced.append(f"entry '{document}' of {type(cause).__name__} '{of}' does not balance: {rest} left over")
        elif rest:
            legs.append((ROUNDING, -rest))
        if not legs:
            return []
        return [
            JournalPosted(
                effective_us=cause.effective_us,
                recorded_us=cause.recorded_us,
                equipment=cause.equipment,
                request=request or cause.request,
                job_order=cause.job_order,
                lot=cause.lot,
                person=cause.person,
                order=getattr(cause, "order", ""),
                document=document,
                legs=tuple(legs),
                material=material,
                quantity=quantity,
            )
        ]


def standard_events(roll_up: CostRollUp, standards: StandardCosts, cause: OperationsEvent) -> list[StandardCostReleased]:
    """The standards to release: those of the roll-up that are not in force as they are, components first."""
    events = []
    for material, it in roll_up.released.items():
        known = standards.released.get(material)
        if known is None or (known.quantity, total_minor(known)) != (it.quantity, total_minor(it)):
            events.append(
                StandardCostReleased(
                    effective_us=cause.effective_us,
                    recorded_us=cause.recorded_us,
                    material=material,
                    quantity=it.quantity,
                    material_minor=it.material_minor,
                    labour_minor=it.labour_minor,
                    machine_minor=it.machine_minor,
                    energy_minor=it.energy_minor,
                )
            )
    return events
