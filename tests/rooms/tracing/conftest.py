"""A simulated week to trace lots in."""

from __future__ import annotations

from pathlib import Path

import pytest

import twin


@pytest.fixture(scope="session")
def gearbox_week(root: Path) -> twin.Run:
    """Five days of the gearbox shop, by its baseline."""
    return twin.simulate(root / "plant_models/gearbox_shop", root / "scenarios/gearbox_shop/baseline.yaml", until="5 d", seed=1)
