"""Files for the office, and history in the terminal: the answer to a question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from twin.command.manners import out, print_json
from twin.results.exports.writing import export, subject_of
from twin.results.run import Run
from twin.store.history import History


def write(run: Run, out: Sequence[Path], window: str) -> tuple[list[tuple[Path, int]], list[str]]:
    """Write statements, or what a file is named for: each that can be, with its size; why the others could not be, one line for each."""
    written, refused = list[tuple[Path, int]](), list[str]()
    for file in out:
        try:
            written.append((file, file.write_bytes(export(run, subject_of(file), file.suffix, window))))
        except OSError as error:
            refused.append(f"'{file}' cannot be written: {error.strerror}; allowed: a file that may be written")
        except ValueError as error:
            refused.append(f"'{file}' is not written: {error}")
    return written, refused


def history(places: list[Path], sql: str, *, json: bool) -> None:
    """Print the answer as a table, or as JSON."""
    with History(places) as runs:
        answer = runs.ask(sql)
    if json:
        print_json({"columns": answer.columns, "rows": [[_plain(value) for value in row] for row in answer.rows]})
        return
    table = Table(*answer.columns)
    for row in answer.rows:
        table.add_row(*map(str, row))
    out.print(table)


def _plain(value: object) -> object:
    """A value that JSON has; sums of DuckDB are wider integers, instants are texts."""
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
