"""What the plant file declares of quality, tools, reasons and upkeep is otherwise, as a person says: at once, or from an instant on.

A `Function` of the MES, asked before those that it concerns. The whole plant with the change is held against the same rules as a plant
file, so nothing comes in this way that could not stand there. A lot that was to be inspected before stays with what was asked then.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from twin.mes.collection.functions import Reacting
from twin.mes.collection.reactions import Accepted
from twin.model import events as e
from twin.model.calendars import written_local
from twin.model.checks.quality import inspected
from twin.model.checks.readiness.scopes import dangling_scopes, scopes_mean_something
from twin.model.events import OperationsEvent
from twin.model.floor.quality_plan import Characteristic, QualityPlan
from twin.model.floor.words import Reasons, is_id
from twin.model.master_data.sections import as_declared, doubt_section, findings_with, now_with, read_table, table_then, with_section
from twin.model.measures import Table
from twin.model.plant import Plant, PlantFile
from twin.model.problems import Finding, did_you_mean, listed
from twin.model.readiness.tools import Tool

if TYPE_CHECKING:
    from twin.mes.mes import Mes

Anew = e.CharacteristicChanged | e.SamplingChanged | e.ReasonsChanged | e.ToolsChanged | e.DeclarationChanged
Declare = Callable[[str, Any, int], object]
"""Takes in what is declared of one thing (None: nothing any more) from an instant on, us; the table still has what was declared before."""
_Said = tuple[str, str, str, int]  # what was said, by whom, where and when
ANEW: tuple[type[e.Entry], ...] = (e.CharacteristicChanged, e.SamplingChanged, e.ReasonsChanged, e.ToolsChanged, e.DeclarationChanged)
_USED_AT: tuple[type[OperationsEvent], ...] = (
    e.Heartbeat, e.JobOrderCompleted, e.CountObserved, e.GoodsReceived, e.TestResultRecorded, e.DefectsCounted, e.JobOrderCommand,
    e.ProcessValueObserved, e.MaintenanceRequested, e.MaintenanceScheduled, e.MaintenanceStarted, e.MaintenancePerformed,
    e.CalibrationPerformed, e.AlarmRaised, e.JobOrderStarted, e.PhaseStateChanged,
)  # fmt: skip
"""Before these is looked whether something has become so: all of them use what is declared."""
_CHECKS: tuple[Callable[[Plant], Iterator[Finding]], ...] = (
    inspected.dangling, inspected.operations, inspected.sampling, inspected.limits, inspected.charts, inspected.possible,
    inspected.repeated, dangling_scopes, scopes_mean_something,
)  # fmt: skip


class DeclaredAnew(Reacting):
    """Hears what is declared otherwise, says whether it can be, and from when on it is so."""

    def __init__(self, plant: Plant, mes: Mes) -> None:
        self._plant, self._layout, self._documents = plant, plant.layout, mes.documents
        self._staffing, self._inspections, self._tool_room = mes.labour.staffing, mes.quality.inspections, mes.tool_room
        self._sections: dict[str, Declare] = {
            "maintenance_plans": mes.maintenance.declare,
            "calibrations": mes.maintenance.calibrations.declare,
            "procedures": mes.process.recipes.declare,
            "alarms": mes.alarms.declare,
            "alerts": mes.alarms.declare_alert,
        }
        self.coming: list[Anew] = []
        self.said: list[Anew] = []  # all that was accepted, in that order
        self._reactions = {
            **dict.fromkeys(_USED_AT, self._pass),
            **dict.fromkeys(ANEW, self._hear),
            e.EntryRefused: self._stand,
        }
        self._accepted = Accepted(plant.layout.persons, self._doubt, self._take)
        self._first: tuple[_Said, Anew] | None = None  # the first quality plan of a plant that had none
        self._refused = Counter[_Said]()  # how many were refused here, which is to be heard of yet

    def _pass(self, event: OperationsEvent) -> list[OperationsEvent]:
        """Time has passed: what was said before has become so."""
        if self.coming:
            for it in [it for it in self.coming if it.from_us <= event.effective_us]:
                self.coming.remove(it)
                self._become(it)
        return []

    def _hear(self, event: Anew) -> list[OperationsEvent]:
        if refused := self._accepted(event):
            self._refused[type(event).__name__, event.person, event.terminal, event.effective_us] += 1
        return refused

    def _stand(self, event: e.EntryRefused) -> list[OperationsEvent]:
        """A first quality plan that an earlier version has refused stays refused, where the journal says it."""
        said = event.entry, event.person, event.terminal, event.effective_us
        if self._refused[said]:
            self._refused[said] -= 1
        elif self._first and self._first[0] == said:
            first, self._first = self._first[1], None
            self.said.remove(first)
            if first in self.coming:
                self.coming.remove(first)
            elif isinstance(first, e.CharacteristicChanged):
                self._inspections.undeclare(first.plan)
        return []

    def _take(self, event: Anew) -> None:
        self._pass(event)
        if isinstance(event, e.CharacteristicChanged) and not self._layout.quality_plans:
            self._first = (type(event).__name__, event.person, event.terminal, event.effective_us), event
        self.said.append(event)
        if event.from_us > event.effective_us:
            self.coming = sorted([*self.coming, event], key=lambda it: it.from_us)
        else:
            self._become(event)

    def _become(self, event: Anew) -> None:
        """It is so from now on."""
        match event:
            case e.CharacteristicChanged() | e.SamplingChanged():
                self._inspections.declare(event.plan, _plan(self._layout, event))
            case e.ReasonsChanged():
                getattr(self._layout.reasons, event.list_of)[:] = event.reasons
            case e.ToolsChanged():
                self._tool_room.declare(event.tool, _tool(self._layout, event))
            case e.DeclarationChanged():
                self._declare(event, table_then(self._layout, event))
        self._staffing.version += 1

    def _declare(self, event: e.DeclarationChanged, then: Table | None) -> None:
        self._sections[event.section](event.declared, then, max(event.from_us, event.effective_us))
        section, declared = as_declared(self._layout, event.section, now_with(self._layout, event))
        if isinstance(declared, dict):  # whoever holds the table sees it
            table: dict[str, Any] = getattr(self._layout, section)
            table.clear()
            table.update(declared)
        else:
            object.__setattr__(self._layout, section, declared)  # the own one of the MES, which nobody else holds

    # Why not

    def _doubt(self, event: Anew) -> str:
        """All that is wrong with it; "" if nothing is."""
        own = _doubt_of_its_own(event, self._layout)
        doubts = [own or self._findings(event), self._authority(event)]
        if event.from_us >= 0 and event.from_us < event.recorded_us:
            when = written_local(event.from_us, self._layout.time_zone)
            doubts.append(f"from {when} on, which is over; allowed: from now on, or later")
        if not event.reason.strip():
            doubts.append("it needs a reason")
        return "; ".join(filter(None, doubts))

    def _authority(self, event: Anew) -> str:
        plan = self._layout.quality_plans.get(getattr(event, "plan", ""))
        known = self._layout.persons.get(event.person)
        if plan is None or not plan.authority or known is None or plan.authority in known.classes:
            return ""
        may = [person for person, it in self._layout.persons.items() if plan.authority in it.classes]
        return f"{event.person} is no {plan.authority}, which '{getattr(event, 'plan', '')}' asks for; allowed: {listed(may)}"

    def _findings(self, event: Anew) -> str:
        """What a plant file would be refused for that says so, as it will be then, with all that comes before and after it."""
        layout = self._layout
        for it in sorted([*self.coming, event], key=lambda it: max(it.from_us, it.effective_us)):
            if it is not event and (why := _doubt_of_its_own(it, layout)):
                return f"what is to come from {written_local(it.from_us, layout.time_zone)} on could not be then: {why}"
            try:
                found = findings_with(self._plant_of(layout), it) if isinstance(it, e.DeclarationChanged) else []
                layout = _with(layout, it)
            except ValueError as error:
                return str(error)
            found += [f"{each.what}; allowed: {each.allowed}" for check in _CHECKS for each in check(self._plant_of(layout))]
            if found:
                return "; ".join(dict.fromkeys(found))
        return ""

    def _plant_of(self, layout: PlantFile) -> Plant:
        """The plant with that layout, and the documents that have come while it runs."""
        documents = {name: it.declared for name, it in self._documents.documents.items()}
        return self._plant.model_copy(update={"layout": layout.model_copy(update={"documents": documents})})


def _with(layout: PlantFile, event: Anew) -> PlantFile:
    """What is declared with it."""
    match event:
        case e.CharacteristicChanged() | e.SamplingChanged():
            return layout.model_copy(update={"quality_plans": {**layout.quality_plans, event.plan: _plan(layout, event)}})
        case e.ReasonsChanged():
            said = {**layout.reasons.model_dump(), event.list_of: list(event.reasons)}
            return layout.model_copy(update={"reasons": read_table(Reasons, said)})
        case e.DeclarationChanged():
            return with_section(layout, event)
    return layout.model_copy(update={"tools": {**layout.tools, event.tool: _tool(layout, event)}})


def _plan(layout: PlantFile, event: e.CharacteristicChanged | e.SamplingChanged) -> QualityPlan:
    """The plan as it is then."""
    known = layout.quality_plans.get(event.plan)
    if isinstance(event, e.SamplingChanged):
        assert known is not None
        ways: dict[str, Any] = {"every_lots": event.every_lots, "every_pieces": event.every_pieces}
        ways["every"] = f"{event.every_us} us" if event.every_us else 0
        ways["skip_lot"] = {"qualify": event.qualify, "one_in": event.one_in} if event.qualify or event.one_in else 0
        sampling = {name: it for name, it in ways.items() if it} | {"pieces": event.pieces}
        return known.model_copy(update={"sampling": read_table(type(known.sampling), sampling)})
    was = known.characteristics.get(event.characteristic) if known else None
    asked = {name: getattr(event, name) for name in ("lower", "upper", "target", "accept")}
    if was is not None:
        now = was.model_copy(update=read_table(Characteristic, {"kind": was.kind, **asked}).model_dump(include=set(asked)))
    else:
        said: dict[str, Any] = {"kind": event.judged or "measured", "title": event.title, "unit": event.unit, "chart": _chart(event)}
        now = read_table(Characteristic, {**said, **asked})
    if known is not None:
        return known.model_copy(update={"characteristics": {**known.characteristics, event.characteristic: now}})
    about = {"title": event.plan, "material": event.material, "operation": event.operation or None}
    return read_table(QualityPlan, {**about, "characteristics": {event.characteristic: now}})


def _chart(event: e.CharacteristicChanged) -> dict[str, Any] | None:
    """The chart of what is new; None: it is on none."""
    about = {"kind": event.chart, "phase_one": event.phase_one, "rules": event.rules}
    return {name: it for name, it in about.items() if it} if event.chart else None


def _tool(layout: PlantFile, event: e.ToolsChanged) -> Tool:
    """The kind of tools as it is then."""
    known, life = layout.tools.get(event.tool), event.life or None
    if known is None:
        scope = {name: list(getattr(event, name)) for name in ("materials", "operations", "work_centers")}
        return read_table(Tool, {**scope, "title": event.title, "count": event.tool_count, "life": life})
    read = read_table(Tool, {"count": event.tool_count, "life": life})
    return known.model_copy(update={"count": read.count, "life": read.life})


def _doubt_of_its_own(event: Anew, layout: PlantFile) -> str:
    """What no rule of plant files says: what it names is there, or is new and says enough; and what has been cannot be otherwise."""
    match event:
        case e.ReasonsChanged() if event.list_of not in Reasons.model_fields:
            lists = listed(Reasons.model_fields)
            return f"nobody chooses a reason from '{event.list_of}'{did_you_mean(event.list_of, Reasons.model_fields)}; allowed: {lists}"
        case e.ReasonsChanged() if len(set(event.reasons)) < len(event.reasons):
            return f"{listed(event.reasons)}: a reason stands there twice"
        case e.ToolsChanged():
            return _doubt_tools(event, layout)
        case e.SamplingChanged() if event.plan not in layout.quality_plans:
            plans = layout.quality_plans
            return f"no quality plan is called '{event.plan}'{did_you_mean(event.plan, plans)}; allowed: {listed(plans)}"
        case e.SamplingChanged():
            plan = layout.quality_plans[event.plan]
            charted = [name for name, it in plan.characteristics.items() if it.chart]
            same = event.pieces == plan.sampling.pieces or not charted
            return "" if same else f"{charted[0]} is charted by {plan.sampling.pieces} pieces a lot; allowed: as many, or another plan"
        case e.CharacteristicChanged():
            return _doubt_characteristic(event, layout)
        case e.DeclarationChanged():
            return doubt_section(event, layout)
    return ""


def _doubt_characteristic(event: e.CharacteristicChanged, layout: PlantFile) -> str:
    plans = layout.quality_plans
    plan = plans.get(event.plan)
    if strange := [f"'{it}' is no id" for it in (event.plan, event.characteristic) if not is_id(it) or ":" in it]:
        return f"{'; '.join(strange)}; allowed: letters, digits, '_', '-' and '.'"
    if plan is None and not event.material:
        new = f"{listed(plans)}, or a new one with its material"
        return f"no quality plan is called '{event.plan}'{did_you_mean(event.plan, plans)}; allowed: {new}"
    was = plan.characteristics.get(event.characteristic) if plan else None
    if was is not None and (event.judged not in ("", was.kind) or event.unit not in ("", was.unit)):
        return (
            f"{event.characteristic} is {was.kind}{f' in {was.unit}' if was.unit else ''}, and was tested so; allowed: a new characteristic"
        )
    if was is not None and event.chart:
        on = f"on a chart {was.chart.kind}" if was.chart else "on no chart"
        return f"{event.characteristic} is {on}, and was measured so; allowed: a chart for a new characteristic"
    if not event.chart and (event.phase_one or event.rules):
        return "phase_one and rules are of a chart, and none is named; allowed: with a chart, or without them"
    if was is not None and event.title not in ("", was.title):
        return f"{event.characteristic} is called '{was.title}'; allowed: that, or a new characteristic"
    if plan is not None and event.operation not in ("", plan.operation):
        return f"'{event.plan}' is tested after operation {plan.operation or 'none'}; allowed: that, or a new plan"
    if plan is not None and event.material not in ("", plan.material):
        return f"'{event.plan}' is of {plan.material}; allowed: that, or a new plan"
    return ""


def _doubt_tools(event: e.ToolsChanged, layout: PlantFile) -> str:
    if not is_id(event.tool) or ":" in event.tool:
        return f"'{event.tool}' is no id of a tool; allowed: letters, digits, '_', '-' and '.', as in hob_m3"
    known = layout.tools.get(event.tool)
    has_scope = bool(event.materials or event.operations or event.work_centers)
    if known is None:
        new = f"{listed(layout.tools)}, or a new one with work that needs it"
        return "" if has_scope else f"no tool is called '{event.tool}'{did_you_mean(event.tool, layout.tools)}; allowed: {new}"
    if has_scope:
        return f"what {event.tool} is for is known; allowed: how many there are, and how long they last"
    return f"there are {known.count} of {event.tool}; allowed: as many, or more" if event.tool_count < known.count else ""
