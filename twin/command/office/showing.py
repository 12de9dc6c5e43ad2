"""books and history in the terminal: which files were written, and the answer to a question."""

from __future__ import annotations

from pathlib import Path

from rich.table import Table

from twin.command.manners import out, print_json, say
from twin.command.reasons import saved_or_simulated
from twin.results.exports.writing import doubts_about, export
from twin.store.projections.history import History


def books(
    place: Path, scenario: Path | None, *, out: list[Path], until: str | None, window: str, seed: int, json: bool
) -> None:  # fmt: skip
    """Write each file; all of them, or none if one of them cannot be.

    Raises
    ------
    ValueError : a name that says no kind of file, no folder, no such window
    """
    if doubts := doubts_about(out):
        raise ValueError("\n".join(doubts))
    run = saved_or_simulated(place, scenario, until, seed)
    made = {file: export(run, "orders" if "orders" in file.stem else "statements", file.suffix, window) for file in out}
    for file, content in made.items():
        try:
            file.write_bytes(content)
        except OSError as error:
            raise ValueError(f"'{file}' cannot be written: {error.strerror}; allowed: a file that may be written") from None
    if json:
        print_json({"written": [{"file": str(file), "bytes": len(content)} for file, content in made.items()]})
        return
    for file, content in made.items():
        say(f"{file}: {len(content):,} bytes")


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
