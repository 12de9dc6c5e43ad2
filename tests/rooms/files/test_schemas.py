"""The JSON schemas that editors read: what the reader takes they take, and what it refuses for its form they refuse."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.rooms.files.small_plant import ITEMS, PLANT, SCENARIO, SIGNALS, put
from twin.store.files import schemas, write_schemas
from twin.store.files.marked_yaml import read_marked, read_marked_bytes

TEXTS = {"plant": PLANT, "items": ITEMS, "signals": SIGNALS, "scenario": SCENARIO}


def refusals(kind: str, text: str) -> list[str]:
    data = read_marked_bytes("a.yaml", text.encode()).data
    return ["/".join(map(str, error.absolute_path)) for error in jsonschema.Draft202012Validator(schemas()[kind]).iter_errors(data)]


@pytest.mark.slow
@pytest.mark.parametrize("kind", TEXTS)
def test_a_schema_is_one_and_takes_the_small_plant(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schemas()[kind])
    assert refusals(kind, TEXTS[kind]) == []


@pytest.mark.slow
def test_the_shipped_plants_and_scenarios_fit_their_schemas(root: Path) -> None:
    files = [*(root / "plant_models").glob("*/*.yaml"), *(root / "scenarios").glob("*/*.yaml")]
    assert files
    for file in files:
        kind = file.stem if file.stem in TEXTS else "scenario"
        jsonschema.Draft202012Validator(schemas()[kind]).validate(read_marked(file).data)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("kind", "old", "new", "path"),
    [
        ("plant", "hourly_cost: 20 EUR/h", "hourly_cost: 20", "work_units/saw_1/hourly_cost"),
        ("plant", "repair: 5 min", "repair: 5 mins", "work_units/saw_1/failures/0/repair"),
        ("plant", "{exponential: 20 h}", "{exponental: 20 h}", "work_units/saw_1/failures/0/time_to_failure"),
        ("plant", "capacity: 4", "capcity: 4", "storage_units/shelf"),
        ("plant", "  yard: {}", "  back yard: {}", "storage_units"),
        ("plant", "start: 14:00", "start: 25:00", "calendars/day/shifts/late/start"),
        ("items", "price: 12.50 EUR", "price: 12.50", "materials/cake/price"),
        ("signals", "driver: modbus", "driver: modbuss", "connections/plc_b"),
        ("scenario", "horizon: 7 d", "horizon: 0", "horizon"),
    ],
)
def test_a_schema_refuses_a_wrong_form(kind: str, old: str, new: str, path: str) -> None:
    assert refusals(kind, put(TEXTS[kind], old, new)) == [path]


def test_defaults_are_shown_as_people_write_them() -> None:
    def defaults(node: Any) -> list[Any]:
        if isinstance(node, dict):
            own = [node["default"]] if "default" in node and "anyOf" in node else []
            return own + [found for value in node.values() for found in defaults(value)]
        return [found for value in node for found in defaults(value)] if isinstance(node, list) else []

    shown = [default for schema in schemas().values() for default in defaults(schema)]
    assert "100 ms" in shown
    assert not [default for default in shown if isinstance(default, int) and default]


def test_schemas_are_written_into_a_folder(tmp_path: Path) -> None:
    written = write_schemas(tmp_path / "schema")
    assert [path.name for path in written] == ["plant.schema.json", "items.schema.json", "signals.schema.json", "scenario.schema.json"]
    assert [json.loads(path.read_text(encoding="utf-8")) for path in written] == list(schemas().values())


def test_the_schemas_in_the_docs_are_those_of_the_model(root: Path) -> None:
    """After a change of the model: `twin check --schema docs/schema plant_models`."""
    for name, schema in schemas().items():
        assert json.loads((root / "docs" / "schema" / f"{name}.schema.json").read_text(encoding="utf-8")) == schema
