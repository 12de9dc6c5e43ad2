"""What the files of a plant declare otherwise than they did: what can become so while a journal goes on, and the rest.

A journal goes on from the files that it was begun with. What they say by now is a change from now on, which somebody accepts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from twin.model.master_data.allowed import BOUGHT, MAY_CHANGE, keys_of
from twin.model.master_data.dated import MODELS, table_of
from twin.model.master_data.made import MADE, MATERIALS, OF_MADE, ROUTING, outside, routing_of
from twin.model.materials import MaterialDefinition, Materials
from twin.model.measures import Table
from twin.model.plant import Plant

_ONLY_READ = ("title", "company")
_DEEPEST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Differing:
    """What files declare otherwise of one thing, as MasterDataChanged says it."""

    table: str
    declared: str
    changes: tuple[tuple[str, str], ...]
    is_new: bool

    def __str__(self) -> str:
        said = ", ".join(f"{key} {value or 'left out'}" for key, value in self.changes)
        return f"{self.table}.{self.declared}: {'new, ' if self.is_new else ''}{said}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """`changes`: can become so from now on; `others`: where else the files say something else, as paths in words."""

    changes: tuple[Differing, ...]
    others: tuple[str, ...]


def differences(before: Plant, now: Plant) -> Differences:
    """What `now` declares otherwise than `before`; titles and addresses of machines and of the company change nothing."""
    was, written = _written(before), _written(now)
    changes = [it for table in MODELS for it in _of_table(table, was, written)]
    return Differences(changes=tuple(changes), others=tuple(_paths(_without(was, was), _without(written, was))))


def not_yet_so(changes: Iterable[Differing], plant: Plant) -> Iterator[Differing]:
    """What of these a plant has not become already, by entries that have said it before."""
    written = _written(plant)
    for it in changes:
        there = _table(written, it.table).get(it.declared)
        if there is None:
            yield it
            continue
        is_so = {**there, ROUTING: written["layout"]["routings"].get(it.declared)}
        if left := tuple((key, value) for key, value in it.changes if _value(is_so.get(key)) != value):
            yield replace(it, changes=left, is_new=False)


def with_changes(plant: Plant, was: Plant, now: Plant) -> Plant:
    """`plant` with what `now` declares otherwise than `was`, of what can become otherwise while a journal goes on."""
    tables: dict[str, dict[str, Table]] = {}
    for table, keys in MAY_CHANGE.items():
        before, changed = table_of(was.materials, table), table_of(now.materials, table)
        tables[table] = dict(table_of(plant.materials, table))
        for name in [it for it in tables[table] if it in before and it in changed]:
            said = {key: getattr(changed[name], key) for key in keys if getattr(changed[name], key) != getattr(before[name], key)}
            tables[table][name] = tables[table][name].model_copy(update=said)
    finance = plant.materials.finance.model_copy(update={"tax_codes": tables.pop("tax_codes")})
    return plant.model_copy(update={"materials": plant.materials.model_copy(update={**tables, "finance": finance})})


def begun_with(begun: Plant, now: Plant) -> Plant:
    """The plant of today's files, with what can become otherwise as it was at first: entries say what it became since then."""
    new = _new(_written(begun), _written(now))
    tables = {table: _as_at_first(table, begun.materials, now.materials, new[table]) for table in MODELS}
    finance = now.materials.finance.model_copy(update={"tax_codes": tables.pop("tax_codes")})
    routings = {name: it for name, it in now.layout.routings.items() if name not in new[MATERIALS]}
    layout = now.layout.model_copy(update={"routings": routings})
    return now.model_copy(update={"layout": layout, "materials": now.materials.model_copy(update={**tables, "finance": finance})})


def _new(was: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, list[str]]:
    """By table what was not there, and may come while a journal goes on: of materials what is named only by what comes with it."""
    new = {table: [name for name in _table(written, table) if name not in _table(was, table)] for table in MODELS}
    there, routings = _table(written, MATERIALS), written["layout"]["routings"]
    plain = MaterialDefinition.model_validate({"kind": BOUGHT}).model_dump(mode="json")
    said = [key for key in keys_of(MATERIALS, is_new=True) if key != ROUTING]

    def may_come(name: str) -> bool:
        is_plain = {**there[name], **{key: plain[key] for key in said}} == plain and there[name]["kind"] in (BOUGHT, *MADE)
        return is_plain and not any(outside(name, routing_of({ROUTING: routings.get(name, {})})))

    come = [name for name in new[MATERIALS] if may_come(name)]
    while True:  # what is named elsewhere does not come, and then neither does what is made of it
        layout = {**written["layout"], "routings": {name: it for name, it in routings.items() if name not in come}}
        elsewhere = json.dumps([layout, [it for name, it in there.items() if name not in come]])
        rest = [name for name in come if json.dumps(name) not in elsewhere and _is_of(there[name], (*_table(was, MATERIALS), *come))]
        if rest == come:
            break
        come = rest
    new[MATERIALS] = _components_first(come, there)
    return new


def _is_of(written: Mapping[str, Any], known: Collection[str]) -> bool:
    """Whether all that goes into it is there before it, or comes with it."""
    return all(line["material"] in known for line in written["bill"])


def _components_first(new: Collection[str], there: Mapping[str, Any]) -> list[str]:
    """In an order in which entries can declare them, one after the other; as they stand in the file otherwise."""
    ordered: list[str] = []
    left = list(new)
    while left:
        following = next((name for name in left if all(line["material"] not in left for line in there[name]["bill"])), left[0])
        ordered.append(following)
        left.remove(following)
    return ordered


def _as_at_first(table: str, begun: Materials, now: Materials, new: Collection[str]) -> dict[str, Table]:
    first, declared = table_of(begun, table), table_of(now, table)
    found: dict[str, Table] = {}
    for name, it in declared.items():
        if name in first:
            found[name] = it.model_copy(update={key: getattr(first[name], key) for key in MAY_CHANGE[table]})
        elif name not in new:
            found[name] = it
    gone = {name: it for name, it in first.items() if name not in declared and table != "materials"}
    return found | gone  # what was declared at first names it still


def _of_table(table: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Differing]:
    new, there = _new(was, now)[table], _table(now, table)
    for name in [*(name for name in there if name not in new), *new]:
        written, before = there[name], _table(was, table).get(name)
        if before is None and name not in new:
            continue
        changed = [key for key in keys_of(table, is_new=before is None) if written.get(key) != (before or {}).get(key)]
        if before is None or changed:
            changes = tuple((key, _value(written[key])) for key in changed if written[key] or before is not None)
            if table == MATERIALS and before is None:
                changes = _of_its_kind(changes, written, now["layout"]["routings"].get(name))
            yield Differing(table=table, declared=name, changes=changes, is_new=before is None)


def _of_its_kind(changes: tuple[tuple[str, str], ...], written: Mapping[str, Any], routing: Any) -> tuple[tuple[str, str], ...]:
    """What is said of a new material: how it is made, if it is made here, and nothing of that, if it is bought."""
    if written["kind"] in MADE:
        return (*changes, (ROUTING, _value(routing)))
    return tuple(it for it in changes if it[0] not in OF_MADE)


def _value(written: Any) -> str:
    return "" if written is None else written if isinstance(written, str) else json.dumps(written, ensure_ascii=False)


def _written(plant: Plant) -> dict[str, Any]:
    return plant.model_dump(mode="json")


def _table(written: Mapping[str, Any], table: str) -> dict[str, Any]:
    materials = written["materials"]
    found: dict[str, Any] = materials["finance"]["tax_codes"] if table == "tax_codes" else materials[table]
    return found


def _without(written: dict[str, Any], was: dict[str, Any]) -> dict[str, Any]:
    """All that is declared but for what can become otherwise, or be new beside what `was` there."""
    materials, new = dict(written["materials"]), _new(was, written)
    for table in MODELS:
        keys = MAY_CHANGE[table]
        there = {name: it for name, it in _table(written, table).items() if name not in new[table]}
        materials[table] = {name: {k: v for k, v in it.items() if k not in keys} for name, it in there.items()}
    materials["finance"] = {key: value for key, value in materials["finance"].items() if key != "tax_codes"}
    layout = dict(written["layout"])
    layout["routings"] = {name: it for name, it in layout["routings"].items() if name not in new[MATERIALS]}
    return {**layout, **materials, "signals": written["signals"]}


def _paths(was: Any, now: Any, path: tuple[str, ...] = ()) -> Iterator[str]:
    if was == now or (path and path[-1] in _ONLY_READ):
        return
    if len(path) < _DEEPEST and isinstance(was, dict) and isinstance(now, dict):
        for key in dict.fromkeys([*was, *now]):
            if key not in was or key not in now:
                yield f"{'.'.join((*path, key))} is {'new' if key in now else 'gone'}"
            else:
                yield from _paths(was[key], now[key], (*path, key))
        return
    yield f"{'.'.join(path)} is otherwise"
