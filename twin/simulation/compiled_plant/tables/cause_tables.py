"""Why equipment stands still, laid out: failure modes, the disturbances of the scenario, planned maintenance."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from twin.kernels.chance.philox import entity_number
from twin.kernels.floor.rows import plant_rows as at
from twin.model.calendars import days_apart
from twin.model.floor.maintenance import EveryDays, Maintenance
from twin.model.plant import Failure, Station, WorkUnit
from twin.model.scenario import Disturbance, Scenario
from twin.simulation.compiled_plant.layout import signed

if TYPE_CHECKING:
    from twin.simulation.compiled_plant.laying_out import LayingOut

_BY = {"every": at.BY_DATES, "after_pieces": at.BY_PIECES, "after_lots": at.BY_LOTS, "after_busy": at.BY_WORK}


class Causes:
    """Rows of causes, in the declared order of equipment, then of what can happen to it."""

    def __init__(self, laying: LayingOut, scenario: Scenario, crews: dict[str, int], end_us: int) -> None:
        self._laying, self._scenario, self._crews, self._end_us = laying, scenario, crews, end_us
        self.rows: list[list[int]] = []

    def lay(self, name: str, declared: WorkUnit | Station | None) -> None:
        """All that can happen to one piece of equipment; its row says where that stands."""
        row, first = self._laying.equipment[name], len(self.rows)
        for mode, failure in enumerate(self._laying.failures.get(name, [])):
            self._add(row, name, failure.reason, failure.crew, self._failure(failure, mode))
        for disturbance in self._scenario.disturbances:
            if disturbance.equipment == name:
                self._add(row, name, disturbance.reason, None, _planned_stop(disturbance))
        maintenance = declared.maintenance if isinstance(declared, WorkUnit) else []
        for one in maintenance:
            self._add(row, name, one.reason, one.crew, self._maintenance(one))
        self._laying.put(row, {at.CAUSE_FIRST: first, at.CAUSES: len(self.rows) - first, at.HAS_UPKEEP: int(bool(maintenance))})

    def _add(self, row: int, name: str, reason: str, crew: str | None, more: dict[int, int]) -> None:
        fields = {
            at.EQUIPMENT: row, at.CAUSE_REASON: self._laying.words.reason(reason), at.CREW: self._crews[crew] if crew else -1,
            at.CAUSE_ENTITY: signed(entity_number(f"{name}/{reason}")), **more,
        }  # fmt: skip
        self.rows.append([fields.get(field, 0) for field in range(at.CAUSE_ROW)])

    def _failure(self, failure: Failure, mode: int) -> dict[int, int]:
        return {
            at.WEARS: int(failure.clock == "busy"), at.CAUSE_MODE: mode, at.KEEPS_APART: int(failure.apart_from_maintenance),
            at.GOOD_DISTRIBUTION: self._laying.distribution(failure.time_to_failure),
            at.REPAIR_DISTRIBUTION: self._laying.distribution(failure.repair),
        }  # fmt: skip

    def _maintenance(self, one: Maintenance) -> dict[int, int]:
        limit, dates_at, every = one.after_pieces or one.after_lots or one.after_busy or 0, 0, one.every
        if every:
            dates = dates_of(every, self._scenario.start_us, self._end_us, self._laying.declared.layout.time_zone)
            limit, dates_at = len(dates), self._laying.in_plan(dates)
        return {
            at.UPKEEP_BY: _BY[one.triggers[0]], at.UPKEEP_LIMIT: limit, at.UPKEEP_DATES: dates_at, at.UPKEEP_DONE: one.counted_before,
            at.REPAIR_DISTRIBUTION: self._laying.distribution(one.lasts),
        }  # fmt: skip


def dates_of(every: EveryDays, start_us: int, end_us: int, time_zone: str) -> list[int]:
    """Instants at which maintenance is due, up to the end."""
    return list(takewhile(lambda date_us: date_us < end_us, days_apart(every.days, every.at, start_us, time_zone, every.first_day)))


def _planned_stop(disturbance: Disturbance) -> dict[int, int]:
    return {at.IS_PLANNED: 1, at.GOOD_DISTRIBUTION: disturbance.at, at.REPAIR_DISTRIBUTION: disturbance.lasts}
