"""Standard costs as they are in force, and what a roll-up has changed."""

from __future__ import annotations

from dataclasses import dataclass

from twin.erp.accounting.standard_cost import total_minor
from twin.model.events import JournalPosted
from twin.results.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardNow:
    """What `quantity` of a material should cost, minor units; `on_hand_minor`: what is in stock is worth."""

    material: str
    quantity: int
    unit: str
    material_minor: int
    labour_minor: int
    machine_minor: int
    energy_minor: int
    total_minor: int
    on_hand_minor: int
    is_bought: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardsNow:
    """The standards of a period; `revalued_minor`: by what stock and work became worth more (> 0) since the start, through new ones."""

    is_declared: bool
    period: str
    rolls_up: str
    standards: list[StandardNow]
    revalued_minor: int


def standards_now(run: Run) -> StandardsNow:
    """Every material with its standard."""
    erp, declared = run.erp, run.plant.materials.standards
    found = [
        StandardNow(
            material=name, quantity=it.quantity, unit=erp.materials[name].unit, material_minor=it.material_minor,
            labour_minor=it.labour_minor, machine_minor=it.machine_minor, energy_minor=it.energy_minor, total_minor=total_minor(it),
            on_hand_minor=erp.book.value_minor(name, erp.stock.on_hand[name]), is_bought=erp.materials[name].kind == "purchased",
        )
        for name, it in erp.standards.released.items()
    ]  # fmt: skip
    return StandardsNow(
        is_declared=declared is not None, period=erp.roll_ups.period, rolls_up=declared.roll_up if declared else "", standards=found,
        revalued_minor=-sum(_of_revaluation(it) for it in erp.ledger.entries if it.document == "revaluation"),
    )  # fmt: skip


def _of_revaluation(entry: JournalPosted) -> int:
    return sum(amount for account, amount in entry.legs if account == "stock_revaluation")
