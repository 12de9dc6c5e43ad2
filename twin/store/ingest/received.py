"""Facts as others send them: a JSON object a line, with the sender's id, checked whole at the door.

    {"id": "plc_a/4711", "sequence": 4711, "type": "CountObserved", "effective_us": 1772431200000000, "equipment": "saw_1", "good": 3}

`id` is the sender's: what comes again with it is the same fact. `sequence`, if it is there, orders the facts of one instant. The other
keys are the fields of the event class; what is left out has its default, as in the class.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import MISSING, Field, dataclass, fields
from functools import cache
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any

from twin.model.events import JournalPosted, OperationsEvent, event_to_fields
from twin.model.events.operations_event import BASE_FIELDS, EVENT_TYPES, event_from_fields
from twin.model.exchange.bounds import far_away, joined, out_of_bounds, too_many_lots
from twin.model.problems import Problem, did_you_mean, listed
from twin.store.journal import StoreError
from twin.store.journal.hash_chain import canonical
from twin.store.records.record import numbered_lines

CONCLUDED = (
    "JobOrderCreated", "JobOrderCommand", "JobOrderStarted", "JobOrderPaused", "JobOrderHeld", "JobOrderResumed", "JobOrderAborted",
    "JobOrderCompleted", "MaterialActual", "EquipmentActual", "PersonnelActual", "WorkAlertRaised", "OperationsResponse",
    "StandardCostReleased", "EntryRefused", "LotMerged", "LotMergedInProcess", "SparePartReserved", "SparePartIssued", "MaintenanceWorked",
    "AlarmEscalated", "DocumentsInForce", "ToolAssigned", "ProcessDeviationFound", "WorkPromptRaised", "PersonnelActualCorrected",
    "DispositionCarriedOut", "LotRegrouped",
    "MaterialActualCorrected", "JobOrderCorrected", "WaveReleased", "PickListReleased", "PickListCancelled", "CycleCountRequested",
    "SerialNumbersAssigned", "LotExpiryRecorded", "ShipmentHeld", "ShipmentHoldLifted", "EquipmentStateCorrected",
)  # fmt: skip
"""What MES and ERP conclude from facts by themselves; a foreign MES's conclusions come in by the messages of B2MML instead."""

NO_LOTS: Mapping[str, int] = MappingProxyType({})
_ABSTRACT = ("OperationsEvent", "PlantEvent", "BusinessEvent", "Entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedFact:
    """One message of a sender.

    Attributes
    ----------
    id : the sender's; two messages with one id are one message that came twice
    sequence : the sender's number; None where it has none
    event : what the message says
    place : where it stands, as "file:line", for whoever has to look for it
    """

    id: str
    sequence: int | None
    event: OperationsEvent
    place: str = ""

    @property
    def digest(self) -> int:
        """A number made of what it says, without when it became known: a message that comes again says the same."""
        return int.from_bytes(blake2b(canonical(self.event).content.encode(), digest_size=8).digest())


@cache
def importable() -> tuple[str, ...]:
    """Names of the event classes that a sender may use."""
    closed = {*CONCLUDED, *_ABSTRACT}
    return tuple(sorted(name for name, it in EVENT_TYPES.items() if name not in closed and not issubclass(it, JournalPosted)))


def read_received(
    path: Path, equipment: Iterable[str] | None = None, start_us: int | None = None, lot_sizes: Mapping[str, int] | None = None
) -> Iterator[ReceivedFact | Problem]:
    """Every line of a file, in its order: the fact that it says, or what is wrong with it, all at once.

    Parameters
    ----------
    path : JSON lines, plain or gzipped; empty lines say nothing
    equipment : ids that the plant declares; a fact of Level 2 about others is refused. Left out, all are taken.
    start_us : of the run; what happened many years from it is refused. Left out, it may have happened at any time.
    lot_sizes : by material that is made in lots; what is asked for in too many of them is refused

    Raises
    ------
    StoreError : the file cannot be read
    """
    known = None if equipment is None else frozenset(equipment)
    try:
        for number, line in numbered_lines(path):
            if line.strip():
                yield read_line(line, str(path), number, known, start_us, lot_sizes or {})
    except (OSError, EOFError, zlib.error) as error:
        raise StoreError(f"'{path}' cannot be read: {error}; allowed: JSON lines, plain or gzipped (.gz)") from None


def read_line(
    line: str, file: str = "", number: int = 1, equipment: frozenset[str] | None = None, start_us: int | None = None,
    lot_sizes: Mapping[str, int] = NO_LOTS,
) -> ReceivedFact | Problem:  # fmt: skip
    """What one line says, or what is wrong with it."""

    def refused(what: str, allowed: str) -> Problem:
        return Problem(file=file, line=number, column=1, what=what, allowed=allowed)

    try:
        said = json.loads(line)
    except (ValueError, RecursionError) as error:
        return refused(f"no JSON: {error}", "one JSON object a line")
    if not isinstance(said, dict):
        return refused(f"a JSON {type(said).__name__}", "one JSON object a line")
    sender_id, sequence, name = said.pop("id", None), said.pop("sequence", None), said.pop("type", None)
    wrong: list[str] = []
    if not isinstance(sender_id, str) or not sender_id:
        wrong.append("it has no 'id' (a text), so that nobody could tell it from the same fact come twice")
    if sequence is not None and (not isinstance(sequence, int) or isinstance(sequence, bool)):
        wrong.append("'sequence' is no whole number")
    if name not in importable():
        why = "is concluded here, from facts" if name in CONCLUDED else f"is no fact{did_you_mean(str(name), importable())}"
        return refused("; ".join([*wrong, f"type '{name}' {why}"]), f"one of {listed(importable(), 60)}")
    allowed = _allowed_fields(name)
    wrong += _wrong_fields(said, allowed)
    wrong += [] if wrong or start_us is None else far_away(said, start_us)
    wrong += [] if wrong else [*joined(name, said), *too_many_lots(name, said, lot_sizes)]
    it = said.get("equipment")
    if equipment is not None and EVENT_TYPES[name].LEVEL == 2 and it and isinstance(it, str) and it not in equipment:
        wrong.append(f"the plant has no equipment '{it}'{did_you_mean(it, equipment)}")
    if wrong:
        return refused("; ".join(wrong), "id, type and " + ", ".join(f"{key} ({kind})" for key, (kind, _) in allowed.items()))
    shared = {key: value for key, value in said.items() if key in BASE_FIELDS}
    own = {key: _of_kind(value, allowed[key][0]) for key, value in said.items() if key not in BASE_FIELDS}
    event = event_from_fields(name, shared, own)
    try:
        canonical(event)
    except StoreError as error:
        return refused(str(error), "what a journal can keep")
    return ReceivedFact(id=str(sender_id), sequence=sequence, event=event, place=f"{file}:{number}")


def _is_text(it: Any) -> bool:
    return isinstance(it, str)


def _is_whole(it: Any) -> bool:
    return isinstance(it, int) and not isinstance(it, bool)


def _is_number(it: Any) -> bool:
    return isinstance(it, float) or _is_whole(it)


def _rows_of(*kinds: Callable[[Any], bool]) -> Callable[[Any], bool]:
    """Whether it is a list of rows, each with values of these kinds."""

    def is_right(it: Any) -> bool:
        return isinstance(it, list) and all(
            isinstance(row, list) and len(row) == len(kinds) and all(kind(value) for kind, value in zip(kinds, row, strict=True))
            for row in it
        )

    return is_right


_KINDS: dict[str, Callable[[Any], bool]] = {
    "int": _is_whole,
    "float": _is_number,
    "float | None": lambda it: it is None or _is_number(it),
    "bool": lambda it: isinstance(it, bool),
    "str": _is_text,
}


@cache
def _check_of(kind: str) -> Callable[[Any], bool]:
    """Whether a value is of a kind, by the annotation of its field: a plain one, a list of it, or a list of rows."""
    if kind in _KINDS:
        return _KINDS[kind]
    inner = kind.removeprefix("tuple[").removesuffix(", ...]")
    if inner.startswith("tuple["):
        return _rows_of(*(_KINDS[it] for it in inner.removeprefix("tuple[").removesuffix("]").split(", ")))
    one = _KINDS[inner]
    return lambda it: isinstance(it, list) and all(map(one, it))


@cache
def _allowed_fields(name: str) -> dict[str, tuple[str, bool]]:
    """Of each field of an event class its kind, and whether it must be there."""

    def must(field: Field[Any]) -> bool:
        return field.default is MISSING and field.default_factory is MISSING

    return {field.name: (str(field.type), must(field)) for field in fields(EVENT_TYPES[name])}


def _wrong_fields(said: dict[str, Any], allowed: dict[str, tuple[str, bool]]) -> list[str]:
    wrong = [f"'{key}' is missing" for key, (_, must) in allowed.items() if must and key not in said]
    wrong += [f"nothing is called '{key}'{did_you_mean(key, allowed)}" for key in said if key not in allowed]
    for key, value in said.items():
        kind = allowed.get(key, ("", False))[0]
        if kind and not _check_of(kind)(value):
            wrong.append(f"'{key}' is {json.dumps(value)[:40]}, and not {kind}")
    return wrong + out_of_bounds({key: value for key, value in said.items() if key in allowed})


def _of_kind(value: Any, kind: str) -> Any:
    """A sender may write 3 for 3.0; an event has one text, so it has one kind of number."""
    return float(value) if kind.startswith("float") and value is not None else value


def line_of(fact: ReceivedFact) -> str:
    """The line that says this fact; what has its default is left out."""
    event = fact.event
    values = {name: getattr(event, name) for name in BASE_FIELDS} | event_to_fields(event)
    silent = {"recorded_us": event.effective_us} | {
        field.name: field.default for field in fields(event) if field.default is not MISSING and field.name != "recorded_us"
    }
    said = {key: value for key, value in values.items() if key not in silent or silent[key] != value}
    numbered = {} if fact.sequence is None else {"sequence": fact.sequence}
    return json.dumps({"id": fact.id, **numbered, "type": type(event).__name__, **said})


def write_received(path: Path, facts: Iterable[ReceivedFact]) -> int:
    """Write facts as JSON lines (gzipped if the name ends with .gz); how many."""
    count = 0
    with gzip.open(path, "wt", encoding="utf-8") if path.suffix == ".gz" else path.open("w", encoding="utf-8") as file:
        for fact in facts:
            file.write(line_of(fact) + "\n")
            count += 1
    return count
