"""Tables of how work was done: process values, phases, steps that persons confirmed, prompts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from twin.model.states import WorkUnitState
from twin.results.frames import from_rows
from twin.results.run import Run

if TYPE_CHECKING:
    import pandas as pd

SETPOINT_COLUMNS = (
    "equipment", "parameter", "asked", "unit", "read_back", "standing", "reason", "job_order", "asked_at", "answered_at", "measured",
    "measured_at",
)  # fmt: skip
COMMAND_COLUMNS = ("equipment", "command", "phase", "mode", "person", "reason", "job_order", "asked_at", "standing", "why", "answered_at")
VALUE_COLUMNS = ("job_order", "parameter", "observed", "value", "unit", "level", "allowed", "was", "corrected_by", "reason")
STEP_COLUMNS = (
    "job_order",
    "step",
    "text",
    "is_confirmed",
    "value",
    "unit",
    "words",
    "person",
    "terminal",
    "confirmed",
    "verified_by",
    "before",
)
PHASE_COLUMNS = ("job_order", "phase", "state", "since")
PROMPT_COLUMNS = ("at", "prompt", "equipment", "job_order", "what", "why", "suggestion")


def process_values_table(run: Run) -> pd.DataFrame:
    """Every process value that a procedure keeps to, with what it asked for; where it was told wrong, what it was, who says so and why."""
    recipes, rows = run.mes.process.recipes, []
    said = {(it.job_order, it.property, it.observed_us, it.value): it for it in run.mes.process.corrections.taken}
    for (job_order, name), values in run.mes.process.values.items():
        asked = next(it.parameters[name] for it in recipes.of_job_orders(job_order).values() if name in it.parameters)
        rows += [
            {
                "job_order": job_order, "parameter": name, "observed": at_us, "value": value, "unit": asked.unit,
                "level": asked.level(value), "allowed": asked.asked("warn"), "was": again.was if again else None,
                "corrected_by": again.person if again else "", "reason": again.reason if again else "",
            }
            for at_us, value in values
            for again in [said.get((job_order, name, at_us, value))]
        ]  # fmt: skip
    return from_rows(rows, VALUE_COLUMNS, ("observed",))


@dataclass(frozen=True, slots=True, kw_only=True)
class SetpointSeen:
    """A parameter that can be written to a piece of equipment: what was asked for last, what its controller has, what is measured."""

    equipment: str
    parameter: str
    asked: float | None  # None: nobody has asked for anything yet
    unit: str
    read_back: float | None  # None: nothing was read
    standing: str  # asked for, confirmed, refused; "" if nobody has asked
    reason: str
    job_order: str
    asked_us: int
    answered_us: int
    measured: float | None  # of that job order, last
    measured_us: int


def setpoints_now(run: Run) -> list[SetpointSeen]:
    """Every parameter of which a target can be written, by equipment as declared. Called with the run's lock."""
    now, values = run.mes.setpoints.now, run.mes.process.values
    found = []
    for equipment, parameters in run.mes.setpoints.writable.items():
        for name in parameters:
            it = now.get((equipment, name))
            observed = values.get((it.job_order, name), ()) if it else ()
            at_us, value = observed[-1] if observed else (-1, None)
            found.append(
                SetpointSeen(
                    equipment=equipment, parameter=name, asked=it.value if it else None, unit=it.unit if it else "",
                    read_back=it.read_back if it else None, standing=it.standing if it else "", reason=it.reason if it else "",
                    job_order=it.job_order if it else "", asked_us=it.asked_us if it else -1, answered_us=it.answered_us if it else -1,
                    measured=value, measured_us=at_us,
                )
            )  # fmt: skip
    return found


def setpoints_table(run: Run) -> pd.DataFrame:
    """`setpoints_now` as a table."""
    rows = [
        {
            "equipment": it.equipment, "parameter": it.parameter, "asked": it.asked, "unit": it.unit, "read_back": it.read_back,
            "standing": it.standing, "reason": it.reason, "job_order": it.job_order, "asked_at": _known(it.asked_us),
            "answered_at": _known(it.answered_us), "measured": it.measured, "measured_at": _known(it.measured_us),
        }
        for it in setpoints_now(run)
    ]  # fmt: skip
    return from_rows(rows, SETPOINT_COLUMNS, ("asked_at", "answered_at", "measured_at"))


def unit_commands_table(run: Run) -> pd.DataFrame:
    """Every command that was asked of a controller: by whom and why, and what came of it; the newest last."""
    rows = [
        {
            "equipment": it.equipment, "command": it.command, "phase": it.phase, "mode": it.mode or None, "person": it.person,
            "reason": it.reason,
            "job_order": it.job_order, "asked_at": it.asked_us, "standing": it.standing, "why": it.why,
            "answered_at": _known(it.answered_us),
        }
        for it in run.mes.unit_commands.asked
    ]  # fmt: skip
    return from_rows(rows, COMMAND_COLUMNS, ("asked_at", "answered_at"))


def _known(at_us: int) -> int | None:
    return at_us if at_us >= 0 else None


def steps_table(run: Run, job_order: str) -> pd.DataFrame:
    """The guided steps of a job order in their order, with who confirmed them; `before`: what was said of them before, and corrected.

    Raises
    ------
    ValueError : no such job order
    """
    job = run.mes.execution.job_orders.get(job_order)
    if job is None:
        raise ValueError(f"nobody released job order '{job_order}'")
    steps, rows = run.mes.process.steps, []
    for name, step in steps.steps_of(job).items():
        done, said = steps.done(job).get(name), [it for it in steps.history.get(job_order, ()) if it.step == name]
        corrected = [f"{was.said} ({was.person}); {it.person}: {it.reason}" for was, it in pairwise(said) if it.reason]
        rows.append(
            {
                "job_order": job_order, "step": name, "text": step.text, "is_confirmed": done is not None,
                "value": done.value if done else None, "unit": step.unit, "words": done.words if done else "",
                "person": done.person if done else "", "terminal": done.terminal if done else "", "confirmed": done.at_us if done else None,
                "verified_by": done.verified_by if done else "",
                "before": "; ".join(corrected),
            }
        )  # fmt: skip
    return from_rows(rows, STEP_COLUMNS, ("confirmed",))


def phases_table(run: Run, job_order: str) -> pd.DataFrame:
    """What states the phases of a job order entered, in their order."""
    rows = [
        {"job_order": job_order, "phase": phase, "state": WorkUnitState(state).label, "since": at_us}
        for at_us, phase, state in run.mes.process.phases.history.get(job_order, ())
    ]
    return from_rows(rows, PHASE_COLUMNS, ("since",))


def prompts_table(run: Run) -> pd.DataFrame:
    """What somebody was prompted to change, why, and how; the newest last."""
    rows = [
        {
            "at": it.effective_us, "prompt": it.prompt, "equipment": it.equipment, "job_order": it.job_order, "what": it.what,
            "why": it.why, "suggestion": it.suggestion,
        }
        for it in run.mes.process.prompts
    ]  # fmt: skip
    return from_rows(rows, PROMPT_COLUMNS, ("at",))
