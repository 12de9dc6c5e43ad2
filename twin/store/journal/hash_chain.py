"""Canonical text of an event, ids made from content, the chain of hashes, and finding where it breaks.

Everything is hashed by BLAKE2b (RFC 7693) over JSON arrays written without spaces, keys sorted, in ASCII, floats by `repr`
(the shortest text that reads back to the same float64), integers in full. JSON values side by side end themselves, so two
different entries never have the same text.
"""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterable
from dataclasses import fields
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

from twin.model.events import OperationsEvent
from twin.model.events.operations_event import BASE_FIELDS, EVENT_TYPES, SUBJECT_FIELDS, as_tuple
from twin.model.states import Source
from twin.store.journal.journal_entry import EMPTY_HEAD, PLANT_SOURCES, JournalEntry, StoreError

_INT64 = 2**63


def _as_number(value: Any) -> Any:
    """A number of another library (numpy) as the Python number that it is."""
    try:
        return operator.index(value)
    except TypeError:
        return float(value)


# The compiled encoder that `json.dumps` would make anew for each text: (no cycle check, default, quote, indent, separators, sort keys,
# no key skipped, no NaN). Kept, because a journal writes three texts for each event.
_chunks = vars(json.encoder)["c_make_encoder"](None, _as_number, json.encoder.encode_basestring_ascii, None, ":", ",", True, False, False)


_quote = json.encoder.encode_basestring_ascii
_read = vars(json.JSONDecoder())["scan_once"]  # as `json.loads`, of a text that begins and ends without spaces
_SOURCES = {source.value: source for source in Source}


def _encode(value: Any) -> str:
    return "".join(_chunks(value, 0))


def _number(value: Any) -> str:
    return int.__repr__(value) if value.__class__ is int else _encode(value)


@cache
def own_fields(type_name: str) -> tuple[str, ...]:
    """Names of the fields that an event class has beside those of every event, sorted."""
    return tuple(sorted(f.name for f in fields(EVENT_TYPES[type_name]) if f.name not in BASE_FIELDS))


@cache
def _left_out(type_name: str) -> frozenset[str]:
    """Those of them that are not kept where they are empty."""
    return frozenset(f.name for f in fields(EVENT_TYPES[type_name]) if f.metadata.get("left out if empty"))


def _texts(event: OperationsEvent) -> tuple[str, str]:
    """What every event has, and its own fields, as JSON, whatever stands in them."""
    type_name = type(event).__name__
    left_out = _left_out(type_name)
    own = {name: value for name in own_fields(type_name) if (value := getattr(event, name)) or name not in left_out}
    subjects = (event.equipment, event.request, event.job_order, event.lot, event.person)
    return _encode((type_name, event.effective_us, *subjects)), _encode(own) if own else "{}"


_WRITTEN = {"str": "{quote(event.%s)}", "int": "{number(event.%s)}"}
"""How a field is written whose declared type is so plain; any other is left to `_encode`."""


@cache
def _writer(type_name: str) -> Callable[[OperationsEvent], tuple[str, str]]:
    """`_texts` for one class, laid out as one expression: a journal writes each event once, and this takes a third of the time.

    It raises a TypeError where something else stands in a field than is declared. Events with what is mostly left out go the long way.
    """
    types = {f.name: f.type for f in fields(EVENT_TYPES[type_name])}
    left_out = _left_out(type_name)
    said = {name: _WRITTEN.get(str(types[name]), "{encode(event.%s)}") % name for name in types}
    base = ",".join(said[name] for name in ("effective_us", *SUBJECT_FIELDS))
    body = ",".join(f'"{name}":{said[name]}' for name in own_fields(type_name) if name not in left_out)
    plain = f"f'[\"{type_name}\",{base}]', f'{{{{{body}}}}}'"
    rare = f"texts(event) if {' or '.join(f'event.{name}' for name in sorted(left_out))} else " if left_out else ""
    known = {"quote": _quote, "number": _number, "encode": _encode, "texts": _texts}
    written: Callable[[OperationsEvent], tuple[str, str]] = eval(f"lambda event: {rare}({plain})", known)  # of names of our own alone
    return written


class CanonicalEvent(NamedTuple):
    """An event as text: `body` is its own fields as a JSON object, `content` everything that happened but not when it became known."""

    content: str
    body: str


def canonical(event: OperationsEvent) -> CanonicalEvent:
    """The one text of an event that ids and hashes are made from.

    Raises
    ------
    StoreError : the event holds something that would not survive (NaN, infinity, a time outside int64, NUL or half a character in an id)
    """
    try:
        try:
            base, body = _writer(type(event).__name__)(event)
        except TypeError:
            base, body = _texts(event)
    except (TypeError, ValueError) as error:
        raise StoreError(f"{event} cannot be kept: {error}; allowed: whole and finite numbers, texts, and tuples of them") from None
    if not (-_INT64 <= event.effective_us < _INT64 and -_INT64 <= event.recorded_us < _INT64):
        raise StoreError(f"{event} cannot be kept: a time is outside int64 microseconds; allowed: years -290308 to 294247")
    if "\\u0000" in base or "\\ud" in base:
        _check_texts(event, (event.equipment, event.request, event.job_order, event.lot, event.person))
    return CanonicalEvent(base + body, body)


def _check_texts(event: OperationsEvent, texts: Iterable[str]) -> None:
    """Ids become columns, and no database keeps NUL or half a surrogate pair in a text."""
    for text in texts:
        if "\0" in text or any("\ud800" <= sign <= "\udfff" for sign in text):
            raise StoreError(f"{event} cannot be kept: {text!r} holds a NUL or half a character; allowed: any other text")


def fact_id(content: str, occurrence: int) -> str:
    """Id of a fact: of its content, and of how many equal ones came before."""
    return blake2b(f"{content}{occurrence}".encode(), digest_size=16).hexdigest()


def derived_id(cause: str, rule: str, occurrence: int) -> str:
    """Id of a derived event: of its cause, the rule, and how many this rule had concluded from this cause before."""
    return blake2b(f"[{_quote(cause)},{_quote(rule)},{occurrence}]".encode(), digest_size=16).hexdigest()


def link_hash(previous_hash: str, seq: int, entry_id: str, source: str, rule: str, cause: str, recorded_us: int, content: str) -> str:
    """Hash of one entry, over its predecessor's hash and everything that the entry says."""
    quote = _quote
    text = f"{previous_hash}[{seq},{quote(entry_id)},{quote(source)},{quote(rule)},{quote(cause)},{_number(recorded_us)}]{content}"
    return blake2b(text.encode(), digest_size=32).hexdigest()


class JournalRow(NamedTuple):
    """An entry as the columns of the table `journal`, in their order."""

    seq: int
    id: str
    effective_us: int
    recorded_us: int
    source: str
    type: str
    equipment: str
    request: str
    job_order: str
    lot: str
    person: str
    cause: str
    rule: str
    body: str
    previous_hash: str
    hash: str


StoredRow = tuple[Any, ...]
"""The same columns without their names, as a database gives them: where millions are read, and each is taken apart at once."""


def row_of(entry: JournalEntry) -> JournalRow:
    """The columns of an entry."""
    event = entry.event
    subjects = (event.equipment, event.request, event.job_order, event.lot, event.person)
    return JournalRow(
        entry.seq, entry.id, event.effective_us, event.recorded_us, entry.source.value, type(event).__name__, *subjects,
        entry.cause, entry.rule, canonical(event).body, entry.previous_hash, entry.hash,
    )  # fmt: skip


_AS_IT_STANDS = frozenset({"str", "int", "float", "bool"})
"""Declared types of fields that JSON gives as they are; in any other there may be a list, which is a tuple in the event."""


@cache
def _reader(type_name: str) -> Callable[..., OperationsEvent]:
    """What makes an event of one class of its columns and its own fields, by the setters of its slots, as `__init__` does.

    Where other fields stand there than are written, it goes by the class itself, which says what is wrong. Raises a KeyError for no class.
    """
    kind = EVENT_TYPES[type_name]

    def by_class(effective_us: int, recorded_us: int, *rest: Any) -> OperationsEvent:
        *subjects, own = rest
        own = {name: as_tuple(value) for name, value in own.items()}
        return kind(effective_us=effective_us, recorded_us=recorded_us, **dict(zip(SUBJECT_FIELDS, subjects, strict=True)), **own)

    if kind.__post_init__ is not OperationsEvent.__post_init__:
        return by_class
    known: dict[str, Any] = {"kind": kind, "new": object.__new__, "by_class": by_class, "as_tuple": as_tuple}
    known |= {f"set_{it.name}": getattr(kind, it.name).__set__ for it in fields(kind)}
    known |= {f"default_{it.name}": it.default for it in fields(kind)}
    given, left_out = ", ".join(BASE_FIELDS), _left_out(type_name)
    written = [name for name in own_fields(type_name) if name not in left_out]
    types = {it.name: str(it.type) for it in fields(kind)}
    values = {name: name for name in BASE_FIELDS} | {"recorded_us": "effective_us if recorded_us < 0 else recorded_us"}
    values |= {name: f"default_{name}" for name in left_out}
    values |= {name: f"own['{name}']" if types[name] in _AS_IT_STANDS else f"as_tuple(own['{name}'])" for name in written}
    said = "".join(f"        set_{name}(event, {value})\n" for name, value in values.items())
    longer = f"return by_class({given}, own)\n"
    exec(
        f"def read({given}, own):\n    if len(own) != {len(written)}:\n        {longer}"
        f"    try:\n        event = new(kind)\n{said}    except (KeyError, TypeError):\n        {longer}    return event\n",
        known,  # of names of our own alone
    )
    made: Callable[..., OperationsEvent] = known["read"]
    return made


def entry_of(row: StoredRow) -> JournalEntry:
    """The entry of its columns.

    Raises
    ------
    StoreError : the columns do not make an event; written by a newer plant-twin, or damaged
    """
    try:
        (
            seq,
            entry_id,
            effective_us,
            recorded_us,
            source,
            kind,
            equipment,
            request,
            job_order,
            lot,
            person,
            cause,
            rule,
            body,
            before,
            after,
        ) = row
        own, read_to = _read(body, 0)
        if read_to != len(body):
            raise ValueError(f"its body goes on after {read_to} signs")
        event = _reader(kind)(effective_us, recorded_us, equipment, request, job_order, lot, person, own)
        return JournalEntry(seq, entry_id, _SOURCES.get(source) or Source(source), rule, cause, event, before, after)
    except (KeyError, TypeError, ValueError, AttributeError, StopIteration) as error:  # the last: its body is empty
        names = JournalRow._make(row)
        known = "" if names.type in EVENT_TYPES else f" (no event class is called '{names.type}')"
        raise StoreError(
            f"entry {names.seq} of the journal cannot be read{known}: {error}; it was damaged or written by a newer plant-twin;"
            " allowed: a whole copy of it, or that plant-twin"
        ) from None


def first_broken_link(rows: Iterable[StoredRow], after_hash: str = EMPTY_HEAD, after_seq: int = 0) -> int | None:
    """Seq of the first row that is not what was written; None if all are, in order and without gaps.

    What was cut off at the end cannot be seen: keep the head somewhere else to find that.
    """
    quote, number = _quote, int.__repr__  # of what is neither a text nor a number they raise a TypeError
    previous, seq = after_hash, after_seq
    for row in rows:
        seq += 1
        (
            place,
            entry_id,
            effective_us,
            recorded_us,
            source,
            kind,
            equipment,
            request,
            job_order,
            lot,
            person,
            cause,
            rule,
            body,
            before,
            after,
        ) = row
        try:  # `link_hash` of the row's content, laid out as one text: a journal of millions of rows is checked when it is copied
            text = (
                f"{previous}[{number(seq)},{quote(entry_id)},{quote(source)},{quote(rule)},{quote(cause)},{number(recorded_us)}]"
                f"[{quote(kind)},{number(effective_us)},{quote(equipment)},{quote(request)},{quote(job_order)},{quote(lot)},{quote(person)}]"
            )
            expected = blake2b((text + body).encode(), digest_size=32).hexdigest()
        except (TypeError, ValueError):  # a column that no longer holds a text or a number
            return seq
        if after != expected or place != seq or before != previous:
            return seq
        previous = expected
    return None


def verify(entries: Iterable[JournalEntry]) -> int | None:
    """Seq of the first entry of a whole journal that was tampered with; None if there is none.

    Give the journal itself, rather than its entries, to have every stored byte checked and not only what it means.
    """
    rows: Callable[[], Iterable[JournalRow]] | None = getattr(entries, "rows", None)
    return first_broken_link(rows() if rows is not None else map(row_of, entries))


def trace_hash(entries: Iterable[JournalEntry]) -> str:
    """Hash over the plant's own facts, in their order: what happened and when, of which type, to whom.

    Left out is everything that may differ between a run, its replay and its recording from a live plant: which of the three it
    was, when a fact became known, its place in the journal, and what users, MES and ERP added.
    """
    trace = blake2b(digest_size=32)
    for entry in entries:
        if entry.source in PLANT_SOURCES:
            trace.update(canonical(entry.event).content.encode())
    return trace.hexdigest()


assert JournalRow._fields[6:11] == SUBJECT_FIELDS
