"""Perpetual work in progress: what every request has cost so far, by element, as it happens."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from twin.erp.accounting.rounding import Accruals
from twin.model.states import WorkUnitState

Element = Literal["material", "labour", "machine", "energy", "overhead", "service", "produced", "scrap"]
COST_ELEMENTS: tuple[Element, ...] = ("material", "labour", "machine", "energy", "overhead", "service")
WORKING_STATES = frozenset(
    {
        WorkUnitState.STARTING,
        WorkUnitState.RESETTING,
        WorkUnitState.EXECUTE,
        WorkUnitState.UNHOLDING,
        WorkUnitState.UNSUSPENDING,
        WorkUnitState.COMPLETING,
    }
)
"""States that give a job order set-up or run time (ISO 22400)."""


@dataclass(slots=True, kw_only=True)
class RunningWork:
    """What is going on at a piece of equipment now and not yet booked."""

    since_us: int
    job_orders: tuple[str, ...]
    persons: tuple[str, ...]


class WorkInProgress:
    """Cost taken in and value given out by each request. Open: the difference is its WIP; closed: its production variance."""

    def __init__(self) -> None:
        self.accruals = Accruals()
        self.closed: set[str] = set()
        self.actual: set[str] = set()  # requests whose output is worth what they have cost
        self.began_at_cost: set[str] = set()  # the same, also once their product has another method
        self.borne: dict[str, dict[str, Fraction]] = {}  # by request: of each overhead, without what is a cost of quality
        self.material_price: dict[str, Fraction] = {}  # what material at actual cost was dearer than its standard
        self.labour_us: dict[str, int] = {}
        self.scrapped: dict[str, dict[str | None, int]] = {}  # quantity by request and operation
        self.running: dict[str, RunningWork] = {}  # by equipment
        self.charges: Counter[str] = Counter()  # how often a cost, or value, of each request has changed

    def add(self, request: str, element: Element, amount: Fraction) -> int:
        """Take a cost into the request, or value out of it; the whole minor units to post."""
        return self.add_of(request, element, amount.numerator, amount.denominator)

    def add_of(self, request: str, element: Element, numerator: int, denominator: int) -> int:
        """`add` of a `Ratio`."""
        self.charges[request] += 1
        return self.accruals.step_of((request, element), numerator, denominator)

    def bear(self, request: str, shares: Mapping[str, Fraction], sign: int = 1) -> None:
        """The request bears so much of each overhead, or (-1) so much less."""
        borne = self.borne.setdefault(request, {})
        for overhead, share in shares.items():
            borne[overhead] = borne.get(overhead, Fraction(0)) + sign * share

    def element_minor(self, request: str, element: Element) -> int:
        return self.accruals.total_minor((request, element))

    def difference_minor(self, request: str) -> int:
        """Taken in minus given out."""
        of = self.accruals.total_minor
        taken_in = of((request, "material")) + of((request, "labour")) + of((request, "machine"))
        taken_in += of((request, "energy")) + of((request, "overhead")) + of((request, "service"))
        return taken_in - of((request, "produced")) - of((request, "scrap"))

    def balance_minor(self, request: str) -> int:
        """What stands on the WIP account for the request; 0 once it is closed."""
        return 0 if request in self.closed else self.difference_minor(request)

    def variance_minor(self, request: str) -> int:
        """What it has cost more (> 0) or less than its output is booked at; 0 while it is open."""
        return self.difference_minor(request) if request in self.closed else 0

    def account(self, request: str) -> str:
        """Where the request's costs go: a late actual of a closed request is part of its variance."""
        return "production_variance" if request in self.closed and request not in self.actual else "work_in_progress"
