"""What persons say in a scenario: somebody says something that can be said, at a time when somebody listens."""

from __future__ import annotations

from collections.abc import Iterator

from twin.model.events import Entry
from twin.model.measures import write_duration
from twin.model.plant import Plant
from twin.model.problems import Finding, did_you_mean, listed
from twin.model.readiness.earlier import MAY_BE_EARLIER
from twin.model.readiness.said import BEAT_US, entry_kinds, wrong_fields
from twin.model.scenario import Scenario


def entries_of_persons(scenario: Scenario, plant: Plant) -> Iterator[Finding]:
    """Each entry is one that there is, with the fields that it has, by a person that there is, within the run."""
    kinds, persons = entry_kinds(), plant.layout.persons
    for n, it in enumerate(scenario.entries):
        path = ("entries", n)
        kind = kinds.get(it.says)
        if kind is None:
            what = f"nobody can say '{it.says}'{did_you_mean(it.says, kinds)}"
            yield Finding(document="scenario", path=(*path, "says"), what=what, allowed=listed(sorted(kinds), 40))
        else:
            for name, what, allowed in wrong_fields(kind, it.about):
                key = (*path, "about", name) if name else (*path, "says")
                yield Finding(document="scenario", path=key, what=what, allowed=allowed, rests_on=(("scenario", *path, "says"),))
        if kind is not None and it.happened is not None:
            yield from _earlier(it.happened, it.at, kind, path)
        if persons and it.person not in persons:
            what = f"no person is called '{it.person}'{did_you_mean(it.person, persons)}"
            yield Finding(
                document="scenario", path=(*path, "person"), what=what, allowed=listed(persons), rests_on=(("plant", "persons"),)
            )  # fmt: skip
        if it.at % BEAT_US:
            what = f"nobody listens {write_duration(it.at)} after the start: a simulated plant hears persons every quarter of an hour"
            yield Finding(document="scenario", path=(*path, "at"), what=what, allowed="a multiple of 15 min")
        elif it.at >= scenario.horizon:
            what = f"the run has ended {write_duration(it.at)} after its start"
            yield Finding(
                document="scenario", path=(*path, "at"), what=what, allowed=f"less than {write_duration(scenario.horizon)}",
                rests_on=(("scenario", "horizon"),),
            )  # fmt: skip


def _earlier(happened_us: int, at_us: int, kind: type[Entry], path: tuple[str | int, ...]) -> Iterator[Finding]:
    """It may have happened earlier, and did not happen later."""
    if not issubclass(kind, MAY_BE_EARLIER):
        allowed = listed([it.__name__ for it in MAY_BE_EARLIER], 40)
        yield Finding(
            document="scenario", path=(*path, "happened"), what=f"{kind.__name__} is so from when it is said", allowed=allowed,
            rests_on=(("scenario", *path, "says"),),
        )  # fmt: skip
    elif happened_us > at_us:
        what = f"it is said {write_duration(at_us)} after the start, and would happen later"
        yield Finding(document="scenario", path=(*path, "happened"), what=what, allowed=f"at most {write_duration(at_us)}")
