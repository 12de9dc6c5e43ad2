"""Sampling: which lots are inspected, decided by what has come before and by nothing else."""

from __future__ import annotations

from twin.model.floor.quality_plan import Sampling


class Sampler:
    """Chooses lots for one plan."""

    def __init__(self, plan: Sampling) -> None:
        self.plan = plan
        self.lots = 0  # that came
        self.accepted_in_a_row = 0
        self.skipped = 0  # since the last that was inspected, while lots are skipped
        self._pieces = 0  # since the last sample
        self._last_us = -1  # of the last sample

    @property
    def is_skipping(self) -> bool:
        """Whether so many lots in a row were accepted that only some are inspected."""
        return self.plan.skip_lot is not None and self.accepted_in_a_row >= self.plan.skip_lot.qualify

    def count(self, lot: str, pieces: int, at_us: int) -> bool:
        """Pieces were counted while the operation runs: whether `lot` is to be inspected now."""
        plan = self.plan
        self._pieces += pieces
        is_full = plan.every_pieces is not None and self._pieces >= plan.every_pieces
        is_time = plan.every is not None and (self._last_us < 0 or at_us >= self._last_us + plan.every)
        if not is_full and not is_time:
            return False
        self._pieces -= (plan.every_pieces or 0) * (self._pieces // (plan.every_pieces or 1)) if is_full else 0
        self._last_us = at_us
        return True

    def complete(self) -> bool:
        """A lot has come: whether it is to be inspected."""
        plan = self.plan
        self.lots += 1
        if plan.is_in_process:
            return False
        if plan.every_lots is not None:
            return (self.lots - 1) % plan.every_lots == 0
        if plan.skip_lot is not None and self.is_skipping:
            self.skipped += 1
            if self.skipped < plan.skip_lot.one_in:
                return False
            self.skipped = 0
        return True

    def judge(self, passed: bool) -> None:
        """A lot that was inspected was accepted, or not."""
        self.accepted_in_a_row = self.accepted_in_a_row + 1 if passed else 0
        if not passed:
            self.skipped = 0
