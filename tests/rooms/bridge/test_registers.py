"""Changes as registers and as JSON texts: what is written reads back equal, and what is not whole is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hardware_bridge.change import ChangeKind, ChangeRecord, ControllerMemory, read_change, write_change
from hardware_bridge.message import read_envelope, read_message
from hardware_bridge.registers import (
    COUNTER_MODULUS,
    GOES_ON,
    INDEX_REGISTERS,
    LAYOUT,
    MORE,
    PRESENT_REGISTERS,
    RECORD_REGISTERS,
    RingIndex,
    join_parts,
    read_index,
    read_record,
    slot_address,
    write_index,
    write_records,
)
from twin.model.events import ProcessValueObserved

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=300)
COUNTERS = st.integers(0, COUNTER_MODULUS - 1)
CHANGES = st.builds(
    ChangeRecord, sequence=st.integers(1, 2**31), time_us=st.integers(-(2**62), 2**62), kind=st.sampled_from(ChangeKind),
    state=st.integers(0, 17), mode=st.integers(1, 3), good=COUNTERS, scrap=COUNTERS, rework=COUNTERS, energy=COUNTERS,
    value=st.floats(allow_nan=False, allow_infinity=False),
    reason=TEXTS, job_order=TEXTS, person=TEXTS, lot=TEXTS, message=TEXTS,
)  # fmt: skip


@given(CHANGES)
def test_a_change_in_registers_reads_back_equal_however_long_its_texts(change: ChangeRecord) -> None:
    records = write_records(change, change.sequence)
    parts = [read_record(registers) for registers in records]
    assert join_parts(parts) == change
    assert [part.change.sequence for part in parts] == list(range(change.sequence, change.sequence + len(parts)))
    assert [part.goes_on for part in parts] == [False] + [True] * (len(parts) - 1)
    assert [part.more for part in parts] == [True] * (len(parts) - 1) + [False]


@given(CHANGES, st.integers(0, 2**32 - 1))
def test_a_change_as_json_reads_back_equal(change: ChangeRecord, life: int) -> None:
    assert read_change(write_change(change, life)) == (change, life)


def test_a_whole_number_is_a_value_too() -> None:
    """JSON does not tell 50 from 50.0, and a person who writes a fact by hand writes 50."""
    memory = ControllerMemory()
    said = memory.change_of(ProcessValueObserved(effective_us=1, equipment="saw_1", property="temperature", value=50, unit="degC"))
    assert read_change(write_change(said, 1)) == (said, 1)
    assert read_change('{"sequence":1,"time_us":2,"kind":5,"value":50}')[0].value == 50.0


@given(CHANGES, st.integers(0, 2 * RECORD_REGISTERS - 1))
def test_a_record_cut_short_is_refused(change: ChangeRecord, length: int) -> None:
    with pytest.raises(ValueError, match="registers"):
        read_record(write_records(change, 1)[0][:length])


def test_a_record_that_was_overwritten_while_it_was_read_is_refused() -> None:
    old, new = (write_records(ChangeRecord(sequence=n, time_us=n, kind=ChangeKind.COUNT), n)[0] for n in (1, 33))
    with pytest.raises(ValueError, match="torn record: it begins as number 33 and ends as number 1"):
        read_record(new[:100] + old[100:])


def test_a_record_that_was_never_written_is_refused() -> None:
    with pytest.raises(ValueError, match="0 is not a valid ChangeKind"):
        read_record(bytes(2 * RECORD_REGISTERS))


def test_the_index_reads_back_and_another_layout_is_refused() -> None:
    index = RingIndex(32, 0xDEADBEEF, 7, 1_772_427_600_000_000)
    assert read_index(write_index(index)) == index
    with pytest.raises(ValueError, match="layout 0 with a ring of 0"):
        read_index(bytes(2 * INDEX_REGISTERS))


def test_the_tables_of_the_readme_are_the_registers_of_the_code() -> None:
    assert (LAYOUT, PRESENT_REGISTERS, INDEX_REGISTERS, RECORD_REGISTERS, MORE, GOES_ON) == (1, 100, 10, 120, 0x8000, 0x4000)
    assert [slot_address(number, 32) for number in (1, 2, 32, 33)] == [1100, 1220, 4820, 1100]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[]", "a change is no JSON list; allowed: an object"),
        ('{"sequence":1,"time_us":2,"kind":99}', "99 is not a valid ChangeKind"),
        ('{"sequence":1,"time_us":2}', "0 is not a valid ChangeKind"),
        ('{"time_us":2,"kind":1}', "needs more than it says; allowed: sequence, time_us and kind"),
        ('{"sequence":true,"time_us":2,"kind":1}', "'sequence' of a change is True"),
        ('{"sequence":1,"time_us":2,"kind":1,"reason":7}', "'reason' of a change is 7; allowed: a text"),
        ('{"sequence":1,"time_us":2,"kind":1,"rights":"all"}', "no 'rights'; allowed: sequence, time_us, kind, "),
        ("{", "Expecting"),
    ],
)
def test_a_text_that_is_no_change_is_refused_in_words(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        read_change(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            '{"sequence":1,"life":1,"type":"JournalPosted","effective_us":1,"fields":{"document":"x","legs":[]}}',
            "'JournalPosted' is no message",
        ),
        ('{"sequence":1,"life":1,"type":"StockCounted","effective_us":1,"fields":{"metal":"x"}}', "unexpected keyword"),
        ('{"sequence":1,"life":1,"type":"StockCounted","effective_us":1}', "fields"),
        ("7", "no message"),
    ],
)
def test_a_message_that_may_not_come_is_refused_in_words(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        read_message(text, 0)


def test_a_message_without_its_number_is_refused() -> None:
    with pytest.raises(ValueError, match="sequence, life, effective_us"):
        read_envelope('{"life":1}')
