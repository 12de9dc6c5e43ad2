"""What a run says of what has to be there before work starts: `run.documents`, `run.documents_of(...)` and their like."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, cast

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

T = TypeVar("T")


class ReadinessOfRun:
    """The part of a run that shows documents, procedures, resources and queues: tidy tables, of the run as far as it has come."""

    lock: threading.RLock

    @property
    def documents(self) -> pd.DataFrame:
        """Every revision of every document: from when to when, whether it is valid now, who released and who acknowledged it."""
        from twin.results.readiness.tables import documents_table

        return self._see(documents_table)

    def documents_of(self, job_order: str | None = None) -> pd.DataFrame:
        """What was valid when a job order (left out: each) began, or went on under another revision: kept with it, whatever comes later.

        Raises
        ------
        ValueError : no such job order
        """
        from twin.results.readiness.tables import in_force_table

        return self._see(lambda run: in_force_table(run, job_order))

    @property
    def process_values(self) -> pd.DataFrame:
        """Process values that a procedure keeps to: what was observed of which job order, and whether it was within its limits."""
        from twin.results.readiness.process_tables import process_values_table

        return self._see(process_values_table)

    @property
    def setpoints(self) -> pd.DataFrame:
        """Every parameter that can be written to a machine: what was asked for last, what was read back, and what is measured."""
        from twin.results.readiness.process_tables import setpoints_table

        return self._see(setpoints_table)

    @property
    def unit_commands(self) -> pd.DataFrame:
        """Every command that was asked of a controller: by whom and why, and what came of it."""
        from twin.results.readiness.process_tables import unit_commands_table

        return self._see(unit_commands_table)

    @property
    def prompts(self) -> pd.DataFrame:
        """What somebody was prompted to change, why, and how."""
        from twin.results.readiness.process_tables import prompts_table

        return self._see(prompts_table)

    def steps_of(self, job_order: str) -> pd.DataFrame:
        """The guided steps of a job order, with who confirmed them where and when, and with what.

        Raises
        ------
        ValueError : no such job order
        """
        from twin.results.readiness.process_tables import steps_table

        return self._see(lambda run: steps_table(run, job_order))

    def phases_of(self, job_order: str) -> pd.DataFrame:
        """The states that the phases (ISA-88) of a job order entered."""
        from twin.results.readiness.process_tables import phases_table

        return self._see(lambda run: phases_table(run, job_order))

    @property
    def resources(self) -> pd.DataFrame:
        """Every work unit, person, tool and lot at this moment: its state, where it is, with what, and whether it is free."""
        from twin.results.readiness.resource_tables import resources_table

        return self._see(resources_table)

    def resource_states(self, kind: str = "person", from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """What every "person", "tool" or "gauge" did from one instant to the next (left out: all of the run); of each it tiles time.

        Persons work on job orders, do what is indirect, maintain, are on break, free or off shift; tools are in use, reserved, worn out,
        mounted or in store; gauges are calibrated, overdue, or have failed. `at`: equipment; `why`: activity, shift or maintenance.

        Raises
        ------
        ValueError : no such kind
        """
        from twin.results.resources.resource_states import resource_states_table

        def table(run: Run) -> pd.DataFrame:
            start_us = run.scenario.start_us if from_us is None else from_us
            return resource_states_table(run, kind, start_us, run.now_us if to_us is None else to_us)

        return self._see(table)

    def queue(self, work_center: str) -> pd.DataFrame:
        """What waits at a work center: its rank and the reason for it, and what keeps it from its start.

        Raises
        ------
        ValueError : no such work center
        """
        from twin.results.readiness.resource_tables import queue_table

        return self._see(lambda run: queue_table(run, work_center))

    @property
    def reserved_resources(self) -> pd.DataFrame:
        """What is, or was, promised ahead to a job order or kept for a while: persons, tools, work units and lines."""
        from twin.results.readiness.resource_tables import reservations_table

        return self._see(reservations_table)

    def free_persons(self, personnel_class: str) -> list[str]:
        """Who is qualified, at work and free now, in declared order.

        Raises
        ------
        ValueError : no such personnel class
        """
        from twin.results.readiness.resource_tables import free_persons

        return self._see(lambda run: free_persons(run, personnel_class))

    def _see(self, table: Callable[[Run], T]) -> T:
        with self.lock:
            return table(cast("Run", self))
