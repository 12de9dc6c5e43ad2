"""The sections of plant.yaml about what has to be there before work starts."""

from __future__ import annotations

from twin.model.floor.words import Id
from twin.model.measures import Table
from twin.model.readiness.documents import Document


class Readiness(Table):
    """What a plant declares of documents."""

    documents: dict[Id, Document] = {}
