"""An event as properties, and back without loss: for what B2MML has no element of its own for."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any

from twin.model.events import OperationsEvent
from twin.model.events.operations_event import EVENT_TYPES, event_from_fields
from twin.model.exchange.bounds import out_of_bounds
from twin.model.exchange.parts import Property, Value, b2mml_name, read_instant, read_whole, write_instant
from twin.model.problems import did_you_mean, listed

SEQUENCE, EFFECTIVE, RECORDED = "Sequence", "EffectiveTimeStamp", "RecordTimeStamp"
_NAMES = {
    "effective_us": EFFECTIVE, "recorded_us": RECORDED, "equipment": "EquipmentID", "request": "OperationsRequestID",
    "job_order": "JobOrderID", "lot": "MaterialLotID", "person": "PersonID", "material": "MaterialDefinitionID",
}  # fmt: skip
_TIMES = ("effective_us", "recorded_us", "due_us", "release_us", "until_us", "concerns_us")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An event that another system tells, and its place among those of its instant (0 where it says none)."""

    sequence: int
    event: OperationsEvent


@cache
def property_names(event_type: str) -> Mapping[str, str]:
    """Name of the property of each field of an event class."""
    return {field.name: _NAMES.get(field.name, b2mml_name(field.name)) for field in fields(EVENT_TYPES[event_type])}


@cache
def _kinds(event_type: str) -> Mapping[str, tuple[str, Any]]:
    """Kind and default of each field."""
    return {field.name: (str(field.type), field.default) for field in fields(EVENT_TYPES[event_type])}


def properties_of(told: Told, but: Collection[str] = ()) -> list[Property]:
    """What an event says, but for the fields in `but` and those with their default; and its place in its instant."""
    event, name = told.event, type(told.event).__name__
    found = [Property(id=SEQUENCE, value=Value(value_string=str(told.sequence), data_type="integer"))] if told.sequence else []
    for field, (kind, default) in _kinds(name).items():
        value = getattr(event, field)
        silent = event.effective_us if field == "recorded_us" else default
        if field in but or (silent is not MISSING and value == silent):
            continue
        found.append(Property(id=property_names(name)[field], value=_written(field, kind, value)))
    return found


def _written(field: str, kind: str, value: Any) -> Value:
    if field in _TIMES and value >= 0:
        return Value(value_string=write_instant(value), data_type="dateTime")
    if kind == "bool":
        return Value(value_string="true" if value else "false", data_type="boolean")
    if kind == "int":
        return Value(value_string=str(value), data_type="integer", unit_of_measure="us" if field.endswith("_us") else "")
    if kind.startswith("float"):
        return Value(value_string=repr(value), data_type="double")
    if kind.startswith("tuple"):
        return Value(value_string=json.dumps(value), data_type="list")
    return Value(value_string=value)


def told_by(event_type: str, properties: Iterable[Property], known: Mapping[str, Any], at_us: int | None = None) -> Told:
    """The event of that class that these properties and `known` fields say; `at_us`: when, if they do not say it.

    Raises
    ------
    ValueError : with all that is wrong, in words
    """
    if event_type not in EVENT_TYPES:
        raise ValueError(f"there is no event '{event_type}'{did_you_mean(event_type, EVENT_TYPES)}; allowed: {listed(EVENT_TYPES, 99)}")
    names = {name: field for field, name in property_names(event_type).items()}
    said: dict[str, Any] = {**known}
    wrong: list[str] = []
    sequence = 0
    for it in properties:
        try:
            if it.id == SEQUENCE:
                sequence = read_whole(it.value.value_string)
            elif it.id not in names:
                wrong.append(f"{event_type} has no property '{it.id}'{did_you_mean(it.id, names)}; allowed: {listed(names, 30)}")
            else:
                field = names[it.id]
                said[field] = _read(field, _kinds(event_type)[field][0], it.value)
        except (ValueError, TypeError) as error:
            wrong.append(f"{it.id}: {error}")
    if at_us is not None:
        said.setdefault("effective_us", at_us)
    missing = [names_of for field, names_of in property_names(event_type).items() if field not in said and _must(event_type, field)]
    wrong += [f"{event_type} needs {EFFECTIVE if it == 'effective_us' else it}" for it in missing]
    wrong += out_of_bounds({**said, "quantity": abs(said.get("quantity", 0))} if event_type == "MaterialActualCorrected" else said)
    if wrong:
        raise ValueError("; ".join(wrong))
    shared: dict[str, Any] = {
        key: said.pop(key) for key in ("effective_us", "recorded_us", "equipment", "request", "job_order", "lot", "person") if key in said
    }
    return Told(sequence=sequence, event=event_from_fields(event_type, shared, said))


def _must(event_type: str, field: str) -> bool:
    return _kinds(event_type)[field][1] is MISSING


def _read(field: str, kind: str, value: Value) -> Any:
    text = value.value_string
    if field in _TIMES and value.data_type == "dateTime":
        return read_instant(text)
    if kind == "bool":
        if text not in ("true", "false"):
            raise ValueError(f"'{text}' is neither; allowed: true, false")
        return text == "true"
    if kind == "int":
        return read_whole(text)
    if kind.startswith("float"):
        return float(text)
    return _read_list(text) if kind.startswith("tuple") else text


def _read_list(text: str) -> Any:
    """A list of texts and numbers, or of lists of them."""
    found = json.loads(text)
    plain = (str, int, float)
    if not isinstance(found, list) or not all(
        isinstance(it, plain) or (isinstance(it, list) and all(isinstance(one, plain) for one in it)) for it in found
    ):
        raise ValueError(f"'{text[:60]}' is no list; allowed: a JSON list of texts and numbers, or of such lists")
    return found
