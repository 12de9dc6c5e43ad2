"""A comparison on disk: tables for other programs, and the report for people."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from twin.store.journal import StoreError
from twin.store.tables import write_table
from twin.study.replication import code_version
from twin.study.report.page import page

if TYPE_CHECKING:
    from twin.study.comparing import Comparison


def save(comparison: Comparison, folder: Path, outcomes: Sequence[str] | None = None) -> Path:
    """Write comparison.parquet, comparison.csv, replications.parquet, replications.csv and report.html into `folder`, which is made.

    Raises
    ------
    StoreError : the folder cannot be written
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        about = {
            "plant": comparison.cases[0].plant.id,
            "scenarios": ", ".join(comparison.names),
            "replications": len(comparison.results),
            "confidence": comparison.confidence,
            "version": code_version(),
        }
        write_table(folder / "comparison", comparison.rows(outcomes), about)
        write_table(folder / "replications", comparison.replication_rows(), about)
        (folder / "report.html").write_text(page(comparison, outcomes), encoding="utf-8")
    except OSError as error:
        raise StoreError(f"'{folder}' cannot be written: {error.strerror}; allowed: a folder that may be written to") from None
    return folder
