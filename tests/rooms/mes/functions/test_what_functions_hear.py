"""What a function of the MES does not say that it hears means nothing to it: `Mes.apply` does not tell it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

import twin
from tests.rooms.store.any_events import CONCRETE
from twin.mes.mes import Mes
from twin.model.events import OperationsEvent


@pytest.fixture(scope="module")
def mes(root: Path) -> Mes:
    return twin.simulate(root / "plant_models/gearbox_shop", until="2 h").mes


def filled(kind: type[OperationsEvent]) -> OperationsEvent:
    """An event in which every field says something."""
    values = {"int": 7, "float": 7.0, "float | None": 7.0, "bool": True, "str": "something"}
    return kind(**{it.name: values.get(str(it.type), ()) for it in fields(kind)})  # type: ignore[arg-type] # by its own annotations


@pytest.mark.parametrize("kind", CONCRETE, ids=lambda it: it.__name__)
def test_nothing_follows_from_what_it_does_not_hear(mes: Mes, kind: type[OperationsEvent]) -> None:
    """Who was locked out was told to nobody once, since `hears` and `apply` had come from two hands."""
    for function in mes.functions:
        if not issubclass(kind, tuple(function.hears)):
            assert function.apply(filled(kind)) == [], type(function).__name__
