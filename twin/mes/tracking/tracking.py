"""Tracking: which lots there are, how much of each, where, and which went into which.

A lot in the making is in process; once its last operation is done it is stock, as what was received is. Stock goes out first in,
first out. What a job order will consume is claimed when it starts; what is not there then is owed, and taken as it comes.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from twin.mes.tracking.alternates.issuing import Issuing
from twin.mes.tracking.genealogy import Genealogy, Link
from twin.mes.tracking.lots import MERGED, Expiries, Lot, Movement
from twin.mes.tracking.sums import unbalanced, unsummed
from twin.model.events import (
    GoodsReceiptCorrected,
    GoodsReceived,
    GoodsReturned,
    GoodsShipped,
    GoodsTakenBack,
    LotCreated,
    LotDispositionChanged,
    LotMerged,
    LotMoved,
    LotSetDown,
    LotSplit,
    MaterialActual,
    MaterialIdentified,
    OperationsEvent,
    ProductUnbuilt,
    StockCounted,
    TestResultRecorded,
    WorkAlertRaised,
    WorkInProcessCounted,
)
from twin.model.events.genealogy import LotMergedInProcess
from twin.model.events.production import MaterialActualCorrected
from twin.model.materials import Each, needed
from twin.model.plant import Plant, is_rework_of
from twin.model.states import MaterialUse

STOCK = "stock"  # where a lot is that lies in no declared storage


class Tracking:
    """Lots, stock by material in the order it came, and genealogy in both directions."""

    def __init__(self, plant: Plant) -> None:
        self.issuing = Issuing(plant)
        self.lots: dict[str, Lot] = {}
        self.movements: list[Movement] = []
        self.genealogy = Genealogy()
        self._stock: defaultdict[str, dict[str, Lot]] = defaultdict(dict)  # by material: lots on hand, first in first
        self._moved: defaultdict[str, int] = defaultdict(int)  # by material: sum of all movements
        self._claimed: defaultdict[str, int] = defaultdict(int)  # by material: sum of all claims
        self._owed: defaultdict[str, dict[str, int]] = defaultdict(dict)  # material -> job order -> still to be consumed
        self._consumers: dict[str, str] = {}  # job order -> the lot that its material goes into
        self._claims: dict[tuple[str, str], int] = {}  # (job order, lot) -> claimed and not yet consumed
        self._shipped_on: dict[str, dict[str, None]] = {}  # customer order -> lots that were shipped on it
        self.restricted: dict[str, str] = {}  # lots that are held, and why
        self.let_go_us: dict[str, int] = {}  # by lot: when it was held last, up to then
        self.kept_back: dict[str, int] = {}  # by material: for maintenance
        self.expiries = Expiries(plant)

    # What is on hand

    def on_hand(self, material: str) -> int:
        return self._moved.get(material, 0)

    def was_on_hand(self, material: str, at_us: int) -> int:
        """On hand after all that had happened at an instant which is past, reckoned from the movements anew."""
        return sum(it.quantity for it in self.movements if it.material == material and it.at_us <= at_us)

    def available(self, material: str) -> int:
        """On hand, claimed by nobody, not held, and not kept back."""
        free = self._moved.get(material, 0) - self._claimed.get(material, 0) - self.kept_back.get(material, 0)
        if not self.restricted:
            return free
        lots = self._stock.get(material, {})
        return free - sum(lots[name].on_hand - lots[name].claimed for name in self.restricted if name in lots)

    def stock(self, material: str) -> list[Lot]:
        """Lots on hand, in the order in which they will go out: first in, or first expired, first out."""
        return self.expiries.in_turn(material, list(self._stock.get(material, {}).values()))

    def worked_on(self, job_order: str) -> str:
        """The lot that a job order is done to; "" if nobody knows it."""
        lot = self._consumers.get(job_order, job_order.rpartition("/")[0])
        return lot if lot in self.lots else ""

    def bill(self, material: str) -> Mapping[str, Each]:
        """What one smallest unit of `material` consumes, by material."""
        return self.issuing.bill(material)

    # What comes in

    def receive(self, event: GoodsReceived) -> list[OperationsEvent]:
        return self._came(event.effective_us, event.lot or event.order, event.material, event.quantity, "Received")

    def correct(self, event: GoodsReceiptCorrected) -> list[OperationsEvent]:
        """Another quantity had come than was thought."""
        name = event.lot or event.order
        received = sum(it.quantity for it in self.movements if it.lot == name and it.use == "Received")
        change = event.quantity - received
        if change > 0:
            return self._came(event.recorded_us, name, event.material, change, "Received")
        return self.leaves(event, name, -change, "Received") if change else []

    def give_back(self, event: GoodsReturned) -> list[OperationsEvent]:
        return self.leaves(event, event.lot or event.order, event.quantity, "Returned")

    def take_back(self, event: GoodsTakenBack) -> list[OperationsEvent]:
        for name in self._shipped_on.get(event.order, {}):  # which of them it was, nobody says: it may be any
            if name != event.lot:
                self.genealogy.link(name, event.lot, event.quantity, is_beside=True)
        return self._came(event.effective_us, event.lot, event.material, event.quantity, "Returned")

    def unbuild(self, event: ProductUnbuilt) -> list[OperationsEvent]:
        """A product becomes its components again."""
        concluded = self.leaves(event, event.lot, event.quantity, "Unbuilt")
        for material, lot, quantity in event.recovered:
            self.genealogy.link(event.lot, lot, quantity, is_beside=True)
            concluded += self._came(event.effective_us, lot, material, quantity, "Unbuilt")
        return concluded

    def count(self, event: StockCounted) -> list[OperationsEvent]:
        """Stock is what was counted: a difference to what was thought to be there is a movement."""
        known = self.lots.get(event.lot)
        difference = event.difference or event.quantity - (known.on_hand if known else 0)
        return self._came(event.effective_us, event.lot, event.material, difference, MaterialUse.INVENTORIED)

    def create(self, event: LotCreated) -> list[OperationsEvent]:
        """A lot that will be made (it has no place yet), or one that somebody found in a storage unit."""
        if event.lot in self.lots:
            return [WorkAlertRaised.about(event, "lot", f"lot '{event.lot}' exists already")]
        if event.place:
            return self._came(event.effective_us, event.lot, event.material, event.quantity, MaterialUse.INVENTORIED, event.place)
        lot = self._open(event.lot, event.material, event.quantity, event.effective_us)
        lot.request, lot.made_here = event.request, True
        if event.from_lot in self.lots:  # out of stock, to be reworked: what its bill says is in it
            lot.begun, lot.place = True, self.lots[event.from_lot].place
        return []

    def find(self, event: WorkInProcessCounted, place: str) -> None:
        """A lot in the making that nobody knew: whatever went into it did so before anybody counted."""
        lot = self._open(event.lot, event.material, event.quantity, event.effective_us)
        lot.request, lot.place, lot.made_here, lot.begun, lot.was_found = event.request, place, True, True, True

    def split(self, event: LotSplit) -> list[OperationsEvent]:
        """Part of a lot goes on as a lot of its own; before its first operation, its bill is still to be taken."""
        source = self.lots.get(event.from_lot)
        there = source.in_process if source and source.begun else source.to_begin if source else 0
        if source is None or event.lot in self.lots or event.quantity > there:
            return [WorkAlertRaised.about(event, "lot", f"{event.quantity} of lot '{event.from_lot}' cannot go on as '{event.lot}'")]
        lot = self._open(event.lot, source.material, event.quantity, event.effective_us)
        lot.request, lot.from_lot, lot.split_by, lot.made_here = event.request, event.from_lot, event.job_order, True
        lot.begun, lot.place = source.begun, source.place
        source.split_off += event.quantity
        self.genealogy.link(event.from_lot, event.lot, event.quantity)
        return []

    def merge(self, event: LotMerged) -> list[OperationsEvent]:
        """Stock of a lot goes on as another; what a job order has claimed of it in the same instant stays where it was."""
        source = self.lots.get(event.from_lot)
        if source is None or source.material != event.material:
            return [WorkAlertRaised.about(event, "lot", f"nobody knows lot '{event.from_lot}' of '{event.material}'")]
        taken = min(event.quantity, source.on_hand - source.claimed)
        self._moves(event.effective_us, source, -taken, MERGED)
        self.genealogy.link(event.from_lot, event.lot, taken)
        is_new = event.lot not in self.lots
        concluded = self._came(event.effective_us, event.lot, event.material, taken, MERGED, source.place)
        if is_new:
            self.lots[event.lot].request = event.request
        return concluded

    def merge_in_process(self, event: LotMergedInProcess) -> list[OperationsEvent]:
        """A lot on the floor goes on as another; what went into it went into both."""
        source, into = self.lots.get(event.from_lot), self.lots.get(event.lot)
        there = (source.in_process if source.begun else source.to_begin) if source else 0
        if source is None or into is None or source.begun != into.begun or event.quantity != there:
            return [WorkAlertRaised.about(event, "lot", f"{event.quantity} of lot '{event.from_lot}' cannot go on as '{event.lot}'")]
        source.merged_out += event.quantity
        into.merged_in += event.quantity
        self.genealogy.link(event.from_lot, event.lot, event.quantity)
        return []

    def move(self, event: LotMoved | LotSetDown | MaterialIdentified) -> list[OperationsEvent]:
        """A lot was moved or set down, or was scanned at a piece of equipment."""
        lot = self.lots.get(event.lot)
        if lot is None and is_rework_of(event.lot, self.lots):
            return []  # pieces that are to be reworked may be scanned before it is known that they go back
        if lot is None:
            return [WorkAlertRaised.about(event, "lot", f"nobody knows lot '{event.lot}'")]
        lot.place = event.equipment if isinstance(event, MaterialIdentified) else event.place
        return []

    # What goes through

    def begin(self, at_us: int, lot_id: str, job_order: str) -> list[OperationsEvent]:
        """A lot is worked on for the first time: claim what its bill asks for, first in first out; what is missing is owed."""
        lot = self.lots.get(lot_id)
        if lot is None or lot.begun:
            return []
        lot.begun, lot.billed = True, lot.to_begin
        self._consumers[job_order] = lot_id
        consumed: list[OperationsEvent] = []
        for material, each, _, _ in self.issuing.begun(lot, at_us, self.available):
            self._owed[material][job_order] = needed(each, lot.billed)
            consumed += self._claim(at_us, material, job_order)
        return consumed

    def apply_actual(self, event: MaterialActual) -> list[OperationsEvent]:
        """Material of `event.lot` was consumed by a job order, produced or scrapped."""
        lot = self.lots.get(event.lot)
        match event.use:
            case MaterialUse.CONSUMED if lot:
                return self._consume(event, lot)
            case MaterialUse.PRODUCED if lot and lot.made_here:
                return self._produce(event, lot)
            case MaterialUse.SCRAPPED if lot and lot.in_process >= event.quantity:
                lot.scrapped += event.quantity
                return []
            case MaterialUse.SCRAPPED if lot:
                return self._goes(event, lot, event.quantity)[1]
            case MaterialUse.BY_PRODUCT | MaterialUse.CO_PRODUCT | MaterialUse.PRODUCED | MaterialUse.INVENTORIED:
                self._came_of(event)
                return self._came(event.effective_us, event.lot, event.material, event.quantity, event.use)
            case _:
                return [WorkAlertRaised.about(event, "lot", f"nobody knows lot '{event.lot}'")]

    def correct_actual(self, event: MaterialActualCorrected) -> list[OperationsEvent]:
        """More of a lot was made or lost than was told, or less: stock, or what is in process, is another."""
        lot = self.lots.get(event.lot)
        if lot is None:
            return [WorkAlertRaised.about(event, "lot", f"nobody knows lot '{event.lot}'")]
        if event.use == MaterialUse.SCRAPPED:
            lot.scrapped += event.quantity
            return []
        lot.produced += event.quantity
        return self._came(event.effective_us, lot.lot, lot.material, event.quantity, event.use, lot.place)

    def ship(self, event: GoodsShipped) -> list[OperationsEvent]:
        lot = self.lots.get(event.lot)
        if lot is None:
            return [WorkAlertRaised.about(event, "lot", f"lot '{event.lot}' was shipped, and nobody knows it")]
        self._shipped_on.setdefault(event.order, {})[event.lot] = None
        return self._goes(event, lot, event.quantity)[1]

    def record_test(self, event: TestResultRecorded) -> list[OperationsEvent]:
        lot = self.lots.get(event.lot)
        if lot is None:
            return [WorkAlertRaised.about(event, "lot", f"a test result for lot '{event.lot}', which nobody knows")]
        lot.tests.append(event)
        if event.passed:
            return []
        return [
            WorkAlertRaised.about(
                event, "quality", f"lot {event.lot}: {event.characteristic} is {event.value:g} {event.unit}".rstrip() + ": failed"
            )
        ]

    def dispose(self, event: LotDispositionChanged) -> list[OperationsEvent]:
        """A lot is held from now on, or free again: then those who wait for its material have it."""
        if event.disposition != "UnRestricted":
            self.restricted[event.lot] = event.reason
            return []
        if self.restricted.pop(event.lot, None) is not None:
            self.let_go_us[event.lot] = event.effective_us
        lot = self.lots.get(event.lot)
        return self._settle(event.effective_us, lot.material) if lot else []

    def backward(self, lot: str) -> list[Link]:
        """Every lot that went into `lot`; see `Genealogy.backward`."""
        return self.genealogy.backward(lot)

    def forward(self, lot: str) -> list[Link]:
        """Every lot that `lot` went into; see `Genealogy.forward`."""
        return self.genealogy.forward(lot)

    # Invariants

    def violations(self) -> list[str]:
        """Materials whose stock is not the sum of its movements, or is below zero or below what is claimed."""
        return unsummed(self._stock, self._moved, self._claimed)

    def audit(self) -> list[str]:
        """Lot by lot: in = out + scrap + in process; consumed = what the bill says; links agree with movements."""
        owed: Counter[str] = Counter({material: sum(by_job_order.values()) for material, by_job_order in self._owed.items()})
        for (_, lot_id), quantity in self._claims.items():
            owed[self.lots[lot_id].material] += quantity
        return unbalanced(self.lots, self.movements, self.genealogy, self.issuing.bill, owed)

    # Inside

    def _open(self, lot: str, material: str, quantity: int, at_us: int) -> Lot:
        self.lots[lot] = Lot(lot=lot, material=material, quantity=quantity, created_us=at_us)
        return self.lots[lot]

    def _came(self, at_us: int, lot_id: str, material: str, quantity: int, use: str, place: str = STOCK) -> list[OperationsEvent]:
        """Stock of a lot changed by `quantity`; what is owed to job orders that run already is consumed from it."""
        lot = self.lots.get(lot_id) or self._open(lot_id, material, quantity, at_us)
        lot.place = place
        self._moves(at_us, lot, quantity, use)
        return self._settle(at_us, material)

    def _settle(self, at_us: int, material: str) -> list[OperationsEvent]:
        """Let job orders that are owed a material have what is free of it."""
        return [it for job_order in list(self._owed[material]) for it in self._claim(at_us, material, job_order)]

    def _consume(self, event: MaterialActual, lot: Lot) -> list[OperationsEvent]:
        """Carry a claim out. If stock was counted down meanwhile, what is missing is owed again."""
        claimed = self._claims.pop((event.job_order, event.lot), 0)
        self._reserve(lot, -min(claimed, lot.claimed))
        taken, alerts = self._goes(event, lot, event.quantity)
        self.genealogy.link(event.lot, self.worked_on(event.job_order) or event.job_order, taken)
        if claimed > taken:
            owed = self._owed[event.material]
            owed[event.job_order] = owed.get(event.job_order, 0) + claimed - taken
        return alerts

    def _came_of(self, event: MaterialActual) -> None:
        """What a job order gave beside its lot (a by-product, a component that came back) is of what that lot is of."""
        worked_on = self.worked_on(event.job_order)
        if worked_on and worked_on != event.lot:
            self.genealogy.link(worked_on, event.lot, event.quantity, is_beside=True)

    def _produce(self, event: MaterialActual, lot: Lot) -> list[OperationsEvent]:
        """A lot in process becomes stock; never more than was in process, and somebody is told if more was reported."""
        quantity = min(event.quantity, lot.in_process)
        lot.produced += quantity
        concluded = self._came(event.effective_us, event.lot, event.material, quantity, event.use)
        if quantity < event.quantity:
            message = f"lot {lot.lot}: {event.quantity} produced, but only {quantity} were in process"
            concluded.append(WorkAlertRaised.about(event, "stock", message))
        return concluded

    def _goes(self, event: MaterialActual | GoodsShipped, lot: Lot, quantity: int) -> tuple[int, list[OperationsEvent]]:
        """Take stock out; never more than there is, and tell somebody if more was reported."""
        return self._out(event, lot, quantity, event.use if isinstance(event, MaterialActual) else "Shipped")

    def leaves(self, event: OperationsEvent, name: str, quantity: int, use: str) -> list[OperationsEvent]:
        """So much of a lot in stock goes out, for such a use."""
        lot = self.lots.get(name)
        if lot is None:
            return [WorkAlertRaised.about(event, "lot", f"nobody knows lot '{name}'")]
        return self._out(event, lot, quantity, use)[1]

    def _out(self, event: OperationsEvent, lot: Lot, quantity: int, use: str) -> tuple[int, list[OperationsEvent]]:
        taken = min(quantity, lot.on_hand)
        self._moves(event.effective_us, lot, -taken, use)
        if taken == quantity:
            return taken, []
        return taken, [WorkAlertRaised.about(event, "stock", f"lot {lot.lot}: {quantity} {use.lower()}, but only {taken} were on hand")]

    def _moves(self, at_us: int, lot: Lot, quantity: int, use: str) -> None:
        if not quantity:
            return
        lot.on_hand += quantity
        if lot.claimed > lot.on_hand:  # it was counted down below what is claimed: what is missing will be owed again
            self._reserve(lot, lot.on_hand - lot.claimed)
        self._moved[lot.material] += quantity
        self.movements.append(Movement(at_us=at_us, lot=lot.lot, material=lot.material, quantity=quantity, use=use))
        if lot.on_hand:
            self._stock[lot.material].setdefault(lot.lot, lot)
        else:
            self._stock[lot.material].pop(lot.lot, None)

    def _claim(self, at_us: int, material: str, job_order: str) -> list[OperationsEvent]:
        """Claim what `job_order` is owed from what is free, first in first out."""
        worked_on = self._consumers[job_order]
        request, instead_of = self.lots[worked_on].request, self.issuing.instead_of(worked_on, material)
        open_quantity, by_bill = self._owed[material][job_order], self.issuing.by_bill(worked_on)
        consumed: list[OperationsEvent] = []
        for lot in self.stock(material):
            quantity = 0 if lot.lot in self.restricted else min(lot.on_hand - lot.claimed, open_quantity)
            if quantity > 0:
                self._reserve(lot, quantity)
                open_quantity -= quantity
                self._claims[job_order, lot.lot] = self._claims.get((job_order, lot.lot), 0) + quantity
                consumed.append(
                    MaterialActual(
                        effective_us=at_us, request=request, job_order=job_order, lot=lot.lot,
                        use=MaterialUse.CONSUMED.value, material=material, quantity=quantity, instead_of=instead_of, by_bill=by_bill,
                    )
                )  # fmt: skip
        if open_quantity:
            self._owed[material][job_order] = open_quantity
        else:
            del self._owed[material][job_order]
        return consumed

    def _reserve(self, lot: Lot, quantity: int) -> None:
        lot.claimed += quantity
        self._claimed[lot.material] += quantity
