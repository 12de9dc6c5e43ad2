"""Signals in a file: written as they come, and read again as one more source."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

from hardware_bridge.change import ChangeKind, ChangeRecord
from hardware_bridge.signal import Position, Quality, Signal, SourceLost
from hardware_bridge.wiring import Wire


class SignalRecorder:
    """Writes batches of signals to a file, one line each: for a test that must see exactly what a real controller once said."""

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8")

    def record(self, batch: Sequence[Signal]) -> None:
        """Put one batch at the end."""
        self._file.write(json.dumps([asdict(signal) for signal in batch], separators=(",", ":")) + "\n")

    def close(self) -> None:
        self._file.close()


class RecordedSource:
    """A recording of one connection (SignalSource): the same batches again, as fast as they are taken, and then no more."""

    def __init__(self, wire: Wire, path: Path) -> None:
        self.connection = wire.name
        self.address = str(path)
        self.equipment = list(wire.equipment)
        self._path = path

    async def batches(self, known: Callable[[str], Position]) -> AsyncIterator[Sequence[Signal]]:
        """See SignalSource; what is known already is told again, and does no harm."""
        try:
            with self._path.open(encoding="utf-8") as file:
                for batch in _batches(file):
                    if own := [signal for signal in batch if signal.connection == self.connection]:
                        yield own
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise SourceLost(f"{self._path}: {error}") from None


def _batches(lines: TextIO) -> Iterator[list[Signal]]:
    for line in lines:
        yield [_read(said) for said in json.loads(line)]


def _read(said: dict[str, Any]) -> Signal:
    value = said["value"]
    if isinstance(value, dict):
        value = ChangeRecord(**{**value, "kind": ChangeKind(value["kind"])})
    return Signal(**{**said, "value": value, "quality": Quality(said["quality"])})
