"""What can have been taken apart: no more than a request has made, and no more out of it than went into it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil, floor

from twin.erp.requests import Request
from twin.model import events as e
from twin.model.materials import MaterialDefinition, unit_bill
from twin.model.problems import listed

Recovered = tuple[tuple[str, str, int], ...]


class TakenApart:
    """Who has made each lot, what of it was taken apart, and what came of that."""

    def __init__(self, materials: Mapping[str, MaterialDefinition], requests: Mapping[str, Request]) -> None:
        self._materials = materials
        self._requests = requests
        self._makers: dict[tuple[str, str], tuple[str, ...]] = {}  # requests by material and lot
        self.apart: Counter[str] = Counter()  # quantity by request
        self._recovered: Counter[tuple[str, str]] = Counter()  # quantity by request and material
        self._promised: Counter[tuple[str, str, int]] = Counter()  # by request, lot and quantity: how often it was said and is not booked

    def made(self, event: e.MaterialActual, request: str) -> None:
        """A lot, or more of it, came out of a request."""
        self._add(event.material, event.lot, (request,))

    def merge(self, event: e.LotMerged) -> None:
        """What went into another lot was made by those who have made the one it came from."""
        self._add(event.material, event.lot, self._makers.get((event.material, event.from_lot), ()))

    def _add(self, material: str, lot: str, requests: tuple[str, ...]) -> None:
        known = self._makers.get((material, lot), ())
        if new := tuple(it for it in requests if it not in known):
            self._makers[material, lot] = known + new

    def promise(self, event: e.ProductUnbuilt) -> None:
        """Somebody has said it, and was not refused: what else is said at that instant finds so much less to take apart."""
        self._note(event)
        self._promised[event.request, event.lot, event.quantity] += 1

    def book(self, event: e.ProductUnbuilt) -> str:
        """It was taken apart; why it cannot have been, in words, if nobody has promised it."""
        if self._promised[said := (event.request, event.lot, event.quantity)]:
            self._promised -= Counter([said])  # and those of which none are left are forgotten
            return ""
        if words := self.doubt(event.request, event.material, event.quantity) or self.too_much(event):
            return words
        self._note(event)
        return ""

    def promised(self, lot: str) -> int:
        """How much of a lot was said to be taken apart, and is not booked yet."""
        return sum(quantity * times for (_, of, quantity), times in self._promised.items() if of == lot)

    def _note(self, event: e.ProductUnbuilt) -> None:
        self.apart[event.request] += event.quantity
        for material, _, quantity in event.recovered:
            self._recovered[event.request, material] += quantity

    # What is wrong, in words; "" if nothing is

    def doubt(self, request: str, material: str, quantity: int) -> str:
        """That a request has not made so much of a material."""
        it, apart = self._requests.get(request), self.apart[request]
        if it is None or it.material != material:
            return f"'{request}' has made no '{material}'; allowed: a request that has"
        most = it.produced - apart
        return f"'{request}' has made {it.produced}, of which {apart} were taken apart; allowed: {most} at most" if quantity > most else ""

    def strange_lot(self, request: str, material: str, lot: str) -> str:
        """That a lot is not one of the request."""
        if request in self._makers.get((material, lot), ()):
            return ""
        own = [name for (of, name), makers in self._makers.items() if of == material and request in makers]
        return f"lot '{lot}' of '{material}' was not made by '{request}'; allowed: {listed(own)}"

    def malformed(self, recovered: object) -> str:
        """That what came of it is not said as rows of material, lot and quantity."""
        rows = recovered if isinstance(recovered, tuple | list) else (recovered,)
        strange = [it for it in rows if not _is_row(it)]
        return f"recovered is {strange[0]!r}; allowed: [[material, lot, 1], ...], with a quantity of 1 or more" if strange else ""

    def too_much(self, event: e.ProductUnbuilt | e.UnbuildEntered) -> str:
        """That more came of it than the request was issued for each piece that was taken apart, or it is not said in rows."""
        if doubt := self.malformed(event.recovered):
            return doubt
        wanted: Counter[str] = Counter()
        for material, _, quantity in event.recovered:
            wanted[material] += quantity
        for material, quantity in wanted.items():
            most = self.most(event.request, material, event.quantity)
            if quantity > most:
                issued = (
                    f"'{event.request}' was issued {self._issued(event.request, material)} for {ceil(self._begun(event.request, material))}"
                )
                return f"{quantity} of '{material}' out of {event.quantity}, where {issued}; allowed: {most} at most"
        return ""

    def most(self, request: str, material: str, quantity: int) -> int:
        """How much of a material can come of `quantity` more taken apart: their share of all units it went into; 0 if that is none."""
        begun = self._begun(request, material)
        share = floor(self._issued(request, material) * (self.apart[request] + quantity) / begun) if begun else 0
        return max(0, share - self._recovered[request, material])

    def _begun(self, request: str, material: str) -> Fraction:
        """Units that a material went into: made or lost, and while the request is open those in process, by what was issued for them.

        What is in no bill went into as many as any component of the bill.
        """
        it = self._requests[request]
        out = Fraction(it.produced + it.scrapped)
        if it.closed_us is not None:
            return out
        bill = unit_bill(self._materials, it.material)
        begun = {name: self._issued(request, name) / Fraction(each) for name, each in bill.items()}
        went_into = [begun[material]] if material in begun else [*begun.values()]
        return max(out, *went_into) if went_into else out

    def _issued(self, request: str, material: str) -> int:
        """What went into a request, with what was in its work in process when that was counted."""
        it = self._requests[request]
        found = it.found * unit_bill(self._materials, it.material).get(material, 0)
        return max(0, it.taken[material] + int(found))

    # What its bill says

    def by_bill(self, event: e.UnbuildEntered) -> Recovered:
        """What comes of it if nothing is said: what its bill says in whole pieces, as far as it was issued."""
        return tuple(self._by_bill(event))

    def nothing(self, event: e.UnbuildEntered) -> str:
        """That by its bill nothing whole comes of it, or nothing that its request was issued."""
        if self.by_bill(event):
            return ""
        material = self._requests[event.request].material
        most = max(unit_bill(self._materials, material).values(), default=0)
        more = f"{ceil(1 / Fraction(most))} or more, or " if 0 < most * event.quantity < 1 else ""
        words = f"nothing whole that '{event.request}' was issued comes of {event.quantity} '{material}' by its bill"
        return f"{words}; allowed: {more}recovered, as [[material, lot, 1], ...]"

    def _by_bill(self, event: e.UnbuildEntered) -> Iterator[tuple[str, str, int]]:
        material = self._requests[event.request].material
        for component, each in unit_bill(self._materials, material).items():
            whole = int(each * event.quantity)
            if quantity := min(whole, self.most(event.request, component, event.quantity)):
                yield component, f"{event.lot}-{component}-apart", quantity


def _is_row(row: object) -> bool:
    if not isinstance(row, tuple | list) or len(row) != 3:
        return False
    material, lot, quantity = row
    return isinstance(material, str) and isinstance(lot, str) and type(quantity) is int and quantity > 0
