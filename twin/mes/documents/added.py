"""Documents that plant.yaml does not declare: they come with their first revision, by an entry, and are asked for from then on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import get_args

from twin.model.events import DocumentReleased
from twin.model.floor.words import is_id
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.documents import Document, Revision
from twin.model.readiness.scope import Scope

_SCOPE = ("materials", "operations", "work_centers")
KINDS = tuple(it for it in get_args(Document.model_fields["kind"].annotation) if it != "recipe")
"""What may come while the plant runs: a recipe says what a declared procedure asks for."""


def says_of_document(event: DocumentReleased) -> bool:
    """Whether it says what a document is, and not of a revision alone."""
    return any((event.title, event.document_kind, event.authority, event.acknowledge, *(getattr(event, name) for name in _SCOPE)))


def added(event: DocumentReleased) -> Document:
    """The document that comes with this revision, which nobody has released yet."""
    scope = {name: list(getattr(event, name)) for name in _SCOPE}
    about = {
        "title": event.title,
        "kind": event.document_kind or KINDS[0],
        "acknowledge": event.acknowledge,
        "authority": event.authority or None,
    }
    return Document.model_validate({**scope, **about, "revisions": {event.revision: Revision(released=False)}})


def doubt_added(event: DocumentReleased, plant: Plant, known: Collection[str]) -> str:
    """Why no document comes with this; all that is wrong at once."""
    return "; ".join(_doubts(event, plant, known))


def _doubts(event: DocumentReleased, plant: Plant, known: Collection[str]) -> Iterator[str]:
    layout = plant.layout
    if event.document in known:
        yield f"{event.document} is there already; allowed: another name, or a revision of it without title and scope"
    for what, name in (("document", event.document), ("revision", event.revision)):
        if not is_id(name) or ":" in name:
            yield f"'{name}' is no id of a {what}; allowed: letters, digits, '_', '-' and '.', as in WI-31"
    if not event.title.strip():
        yield "a new document needs a title"
    if event.document_kind and event.document_kind not in KINDS:
        yield f"'{event.document_kind}' is no kind of a document that comes while the plant runs; allowed: {listed(KINDS)}"
    if event.effective_us < event.recorded_us:
        yield "a new document is released now; allowed: no earlier time"
    yield from _strange(event, plant)
    person = layout.persons.get(event.person)
    if event.authority in layout.personnel_classes and person and event.authority not in person.classes:
        yield f"{event.person} is no {event.authority}, which it asks for; allowed: a class of who releases it"
    if not any(getattr(event, name) for name in _SCOPE):
        yield "it is for no work; allowed: materials, operations or work centers, one or more"


def _strange(event: DocumentReleased, plant: Plant) -> Iterator[str]:
    """Names of what is not there, and a scope in which nothing is done."""
    layout = plant.layout
    work = [
        (material, operation, layout.process_segments[step.segment].work_center)
        for material, routing in layout.routings.items()
        for operation, step in routing.items()
    ]
    strange = [
        f"no {what} is called '{word}'{did_you_mean(word, there)}; allowed: {listed(there)}"
        for what, words, there in (
            ("material", event.materials, plant.materials.materials),
            ("operation", event.operations, dict.fromkeys(operation for _, operation, _ in work)),
            ("work center", event.work_centers, layout.work_centers),
            ("personnel class", (event.authority,) if event.authority else (), layout.personnel_classes),
        )
        for word in words
        if word not in there
    ]
    yield from strange
    if strange:
        return  # what is no name at all makes no scope
    scope = Scope.model_validate({name: list(getattr(event, name)) for name in _SCOPE})
    if not any(scope.covers(*one) for one in work):
        yield "its materials, operations and work centers do not meet; allowed: those of one routing"
