"""How well the cost of a stop is known that nobody could play again: one difference for each future, and what they say together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from twin.study.statistics.intervals import Interval


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a stop has cost in each future that goes on from just before it, minor units, in the order of their seeds."""

    costs_minor: tuple[int, ...]

    @property
    def low_minor(self) -> int:
        """The least that it cost in any future."""
        return min(self.costs_minor)

    @property
    def high_minor(self) -> int:
        """The most that it cost in any future."""
        return max(self.costs_minor)

    @property
    def covers(self) -> float:
        """How probably what really happened lies from `low_minor` to `high_minor`, if it was drawn as the futures are.

        Notes
        -----
        Of n + 1 values that are drawn alike each is as likely as another to be the least or the greatest: (n - 1) / (n + 1), whatever their
        distribution; Wilks (1941), Ann. Math. Stat. 12, 91.
        """
        count = len(self.costs_minor)
        return (count - 1) / (count + 1)

    @property
    def mean(self) -> Interval:
        """The expected cost, minor units, with Student's 95 % interval of the paired differences."""
        from twin.study.statistics.intervals import mean_interval

        return mean_interval(self.costs_minor)

    def summary(self) -> dict[str, Any]:
        """All of it as plain values, ready for JSON; the half is null where one future alone says nothing of it."""
        mean, count = self.mean, len(self.costs_minor)
        return {
            "futures": count, "costs_minor": list(self.costs_minor), "mean_minor": mean.mean,
            "mean_half_minor": mean.half if count > 1 else None, "low_minor": self.low_minor, "high_minor": self.high_minor,
            "covers": self.covers,
        }  # fmt: skip


def shared_out(totals: Sequence[int], count: int) -> list[int]:
    """A `count`-th of each of the totals, whole numbers; together, as any first of them, they are a `count`-th of those, rounded."""
    said, so_far, found = 0, 0, list[int]()
    for total in totals:
        so_far += total
        found.append(round(so_far / count) - said)
        said += found[-1]
    return found
