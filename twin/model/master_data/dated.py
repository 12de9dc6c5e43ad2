"""What is declared, by date: as the plant's files have it, and as it was said to be otherwise since.

MES and ERP each keep tables of their own in the plant that they are given, and whoever holds one of these sees what is declared now.
A `Plant` that somebody else holds stays what it is. What goes by the date of a paper asks `Dated.at`.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from pydantic import ValidationError

from twin.model.events import MasterDataRevised
from twin.model.master_data.complaints import findings
from twin.model.master_data.currencies import other_currencies
from twin.model.master_data.made import MATERIALS, Routing, apart, complaints, routing_of, with_routing
from twin.model.materials import Customer, MaterialDefinition, Materials, Supplier
from twin.model.measures import Table
from twin.model.personnel.staff import staffed
from twin.model.plant import Plant
from twin.model.settlement.finance import TaxCode

MODELS: Mapping[str, type[Table]] = {  # each after what it may name
    "tax_codes": TaxCode,
    "suppliers": Supplier,
    "customers": Customer,
    "materials": MaterialDefinition,
}
"""What can become otherwise, by the name of its table in items.yaml."""
NOW_US = 2**62
"""Later than all that is so by now: what becomes so later is not known to be so."""
_TEXTS = ("title", "contact", "tax_number")
"""Keys of words, also where these are a number."""
Key = tuple[str, str]
"""A table, and what is declared in it."""


class Revision(Protocol):
    """What was said to be otherwise, and from when on."""

    @property
    def changes(self) -> tuple[tuple[str, str], ...]: ...
    @property
    def from_us(self) -> int: ...


def with_own_tables(plant: Plant) -> Plant:
    """The plant with a staff and tables of its own, which only whoever asked for them changes."""
    return _with_tables(staffed(plant), _copied(plant.materials), plant.layout.routings)


def _with_tables(plant: Plant, materials: Materials, routings: Mapping[str, Routing]) -> Plant:
    layout = plant.layout.model_copy(update={"routings": dict(routings)})
    return plant.model_copy(update={"layout": layout, "materials": materials})


def _copied(materials: Materials) -> Materials:
    own = {name: dict(table_of(materials, name)) for name in MODELS}
    finance = materials.finance.model_copy(update={"tax_codes": own.pop("tax_codes")})
    return materials.model_copy(update={**own, "finance": finance})


def table_of(materials: Materials, table: str) -> dict[str, Any]:
    """A table of items.yaml by its name."""
    declared: dict[str, Any] = materials.finance.tax_codes if table == "tax_codes" else getattr(materials, table)
    return declared


@dataclass(slots=True)
class History:
    """One thing that is declared: as it was at first, what was said of it, and what it is from which instant on."""

    begun: Table | None  # None: it was not there
    said: list[MasterDataRevised] = field(default_factory=list)
    coming: list[MasterDataRevised] = field(default_factory=list)  # what is known to be so later
    since_us: list[int] = field(default_factory=list)
    was: list[Table] = field(default_factory=list)


class Dated:
    """What was said of what is declared, taken into the tables of one plant.

    Attributes
    ----------
    version : how often something became otherwise
    """

    def __init__(self, plant: Plant) -> None:
        self._materials, self._currency, self._routings = plant.materials, plant.layout.currency, plant.layout.routings
        self._histories: dict[Key, History] = {}
        self.version = 0

    def at(self, table: str, declared: str, at_us: int) -> Any:
        """What was declared for an instant, as it is known now; None: nothing."""
        history = self._histories.get((table, declared))
        if history is None or at_us >= NOW_US:
            return table_of(self._materials, table).get(declared)
        place = bisect_right(history.since_us, at_us)
        return history.was[place - 1] if place else history.begun or history.was[0]  # of what is new, nothing else was ever declared

    def take(self, event: MasterDataRevised) -> None:
        """It is so by now, from then on; a later word about the same key still counts from its own instant on."""
        table = table_of(self._materials, event.table)
        history = self._histories.setdefault((event.table, event.declared), History(table.get(event.declared)))
        history.said = in_order([*history.said, event])
        history.coming = [it for it in history.coming if (it.changes, it.from_us) != (event.changes, event.from_us)]
        *_, table[event.declared] = self._states(event.table, history.begun, history.said)
        self._date(event.table, history)
        if event.is_new and (routing := self._routing(event.table, [event])):
            self._routings[event.declared] = routing
        self.version += 1

    def expect(self, event: MasterDataRevised) -> None:
        """It will be so: a paper of then goes by it, also one that comes before anything else that is told of then."""
        table = table_of(self._materials, event.table)
        history = self._histories.setdefault((event.table, event.declared), History(table.get(event.declared)))
        history.coming.append(event)
        self._date(event.table, history)

    def _date(self, table: str, history: History) -> None:
        known = in_order([*history.said, *history.coming])
        history.since_us = [it.from_us for it in known]
        history.was = list(self._states(table, history.begun, known))

    def problems(self, event: Revision, table: str, declared: str, coming: Iterable[Revision]) -> list[str]:
        """What would be wrong with what is declared from then on, in words; `coming`: what else is to become so."""
        history = self._history(table, declared)
        said = in_order([*history.said, *coming, event])
        written, model = self._written(history.begun), MODELS[table]
        found: dict[str, None] = {}
        for it in said:
            written = otherwise_by(written, it.changes)
            plain, of_floor = apart(table, written)
            try:
                model.model_validate(plain)
            except ValidationError as error:
                wrong = list(findings("items", model, plain, error))
            else:
                wrong = list(other_currencies("items", plain, self._currency))
            for one in (*wrong, *complaints(of_floor)):
                of = ".".join(map(str, one.path))
                allowed = f"; allowed: {one.allowed}" if one.allowed else ""
                found[f"{of}: {one.what}{allowed}"] = None
        return list(found)

    def tried(self, event: Revision, table: str, declared: str, plant: Plant, coming: Iterable[Revision] = ()) -> Plant:
        """`plant` with what is declared as it would be, if that is no problem, also with what is `coming`: a value."""
        history = self._history(table, declared)
        said = in_order([*history.said, *coming, event])
        *_, last = self._states(table, history.begun, said)
        materials = _copied(plant.materials)
        table_of(materials, table)[declared] = last
        return with_routing(plant.model_copy(update={"materials": materials}), declared, self._routing(table, said))

    def changes_nothing(self, event: Revision, table: str, declared: str) -> bool:
        """Whether all of it was so already, and has stayed so."""
        history = self._history(table, declared)
        said = in_order([*history.said, event])
        states = list(self._states(table, history.begun, said))
        before = [self.at(table, declared, it.from_us) for it in said]
        return states == before

    def seen(self, plant: Plant) -> Plant:
        """`plant` with the tables as they are now, as a value that stays so."""
        return _with_tables(plant, _copied(self._materials), self._routings)

    def _history(self, table: str, declared: str) -> History:
        """What was said of it; nothing, if it is as the files have it, or not there."""
        return self._histories.get((table, declared)) or History(table_of(self._materials, table).get(declared))

    def _states(self, table: str, begun: Table | None, said: Iterable[Revision]) -> Iterable[Table]:
        written = self._written(begun)
        for it in said:
            written = otherwise_by(written, it.changes)
            yield MODELS[table].model_validate(apart(table, written)[0])

    @staticmethod
    def _routing(table: str, said: Iterable[Revision]) -> Routing:
        """How something is made that is new; nothing of it is said later."""
        written: dict[str, Any] = {}
        for it in said if table == MATERIALS else ():
            written = otherwise_by(written, it.changes)
        return routing_of(written)

    def _written(self, it: Table | None) -> dict[str, Any]:
        """As items.yaml has it."""
        return {} if it is None else it.model_dump(mode="json", context={"currency": self._currency})


def in_order(said: Iterable[Any]) -> list[Any]:
    """By the instant from which it is so; what is said later of the same instant counts."""
    return sorted(said, key=lambda it: it.from_us)


def otherwise_by(written: Mapping[str, Any], changes: Iterable[tuple[str, str]]) -> dict[str, Any]:
    """The same with other values, each at the path that its key is."""
    made: dict[str, Any] = dict(written)
    for key, value in changes:
        *path, last = key.split(".")
        node = made
        for part in path:
            inner = node.get(part)
            node[part] = node = dict(inner) if isinstance(inner, dict) else {}
        if value.strip():
            node[last] = value.strip() if last in _TEXTS else _value(value)
        else:
            node.pop(last, None)
    return made


def _value(text: str) -> Any:
    """A value as a file has it: a number, a list or a table as JSON, anything else as it is written."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):  # of brackets within brackets without end, too
        return text.strip()
