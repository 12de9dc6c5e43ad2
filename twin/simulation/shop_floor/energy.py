"""What equipment draws from the mains."""

from __future__ import annotations

from twin.model.floor.failures import Power
from twin.model.states import WorkUnitState

W_US_PER_WH = 3_600_000_000


class EnergyMeter:
    """Counts energy exactly: watts times microseconds, read in whole watt-hours, the rest carried to the next reading.

    Set-up, work and breakdown have their declared power; a stopped unit is switched off; all other states draw the idle power.
    """

    def __init__(self, power: Power, now_us: int) -> None:
        self._power_w = {
            WorkUnitState.STOPPED: 0,
            WorkUnitState.STARTING: power.setup,
            WorkUnitState.EXECUTE: power.execute,
            WorkUnitState.HELD: power.down,
            WorkUnitState.ABORTED: power.down,
        }
        self._idle_w = power.idle
        self.draws_power = any((power.idle, power.setup, power.execute, power.down))
        self._since_us = now_us
        self._unread_w_us = 0

    def read(self, state: WorkUnitState, now_us: int) -> int:
        """Whole Wh since the last reading, which ended with the equipment in `state` all the time."""
        self._unread_w_us += self._power_w.get(state, self._idle_w) * (now_us - self._since_us)
        self._since_us = now_us
        energy_wh, self._unread_w_us = divmod(self._unread_w_us, W_US_PER_WH)
        return energy_wh
