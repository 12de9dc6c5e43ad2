"""One run in which everything happens that a database has a table for: scenarios that ship, laid over one another, and what persons say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from twin.results.database import folded_rows
from twin.results.run import Run
from twin.run import carry, simulated
from twin.store.files import apply_changes, read_plant, read_scenario
from twin.store.projections.projected_rows import Row

DAY_US, HALF_A_DAY_US = 86_400_000_000, 43_200_000_000
SAID: list[tuple[str, str, str, dict[str, Any]]] = [
    ("2 h", "anna", "EntryProposed", {"document": "rent", "legs": [["overhead", 240000], ["cash", -240000]]}),
    (
        "2 h",
        "anna",
        "EntryProposed",
        {
            "document": "advice",
            "legs": [["services", 90000], ["cash", -90000]],
            "work_center": "hobbing",
            "customer": "mixers",
            "supplier": "forge",
            "product": "GB1",
        },
    ),
    ("3 h", "anna", "BankStatementEntered", {"statement": "S1", "bank_lines": [[-240000, "rent", "landlord"], [-1250, "charges", "bank"]]}),
    ("4 h", "anna", "BankLineAssigned", {"statement": "S1", "number": 2, "account": "overhead"}),
    ("2 h", "marek", "StockReserved", {"order": "B2", "material": "BRG2", "lot": "open-BRG2", "quantity": 1, "bin": "shelf_bearings"}),
    ("2 h", "petra", "NonconformanceRaised", {"nonconformance": "N1", "lot": "open-BRG1", "quantity": 3, "description": "it's rust"}),
    ("3 h", "petra", "LotHoldRequested", {"lot": "open-SEAL2", "reason": "smells"}),
    ("2 h", "petra", "ClockedOn", {"activity": "break"}),
    ("3 h", "petra", "ClockedOff", {"activity": "break"}),
]


def scenario_text(root: Path) -> str:
    """The office with a warehouse, bills and taxes, inspections, maintenance, and a plan that decides."""
    texts = {
        name: yaml.safe_load((root / f"scenarios/gearbox_shop/{name}.yaml").read_text())
        for name in ("office", "warehouse", "packed", "settled_month", "measured_teeth", "maintained")
    }
    mixed: dict[str, Any] = texts["office"]
    for other in texts.values():
        mixed["changes"] |= other["changes"]
    of_two_sites = texts["warehouse"]["changes"]["warehouse"]
    mixed["changes"]["warehouse"] |= {name: of_two_sites[name] for name in ("transit", "sites", "bins")}
    mixed["changes"] |= {f"customers.{it}.terms": {"due": "6 h", "tax": "vat"} for it in ("conveyors", "mixers", "cranes")}
    mixed["changes"] |= {f"suppliers.{it}.lead_time": "6 h" for it in ("bearings", "sundries")}
    mixed["policies"] |= {"payments": {"bills": "2 h", "suppliers": "at_due", "customers": 0}, "planning": "material_plan"}
    mixed["policies"] |= {"forecasting": {"history": 8, "ahead": 4, "first": {"GB1": 37, "GB2": 27, "GB3": 14}}}
    mixed["entries"] += texts["warehouse"]["entries"]
    mixed["entries"] += [{"at": at, "person": person, "says": what, "about": about} for at, person, what, about in SAID]
    return yaml.safe_dump(mixed)


def played(root: Path, folder: Path) -> tuple[Run, list[dict[str, list[Row]]]]:
    """Three days of it, and what the folds knew every half day and at the end."""
    (folder / "everything.yaml").write_text(scenario_text(root))
    plant = read_plant(root / "plant_models/gearbox_shop")
    scenario = read_scenario(folder / "everything.yaml", plant)
    plant = apply_changes(plant, scenario)
    run, known, next_us = Run(plant, scenario), list[dict[str, list[Row]]](), [scenario.start_us + HALF_A_DAY_US]

    def watch(now_us: int) -> None:
        if now_us >= next_us[0]:
            known.append(folded_rows(run))
            next_us[0] += HALF_A_DAY_US

    carry(simulated(plant, scenario, 1, 3 * DAY_US), run, watch)
    return run, [*known, folded_rows(run)]
