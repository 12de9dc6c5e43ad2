"""The form by which a person commands a machine, on its terminal and on the supervisor page, and what came of the last commands."""

from __future__ import annotations

from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.words import equipment_title, person_titles
from twin.mes.packml.unit_commands import UnitCommandNow
from twin.model.upkeep.transitions import SET_UNIT_MODE
from twin.results.run import Run
from twin.results.views.overview import local_time

SHOWN_LAST = 6


def command_group(run: Run, center: str = "") -> list[Form]:
    """What the controllers of a work center ("": of all) take now; nothing where none takes a command. Called with the run's lock."""
    asked, records = run.mes.unit_commands, run.mes.equipment.records
    known = dict.fromkeys((*asked.declared, *asked.phases.declared))
    units = [unit for unit in known if unit in records and center in ("", records[unit].work_center)]
    if not units:
        return []
    now = {
        f"{command} {equipment_title(run.plant, unit)}": f"{unit}|{command}" for unit in units for command in asked.possible(unit)
    }  # fmt: skip
    last = [it for it in asked.asked if it.equipment in units][-SHOWN_LAST:]
    jobs = [job for unit in units for job in map(run.mes.job_orders.get, records[unit].job_orders) if job]
    of_phases = {
        f"{command} {phase.replace('/', ' / ')} of {job.job_order}": f"{job.job_order}|{command}|{phase}"
        for job in jobs
        for phase, command in asked.phases.possible(job)
    }
    phase_form = form(
        "PhaseCommandGiven", "Command a phase", choice("command", "What", of_phases, none="In its present state no phase takes a command."),
        ask("reason", "Why", "text"), send="Tell its controller", mark="bad",
    )  # fmt: skip
    return [
        group(
            "unit_commands", "Commands to machines", [_said(run, it) for it in reversed(last)] or ["No machine was told anything yet."],
            form(
                "UnitCommandGiven", "Command a machine",
                choice("command", "What", now, none="In its present state no machine takes a command."),
                ask("reason", "Why", "text"), send="Tell its controller", mark="bad",
            ),
            *([phase_form] if any(unit in asked.phases.declared for unit in units) else []),
        )
    ]  # fmt: skip


def _said(run: Run, it: UnitCommandNow) -> str:
    """One command in words: who wanted what when and why, and what came of it."""
    plant = run.plant
    command = f"mode {run.mes.modes.name_of(it.mode)}" if it.command == SET_UNIT_MODE else it.command
    by = person_titles(plant, it.person) if it.person else "by rule"
    why = f", {it.reason}" if it.reason else ""
    whose = equipment_title(plant, it.equipment) + (f", {it.phase.replace('/', ' / ')}" if it.phase else "")
    return f"{whose}: {command}, {local_time(plant, it.asked_us)}, {by}{why}: {it.standing}" + (f" ({it.why})" if it.why else "")
