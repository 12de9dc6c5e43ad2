"""When an order has to start: so many working buckets before it is due."""

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
