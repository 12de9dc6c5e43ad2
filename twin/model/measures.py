"""How people write durations, money, power and distributions, and the exact integers we keep.

Durations are int64 microseconds, money is an integer in minor units (cents), a quantity is an integer in the smallest
unit of its material. Each type here is a pydantic annotation: it reads what a person wrote and refuses the rest in words,
writes the same text form to JSON (exactly, so that it reads back equal), and describes that form to editors.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetJsonSchemaHandler,
    PlainSerializer,
    SerializationInfo,
    SerializerFunctionWrapHandler,
    WithJsonSchema,
    WrapSerializer,
    model_validator,
)
from pydantic_core import CoreSchema

US_PER_S = 1_000_000
US_PER_H = 3_600 * US_PER_S
DURATION_UNITS_US = {
    "us": 1, "ms": 1_000, "s": US_PER_S, "min": 60 * US_PER_S, "h": US_PER_H, "d": 24 * US_PER_H, "week": 7 * 24 * US_PER_H,
}  # fmt: skip
MOST = 5 * 10**10
"""Of the smallest unit of an amount: 500 million EUR, 50 GW. What the largest quantity of it is worth is an int64, as databases keep it."""
MOST_WORTH = 10**13
"""Minor units of one document or entry, 100,000 million EUR: the sums of 900,000 of them are an int64."""
_TERM = re.compile(r"\s*([0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)\s*(us|ms|s|min|h|d|weeks?)(?![a-zA-Z])\s*")


class Table(BaseModel):
    """A declared table: frozen, and no key that it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


def read_duration(value: Any) -> int:
    """Microseconds of a duration such as "4.5 min", "8 h", "1 d 6 h".

    Raises
    ------
    ValueError : not a duration (a bare number has no unit and is refused, but for 0)
    """
    if value == 0 and not isinstance(value, bool):
        return 0
    text = str(value).strip()
    position, total = 0, Decimal(0)
    while position < len(text) and (term := _TERM.match(text, position)):
        unit = "week" if term[2].startswith("week") else term[2]
        if Decimal(term[1]).adjusted() > 20:  # before it is multiplied: a larger exponent than Decimal has is no traceback
            total = Decimal(2**62)
            break
        total += Decimal(term[1]) * DURATION_UNITS_US[unit]
        position = term.end()
    if total < 2**62 and (not text or position < len(text)):
        raise ValueError(f"'{value}' is no duration; allowed: a number with us, ms, s, min, h, d or week, as in '4.5 min' or '1 d 6 h'")
    if total >= 2**62:
        raise ValueError(f"'{value}' is longer than a run can be (146,000 years)")
    return int(total.to_integral_value())


def write_duration(duration_us: int) -> str:
    """The duration as a person writes it: "1 d 6 h", "4.5 min"."""
    for unit in ("d", "h", "min", "s", "ms"):
        size = DURATION_UNITS_US[unit]
        if abs(duration_us) >= size:
            return f"{round(duration_us / size, 2):g} {unit}"
    return f"{duration_us} us" if duration_us else "0 s"


def read_amount(value: Any, units: dict[str, int], what: str, example: str) -> int:
    """A decimal number and a unit of `units`, as an integer in the smallest of them; 0 needs no unit."""
    if value == 0 and not isinstance(value, bool):
        return 0
    match = re.fullmatch(r"\s*([+-]?[0-9][0-9_]*(?:\.[0-9]+)?)\s*(\S+)\s*", str(value))
    if match is None or match[2] not in units:
        raise ValueError(f"'{value}' is no {what}; allowed: a number with {' or '.join(units)}, as in '{example}'")
    exact = Decimal(match[1].replace("_", "")) * units[match[2]]
    if abs(exact) > MOST:
        raise ValueError(f"'{value}' is too large; allowed: {MOST // units[match[2]]:_} {match[2]} or less")
    if exact != exact.to_integral_value():
        raise ValueError(f"'{value}' is finer than the smallest unit kept")
    return int(exact)


CURRENCIES = {"EUR": 100, "USD": 100, "GBP": 100, "CHF": 100}


def read_money(value: Any) -> int:
    """Minor units of "3.20 EUR"."""
    return read_amount(value, CURRENCIES, "amount of money", "3.20 EUR")


def read_hourly_rate(value: Any) -> int:
    """Minor units per hour of "45 EUR/h"."""
    return read_amount(value, {f"{c}/h": m for c, m in CURRENCIES.items()}, "hourly rate", "45 EUR/h")


def read_power(value: Any) -> int:
    """Watts of "4.5 kW"."""
    return read_amount(value, {"W": 1, "kW": 1000, "MW": 1_000_000}, "power", "4.5 kW")


def read_tariff(value: Any) -> int:
    """Minor units per MWh of "0.22 EUR/kWh"."""
    return read_amount(value, {f"{c}/kWh": m * 1000 for c, m in CURRENCIES.items()}, "energy tariff", "0.22 EUR/kWh")


def not_negative(value: int) -> int:
    """It, unless it is less than nothing."""
    if value < 0:
        raise ValueError("less than nothing makes no sense here; allowed: 0 or more")
    return value


def _duration_text(duration_us: int) -> str:
    """The duration exactly, in the largest unit that divides it."""
    unit = next(unit for unit in ("d", "h", "min", "s", "ms", "us") if duration_us % DURATION_UNITS_US[unit] == 0)
    return f"{duration_us // DURATION_UNITS_US[unit]} {unit}"


def _amount_text(minor: int, units: int, per: str, info: SerializationInfo) -> str:
    """The amount exactly, in the currency that the context of the serialization names."""
    currency = (info.context or {}).get("currency", "EUR")
    return f"{Decimal(minor) / units} {currency}{per}"


def written_form(form: str, example: str, what: str, zero: bool = True) -> WithJsonSchema:
    """JSON schema of a text form: the regular expression `form` (without its ends), or the number 0."""
    forms = [{"type": "string", "pattern": f"^{form}$"}, *([{"const": 0}] if zero else [])]
    return WithJsonSchema({"anyOf": forms, "description": f"{what}, as in '{example}'", "examples": [example]})


AMOUNT_FORM = r"[0-9][0-9_]*(\.[0-9]+)?\s*"
_CURRENCY_FORM = f"({'|'.join(CURRENCIES)})"
_DURATION_FORM = r"(\s*[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?\s*(us|ms|s|min|h|d|weeks?)(?![a-zA-Z])\s*)+"

DurationText = PlainSerializer(_duration_text, return_type=str, when_used="json")
DurationForm = written_form(_DURATION_FORM, "4.5 min", "duration")
PositiveForm = written_form(_DURATION_FORM, "4.5 min", "duration", zero=False)

DurationUs = Annotated[int, BeforeValidator(read_duration), DurationText, DurationForm]
PositiveUs = Annotated[int, BeforeValidator(read_duration), Field(gt=0), DurationText, PositiveForm]
MoneyMinor = Annotated[
    int,
    BeforeValidator(lambda v: not_negative(read_money(v))),
    PlainSerializer(lambda v, info: _amount_text(v, 100, "", info), return_type=str, when_used="json-unless-none"),
    written_form(AMOUNT_FORM + _CURRENCY_FORM, "3.20 EUR", "amount of money"),
]
HourlyRateMinor = Annotated[
    int,
    BeforeValidator(lambda v: not_negative(read_hourly_rate(v))),
    PlainSerializer(lambda v, info: _amount_text(v, 100, "/h", info), return_type=str, when_used="json"),
    written_form(AMOUNT_FORM + _CURRENCY_FORM + "/h", "45 EUR/h", "hourly rate"),
]
PowerW = Annotated[
    int,
    BeforeValidator(lambda v: not_negative(read_power(v))),
    PlainSerializer(lambda v: f"{v} W", return_type=str, when_used="json"),
    written_form(AMOUNT_FORM + "(W|kW|MW)", "4.5 kW", "electrical power"),
]
TariffMinorPerMWh = Annotated[
    int,
    BeforeValidator(lambda v: not_negative(read_tariff(v))),
    PlainSerializer(lambda v, info: _amount_text(v, 100_000, "/kWh", info), return_type=str, when_used="json"),
    written_form(AMOUNT_FORM + _CURRENCY_FORM + "/kWh", "0.22 EUR/kWh", "energy tariff"),
]
Share = Annotated[float, Field(ge=0.0, le=1.0, strict=True)]
Shape = Annotated[float, Field(ge=0.001, le=1e6, strict=True)]  # beyond, its variates are no numbers


class Constant(Table):
    kind: Literal["constant"] = "constant"
    value: DurationUs

    @property
    def mean_us(self) -> float:
        return float(self.value)


class Exponential(Table):
    kind: Literal["exponential"] = "exponential"
    mean: PositiveUs

    @property
    def mean_us(self) -> float:
        return float(self.mean)


class Normal(Table):
    """Normal, truncated at zero from below (the mass below zero is cut off and the rest scaled up)."""

    kind: Literal["normal"] = "normal"
    mean: PositiveUs
    sd: PositiveUs

    @property
    def mean_us(self) -> float:
        alpha = -self.mean / self.sd
        density = math.exp(-alpha * alpha / 2) / math.sqrt(2 * math.pi)
        above = 0.5 * math.erfc(alpha / math.sqrt(2))
        return self.mean + self.sd * density / above


class Lognormal(Table):
    """Lognormal by its own mean and standard deviation (not those of the logarithm)."""

    kind: Literal["lognormal"] = "lognormal"
    mean: PositiveUs
    sd: PositiveUs

    @property
    def mean_us(self) -> float:
        return float(self.mean)


class Uniform(Table):
    kind: Literal["uniform"] = "uniform"
    low: DurationUs
    high: DurationUs

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if not self.low <= self.high:
            raise ValueError("low and high are not in order; allowed: low <= high")
        return self

    @property
    def mean_us(self) -> float:
        return (self.low + self.high) / 2


class Triangular(Table):
    kind: Literal["triangular"] = "triangular"
    low: DurationUs
    mode: DurationUs
    high: DurationUs

    @model_validator(mode="after")
    def _ordered(self) -> Triangular:
        if not self.low <= self.mode <= self.high:
            raise ValueError("low, mode and high are not in order; allowed: low <= mode <= high")
        return self

    @property
    def mean_us(self) -> float:
        return (self.low + self.mode + self.high) / 3


class Gamma(Table):
    """Gamma with shape k > 0; mean = shape * scale."""

    kind: Literal["gamma"] = "gamma"
    shape: Shape
    mean: PositiveUs

    @property
    def mean_us(self) -> float:
        return float(self.mean)


class Weibull(Table):
    """Weibull with shape k > 0 and scale; mean = scale * Gamma(1 + 1/k)."""

    kind: Literal["weibull"] = "weibull"
    shape: Shape
    scale: PositiveUs

    @model_validator(mode="after")
    def _has_a_mean(self) -> Weibull:
        if math.lgamma(1 + 1 / self.shape) > math.log(2**62 / self.scale):
            raise ValueError(f"shape {self.shape:g} makes the mean longer than a run can be (146,000 years); allowed: a larger shape")
        return self

    @property
    def mean_us(self) -> float:
        return self.scale * math.gamma(1 + 1 / self.shape)


class Erlang(Table):
    """Sum of `phases` exponentials; `mean` is that of the sum."""

    kind: Literal["erlang"] = "erlang"
    phases: Annotated[int, Field(ge=1, le=1000, strict=True)]
    mean: PositiveUs

    @property
    def mean_us(self) -> float:
        return float(self.mean)


class Empirical(Table):
    """Observed values, each drawn with equal probability."""

    kind: Literal["empirical"] = "empirical"
    values: Annotated[list[DurationUs], Field(min_length=1)]

    @property
    def mean_us(self) -> float:
        return sum(self.values) / len(self.values)


AnyDistribution = Constant | Exponential | Normal | Lognormal | Uniform | Triangular | Gamma | Weibull | Erlang | Empirical
DISTRIBUTIONS: dict[str, type[Table]] = {
    "constant": Constant,
    "exponential": Exponential,
    "normal": Normal,
    "lognormal": Lognormal,
    "uniform": Uniform,
    "triangular": Triangular,
    "gamma": Gamma,
    "weibull": Weibull,
    "erlang": Erlang,
    "empirical": Empirical,
}


def _read_distribution(value: Any) -> Any:
    """ "4.5 min" is a constant; {exponential: {mean: 4.5 min}} names the distribution."""
    if isinstance(value, dict) and len(value) == 1:
        (kind, parameters), *_ = value.items()
        if kind in DISTRIBUTIONS:
            if isinstance(parameters, dict):
                return {"kind": kind, **parameters}
            only = {"constant": "value", "exponential": "mean", "empirical": "values"}.get(kind)
            if only:
                return {"kind": kind, only: parameters}
            names = [name for name in DISTRIBUTIONS[kind].model_fields if name != "kind"]
            raise ValueError(f"'{kind}' needs its parameters by name: {', '.join(names)}")
        raise ValueError(f"unknown distribution '{kind}'; allowed: {', '.join(DISTRIBUTIONS)}")
    if isinstance(value, dict | Table):
        return value
    return {"kind": "constant", "value": value}


def _distribution_text(value: Any, write: SerializerFunctionWrapHandler) -> Any:
    """A constant as its duration, any other by its name: {exponential: {mean: 4.5 min}}."""
    table = dict(write(value))
    kind = table.pop("kind")
    return table["value"] if kind == "constant" else {kind: table}


class _DistributionForm:
    """Describes to editors what `_read_distribution` reads: a duration, or one distribution by its name."""

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        kinds: dict[str, str] = handler(schema)["discriminator"]["mapping"]
        duration = DurationForm.json_schema or {}
        short = {"constant": duration, "exponential": duration, "empirical": {"type": "array", "items": duration, "minItems": 1}}
        named = {kind: {"anyOf": [{"$ref": ref}, *([short[kind]] if kind in short else [])]} for kind, ref in kinds.items()}
        one_name = {"type": "object", "properties": named, "additionalProperties": False, "minProperties": 1, "maxProperties": 1}
        return {"anyOf": [*duration["anyOf"], one_name], "description": "duration, or a distribution by its name with its parameters"}


Duration = Annotated[
    AnyDistribution,
    Field(discriminator="kind"),
    BeforeValidator(_read_distribution),
    WrapSerializer(_distribution_text, when_used="json"),
    _DistributionForm(),
]
"""A declared distribution of a time, in microseconds."""


def allocate(amount: int, shares: Sequence[int]) -> list[int]:
    """Split `amount` in proportion to `shares`, whole units, summing to `amount` exactly.

    Largest remainder; equal remainders go to the earlier share. A negative amount is split as its opposite.

    Raises
    ------
    ValueError : a share is negative, or all of them are zero
    """
    total = sum(shares)
    if total == 0 or min(shares) < 0:
        raise ValueError(f"cannot allocate {amount} by {list(shares)}; allowed: shares that are not negative and not all zero")
    if len(shares) == 1:  # mostly: a job order for itself
        return [amount]
    if amount < 0:
        return [-part for part in allocate(-amount, shares)]
    parts = [amount * share // total for share in shares]
    remainders = [amount * share % total for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda place: (-remainders[place], place))
    for place in by_remainder[: amount - sum(parts)]:
        parts[place] += 1
    return parts
