"""JSON schemas of the files that people write, for editors: they complete keys and mark mistakes while one types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import CoreSchema, SchemaError, SchemaSerializer
from pydantic_core.core_schema import DictSchema, WithDefaultSchema

from twin.model.materials import Materials
from twin.model.measures import Table
from twin.model.plant import PlantFile
from twin.model.scenario import Scenario
from twin.model.signals import SignalMap

_FILES: dict[str, type[Table]] = {"plant": PlantFile, "items": Materials, "signals": SignalMap, "scenario": Scenario}


class _TextForms(GenerateJsonSchema):
    """Shows a default as a person would write it, "100 ms" and not 100000, and refuses keys that are no ids."""

    def dict_schema(self, schema: DictSchema) -> JsonSchemaValue:
        described = super().dict_schema(schema)
        return {**described, "additionalProperties": False} if "patternProperties" in described else described

    def default_schema(self, schema: WithDefaultSchema) -> JsonSchemaValue:
        described = super().default_schema(schema)
        if isinstance(described.get("default"), int) and not isinstance(described["default"], bool):
            described["default"] = _as_written(schema["schema"], described["default"])
        return described


def _as_written(schema: CoreSchema, value: int) -> Any:
    try:
        return SchemaSerializer(schema).to_python(value, mode="json") if value else value
    except SchemaError:  # the schema refers to definitions of a larger one
        return value


def _tables(kind: type[Table]) -> list[type[Table]]:
    """All tables there are, those that others are made from before these: whichever were built already, by what was read before."""
    own = kind.__subclasses__()
    return own + [table for it in own for table in _tables(it)]


def schemas() -> dict[str, dict[str, Any]]:
    """JSON schema (draft 2020-12) of each kind of file, by the names plant, items, signals, scenario."""
    for part in _tables(Table):
        part.model_rebuild(force=True)  # each by itself before what it is a part of: the forms of parts are described by reference
    described = {}
    for name, model in _FILES.items():
        schema = model.model_json_schema(schema_generator=_TextForms)
        described[name] = {
            "$schema": _TextForms.schema_dialect,
            "title": f"Plant Twin: {name}",
            **{k: v for k, v in schema.items() if k != "title"},
        }
    return described


def write_schemas(folder: Path | str) -> list[Path]:
    """Write `<name>.schema.json` for each of them into `folder`, which is made if need be; the paths written."""
    Path(folder).mkdir(parents=True, exist_ok=True)
    written = []
    for name, schema in schemas().items():
        path = Path(folder) / f"{name}.schema.json"
        path.write_text(json.dumps(schema, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        written.append(path)
    return written
