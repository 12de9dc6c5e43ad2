"""Registers of a virtual PLC on Modbus TCP: where each value stands, and back (hardware_bridge/README.md has the tables).

Numbers are big-endian with the high word first, texts are UTF-8 padded with NUL. A text too long for its registers goes on in
the following records, whose texts are to be put behind it: `MORE` says that one follows, `GOES_ON` that one went before.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from hardware_bridge.change import ChangeKind, ChangeRecord, ControllerMemory
from twin.model.signals import COMMAND_TAGS

LAYOUT = 1
COUNTER_MODULUS = 2**32

PRESENT_ADDRESS = 0
INDEX_ADDRESS = 1000
RING_ADDRESS = 1100

_TEXTS = {"reason": 32, "job_order": 64, "person": 32, "lot": 32, "message": 32}  # bytes
_RECORD = struct.Struct(">IqHHHHIIIId32s64s32s32s32sI")
_INDEX = struct.Struct(">HHIIq")
_PRESENT = struct.Struct(">HHHHIIqIIII32s64s32s32s")
RECORD_REGISTERS = _RECORD.size // 2
INDEX_REGISTERS = _INDEX.size // 2
PRESENT_REGISTERS = _PRESENT.size // 2
_SETPOINT = struct.Struct(">f")
SETPOINT_REGISTERS = _SETPOINT.size // 2
COMMAND_REGISTERS = len(COMMAND_TAGS)
MORE, GOES_ON = 0x8000, 0x4000
_KIND = 0x0FFF

assert max(RECORD_REGISTERS, INDEX_REGISTERS, PRESENT_REGISTERS) <= 125, "one request reads at most 125 registers (Modbus V1.1b3, 6.3)"


class RingIndex(NamedTuple):
    """What stands before the ring: how many records it holds, which life counts them, the newest of them, and the plant's time."""

    ring: int
    life: int
    newest: int
    clock_us: int


def slot_address(sequence: int, ring: int) -> int:
    """First register of the record with that sequence number."""
    return RING_ADDRESS + (sequence - 1) % ring * RECORD_REGISTERS


def write_records(change: ChangeRecord, sequence: int) -> list[bytes]:
    """The change as one record, or several if a text is long; the first gets `sequence`, the rest follow it."""
    texts = {name: getattr(change, name).encode() for name in _TEXTS}
    count = max(1, *(-(-len(text) // _TEXTS[name]) for name, text in texts.items()))
    records = []
    for part in range(count):
        kind = change.kind | (MORE if part < count - 1 else 0) | (GOES_ON if part else 0)
        cut = [text[part * _TEXTS[name] : (part + 1) * _TEXTS[name]] for name, text in texts.items()]
        number = sequence + part
        totals = (total % COUNTER_MODULUS for total in change.totals)
        records.append(_RECORD.pack(number, change.time_us, kind, change.state, change.mode, 0, *totals, change.value, *cut, number))
    return records


class RecordPart(NamedTuple):
    """One record of the ring: a whole change, or a part of one."""

    change: ChangeRecord  # with the record's sequence number, and without its texts
    texts: tuple[bytes, ...]
    more: bool
    goes_on: bool


def read_record(registers: bytes) -> RecordPart:
    """The record in these registers.

    Raises
    ------
    ValueError : there is none: torn, never written, or of another layout
    """
    if len(registers) != _RECORD.size:
        raise ValueError(f"a record of {len(registers) // 2} registers; allowed: {RECORD_REGISTERS}")
    sequence, time_us, kind, state, mode, _, good, scrap, rework, energy, value, *rest = _RECORD.unpack(registers)
    *texts, again = rest
    if sequence != again:
        raise ValueError(f"torn record: it begins as number {sequence} and ends as number {again}")
    change = ChangeRecord(
        sequence=sequence, time_us=time_us, kind=ChangeKind(kind & _KIND), state=state, mode=mode,
        good=good, scrap=scrap, rework=rework, energy=energy, value=value,
    )  # fmt: skip
    return RecordPart(change, tuple(text.rstrip(b"\0") for text in texts), bool(kind & MORE), bool(kind & GOES_ON))


def join_parts(parts: list[RecordPart]) -> ChangeRecord:
    """The change of its records, numbered as the first of them.

    Raises
    ------
    ValueError : a text is no UTF-8
    """
    reason, job_order, person, lot, message = (b"".join(part.texts[n] for part in parts).decode() for n in range(len(_TEXTS)))
    return replace(parts[0].change, reason=reason, job_order=job_order, person=person, lot=lot, message=message)


def write_setpoint(value: float) -> list[int]:
    """A set-point as its two registers.

    Raises
    ------
    ValueError : too large for a single
    """
    try:
        return list(struct.unpack(f">{SETPOINT_REGISTERS}H", _SETPOINT.pack(value)))
    except OverflowError:
        raise ValueError(f"{value:g} is too large for two registers; allowed: a number of single precision, up to 3.4e38") from None


def read_setpoint(registers: Sequence[int]) -> float:
    """The set-point in two registers."""
    return float(_SETPOINT.unpack(struct.pack(f">{SETPOINT_REGISTERS}H", *registers))[0])


def write_index(index: RingIndex) -> bytes:
    """The registers before the ring."""
    return _INDEX.pack(LAYOUT, index.ring, index.life, index.newest, index.clock_us)


def read_index(registers: bytes) -> RingIndex:
    """The ring's index.

    Raises
    ------
    ValueError : the peer has another layout
    """
    layout, ring, life, newest, clock_us = _INDEX.unpack(registers)
    if layout != LAYOUT or not ring:
        raise ValueError(f"layout {layout} with a ring of {ring}; allowed: layout {LAYOUT}")
    return RingIndex(ring, life, newest, clock_us)


def write_present(memory: ControllerMemory, index: RingIndex) -> bytes:
    """The plain present values, for SCADA."""
    now, totals = memory.present, (total % COUNTER_MODULUS for total in memory.present.totals)
    texts = (_cut(text, _TEXTS[name]) for name, text in zip(_TEXTS, memory.state_text, strict=False))
    alarm = _cut(next(reversed(memory.alarms), ""), _TEXTS["reason"])
    return _PRESENT.pack(LAYOUT, now.state, now.mode, index.ring, index.life, index.newest, index.clock_us, *totals, *texts, alarm)


def _cut(text: str, size: int) -> bytes:
    """As much of the text as fits, in whole characters."""
    return text.encode()[:size].decode(errors="ignore").encode()
