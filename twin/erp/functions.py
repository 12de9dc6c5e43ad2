"""What an ERP does beside making, buying and selling one order after another: settling bills, warehousing, dunning and the like."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol

from twin.model.events import OperationsEvent

Rule = Callable[[Any], list[OperationsEvent]]


class Function(Protocol):
    """A fold of its own, asked in the order of `Erp.functions`, after the flow of orders has taken an event in.

    It hears the types in `rules` alone, so a run pays for what happens in it and no more. What was refused it hears too: it asks the orders
    what became of them.
    """

    @property
    def rules(self) -> Mapping[type[OperationsEvent], Rule]:
        """What it listens to."""

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """What it asks for at this instant. It is asked again until it asks for nothing, so it asks for each thing once."""

    def violations(self) -> list[str]:
        """What does not hold and must, in words; empty if all is well."""


class Listener:
    """A `Function` that asks for nothing by itself: what it hears persons say, it concludes from at once."""

    _rules: dict[type[OperationsEvent], Rule]

    @property
    def rules(self) -> Mapping[type[OperationsEvent], Rule]:
        """What it listens to."""
        return self._rules

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """Nothing."""
        return []


def asking(functions: Iterable[Function]) -> tuple[Function, ...]:
    """Those of them, in their order, that may ask for something; the others are not asked at each instant."""
    return tuple(it for it in functions if getattr(type(it), "decide", None) is not Listener.decide)
