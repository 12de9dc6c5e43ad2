"""Who may approve what is bought, and by what suppliers are scored."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.plant import Plant
from twin.model.problems import Finding, did_you_mean, listed


def approval(plant: Plant) -> Iterator[Finding]:
    """Who approves, and who releases, is of a personnel class that there is."""
    terms, known = plant.materials.purchasing, plant.layout.personnel_classes
    for key, wanted in (("approved_by", terms.approved_by), ("released_by", terms.released_by)):
        if wanted is not None and wanted not in known:
            what = f"no personnel class is called '{wanted}'{did_you_mean(wanted, known)}"
            path, rests_on = ("purchasing", key), (("plant", "personnel_classes"),)
            yield Finding(document="items", path=path, what=what, allowed=listed(known), rests_on=rests_on)


def score(plant: Plant) -> Iterator[Finding]:
    """A score is a mean: something in it weighs something."""
    if not sum(plant.materials.purchasing.score.model_dump().values()):
        what, allowed = "no part of the score of suppliers weighs anything", "one weight or more above 0"
        yield Finding(document="items", path=("purchasing", "score"), what=what, allowed=allowed, at_key=True)
