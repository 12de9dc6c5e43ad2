"""The forms of what was counted, or is no stock any more: of now, or of an earlier day whose period is open."""

from __future__ import annotations

from typing import Any

from twin.apps.terminals.forms import OF_WHEN, Form, ask, choice, earlier, form, group
from twin.apps.terminals.readers import Said, parts_of, text_of, whole_of
from twin.apps.words import material_title
from twin.model import events as e
from twin.results.run import Run
from twin.results.warehouse.figures import warehouse_of
from twin.results.warehouse.stock_now import titled


def counted_forms(run: Run) -> list[Form]:
    """What is said on the stock page of lots that are in stock, or were. Called with the run's lock."""
    plant, stock, warehouse = run.plant, run.erp.stock, warehouse_of(run)
    here = {(material, lot): it.quantity for material, lots in stock.lots.items() for lot, it in lots.items()}
    lots = {
        f"{material_title(plant, material)}, lot {lot}: {here.get((material, lot), 0):,} by the books": f"{material}|{lot}"
        for material, lot in sorted(stock.changes, key=lambda it: (it not in here, it))
    }
    bins = warehouse.declared.bins if warehouse else {}
    places = {titled(name, it): name for name, it in bins.items() if warehouse and name != warehouse.declared.transit}
    where = [choice("bin", "In bin, if it is of one", {"–": "", **places})] if places else []
    none = "Nothing was ever in stock."
    return [
        group(
            "counted", "Counted, and written off", [],
            form(
                "StockCountEntered", "Enter a count", choice("lot", "Lot", lots, none=none),
                ask("quantity", "So much was there", "whole"), *where, ask("reason", "Why it differs", "text", needed=False),
                earlier(OF_WHEN), send="Enter it",
            ),
            form(
                "StockWrittenOff", "Write off", choice("lot", "Lot", lots, none=none), ask("quantity", "So much is gone", "whole"),
                *where, ask("reason", "Why", "text"), earlier(OF_WHEN), send="Write it off", mark="bad",
            ),
        )
    ]  # fmt: skip


def stock_said(kind: type[e.StockCountEntered | e.StockWrittenOff], said: Said, at: dict[str, Any]) -> e.Entry:
    """As an event."""
    material, lot = parts_of(said, "lot", 2)
    return kind(
        **at, material=material, lot=lot, quantity=whole_of(said, "quantity"), reason=text_of(said, "reason"), bin=text_of(said, "bin")
    )
