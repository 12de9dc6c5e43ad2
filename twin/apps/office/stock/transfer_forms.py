"""The forms of transfers between sites: what leaves, what has come, what was lost on the way."""

from __future__ import annotations

from typing import Any

from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.terminals.readers import Said, free_number, parts_of, text_of, whole_if_any, whole_of
from twin.apps.words import material_title
from twin.model import events as e
from twin.results.run import Run
from twin.results.warehouse.figures import warehouse_of
from twin.results.warehouse.stock_now import titled


def transfer_forms(run: Run) -> list[Form]:
    """What is said on the stock page where bins stand at several sites. Called with the run's lock."""
    warehouse = warehouse_of(run)
    if warehouse is None or warehouse.declared.transit is None:
        return []
    plant, declared = run.plant, warehouse.declared
    there = {
        f"{quantity:,} of {material_title(plant, material)}, lot {lot}, in {titled(name, declared.bins[name])}": f"{name}|{material}|{lot}"
        for name, lots in warehouse.contents.bins.contents.items()
        if name != declared.transit
        for (material, lot), quantity in lots.items()
        if quantity > 0
    }
    titles = {name: it.title or name for name, it in declared.sites.items()} | {"": plant.title or plant.id}
    places = {
        f"{titled(name, it)} at {titles[declared.site(name)]}": name
        for name, it in declared.bins.items()
        if name not in declared.passages[1:]
    }
    under_way = {
        f"{name}: {it.open_quantity:,} of {material_title(plant, it.material)}, lot {it.lot}, to {it.bin}": name
        for name, it in warehouse.transfers.open.items()
    }
    return [
        group(
            "transfers", "Between sites", [f"{len(under_way)} transfers are on their way."] if under_way else [],
            form(
                "StockTransferIssued", "Send to another site", choice("what", "What, from where", there, none="Nothing lies anywhere."),
                ask("quantity", "So many", "whole"), choice("bin", "To", places, none="No bin stands at a site."),
                ask("reason", "Why", "text", needed=False), send="It is on its way",
            ),
            form(
                "StockTransferReceived", "A transfer has come", choice("transfer", "Transfer", under_way, none="Nothing is on its way."),
                ask("quantity", "So many have come", "whole"), ask("lost", "So many will not come", "whole", needed=False),
                ask("reason", "Why they are lost", "text", needed=False), send="They have come", mark="go",
            ),
        )
    ]  # fmt: skip


def issued_said(run: Run, said: Said, at: dict[str, Any]) -> e.StockTransferIssued:
    """As an event, under a number of its own."""
    from_bin, material, lot = parts_of(said, "what", 3)
    warehouse = warehouse_of(run)
    return e.StockTransferIssued(
        **at, transfer=free_number("T", warehouse.transfers.all if warehouse else ()), material=material, lot=lot, from_bin=from_bin,
        quantity=whole_of(said, "quantity"), bin=text_of(said, "bin"), reason=text_of(said, "reason"),
    )  # fmt: skip


def received_said(said: Said, at: dict[str, Any]) -> e.StockTransferReceived:
    """As an event; what is not said to be lost is still on its way."""
    return e.StockTransferReceived(
        **at, transfer=text_of(said, "transfer"), quantity=whole_of(said, "quantity"), lost=whole_if_any(said, "lost"),
        reason=text_of(said, "reason"),
    )  # fmt: skip
