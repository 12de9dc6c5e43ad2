"""The trace of a lot: what went into it, what it went into, its stages, its balance, and where all of it is now. A value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from twin.mes.tracking.genealogy import Link
from twin.model.calendars import written_local
from twin.results.run import Run
from twin.results.tracing import stages
from twin.results.tracing.balances import MassBalance, balance_of_lot
from twin.results.tracing.saying import html_table, text_table
from twin.results.tracing.stages import Stage
from twin.results.tracing.whereabouts import Whereabouts, lot_of, unit_of, whereabouts

if TYPE_CHECKING:
    import pandas as pd

EDGE_COLUMNS = ("direction", "level", "lot", "material", "quantity", "unit", "how", "into", "into_material")
STAGE_COLUMNS = ("at", "stage", "quantity", "place", "person", "job_order", "detail")
WHERE_COLUMNS = ("lot", "material", "quantity", "unit", "standing", "place", "order", "at", "detail")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """`quantity` of `lot` went into `into`. `level` counts from the lot that is traced: 1 is next to it."""

    level: int
    lot: str
    material: str
    into: str
    into_material: str
    quantity: int
    unit: str  # of the quantity
    how: str  # "went into", "split off as", "merged into" or "gave"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotTrace:
    """One lot, both ways. `table` has every edge, `stages_table` what it went through, `where_table` where all of it is now."""

    lot: str
    material: str
    title: str
    unit: str
    request: str
    time_zone: str
    backward: tuple[Edge, ...]
    forward: tuple[Edge, ...]
    stages: tuple[Stage, ...]
    balance: MassBalance
    where: tuple[Whereabouts, ...]

    @property
    def table(self) -> pd.DataFrame:
        """Every edge, nearest first."""
        from twin.results.frames import from_rows

        return from_rows(self._edges(), EDGE_COLUMNS)

    @property
    def stages_table(self) -> pd.DataFrame:
        """Everything that happened to it, by time."""
        from twin.results.frames import from_rows

        return from_rows(stages.rows(self.stages), STAGE_COLUMNS, ("at",))

    @property
    def where_table(self) -> pd.DataFrame:
        """Where it is now, and all that it went into: in house, at customers, lost."""
        from twin.results.frames import from_rows

        return from_rows(where_rows(self.where), WHERE_COLUMNS, ("at",))

    def summary(self) -> dict[str, Any]:
        """As plain values, for `--json`; times in microseconds since 1970 UTC."""
        return {
            "lot": self.lot, "material": self.material, "title": self.title, "request": self.request, "balance": self.balance.summary(),
            "edges": self._edges(), "stages": stages.rows(self.stages), "where": where_rows(self.where),
        }  # fmt: skip

    def _edges(self) -> list[dict[str, Any]]:
        return [
            {
                "direction": direction, "level": it.level, "lot": it.lot, "material": it.material, "quantity": it.quantity,
                "unit": it.unit, "how": it.how, "into": it.into, "into_material": it.into_material,
            }
            for direction, edges in (("backward", self.backward), ("forward", self.forward))
            for it in edges
        ]  # fmt: skip

    def _parts(self) -> list[tuple[str, Sequence[str], list[list[str]]]]:
        """Title, head and cells of each table that people read."""
        came = [[f"{'  ' * (it.level - 1)}{it.lot}", it.material, f"{it.quantity:,} {it.unit}", it.how, it.into] for it in self.backward]
        went = [
            [f"{'  ' * (it.level - 1)}{it.into}", it.into_material, f"{it.quantity:,} {it.unit}", it.how, it.lot] for it in self.forward
        ]
        through = [
            [
                written_local(it.at_us, self.time_zone),
                it.stage,
                "" if it.quantity is None else f"{it.quantity:,}",
                it.place,
                it.person,
                it.detail,
            ]
            for it in self.stages
        ]
        now = [[it.lot, it.material, f"{it.quantity:,} {it.unit}", it.standing, it.place, it.order, it.detail] for it in self.where]
        return [
            ("What went into it", ("Lot", "Material", "Quantity", "How", "Into"), came),
            ("What it went into", ("Lot", "Material", "Quantity", "How", "Of"), went),
            ("Stages", ("When", "Stage", "Quantity", "Where", "Who", "Detail"), through),
            ("Where all of it is now", ("Lot", "Material", "Quantity", "Standing", "Place", "Order", "Detail"), now),
        ]

    def __str__(self) -> str:
        head = f"Lot {self.lot}: {self.title}" + (f", made for request {self.request}" if self.request else "")
        return "\n\n".join([f"{head}\n  {self.balance}", *(text_table(*part) for part in self._parts() if part[2])])

    def __repr__(self) -> str:
        return f"<LotTrace of {self.lot}: {len(self.backward)} links backward, {len(self.forward)} forward; print it>"

    def _repr_html_(self) -> str:
        return html_table(f"Lot {self.lot}: {self.title}", (str(self.balance),), []) + "".join(html_table(*part) for part in self._parts())


def where_rows(where: Sequence[Whereabouts]) -> list[dict[str, Any]]:
    """As rows of a table; `at` in microseconds, None where it did not leave."""
    return [
        {
            "lot": it.lot, "material": it.material, "quantity": it.quantity, "unit": it.unit, "standing": it.standing, "place": it.place,
            "order": it.order, "at": it.at_us if it.at_us >= 0 else None, "detail": it.detail,
        }
        for it in where
    ]  # fmt: skip


def trace(run: Run, lot: str) -> LotTrace:
    """The trace of a lot, or of the one that a unit with that serial number is of.

    Raises
    ------
    ValueError : no such lot
    """
    known, lot = run.mes.tracking.lots, lot_of(run, lot)
    genealogy, it = run.mes.tracking.genealogy, known[lot]
    forward = genealogy.forward(lot)
    return LotTrace(
        lot=lot, material=it.material, title=run.plant.materials.title_of(it.material), unit=unit_of(run, it.material),
        request=it.request, time_zone=run.plant.layout.time_zone, backward=_edges(run, lot, genealogy.backward(lot), is_forward=False),
        forward=_edges(run, lot, forward, is_forward=True), stages=tuple(stages.stages_of(run, lot)), balance=balance_of_lot(run, lot),
        where=tuple(whereabouts(run, dict.fromkeys([lot, *(link.into for link in forward)]))),
    )  # fmt: skip


def _edges(run: Run, start: str, links: Sequence[Link], *, is_forward: bool) -> tuple[Edge, ...]:
    """The links with their levels, in the order of a tree: what belongs to a lot stands below it."""
    by_near: dict[str, list[Link]] = {}
    for link in links:
        by_near.setdefault(link.lot if is_forward else link.into, []).append(link)
    found: list[Edge] = []
    ahead = [(1, link) for link in reversed(by_near.pop(start, []))]
    while ahead:
        level, link = ahead.pop()
        found.append(_edge(run, link, level))
        farther = by_near.pop(link.into if is_forward else link.lot, [])  # each lot is opened once, where it is met first
        ahead += [(level + 1, it) for it in reversed(farther)]
    return tuple(found)


def _edge(run: Run, link: Link, level: int) -> Edge:
    lots = run.mes.tracking.lots
    lot, into = lots[link.lot], lots.get(link.into)
    into_material = into.material if into else ""
    if into and into.from_lot == link.lot:
        how = "split off as" if link.quantity == into.quantity else "split off, and merged into"
    elif into_material == lot.material:
        how = "merged into"
    else:
        how = "went into" if into is None or into.made_here else "gave"
    of = into_material if how == "gave" else lot.material
    return Edge(
        level=level, lot=link.lot, material=lot.material, into=link.into, into_material=into_material, quantity=link.quantity,
        unit=unit_of(run, of), how=how,
    )  # fmt: skip
