"""What a run says of its lots and material: `run.trace(...)`, `run.recall(...)`, `run.mass_balance(...)`, `run.material_ratios(...)`."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar, cast
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run
    from twin.results.tracing.balances import MassBalance
    from twin.results.tracing.built.as_built import AsBuilt
    from twin.results.tracing.lot_trace import LotTrace
    from twin.results.tracing.material_ratios import MaterialRatios
    from twin.results.tracing.recalls import Recall

T = TypeVar("T")
Instant = int | str | datetime | None


class TracingOfRun:
    """The part of a run that traces lots, as far as the run has come."""

    lock: threading.RLock

    def trace(self, lot: str) -> LotTrace:
        """One lot through all its stages: what went into it and what it went into, with quantities, and where all of it is now.

        The serial number of a unit stands for its lot.

        Raises
        ------
        ValueError : no such lot
        """
        from twin.results.tracing.lot_trace import trace

        return self._seen(lambda run: trace(run, lot))

    def as_built(self, name: str) -> AsBuilt:
        """How the unit with that serial number, or a lot, was built: components, operations with who, where and documents, results.

        Raises
        ------
        ValueError : there is neither
        """
        from twin.results.tracing.built.as_built import as_built

        return self._seen(lambda run: as_built(run, name))

    def mass_balance(self, name: str) -> MassBalance:
        """What came into a lot or a request = what went out + scrap + what is there, in its parts.

        Raises
        ------
        ValueError : neither a lot nor a request has that id
        """
        from twin.results.tracing.balances import balance_of_lot, balance_of_request

        def balance(run: Run) -> MassBalance:
            is_request = name in run.mes.release.requests
            return balance_of_request(run, name) if is_request else balance_of_lot(run, name)

        return self._seen(balance)

    def material_ratios(self, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """Of what was consumed of each material, what went into goods and what was lost (ISO 22400-2); the whole run, or [from_us, to_us).

        A row for each material that a bill asks for; quantities in its smallest units, ratios of `consumed`.
        """
        from twin.results.frames import from_rows
        from twin.results.tracing.material_ratios import MaterialRatios, ratios_of

        def table(run: Run) -> pd.DataFrame:
            rows = [asdict(it) for it in ratios_of(run, from_us, to_us)]
            return from_rows(rows, [it.name for it in fields(MaterialRatios)])

        return self._seen(table)

    def material_ratios_of_plant(self, from_us: int | None = None, to_us: int | None = None) -> MaterialRatios:
        """The same of the plant as a whole: of bought material at its standard cost, in minor units of the currency."""
        from twin.results.tracing.material_ratios import of_plant, ratios_of

        return self._seen(lambda run: of_plant(ratios_of(run, from_us, to_us), run.plant, run.erp.standards.exact))

    def recall(
        self, lot: str | Sequence[str] = (), *, equipment: str = "", start: Instant = None, end: Instant = None, sources: bool = False
    ) -> Recall:
        """All that is affected by a doubtful lot, or by what was on a piece of equipment from `start` up to, not including, `end`.

        Customers with orders, shipments and quantities, and what is still in house and where. `start` and `end` are microseconds, or as
        "2026-03-03 14:00" (the plant's local time unless it has an offset); left out: the whole run. With `sources` everything that
        shares a delivery with the lot is affected too.

        Raises
        ------
        ValueError : no such lot or equipment, neither or both are named, or no such instant
        """
        from twin.results.tracing.recalls import recall_of_equipment, recall_of_lots

        lots = [lot] if isinstance(lot, str) else list(lot)
        if bool(lots and lots != [""]) == bool(equipment):
            raise ValueError("a recall begins with a lot, or with a piece of equipment and a span of time; allowed: one of both")
        if lots:
            return self._seen(lambda run: recall_of_lots(run, lots, sources=sources))

        def of_equipment(run: Run) -> Recall:
            zone = run.plant.layout.time_zone
            from_us, to_us = instant_us_of(start, zone), instant_us_of(end, zone)
            return recall_of_equipment(
                run, equipment, run.scenario.start_us if from_us is None else from_us, run.now_us + 1 if to_us is None else to_us
            )

        return self._seen(of_equipment)

    def _seen(self, what: Callable[[Run], T]) -> T:
        with self.lock:
            return what(cast("Run", self))


def instant_us_of(instant: Instant, zone: str) -> int | None:
    """Microseconds since 1970 UTC."""
    if instant is None or isinstance(instant, int):
        return instant
    if isinstance(instant, str):
        try:
            instant = datetime.fromisoformat(instant)
        except ValueError:
            raise ValueError(f"'{instant}' is no instant; allowed: as in '2026-03-03 14:00' or '2026-03-03T13:00Z'") from None
    local = instant if instant.tzinfo else instant.replace(tzinfo=ZoneInfo(zone))
    return round(local.timestamp() * 1_000_000)
