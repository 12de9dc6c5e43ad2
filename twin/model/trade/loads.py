"""How heavy and how large one unit of a material is: what freight is shared by, and what packages weigh. Exact integers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, PlainSerializer

from twin.model.measures import AMOUNT_FORM, read_amount, written_form

MG_OF = {"mg": 1, "g": 1_000, "kg": 1_000_000, "t": 1_000_000_000}
MM3_OF = {"mm3": 1, "cm3": 1_000, "l": 1_000_000, "m3": 1_000_000_000}


def read_weight(value: Any) -> int:
    """Milligrams of "38 kg"."""
    return read_amount(value, MG_OF, "weight", "38 kg")


def read_volume(value: Any) -> int:
    """Cubic millimetres of "1.5 m3"."""
    return read_amount(value, MM3_OF, "volume", "1.5 m3")


def write_weight(weight_mg: int) -> str:
    """Kilograms as a person reads them: "38 kg", "0.25 kg"."""
    whole, rest = divmod(weight_mg, MG_OF["kg"])
    return f"{whole:,}.{rest:06d}".rstrip("0").rstrip(".") + " kg"


WeightMg = Annotated[
    int,
    BeforeValidator(read_weight),
    Field(gt=0),
    PlainSerializer(lambda v: f"{v} mg", return_type=str, when_used="json-unless-none"),
    written_form(AMOUNT_FORM + "(mg|g|kg|t)", "38 kg", "weight", zero=False),
]
VolumeMm3 = Annotated[
    int,
    BeforeValidator(read_volume),
    Field(gt=0),
    PlainSerializer(lambda v: f"{v} mm3", return_type=str, when_used="json-unless-none"),
    written_form(AMOUNT_FORM + "(mm3|cm3|l|m3)", "1.5 m3", "volume", zero=False),
]
