"""What lies in which bin, for whom it is kept, what is picked, packed and counted, numbered units, as rows; none without a warehouse."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from twin.erp import Erp
from twin.erp.sales.packing import Packing
from twin.erp.warehouse.contents import Contents
from twin.erp.warehouse.counting import CountedPlace, CycleCount
from twin.erp.warehouse.pick_lists import PickList
from twin.erp.warehouse.serials import Serials
from twin.erp.warehouse.transfers.transferring import StockTransfer
from twin.erp.warehouse.warehouse import Warehouse

if TYPE_CHECKING:
    from twin.store.projections.projected_rows import Row

NAMES = (
    "bin_content", "stock_reservation", "pick_line", "bin_count", "cycle_count", "package", "package_content", "serial_number",
    "stock_transfer",
)  # fmt: skip


def stored_rows(erp: Erp) -> dict[str, list[Row]]:
    """What the warehouse of the ERP knows."""
    warehouse = next((it for it in erp.functions if isinstance(it, Warehouse)), None)
    if warehouse is None:
        return {name: [] for name in NAMES}
    contents = warehouse.contents
    reserved = [
        {"bin": bin_name, "material": material, "lot": lot, "order_id": order, "quantity": quantity}
        for (bin_name, material, lot), orders in contents.reservations.kept.items()
        for order, quantity in orders.items()
    ]
    return {
        "bin_content": _contents(contents), "stock_reservation": reserved, "pick_line": _picks(contents.pick_lists.all.values()),
        "bin_count": _counted(contents.counting.places), "cycle_count": _counts(contents.counting.all.values()),
        **_packed(erp.packing), "serial_number": _numbered(contents.serials),
        "stock_transfer": _transferred(warehouse.transfers.all.values(), contents.declared.site),
    }  # fmt: skip


def _contents(contents: Contents) -> list[Row]:
    return [
        {
            "bin": bin_name, "material": key[0], "lot": key[1], "quantity": quantity,
            "reserved_quantity": contents.reservations.of((bin_name, *key)), "expires_us": contents.expires_us.get(key),
        }
        for bin_name, lots in contents.bins.contents.items()
        for key, quantity in lots.items()
    ]  # fmt: skip


def _picks(pick_lists: Iterable[PickList]) -> list[Row]:
    return [
        {
            "pick_list": it.pick_list, "line_number": number, "wave": it.wave, "order_id": it.order, "bin": line.bin,
            "material": line.material, "lot": line.lot, "quantity": line.quantity, "picked": line.picked, "status": it.standing,
            "released_us": it.released_us, "ended_us": it.ended_us, "reason": it.reason,
        }
        for it in pick_lists
        for number, line in enumerate(it.lines, start=1)
    ]  # fmt: skip


def _counted(places: Iterable[CountedPlace]) -> list[Row]:
    return [
        {
            "count_number": number, "counted_us": it.at_us, "bin": it.bin, "material": it.material, "lot": it.lot,
            "expected_quantity": it.expected, "found_quantity": it.found, "person": it.person, "cycle_count": it.count,
        }
        for number, it in enumerate(places, start=1)
    ]  # fmt: skip


def _counts(counts: Iterable[CycleCount]) -> list[Row]:
    return [
        {
            "cycle_count": it.count, "material": it.material, "inventory_class": it.inventory_class, "requested_us": it.requested_us,
            "to_do_count": len(it.to_do), "ended_us": it.ended_us,
        }
        for it in counts
    ]  # fmt: skip


def _packed(packing: Packing | None) -> dict[str, list[Row]]:
    packages = list(packing.packages.values()) if packing else []
    return {
        "package": [
            {
                "package": it.package, "package_type": it.package_type, "pick_list": it.pick_list, "order_id": it.order,
                "material": it.material, "quantity": it.quantity, "weight_mg": packing.weight_mg(it) if packing else None,
                "packed_us": it.packed_us, "shipped_us": it.shipped_us,
            }
            for it in packages
        ],
        "package_content": [
            {"package": it.package, "lot": lot, "quantity": quantity} for it in packages for lot, quantity in it.content.items()
        ],
    }  # fmt: skip


def _transferred(transfers: Iterable[StockTransfer], site: Callable[[str], str]) -> list[Row]:
    return [
        {
            "transfer": it.transfer, "material": it.material, "lot": it.lot, "quantity": it.quantity, "from_bin": it.from_bin,
            "from_site": site(it.from_bin), "to_bin": it.bin, "to_site": site(it.bin), "issued_us": it.issued_us,
            "received": it.received, "lost": it.lost, "open_quantity": it.open_quantity, "ended_us": it.ended_us, "reason": it.reason,
        }
        for it in transfers
    ]  # fmt: skip


def _numbered(serials: Serials) -> list[Row]:
    return [
        {
            "serial_number": it.serial_number, "material": it.material, "lot": it.lot, "bin": it.bin, "status": it.standing,
            "order_id": it.order, "since_us": it.since_us,
        }
        for it in serials.units.values()
    ]  # fmt: skip
