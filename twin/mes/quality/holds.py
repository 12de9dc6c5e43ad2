"""Holds: why a lot may neither go on nor ship. A lot is restricted as long as there is a reason."""

from __future__ import annotations

from twin.mes.tracking.tracking import Tracking
from twin.model.events import GoodsTakenBack, LotDispositionChanged, MaterialActual, OperationsEvent
from twin.model.states import MaterialUse

RESTRICTED, UNRESTRICTED = "Restricted", "UnRestricted"
"""B2MML Disposition."""
RETURN = "return"
"""What holds a lot that came back, until it is scrapped."""


class Holds:
    """Reasons by lot, in the order in which they came."""

    def __init__(self, tracking: Tracking) -> None:
        self._tracking = tracking
        self.reasons: dict[str, dict[str, str]] = {}  # lot -> what holds it -> in words
        self.since_us: dict[str, int] = {}
        self.disposition_us: dict[str, int] = {}  # of what persons hold: when it will be decided; 0: nobody has said

    def hold(self, event: OperationsEvent, lot: str, by: str, reason: str) -> list[OperationsEvent]:
        """A lot is held `by` something, for a reason that may change; it takes effect at once, and is told."""
        reasons = self.reasons.setdefault(lot, {})
        if reasons.get(by) == reason:
            return []
        reasons[by] = reason
        self.since_us[lot] = min(event.effective_us, self.since_us.get(lot, event.effective_us))
        self._tracking.restricted[lot] = self.why(lot)
        return [self._changed(event, lot, RESTRICTED, self.why(lot))]

    def let_go(self, event: OperationsEvent, lot: str, by: str, reason: str) -> list[OperationsEvent]:
        """One reason is gone; the lot is free if it was the last."""
        reasons = self.reasons.get(lot, {})
        if reasons.pop(by, None) is None:
            return []
        if reasons:
            return [self._changed(event, lot, RESTRICTED, self.why(lot))]
        del self.reasons[lot]
        self.since_us.pop(lot, None)
        self.disposition_us.pop(lot, None)
        return [self._changed(event, lot, UNRESTRICTED, reason)]

    def came_back(self, event: GoodsTakenBack) -> list[OperationsEvent]:
        """What customers give back is held until somebody has decided, or scrapped before anybody can have it."""
        words = f"came back on {event.order}" + (f": {event.reason}" if event.reason else "")
        if event.disposition == "inspect":
            return self.hold(event, event.lot, "person", f"{words}; to be inspected")
        if event.disposition != "scrap":
            return []
        actual = MaterialActual(
            effective_us=event.effective_us, lot=event.lot, use=MaterialUse.SCRAPPED.value, material=event.material, quantity=event.quantity
        )
        held = self.hold(event, event.lot, RETURN, f"{words}; to be scrapped")
        return [*held, actual, *self.let_go(event, event.lot, RETURN, f"{words}; scrapped")]

    def told(self, event: LotDispositionChanged) -> list[OperationsEvent]:
        """Another system holds a lot, or does not any more; what holds it here holds it still, and is told again."""
        reasons = self.reasons.setdefault(event.lot, {})
        if event.disposition == RESTRICTED:
            reasons[event.sender] = event.reason
            self.since_us.setdefault(event.lot, event.effective_us)
        else:
            reasons.pop(event.sender, None)
        if not reasons:
            del self.reasons[event.lot]
            self.since_us.pop(event.lot, None)
            return self._tracking.dispose(event)
        self._tracking.restricted[event.lot] = self.why(event.lot)
        return [] if reasons.keys() == {event.sender} else [self._changed(event, event.lot, RESTRICTED, self.why(event.lot))]

    def held_by(self, sender: str) -> set[str]:
        """Lots that another system holds."""
        return {lot for lot, reasons in self.reasons.items() if sender in reasons}

    def free_us(self, lot: str) -> int:
        """When a lot will be free as far as somebody has said so: nothing but persons hold it, and they decide then; 0: nobody has said."""
        return self.disposition_us.get(lot, 0) if self.reasons.get(lot, {}).keys() == {"person"} else 0

    def why(self, lot: str) -> str:
        """Why it is held, in words; "" if it is not."""
        return "; ".join(self.reasons.get(lot, {}).values())

    def _changed(self, event: OperationsEvent, lot: str, disposition: str, reason: str) -> LotDispositionChanged:
        known = self._tracking.lots.get(lot)
        material = known.material if known else getattr(event, "material", "")
        return LotDispositionChanged(
            effective_us=event.effective_us, request=known.request if known else "", lot=lot, person=event.person,
            disposition=disposition, material=material, reason=reason,
        )  # fmt: skip
