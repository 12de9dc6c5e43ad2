"""Whatever is moved, in whatever order: bins and stock agree, no bin is too full, nothing is kept twice; the journal says it all again."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rooms.erp.small_shop import HOUR_US, START_US, Carried
from tests.rooms.warehouse.stored_shop import ANNA, WAREHOUSE, comes, shop, wanted
from twin.erp.warehouse.warehouse import Warehouse
from twin.model import events as e

COUNTS = {name: {"share": share, "every": every} for name, share, every in (("a", 0.6, "2 h"), ("b", 0.3, "4 h"), ("c", 0.0, "9 h"))}
SITES = {"dock": "works", "gate": "works", "near": "works", "line": "works", "far": "depot", "cool": "depot"}
DECLARED: tuple[dict[str, Any], ...] = (
    {},
    {"moves": "persons"},
    {
        "waves": ["01:00", "03:00"],
        "materials": {"paint": {"picking": "fefo", "shelf_life": "5 h", "put_away": "nearest_empty", "per_place": 7}},
    },
    {
        "materials": {"motor": {"serial_numbers": True}, "screw": {"put_away": "fixed_bin", "bin": "far"}},
        "replenishment": [{"material": "screw", "bin": "line", "kanban": {"containers": 3, "quantity": 5}}],
        "cycle_counts": COUNTS,
    },
    {"replenishment": [{"material": "screw", "bin": "line", "source": ["far"], "minimum": 3, "maximum": 20}]},
    {
        "sites": {"works": {}, "depot": {}},
        "transit": "road",
        "bins": {"road": {}, **{name: {**it, "site": SITES[name]} for name, it in WAREHOUSE["bins"].items()}},
        "materials": {"motor": {"serial_numbers": True}},
        "cycle_counts": COUNTS,
    },
)
MATERIALS = ("paint", "screw", "motor")
BINS = tuple(WAREHOUSE["bins"])
KINDS = (
    "comes",
    "goes",
    "order",
    "put away",
    "transfer",
    "count",
    "reserve",
    "free",
    "pick",
    "send",
    "come",
    "hold",
    "release",
    "expiry",
    "sold",
    "time",
)
a_move = st.tuples(
    st.sampled_from(KINDS), st.sampled_from(MATERIALS), st.integers(1, 3), st.integers(0, 30), st.sampled_from(BINS), st.sampled_from(BINS)
)


def said(move: tuple[str, str, int, int, str, str], warehouse: Warehouse, at_us: int) -> e.OperationsEvent:
    """A move as an event; it may make no sense, and then it is refused."""
    kind, material, number, quantity, bin_name, other = move
    lot, order = f"{material}-{number}", f"O{number}"
    at: dict[str, Any] = {"effective_us": at_us, "material": material, "lot": lot}
    by = {**at, **ANNA, "quantity": quantity}
    lists = warehouse.contents.pick_lists
    lies = sorted(warehouse.contents.bins.where.get((material, lot), {}))
    there = lies[quantity % len(lies)] if lies and quantity % 4 else bin_name  # mostly a bin in which it lies
    waiting = [it for it in warehouse._open_orders() if it not in lists.open and carried_material(warehouse, it) == material]
    events: dict[str, e.OperationsEvent] = {
        "comes": comes(material, lot, quantity + 20, at_us),
        "goes": e.MaterialActual(**at, quantity=quantity, use="Scrapped"),
        "order": wanted(f"{order}-{at_us}", material, 3 * quantity, at_us),
        "put away": e.PutAway(**by, bin=bin_name),
        "transfer": e.BinTransferred(**by, from_bin=there, bin=other),
        "count": e.BinCounted(**by, bin=there),
        "reserve": e.StockReserved(**{**by, "quantity": 1 + quantity // 6}, bin=there, order=next(iter(waiting), order)),
        "free": e.ReservationReleased(**{**by, "quantity": 1 + quantity // 9}, bin=there, order=next(iter(waiting), order)),
        "pick": e.Picked(**by, bin=there, pick_list=next(iter(lists.open.values()), "PL-1")),
        "send": e.StockTransferIssued(**by, transfer=f"T{at_us}-{number}", from_bin=there, bin=other),
        "come": e.StockTransferReceived(
            **ANNA,
            effective_us=at_us,
            transfer=next(iter(warehouse.transfers.open), "T"),
            quantity=quantity // 3,
            lost=number - 1,
            reason="?",
        ),
        "hold": e.LotDispositionChanged(**at, disposition="Restricted", reason="quarantine"),
        "release": e.LotDispositionChanged(**at, disposition="UnRestricted"),
        "expiry": e.LotExpirySet(**at, **ANNA, expires_us=at_us + (quantity - 10) * HOUR_US),
        "sold": e.GoodsShipped(**at, quantity=quantity, customer="acme", order=next(iter(warehouse._open_orders()), order)),
        "time": e.Heartbeat(effective_us=at_us, reason="clock"),
    }
    return events[kind]


def carried_material(warehouse: Warehouse, order: str) -> str:
    """What a customer order is for."""
    return warehouse._erp.customer_orders.orders[order].material


def state(warehouse: Warehouse) -> dict[str, Any]:
    """All that the warehouse knows, as plain values."""
    it = warehouse.contents
    return {
        "bins": it.bins.contents, "kept": it.reservations.kept, "serials": {name: repr(unit) for name, unit in it.serials.units.items()},
        "lists": {name: repr(one) for name, one in it.pick_lists.all.items()}, "expires": it.expires_us, "expired": warehouse.expired,
        "transfers": {name: repr(one) for name, one in warehouse.transfers.all.items()},
        "counts": {name: repr(one) for name, one in it.counting.all.items()}, "places": it.counting.places,
    }  # fmt: skip


def again(declared: dict[str, Any], journal: list[e.OperationsEvent]) -> Warehouse:
    """The warehouse as another reads it from the journal, with nothing decided anew."""
    carried, warehouse = shop(**declared)
    for event in journal:
        carried.erp.apply(event)
    return warehouse


@settings(deadline=None)
@given(declared=st.sampled_from(DECLARED), moves=st.lists(st.lists(a_move, min_size=1, max_size=4), min_size=1, max_size=25))
def test_bins_stock_and_books_agree_whatever_is_moved_in_whatever_order(declared, moves):
    carried, warehouse = shop(**declared)
    begun = len(carried.journal)
    carried.round(*(comes(material, f"{material}-1", 40) for material in MATERIALS))
    for hour, together in enumerate(moves, 1):
        carried.round(*(said(move, warehouse, START_US + hour * HOUR_US) for move in together))
    applied = carried.applied[begun:]
    assert state(again(declared, applied)) == state(warehouse)
    assert_nothing_is_kept_twice(warehouse, carried)
    assert not [it for it in applied if isinstance(it, e.EntryRefused) and not it.person], "a rule has asked for what cannot be"


def assert_nothing_is_kept_twice(warehouse: Warehouse, carried: Carried) -> None:
    """Reckoned from the pick lists, and not from the reservations."""
    promised: dict[tuple[str, str, str], int] = {}
    lists = warehouse.contents.pick_lists
    for name in lists.open.values():
        for line in lists.all[name].lines:
            place = (line.bin, line.material, line.lot)
            promised[place] = promised.get(place, 0) + line.open_quantity
    for (bin_name, material, lot), quantity in promised.items():
        assert quantity <= warehouse.contents.bins.quantity(bin_name, (material, lot)), carried.journal[-3:]
