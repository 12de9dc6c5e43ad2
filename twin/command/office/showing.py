"""Files for the office, and history in the terminal: the answer to a question."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from rich.table import Table

from twin.command.manners import out, print_json
from twin.results.exports.writing import export
from twin.results.run import Run
from twin.store.history import History


def write(run: Run, out: Sequence[Path], window: str) -> list[tuple[Path, int]]:
    """Write statements, or orders where a file is named for them: all files, or none if one of them cannot be; with their sizes.

    Raises
    ------
    ValueError : no such window, or a file that cannot be written
    """
    made = {file: export(run, "orders" if "orders" in file.stem else "statements", file.suffix, window) for file in out}
    for file, content in made.items():
        try:
            file.write_bytes(content)
        except OSError as error:
            raise ValueError(f"'{file}' cannot be written: {error.strerror}; allowed: a file that may be written") from None
    return [(file, len(content)) for file, content in made.items()]


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
