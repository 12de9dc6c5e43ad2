"""Gauge studies: persons measure the same parts several times each, so that what the measuring itself adds can be told (AIAG MSA)."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model import events as e
from twin.model.events import OperationsEvent
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.readiness.signed import refusal, unsigned


@dataclass(slots=True, kw_only=True)
class Measurement:
    """One value of one person; `was`: what was written down before, each with who has replaced it why."""

    part: str
    person: str
    trial: int
    said: e.GaugeMeasured
    was: list[e.GaugeMeasured] = field(default_factory=list)


@dataclass(slots=True, kw_only=True)
class GaugeRecord:
    """One study. `values`: by part and person, the trials in their order."""

    study: str
    characteristic: str
    gauge: str
    values: dict[tuple[str, str], list[Measurement]] = field(default_factory=dict)

    @property
    def parts(self) -> list[str]:
        return list(dict.fromkeys(part for part, _ in self.values))

    @property
    def persons(self) -> list[str]:
        return list(dict.fromkeys(person for _, person in self.values))

    @property
    def trials(self) -> int:
        """How often whoever has measured something most often has measured it."""
        return max(map(len, self.values.values()), default=0)


class GaugeStudies:
    """All studies of one plant, by what persons say."""

    def __init__(self, plant: Plant) -> None:
        layout = plant.layout
        self._persons, self._gauges = layout.persons, layout.calibrations
        self._characteristics = [
            name for plan in layout.quality_plans.values() for name, it in plan.characteristics.items() if it.kind == "measured"
        ]
        self.all: dict[str, GaugeRecord] = {}

    def apply(self, event: e.GaugeMeasured) -> list[OperationsEvent]:
        """The value is part of its study; or why it cannot be."""
        if reason := unsigned(event, self._persons) or self._doubt(event):
            return [refusal(event, reason)]
        study = self.all.setdefault(event.study, GaugeRecord(study=event.study, characteristic=event.characteristic, gauge=event.gauge))
        there = study.values.setdefault((event.part, event.person), [])
        if 0 < event.trial <= len(there):
            known = there[event.trial - 1]
            known.was.append(known.said)
            known.said = event
        else:
            there.append(Measurement(part=event.part, person=event.person, trial=len(there) + 1, said=event))
        return []

    def _doubt(self, event: e.GaugeMeasured) -> str:
        known = self.all.get(event.study)
        if not event.study.strip() or not event.part.strip():
            return "it does not say of which study and which part; allowed: a name for each"
        if event.characteristic not in self._characteristics:
            near = did_you_mean(event.characteristic, self._characteristics)
            what = f"nothing that is measured is called '{event.characteristic}'{near}"
            return f"{what}; allowed: {listed(dict.fromkeys(self._characteristics)) or 'none, since no quality plan declares any'}"
        if event.gauge and event.gauge not in self._gauges:
            return f"no gauge is called '{event.gauge}'{did_you_mean(event.gauge, self._gauges)}; allowed: {listed(self._gauges) or 'none'}"
        if known and (known.characteristic, known.gauge) != (event.characteristic, event.gauge):
            of = f"{known.characteristic}" + (f" with {known.gauge}" if known.gauge else "")
            return f"study '{event.study}' is of {of}; allowed: that, or another study"
        return self._trial(event, known)

    @staticmethod
    def _trial(event: e.GaugeMeasured, known: GaugeRecord | None) -> str:
        count = len(known.values.get((event.part, event.person), ())) if known else 0
        if not 0 <= event.trial <= count + 1:
            return f"trial {event.trial} of part '{event.part}'; allowed: 1 to {count + 1}, or left out for the next"
        if 0 < event.trial <= count and not event.reason.strip():
            what = f"trial {event.trial} of part '{event.part}' is written down already"
            return f"{what}; allowed: another value for a reason, or the next trial"
        return ""
