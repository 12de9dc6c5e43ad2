"""personnel: persons, classes and qualifications of another system, as changes of a scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from twin import exchange, library
from twin.command.manners import say
from twin.store.files import apply_changes
from twin.store.texts import write_texts


def read_in(plant: Path, messages: list[Path], scenario: Path | None, out: Path | None) -> None:
    """Print what the messages change, or write a scenario that has these changes too.

    Raises
    ------
    PlantFileError : with everything that is wrong in a message
    """
    asked = library.read_scenario(scenario, plant)
    _, changes = exchange.read_personnel(apply_changes(library.read_plant(plant), asked), *messages)
    if out is None:
        if changes:
            print("\n".join(_lines({"changes": changes})))
        else:
            say("the plant has all of it already")
        return
    whole = asked.model_copy(update={"changes": {**asked.changes, **changes}})
    write_texts(out.parent, {out.name: "\n".join(_lines(whole.model_dump(mode="json", include=whole.model_fields_set))) + "\n"})
    say(f"wrote {out}: {len(changes)} changes of persons")


def _lines(table: dict[str, Any]) -> list[str]:
    """A table as YAML: a line for each entry, and for each change one of its own; what is within is written as JSON, which YAML reads."""
    found = []
    for key, value in table.items():
        if key == "changes":
            found += ["changes:", *(f"  {json.dumps(path)}: {json.dumps(it, ensure_ascii=False)}" for path, it in value.items())]
        else:
            found.append(f"{key}: {json.dumps(value, ensure_ascii=False)}")
    return found
