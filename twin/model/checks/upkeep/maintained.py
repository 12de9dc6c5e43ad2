"""Maintenance plans and calibrations: what they name is there, and says when something is due."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, did_you_mean, listed


def _named(plant: Plant) -> Iterator[tuple[KeyPath, str, str, Collection[str]]]:
    """Everything that is named: where, what kind of thing, its name, and what is known."""
    layout = plant.layout
    for name, plan in layout.maintenance_plans.items():
        own: KeyPath = ("maintenance_plans", name)
        yield (*own, "equipment"), "equipment", plan.equipment, plant.equipment
        if plan.personnel_class:
            yield (*own, "personnel_class"), "personnel class", plan.personnel_class, layout.personnel_classes
        for n, document in enumerate(plan.documents):
            yield (*own, "documents", n), "document", document, layout.documents
        for material in plan.spare_parts:
            yield (*own, "spare_parts", material), "material", material, plant.materials.materials
    for name, it in layout.calibrations.items():
        own = ("calibrations", name)
        yield (*own, "calibrated_by"), "personnel class", it.calibrated_by, layout.personnel_classes
        if it.equipment:
            yield (*own, "equipment"), "equipment", it.equipment, plant.equipment
        for n, segment in enumerate(it.segments):
            yield (*own, "segments", n), "process segment", segment, layout.process_segments
        for n, quality_plan in enumerate(it.quality_plans):
            yield (*own, "quality_plans", n), "quality plan", quality_plan, layout.quality_plans


def dangling(plant: Plant) -> Iterator[Finding]:
    """Names that nothing has."""
    for path, kind, name, known in _named(plant):
        if name not in known:
            what = f"no {kind} is called '{name}'{did_you_mean(name, known)}"
            yield Finding(document="plant", path=path, what=what, allowed=listed(known), at_key="spare_parts" in path, spoils=True)


def triggers(plant: Plant) -> Iterator[Finding]:
    """A plan is due some time, and a condition has something to look at and a limit."""
    for name, plan in plant.layout.maintenance_plans.items():
        own: KeyPath = ("maintenance_plans", name)
        if not plan.triggers:
            allowed = "every, after_pieces, after_lots, after_busy, condition: one or more of them"
            yield Finding(document="plant", path=own, what=f"'{name}' is never due", allowed=allowed, at_key=True)
        condition = plan.condition
        if condition is None:
            continue
        if (condition.process_value is None) == (condition.indicator is None):
            what, allowed = "a condition looks at one thing", "either process_value or indicator"
            yield Finding(document="plant", path=(*own, "condition"), what=what, allowed=allowed, at_key=True)
        if condition.above is None and condition.below is None:
            what = "a condition without a limit is never met"
            yield Finding(document="plant", path=(*own, "condition"), what=what, allowed="above, below, or both", at_key=True)


def steps(plant: Plant) -> Iterator[Finding]:
    """A step that has a limit asks for a value, and something lies between its limits."""
    for name, plan in plant.layout.maintenance_plans.items():
        for step, it in plan.steps.items():
            own: KeyPath = ("maintenance_plans", name, "steps", step)
            limit = next((key for key in ("lower", "upper") if getattr(it, key) is not None), None)
            if limit and it.asks != "value":
                what = f"'{step}' asks for no value, and has a limit"
                yield Finding(document="plant", path=(*own, limit), what=what, allowed="asks: value, or no limit", at_key=True)
            elif it.lower is not None and it.upper is not None and it.lower >= it.upper:
                what = f"nothing lies between {it.lower:g} and {it.upper:g}"
                yield Finding(document="plant", path=(*own, "upper"), what=what, allowed=f"more than {it.lower:g}")


def uses(plant: Plant) -> Iterator[Finding]:
    """What is calibrated is used for something."""
    for name, it in plant.layout.calibrations.items():
        if not (it.equipment or it.segments or it.quality_plans):
            what, allowed = f"'{name}' is used for nothing", "equipment, segments or quality_plans"
            yield Finding(document="plant", path=("calibrations", name), what=what, allowed=allowed, at_key=True)
