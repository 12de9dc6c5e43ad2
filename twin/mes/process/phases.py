"""Phases of procedures (ISA-88) on the state machine that work units have: what may follow what, and how far a procedure is."""

from __future__ import annotations

from collections.abc import Mapping

from twin.mes.equipment import HELD_STATES, WORKING_STATES, is_legal_report
from twin.mes.execution import ACTIVE, JobOrder
from twin.mes.process.recipes import Recipes
from twin.model.events import PhaseReported, PhaseStateChanged
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.procedures import Recipe
from twin.model.states import WorkUnitState as S

_AHEAD = (S.IDLE, S.COMPLETE)
"""A phase that has not begun, or is done with."""


CHANGES = {"begin": (S.IDLE, S.EXECUTE), "hold": (S.EXECUTE, S.HELD), "resume": (S.HELD, S.EXECUTE), "end": (S.EXECUTE, S.COMPLETE)}
"""What a person may say of a phase: in which state of it, and which it enters."""


class Phases:
    """States of all phases, by job order and path."""

    def __init__(self, recipes: Recipes) -> None:
        self._recipes = recipes
        self._by_controllers: set[str] = set()  # job orders of which a controller has told phases
        self._of_persons: set[tuple[str, str, int, int]] = set()  # changes that follow from what persons have said, until they come
        self.states: dict[str, dict[str, int]] = {}  # by job order, by path
        self.history: dict[str, list[tuple[int, str, int]]] = {}  # by job order: (when, path, state)

    def take(self, event: PhaseStateChanged, job: JobOrder) -> str:
        """Enter a state as the floor says it; what is wrong with that, in words, or "". It is kept even so, as states of equipment are."""
        procedure = next((it for it in self._covering(job) if event.phase in it.phases), None)
        if procedure is None:
            return self.unknown(job, event.phase)
        if event.state not in list(S):
            return f"phase {event.phase} of {job.job_order} reports state {event.state}, which no phase has"
        states = self.states.setdefault(job.job_order, {})
        before, after = S(states.get(event.phase, S.IDLE)), S(event.state)
        states[event.phase] = event.state
        if (said := _change(event)) in self._of_persons:
            self._of_persons.remove(said)
        else:  # though it may name who stands there
            self._by_controllers.add(job.job_order)
        self.history.setdefault(job.job_order, []).append((event.effective_us, event.phase, event.state))
        if not is_legal_report(before, after):
            return f"phase {event.phase} of {job.job_order} went from {before.label} to {after.label}, which no phase may"
        undone = self._undone_before(procedure, event.phase, states) if before in _AHEAD and after in WORKING_STATES else []
        return f"phase {event.phase} of {job.job_order} began before {listed(undone)} was complete" if undone else ""

    def said_by_person(self, event: PhaseStateChanged) -> PhaseStateChanged:
        """What a person's words change; it comes back as a fact, like those of controllers."""
        self._of_persons.add(_change(event))
        return event

    def changes_of(self, job: JobOrder) -> list[tuple[str, str]]:
        """What a person may say of the phases of a job order that is under way, as (phase, change)."""
        if job.status not in ACTIVE or job.job_order in self._by_controllers:
            return []
        states = self.states.get(job.job_order, {})
        return [
            (path, change)
            for it in self._covering(job)
            for path in it.phases
            for change, (before, _) in CHANGES.items()
            if states.get(path, S.IDLE) == before and not (change == "begin" and self._undone_before(it, path, states))
        ]

    def doubt(self, event: PhaseReported, job: JobOrder | None) -> str:
        """Why a person may not say this of a phase, in words; "" if it may be."""
        if job is None:
            return f"nobody released job order '{event.job_order}'"
        procedure = next((it for it in self._covering(job) if event.phase in it.phases), None)
        if procedure is None:
            return self.unknown(job, event.phase)
        if event.change not in CHANGES:
            return f"'{event.change}' is nothing that a phase does{did_you_mean(event.change, CHANGES)}; allowed: {listed(CHANGES)}"
        if job.job_order in self._by_controllers:
            return f"the controller of {job.equipment} says the phases of {job.job_order}; allowed: where none does"
        if job.status not in ACTIVE:
            return f"job order {job.job_order} is {job.status}; allowed: while it is under way"
        states = self.states.get(job.job_order, {})
        state, (before, _) = S(states.get(event.phase, S.IDLE)), CHANGES[event.change]
        if state != before:
            can = [change for change, (from_state, _) in CHANGES.items() if from_state == state]
            return f"phase {event.phase} of {job.job_order} is {state.label}; allowed: {listed(can) if can else 'nothing, it is over'}"
        if event.change == "begin" and (undone := self._undone_before(procedure, event.phase, states)):
            return f"phase {event.phase} of {job.job_order} comes after {listed(undone)}; allowed: once that is complete"
        return "" if event.change != "hold" or event.reason.strip() else "it needs a reason: why the phase is held"

    def paths_of(self, job: JobOrder) -> list[str]:
        """Paths of the phases of a job order, in their order."""
        return [path for it in self._covering(job) for path in it.phases]

    def state(self, job_order: str, phase: str) -> S:
        """The state of one phase."""
        return S(self.states.get(job_order, {}).get(phase, S.IDLE))

    def undone_before(self, job: JobOrder, phase: str) -> list[str]:
        """The phases before one in its unit procedure that are not complete."""
        procedure = next(it for it in self._covering(job) if phase in it.phases)
        return self._undone_before(procedure, phase, self.states.get(job.job_order, {}))

    def unknown(self, job: JobOrder, phase: str) -> str:
        """That a job order has no such phase, in words; "" if it has."""
        known = self.paths_of(job)
        allowed = listed(known) if known else "none: no procedure of it has phases"
        return "" if phase in known else f"{job.job_order} has no phase '{phase}'{did_you_mean(phase, known)}; allowed: {allowed}"

    def is_working(self, job_order: str, phase: str) -> bool:
        """Whether a phase is under way."""
        return self.states.get(job_order, {}).get(phase, S.IDLE) in WORKING_STATES

    def state_of(self, job_order: str, within: str) -> S:
        """The state of a unit procedure ("furnace"), an operation ("furnace/carburise") or a phase, from those of its phases."""
        states = self.states.get(job_order, {})
        asked = self._recipes.of_job_orders(job_order).values()
        paths = [path for it in asked for path in it.phases if path == within or path.startswith(f"{within}/")]
        found = [S(states.get(path, S.IDLE)) for path in paths]
        if not found or all(state == found[0] for state in found):
            return found[0] if found else S.UNKNOWN
        held = next((state for state in found if state in HELD_STATES or state == S.ABORTED), None)
        return held or next((state for state in found if state not in _AHEAD), S.EXECUTE)

    def _covering(self, job: JobOrder) -> list[Recipe]:
        return [*self._recipes.of(job).values()]

    @staticmethod
    def _undone_before(procedure: Recipe, phase: str, states: Mapping[str, int]) -> list[str]:
        unit = phase.split("/")[0]
        paths = list(procedure.phases_of(unit))
        return [path for path in paths[: paths.index(phase)] if states.get(path, S.IDLE) != S.COMPLETE]


def _change(event: PhaseStateChanged) -> tuple[str, str, int, int]:
    return event.job_order, event.phase, event.state, event.effective_us
