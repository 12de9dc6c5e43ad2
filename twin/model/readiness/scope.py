"""For which work something is declared: materials, operations, work centers."""

from __future__ import annotations

from twin.model.floor.words import Id
from twin.model.measures import Table


class Scope(Table):
    """Work that something is for. What is left out makes no difference: nothing at all means all work of the plant."""

    materials: list[str] = []
    operations: list[Id] = []
    work_centers: list[Id] = []

    def covers(self, material: str, operation: str, work_center: str) -> bool:
        """Whether an operation on a material at a work center is meant."""
        asked = ((self.materials, material), (self.operations, operation), (self.work_centers, work_center))
        return all(not named or word in named for named, word in asked)
