"""Level 3: what the plant file declares of quality, tools and reasons is otherwise from an instant on, as a person says while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events.entries import Entry
from twin.model.events.operations_event import LEFT_OUT_IF_EMPTY


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacteristicChanged(Entry):
    """What is allowed of a characteristic of a quality plan, all of it (None: no limit), from `from_us` on (-1: from now on).

    One that the plan has not is new: `title`, `unit`, and as what it is `judged` ("measured", "yes_no", "defectives", "defects"). With the
    first one of a plan that is not there it comes: of a `material`, after an `operation` ("": when it was delivered, or is finished).
    `accept`: of what is counted, how many a sample may have. A new one may be on a `chart` ("i_mr", ...; "": on none) from its first result
    on, with limits from its first `phase_one` points (0: 25) and these `rules` ("": western_electric).
    """

    plan: str
    characteristic: str
    lower: float | None = None
    upper: float | None = None
    target: float | None = None
    accept: int = 0
    title: str = ""
    unit: str = ""
    judged: str = ""
    material: str = ""
    operation: str = ""
    chart: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    phase_one: int = field(default=0, metadata=LEFT_OUT_IF_EMPTY)
    rules: str = field(default="", metadata=LEFT_OUT_IF_EMPTY)
    from_us: int = -1
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplingChanged(Entry):
    """Which lots a quality plan inspects, and how many `pieces` of each, all of it, from `from_us` on (-1: from now on).

    One way or none (every lot): each so many lots, so many good pieces, every so long (us), or skipping after `qualify` accepted lots to
    one in `one_in`; 0: not in that way.
    """

    plan: str
    pieces: int = 1
    every_lots: int = 0
    every_pieces: int = 0
    every_us: int = 0
    qualify: int = 0
    one_in: int = 0
    from_us: int = -1
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonsChanged(Entry):
    """What persons choose from where they say why, in order; `list_of`: "stop", "pause", "scrap", "rework", "help" or "defect"."""

    list_of: str
    reasons: tuple[str, ...]
    from_us: int = -1
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolsChanged(Entry):
    """Tools of a kind: how many there are and how long they last (pieces; 0: they do not wear out), from `from_us` on (-1: from now on).

    A kind that is not there is new, for work in its scope: materials, operations, work centers.
    """

    tool: str
    tool_count: int = 1
    life: int = 0
    title: str = ""
    materials: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()
    work_centers: tuple[str, ...] = ()
    from_us: int = -1
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclarationChanged(Entry):
    """What plant.yaml declares of `declared` in `section` ("maintenance_plans", ...) is otherwise from `from_us` on (-1: from now on).

    `changes` = ((key, value), ...) as plant.yaml writes them: ("after_pieces", "500"), ("every.at", "06:00"); "" as a value: it is left
    out from then on. `is_new`: nothing is declared of it yet, and `changes` say all that has to be. `is_withdrawn`: nothing is declared of
    it any more, and it changes nothing else.
    """

    section: str
    declared: str
    changes: tuple[tuple[str, str], ...] = ()
    from_us: int = -1
    is_new: bool = False
    is_withdrawn: bool = False
    reason: str = ""
