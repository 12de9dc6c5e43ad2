"""Plain tables for other programs: one as Parquet and as CSV, each file whole or not there at all."""

from __future__ import annotations

import csv
import math
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from twin.store.journal import StoreError


def write_table(path: Path, rows: Sequence[Mapping[str, Any]], about: Mapping[str, object] | None = None) -> None:
    """Write rows with equal columns to `path`.parquet and `path`.csv; numbers stay numbers, what is not known stays empty.

    Parameters
    ----------
    about : what the table is of, kept as text in the Parquet file's metadata

    Raises
    ------
    StoreError : a file cannot be written
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    known = [{name: None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()} for row in rows]
    table = pa.Table.from_pylist(known)
    table = table.replace_schema_metadata({f"twin.{name}": str(value) for name, value in (about or {}).items()})
    names = list(rows[0]) if rows else []

    def write_csv(file: Path) -> None:
        with file.open("w", newline="", encoding="utf-8") as stream:
            writer = csv.DictWriter(stream, names)
            writer.writeheader()
            writer.writerows(known)

    try:
        _whole(path.with_suffix(".parquet"), lambda file: pq.write_table(table, file, compression="zstd"))
        _whole(path.with_suffix(".csv"), write_csv)
    except OSError as error:
        raise StoreError(f"'{path}' cannot be written: {error.strerror or error}; allowed: a folder that may be written to") from None


def _whole(target: Path, write: Any) -> None:
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        write(unfinished)
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
