"""The form by which something that is made here is there anew: what goes into it, and what is done to it where, in which order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from twin.apps.terminals.forms import Form, ask, form
from twin.apps.terminals.readers import Said, needed_text_of, text_of, whole_of
from twin.model.events import MasterDataChanged
from twin.model.master_data.made import MATERIALS, ROUTING
from twin.results.run import Run

MADE_KIND = "MasterDataNew:made"
"""What the form is called."""
_PLAIN = {
    "title": "Title", "unit": "Unit, a piece where it is left out", "price": "Price it is sold at, nothing where nobody buys it",
    "lot_size": "Lot size, one lot where it is left out", "planned_lead_time": "Lead time, as in 3 d",
}  # fmt: skip
_COMPONENT = re.compile(r"\s*(?P<material>[^\s:]+)\s*:\s*(?P<quantity>[0-9]+)\s*")
_OPERATION = re.compile(
    r"\s*(?P<operation>[^\s:]+)\s*:\s*(?P<segment>\S+)\s+(?P<run>[0-9.]+\s*[a-z]+)(?P<lot>\s+per lot)?(,?\s+set up for (?P<family>\S+))?\s*"
)


def made_form(run: Run) -> Form:
    """What is asked of it; the examples are of this plant."""
    return form(
        MADE_KIND, "A new material that is made", ask("declared", "Name by which it is called, as in new_gear", "text"),
        *(ask(key, label, "text", needed=False) for key, label in _PLAIN.items()),
        ask("bill", f"What goes into one of it, as in {_a_bill(run)}", "text"),
        ask(ROUTING, f"Operations in their order, as in {_a_routing(run)}", "text"),
        ask("reason", "Reason", "text"), send="It is there",
    )  # fmt: skip


def made_said(run: Run, said: Said, at: dict[str, Any]) -> MasterDataChanged:
    """What the form says; what has a price is sold.

    Raises
    ------
    ValueError : components or operations are written in another way
    """
    plain = [(key, value) for key in _PLAIN if (value := text_of(said, key))]
    kind = "finished" if text_of(said, "price") else "made"
    bill, routing = json.dumps([*_components(run, said)]), json.dumps(dict(_operations(run, said)))
    return MasterDataChanged(
        **at, table=MATERIALS, declared=needed_text_of(said, "declared"), reason=text_of(said, "reason"), is_new=True,
        changes=(("kind", kind), *plain, ("bill", bill), (ROUTING, routing)),
    )  # fmt: skip


def _components(run: Run, said: Said) -> Iterator[dict[str, Any]]:
    for part in filter(str.strip, needed_text_of(said, "bill").split(";")):
        if (found := _COMPONENT.fullmatch(part)) is None:
            raise ValueError(f"bill: '{part.strip()[:40]}' is no component with a quantity; allowed: as in {_a_bill(run)}")
        yield {"material": found["material"], "quantity": whole_of({"bill": found["quantity"]}, "bill")}


def _operations(run: Run, said: Said) -> Iterator[tuple[str, dict[str, Any]]]:
    there: set[str] = set()
    for part in filter(str.strip, needed_text_of(said, ROUTING).split(";")):
        if (found := _OPERATION.fullmatch(part)) is None:
            raise ValueError(f"routing: '{part.strip()[:40]}' is no operation with a step and a time; allowed: as in {_a_routing(run)}")
        if found["operation"] in there:
            raise ValueError(f"routing: operation {found['operation']} stands there twice; allowed: once")
        there.add(found["operation"])
        more = {"per": "lot"} if found["lot"] else {}
        more |= {"setup_family": found["family"]} if found["family"] else {}
        yield found["operation"], {"segment": found["segment"], "run": found["run"], **more}


def _a_bill(run: Run) -> str:
    materials = run.plant.materials.materials
    names = [name for name, it in materials.items() if it.kind != "finished"] or [*materials]
    return "; ".join(f"{name}: {quantity}" for name, quantity in zip(names, (2, 1), strict=False))


def _a_routing(run: Run) -> str:
    segments = [*run.plant.layout.process_segments]
    return f"10: {segments[0]} 4 min; 20: {segments[-1]} 1 h per lot, set up for a_family"
