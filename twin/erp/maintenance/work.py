"""Work of persons for maintenance, booked as it becomes known.

| document         | debit              | credit          | amount                    |
|------------------|--------------------|-----------------|---------------------------|
| maintenance work | maintenance labour | labour absorbed | hours * rate of the person |
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any

from twin.erp.accounting.postings import Postings
from twin.erp.alerts import alert
from twin.model.events import MaintenanceWorked, OperationsEvent
from twin.model.measures import US_PER_H
from twin.model.plant import Person

ACCOUNT = "maintenance_labour"


class MaintenanceWork:
    """Cost of work by maintenance order, in minor units; `rules` is what it listens to."""

    def __init__(self, persons: Mapping[str, Person], book: Postings) -> None:
        self.persons, self._book = persons, book
        self.cost_minor: dict[str, int] = {}
        self.rules: dict[type[OperationsEvent], Callable[[Any], list[OperationsEvent]]] = {MaintenanceWorked: self._work}

    def _work(self, event: MaintenanceWorked) -> list[OperationsEvent]:
        person = self.persons.get(event.person)
        if person is None:
            return alert(event, "unknown_person", f"work of '{event.person}' at maintenance '{event.maintenance}': no such person")
        exact = Fraction(event.work_us * person.hourly_cost, US_PER_H)
        cost = self._book.accruals.step((event.maintenance, ACCOUNT), exact)
        self.cost_minor[event.maintenance] = self.cost_minor.get(event.maintenance, 0) + cost
        return [*self._book.entries.entry(event, "maintenance work", ((ACCOUNT, cost), ("labour_absorbed", -cost)))]
