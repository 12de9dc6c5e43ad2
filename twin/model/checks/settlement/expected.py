"""What standards expect is of what there is: materials that are bought, who has an hourly cost, components of the bill, months."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from twin.model.costing.standards import ExpectedRate
from twin.model.plant import Plant
from twin.model.problems import Finding, did_you_mean, listed
from twin.model.settlement.finance import MONTH_FORM


def expectations(plant: Plant) -> Iterator[Finding]:
    """Each is of something that there is, from a month on."""
    declared, materials, layout = plant.materials.standards, plant.materials.materials, plant.layout
    bought = [name for name, it in materials.items() if it.kind == "purchased"]
    costly = [*layout.persons, *layout.work_units, *layout.production_lines]
    for month, it in declared.expected.items() if declared else ():
        path = ("standards", "expected", month)
        if not re.fullmatch(MONTH_FORM, month):
            yield Finding(document="items", path=path, what=f"'{month}' is no month", allowed="a month, as 2026-04", at_key=True)
        named: list[tuple[tuple[str, ...], str, Collection[str], str]] = [
            *((("prices", name), name, bought, "material that is bought") for name in it.prices),
            *((("hourly_costs", name), name, costly, "person, work unit or line") for name in it.hourly_costs),
            *((("overheads", name), name, plant.materials.overheads, "overhead") for name in it.overheads),
            *((("bills", name), name, [name for name in materials if materials[name].bill], "material with a bill") for name in it.bills),
        ]
        for parent, quantities in it.bills.items():
            lines = [line.material for line in materials[parent].bill] if parent in materials else []
            named += [(("bills", parent, name), name, lines, f"component of '{parent}'") for name in quantities]
        for overhead, expected in it.overheads.items():
            made = [name for name in materials if materials[name].kind not in ("purchased", "recovered")]
            named += [(("overheads", overhead, "rates", name), name, made, "material that is made") for name in expected.rates]
            yield from _otherwise(plant, path, overhead, expected)
        for key, name, known, what in named:
            if name not in known:
                words = f"no {what} is called '{name}'{did_you_mean(name, known)}"
                yield Finding(document="items", path=(*path, *key), what=words, allowed=listed(known), at_key=True)


def _otherwise(plant: Plant, path: tuple[str, ...], overhead: str, expected: ExpectedRate) -> Iterator[Finding]:
    """What goes by the hour has one rate, what goes by the piece one for each material."""
    declared = plant.materials.overheads.get(overhead)
    key, other = ("rates", "rate") if declared and declared.per != "piece" else ("rate", "rates")
    if declared and (expected.rates if key == "rates" else expected.rate is not None):
        what = f"'{overhead}' is borne by the {declared.per.replace('_', ' ')} and so has no {key}"
        at = (*path, "overheads", overhead, key)
        yield Finding(document="items", path=at, what=what, allowed=other, at_key=True, rests_on=(("items", "overheads", overhead, "per"),))
