"""labels: sheets of QR and bar codes for a printer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from twin import library
from twin.command.manners import print_json, say
from twin.command.reasons import saved_or_simulated
from twin.results.labels.codes import CodeKind
from twin.results.labels.label import Label, labels, labels_of_request
from twin.results.labels.sheet import save_labels
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which labels a person wants."""

    requests: Sequence[str] = ()
    lots: Sequence[str] = ()
    job_orders: Sequence[str] = ()
    equipment: bool = False
    persons: bool = False
    places: bool = False
    actions: bool = False
    packages: bool = False

    @property
    def of_run(self) -> bool:
        """Whether a run has to be looked at; work units, persons and places stand in the plant's files."""
        return bool(self.requests or self.lots or self.job_orders or self.packages)

    @property
    def nothing(self) -> bool:
        return not (self.of_run or self.equipment or self.persons or self.places or self.actions)


def print_labels(
    place: Path, scenario: Path | None, wanted: Wanted, *, until: str | None, seed: int, record: str | None, out: Path, json: bool
) -> None:
    """Write the labels, and say where.

    Raises
    ------
    ValueError : nothing is wanted, or there is no such request, lot or job order
    """
    if wanted.nothing:
        raise ValueError(
            "it does not say which labels; allowed: --request, --lot, --job-order, --units, --persons, --places, --packages, --actions"
        )
    if record:
        run = library.replay(place, record, scenario)
    elif wanted.of_run or (place / "events.parquet").exists():
        run = saved_or_simulated(place, scenario, until, seed)
    else:
        run = Run(library.read_plant(place), library.read_scenario(scenario, place))
    found: list[Label] = [it for name in wanted.requests for it in labels_of_request(run, name)]
    found += labels(run, CodeKind.LOT, wanted.lots) + labels(run, CodeKind.JOB_ORDER, wanted.job_orders)
    kinds = {
        CodeKind.EQUIPMENT: wanted.equipment, CodeKind.PERSON: wanted.persons, CodeKind.PLACE: wanted.places,
        CodeKind.PACKAGE: wanted.packages, CodeKind.ACTION: wanted.actions,
    }  # fmt: skip
    found += [it for kind, is_wanted in kinds.items() if is_wanted for it in labels(run, kind)]
    written = save_labels(f"Labels of {run.plant.title or run.plant.id}", found, out)
    if json:
        told = [{"code": it.code.text, "title": it.title, "lines": list(it.lines)} for it in found]
        print_json({"labels": told, "written": [str(path) for path in written]})
        return
    say(f"wrote {len(found)} label{'' if len(found) == 1 else 's'} to {written[0]}, and each code as SVG beside it; open it and print")
