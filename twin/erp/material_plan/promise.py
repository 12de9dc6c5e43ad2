"""What may still be promised of what is planned to be made (available to promise), and how far ahead an order is covered."""

from __future__ import annotations

from collections.abc import Sequence


def available_to_promise(on_hand: int, made: Sequence[int], promised: Sequence[int]) -> list[int]:
    """Discrete ATP of each bucket: what is made there (in the first: with what is on hand) and promised to nobody until more is made.

    Where more was promised than is made, the nearest earlier bucket with something left gives it up; Vollmann, Berry, Whybark (1997),
    Manufacturing Planning and Control Systems, ch. 6. What nobody can give stays below zero in the first bucket: it is promised twice.
    """
    available = [0] * len(made)
    holder = 0
    for bucket, quantity in enumerate(made):
        if bucket and quantity:
            holder = bucket
        available[holder] += quantity + (on_hand if bucket == 0 else 0) - promised[bucket]
    for bucket in range(len(available) - 1, 0, -1):
        for earlier in range(bucket - 1, -1, -1):
            if available[bucket] >= 0:
                break
            taken = min(-available[bucket], max(0, available[earlier]))
            available[bucket] += taken
            available[earlier] -= taken
        if available[bucket] < 0:
            available[0] += available[bucket]
            available[bucket] = 0
    return available
