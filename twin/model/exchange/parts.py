"""What messages are made of: names, times, quantities and properties, spelled as B2MML V0700 spells them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_US = timedelta(microseconds=1)
_FIRST_US = (datetime(1, 1, 1, tzinfo=UTC) - _EPOCH) // _US
_LAST_US = (datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC) - _EPOCH) // _US
_MOST = 2**63
_AS_WRITTEN = {"id": "ID", "bodid": "BODID"}


def b2mml_name(name: str) -> str:
    """`material_definition_id` -> "MaterialDefinitionID"."""
    return "".join(_AS_WRITTEN.get(word, word[:1].upper() + word[1:]) for word in name.split("_"))


class Part(BaseModel):
    """A piece of a message: frozen, and nothing in it that is not declared."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True, alias_generator=b2mml_name, validate_by_name=True)


def read_instant(value: Any) -> int:
    """UTC microseconds of an ISO 8601 instant.

    Raises
    ------
    ValueError : no instant, or none that can be written
    """
    at_us = value if isinstance(value, int) and not isinstance(value, bool) else _read_iso(value)
    if not _FIRST_US <= at_us <= _LAST_US:
        raise ValueError(f"'{value}' lies outside of the calendar; allowed: years 1 to 9999, as in 2026-03-02T06:00:00Z")
    return at_us


def _read_iso(value: Any) -> int:
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError(f"'{value}' is no instant; allowed: ISO 8601, as in 2026-03-02T06:00:00Z") from None
    if instant.tzinfo is None:
        raise ValueError(f"'{value}' says no time zone; allowed: ISO 8601 with a zone, as in 2026-03-02T06:00:00Z")
    return (instant - _EPOCH) // _US


def write_instant(at_us: int) -> str:
    """The instant as ISO 8601 text in UTC, to the microsecond where it needs that."""
    return (_EPOCH + timedelta(microseconds=at_us)).isoformat().replace("+00:00", "Z")


def read_whole(value: Any) -> int:
    """A whole number, as B2MML writes it: a text.

    Raises
    ------
    ValueError : none, or one too large
    """
    text = str(value)
    if isinstance(value, bool) or not text.lstrip("-").isdecimal() or not -_MOST <= int(text) < _MOST:
        raise ValueError(f"'{value}' is no whole number; allowed: as in '100'")
    return int(text)


DateTime = Annotated[
    int, BeforeValidator(read_instant), PlainSerializer(write_instant), WithJsonSchema({"type": "string", "format": "date-time"})
]
Whole = Annotated[int, BeforeValidator(read_whole), PlainSerializer(str), WithJsonSchema({"type": "string", "pattern": "^-?[0-9]+$"})]
Id = Annotated[str, Field(min_length=1, max_length=500)]


class Quantity(Part):
    """B2MML QuantityValue; whole numbers of the smallest unit."""

    quantity_string: Whole
    data_type: Literal["integer"] = "integer"
    unit_of_measure: str = ""


class Value(Part):
    """B2MML Value: a text and what kind of thing it is."""

    value_string: str
    data_type: Literal["string", "integer", "double", "boolean", "dateTime", "list"] = "string"
    unit_of_measure: str = ""


class Property(Part):
    """A property of anything, by its id."""

    id: Id
    value: Value


class HierarchyScope(Part):
    """Where in the role-based equipment hierarchy something belongs."""

    equipment_id: Id = Field(alias="EquipmentID")
    equipment_element_level: Literal["Enterprise", "Site", "Area", "WorkCenter", "WorkUnit"] = "Site"
