"""The sections of plant.yaml about what has to be there before work starts, and how it is done."""

from __future__ import annotations

from twin.model.floor.words import Id
from twin.model.measures import Table
from twin.model.readiness.documents import Document
from twin.model.readiness.procedures import Procedure, Prompts
from twin.model.readiness.tools import Tool


class Readiness(Table):
    """What a plant declares of documents, procedures and tools."""

    documents: dict[Id, Document] = {}
    procedures: dict[Id, Procedure] = {}
    prompts: Prompts = Prompts()
    tools: dict[Id, Tool] = {}
