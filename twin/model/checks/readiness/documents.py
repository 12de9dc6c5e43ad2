"""Documents: revisions have words or a file, end after they begin, and one that is released can come."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.plant import Plant
from twin.model.problems import Finding
from twin.model.readiness.documents import instant_us


def revisions(plant: Plant) -> Iterator[Finding]:
    """Each revision says something once, and is valid for a while."""
    for name, document in plant.layout.documents.items():
        begins: dict[int, str] = {}
        for revision, it in document.revisions.items():
            path = ("documents", name, "revisions", revision)
            own = ("plant", *path)
            if not it.text.strip() and it.file is None:
                yield Finding(
                    document="plant", path=path, what=f"revision {revision} of '{name}' has neither text nor file",
                    allowed="text, or the name of a file beside plant.yaml", at_key=True, rests_on=((*own, "**"),),
                )  # fmt: skip
            elif it.text.strip() and it.file is not None and not it.digest:
                yield Finding(
                    document="plant", path=(*path, "file"), what=f"revision {revision} of '{name}' has a text and a file",
                    allowed="one of both", at_key=True, rests_on=((*own, "**"),),
                )  # fmt: skip
            from_us, to_us = instant_us(it.effective_from, 0), instant_us(it.effective_to)
            if 0 <= to_us <= from_us:
                yield Finding(
                    document="plant", path=(*path, "effective_to"), what=f"revision {revision} of '{name}' ends before it begins",
                    allowed="an instant after effective_from", rests_on=((*own, "effective_from"),),
                )  # fmt: skip
            other = begins.setdefault(from_us, revision) if it.released else revision
            if other != revision:
                yield Finding(
                    document="plant", path=path, what=f"revisions {other} and {revision} of '{name}' begin at the same instant",
                    allowed="another effective_from, or released: false", at_key=True,
                    rests_on=(("plant", "documents", name, "revisions", "**"),),
                )  # fmt: skip
