"""A snapshot as bytes: a head that says what it is, what is declared and known as JSON, then the arrays.

The head is `MAGIC`, the version (2 bytes), the hash over the sources that lay a plant out (16 hex digits) and BLAKE2b over all that follows
(32 bytes), so that what was cut or damaged is never taken for a plant. Whoever forges the content can forge that as well, and kernels
follow the addresses in it unasked: no code is in it, yet a file from elsewhere is to be trusted as a program is.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

import twin.kernels
from twin.kernels.floor.rows import plant_rows as at
from twin.model.events import OperationsEvent, PurchaseOrderPlaced, event_from_fields, event_to_fields
from twin.model.events.operations_event import BASE_FIELDS
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.kept.snapshot import Snapshot, frozen
from twin.simulation.compiled_plant.layout import Layout
from twin.simulation.compiled_plant.tables.rule_tables import write_addresses
from twin.simulation.compiled_plant.words import Words
from twin.simulation.shop_floor.routing import read_steps

VERSION = 1
MAGIC = b"twin plant\n"
_VERSION_AT = len(MAGIC)
_KERNELS_AT = _VERSION_AT + 2
_CHECK_AT = _KERNELS_AT + 16
_CONTENT_AT = _CHECK_AT + 32
_ARRAYS = ("plant", "plan", "numbers", "events", "names")
_BY_NUMBER = ("lots", "batches", "requests")  # JSON has no numbers for keys


class SnapshotError(ValueError):
    """Bytes that no plant can go on from, and why."""


@lru_cache(maxsize=1)
def kernels_hash() -> str:
    """16 hex digits over the sources of the kernels, and of what lays plants out for them: they alone know what a field means."""
    kernels, layouts = Path(twin.kernels.__file__).parent, Path(__file__).parents[1]
    digest = blake2b(digest_size=8)
    for room in (kernels, layouts):
        for path in sorted(room.rglob("*.py")):
            digest.update(path.relative_to(room.parent).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def write(snapshot: Snapshot) -> bytes:
    """The bytes of a snapshot; equal for equal snapshots."""
    layout = snapshot.layout
    plan = layout.plan.copy()
    write_addresses(plan, snapshot.plant.layout, snapshot.scenario.policies, here=False)
    arrays = [np.ascontiguousarray(it) for it in (layout.plant, plan, layout.numbers, snapshot.events, snapshot.names)]
    learned = snapshot.words.learned()
    said = {
        "plant": snapshot.plant.model_dump_json(), "scenario": snapshot.scenario.model_dump_json(), "seed": snapshot.seed,
        "end_us": snapshot.end_us, "has_ended": snapshot.has_ended, "sizes": [array.size for array in arrays],
        "equipment": layout.equipment, "steps": [[*key, address] for key, address in layout.step_at.items()],
        "families": list(layout.families.items()), "watches": layout.watches, "fixed_timers": layout.fixed_timers,
        "words": {**learned, **{name: list(learned[name].items()) for name in _BY_NUMBER}},
        "known": [[name, *where] for name, where in snapshot.known.items()], "deliveries": _written(snapshot.deliveries),
        "sent": _written(snapshot.sent), "heard": _written(snapshot.heard), "lot_rows": snapshot.lot_rows,
        "stops_at_deadlock": snapshot.stops_at_deadlock,
    }  # fmt: skip
    text = json.dumps(said, separators=(",", ":")).encode()
    parts = [len(text).to_bytes(8, "little"), text, *(array.astype(array.dtype.newbyteorder("<")).tobytes() for array in arrays)]
    content = zlib.compress(b"".join(parts), 1)
    return MAGIC + VERSION.to_bytes(2, "little") + kernels_hash().encode() + blake2b(content, digest_size=32).digest() + content


def read(written: bytes) -> Snapshot:
    """The snapshot that was written.

    Raises
    ------
    SnapshotError : with what is wrong and what can be done
    """
    content = _checked(written)
    plain = zlib.decompress(content)
    text_end = 8 + int.from_bytes(plain[:8], "little")
    said = json.loads(plain[8:text_end])
    found, begin = {}, text_end
    for name, size in zip(_ARRAYS, said["sizes"], strict=True):
        kind = "<f8" if name == "numbers" else "<i8"
        found[name] = np.frombuffer(plain, dtype=kind, count=size, offset=begin).astype(kind[1:])
        begin += 8 * size
    try:
        return _read(said, found)
    except (ValueError, KeyError, TypeError) as error:  # what is declared, or an event, has other fields today
        first = str(error).splitlines()[0]
        raise SnapshotError(
            f"this plant was kept by a program whose plants and events are declared otherwise ({first}); "
            "allowed: simulate it again up to there, or read it with the program that wrote it"
        ) from None


def _checked(written: bytes) -> bytes:
    """What follows the head, if the head is in order."""
    if not written.startswith(MAGIC) or len(written) < _CONTENT_AT:
        raise SnapshotError("these bytes are no kept plant; allowed: what Snapshot.to_bytes() has written")
    version = int.from_bytes(written[_VERSION_AT:_KERNELS_AT], "little")
    if version != VERSION:
        raise SnapshotError(
            f"this plant was kept in version {version}, and this program reads version {VERSION}; "
            "allowed: keep it again with this program, or read it with the one that wrote it"
        )
    content = written[_CONTENT_AT:]
    if blake2b(content, digest_size=32).digest() != written[_CHECK_AT:_CONTENT_AT]:
        raise SnapshotError("this kept plant is damaged: its bytes are not those that were written; allowed: an undamaged copy of it")
    kernels = written[_KERNELS_AT:_CHECK_AT].decode(errors="replace")
    if kernels != kernels_hash():
        raise SnapshotError(
            f"this plant was kept by kernels {kernels}, and these are {kernels_hash()}: their rows may mean other things; "
            "allowed: simulate it again up to there, or read it with the program that wrote it"
        )
    return content


def _read(said: dict[str, Any], found: dict[str, Any]) -> Snapshot:
    plant, scenario = Plant.model_validate_json(said["plant"]), Scenario.model_validate_json(said["scenario"])
    write_addresses(found["plan"], plant.layout, scenario.policies, here=True)
    steps = read_steps(plant)
    step_at = {(material, operation): address for material, operation, address in said["steps"]}
    layout = Layout(
        plant=found["plant"], plan=found["plan"], numbers=found["numbers"], equipment=said["equipment"], step_at=step_at,
        steps={address: steps[key] for key, address in step_at.items()}, families=dict(said["families"]),
        watches=said["watches"], fixed_timers=said["fixed_timers"],
    )  # fmt: skip
    words = Words(plant, scenario, steps)
    words.recall(**{**said["words"], **{name: dict(said["words"][name]) for name in _BY_NUMBER}})
    return Snapshot(
        plant=plant, scenario=scenario, seed=said["seed"], end_us=said["end_us"], has_ended=said["has_ended"],
        layout=frozen(layout, end_us=int(layout.plant[at.END])), events=found["events"], names=found["names"], words=words,
        known={name: (address, serial) for name, address, serial in said["known"]},
        deliveries=tuple(it for it in _read_events(said["deliveries"]) if isinstance(it, PurchaseOrderPlaced)),
        sent=_read_events(said["sent"]), heard=_read_events(said["heard"]),
        lot_rows=tuple(said["lot_rows"]), stops_at_deadlock=said["stops_at_deadlock"],
    )  # fmt: skip


def _written(events: Iterable[OperationsEvent]) -> list[list[Any]]:
    return [[type(it).__name__, {name: getattr(it, name) for name in BASE_FIELDS}, event_to_fields(it)] for it in events]


def _read_events(written: list[list[Any]]) -> tuple[OperationsEvent, ...]:
    return tuple(event_from_fields(*it) for it in written)
