"""How one unit was built: what went into it, every operation with who, where, with which documents and results. A value.

What a plant records it records of lots, so a unit with a serial number has been through what its lot has, and what that came out of: the
operations of a lot that was split are of its parts up to the split.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.mes.execution import JobOrder
from twin.model.calendars import written_local
from twin.model.events import GoodsReceived
from twin.results.reports.batch_evidence import Evidence, evidence_of_all
from twin.results.reports.batch_record import result_rows, step_row
from twin.results.run import Run
from twin.results.tracing.lot_trace import Edge, trace
from twin.results.tracing.saying import html_table, text_table
from twin.results.tracing.whereabouts import numbered_units, shipments_of

if TYPE_CHECKING:
    import pandas as pd

Row = dict[str, Any]
COMPONENT_COLUMNS = ("level", "lot", "material", "title", "quantity", "unit", "how", "into", "came", "serial_numbers")
OPERATION_COLUMNS = (
    "lot", "operation", "title", "job_order", "equipment", "persons", "start", "end", "documents", "tools", "confirmed", "values",
    "standing",
)  # fmt: skip
RESULT_COLUMNS = ("lot", "plan", "characteristic", "found", "unit", "allowed", "is_allowed", "verdict", "verified_by_two")
COMPONENT_HEAD = ("Lot", "Material", "Quantity", "How", "Into", "Where it came from", "Serial numbers")
OPERATION_HEAD = ("Lot", "Operation", "Where", "Who", "From", "To", "Documents", "Tools", "Confirmed", "Process values")
RESULT_HEAD = ("Lot", "Plan", "Characteristic", "Found", "Allowed", "Verdict")


@dataclass(frozen=True, slots=True, kw_only=True)
class AsBuilt:
    """One unit, or one lot, as it was built. `components`, `operations` and `results` are rows of the tables of these names.

    `pieces`: of the lot, which went through it together. `serial_number`: "" of a lot.
    """

    serial_number: str
    lot: str
    material: str
    title: str
    pieces: int
    unit: str
    request: str
    order: str  # for whom it was made
    standing: str  # of the unit: in stock in a bin, shipped on an order; of a lot "" (its trace says it)
    components: tuple[Row, ...]
    operations: tuple[Row, ...]
    results: tuple[Row, ...]

    @property
    def components_table(self) -> pd.DataFrame:
        """Every lot that went into it, the nearest first, in the order of a tree."""
        from twin.results.frames import from_rows

        return from_rows(list(self.components), COMPONENT_COLUMNS)

    @property
    def operations_table(self) -> pd.DataFrame:
        """Every operation on it, and on what went into it, by time; instants are local time of the plant."""
        from twin.results.frames import from_rows

        return from_rows(list(self.operations), OPERATION_COLUMNS)

    @property
    def results_table(self) -> pd.DataFrame:
        """What was inspected of it, and of what went into it, against what, and the verdict."""
        from twin.results.frames import from_rows

        return from_rows(list(self.results), RESULT_COLUMNS)

    @property
    def head(self) -> str:
        """What it is, in a line."""
        made = ", ".join(filter(None, (f"request {self.request}" * bool(self.request), f"order {self.order}" * bool(self.order))))
        of = f"{self.title}, lot {self.lot} of {self.pieces:,} {self.unit}" + (f", made for {made}" if made else "")
        return f"Unit {self.serial_number}: {of}; {self.standing}" if self.serial_number else f"Lot {self.lot}: {of}"

    @property
    def note(self) -> str:
        """What is known of just this unit, and what of all of its lot."""
        if self.pieces <= 1:
            return ""
        return f"One of a lot of {self.pieces:,} {self.unit} that were made together: what was recorded is of each of them."

    def summary(self) -> Row:
        """As plain values, for `--json` and programs."""
        return {
            "serial_number": self.serial_number, "lot": self.lot, "material": self.material, "title": self.title, "pieces": self.pieces,
            "unit": self.unit, "request": self.request, "order": self.order, "standing": self.standing,
            "components": list(self.components), "operations": list(self.operations), "results": list(self.results),
        }  # fmt: skip

    def parts(self) -> list[tuple[str, Sequence[str], list[list[str]]]]:
        """Title, head and cells of each table that people read."""
        went = [
            [
                f"{'  ' * (it['level'] - 1)}{it['lot']}", it["title"], f"{it['quantity']:,} {it['unit']}", it["how"], it["into"],
                it["came"], ", ".join(it["serial_numbers"]),
            ]
            for it in self.components
        ]  # fmt: skip
        done = [
            [
                it["lot"], f"{it['operation']} {it['title']}", it["equipment"], ", ".join(it["persons"]), it["start"], it["end"],
                *(", ".join(it[name]) for name in ("documents", "tools", "confirmed", "values")),
            ]
            for it in self.operations
        ]  # fmt: skip
        found = [
            [it["lot"], it["plan"], it["characteristic"], _found(it), str(it["allowed"]), str(it["verdict"]) or "not judged yet"]
            for it in self.results
        ]
        return [
            ("What went into it", COMPONENT_HEAD, went),
            ("Operations", OPERATION_HEAD, done),
            ("Results", RESULT_HEAD, found),
        ]

    def __str__(self) -> str:
        return "\n\n".join(["\n  ".join(filter(None, (self.head, self.note))), *(text_table(*part) for part in self.parts())])

    def __repr__(self) -> str:
        return (
            f"<AsBuilt of {self.serial_number or self.lot}: {len(self.components)} components, {len(self.operations)} operations; print it>"
        )

    def _repr_html_(self) -> str:
        return html_table(self.head, (self.note,), []) + "".join(html_table(*part) for part in self.parts())


def as_built(run: Run, name: str) -> AsBuilt:
    """The unit with that serial number, or the lot of that name, as it was built.

    Raises
    ------
    ValueError : there is neither
    """
    found = trace(run, name)
    it, unit = run.mes.tracking.lots[found.lot], numbered_units(run).get(name)
    untils = _untils(run, found.lot, found.backward)
    evidence = evidence_of_all(run, untils)
    jobs = sorted(
        (job for lot, one in evidence.items() for job in one.jobs if 0 <= job.started_us < untils[lot]),
        key=lambda job: (job.started_us, job.job_order),
    )
    request = run.mes.requests.get(it.request)
    return AsBuilt(
        serial_number=name if unit else "", lot=found.lot, material=it.material, title=found.title, pieces=it.quantity, unit=found.unit,
        request=it.request, order=request.order if request else "", standing=_standing(run, name) if unit else "",
        components=tuple(_component(run, edge) for edge in found.backward),
        operations=tuple(_operation(run, evidence, job) for job in jobs),
        results=tuple({"lot": lot, **row} for lot, one in evidence.items() for row in result_rows(run, one, untils[lot])),
    )  # fmt: skip


def _untils(run: Run, lot: str, backward: Iterable[Edge]) -> dict[str, int]:
    """By lot, it and what went into it, until when what was done there is of it: of what it was split off, until then."""
    never = run.now_us + 1
    found = {lot: never}
    for edge in backward:
        is_part = edge.how.startswith("split off")
        until_us = min(found.get(edge.into, never), run.mes.tracking.lots[edge.into].created_us) if is_part else never
        found[edge.lot] = max(found.get(edge.lot, -1), until_us)
    return found


def _component(run: Run, edge: Edge) -> Row:
    lot, units = run.mes.tracking.lots[edge.lot], numbered_units(run)
    used = sorted(it.serial_number for it in units.values() if it.lot == edge.lot and it.standing == "consumed")
    return {
        "level": edge.level, "lot": edge.lot, "material": edge.material, "title": run.plant.materials.title_of(edge.material),
        "quantity": edge.quantity, "unit": edge.unit, "how": edge.how, "into": edge.into, "came": _came(run, edge.lot),
        "serial_numbers": used if len(used) == edge.quantity and lot.material == edge.material else [],
    }  # fmt: skip


def _came(run: Run, lot: str) -> str:
    """From which supplier on which order, or for which request it was made here."""
    zone = run.plant.layout.time_zone
    for event in run.mes.passages.of(lot):
        if isinstance(event, GoodsReceived):
            return f"from {event.supplier} on {event.order}, {written_local(event.effective_us, zone)}"
    it = run.mes.tracking.lots[lot]
    return f"made here for request {it.request}" if it.made_here else "there at the start"


def _operation(run: Run, evidence: dict[str, Evidence], job: JobOrder) -> Row:
    row = {"lot": job.lot, **step_row(run, evidence[job.lot], job)}
    return {name: row[name] for name in OPERATION_COLUMNS}


def _standing(run: Run, number: str) -> str:
    """Where the unit is, or for whom it has left and when."""
    unit = numbered_units(run)[number]
    if unit.bin:
        return f"{unit.standing}, bin {unit.bin}"
    gone = next((it for it in shipments_of(run, [unit.lot]) if it.order == unit.order), None) if unit.order else None
    return f"shipped to {gone.customer} on {unit.order}, {written_local(gone.at_us, run.plant.layout.time_zone)}" if gone else unit.standing


def _found(row: Row) -> str:
    values = ", ".join(f"{it:g}" if isinstance(it, float | int) else str(it) for it in row["found"])
    return f"{values} {row['unit']}".strip() if values else "not tested yet"
