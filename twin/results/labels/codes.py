"""What stands in a code: its kind, a colon and the id, as in LOT:B5-GB2.1. A person may type the id alone, if only one thing has it."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from enum import StrEnum

from twin.model.problems import did_you_mean, listed
from twin.results.run import Run


class CodeKind(StrEnum):
    """What a code stands for; the value is how it begins."""

    LOT = "LOT"
    JOB_ORDER = "JOB"
    EQUIPMENT = "UNIT"
    PERSON = "PERSON"
    PLACE = "PLACE"
    PACKAGE = "PACK"
    ACTION = "DO"


UNDO, SIGN_OFF = "undo", "sign off"
ACTIONS = {UNDO: "Undo the last scan", SIGN_OFF: "Sign off"}


class CodeUnknown(ValueError):
    """Nothing here has that code; the message says what is allowed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One code: what kind of thing, and which."""

    kind: CodeKind
    name: str

    @property
    def text(self) -> str:
        """As it stands in the code."""
        return f"{self.kind}:{self.name}"


def known_names(run: Run) -> dict[CodeKind, dict[str, object]]:
    """Every name that a code may have, by kind."""
    layout, mes = run.plant.layout, run.mes
    return {
        CodeKind.LOT: dict(mes.tracking.lots),
        CodeKind.JOB_ORDER: dict(mes.execution.job_orders),
        CodeKind.EQUIPMENT: {name: it for name, it in mes.equipment.records.items() if it.is_scheduled},
        CodeKind.PERSON: dict(layout.persons),
        CodeKind.PLACE: dict(layout.storage_units),
        CodeKind.PACKAGE: dict(run.erp.packing.packages) if run.erp.packing else {},
        CodeKind.ACTION: dict(ACTIONS),
    }


def read_code(run: Run, text: str) -> Code:
    """What a scanned or typed text means.

    Raises
    ------
    CodeUnknown : no such kind or name, or several things have the name that was typed alone
    """
    text = text.strip()
    if not text:
        raise CodeUnknown("nothing was scanned")
    beginning, colon, rest = text.partition(":")
    kinds = {kind.value: kind for kind in CodeKind}
    if colon and beginning.upper() in kinds:
        kind = kinds[beginning.upper()]
        if _is_known(run, kind, rest):
            return Code(kind=kind, name=rest)
        raise CodeUnknown(f"no {_WORDS[kind]} '{rest}'{did_you_mean(rest, known_names(run)[kind])}")
    found = [kind for kind in CodeKind if _is_known(run, kind, text)]
    if len(found) == 1:
        return Code(kind=found[0], name=text)
    if found:
        raise CodeUnknown(f"'{text}' may be {' or '.join(f'{kind}:{text}' for kind in found)}: scan its label, or type it so")
    near = did_you_mean(text, (name for names in known_names(run).values() for name in names))
    raise CodeUnknown(f"nothing here is called '{text}'{near}; a code begins with {listed(f'{kind}:' for kind in CodeKind)}")


_WORDS = {
    CodeKind.LOT: "lot",
    CodeKind.JOB_ORDER: "job order",
    CodeKind.EQUIPMENT: "work unit",
    CodeKind.PERSON: "person",
    CodeKind.PLACE: "storage unit",
    CodeKind.PACKAGE: "package",
    CodeKind.ACTION: "action",
}


def _is_known(run: Run, kind: CodeKind, name: str) -> bool:
    """As `known_names`, without making it: a scan is answered at once, however many lots there are."""
    layout, mes = run.plant.layout, run.mes
    if kind is CodeKind.EQUIPMENT:
        record = mes.equipment.records.get(name)
        return record is not None and record.is_scheduled
    by_kind: dict[CodeKind, Container[str]] = {
        CodeKind.LOT: mes.tracking.lots, CodeKind.JOB_ORDER: mes.execution.job_orders, CodeKind.PERSON: layout.persons,
        CodeKind.PLACE: layout.storage_units, CodeKind.ACTION: ACTIONS,
        CodeKind.PACKAGE: run.erp.packing.packages if run.erp.packing else {},
    }  # fmt: skip
    return name in by_kind[kind]
