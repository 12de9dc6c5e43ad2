"""B6: genealogy of ten million edges: a recall of 36,000 lots, and where one serial number came from; peer: recursive SQL on them.

2.6 million lots: deliveries go into parts, parts into modules, modules into products, each with a serial number of its own. What is
measured is what `run.recall` and `run.trace` walk along (`twin.mes.tracking.genealogy.Genealogy`), filled through its own door, link by
link. The peer is SQLite on `lot_edge` as our projection declares it, with its two indices, everything in its page cache.
Both have to find the same lots. CPU time, in turn, five times.
"""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Iterator

from benchmarks.measuring import pairs
from twin.mes.tracking.genealogy import Genealogy

EDGES, RECALLED, SERIALS, MUST, LIMIT_MS = 10_000_000, 36_000, 200, 4.0, 1.0
PRODUCTS = 2_000_000  # serial numbers; each of one module and of two small parts
MODULES = 500_000  # each is in four products, and made of six parts' lots
PARTS = 100_000  # lots of parts, each in thirty modules, and made of ten deliveries
DELIVERIES = 5_200


def edges() -> Iterator[tuple[str, str, int]]:
    """(lot, into, quantity), deliveries first, as a plant would report them."""
    for part in range(PARTS):
        for n in range(10):
            yield f"D{(part + 211 * n) % DELIVERIES:05}", f"P{part:06}", 50 + n
    for module in range(MODULES):
        for n in range(6):
            yield f"P{(module // 5 + 17 * n) % PARTS:06}", f"M{module:06}", 1 + n
    for product in range(PRODUCTS):
        yield f"M{product // 4:06}", f"S{product:07}", 1
        yield f"P{product % PARTS:06}", f"S{product:07}", 2
        yield f"P{(product * 7 + 3) % PARTS:06}", f"S{product:07}", 4


FORWARD = """WITH RECURSIVE reached(lot) AS (
    SELECT ? UNION SELECT to_lot FROM lot_edge JOIN reached ON from_lot = reached.lot) SELECT lot FROM reached"""
BACKWARD = """WITH RECURSIVE reached(lot) AS (
    SELECT ? UNION SELECT from_lot FROM lot_edge JOIN reached ON to_lot = reached.lot)
    SELECT from_lot, to_lot, sum(quantity) FROM lot_edge JOIN reached ON to_lot = reached.lot GROUP BY from_lot, to_lot"""


def in_sql() -> sqlite3.Connection:
    """The edges in a database in memory."""
    database = sqlite3.connect(":memory:")
    database.execute("CREATE TABLE lot_edge (from_lot TEXT NOT NULL, to_lot TEXT NOT NULL, quantity INTEGER NOT NULL)")
    database.executemany("INSERT INTO lot_edge VALUES (?, ?, ?)", edges())
    database.execute("CREATE INDEX lot_edge_forward ON lot_edge (from_lot)")
    database.execute("CREATE INDEX lot_edge_backward ON lot_edge (to_lot)")
    return database


def of_numbers() -> Genealogy:
    """The edges as the MES keeps them."""
    genealogy = Genealogy()
    for lot, into, quantity in edges():
        genealogy.link(lot, into, quantity)
    return genealogy


def main() -> None:
    """Print ours, the peer and the ratio; end with an error if one serial takes too long, or the ratio is below what must be."""
    genealogy = of_numbers()
    filled_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert len(genealogy) == EDGES
    database = in_sql()
    delivery, serials = "D00000", [f"S{(n * 9_973) % PRODUCTS:07}" for n in range(SERIALS)]
    recalls, singles, slowest_ms = [], [], 0.0
    for _ in range(pairs.ROUNDS):
        ours_s, ours = pairs.cpu_s(lambda: genealogy.reached([delivery], forward=True))
        peer_s, peer = pairs.cpu_s(lambda: [name for (name,) in database.execute(FORWARD, (delivery,))])
        assert set(ours) == set(peer)
        assert abs(len(ours) - RECALLED) < RECALLED // 10
        recalls.append((ours_s * 1e6 / len(ours), peer_s * 1e6 / len(ours)))
        ours_s = peer_s = 0.0
        for serial in serials:
            one_s, links = pairs.cpu_s(lambda: genealogy.backward(serial))  # noqa: B023 # called at once
            slowest_ms = max(slowest_ms, one_s * 1e3)
            sql_s, before = pairs.cpu_s(lambda: database.execute(BACKWARD, (serial,)).fetchall())  # noqa: B023
            assert sorted((link.lot, link.into, link.quantity) for link in links) == sorted(before)
            ours_s, peer_s = ours_s + one_s, peer_s + sql_s
        singles.append((ours_s * 1e6 / SERIALS, peer_s * 1e6 / SERIALS))
    rows = [pairs.row("recursive SQL, recall", recalls, MUST), pairs.row("recursive SQL, one serial back", singles, None)]
    print(f"B6 recall of {len(ours):,} lots among {EDGES:,} edges, us a lot: {pairs.written(rows[0])}; must {MUST:g} x")
    print(f"B6 one serial backward, with quantities, us: {pairs.written(rows[1])}; the slowest {slowest_ms:.2f} ms; must 1 ms")
    print(f"B6 memory: {filled_mb:,.0f} MB with all edges and the names of 2.6 million lots")
    pairs.keep("B6 genealogy", lots=len(ours), memory_mb=round(filled_mb), slowest_serial_ms=round(slowest_ms, 3), pairs=rows)
    assert rows[0]["ratio"] >= MUST, "the recall is not as much faster as it must be"
    assert rows[1]["ours_us"] <= LIMIT_MS * 1e3, "one serial number takes too long"


if __name__ == "__main__":
    main()
