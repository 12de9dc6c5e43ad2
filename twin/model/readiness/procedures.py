"""How an operation is done (ISA-88): the values that its process keeps to, its phases, and the steps that persons confirm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from twin.model.floor.words import Id
from twin.model.measures import DurationUs, PositiveUs, Table
from twin.model.readiness.documents import Document, digest_of, instant_us
from twin.model.readiness.scope import Scope

Number = Annotated[float, Field(allow_inf_nan=False)]
Count = Annotated[int, Field(ge=2, le=1000, strict=True)]
Level = Literal["", "warn", "stop"]


class DrawnValue(Table):
    """What a simulated plant observes every quarter of an hour while it runs: normal values, which drift so much an hour, from then on."""

    mean: Number
    sd: Annotated[float, Field(ge=0.0, allow_inf_nan=False)] = 0.0
    drift_per_h: Number = 0.0
    drift_at: DurationUs = 0
    drift_until: DurationUs | None = None  # then it is in order again; left out: it never is


class Parameter(Table):
    """A process value with what it keeps to. Outside the first limits somebody is told, outside the second the job order is held."""

    title: str = ""
    unit: str = ""
    target: Number | None = None
    warn_below: Number | None = None
    warn_above: Number | None = None
    stop_below: Number | None = None
    stop_above: Number | None = None
    during: list[str] = []  # phases, as "furnace/carburise/soak"; left out: all the time that the job order runs
    advice: str = ""  # what to change when it leaves its limits
    drawn: DrawnValue | None = None

    def level(self, value: float) -> Level:
        """What a value asks for."""
        if self._is_outside(value, self.stop_below, self.stop_above):
            return "stop"
        return "warn" if self._is_outside(value, self.warn_below, self.warn_above) else ""

    def asked(self, level: Level) -> str:
        """What is allowed at a level, in words."""
        low, high = (self.stop_below, self.stop_above) if level == "stop" else (self.warn_below, self.warn_above)
        unit = f" {self.unit}" if self.unit else ""
        if low is None or high is None:
            return f"{low:g}{unit} or more" if low is not None else "any" if high is None else f"{high:g}{unit} or less"
        return f"{low:g} to {high:g}{unit}"

    @staticmethod
    def _is_outside(value: float, low: float | None, high: float | None) -> bool:
        return (low is not None and value < low) or (high is not None and value > high)


class GuidedStep(Table):
    """One step of a guided work instruction: what to do, and what is asked of whoever confirms it."""

    text: Annotated[str, Field(min_length=1)]
    asks: Literal["done", "yes", "value", "words"] = "done"
    unit: str = ""
    lower: Number | None = None
    upper: Number | None = None
    optional: bool = False  # the job order may be completed without it, and what follows it need not wait
    before_start: bool = False  # the job order does not start before it is confirmed: line clearance, first check
    verified_by_two: bool = False  # it counts as confirmed once a second person has confirmed the same
    document: Id | None = None  # a picture, a drawing or words that stand beside it, in the revision that is in force

    @property
    def asked(self) -> str:
        """What is allowed as a value, in words."""
        return Parameter(unit=self.unit, warn_below=self.lower, warn_above=self.upper).asked("warn")


class Recipe(Table):
    """What is asked of some work: parameters, guided steps in their order, unit procedure -> operation -> phases (ISA-88)."""

    parameters: dict[Id, Parameter] = {}
    steps: dict[Id, GuidedStep] = {}
    unit_procedures: dict[Id, dict[Id, list[Id]]] = {}
    phase_times: dict[str, PositiveUs] = {}  # by path, of work: a simulated plant says its phases then; all of them, or none

    @property
    def phases(self) -> list[str]:
        """Paths of all phases, in their order: "furnace/carburise/soak"."""
        return [path for unit in self.unit_procedures for path in self.phases_of(unit)]

    def phases_of(self, unit_procedure: str) -> Iterator[str]:
        """Paths of the phases of one unit procedure: they follow one another; those of others go on beside them."""
        for operation, phases in self.unit_procedures[unit_procedure].items():
            yield from (f"{unit_procedure}/{operation}/{phase}" for phase in phases)

    @property
    def seal(self) -> str:
        """By which it is known again."""
        return digest_of(self.model_dump_json(exclude_defaults=True))


class Procedure(Recipe, Scope):
    """How the operations in its scope are done.

    With a `recipe`, a document of that kind, it is a master recipe (ISA-88): the revision of the document that is valid when a job order
    begins says by which of the `revisions` it is done, from its start to its end (control recipe).
    """

    title: str = ""
    recipe: Id | None = None
    revisions: dict[Id, Recipe] = {}  # by revision of the document

    @property
    def contents(self) -> dict[str, Recipe]:
        """All that it may ask for, by revision; "" where it has none."""
        return dict(self.revisions) if self.recipe else {"": self}


def recipe_told(procedure: Procedure, told: Mapping[str, str], documents: Mapping[str, Document], at_us: int) -> Recipe:
    """What a procedure asks for of a start with which revisions were `told`, by document; of others, by what the plant declares."""
    revision = told.get(procedure.recipe or "", "")
    return procedure.revisions[revision] if revision in procedure.revisions else declared_recipe(procedure, documents, at_us)


def declared_recipe(procedure: Procedure, documents: Mapping[str, Document], at_us: int) -> Recipe:
    """What a procedure asks for at an instant by what the plant declares; nothing where no revision is valid.

    What persons release and withdraw later is not in it: the MES knows that, and tells with each start (`twin.mes.process.recipes`).
    """
    if procedure.recipe is None:
        return procedure
    revisions = documents[procedure.recipe].revisions.items()
    begun = [(from_us, name, it) for name, it in revisions if it.released and (from_us := instant_us(it.effective_from, 0)) <= at_us]
    _, revision, newest = max(begun, default=(0, "", None), key=lambda it: it[0])
    if newest is None or 0 <= instant_us(newest.effective_to) <= at_us:
        return Recipe()
    return procedure.revisions[revision]


class RepeatedStop(Table):
    """The same stop of one piece of equipment so many times within so long."""

    count: Count = 3
    within: PositiveUs = 8 * 3_600_000_000


class Prompts(Table):
    """What else somebody is prompted of, besides process values: signals of control charts, stops that come again."""

    control_charts: bool = False
    repeated_stop: RepeatedStop | None = None
    advice: dict[Id, str] = {}  # by the reason of a stop, or the characteristic of a chart: what to change
