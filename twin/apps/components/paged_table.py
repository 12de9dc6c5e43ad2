"""A long table on a page: a part of it goes to the browser, rows are found and picked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from twin.apps.components.pictures import LongTable
from twin.apps.row_table import Row
from twin.results.views.business.parts import PART_SIZE, found, part_of

T = TypeVar("T")


class PagedTable(Generic[T]):
    """Shows rows of one kind. `show` is cheap to call again and again: only what has changed is sent.

    Parameters
    ----------
    title : what the rows are
    write : how one of them is written
    name : the id by which one is picked; left out: none can be
    on_change : what is done when the viewer picks a row, turns to another part or looks for something
    """

    def __init__(
        self, title: str, head: Sequence[str], write: Callable[[T], Row], *, numeric: Sequence[int] = (),
        name: Callable[[T], str] | None = None, on_change: Callable[[], None] = lambda: None, size: int = PART_SIZE,
    ) -> None:  # fmt: skip
        self._write, self._name, self._size = write, name, size
        self.shown = LongTable(title=title, head=list(head), numeric=list(numeric), sizing_mode="stretch_width", margin=0)
        self.shown.param.watch(lambda _: on_change(), ["picked", "asked", "wanted"])

    @property
    def picked(self) -> str:
        """Id of the row that the viewer picked; "" if none."""
        return str(self.shown.picked)

    def pick(self, name: str) -> None:
        """Pick a row, as a viewer does."""
        self.shown.picked = name

    def show(self, rows: Sequence[T], *, empty: str, total: Row | None = None) -> None:
        """Show that part of the rows for which the viewer asked; `empty` where there are none, `total` below the last of them."""
        wanted = str(self.shown.wanted)
        known = found(rows, wanted, lambda row: " ".join(self._write(row).cells)) if wanted else rows
        part = part_of(known, int(self.shown.asked), self._size)
        lines = [{**_line(self._write(row)), "id": self._name(row) if self._name else ""} for row in part.rows]
        if not lines:
            lines.append(_line(Row(cells=(f"Nothing has '{wanted}' in it." if wanted and rows else empty,), mark="done")))
        elif total and part.is_last:
            lines.append(_line(total))
        says = f"{part.first:,} to {part.last:,} of {part.total:,}" if part.count > 1 else ""
        fresh = {
            "rows": lines, "says": says, "number": part.number, "count": part.count,
            "finds": bool(wanted) or len(rows) > self._size,
        }  # fmt: skip
        changed = {name: value for name, value in fresh.items() if getattr(self.shown, name) != value}
        if changed:
            self.shown.param.update(**changed)
        if self.shown.asked != part.number:  # it has become shorter
            self.shown.asked = part.number


def _line(row: Row) -> dict[str, object]:
    return {"id": "", "cells": list(row.cells), "mark": row.mark}
