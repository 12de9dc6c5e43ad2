"""What of what is declared may become otherwise while the journal goes on, and what is wrong with a change of it.

What the floor and the books have been built of stays: units, bills, routings, kinds; of something new all of that is said.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from twin.model.checks.plant_checks import check_plant
from twin.model.floor.words import is_id
from twin.model.master_data.dated import Dated, Revision, table_of
from twin.model.master_data.made import MADE, OF_MADE, outside
from twin.model.measures import read_duration
from twin.model.plant import Plant
from twin.model.problems import Finding, did_you_mean, listed

_LONGEST_US = 1_000 * 365 * 86_400_000_000
_PARTY = ("title", "address", "contact", "tax_number")
MAY_CHANGE: Mapping[str, tuple[str, ...]] = {
    "materials": (
        "title", "price", "prices", "standard_cost", "tax", "lot_size", "supplier", "alternative_suppliers", "over_delivery", "reorder",
        "planned_lead_time", "planning", "unit_weight", "unit_volume",
    ),
    "suppliers": (*_PARTY, "lead_time", "express", "match", "over_delivery", "terms"),
    "customers": (*_PARTY, "partial", "terms"),
    "tax_codes": ("title", "rate"),
}  # fmt: skip
"""Keys by table; a part of one is named by its path, as `planning.safety_stock`."""
MAY_BE_NEW = ("suppliers", "customers", "tax_codes", "materials")
"""Where something may be declared that was not there; of materials what is bought, or made by a bill and a routing."""
BOUGHT = "purchased"
_NEW_KINDS = (BOUGHT, *MADE)
_OF_NEW: Mapping[str, tuple[str, ...]] = {"materials": ("kind", "unit", "units", "price_per", *OF_MADE)}
"""Keys that are said of something new, and stay so."""
_ELSEWHERE = {
    "credit_limit": "a credit limit is changed by CreditLimitChanged",
    "valuation": "how stock counts is changed by ValuationChangeRequested",
}
_KINDS = {"materials": "material", "suppliers": "supplier", "customers": "customer", "tax_codes": "tax code"}


class Change(Revision, Protocol):
    """What is said to be otherwise, and of what."""

    @property
    def table(self) -> str: ...
    @property
    def declared(self) -> str: ...
    @property
    def is_new(self) -> bool: ...


def doubts(change: Change, plant: Plant, dated: Dated, coming: Iterable[Revision]) -> list[str]:
    """Everything that is wrong with it, in words with what is allowed; empty if it can be so.

    `dated` : what was said of the tables of `plant` before; `coming`: what was accepted of the same, and is not yet so
    """
    if change.table not in MAY_CHANGE:
        return [f"no table is called '{change.table}'{did_you_mean(change.table, MAY_CHANGE)}; allowed: {listed(MAY_CHANGE)}"]
    known = table_of(plant.materials, change.table)
    if change.is_new:
        if doubt := _not_new(change, known):
            return [doubt]
    elif change.declared not in known:
        near = did_you_mean(change.declared, known)
        return [f"no {_KINDS[change.table]} is called '{change.declared}'{near}; allowed: {listed(known)}"]
    if found := [*_wrong_keys(change), *_of_lots(change, plant), *_too_long(change)]:
        return found
    if found := dated.problems(change, change.table, change.declared, coming):
        return found
    tried = dated.tried(change, change.table, change.declared, plant)
    if not (coming or change.is_new) and dated.changes_nothing(change, change.table, change.declared):
        return [f"all of it is declared of '{change.declared}' already; allowed: something that is otherwise"]
    if found := [*outside(change.declared, tried.layout.routings.get(change.declared, {}))] if change.is_new else []:
        return found
    before = {_gist(it) for it in check_plant(plant)}
    then = [dated.tried(change, change.table, change.declared, plant, coming)] if coming else []
    return list(dict.fromkeys(_in_words(it) for made in (tried, *then) for it in check_plant(made) if _gist(it) not in before))


def keys_of(table: str, *, is_new: bool) -> tuple[str, ...]:
    """What may be said of something in a table."""
    return (*MAY_CHANGE[table], *(_OF_NEW.get(table, ()) if is_new else ()))


def _not_new(change: Change, known: Mapping[str, object]) -> str:
    kind = _KINDS[change.table]
    if change.table not in MAY_BE_NEW:
        return f"no new {kind} is declared so; allowed: {listed(_KINDS[it] for it in MAY_BE_NEW)}"
    if change.table == "customers" and not known:
        return "this plant declares no customers, so anybody is one; allowed: nothing"
    if change.declared in known:
        return f"{kind} '{change.declared}' is there already; allowed: one that no other has"
    if change.table == "materials" and (said := dict(change.changes).get("kind", "").strip()) not in _NEW_KINDS:
        return f"kind '{said}': nobody could bring or make it by an entry{did_you_mean(said, _NEW_KINDS)}; allowed: {listed(_NEW_KINDS)}"
    if not is_id(change.declared):
        return f"'{change.declared}' is no id; allowed: letters, digits, '_', '-' and '.', as in new_mill"
    return ""


def _wrong_keys(change: Change) -> Iterator[str]:
    keys, allowed = [key for key, _ in change.changes], keys_of(change.table, is_new=change.is_new)
    if not keys and not change.is_new:
        yield "it says nothing that is otherwise; allowed: a key and a value"
    for key in dict.fromkeys(keys):
        first = key.partition(".")[0]
        if keys.count(key) > 1 or any(it.startswith(f"{key}.") for it in keys):
            yield f"'{key}' stands there twice; allowed: once"
        if first in allowed and all(key.split(".")):
            continue
        if first in _ELSEWHERE:
            yield _ELSEWHERE[first]
        else:
            stays = f"'{key}' of a {_KINDS[change.table]} stays as it is declared"
            yield f"{stays}{did_you_mean(first, allowed)}; allowed: {listed(allowed, 20)}"


def _of_lots(change: Change, plant: Plant) -> Iterator[str]:
    """What is begun was cut, shared and given off by what is declared of it."""
    if change.table != "materials":
        return
    if change.is_new:
        kind = dict(change.changes)["kind"].strip()
        if kind in MADE and "standard_cost" in dict(change.changes):
            yield f"'{change.declared}' is {kind}, so its standard is rolled up; allowed: no standard_cost, or kind {BOUGHT}"
        return
    it, keys = plant.materials.materials[change.declared], [key for key, _ in change.changes]
    if "lot_size" in keys and (it.by_products or it.bill_for > 1):
        yield f"what goes into '{change.declared}' and comes of it is counted by its lots; allowed: the lot size that it has"
    joint = {line.material for other in plant.materials.materials.values() for line in other.by_products if line.co_product}
    if "price" in keys and (change.declared in joint or any(line.co_product for line in it.by_products)):
        yield f"costs are shared by the price of '{change.declared}'; allowed: the price that it has"
    if "standard_cost" in keys and it.kind != "purchased":
        yield f"'{change.declared}' is not bought, so its standard is rolled up; allowed: a material that is bought"


def _too_long(change: Change) -> Iterator[str]:
    """Durations after which no calendar has a date any more, alone or within a table."""
    for key, value in change.changes:
        for text in re.findall(r"[0-9][^\"{}\[\]:,]*", "" if key in _PARTY else value):
            try:
                is_too_long = read_duration(text) > _LONGEST_US
            except ValueError:
                continue
            if is_too_long:
                yield f"{key}: '{text}' is too long to be dated; allowed: up to 1,000 years"


def _gist(it: Finding) -> tuple[object, ...]:
    """What a finding says, without the words that it might suggest."""
    return it.document, it.path, it.what.partition(" (did you mean")[0]


def _in_words(it: Finding) -> str:
    return it.what + (f"; allowed: {it.allowed}" if it.allowed else "")
