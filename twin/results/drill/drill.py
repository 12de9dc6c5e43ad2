"""Every figure opens: an indicator, the elements that it is divided from, their intervals and counts, and what was reported of each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.mes.performance.provenance import Piece, Provenance
from twin.model.events import CountCorrected, CountObserved, EquipmentStateChanged, StopReasonCorrected
from twin.model.measures import US_PER_H
from twin.model.problems import did_you_mean, listed
from twin.results.drill.signals import SIGNAL_COLUMNS, signals_of
from twin.results.frames import from_rows

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run
    from twin.store.journal import JournalEntry

NOTHING_MADE = "; 0 where planned time has made nothing"
FORMULAS: dict[str, tuple[str, tuple[str, ...]]] = {
    "availability": ("APT / PBT", ("apt", "pbt")),
    "effectiveness": ("PRU * PQ / APT", ("planned_run", "apt")),
    "quality_ratio": ("GQ / PQ", ("good", "scrap", "rework")),
    "oee": (f"APT / PBT * (PRU * PQ / APT) * (GQ / PQ){NOTHING_MADE}", ("apt", "pbt", "planned_run", "good", "scrap", "rework")),
    "nee": (
        f"(APT + ASUT) / PBT * (PRU * PQ / APT) * (GQ / PQ){NOTHING_MADE}",
        ("apt", "asut", "pbt", "planned_run", "good", "scrap", "rework"),
    ),
    "utilisation_efficiency": ("APT / (APT + ASUT + ADET)", ("apt", "asut", "adet")),
    "allocation_efficiency": ("(APT + ASUT + ADET) / PBT", ("apt", "asut", "adet", "pbt")),
    "technical_efficiency": ("APT / (APT + ADET)", ("apt", "adet")),
    "teep": ("OEE * PBT / calendar time", ("apt", "pbt", "calendar", "planned_run", "good", "scrap", "rework")),
    "equipment_load_ratio": ("PQ / EPC, EPC = PBT / PRU", ("planned_run", "pbt")),
    "allocation_ratio": ("sum of (APT + ASUT + ADET) / AOET", ("apt", "asut", "adet", "aoet")),
    "process_ratio": ("sum of APT / AOET", ("apt", "aoet")),
    "setup_rate": ("ASUT / (APT + ASUT)", ("asut", "apt")),
    "scrap_ratio": ("SQ / PQ", ("scrap", "good", "rework")),
    "rework_ratio": ("RQ / PQ", ("rework", "good", "scrap")),
    "actual_to_planned_scrap_ratio": ("SQ / PSQ", ("scrap", "planned_scrap")),
    "fall_off_ratio": ("SQ / PQ of the first operation", ("scrap", "first_produced")),
    "first_pass_yield": ("GP / IP", ("first_good", "first_inspected")),
    "worker_efficiency": ("APWT / APAT", ("work", "attendance")),
    "throughput_per_h": ("PQ / AOET; of equipment, alone or together, and shifts PQ / PBT", ("good", "scrap", "rework", "aoet", "pbt")),
    "energy_wh_per_piece": ("E / PQ", ("energy_wh", "good", "scrap", "rework")),
    "mttf_us": ("(APT + ASUT) / FE", ("apt", "asut", "failure_count")),
    "mttr_us": ("repair time / FE", ("repair", "failure_count")),
    "mtbf_us": ("(APT + ASUT + repair time) / FE", ("apt", "asut", "repair", "failure_count")),
}
"""Of each indicator how it is formed (ISO 22400-2), and the elements that it is formed from."""

ELEMENTS = ("pbt", "apt", "asut", "adet", "adot", "pdot", "unknown", "aoet", "calendar", "planned_run", "work", "attendance", "repair")
COUNTED = ("good", "scrap", "rework", "planned_scrap", "failure_count", "energy_wh", "first_good", "first_inspected", "first_produced")
PIECE_COLUMNS = (
    "element", "equipment", "start", "end", "amount", "unit", "kind", "reason", "job_order", "person", "entry", "seq", "source",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """One figure of one scope in one window, down to what it is made of.

    `table`: intervals and counts, each with the entry of the journal that reported it; `facts`: these entries; `signals`: what controllers
    said that these entries came from, where the bridge has kept it.
    """

    indicator: str
    scope: str
    name: str
    from_us: int
    to_us: int
    value: float | None
    formula: str
    elements: dict[str, float]  # h of times, else as counted
    table: pd.DataFrame
    facts: pd.DataFrame
    signals: pd.DataFrame

    def __str__(self) -> str:
        value = "nothing to divide by" if self.value is None else f"{self.value:.6g}"
        parts = ", ".join(f"{name} {amount:,.4g}" for name, amount in self.elements.items())
        return f"{self.indicator} of {self.scope} {self.name} is {value} = {self.formula}, from {parts}; {len(self.table)} pieces"


def drill(run: Run, indicator: str, scope: str, name: str, from_us: int, to_us: int) -> Drill:
    """Open a figure, or an element of one ("apt", "good" ...).

    Raises
    ------
    ValueError : no such indicator or scope, or nothing of that name
    """
    known = [*FORMULAS, *ELEMENTS, *COUNTED]
    if indicator not in known:
        raise ValueError(f"no indicator '{indicator}'{did_you_mean(indicator, known)}; allowed: {listed(known, 40)}")
    to_us = min(to_us, run.now_us)
    pieces = Provenance(run.mes.performance).pieces(scope, name, from_us, to_us)
    formula, wanted = FORMULAS.get(indicator, (indicator, (indicator,)))
    mine = [it for it in pieces if it.element in wanted]
    reports = _reports(run, mine)
    rows = [_row(it, reports) for it in mine]
    entries = {entry.seq: entry.id for it in mine for entry in reports.get(_key(it), ())}
    return Drill(
        indicator=indicator, scope=scope, name=name, from_us=from_us, to_us=to_us,
        value=_value(run, indicator, scope, name, from_us, to_us, pieces), formula=formula,
        elements={element: _in_unit(element, sum(it.amount for it in mine if it.element == element)) for element in wanted},
        table=from_rows(rows, PIECE_COLUMNS, ("start", "end")), facts=_facts(run, entries),
        signals=from_rows(signals_of(run, entries.values()), SIGNAL_COLUMNS, ("source_time", "known")),
    )  # fmt: skip


def _value(run: Run, indicator: str, scope: str, name: str, from_us: int, to_us: int, pieces: list[Piece]) -> float | None:
    if indicator not in FORMULAS:
        return _in_unit(indicator, sum(it.amount for it in pieces if it.element == indicator))
    row = next((it for it in run.mes.indicators(scope, from_us, to_us) if it.name == name), None)
    value = getattr(row, indicator) if row else None
    return None if value is None else float(value)


def _in_unit(element: str, amount: float) -> float:
    """Times in hours; the rest as it is counted."""
    return amount / US_PER_H if element in ELEMENTS else float(amount)


Key = tuple[str, int, str]
"""Equipment, instant, and of which job order pieces were counted; "": a state."""


def _key(it: Piece) -> Key:
    return it.equipment, it.reported_us, it.job_order if it.kind == "count" else ""


def _row(it: Piece, reports: dict[Key, list[JournalEntry]]) -> dict[str, Any]:
    """`entry` is the one that is in force: of several the last, as a correction."""
    entry = reports[_key(it)][-1] if _key(it) in reports else None
    return {
        "element": it.element, "equipment": it.equipment, "start": it.start_us, "end": it.end_us,
        "amount": _in_unit(it.element, it.amount), "unit": "h" if it.element in ELEMENTS else "Wh" if it.element == "energy_wh" else "1",
        "kind": it.kind, "reason": it.reason, "job_order": it.job_order, "person": it.person, "entry": entry.id if entry else None,
        "seq": entry.seq if entry else None, "source": entry.source.value if entry else "calendar" if it.reported_us < 0 else None,
    }  # fmt: skip


def _reports(run: Run, pieces: list[Piece]) -> dict[Key, list[JournalEntry]]:
    """The entries that reported each piece: all counts of an instant, of its states the last, and what a person has corrected of them."""
    wanted, accepted = {_key(it) for it in pieces if it.reported_us >= 0}, set(run.mes.hand_work.corrections)
    found: dict[Key, list[JournalEntry]] = {}
    for entry in run.journal.entries():
        match entry.event:
            case EquipmentStateChanged() as event if (key := (event.equipment, event.effective_us, "")) in wanted:
                found[key] = [entry]
            case CountObserved() as event if (key := (event.equipment, event.effective_us, event.job_order)) in wanted:
                found.setdefault(key, []).append(entry)
            case CountCorrected() as event if event in accepted and (key := (event.equipment, event.counted_us, event.job_order)) in wanted:
                found.setdefault(key, []).append(entry)
            case StopReasonCorrected() as event if event in accepted and (key := (event.equipment, event.since_us, "")) in wanted:
                found.setdefault(key, []).append(entry)
    return found


def _facts(run: Run, entries: Collection[int]) -> pd.DataFrame:
    from twin.results.frames import events_frame

    return events_frame(entry for entry in run.journal.entries() if entry.seq in entries)
