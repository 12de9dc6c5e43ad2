"""When an order has to start, so many working buckets before it is due; and when it is there."""

from __future__ import annotations

from twin.kernels.compiling import kernel
from twin.kernels.material_plan.columns import Ints


@kernel
def bucket_before(calendar: Ints, bucket: int, lead: int, bucket_count: int) -> int:
    """The last bucket from which `lead` working ones lie before `bucket`; 0 if it would lie before now.

    `calendar` : int64[2 * bucket_count + 1]; [t] working buckets before t, for t up to and with bucket_count, then their numbers
    """
    if lead == 0:
        return bucket
    working = calendar[bucket] - lead
    start: int = calendar[bucket_count + 1 + working] if working >= 0 else 0
    return start


@kernel
def bucket_after(calendar: Ints, bucket: int, lead: int, bucket_count: int) -> int:
    """The bucket in which is there what starts in `bucket`; `bucket_count` if that is after the last one."""
    if lead == 0:
        return bucket
    working = calendar[bucket] + lead
    due: int = calendar[bucket_count + 1 + working] if working < calendar[bucket_count] else bucket_count
    return due
