"""What gauge studies say: how much of what is measured is the measuring itself, and every measurement that it rests on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from twin.kernels.quality.gauge import GaugeStudy, gauge_by_anova
from twin.mes.quality.measuring.gauge_studies import GaugeRecord
from twin.model.events import EntryRefused, GaugeMeasured
from twin.model.floor.quality_plan import Characteristic
from twin.model.problems import did_you_mean, listed
from twin.results.frames import from_rows
from twin.results.run import Run

if TYPE_CHECKING:
    import pandas as pd

GOOD, LEAST_KINDS, POOR = 0.1, 5, 0.3
"""AIAG: a share of the gauge below GOOD is good, above POOR the gauge is not to be used; it should tell LEAST_KINDS kinds of part apart."""
STUDY_COLUMNS = (
    "study", "characteristic", "unit", "gauge", "parts", "persons", "trials", "repeatability", "reproducibility", "gauge_sigma",
    "part_sigma", "total_sigma", "repeatability_share", "reproducibility_share", "part_share", "gauge_share", "tolerance_share",
    "category_count", "verdict", "missing",
)  # fmt: skip
MEASUREMENT_COLUMNS = ("study", "part", "person", "trial", "value", "measured", "terminal", "was", "reason", "entry")


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyNow:
    """One study; `found` is None until every person has measured every part equally often, twice or more."""

    record: GaugeRecord
    declared: Characteristic
    found: GaugeStudy | None
    missing: str

    @property
    def tolerance_share(self) -> float | None:
        """Six standard deviations of the gauge over what is allowed; None where a limit is missing."""
        lower, upper = self.declared.lower, self.declared.upper
        return None if self.found is None or lower is None or upper is None else 6 * self.found.gauge / (upper - lower)

    @property
    def gauge_share(self) -> float | None:
        """%GRR; None where nothing varies."""
        return self.found.gauge_share if self.found and self.found.total else None

    @property
    def category_count(self) -> int | None:
        """ndc; None where the gauge adds nothing, and all kinds are told apart."""
        return self.found.category_count if self.found and self.found.gauge else None

    @property
    def verdict(self) -> str:
        """What AIAG says of such a gauge."""
        if self.found is None:
            return "not complete"
        share, kinds = self.gauge_share or 0.0, self.category_count
        if share > POOR:
            return "not to be used"
        return "good" if share < GOOD and (kinds is None or kinds >= LEAST_KINDS) else "may do"


def studies_now(run: Run) -> list[StudyNow]:
    """Every study as it stands, in the order in which they began."""
    return [_study(run, it) for it in run.mes.quality.gauge_studies.all.values()]


def gauge_studies_table(run: Run) -> pd.DataFrame:
    """One row a study: standard deviations by analysis of variance (AIAG), their shares of the total, and what it comes to."""
    return from_rows([_row(it) for it in studies_now(run)], STUDY_COLUMNS)


def gauge_measurements_table(run: Run, study: str | None = None) -> pd.DataFrame:
    """Every measurement of a study (left out: of all), with the entry of the journal that says it, and what was written down before.

    Raises
    ------
    ValueError : no such study
    """
    return from_rows(measurement_rows(run, study), MEASUREMENT_COLUMNS, ("measured",))


def measurement_rows(run: Run, study: str | None = None) -> list[dict[str, Any]]:
    """The rows of `gauge_measurements_table`.

    Raises
    ------
    ValueError : no such study
    """
    known = run.mes.quality.gauge_studies.all
    if study is not None and study not in known:
        raise ValueError(f"no gauge study is called '{study}'{did_you_mean(study, known)}; allowed: {listed(known) or 'none'}")
    entries = _entries(run) if known else {}
    return [
        {
            "study": record.study, "part": it.part, "person": it.person, "trial": it.trial, "value": it.said.value,
            "measured": it.said.effective_us, "terminal": it.said.terminal, "was": ", ".join(f"{was.value:g}" for was in it.was),
            "reason": it.said.reason, "entry": entries[_about(it.said)].pop(0),
        }
        for record in (known.values() if study is None else [known[study]])
        for there in record.values.values()
        for it in there
    ]  # fmt: skip


def _entries(run: Run) -> dict[tuple[Any, ...], list[str]]:
    """The entries that say each measurement, in their order: two of a person may be alike, one after the other."""
    refused = {it.cause for it in run.journal.entries() if isinstance(it.event, EntryRefused)}
    found: dict[tuple[Any, ...], list[str]] = {}
    for it in run.journal.entries():
        if isinstance(it.event, GaugeMeasured) and it.id not in refused:
            found.setdefault(_about(it.event), []).append(it.id)
    return found


def _about(event: GaugeMeasured) -> tuple[Any, ...]:
    return event.study, event.part, event.person, event.trial, event.value, event.effective_us, event.entry_id


def _study(run: Run, record: GaugeRecord) -> StudyNow:
    plans = run.plant.layout.quality_plans.values()
    declared = next(plan.characteristics[record.characteristic] for plan in plans if record.characteristic in plan.characteristics)
    missing = _missing(record)
    found = None
    if not missing:
        cells = [[[it.said.value for it in record.values[part, person]] for person in record.persons] for part in record.parts]
        found = gauge_by_anova(np.array(cells))
    return StudyNow(record=record, declared=declared, found=found, missing=missing)


def _missing(record: GaugeRecord) -> str:
    """What there is to be measured yet, in words; "" if nothing is."""
    parts, persons, trials = record.parts, record.persons, max(2, record.trials)
    found = [f"{count} {what} or more" for count, what, there in ((2, "parts", parts), (2, "persons", persons)) if len(there) < count]
    counts = {(part, person): len(record.values.get((part, person), ())) for part in parts for person in persons}
    lacking = [f"{person} part {part} ({count} of {trials})" for (part, person), count in counts.items() if count < trials]
    return "; ".join([*found, *lacking[:8], *([f"and {len(lacking) - 8} more"] if len(lacking) > 8 else [])])


def _row(it: StudyNow) -> dict[str, Any]:
    record, found = it.record, it.found
    row: dict[str, Any] = {
        "study": record.study, "characteristic": record.characteristic, "unit": it.declared.unit, "gauge": record.gauge,
        "parts": len(record.parts), "persons": len(record.persons), "trials": record.trials, "gauge_share": it.gauge_share,
        "tolerance_share": it.tolerance_share, "category_count": it.category_count, "verdict": it.verdict, "missing": it.missing,
    }  # fmt: skip
    if found:
        row |= {
            "repeatability": found.repeatability, "reproducibility": found.reproducibility, "gauge_sigma": found.gauge,
            "part_sigma": found.parts, "total_sigma": found.total,
        }  # fmt: skip
    if found and found.total:
        row |= {
            "repeatability_share": found.repeatability / found.total, "reproducibility_share": found.reproducibility / found.total,
            "part_share": found.parts / found.total,
        }  # fmt: skip
    return row
