"""What the MES does with an event."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from twin.model.events import OperationsEvent

Reaction = Callable[[Any], list[OperationsEvent]]


class Quietly:
    """A reaction from which nothing is concluded. A function inside a function could not be copied with the MES whose state it changes."""

    def __init__(self, reaction: Callable[[Any], object]) -> None:
        self._reaction = reaction

    def __call__(self, event: OperationsEvent) -> list[OperationsEvent]:
        self._reaction(event)
        return []
