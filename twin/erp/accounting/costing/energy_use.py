"""Energy by when it was used: what is metered of each piece of equipment, what of it job orders bear, and the highest quarter of an hour.

What is metered was used evenly since the equipment was last heard of: in the state that ends, or since the reading before. It is priced
there, by the declared blocks. A job order bears its part of what was metered for it, at the price at which that was used; what is told
for it and was never metered (by another MES), at the prices of the time that it worked. All of it is whole Wh times a price per MWh.
"""

from __future__ import annotations

from fractions import Fraction

from twin.erp.accounting.standard_cost import WH_PER_MWH
from twin.model.costing.tariff import QUARTER_US, Tariff, quarters
from twin.model.events import EnergyMetered, EquipmentActual, EquipmentStateChanged
from twin.model.plant import PlantFile

_WH_OF_QUARTER = 1_000 // 4  # in a quarter of an hour at one kW


class EnergyUse:
    """Hears each of its events once, in the order of the stream."""

    def __init__(self, layout: PlantFile) -> None:
        self._tariff, self._demand = Tariff(layout), layout.energy_prices.demand
        self._heard: dict[str, tuple[int, int]] = {}  # by equipment: the last two instants at which something was heard of it
        self._for_jobs: dict[str, dict[str, list[int]]] = {}  # by equipment and job orders: Wh, and what they cost, not borne yet
        self._quarters: dict[int, int] = {}  # Wh by quarter of an hour since 1970
        self._peaks: dict[str, int] = {}  # by month: Wh of its highest quarter

    def hear(self, event: EquipmentStateChanged) -> None:
        self._since(event.equipment, event.effective_us)

    def metered(self, event: EnergyMetered) -> Fraction:
        """What it costs, minor units, exact."""
        since_us, at_us = self._since(event.equipment, event.effective_us), event.effective_us
        micro = self._tariff.micro_minor(since_us, at_us, event.energy_wh)
        if event.job_order:
            kept = self._for_jobs.setdefault(event.equipment, {}).setdefault(event.job_order, [0, 0])
            kept[0] += event.energy_wh
            kept[1] += micro
        return Fraction(micro, WH_PER_MWH)

    def demand(self, event: EnergyMetered) -> dict[str, Fraction]:
        """By how much more the highest quarter of each month costs with what was metered, minor units, exact."""
        found: dict[str, Fraction] = {}
        since_us = self._since(event.equipment, event.effective_us)
        for number, energy_wh in quarters(since_us, event.effective_us, event.energy_wh) if self._demand else ():
            self._quarters[number] = self._quarters.get(number, 0) + energy_wh
            month = self._tariff.month(number * QUARTER_US)
            if (more := self._quarters[number] - self._peaks.get(month, 0)) > 0:
                self._peaks[month] = self._quarters[number]
                found[month] = found.get(month, Fraction(0)) + Fraction(more * self._demand, _WH_OF_QUARTER)
        return found

    def borne(self, event: EquipmentActual) -> Fraction:
        """What a job order bears, minor units, exact."""
        left, micro = event.energy_wh, 0
        kept = self._for_jobs.get(event.equipment, {})
        for job_orders in [it for it in kept if event.job_order in it.split("+")]:
            metered_wh, cost = kept[job_orders]
            taken = min(left, metered_wh)
            part = cost * taken // metered_wh if metered_wh else 0
            kept[job_orders] = [metered_wh - taken, cost - part]
            left, micro = left - taken, micro + part
            if taken == metered_wh:
                del kept[job_orders]
        if left:
            worked_us = max(1, event.setup_us + event.run_us)
            micro += self._tariff.micro_minor(event.effective_us - worked_us, event.effective_us, left)
        return Fraction(micro, WH_PER_MWH)

    def _since(self, equipment: str, at_us: int) -> int:
        """When it was heard of before, and that it was heard of now; the first time, a quarter of an hour before."""
        before_us, last_us = self._heard.get(equipment, (at_us - QUARTER_US, at_us - QUARTER_US))
        if at_us > last_us:
            self._heard[equipment] = before_us, last_us = last_us, at_us
        return before_us if before_us < at_us else at_us - 1
