"""What is inspected: which characteristics of a material, of how many pieces of which lots, against what, on which chart."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.floor.words import Id
from twin.model.measures import DurationUs, PositiveUs, Table

Count = Annotated[int, Field(ge=1, le=10**8, strict=True)]
Number = Annotated[float, Field(allow_inf_nan=False)]
Positive = Annotated[float, Field(gt=0.0, allow_inf_nan=False)]
ChartKind = Literal["xbar_r", "xbar_s", "i_mr", "p", "np", "c", "u", "ewma", "cusum"]
CharacteristicKind = Literal["measured", "yes_no", "defectives", "defects"]
RuleSet = Literal["limits", "western_electric", "nelson"]

CHARTS_OF: dict[CharacteristicKind, tuple[ChartKind, ...]] = {
    "measured": ("xbar_r", "xbar_s", "i_mr", "ewma", "cusum"),
    "yes_no": (),
    "defectives": ("p", "np"),
    "defects": ("c", "u"),
}
"""Which charts a characteristic can be kept on."""


class ControlChart(Table):
    """A control chart. Limits come from its first `phase_one` points, or from `mean` and `sigma` where they are known; then they stand.

    A point is one sample: its mean on xbar_r, xbar_s, i_mr, ewma and cusum. `rules` are what gives a signal on it.
    """

    kind: ChartKind
    phase_one: Annotated[int, Field(ge=2, le=10_000, strict=True)] = 25
    mean: Number | None = None  # of the process; p, np: share, c, u: defects a unit
    sigma: Positive | None = None  # of single values
    rules: RuleSet = "western_electric"
    width: Positive = 3.0  # limits lie so many sigma from the center; ewma: 2.7 is usual with a weight of 0.1
    weight: Annotated[float, Field(gt=0.0, le=1.0)] = 0.2  # ewma
    slack: Positive = 0.5  # cusum: half of the shift that shall be found, in sigma of what is plotted
    decision: Positive = 5.0  # cusum: a sum beyond so many sigma is a signal


class Drawn(Table):
    """What a simulated plant measures: normal values; yes, or a defective piece, with probability `mean`; `mean` defects a piece.

    From `shift_at` after the start on the mean is another by `shift`: something to be found.
    """

    mean: Number
    sd: Annotated[float, Field(ge=0.0, allow_inf_nan=False)] = 0.0
    shift: Number = 0.0
    shift_at: DurationUs = 0


class Characteristic(Table):
    """What is looked at, and what is allowed. Of `defectives` and `defects` a sample may have at most `accept`."""

    title: str = ""
    kind: CharacteristicKind = "measured"
    unit: str = ""
    lower: Number | None = None
    upper: Number | None = None
    target: Number | None = None
    accept: Annotated[int, Field(ge=0, strict=True)] = 0
    chart: ControlChart | None = None
    drawn: Drawn | None = None

    @property
    def is_counted(self) -> bool:
        """Whether a sample has one number of what was found in it, and not a value for each piece."""
        return self.kind in ("defectives", "defects")

    def passes(self, value: float) -> bool:
        """Whether one result is allowed; of what is counted, the number found in the sample."""
        if self.kind == "yes_no":
            return value == 1.0
        if self.kind != "measured":
            return value <= self.accept
        return (self.lower is None or value >= self.lower) and (self.upper is None or value <= self.upper)

    @property
    def asked(self) -> str:
        """What is allowed, in words."""
        if self.kind == "yes_no":
            return "yes"
        if self.kind != "measured":
            return f"{self.accept} or fewer {self.kind}"
        unit = f" {self.unit}" if self.unit else ""
        if self.lower is not None and self.upper is not None:
            return f"{self.lower:g} to {self.upper:g}{unit}"
        if self.lower is None:
            return "any" if self.upper is None else f"{self.upper:g}{unit} or less"
        return f"{self.lower:g}{unit} or more"


class SkipLot(Table):
    """After `qualify` lots in a row that were accepted only one lot in `one_in` is inspected, until one is not accepted (ISO 2859-3)."""

    qualify: Count = 10
    one_in: Annotated[int, Field(ge=2, le=5, strict=True)] = 2


class Sampling(Table):
    """Which lots are inspected: every one, or by one of these; and how many pieces of each."""

    every_lots: Count | None = None  # the first lot, and each so many lots after it
    every_pieces: Count | None = None  # in process: the lot in which so many good pieces are full since the last sample
    every: PositiveUs | None = None  # in process: the lot that is counted so long after the last sample, or later
    skip_lot: SkipLot | None = None
    pieces: Annotated[int, Field(ge=1, le=10_000, strict=True)] = 1

    @property
    def ways(self) -> list[str]:
        """How lots are chosen, as declared; there should be one at most."""
        return [name for name in ("every_lots", "every_pieces", "every", "skip_lot") if getattr(self, name) is not None]

    @property
    def is_in_process(self) -> bool:
        """Whether it goes by what is counted while the operation runs."""
        return self.every_pieces is not None or self.every is not None


class QualityPlan(Table):
    """What is inspected of a material: when `operation` is done; without one, when it was delivered, or is finished.

    `gate`: a lot that was chosen neither goes on nor ships before all of it is measured and allowed.
    """

    title: str = ""
    material: str
    operation: Id | None = None
    characteristics: Annotated[dict[Id, Characteristic], Field(min_length=1)]
    sampling: Sampling = Sampling()
    within: PositiveUs | None = None  # so long after it was to be made it is overdue; left out: it has time
    gate: bool = True
    on_signal: Literal["alert", "hold"] = "alert"
    verified_by_two: bool = False  # its results are signed by two persons; else the batch record names it as an exception
    authority: Id | None = None  # personnel class that may overrule, release and dispose; left out: anybody
