"""Quality plans: what they name is there, limits leave room, a chart fits what it shows."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.floor.quality_plan import CHARTS_OF, Characteristic, QualityPlan
from twin.model.plant import Plant
from twin.model.problems import Finding, KeyPath, Place, did_you_mean, listed

_SUBGROUP_CHARTS = ("xbar_r", "xbar_s")
_LARGEST_SUBGROUP = 25


def _finding(plan: str, *key: str, what: str, allowed: str, at_key: bool = False, rests_on: tuple[KeyPath, ...] = ()) -> Finding:
    """A finding in a plan, which rests on keys of that plan."""
    own: KeyPath = ("quality_plans", plan)
    places: tuple[Place, ...] = tuple(("plant", *own, *it) for it in rests_on)
    return Finding(document="plant", path=(*own, *key), what=what, allowed=allowed, at_key=at_key, rests_on=places)


def dangling(plant: Plant) -> Iterator[Finding]:
    """The material and the personnel class of a plan are there."""
    layout, materials = plant.layout, plant.materials.materials
    for name, plan in layout.quality_plans.items():
        for key, word, kind, known, told in (
            ("material", plan.material, "material", materials, ("items", "materials")),
            ("authority", plan.authority, "personnel class", layout.personnel_classes, ("plant", "personnel_classes")),
        ):
            if word is not None and word not in known:
                yield Finding(
                    document="plant", path=("quality_plans", name, key), what=f"no {kind} is called '{word}'{did_you_mean(word, known)}",
                    allowed=listed(known), rests_on=((*told, word),), spoils=True,
                )  # fmt: skip


def operations(plant: Plant) -> Iterator[Finding]:
    """The operation after which a plan inspects is one of the routing of its material."""
    for name, plan in plant.layout.quality_plans.items():
        routing = plant.layout.routings.get(plan.material, {})
        told: KeyPath = ("material",)
        if plan.operation is None:
            if plan.sampling.is_in_process:
                what = f"'{name}' samples in process, and names no operation"
                allowed = f"operation: one of {listed(routing)}" if routing else "every_lots, or skip_lot"
                yield _finding(name, "sampling", what=what, allowed=allowed, at_key=True, rests_on=(told, ("operation",)))
        elif plan.operation not in routing:
            what = f"the routing of '{plan.material}' has no operation '{plan.operation}'{did_you_mean(plan.operation, routing)}"
            allowed = listed(routing) if routing else "no operation: it is inspected when it was delivered"
            found = _finding(name, "operation", what=what, allowed=allowed, rests_on=(told,))
            yield Finding(
                document="plant", path=found.path, what=what, allowed=allowed,
                rests_on=(*found.rests_on, ("plant", "routings", plan.material, "**")),
            )  # fmt: skip


def sampling(plant: Plant) -> Iterator[Finding]:
    """Lots are chosen in one way."""
    for name, plan in plant.layout.quality_plans.items():
        ways = plan.sampling.ways
        if len(ways) > 1:
            what = f"'{name}' chooses its lots by {' and by '.join(ways)}"
            yield _finding(name, "sampling", ways[-1], what=what, allowed="one of them", at_key=True, rests_on=(("sampling", "**"),))


def _characteristics(plant: Plant) -> Iterator[tuple[str, QualityPlan, str, Characteristic]]:
    for name, plan in plant.layout.quality_plans.items():
        for characteristic, it in plan.characteristics.items():
            yield name, plan, characteristic, it


def limits(plant: Plant) -> Iterator[Finding]:
    """Something can lie between the limits, the target does, and only what is measured has them."""
    for name, _, characteristic, it in _characteristics(plant):
        at = ("characteristics", characteristic)
        if it.kind != "measured":
            for key in ("lower", "upper", "target"):
                if getattr(it, key) is not None:
                    what, allowed = f"'{characteristic}' is {it.kind} and so has no {key}", f"kind: measured, or no {key}"
                    yield _finding(name, *at, key, what=what, allowed=allowed, at_key=True, rests_on=((*at, "kind"),))
            continue
        if it.lower is not None and it.upper is not None and it.lower >= it.upper:
            what = f"nothing lies between {it.lower:g} and {it.upper:g}"
            yield _finding(name, *at, "upper", what=what, allowed=f"more than {it.lower:g}", rests_on=((*at, "lower"),))
        elif it.target is not None and not it.passes(it.target):
            rests_on = ((*at, "lower"), (*at, "upper"))
            yield _finding(name, *at, "target", what=f"the target {it.target:g} is not allowed", allowed=it.asked, rests_on=rests_on)


def charts(plant: Plant) -> Iterator[Finding]:
    """A chart is one of those that its characteristic can be kept on, and has what it needs."""
    for name, plan, characteristic, it in _characteristics(plant):
        if it.chart is None:
            continue
        at = ("characteristics", characteristic, "chart")
        of_kind: KeyPath = ("characteristics", characteristic, "kind")
        known = CHARTS_OF[it.kind]
        if it.chart.kind not in known:
            what = f"what is {it.kind} is on no chart '{it.chart.kind}'"
            yield _finding(name, *at, "kind", what=what, allowed=listed(known) if known else "no chart", rests_on=(of_kind,))
            continue
        if it.chart.kind in _SUBGROUP_CHARTS and not 2 <= plan.sampling.pieces <= _LARGEST_SUBGROUP:
            what = f"a subgroup of {plan.sampling.pieces} has no chart '{it.chart.kind}'"
            allowed = f"sampling: pieces from 2 to {_LARGEST_SUBGROUP}, or i_mr, ewma, cusum"
            yield _finding(name, *at, "kind", what=what, allowed=allowed, rests_on=(("sampling", "pieces"),))
        is_measured = it.kind == "measured"
        if is_measured and (it.chart.mean is None) != (it.chart.sigma is None):
            given, missing = ("mean", "sigma") if it.chart.sigma is None else ("sigma", "mean")
            what = f"limits that are known need both: {given} stands here, and no {missing}"
            yield _finding(
                name, *at, given, what=what, allowed=f"{missing}, or none of both", at_key=True, rests_on=((*at, missing),)
            )  # fmt: skip


def repeated(plant: Plant) -> Iterator[Finding]:
    """A characteristic of a material stands in one plan: a result says which it is of, and not which plan it is for."""
    first: dict[tuple[str, str], str] = {}
    for name, plan, characteristic, _ in _characteristics(plant):
        other = first.setdefault((plan.material, characteristic), name)
        if other != name:
            what = f"'{characteristic}' of '{plan.material}' stands in '{other}' already"
            yield _finding(
                name, "characteristics", characteristic, what=what, allowed="another name for it", at_key=True, rests_on=(("material",),)
            )  # fmt: skip
