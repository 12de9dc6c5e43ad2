"""Lots whose batch record is there to be reviewed: those that wait for it first, and of these the doubtful ones."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from twin.model.events import BatchRecordReleased
from twin.results.reports.batch_evidence import Descent

if TYPE_CHECKING:
    from twin.mes.tracking.lots import Lot
    from twin.results.run import Run

TO_REVIEW, NOT_SIGNED, UNDER_WAY, DONE = "to be reviewed", "released, not signed", "under way", "released and signed"
REJECTED = "rejected"
"""And what becomes of it is not done with; after that its record is to be reviewed once more."""
BUILT_IN = "built in"
"""All of it went into lots that were made here, and nothing is doubtful: the records of those name it."""
_TURN = (TO_REVIEW, NOT_SIGNED, REJECTED, UNDER_WAY, BUILT_IN, DONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class LotToReview:
    """A lot that was made here, and how its record stands.

    `ended_us`: when its last job order ended, -1 before; `doubts`: what a reviewer looks at first, in words.
    """

    lot: str
    material: str
    request: str
    produced: int
    ended_us: int
    standing: str
    doubts: str


def lots_to_review(run: Run) -> list[LotToReview]:
    """Lots that have begun; those that are done and not released come first, the newest of them before the others."""
    ended, doubts, released = defaultdict[str, int](lambda: -1), _doubts(run), _released(run)
    for job in run.mes.job_orders.values():
        ended[job.lot] = max(ended[job.lot], job.ended_us)
    rows = []
    for name, lot in run.mes.lots.items():
        if not (lot.made_here and lot.begun):
            continue
        open_standing = REJECTED if run.mes.records.is_rejected(name) else TO_REVIEW if lot.produced and not lot.in_process else UNDER_WAY
        standing = released.get(name, open_standing)
        if standing == TO_REVIEW and not doubts[name] and _is_built_in(run, lot):
            standing = BUILT_IN
        rows.append(
            LotToReview(
                lot=name, material=lot.material, request=lot.request, produced=lot.produced, ended_us=ended[name], standing=standing,
                doubts="; ".join(doubts[name]),
            )
        )  # fmt: skip
    return sorted(rows, key=lambda it: (_TURN.index(it.standing), not it.doubts, -it.ended_us, it.lot))


def _is_built_in(run: Run, lot: Lot) -> bool:
    """Whether every piece that came into stock of it was consumed for others: none is here, or has left with a customer."""
    consumed = run.mes.tracking.genealogy.gone(lot.lot) - lot.split_off - lot.merged_out
    return not lot.on_hand and consumed >= lot.produced


def _released(run: Run) -> dict[str, str]:
    """By lot how its release stands."""
    if not run.mes.records.releases:
        return {}
    signed = {(it.record, it.record_hash) for it in run.mes.quality.signatures}
    return {
        entry.event.lot: DONE if (entry.id, entry.hash) in signed else NOT_SIGNED
        for entry in run.journal.entries()
        if isinstance(entry.event, BatchRecordReleased) and run.mes.records.releases.get(entry.event.lot) == entry.event
    }


def _doubts(run: Run) -> defaultdict[str, list[str]]:
    """By lot: that it is held, what it has not passed, that it is rework, what is wrong with it or was with what it came out of."""
    quality, descent, found = run.mes.quality, Descent(run), defaultdict[str, list[str]](list)
    for lot in run.mes.lots:
        if why := quality.holds.why(lot):
            found[lot].append(f"held: {why}")
    for (plan, lot), it in quality.inspections.all.items():
        if not it.verdict.startswith("passed"):
            found[lot].append(f"{plan}: {it.verdict or 'not inspected yet'}")
    for lot in run.mes.lots:
        found[lot] += [f"rework of {source}" for part, source in descent.of(lot) if descent.is_rework(part)]
        found[lot] += [f"{one.nonconformance}: {one.standing}" for one in descent.wrong_before(lot)]
    for one in quality.nonconformances.all.values():
        found[one.lot].append(f"{one.nonconformance}: {one.standing}")
    return found
