"""The tool room: where each tool is, which job order has it, and how much of its life is left. A start waits for the tool that it needs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from twin.mes.collection.functions import Reacting
from twin.mes.execution import ACTIVE, Execution, JobOrder
from twin.mes.resources.kinds import TOOL
from twin.model import events as e
from twin.model.events import OperationsEvent, WorkAlertRaised
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned
from twin.model.readiness.tools import Tool, pieces_of
from twin.model.states import DispatchStatus, JobCommand

if TYPE_CHECKING:
    from twin.mes.resources.reservations import Reservations

_WITH_TOOLS = ACTIVE | {DispatchStatus.DISPATCHED}


@dataclass(slots=True, kw_only=True)
class ToolRecord:
    """One tool."""

    tool: str
    kind: str
    life: int | None
    place: str = ""  # equipment; "": the tool store
    used: int = 0  # pieces since it was new
    reserved_at: str = ""  # equipment that it was promised to last
    job_orders: list[str] = field(default_factory=list)  # that it was promised to there, or that have it

    @property
    def is_worn(self) -> bool:
        return self.life is not None and self.used >= self.life


class ToolRoom(Reacting):
    """The tools of one plant (a `Function` and a `Requirement`); whoever starts reserves them."""

    reserved: Reservations  # what is promised ahead; set once that is there

    def __init__(self, plant: Plant, execution: Execution) -> None:
        self._declared, self._persons, self._execution = plant.layout.tools, plant.layout.persons, execution
        self._equipment = frozenset(plant.equipment)
        self.tools = {
            piece: ToolRecord(tool=piece, kind=kind, life=it.life) for kind, it in self._declared.items() for piece in pieces_of(kind, it)
        }
        self.assigned: dict[str, list[str]] = {}  # job order -> tools that it began with
        self._reactions = {
            e.ToolReconditioned: self._reconditioned,
            e.ToolPlaced: self._placed,
            e.ToolMounted: self._mounted,
        }
        self._reactions |= {
            e.JobOrderCommand: self._commanded,
            e.JobOrderStarted: self._started,
            e.ToolAssigned: self._assigned,
            e.CountObserved: self._counted,
            e.JobOrderCompleted: self._ended,
            e.JobOrderAborted: self._ended,
        }

    def declare(self, kind: str, tool: Tool) -> None:
        """There are other or more tools of a kind, or it is new, from now on."""
        self._declared[kind] = tool
        for piece in pieces_of(kind, tool):
            self.tools.setdefault(piece, ToolRecord(tool=piece, kind=kind, life=tool.life)).life = tool.life

    def users(self, it: ToolRecord) -> list[str]:
        """Job orders that have a tool now: sent to a unit, or under way. What was sent and not taken has it no more."""
        jobs = (self._execution.job_orders.get(name) for name in it.job_orders)
        return [job.job_order for job in jobs if job and job.status in _WITH_TOOLS]

    # What a start needs

    def kinds_for(self, job: JobOrder) -> list[str]:
        """Kinds of tools that an operation needs, in declared order."""
        return [kind for kind, it in self._declared.items() if it.covers(job.material, job.operation, job.work_center)]

    def missing_at(self, job: JobOrder, equipment: str, now_us: int) -> str:
        """The tools that cannot be had, and where those of each kind are."""
        return "; ".join(
            f"tool {self._title(kind)} is missing: {self._whereabouts(kind, job, equipment, now_us)}"
            for kind in self.kinds_for(job)
            if self._choice(kind, job, equipment, now_us) is None
        )

    def missing_of(self, person: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """Nothing: a tool is anybody's."""
        return ""

    # What happens

    def _commanded(self, event: e.JobOrderCommand) -> list[OperationsEvent]:
        """What is sent to a unit has its tools promised at once: the next command of this instant finds them taken."""
        if self.tools and event.command == JobCommand.START and event.equipment in self._equipment:
            jobs = [job for job in map(self._execution.job_orders.get, event.job_order.split("+")) if job]
            chosen = [self._choice(kind, job, event.equipment, event.effective_us) for job in jobs for kind in self.kinds_for(job)]
            if all(chosen) and not any(map(self._is_somewhere, jobs)):  # else it is refused, and its tools stay where they are
                for job in jobs:
                    self._reserve(job, event)
        return []

    def _started(self, event: e.JobOrderStarted) -> list[OperationsEvent]:
        """It has the tools that were promised; what began by itself has what is there, or somebody is told what it lacks."""
        job = self._execution.job_orders.get(event.job_order)
        if job is None:
            return []
        concluded: list[OperationsEvent] = []
        if why := self.missing_at(job, event.equipment, event.effective_us):
            concluded.append(WorkAlertRaised.about(event, "tool", f"{job.job_order} was started, but {why}"))
        return concluded + [
            e.ToolAssigned(
                effective_us=event.effective_us, equipment=event.equipment, request=job.request, job_order=job.job_order, lot=job.lot,
                tool=it.tool, used=it.used,
            )
            for it in self._reserve(job, event)
        ]  # fmt: skip

    def _assigned(self, event: e.ToolAssigned) -> list[OperationsEvent]:
        if event.tool not in self.tools:
            return [WorkAlertRaised.about(event, "tool", f"{event.job_order} began with tool '{event.tool}', which nobody knows")]
        self.tools[event.tool].place = event.equipment
        had = self.assigned.setdefault(event.job_order, [])
        if event.tool not in had:
            had.append(event.tool)
        return []

    def _mounted(self, event: e.ToolMounted) -> list[OperationsEvent]:
        it = self.tools.get(event.tool)
        if it is None or event.equipment not in self._equipment | {""}:
            text = f"tool '{event.tool}' was mounted on '{event.equipment}': no such tool, or no such unit"
            return [WorkAlertRaised.about(event, "tool", text)]
        it.place = event.equipment
        return []

    def _placed(self, event: e.ToolPlaced) -> list[OperationsEvent]:
        it = self.tools.get(event.tool)
        doubt = self._unknown(event.tool)
        if it and event.equipment not in self._equipment | {""}:
            near = did_you_mean(event.equipment, self._equipment)
            doubt = f"nobody declared '{event.equipment}'{near}; allowed: {listed(sorted(self._equipment))}, or the tool store"
        elif it and it.place == event.equipment:
            doubt = f"tool {event.tool} is {f'on {it.place}' if it.place else 'in the tool store'} already"
        elif it and (users := self.users(it)):
            doubt = f"tool {event.tool} is at {it.reserved_at or it.place} for {', '.join(users)}"
        if reason := unsigned(event, self._persons) or doubt:
            return [refusal(event, reason)]
        return [e.ToolMounted(effective_us=event.effective_us, equipment=event.equipment, person=event.person, tool=event.tool)]

    def _unknown(self, tool: str) -> str:
        return "" if tool in self.tools else f"no tool is called '{tool}'{did_you_mean(tool, self.tools)}; allowed: {listed(self.tools)}"

    def counted_otherwise(self, event: e.CountCorrected, more: int) -> list[OperationsEvent]:
        """A count by hand was wrong, as was accepted: the tools of its job order have worked on so many `more` pieces (< 0: fewer)."""
        return self._wear(event, more)

    def _counted(self, event: e.CountObserved) -> list[OperationsEvent]:
        return self._wear(event, event.good + event.scrap + event.rework)

    def _wear(self, event: e.CountObserved | e.CountCorrected, pieces: int) -> list[OperationsEvent]:
        job = self._execution.job_orders.get(event.job_order)
        if job is None or event.equipment not in job.step.equipment:  # the stations of a line count the same pieces once more
            return []
        worn = []
        for name in self.assigned.get(event.job_order, ()):
            it = self.tools[name]
            was_worn = it.is_worn
            it.used = max(0, it.used + pieces)
            worn += [it] if it.is_worn and not was_worn else []
        return [WorkAlertRaised.about(event, "tool", f"tool {it.tool} is worn out: {it.used} of {it.life} pieces") for it in worn]

    def _ended(self, event: e.JobOrderCompleted | e.JobOrderAborted) -> list[OperationsEvent]:
        for it in self.tools.values():
            if event.job_order in it.job_orders:
                it.job_orders.remove(event.job_order)
        return []

    def _reconditioned(self, event: e.ToolReconditioned) -> list[OperationsEvent]:
        it = self.tools.get(event.tool)
        doubt = self._unknown(event.tool)
        if it and (users := self.users(it)):
            doubt = f"tool {event.tool} is in use for {', '.join(users)}"
        if (reason := unsigned(event, self._persons) or doubt) or it is None:
            return [refusal(event, reason)]
        it.used, it.place = 0, ""
        return []

    # Inside

    def _is_somewhere(self, job: JobOrder) -> bool:
        """Whether a job order was sent to a unit, or is at one."""
        return job.status == DispatchStatus.DISPATCHED or self._execution.is_at_a_unit(job.job_order)

    def _of_kind(self, kind: str) -> list[ToolRecord]:
        return [self.tools[name] for name in pieces_of(kind, self._declared[kind])]

    def _choice(self, kind: str, job: JobOrder, equipment: str, now_us: int) -> ToolRecord | None:
        """The tool of a kind that a job order would have there: its own, what is on the unit, from the store, or from another unit."""
        can = [it for it in self._of_kind(kind) if not it.is_worn and self._can_be_had(it, job.job_order, equipment)]
        free = [it for it in can if not self._kept(it, job, equipment, now_us)]
        return min(free, key=lambda it: (job.job_order not in it.job_orders, it.place != equipment, it.place != ""), default=None)

    def _kept(self, it: ToolRecord, job: JobOrder, equipment: str, now_us: int) -> str:
        """For what it is kept ahead, or that the job order is promised another of its kind, in words; "" if it may have it."""
        promised = [name for name in self.reserved.promised(job.job_order, TOOL, now_us) if self.tools[name].kind == it.kind]
        if promised and it.tool not in promised:
            return f"{job.job_order} is promised {listed(promised)}"
        return self.reserved.tool_kept(it.tool, job, equipment, now_us)

    def _can_be_had(self, it: ToolRecord, job_order: str, equipment: str) -> bool:
        """Whether nobody else has it; the job orders of a batch have it together."""
        return it.reserved_at == equipment or all(user == job_order for user in self.users(it))

    def _reserve(self, job: JobOrder, event: OperationsEvent) -> list[ToolRecord]:
        chosen = [it for kind in self.kinds_for(job) if (it := self._choice(kind, job, event.equipment, event.effective_us))]
        for it in chosen:
            it.job_orders = [*(user for user in self.users(it) if user != job.job_order), job.job_order]
            it.reserved_at = event.equipment
        return chosen

    def _title(self, kind: str) -> str:
        title = self._declared[kind].title
        return f"{kind} ({title})" if title else kind

    def _whereabouts(self, kind: str, job: JobOrder, equipment: str, now_us: int) -> str:
        """Where the tools of a kind are that cannot be had, and why not."""
        return ", ".join(dict.fromkeys(self._whereabouts_of(it, job, equipment, now_us) for it in self._of_kind(kind)))

    def _whereabouts_of(self, it: ToolRecord, job: JobOrder, equipment: str, now_us: int) -> str:
        if it.is_worn:
            return f"{it.tool} is worn out ({it.used} of {it.life} pieces)"
        if self._can_be_had(it, job.job_order, equipment) and (kept := self._kept(it, job, equipment, now_us)):
            return kept
        return f"{it.tool} is at {it.reserved_at} for {' and '.join(self.users(it))}"
