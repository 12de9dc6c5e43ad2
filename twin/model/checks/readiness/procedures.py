"""Procedures: limits leave room and lie within one another, phases that are named are there, names stand once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from twin.model.plant import Plant
from twin.model.problems import Finding, did_you_mean, listed
from twin.model.readiness.documents import Document
from twin.model.readiness.procedures import Parameter, Procedure, Recipe

_ORDER = ("stop_below", "warn_below", "target", "warn_above", "stop_above")


def _contents(plant: Plant) -> Iterator[tuple[tuple[str, ...], str, Recipe]]:
    """Where it stands, the name of its procedure, and what is asked: of each revision, where there are any."""
    for name, it in plant.layout.procedures.items():
        for revision, content in it.contents.items():
            yield ("procedures", name, *(("revisions", revision) if it.recipe else ())), name, content


def _work(plant: Plant) -> list[tuple[str, str, str]]:
    """Material, operation and work center of all that the plant does."""
    segments = plant.layout.process_segments
    return [
        (material, operation, segments[step.segment].work_center)
        for material, routing in plant.layout.routings.items()
        for operation, step in routing.items()
        if step.segment in segments
    ]


def limits_of_parameters(plant: Plant) -> Iterator[Finding]:
    """stop_below <= warn_below <= target <= warn_above <= stop_above, as far as they are declared."""
    for path, _, procedure in _contents(plant):
        for parameter, it in procedure.parameters.items():
            yield from _order((*path, "parameters", parameter), it)
        for step, asked in procedure.steps.items():
            if asked.lower is not None and asked.upper is not None and asked.lower >= asked.upper:
                yield Finding(
                    document="plant", path=(*path, "steps", step, "upper"),
                    what=f"nothing lies between {asked.lower:g} and {asked.upper:g}", allowed=f"more than {asked.lower:g}",
                    rests_on=(("plant", *path, "steps", step, "lower"),),
                )  # fmt: skip
            if asked.optional and asked.before_start:
                yield Finding(
                    document="plant", path=(*path, "steps", step, "optional"),
                    what=f"'{step}' is optional, and nothing starts before it is confirmed", allowed="one of optional and before_start",
                    at_key=True, rests_on=(("plant", *path, "steps", step, "before_start"),),
                )  # fmt: skip
            if asked.verified_by_two and len(plant.layout.persons) < 2:
                yield Finding(
                    document="plant", path=(*path, "steps", step, "verified_by_two"),
                    what=f"'{step}' is confirmed by two persons, and fewer are declared", allowed="two persons or more",
                    at_key=True, rests_on=(("plant", "persons", "**"),),
                )  # fmt: skip
            limit = next((key for key in ("lower", "upper") if getattr(asked, key) is not None), None)
            if limit and asked.asks != "value":
                yield Finding(
                    document="plant", path=(*path, "steps", step, limit), what=f"'{step}' asks for no value, and has a limit",
                    allowed="asks: value, or no limit", at_key=True, rests_on=(("plant", *path, "steps", step, "asks"),),
                )  # fmt: skip


def _order(path: tuple[str, ...], it: Parameter) -> Iterator[Finding]:
    declared = [(key, value) for key in _ORDER if (value := getattr(it, key)) is not None]
    for (low, below), (high, above) in pairwise(declared):
        if below > above or (below == above and {low, high} == {"warn_below", "warn_above"}):
            yield Finding(
                document="plant", path=(*path, high), what=f"{high} is {above:g}, and {low} is {below:g}", allowed=f"{below:g} or more",
                rests_on=(("plant", *path, low),),
            )  # fmt: skip


def documents_of_steps(plant: Plant) -> Iterator[Finding]:
    """What is shown beside a step is a document for the same work: so it is there before the start, and kept with the job order."""
    documents, work = plant.layout.documents, _work(plant)
    for path, name, content in _contents(plant):
        for step, it in content.steps.items():
            at = (*path, "steps", step, "document")
            shown = documents.get(it.document) if it.document else None
            if it.document and shown is None:
                yield Finding(
                    document="plant", path=at, what=f"no document is called '{it.document}'{did_you_mean(it.document, documents)}",
                    allowed=listed(documents) if documents else "one of documents, and none is declared",
                    rests_on=(("plant", "documents", "**"),),
                )  # fmt: skip
                continue
            lacking = [one for one in work if shown and plant.layout.procedures[name].covers(*one) and not shown.covers(*one)]
            if lacking:
                material, operation, _ = lacking[0]
                yield Finding(
                    document="plant", path=at, what=f"'{it.document}' is not for operation {operation} of '{material}', as the step is",
                    allowed="a document for all work of the procedure",
                    rests_on=(("plant", "documents", it.document or "", "**"), ("plant", *path[:2], "**"), ("plant", "routings", "**")),
                )  # fmt: skip


def phases_that_are_named(plant: Plant) -> Iterator[Finding]:
    """A parameter is looked at during phases of its own procedure."""
    for path, name, procedure in _contents(plant):
        for phase in procedure.phase_times:
            if phase not in procedure.phases:
                yield Finding(
                    document="plant", path=(*path, "phase_times", phase),
                    what=f"'{name}' has no phase '{phase}'{did_you_mean(phase, procedure.phases)}", allowed=listed(procedure.phases),
                    at_key=True, rests_on=(("plant", *path, "unit_procedures", "**"),),
                )  # fmt: skip
        missing = [phase for phase in procedure.phases if phase not in procedure.phase_times]
        if procedure.phase_times and missing:
            yield Finding(
                document="plant", path=(*path, "phase_times"), what=f"how long {listed(missing)} takes is not said",
                allowed="a time for every phase, or for none", rests_on=(("plant", *path, "unit_procedures", "**"),),
            )  # fmt: skip
        for parameter, it in procedure.parameters.items():
            for n, phase in enumerate(it.during):
                if phase not in procedure.phases:
                    yield Finding(
                        document="plant", path=(*path, "parameters", parameter, "during", n),
                        what=f"'{name}' has no phase '{phase}'{did_you_mean(phase, procedure.phases)}", allowed=listed(procedure.phases),
                        rests_on=(("plant", *path, "unit_procedures", "**"),),
                    )  # fmt: skip


def names_within_an_operation(plant: Plant) -> Iterator[Finding]:
    """Of two procedures for the same work, none has a parameter, a step or a phase of the other."""
    declared, work = list(plant.layout.procedures.items()), _work(plant)
    for n, (name, it) in enumerate(declared):
        for other, before in declared[:n]:
            if not any(it.covers(*one) and before.covers(*one) for one in work):
                continue
            for path, key, word in _words_of_both(name, it, before):
                yield Finding(
                    document="plant", path=(*path, key, word), what=f"'{word}' of the same work stands in '{other}' already",
                    allowed="another name for it", at_key=True,
                    rests_on=(("plant", "procedures", name, "**"), ("plant", "procedures", other, "**"), ("plant", "routings", "**")),
                )  # fmt: skip


def _words_of_both(name: str, it: Procedure, before: Procedure) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Where, under which key and which word of a procedure an earlier one has too, in whatever revisions."""
    for revision, content in it.contents.items():
        path = ("procedures", name, *(("revisions", revision) if it.recipe else ()))
        for key in ("parameters", "steps", "unit_procedures"):
            taken = {word for one in before.contents.values() for word in getattr(one, key)}
            yield from ((path, key, word) for word in getattr(content, key) if word in taken)


def master_recipes(plant: Plant) -> Iterator[Finding]:
    """A procedure with revisions has a document of kind recipe, for the same work, which has the same revisions."""
    documents, recipes = plant.layout.documents, [name for name, it in plant.layout.documents.items() if it.kind == "recipe"]
    for name, it in plant.layout.procedures.items():
        at = ("procedures", name)
        if it.recipe is None:
            if it.revisions:
                what = f"'{name}' has revisions, and no document says which of them is valid"
                yield Finding(document="plant", path=(*at, "revisions"), what=what, allowed="with recipe: a document", at_key=True)
        elif it.recipe not in recipes:
            known = it.recipe in documents
            what = f"'{it.recipe}' is of kind {documents[it.recipe].kind}" if known else f"no document is called '{it.recipe}'"
            allowed = listed(recipes) if recipes else "a document with kind: recipe"
            near = "" if known else did_you_mean(it.recipe, recipes)
            yield Finding(
                document="plant", path=(*at, "recipe"), what=what + near, allowed=allowed, rests_on=(("plant", "documents"),), spoils=True
            )  # fmt: skip
        else:
            yield from _master_recipe(plant, name, it, documents[it.recipe])


def _master_recipe(plant: Plant, name: str, it: Procedure, document: Document) -> Iterator[Finding]:
    at, rests_on = ("procedures", name), (("plant", "documents", str(it.recipe), "**"),)
    for key in ("parameters", "steps", "unit_procedures", "phase_times"):
        if getattr(it, key):
            what = f"{key.replace('_', ' ')} of '{name}' stand in none of its revisions"
            yield Finding(document="plant", path=(*at, key), what=what, allowed="in each revision for which they hold", at_key=True)
    for revision in it.revisions:
        if revision not in document.revisions:
            what = f"'{it.recipe}' has no revision '{revision}'{did_you_mean(revision, document.revisions)}"
            yield Finding(
                document="plant", path=(*at, "revisions", revision), what=what, allowed=listed(document.revisions), at_key=True,
                rests_on=rests_on, spoils=True,
            )  # fmt: skip
    if missing := [revision for revision in document.revisions if revision not in it.revisions]:
        what = f"what revision {listed(missing)} of '{it.recipe}' asks for is not said"
        yield Finding(
            document="plant", path=(*at, "recipe"), what=what, allowed="each of them in revisions", rests_on=rests_on, spoils=True
        )  # fmt: skip
    left = next((one for one in _work(plant) if it.covers(*one) and not document.covers(*one)), None)
    if left:
        what = f"'{it.recipe}' is not for operation {left[1]} of '{left[0]}', which '{name}' is for"
        yield Finding(document="plant", path=(*at, "recipe"), what=what, allowed="a document for all of its work", rests_on=rests_on)
