"""What the MES asks persons to do so that equipment and gauges stay as they should be: maintenance plans, and calibrations."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import Field

from twin.model.floor.maintenance import EveryDays
from twin.model.floor.words import Day, Id
from twin.model.measures import DurationUs, PositiveUs, Table
from twin.model.readiness.procedures import Parameter

Count = Annotated[int, Field(ge=1, le=10**9, strict=True)]
Number = Annotated[float, Field(allow_inf_nan=False)]
IndicatorName = Literal[
    "availability", "effectiveness", "quality_ratio", "oee", "technical_efficiency", "scrap_ratio", "rework_ratio", "energy_wh_per_piece"
]


class Condition(Table):
    """A process value of the equipment, or an indicator of it over the last `over`, beyond a limit."""

    process_value: str | None = None  # its property, as the plant calls it
    indicator: IndicatorName | None = None
    over: PositiveUs = 86_400_000_000
    above: Number | None = None
    below: Number | None = None

    def is_met(self, value: object) -> bool:
        """Whether a value is beyond the limit; a text, as some machines report, never is."""
        if not isinstance(value, int | float):
            return False
        return (self.above is not None and value > self.above) or (self.below is not None and value < self.below)

    @property
    def words(self) -> str:
        """The limit as people say it."""
        limits = [f"above {self.above:g}"] if self.above is not None else []
        limits += [f"below {self.below:g}"] if self.below is not None else []
        return f"{(self.process_value or self.indicator or '').replace('_', ' ')} {' or '.join(limits)}"


class MaintenanceStep(Table):
    """One step of a maintenance instruction: what to do, and what is asked of whoever does it. A reading may have limits."""

    text: Annotated[str, Field(min_length=1)]
    asks: Literal["done", "yes", "value", "words"] = "done"
    unit: str = ""
    lower: Number | None = None
    upper: Number | None = None
    optional: bool = False  # the maintenance may be done without it

    def allows(self, answer: float | None) -> bool:
        """Whether what was found is as it should be."""
        if self.asks == "yes":
            return answer == 1
        is_low = self.lower is not None and answer is not None and answer < self.lower
        return not is_low and not (self.upper is not None and answer is not None and answer > self.upper)

    @property
    def asked(self) -> str:
        """What is allowed, in words."""
        return "yes" if self.asks == "yes" else Parameter(unit=self.unit, warn_below=self.lower, warn_above=self.upper).asked("warn")


class MaintenancePlan(Table):
    """Maintenance that the MES asks for when it is due, by whichever of its triggers comes first, and that persons do.

    It is overdue when it is not done `within` so long after it was due; then, if it `blocks`, nothing starts on its equipment.
    """

    title: str = ""
    equipment: Id
    every: EveryDays | None = None
    after_pieces: Count | None = None
    after_lots: Count | None = None
    after_busy: PositiveUs | None = None  # time in Execute
    condition: Condition | None = None
    lasts: DurationUs = 0  # expected
    within: PositiveUs = 604_800_000_000
    personnel_class: Id | None = None  # who may do it; left out: anybody
    spare_parts: dict[str, Count] = {}  # material -> quantity, kept back from stock when it is asked for
    blocks: bool = False
    steps: dict[Id, MaintenanceStep] = {}  # how it is done; it is not done before all but the optional ones are confirmed
    documents: list[Id] = []  # by which it is done

    @property
    def triggers(self) -> list[str]:
        """When it is due, as declared; there should be one at least."""
        return [n for n in ("every", "after_pieces", "after_lots", "after_busy", "condition") if getattr(self, n) is not None]


class Calibration(Table):
    """A gauge, or a work unit that measures, may be used for so many days after it was calibrated; then not, until it is again.

    Without it nothing starts on `equipment`, nothing of `segments`, and no operation after which one of `quality_plans` inspects.
    """

    title: str = ""
    every_days: Annotated[int, Field(ge=1, le=3660, strict=True)]
    last: Day
    calibrated_by: Id  # personnel class
    equipment: Id | None = None
    segments: list[Id] = []
    quality_plans: list[Id] = []

    def due_us(self, last: date, time_zone: str) -> int:
        """Instant from which on it may not be used: the end of the last day, by the plant's clock, us."""
        day = last + timedelta(days=self.every_days + 1)
        return round(datetime.combine(day, time(), ZoneInfo(time_zone)).timestamp()) * 1_000_000
