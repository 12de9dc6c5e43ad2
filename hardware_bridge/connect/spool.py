"""Store and forward: what the bridge has heard and the journal does not have yet, in a small append-only file.

A batch is on the disk before the controller is told that it was received, and leaves the file only after the journal has
committed it. After a crash it is sent again, which is harmless: a fact has the same id both times.

One line a batch: CRC-32 of the rest in hex, a blank, JSON. What a crash has torn off at the end was told to nobody, and is cut off.
"""

from __future__ import annotations

import json
import os
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from hardware_bridge.connect.interpret import Heard, Observation
from twin.model.events import event_from_fields, event_to_fields
from twin.model.events.operations_event import BASE_FIELDS

COMPACT_BYTES = 4_000_000
_sync = getattr(os, "fdatasync", os.fsync)  # not on every system


class SpoolError(OSError):
    """The spool cannot be used, with the reason in words."""


class Batch(NamedTuple):
    """What is sent to the journal in one transaction: facts, then the watermark if it has moved (-1: it has not)."""

    observations: list[Observation]
    watermark_us: int
    end: int  # offset in the file behind this batch


class Spool:
    """The file, and what was last remembered in it.

    Parameters
    ----------
    path : of the file; a second one with ".sent" behind its name tells how much the journal has

    Attributes
    ----------
    memory : what the interpreter remembered last (see `Interpreter.take_memory`)
    watermark_us : the last one written; -1 if none

    Raises
    ------
    SpoolError : another bridge uses it; allowed: a spool for each bridge, it is damaged in its middle, or the disk refuses
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.memory: dict[str, Any] = {}
        self.watermark_us = -1
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = path.open("ab+")
            _lock(self._file)
            self._end = self._recall()
            self._file.truncate(self._end)
        except OSError as error:
            helps = "" if isinstance(error, SpoolError) else "; allowed: a file in a folder that may be written to"
            raise SpoolError(f"{path} cannot be the spool: {error.strerror or error}{helps}") from None
        self._sent = min(self._read_sent(), self._end)
        self._write_sent()

    @property
    def unsent_bytes(self) -> int:
        """How much the journal does not have yet."""
        return self._end - self._sent

    def append(self, observations: Sequence[Observation], memory: Mapping[str, Any], watermark_us: int = -1) -> None:
        """Put a batch on the disk; returns when it is there.

        Raises
        ------
        OSError : the disk refuses (full, gone)
        """
        facts = [_write_fact(observation) for observation in observations]
        line = _line({"facts": facts, "memory": memory, "watermark_us": watermark_us})
        self._file.write(line)
        self._file.flush()
        _sync(self._file.fileno())
        self._end += len(line)
        self._remember(memory, watermark_us)

    def unsent(self, limit: int = 500) -> list[Batch]:
        """The next batches that the journal does not have, in order."""
        batches = []
        with self.path.open("rb") as file:
            file.seek(self._sent)
            for said, end in _lines(file):
                observations = [_read_fact(fact) for fact in said["facts"]]
                batches.append(Batch(observations, said["watermark_us"], end))
                if len(batches) == limit or end >= self._end:
                    break
        return batches

    def sent(self, end: int) -> None:
        """The journal has committed everything up to the offset `end`; an empty and long file begins anew."""
        self._sent = end
        if end == self._end and end > COMPACT_BYTES:
            self._begin_anew()
        self._write_sent()

    def close(self) -> None:
        self._file.close()

    @property
    def _sent_path(self) -> Path:
        return self.path.with_name(self.path.name + ".sent")

    def _read_sent(self) -> int:
        try:
            return int(self._sent_path.read_text())
        except (OSError, ValueError):
            return 0  # not known: everything is sent again, to no harm

    def _write_sent(self) -> None:
        fresh = self.path.with_name(self.path.name + ".sent.new")
        fresh.write_text(str(self._sent))
        fresh.replace(self._sent_path)

    def _recall(self) -> int:
        """Read the memory; where the last whole line ends."""
        self._file.seek(0)
        end = 0
        for said, line_end in _lines(self._file):
            self._remember(said["memory"], said["watermark_us"])
            end = line_end
        self._file.seek(end)
        if self._file.read().count(b"\n") > 1:
            raise SpoolError(0, f"line at byte {end} is damaged and others follow; allowed: to move the file away, and begin anew")
        return end

    def _remember(self, memory: Mapping[str, Any], watermark_us: int) -> None:
        self.memory.update(memory)
        self.watermark_us = max(self.watermark_us, watermark_us)

    def _begin_anew(self) -> None:
        """A new file that holds the memory alone takes the place of this one."""
        self._sent = 0
        self._write_sent()  # between two files nothing counts as sent: what is sent twice does no harm
        line = _line({"facts": [], "memory": self.memory, "watermark_us": self.watermark_us})
        fresh = self.path.with_name(self.path.name + ".new")
        file = fresh.open("wb+")
        _lock(file)
        file.write(line)
        file.flush()
        os.fsync(file.fileno())
        fresh.replace(self.path)
        self._file.close()
        self._file, self._end, self._sent = file, len(line), len(line)


def _line(said: Mapping[str, Any]) -> bytes:
    text = json.dumps(said, separators=(",", ":"), allow_nan=False).encode()
    return b"%08x %b\n" % (zlib.crc32(text), text)


def _lines(file: BinaryIO) -> Iterator[tuple[dict[str, Any], int]]:
    """Whole lines from here on with the offset behind each; ends at the first that is torn or damaged."""
    end = file.tell()
    for line in file:
        if not line.endswith(b"\n") or line[:8] != b"%08x" % zlib.crc32(line[9:-1]):
            return
        end += len(line)
        yield json.loads(line[9:]), end


def _write_fact(observation: Observation) -> list[Any]:
    fact, occurrence, heard = observation
    base = {name: value for name in BASE_FIELDS if (value := getattr(fact, name)) != ""}
    return [type(fact).__name__, base, event_to_fields(fact), occurrence, *([list(heard)] if heard else ())]


def _read_fact(said: list[Any]) -> Observation:
    kind, base, own, occurrence, *heard = said
    return Observation(event_from_fields(kind, base, own), occurrence, Heard(*heard[0]) if heard else None)


def _lock(file: BinaryIO) -> None:
    """One bridge for each spool: two would tell the journal different stories of what comes next."""
    try:
        import fcntl
    except ImportError:  # Windows: whoever opens the file twice is not stopped
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        raise SpoolError(0, "another bridge uses it; allowed: a spool for each bridge") from None
