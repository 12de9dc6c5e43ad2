"""The form of what stands on the label of a lot: until when it may be used."""

from __future__ import annotations

from typing import Any

from twin.apps.terminals.forms import Form, ask, form, group
from twin.apps.terminals.readers import Said, instant_of, needed_text_of
from twin.model import events as e
from twin.model.problems import did_you_mean, listed
from twin.results.run import Run
from twin.results.warehouse.figures import warehouse_of


def expiry_forms(run: Run) -> list[Form]:
    """What is said on the stock page where stock lies in bins. Called with the run's lock."""
    if warehouse_of(run) is None:
        return []
    said = form(
        "LotExpirySet", "A lot expires", ask("lot", "Lot, as on its label", "text"),
        ask("material", "Material, if several have a lot of that name", "text", needed=False),
        ask("expires", "May be used before, as in 2026-03-02 14:00", "text"), send="It expires then",
    )  # fmt: skip
    return [group("expiry", "Labels", [], said)]


def expiry_said(run: Run, said: Said, at: dict[str, Any]) -> e.LotExpirySet:
    """As an event; the material is that of the lot, where only one has a lot of that name."""
    lot, material, expires_us = needed_text_of(said, "lot"), str(said.get("material", "")).strip(), instant_of(run.plant, said, "expires")
    warehouse = warehouse_of(run)
    there = warehouse.contents.bins.where if warehouse else {}
    of = [name for name, known in there if known == lot]
    if not of:
        lots = list(dict.fromkeys(known for _, known in there))
        raise ValueError(f"lot: nothing of lot '{lot}' is in stock{did_you_mean(lot, lots)}; allowed: {listed(lots)}")
    if not material and len(of) > 1:
        raise ValueError(f"material: several have a lot '{lot}'; allowed: {listed(of)}")
    return e.LotExpirySet(**at, lot=lot, material=material or of[0], expires_us=expires_us)
