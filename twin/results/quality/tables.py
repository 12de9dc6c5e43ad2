"""Tables of quality: what was inspected with what result, what is held, what was wrong and became of it, what was done against it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from twin.kernels.quality.capability import capability, overall_sigma
from twin.kernels.quality.gauge import GaugeStudy, gauge_by_anova, gauge_by_ranges
from twin.mes.quality.inspections import Inspection
from twin.model.events import EntryRefused, TestResultCorrected, TestResultRecorded
from twin.results.frames import from_rows, in_currency
from twin.results.run import Run

INSPECTION_COLUMNS = (
    "plan", "lot", "material", "request", "characteristic", "values", "mean", "least", "most", "unit", "allowed", "inspected", "is_allowed",
    "due", "verdict", "asked", "judged", "judged_by", "reason",
)  # fmt: skip
NONCONFORMANCE_COLUMNS = (
    "nonconformance", "lot", "material", "quantity", "characteristic", "code", "description", "standing", "disposition", "reason",
    "into_lot", "raised", "raised_by", "contained", "containment", "disposed", "disposed_by", "closed", "closed_by",
    "cost_eur", "unfounded",
)  # fmt: skip
ACTION_COLUMNS = (
    "action", "nonconformance", "material", "characteristic", "cause", "measure", "standing", "due", "lots_wanted", "lots_passed",
    "opened", "opened_by", "taken", "taken_by", "verified", "responsible", "is_overdue", "changes",
)  # fmt: skip
HOLD_COLUMNS = ("lot", "material", "quantity", "place", "reason", "since")
HISTORY_COLUMNS = ("value", "was", "person", "at", "recorded", "terminal", "reason", "signed", "entry", "hash")
CAPABILITY_COLUMNS = (
    "plan", "characteristic", "count", "mean", "sigma_within", "sigma_overall", "lower", "upper", "cp", "cpk", "pp", "ppk", "beyond_share",
)  # fmt: skip


def quality_table(run: Run) -> pd.DataFrame:
    """Every inspection, one row a characteristic of a lot; first those that were to be made and never were."""
    inspections = run.mes.quality.inspections
    rows = [row for it in (*inspections.missed, *inspections.all.values()) for row in _rows_of(it)]
    return from_rows(rows, INSPECTION_COLUMNS, ("due", "asked", "judged"))


def _rows_of(it: Inspection) -> list[dict[str, object]]:
    return [
        {
            "plan": it.plan, "lot": it.lot, "material": it.material, "request": it.request, "characteristic": name,
            "values": tuple(values), "mean": float(np.mean(values)) if values else None, "least": min(values, default=None),
            "most": max(values, default=None), "unit": asked.unit, "allowed": asked.asked,
            "inspected": it.sizes.get(name, len(values)), "is_allowed": name not in it.wrong if values else None, "due": _known(it.due_us),
            "verdict": it.verdict,
            "asked": it.asked_us, "judged": _known(it.judged_us), "judged_by": it.judged_by, "reason": it.reason,
        }
        for name, asked in it.declared.characteristics.items()
        for values in [it.values.get(name, [])]
    ]  # fmt: skip


def nonconformances_table(run: Run) -> pd.DataFrame:
    """Every nonconformance with who said what when, what it has cost by the books, and why it is without ground, where it is."""
    costs = run.erp.quality_costs.cost_minor
    rows = [
        {
            "nonconformance": it.nonconformance, "lot": it.lot, "material": it.material, "quantity": it.quantity,
            "characteristic": it.characteristic, "code": it.code, "description": it.description, "standing": it.standing,
            "disposition": it.disposition, "reason": it.reason, "into_lot": it.into_lot, "raised": it.raised_us, "raised_by": it.raised_by,
            "contained": _known(it.contained_us), "containment": it.containment, "disposed": _known(it.disposition_us),
            "disposed_by": it.disposed_by, "closed": _known(it.closed_us), "closed_by": it.closed_by,
            "cost_eur": costs.get(it.nonconformance, 0) / 100, "unfounded": it.unfounded,
        }
        for it in run.mes.quality.nonconformances.all.values()
    ]  # fmt: skip
    frame = from_rows(rows, NONCONFORMANCE_COLUMNS, ("raised", "contained", "disposed", "closed"))
    return in_currency(frame, run.plant.layout.currency)


def actions_table(run: Run) -> pd.DataFrame:
    """Every corrective action, and how many lots have shown so far that it helps."""
    rows = [
        {
            "action": it.action, "nonconformance": it.nonconformance, "material": it.material, "characteristic": it.characteristic,
            "cause": it.cause, "measure": it.measure, "standing": it.standing, "due": it.due_us, "lots_wanted": it.lots,
            "lots_passed": len(it.passed), "opened": it.opened_us, "opened_by": it.opened_by, "taken": _known(it.taken_us),
            "taken_by": it.taken_by, "verified": _known(it.verified_us), "responsible": it.responsible, "is_overdue": it.is_overdue,
            "changes": "; ".join(it.changes),
        }
        for it in run.mes.quality.nonconformances.actions.values()
    ]  # fmt: skip
    return from_rows(rows, ACTION_COLUMNS, ("due", "opened", "taken", "verified"))


def holds_table(run: Run) -> pd.DataFrame:
    """Every lot that is held now, and why."""
    quality, lots = run.mes.quality, run.mes.tracking.lots
    rows = [
        {
            "lot": name, "material": lots[name].material if name in lots else "", "place": lots[name].place if name in lots else "",
            "quantity": lots[name].on_hand + lots[name].in_process if name in lots else 0, "reason": quality.holds.why(name),
            "since": quality.holds.since_us[name],
        }
        for name in quality.holds.reasons
    ]  # fmt: skip
    return from_rows(rows, HOLD_COLUMNS, ("since",))


def history_table(run: Run, lot: str, characteristic: str) -> pd.DataFrame:
    """The audit trail of one characteristic of a lot (21 CFR 11.10(e)): every value with who, when, where and why, and its signatures.

    A correction that was refused has changed nothing and is none: it stays in the journal, and in the batch record as refused.
    """
    refused = {entry.cause for entry in run.journal.entries() if isinstance(entry.event, EntryRefused)}
    signed: dict[str, list[str]] = {}
    for it in run.mes.quality.signatures:
        signed.setdefault(it.record, []).append(f"{it.meaning} by {it.person}")
    rows = [
        {
            "value": entry.event.value, "was": getattr(entry.event, "was", None), "person": entry.event.person,
            "at": entry.event.effective_us, "recorded": entry.event.recorded_us, "terminal": getattr(entry.event, "terminal", ""),
            "reason": getattr(entry.event, "reason", ""), "signed": ", ".join(signed.get(entry.id, ())), "entry": entry.id,
            "hash": entry.hash,
        }
        for entry in run.journal.entries()
        if isinstance(entry.event, TestResultRecorded | TestResultCorrected)
        and entry.id not in refused
        and (entry.event.lot, entry.event.characteristic) == (lot, characteristic)
    ]  # fmt: skip
    return from_rows(rows, HISTORY_COLUMNS, ("at", "recorded"))


def capability_table(run: Run) -> pd.DataFrame:
    """Cp and Cpk with the sigma within samples (from the chart of the characteristic), Pp and Ppk with that of all values."""
    rows = []
    for plan, it in run.plant.layout.quality_plans.items():
        for name, asked in it.characteristics.items():
            found = [one.values[name] for one in run.mes.quality.inspections.all.values() if one.plan == plan and one.values.get(name)]
            if asked.kind != "measured" or not found:
                continue
            values = np.concatenate([np.asarray(each, float) for each in found])
            chart = run.mes.quality.inspections.charts.get((plan, name))
            within = chart.sigma() if chart else math.nan
            overall = overall_sigma(values)
            mean = float(values.mean())
            by_within, by_all = capability(mean, within, asked.lower, asked.upper), capability(mean, overall, asked.lower, asked.upper)
            rows.append(
                {
                    "plan": plan, "characteristic": name, "count": values.size, "mean": mean, "sigma_within": within,
                    "sigma_overall": overall, "lower": asked.lower, "upper": asked.upper, "cp": by_within.spread, "cpk": by_within.least,
                    "pp": by_all.spread, "ppk": by_all.least, "beyond_share": by_all.beyond_share,
                }
            )  # fmt: skip
    return from_rows(rows, CAPABILITY_COLUMNS)


def gauge_study(measured: pd.DataFrame | Sequence[Sequence[Sequence[float]]], method: str = "anova") -> GaugeStudy:
    """How much of what is measured is the measuring (gauge R&R), by "anova" or "ranges".

    Parameters
    ----------
    measured : columns part, person, value with every person measuring every part equally often; or nested by part, person, trial

    Raises
    ------
    ValueError : no such method, or somebody has measured something more or less often than others
    """
    if method not in ("anova", "ranges"):
        raise ValueError(f"'{method}' is no method; allowed: anova, ranges")
    array = _crossed(measured) if isinstance(measured, pd.DataFrame) else np.asarray(measured, float)
    if array.ndim != 3 or array.shape[0] < 2 or array.shape[2] < 2:
        raise ValueError("a study needs two parts or more, and each person to measure each of them equally often, twice or more")
    return gauge_by_anova(array) if method == "anova" else gauge_by_ranges(array)


def _crossed(frame: pd.DataFrame) -> np.ndarray:
    counts = frame.groupby(["part", "person"]).size().unstack()
    if counts.isna().to_numpy().any() or counts.to_numpy().min() != counts.to_numpy().max():
        raise ValueError("a study needs every person to measure every part equally often")
    ordered = frame.sort_values(["part", "person"], kind="stable")
    return ordered["value"].to_numpy(float).reshape(*counts.shape, -1)


def as_values(table: pd.DataFrame, time_zone: str | None = None) -> list[dict[str, Any]]:
    """The rows of a table as JSON has them: no number is None, an instant is its ISO text, or local time where a zone is named."""
    if time_zone:
        instants = table.select_dtypes("datetimetz")
        table = table.assign(**{str(name): instants[name].dt.tz_convert(time_zone).dt.strftime("%Y-%m-%d %H:%M") for name in instants})
    rows: list[dict[str, Any]] = json.loads(table.to_json(orient="records", date_format="iso"))
    return rows


def _known(instant_us: int) -> int | None:
    return None if instant_us < 0 else instant_us
