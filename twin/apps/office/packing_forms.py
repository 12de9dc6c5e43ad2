"""The form of packing: what is picked goes into a package."""

from __future__ import annotations

from typing import Any

from twin.apps.terminals.forms import Form, ask, choice, form, group
from twin.apps.terminals.readers import Said, free_number, parts_of, text_of, whole_of
from twin.apps.words import material_title
from twin.model import events as e
from twin.results.run import Run
from twin.results.warehouse.packages import package_types, to_pack


def packing_forms(run: Run) -> list[Form]:
    """What is said on the stock page where things are packed. Called with the run's lock."""
    kinds = package_types(run)
    if not kinds:
        return []
    waiting = {
        f"{it.order}: {it.quantity:,} of {material_title(run.plant, it.material)}, lot {it.lot}": f"{it.pick_list}|{it.material}|{it.lot}"
        for it in to_pack(run)
    }
    packed = form(
        "Packed", "Pack", choice("picked", "What is picked", waiting, none="Nothing waits to be packed."),
        ask("quantity", "Pieces", "whole"),
        choice("package_type", "Into a", kinds), ask("package", "Number of the package, if it is begun", "text", needed=False),
        send="It is in there", mark="go",
    )  # fmt: skip
    return [group("packing", "Packing", [f"{len(waiting)} lots wait to be packed."] if waiting else [], packed)]


def packed_said(run: Run, said: Said, at: dict[str, Any]) -> e.Packed:
    """As an event; a package that has no number yet gets the next of its pick list."""
    pick_list, material, lot = parts_of(said, "picked", 3)
    known = run.erp.packing.packages if run.erp.packing else {}
    return e.Packed(
        **at, pick_list=pick_list, material=material, lot=lot, quantity=whole_of(said, "quantity"),
        package=text_of(said, "package") or free_number(pick_list, known), package_type=text_of(said, "package_type"),
    )  # fmt: skip
