"""Who works here and what he costs, as it becomes otherwise while the plant runs. A `Function` of the ERP.

Wages are paid for who is there: of who joins or leaves from then on, at another rate or by another calendar from then on, in whatever order
that becomes known.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from twin.erp.changing.plants import learn_rates
from twin.erp.functions import Rule
from twin.model.events import Heartbeat, JournalPosted, LateJournalPosted, OperationsEvent
from twin.model.personnel.presence import Changed
from twin.model.personnel.staff import STAFF, StaffEntry, Staffing

if TYPE_CHECKING:
    from twin.erp.erp import Erp


class People:
    """The same staff as the MES has, from the same entries; what makes no sense the MES refuses in words."""

    def __init__(self, erp: Erp) -> None:
        self._erp, self._staffing = erp, Staffing(erp.plant.layout)
        self.rules: dict[type[OperationsEvent], Rule] = {
            **dict.fromkeys(STAFF, self._take), Heartbeat: self._time_passes, JournalPosted: self._book, LateJournalPosted: self._book,
        }  # fmt: skip

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Nothing."""
        return []

    def violations(self) -> list[str]:
        """None: the books are those of the ledger."""
        return []

    def _take(self, event: StaffEntry) -> list[OperationsEvent]:
        return [] if self._staffing.doubt(event) else self._follow(self._staffing.take(event))

    def _time_passes(self, event: Heartbeat) -> list[OperationsEvent]:
        return self._follow(self._staffing.due(event.effective_us)) if self._staffing.coming else []

    def _book(self, event: JournalPosted) -> list[OperationsEvent]:
        if event.document == "wages":
            self._erp.capacity.booked(dict(event.legs).get("wages", 0))
        return []

    def _follow(self, changed: Iterable[Changed]) -> list[OperationsEvent]:
        """What is due up to the instant from which somebody is otherwise was worked by who was there before."""
        for it in changed:
            self._erp.capacity.learn_person(it.person, it.at_us, self._staffing.since(it.person, it.at_us))
            if it.costs:
                learn_rates(self._erp, self._erp.plant)
        return []
