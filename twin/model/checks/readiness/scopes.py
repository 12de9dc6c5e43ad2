"""What documents and their like are for is there, and some work of the plant is meant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from twin.model.plant import Plant
from twin.model.problems import Finding, did_you_mean, listed
from twin.model.readiness.scope import Scope

SECTIONS = ("documents", "procedures", "tools")


def _scopes(plant: Plant) -> Iterator[tuple[str, str, Scope]]:
    for section in SECTIONS:
        declared: Mapping[str, Scope] = getattr(plant.layout, section)
        yield from ((section, name, it) for name, it in declared.items())


def dangling_scopes(plant: Plant) -> Iterator[Finding]:
    """Materials, operations, work centers and personnel classes that are named are there."""
    layout = plant.layout
    operations = dict.fromkeys(operation for routing in layout.routings.values() for operation in routing)
    for section, name, it in _scopes(plant):
        authority = getattr(it, "authority", None)
        for key, words, kind, known, told in (
            ("materials", it.materials, "material", plant.materials.materials, ("items", "materials")),
            ("operations", it.operations, "operation", operations, ("plant", "routings", "**")),
            ("work_centers", it.work_centers, "work center", layout.work_centers, ("plant", "work_centers")),
            ("authority", [authority] if authority else [], "personnel class", layout.personnel_classes, ("plant", "personnel_classes")),
        ):
            for n, word in enumerate(words):
                if word not in known:
                    path = (section, name, key) if key == "authority" else (section, name, key, n)
                    what = f"no {kind} is called '{word}'{did_you_mean(word, known)}"
                    rests_on = ((*told, word) if told[-1] != "**" else told,)
                    yield Finding(document="plant", path=path, what=what, allowed=listed(known), rests_on=rests_on, spoils=True)


def scopes_mean_something(plant: Plant) -> Iterator[Finding]:
    """Some operation of the plant is in the scope."""
    layout = plant.layout
    work = [
        (material, operation, layout.process_segments[step.segment].work_center)
        for material, routing in layout.routings.items()
        for operation, step in routing.items()
        if step.segment in layout.process_segments
    ]
    for section, name, it in _scopes(plant):
        if not any(it.covers(*one) for one in work):
            named = " and ".join(key.replace("_", " ") for key in ("materials", "operations", "work_centers") if getattr(it, key))
            yield Finding(
                document="plant", path=(section, name), what=f"'{name}' is for no work of this plant: its {named} do not meet",
                allowed="materials, operations and work centers of one routing", at_key=True,
                rests_on=(("plant", "routings", "**"), ("plant", "process_segments", "**"), ("plant", section, name, "**")),
            )  # fmt: skip
