"""Events of every class with any values that a journal promises to keep, and journals made of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import fields

from hypothesis import strategies as st

from twin.model.events import EVENT_TYPES, JournalPosted, OperationsEvent
from twin.model.events.operations_event import BASE_FIELDS, SUBJECT_FIELDS
from twin.model.exchange.bounds import LAST_US, bounds
from twin.model.states import Source
from twin.store.journal import Journal, JournalEntry

INT64 = 2**63

anything_whole = st.integers() | st.sampled_from([0, -1, INT64 - 1, -INT64, INT64, -(2**80), 10**40])
any_text = st.text() | st.sampled_from(["", "Fräser", "\0", "½ μm 🏭", "\ud800", "a+b", '"\\', "null"])
any_float = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([-0.0, 5e-324, 0.1, 1e308, 2.0**53 + 2])
an_id = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12) | st.sampled_from(
    ["", "mill_1", "a+b", "Prüfstand"]
)
a_time_us = st.integers(-INT64, INT64 - 1)

VALUES: dict[str, st.SearchStrategy[object]] = {
    "int": anything_whole,
    "float": any_float,
    "float | None": st.none() | any_float,
    "bool": st.booleans(),
    "str": any_text,
    "tuple[str, ...]": st.lists(any_text, max_size=3).map(tuple),
    "tuple[int, ...]": st.lists(anything_whole, max_size=3).map(tuple),
    "tuple[tuple[int, int], ...]": st.lists(st.tuples(anything_whole, anything_whole), max_size=3).map(tuple),
    "tuple[tuple[int, str, str], ...]": st.lists(st.tuples(anything_whole, any_text, any_text), max_size=3).map(tuple),
    "tuple[tuple[str, str, str], ...]": st.lists(st.tuples(any_text, any_text, any_text), max_size=3).map(tuple),
    "tuple[tuple[str, str, int], ...]": st.lists(st.tuples(any_text, any_text, anything_whole), max_size=3).map(tuple),
    "tuple[tuple[str, int, int], ...]": st.lists(st.tuples(any_text, anything_whole, anything_whole), max_size=3).map(tuple),
    "tuple[tuple[str, int, int, int], ...]": st.lists(st.tuples(any_text, *[anything_whole] * 3), max_size=3).map(tuple),
    "tuple[tuple[str, int, str], ...]": st.lists(st.tuples(any_text, anything_whole, any_text), max_size=3).map(tuple),
    "tuple[tuple[str, int], ...]": st.lists(st.tuples(any_text, anything_whole), max_size=3).map(tuple),
    "tuple[tuple[str, str], ...]": st.lists(st.tuples(any_text, any_text), max_size=3).map(tuple),
    "tuple[tuple[str, str, str, int], ...]": st.lists(st.tuples(any_text, any_text, any_text, anything_whole), max_size=3).map(tuple),
}


def values_of(kind: str, whole: st.SearchStrategy[int] | None) -> st.SearchStrategy[object]:
    """Values of a field by its annotation; whole numbers in it from `whole`, or any."""
    if whole is None or "int" not in kind:
        return VALUES[kind]
    if kind == "int":
        return whole
    if kind == "tuple[int, ...]":
        return st.lists(whole, max_size=3).map(tuple)
    row = kind.removeprefix("tuple[tuple[").removesuffix("], ...]").split(", ")
    return st.lists(st.tuples(*(whole if it == "int" else any_text for it in row)), max_size=3).map(tuple)


def events_of(event_class: type[OperationsEvent], *, within_bounds: bool = False) -> st.SearchStrategy[OperationsEvent]:
    """Events of a class; `within_bounds`: with numbers as they come in by the doors."""

    def whole(name: str) -> st.SearchStrategy[int] | None:
        return st.integers(*bounds(name)) if within_bounds else None

    own = {it.name: values_of(str(it.type), whole(it.name)) for it in fields(event_class) if it.name not in BASE_FIELDS}
    subjects = dict.fromkeys(SUBJECT_FIELDS, an_id)
    at_us = st.integers(0, LAST_US) if within_bounds else a_time_us
    return st.builds(event_class, effective_us=at_us, recorded_us=at_us, **subjects, **own)


CONCRETE = sorted((c for c in EVENT_TYPES.values() if not c.__subclasses__() or c is JournalPosted), key=lambda c: c.__name__)
any_event = st.sampled_from(CONCRETE).flatmap(events_of)
possible_event = st.sampled_from(CONCRETE).flatmap(lambda it: events_of(it, within_bounds=True))


@st.composite
def any_record(draw: st.DrawFn) -> list[tuple[OperationsEvent, Source, int | None, str]]:
    """What is appended: event, source, place of its cause in this list (None: a fact), rule. Some facts are equal."""
    few = draw(st.lists(any_event, min_size=1, max_size=6))
    record: list[tuple[OperationsEvent, Source, int | None, str]] = []
    for place in range(draw(st.integers(1, 12))):
        event = draw(st.sampled_from(few))
        if place and draw(st.booleans()):
            record.append((event, Source.RULE, draw(st.integers(0, place - 1)), draw(st.sampled_from(["mes.tracking", "erp.ledger"]))))
        else:
            record.append((event, draw(st.sampled_from([Source.SIMULATED, Source.LIVE, Source.REPLAYED, Source.USER])), None, ""))
    return record


def append_all(journal: Journal, record: Iterable[tuple[OperationsEvent, Source, int | None, str]]) -> list[JournalEntry]:
    entries: list[JournalEntry] = []
    for event, source, cause, rule in record:
        entries.append(journal.append(event, source=source, cause="" if cause is None else entries[cause].id, rule=rule))
    return entries
