"""Event pages: a journal as columns, in memory (Arrow) and on disk (Parquet), there and back without loss.

A page has the columns of the table `journal`, with each event's own fields as canonical JSON in `body`: that is what is read
back. Beside them stands one typed column for each own field that any event class has (`quantity`, `good`, `legs`, ...), null
where an event has no such field: that is what an analysis works on. A number too large for its column is null there, and whole
in `body`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

from twin.model.events.operations_event import BASE_FIELDS, EVENT_TYPES
from twin.store.journal import JournalEntry, StoreError
from twin.store.journal.hash_chain import JournalRow, entry_of, own_fields, row_of

if TYPE_CHECKING:
    import pyarrow

PAGE_SCHEMA = "1"
"""Version of what a page means; in the metadata of each as `twin.page`."""

_PREFIX = "twin."
_INTEGERS = ("seq", "effective_us", "recorded_us")
_FEW_VALUES = ("source", "type", "equipment", "rule")  # dictionary-encoded
_INT64 = 2**63


def _arrow_types() -> dict[str, pyarrow.DataType]:
    """Annotation of a field -> type of its column."""
    import pyarrow as pa

    leg = pa.struct([("account", pa.string()), ("amount_minor", pa.int64())])
    of_lot = pa.struct([("of", pa.string()), ("lot", pa.string()), ("amount", pa.int64())])  # of: purchase order or material
    price_break = pa.struct([("quantity", pa.int64()), ("unit_price_minor", pa.int64())])
    of_bank = pa.struct([("amount_minor", pa.int64()), ("reference", pa.string()), ("party", pa.string())])
    place = pa.struct([("bin", pa.string()), ("lot", pa.string())])
    of_account = pa.struct([("account", pa.string()), ("amount_minor", pa.int64()), ("of", pa.string())])  # of: work center or equipment
    pick = pa.struct([("bin", pa.string()), ("material", pa.string()), ("lot", pa.string()), ("quantity", pa.int64())])
    line = [("of", pa.string()), ("amount", pa.int64()), ("more", pa.int64())]  # of: order or material; its money, or pieces; the other
    order_line = [("material", pa.string()), ("quantity", pa.int64()), ("due_us", pa.int64()), ("unit_price_minor", pa.int64())]
    in_force = pa.struct([("document", pa.string()), ("revision", pa.string()), ("digest", pa.string())])
    return {
        "int": pa.int64(),
        "float": pa.float64(),
        "float | None": pa.float64(),
        "bool": pa.bool_(),
        "str": pa.string(),
        "tuple[str, ...]": pa.list_(pa.string()),
        "tuple[int, ...]": pa.list_(pa.int64()),
        "tuple[tuple[int, int], ...]": pa.list_(price_break),
        "tuple[tuple[int, str, str], ...]": pa.list_(of_bank),
        "tuple[tuple[str, int], ...]": pa.list_(leg),
        "tuple[tuple[str, int, str], ...]": pa.list_(of_account),
        "tuple[tuple[str, int, int], ...]": pa.list_(pa.struct(line)),
        "tuple[tuple[str, int, int, int], ...]": pa.list_(pa.struct(order_line)),
        "tuple[tuple[str, str], ...]": pa.list_(place),
        "tuple[tuple[str, str, str, int], ...]": pa.list_(pick),
        "tuple[tuple[str, str, int], ...]": pa.list_(of_lot),
        "tuple[tuple[str, str, str], ...]": pa.list_(in_force),
    }


def typed_columns() -> dict[str, pyarrow.DataType]:
    """The typed column of each own field, by name. A field that two classes declare differently has none, and is in `body` alone."""
    types = _arrow_types()
    declared: dict[str, set[str]] = {}
    for event_class in EVENT_TYPES.values():
        for field in fields(event_class):
            if field.name not in BASE_FIELDS:
                declared.setdefault(field.name, set()).add(str(field.type))
    chosen = {name: next(iter(kinds)) for name, kinds in sorted(declared.items()) if len(kinds) == 1}
    return {name: types[kind] for name, kind in chosen.items() if kind in types and name not in JournalRow._fields}


def page_from_entries(entries: Iterable[JournalEntry], about: Mapping[str, object] | None = None) -> pyarrow.Table:
    """The entries as columns.

    Parameters
    ----------
    about : what the page is of (plant, scenario, seed, ...), kept as text in its metadata
    """
    import pyarrow as pa

    kept = list(entries)
    columns: dict[str, Any] = {}
    for name, values in zip(
        JournalRow._fields, zip(*map(row_of, kept), strict=True) if kept else [()] * len(JournalRow._fields), strict=True
    ):
        column = pa.array(values, pa.int64() if name in _INTEGERS else pa.string())
        columns[name] = column.dictionary_encode() if name in _FEW_VALUES else column
    kinds = typed_columns()
    own: dict[str, list[Any]] = {name: [None] * len(kept) for name in kinds}
    for place, entry in enumerate(kept):
        for name in own_fields(type(entry.event).__name__):
            if name in own:
                own[name][place] = getattr(entry.event, name)
    columns.update((name, _column(values, kinds[name])) for name, values in own.items())
    notes = {"page": PAGE_SCHEMA, **(about or {})}
    return pa.table(columns).replace_schema_metadata({f"{_PREFIX}{name}": str(value) for name, value in notes.items()})


def _column(values: list[Any], kind: pyarrow.DataType) -> pyarrow.Array:
    import pyarrow as pa

    try:
        return pa.array(values, kind)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):  # something among them does not fit: rare, so only now look at each
        return pa.array([_fitting(value, kind) for value in values], kind)


def _fitting(value: Any, kind: pyarrow.DataType) -> Any:
    """The value if a column of that kind can hold it; else None, or for a text what remains of it."""
    import pyarrow as pa

    if pa.types.is_list(kind) and isinstance(value, list | tuple):
        return [_fitting(one, kind.value_type) for one in value]
    if pa.types.is_struct(kind) and isinstance(value, list | tuple) and len(value) == kind.num_fields:
        return {field.name: _fitting(one, field.type) for field, one in zip(kind, value, strict=True)}
    if pa.types.is_string(kind) and isinstance(value, str):
        return value.encode(errors="replace").decode()  # half a character has no place in Arrow
    try:
        return pa.scalar(float(value) if pa.types.is_floating(kind) else value, kind).as_py()
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return None


def entries_from_page(page: pyarrow.Table) -> list[JournalEntry]:
    """The entries of a page, as they were.

    Raises
    ------
    StoreError : a column of the journal is missing, or an event cannot be read
    """
    missing = [name for name in JournalRow._fields if name not in page.column_names]
    if missing:
        raise StoreError(
            f"this is no event page: it has no column {', '.join(missing)}; allowed: what page_from_entries or write_page made"
        )
    columns = [page.column(name).to_pylist() for name in JournalRow._fields]
    return [entry_of(JournalRow._make(row)) for row in zip(*columns, strict=True)]


def page_about(page: pyarrow.Table) -> dict[str, str]:
    """What a page is of, as text by name; `page` is the version of its schema."""
    metadata: dict[bytes, bytes] = page.schema.metadata or {}
    return {name.decode().removeprefix(_PREFIX): value.decode() for name, value in metadata.items() if name.decode().startswith(_PREFIX)}


def write_page(path: str | Path, entries: Iterable[JournalEntry], about: Mapping[str, object] | None = None) -> None:
    """Write entries to a Parquet file; it is there whole, or not at all.

    Raises
    ------
    StoreError : the file cannot be written
    """
    import pyarrow.parquet as pq

    target = Path(path)
    unfinished = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        pq.write_table(page_from_entries(entries, about), unfinished, compression="zstd")
        unfinished.replace(target)
    except OSError as error:
        raise StoreError(
            f"'{target}' cannot be written: {error.strerror or error}; allowed: a file in a folder that may be written to"
        ) from None
    finally:
        unfinished.unlink(missing_ok=True)


def read_page(path: str | Path) -> list[JournalEntry]:
    """The entries that were written to a Parquet file.

    Raises
    ------
    StoreError : there is no such file, it is damaged, no event page, or of a newer plant-twin
    """
    return entries_from_page(read_page_table(path))


def read_page_table(path: str | Path) -> pyarrow.Table:
    """The columns that were written to a Parquet file; `page_about` tells what they are of. Raises what `read_page` raises."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        page = pq.read_table(path)
    except FileNotFoundError:
        raise StoreError(f"there is no file '{path}'; allowed: an event page, as write_page makes them") from None
    except (pa.ArrowException, OSError) as error:
        raise StoreError(f"'{path}' is no event page: {error}; allowed: a Parquet file, as write_page makes them") from None
    version = page_about(page).get("page", "")
    if not version.isdecimal():
        raise StoreError(f"'{path}' is no event page but another Parquet file; allowed: what write_page made")
    if int(version) > int(PAGE_SCHEMA):
        raise StoreError(
            f"'{path}' was written by a newer plant-twin (page {version}, this one knows up to {PAGE_SCHEMA}); allowed: a newer plant-twin"
        )
    return page
