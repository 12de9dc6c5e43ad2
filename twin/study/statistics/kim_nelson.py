"""Which of k is best: the fully sequential procedure KN of Kim and Nelson (2001)."""

from __future__ import annotations

import math

import numpy as np


def eta(cases: int, first: int, confidence: float) -> float:
    """The constant of the procedure: ((2 alpha / (k - 1))^(-2 / (n0 - 1)) - 1) / 2; Kim, Nelson (2001), with c = 1."""
    tail: float = 2 * (1 - confidence) / (cases - 1)
    return (math.pow(tail, -2 / (first - 1)) - 1) / 2


def refuse_unclear(cases: int, difference: float, confidence: float) -> None:
    """Raise a ValueError for a choice of what there is one of, a difference that is none, or a confidence that guessing gives."""
    if cases < 2:
        raise ValueError(f"{cases} to choose from; allowed: two or more")
    if not 0 < difference < math.inf:
        raise ValueError(f"a difference of {difference} cannot be told from none; allowed: the smallest that matters, more than 0")
    if not 1 / cases < confidence < 1:
        raise ValueError(f"a confidence of {confidence}; allowed: more than 1/{cases}, what guessing gives, and less than 1")


class KimNelson:
    """Observations come in rows, one for each seed; whatever is clearly worse than another is dropped, until one is left.

    Notes
    -----
    Kim, Nelson (2001), "A fully sequential procedure for indifference-zone selection in simulation", ACM Trans. Modeling and Computer
    Simulation 11, 251. With probability `confidence` at least, the case that is left has the largest mean, if the second-best is worse by
    `difference` or more; if it is not, the one that is left is within `difference` of the best with about that probability. Rows may
    be dependent across cases (common random numbers), not across seeds; values should be nearly normal.

    For k cases with n0 first rows, S^2[i, l] the variance of X[i] - X[l] in them and h^2 = 2 eta (n0 - 1), case i stays at r rows if
    mean(X[i]) >= mean(X[l]) - max(0, difference / (2 r) (h^2 S^2[i, l] / difference^2 - r)) for every l that is still there.
    """

    def __init__(self, first: np.ndarray, *, difference: float, confidence: float = 0.95) -> None:
        count, cases = first.shape
        if count < 2 or cases < 2:
            raise ValueError(f"{cases} cases with {count} replications each; allowed: two of either, or more")
        refuse_unclear(cases, difference, confidence)
        self.taken = count
        self.counts = [count] * cases  # rows that were looked at for each case
        self.alive = list(range(cases))
        self._difference: float = difference
        self._sums: np.ndarray = first.sum(axis=0)
        pairs = first[:, :, None] - first[:, None, :]
        self._reach = 2 * eta(cases, count, confidence) * (count - 1) * pairs.var(axis=0, ddof=1) / difference**2
        self._screen()

    @property
    def done(self) -> bool:
        return len(self.alive) == 1

    @property
    def means(self) -> list[float]:
        """The mean of each case over the rows that were looked at."""
        return [float(total) / count for total, count in zip(self._sums, self.counts, strict=True)]

    def add(self, rows: np.ndarray) -> None:
        """Rows of observations of every case; those of cases that were dropped, and all when it is done, are not looked at."""
        for row in rows:
            if self.done:
                return
            for one in self.alive:
                self._sums[one] += row[one]
                self.counts[one] += 1
            self.taken += 1
            self._screen()

    def _screen(self) -> None:
        means = self.means
        if self.taken > math.floor(float(self._reach[np.ix_(self.alive, self.alive)].max())):
            stay = [max(self.alive, key=lambda one: means[one])]
        else:
            stay = [
                one
                for one in self.alive
                if all(means[one] >= means[other] - self._slack(one, other) for other in self.alive if other != one)
            ]
        self.alive = stay

    def _slack(self, one: int, other: int) -> float:
        """How much less than another a mean may be, and still be the best."""
        slack: float = self._difference / (2 * self.taken) * (float(self._reach[one, other]) - self.taken)
        return max(0.0, slack)
