"""Documents of the shop floor, each a row of a table of the run. Instants have a zone, durations end in `_h` (hours), shares are 0 to 1."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from pydantic import AwareDatetime, BaseModel, Field

from twin.apps.api.documents import known_at
from twin.mes.equipment import StateInterval
from twin.model.states import WorkUnitState
from twin.results.tracing.lot_trace import EDGE_COLUMNS, LotTrace, where_rows
from twin.results.tracing.recalls import CustomerAffected, Recall
from twin.results.views.schedule import Bar

if TYPE_CHECKING:
    import pandas as pd

Kind = Literal["equipment", "person", "tool", "lot"]
Scope = Literal["equipment", "work_center", "area", "plant", "order", "shift", "product", "person"]
Instant = AwareDatetime | None


class Row(BaseModel):
    """A row of a table, by the names of its columns; a column that the document does not name is left out."""


class Resource(Row):
    """What a machine, person, tool or lot does now."""

    kind: Kind
    resource: str
    title: str
    state: str
    is_free: bool
    at: str | None = Field(description="Where it is")
    job_order: str | None
    person: str | None
    qualified: str | None = Field(description="Of a person: what for")
    since: Instant
    used: float | None = Field(description="Of a tool: how much of its life is used")
    life: float | None
    reserved: str | None = Field(description="What it is promised to, or kept for, from when until when")


class Waiting(Row):
    """A job order that waits at a work center, or is on its way there: why it stands where it does, and what keeps it from its start."""

    rank: int
    job_order: str
    because: str
    blocked_by: str = Field(description="In words; empty if nothing does")
    kind: str = Field(description="The same as one word: lot, held, material, requirement, person, unit, off shift, ...")
    order: str
    lot: str
    material: str
    quantity: int
    due: Instant
    there_since: Instant


class JobOrder(Row):
    """A job order, with what it took and gave."""

    job_order: str
    request: str
    order: str
    lot: str
    material: str
    operation: str
    work_center: str
    equipment: str
    person: str
    status: str
    quantity: int
    good: int
    scrap: int
    rework: int
    start: Instant
    run_start: Instant
    end: Instant
    setup_h: float
    run_h: float
    work_h: float
    energy_kwh: float
    due: Instant


class State(BaseModel):
    """Equipment was in one state (PackML) from `start` to `end`; the states of a machine tile time."""

    equipment: str
    state: str
    reason: str
    start: AwareDatetime
    end: AwareDatetime
    job_order: str
    person: str
    energy_wh: int
    is_commanded: bool = Field(description="A person has told it to stop so")

    @classmethod
    def of(cls, it: StateInterval) -> State:
        return cls(
            equipment=it.equipment, state=WorkUnitState(it.state).label, reason=it.reason, start=known_at(it.start_us),
            end=known_at(it.end_us), job_order=it.job_order, person=it.person, energy_wh=it.energy_wh, is_commanded=it.is_commanded,
        )  # fmt: skip


class Alarm(Row):
    """An alarm of a machine or an alert of MES or ERP, and what was said to it (ISA-18.2)."""

    kind: Literal["alarm", "alert"]
    subject: str
    alarm: str
    title: str
    priority: str
    state: str
    message: str
    count: int
    raised: Instant
    cleared: Instant
    acknowledged: Instant
    acknowledged_by: str
    consequence: str
    response: str
    due: Instant
    asked: str
    shelved_until: Instant
    is_standing: bool
    is_chattering: bool


class Indicators(BaseModel):
    """The indicators of ISO 22400 of one of a scope, in [since, until): shares are 0 to 1, times hours; null: nobody knows."""

    scope: Scope
    name: str
    values: dict[str, float | None]

    @classmethod
    def of(cls, scope: Scope, row: Mapping[str, Any]) -> Indicators:
        return cls(scope=scope, name=row[scope], values={name: value for name, value in row.items() if name != scope})


class Loss(Row):
    """A part of the planned time of equipment; all of them are that time, `productive` of it is the OEE."""

    equipment: str
    loss: str
    reason: str
    duration_h: float
    share_of_planned: float | None


class Stopped(Row):
    """What stood still for one reason: failures, waiting, stops."""

    equipment: str
    loss: str
    reason: str
    stop_count: int
    duration_h: float
    longest_h: float


class Scrapped(Row):
    """What was counted as scrap, or sent back, of one product at one machine for one reason."""

    reason: str = Field(description="Empty: nobody has said one")
    product: str
    equipment: str
    scrap: int
    rework: int


class Defect(Row):
    """How often a defect was found in a product, and in how many pieces of nonconformances."""

    code: str = Field(description="Empty: of nonconformances of which nobody has said the defect")
    product: str
    found: int
    nonconformances: int
    pieces: int
    share: float = Field(description="Of all that was found and all these pieces")
    cumulative_share: float


class Hold(Row):
    """A lot that is held."""

    lot: str
    material: str
    quantity: int
    place: str
    reason: str
    since: AwareDatetime


class Nonconformance(Row):
    """Something is wrong with a lot: who said what of it when."""

    nonconformance: str
    lot: str
    material: str
    quantity: int
    characteristic: str
    code: str = Field(description="Which defect; empty: nobody has said")
    description: str
    standing: str
    disposition: str
    reason: str
    into_lot: str
    raised: AwareDatetime
    raised_by: str
    contained: Instant
    containment: str
    disposed: Instant
    disposed_by: str
    closed: Instant
    closed_by: str
    unfounded: str = Field(description="Why it is without ground; empty: it is not")


class CorrectiveAction(Row):
    """What shall keep something from coming again, or from ever coming: who does it until when, and whether it has helped."""

    action: str
    nonconformance: str = Field(description="Empty: it is preventive")
    material: str
    characteristic: str
    cause: str
    measure: str
    standing: str = Field(description="open, taken, effective, not effective; cancelled")
    due: AwareDatetime
    responsible: str
    is_overdue: bool
    lots_wanted: int
    lots_passed: int
    opened: AwareDatetime
    opened_by: str
    taken: Instant
    taken_by: str
    verified: Instant
    changes: str = Field(description="Who has changed or cancelled it, and why")


class Result(Row):
    """A characteristic of a lot that was measured, with its limits."""

    lot: str
    material: str
    characteristic: str
    value: float
    unit: str
    lower: float | None
    upper: float | None
    passed: bool
    recorded: AwareDatetime


class ChartPoint(Row):
    """A point of a control chart with the limits of its time; `point` is the number by which it is named."""

    point: int
    at: AwareDatetime
    lot: str
    value: float | None
    center: float | None
    lower: float | None
    upper: float | None
    spread: float | None = Field(description="Range, standard deviation or moving range; the sum below of a CUSUM")
    spread_lower: float | None
    spread_upper: float | None
    phase: int | None
    signals: str | None = Field(description="Rules by which it gives a signal; empty: it gives none")
    left_out: str | None = Field(description="Why no limits are found from it; empty: they are")


class Planned(BaseModel):
    """A job order of the schedule that was published, and has not begun."""

    job_order: str
    equipment: str
    order: str
    material: str
    quantity: int
    start: AwareDatetime
    end: AwareDatetime

    @classmethod
    def of(cls, it: Bar) -> Planned:
        return cls(
            job_order=it.job_order, equipment=it.equipment, order=it.order, material=it.material, quantity=it.quantity,
            start=known_at(it.start_us), end=known_at(it.end_us),
        )  # fmt: skip


class Edge(BaseModel):
    """`quantity` of `lot` went into `into`; `level` 1 is next to the lot that is traced."""

    direction: Literal["backward", "forward"]
    level: int
    lot: str
    material: str
    quantity: int
    unit: str
    how: str
    into: str
    into_material: str


class Place(BaseModel):
    """Where so much of a lot is now: in house, at a customer, lost."""

    lot: str
    material: str
    quantity: int
    unit: str
    standing: str
    place: str
    order: str
    at: Instant = Field(description="When it left")
    detail: str

    @classmethod
    def all_of(cls, rows: Iterable[Mapping[str, Any]]) -> list[Place]:
        return [cls(**{**row, "at": None if row["at"] is None else known_at(row["at"])}) for row in rows]


class Trace(BaseModel):
    """A lot, both ways, and where all of it is now."""

    lot: str
    material: str
    request: str
    edges: list[Edge]
    where: list[Place]

    @classmethod
    def of(cls, it: LotTrace) -> Trace:
        told = it.summary()
        edges = [Edge(**{name: edge[name] for name in EDGE_COLUMNS}) for edge in told["edges"]]
        return cls(lot=it.lot, material=it.material, request=it.request, edges=edges, where=Place.all_of(told["where"]))


class Recipient(BaseModel):
    """What one customer has got of it on one order; `came_back` of it was taken back."""

    customer: str
    order: str
    material: str
    quantity: int
    came_back: int
    unit: str
    lots: list[str]
    first: AwareDatetime
    last: AwareDatetime
    address: str
    contact: str

    @classmethod
    def of(cls, it: CustomerAffected) -> Recipient:
        told = asdict(it)
        return cls(first=known_at(told.pop("first_us")), last=known_at(told.pop("last_us")), **{**told, "lots": list(it.lots)})


class Recalled(BaseModel):
    """All that a recall would reach: the lots, who has got of them, and what is still in house."""

    title: str
    lots: list[str]
    customers: list[Recipient]
    in_house: list[Place]

    @classmethod
    def of(cls, it: Recall) -> Recalled:
        return cls(
            title=it.title, lots=[lot.lot for lot in it.affected], customers=[Recipient.of(one) for one in it.customers],
            in_house=Place.all_of(where_rows(it.in_house)),
        )  # fmt: skip


Seen = TypeVar("Seen", bound=Row)


def rows_of(kind: type[Seen], table: pd.DataFrame, first: int = 0, most: int | None = None) -> list[Seen]:
    """The rows of a table from `first` on, `most` at most, as documents: no number and no instant are null."""
    part = table.iloc[first : None if most is None else first + most]
    columns = [name for name in kind.model_fields if name in part.columns]
    records = part[columns].astype(object).where(part[columns].notna(), None).to_dict("records")
    return [kind.model_validate(it) for it in records]
