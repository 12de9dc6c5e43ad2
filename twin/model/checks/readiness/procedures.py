"""Procedures: limits leave room and lie within one another, phases that are named are there, names stand once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from twin.model.plant import Plant
from twin.model.problems import Finding, did_you_mean, listed
from twin.model.readiness.procedures import Parameter

_ORDER = ("stop_below", "warn_below", "target", "warn_above", "stop_above")


def limits_of_parameters(plant: Plant) -> Iterator[Finding]:
    """stop_below <= warn_below <= target <= warn_above <= stop_above, as far as they are declared."""
    for name, procedure in plant.layout.procedures.items():
        for parameter, it in procedure.parameters.items():
            yield from _order(("procedures", name, "parameters", parameter), it)
        for step, asked in procedure.steps.items():
            if asked.lower is not None and asked.upper is not None and asked.lower >= asked.upper:
                yield Finding(
                    document="plant", path=("procedures", name, "steps", step, "upper"),
                    what=f"nothing lies between {asked.lower:g} and {asked.upper:g}", allowed=f"more than {asked.lower:g}",
                    rests_on=(("plant", "procedures", name, "steps", step, "lower"),),
                )  # fmt: skip
            if asked.optional and asked.before_start:
                yield Finding(
                    document="plant", path=("procedures", name, "steps", step, "optional"),
                    what=f"'{step}' is optional, and nothing starts before it is confirmed", allowed="one of optional and before_start",
                    at_key=True, rests_on=(("plant", "procedures", name, "steps", step, "before_start"),),
                )  # fmt: skip
            limit = next((key for key in ("lower", "upper") if getattr(asked, key) is not None), None)
            if limit and asked.asks != "value":
                yield Finding(
                    document="plant", path=("procedures", name, "steps", step, limit), what=f"'{step}' asks for no value, and has a limit",
                    allowed="asks: value, or no limit", at_key=True, rests_on=(("plant", "procedures", name, "steps", step, "asks"),),
                )  # fmt: skip


def _order(path: tuple[str, ...], it: Parameter) -> Iterator[Finding]:
    declared = [(key, value) for key in _ORDER if (value := getattr(it, key)) is not None]
    for (low, below), (high, above) in pairwise(declared):
        if below > above or (below == above and {low, high} == {"warn_below", "warn_above"}):
            yield Finding(
                document="plant", path=(*path, high), what=f"{high} is {above:g}, and {low} is {below:g}", allowed=f"{below:g} or more",
                rests_on=(("plant", *path, low),),
            )  # fmt: skip


def phases_that_are_named(plant: Plant) -> Iterator[Finding]:
    """A parameter is looked at during phases of its own procedure."""
    for name, procedure in plant.layout.procedures.items():
        for phase in procedure.phase_times:
            if phase not in procedure.phases:
                yield Finding(
                    document="plant", path=("procedures", name, "phase_times", phase),
                    what=f"'{name}' has no phase '{phase}'{did_you_mean(phase, procedure.phases)}", allowed=listed(procedure.phases),
                    at_key=True, rests_on=(("plant", "procedures", name, "unit_procedures", "**"),),
                )  # fmt: skip
        missing = [phase for phase in procedure.phases if phase not in procedure.phase_times]
        if procedure.phase_times and missing:
            yield Finding(
                document="plant", path=("procedures", name, "phase_times"), what=f"how long {listed(missing)} takes is not said",
                allowed="a time for every phase, or for none", rests_on=(("plant", "procedures", name, "unit_procedures", "**"),),
            )  # fmt: skip
        for parameter, it in procedure.parameters.items():
            for n, phase in enumerate(it.during):
                if phase not in procedure.phases:
                    yield Finding(
                        document="plant", path=("procedures", name, "parameters", parameter, "during", n),
                        what=f"'{name}' has no phase '{phase}'{did_you_mean(phase, procedure.phases)}", allowed=listed(procedure.phases),
                        rests_on=(("plant", "procedures", name, "unit_procedures", "**"),),
                    )  # fmt: skip


def names_within_an_operation(plant: Plant) -> Iterator[Finding]:
    """Of two procedures for the same work, none has a parameter, a step or a phase of the other."""
    declared, layout = list(plant.layout.procedures.items()), plant.layout
    work = [
        (material, operation, layout.process_segments[step.segment].work_center)
        for material, routing in layout.routings.items()
        for operation, step in routing.items()
        if step.segment in layout.process_segments
    ]
    for n, (name, it) in enumerate(declared):
        for other, before in declared[:n]:
            if not any(it.covers(*one) and before.covers(*one) for one in work):
                continue
            for key in ("parameters", "steps", "unit_procedures"):
                for word in getattr(it, key).keys() & getattr(before, key).keys():
                    what = f"'{word}' of the same work stands in '{other}' already"
                    yield Finding(
                        document="plant", path=("procedures", name, key, word), what=what,
                        allowed="another name for it", at_key=True,
                        rests_on=(("plant", "procedures", name, "**"), ("plant", "procedures", other, "**"), ("plant", "routings", "**")),
                    )  # fmt: skip
