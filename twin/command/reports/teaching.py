"""The table that models learn from: its columns in the terminal, all of it as a file."""

from __future__ import annotations

from pathlib import Path

from twin.command.manners import print_json, say
from twin.command.reports.showing import print_rows
from twin.model.problems import listed
from twin.results.learning.learning_table import LATER, TRUTH
from twin.results.run import Run

FILES = (".parquet", ".csv")


def refuse_other_files(out: Path | None) -> None:
    """Nothing is run for a file that is not written.

    Raises
    ------
    ValueError : no such kind of file
    """
    if out and out.suffix not in FILES:
        raise ValueError(f"{out}: a learning table is no '{out.suffix}'; allowed: {listed(FILES)}")


def show(run: Run, rows_of: str, out: Path | None, *, json: bool) -> None:
    """Print what columns there are and how full each is, and write the table where that was asked for."""
    table = run.learning_table(rows_of)
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix == ".parquet":
            table.to_parquet(out)
        else:
            table.to_csv(out, index=False)
    columns = [
        {
            "column": name,
            "is": "label" if name.startswith(LATER) else "truth" if name.startswith(TRUTH) else "known then",
            "kind": str(table[name].dtype),
            "told": int(table[name].notna().sum()),
        }
        for name in map(str, table)
    ]
    if json:
        print_json({"rows_of": rows_of, "row_count": len(table), "columns": columns, "written": str(out) if out else None})
        return
    print_rows(f"{len(table):,} rows, one each {rows_of.replace('_', ' ')}", columns)
    if out:
        say(f"wrote {out}")
