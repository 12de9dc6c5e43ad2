"""Tables of the warehouse: what lies where, what is kept for whom, what is picked, what was counted; and how well stock serves."""

from __future__ import annotations

from typing import Any

import pandas as pd

from twin.erp.warehouse.bins import Key
from twin.erp.warehouse.warehouse import Warehouse
from twin.results.frames import from_rows, in_currency
from twin.results.run import Run
from twin.results.warehouse.figures import material_stock, warehouse_of
from twin.results.warehouse.packages import packages_now
from twin.results.warehouse.transfers_now import transfers_of

STOCK_COLUMNS = (
    "material", "title", "unit", "on_hand", "incoming", "reserved", "held", "free", "value_eur", "inventory_class", "used", "used_eur",
    "days_of_stock", "turns", "idle_days", "is_slow",
)  # fmt: skip
BIN_COLUMNS = (
    "bin", "zone", "title", "capacity", "places_taken", "material", "lot", "quantity", "reserved", "free", "expires", "standing",
)  # fmt: skip
RESERVATION_COLUMNS = ("order", "material", "lot", "bin", "quantity", "pick_list")
PICK_COLUMNS = (
    "pick_list", "wave", "order", "customer", "standing", "released", "ended", "reason", "bin", "material", "lot", "quantity", "picked",
)  # fmt: skip
PACKAGE_COLUMNS = (
    "package", "package_type", "order", "customer", "material", "lot", "quantity", "package_kg", "packed", "shipped",
)  # fmt: skip
COUNT_COLUMNS = (
    "count", "material", "inventory_class", "standing", "requested", "ended", "bin", "lot", "expected", "found", "difference",
    "difference_eur", "counted", "counted_by",
)  # fmt: skip
TRANSFER_COLUMNS = (
    "transfer", "material", "lot", "from_bin", "bin", "quantity", "received", "lost", "on_its_way", "value_eur", "issued", "ended",
    "reason",
)  # fmt: skip
SERIAL_COLUMNS = ("serial_number", "material", "lot", "bin", "standing", "order", "since")


def stock_table(run: Run) -> pd.DataFrame:
    """Every material: how much there is, for whom, what it is worth, how long it lasts."""
    rows = [
        {
            "material": it.material, "title": it.title, "unit": it.unit, "on_hand": it.on_hand, "incoming": it.incoming,
            "reserved": it.reserved, "held": it.held, "free": it.free, "value_eur": it.value_minor / 100,
            "inventory_class": it.inventory_class, "used": it.used, "used_eur": it.used_minor / 100, "days_of_stock": it.days_of_stock,
            "turns": it.turns, "idle_days": it.idle_days, "is_slow": it.is_slow,
        }
        for it in material_stock(run)
    ]  # fmt: skip
    return in_currency(from_rows(rows, STOCK_COLUMNS), run.plant.layout.currency)


def standing_of(warehouse: Warehouse, key: Key) -> str:
    """Whether a lot may be used."""
    return "expired" if key in warehouse.expired else "held" if key in warehouse.contents.stock.held else "free"


def bins_table(run: Run) -> pd.DataFrame:
    """What lies in which bin, lot by lot; an empty bin has one row without a lot."""
    warehouse = warehouse_of(run)
    rows: list[dict[str, Any]] = []
    for name, declared in warehouse.declared.bins.items() if warehouse else ():
        assert warehouse is not None
        it = warehouse.contents
        bin_row = {
            "bin": name, "zone": declared.zone or "", "title": declared.title, "capacity": declared.capacity,
            "places_taken": it.bins.taken(name),
        }  # fmt: skip
        lots = sorted(it.bins.contents[name].items())
        rows += [
            {
                **bin_row, "material": key[0], "lot": key[1], "quantity": quantity, "reserved": it.reservations.of((name, *key)),
                "free": it.reservations.free((name, *key)), "expires": it.expires_us.get(key), "standing": standing_of(warehouse, key),
            }
            for key, quantity in lots
        ]  # fmt: skip
        if not lots:
            rows.append({**bin_row, "material": "", "lot": "", "quantity": 0, "reserved": 0, "free": 0, "standing": ""})
    frame = from_rows(rows, BIN_COLUMNS, ("expires",))
    return frame.astype({"capacity": "Int64"})


def reservations_table(run: Run) -> pd.DataFrame:
    """What is kept for which order, where."""
    warehouse = warehouse_of(run)
    kept = warehouse.contents.reservations.kept.items() if warehouse else ()
    rows = [
        {
            "order": order, "material": material, "lot": lot, "bin": bin_name, "quantity": quantity,
            "pick_list": warehouse.contents.pick_lists.open.get(order, "") if warehouse else "",
        }
        for (bin_name, material, lot), orders in kept
        for order, quantity in orders.items()
    ]  # fmt: skip
    return from_rows(rows, RESERVATION_COLUMNS)


def pick_lists_table(run: Run) -> pd.DataFrame:
    """Every line of every pick list."""
    warehouse = warehouse_of(run)
    orders = run.erp.customer_orders.orders
    rows = [
        {
            "pick_list": it.pick_list, "wave": it.wave, "order": it.order, "customer": orders[it.order].customer,
            "standing": it.standing, "released": it.released_us, "ended": it.ended_us, "reason": it.reason, "bin": line.bin,
            "material": line.material, "lot": line.lot, "quantity": line.quantity, "picked": line.picked,
        }
        for it in (warehouse.contents.pick_lists.all.values() if warehouse else ())
        for line in it.lines
    ]  # fmt: skip
    return from_rows(rows, PICK_COLUMNS, ("released", "ended"))


def packages_table(run: Run) -> pd.DataFrame:
    """Every lot in every package."""
    rows = [
        {
            "package": it.package, "package_type": it.package_type, "order": it.order, "customer": it.customer, "material": it.material,
            "lot": lot, "quantity": quantity, "package_kg": None if it.weight_mg is None else it.weight_mg / 1_000_000,
            "packed": it.packed_us, "shipped": it.shipped_us,
        }
        for it in reversed(packages_now(run))
        for lot, quantity in it.content
    ]  # fmt: skip
    return from_rows(rows, PACKAGE_COLUMNS, ("packed", "shipped"))


def stock_transfers_table(run: Run) -> pd.DataFrame:
    """Every transfer between sites; `value`: of what is on its way, at standard."""
    rows = [
        {
            "transfer": it.transfer, "material": it.material, "lot": it.lot, "from_bin": it.from_bin, "bin": it.bin,
            "quantity": it.quantity, "received": it.received, "lost": it.lost, "on_its_way": it.open_quantity,
            "value_eur": _value_minor(run, it.material, it.open_quantity) / 100, "issued": it.issued_us, "ended": it.ended_us,
            "reason": it.reason,
        }
        for it in transfers_of(run)
    ]  # fmt: skip
    return in_currency(from_rows(rows, TRANSFER_COLUMNS, ("issued", "ended")), run.plant.layout.currency)


def cycle_counts_table(run: Run) -> pd.DataFrame:
    """Every place that was or has to be counted; a count that nobody asked for has no id."""
    warehouse = warehouse_of(run)
    rows: list[dict[str, Any]] = []
    counting = warehouse.contents.counting if warehouse else None
    for it in counting.all.values() if counting else ():
        rows += [
            {
                "count": it.count, "material": it.material, "inventory_class": it.inventory_class, "standing": "to do",
                "requested": it.requested_us, "bin": bin_name, "lot": lot,
            }
            for bin_name, lot in it.to_do
            if it.ended_us is None
        ]  # fmt: skip
    for place in counting.places if counting else ():
        assert counting is not None
        count, more = counting.all.get(place.count), place.found - place.expected
        rows.append(
            {
                "count": place.count, "material": place.material, "inventory_class": count.inventory_class if count else "",
                "standing": "counted", "requested": count.requested_us if count else None, "ended": count.ended_us if count else None,
                "bin": place.bin, "lot": place.lot, "expected": place.expected, "found": place.found, "difference": more,
                "difference_eur": _value_minor(run, place.material, more) / 100, "counted": place.at_us, "counted_by": place.person,
            }
        )  # fmt: skip
    frame = from_rows(rows, COUNT_COLUMNS, ("requested", "ended", "counted"))
    frame = frame.astype(dict.fromkeys(("expected", "found", "difference"), "Int64"))
    return in_currency(frame, run.plant.layout.currency)


def _value_minor(run: Run, material: str, quantity: int) -> int:
    """What a difference is worth at standard."""
    return run.erp.standards.value_minor(material, quantity)


def serial_numbers_table(run: Run) -> pd.DataFrame:
    """Every unit that has a number, where it is, or for whom it left."""
    warehouse = warehouse_of(run)
    rows = [
        {
            "serial_number": it.serial_number, "material": it.material, "lot": it.lot, "bin": it.bin, "standing": it.standing,
            "order": it.order, "since": it.since_us,
        }
        for it in (warehouse.contents.serials.units.values() if warehouse else ())
    ]  # fmt: skip
    return from_rows(rows, SERIAL_COLUMNS, ("since",))
