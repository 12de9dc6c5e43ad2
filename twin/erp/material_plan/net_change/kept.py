"""Plans that are kept: what has changed since is planned anew, and nothing else (net change). What comes of it is the plan anew.

A plan is of a plant, a day and a horizon: another of these is planned from the beginning, as is the first. Whoever has been given a plan
keeps it as it was: what has changed is taken by a copy.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.erp.material_plan.plan import MaterialPlan
    from twin.erp.material_plan.position import Position
    from twin.model.plant import Plant

DAY_US = 86_400_000_000
MOST = 2
"""With what is expected, and of orders alone: of a large plant each takes some hundred megabytes."""


class KeptPlans:
    """The last plan of each kind. A copy of the ERP that is kept or sent has none, and plans anew.

    `anew`: how many materials were planned for the last one; 0: nothing had changed that it goes by.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[tuple[int, bool], tuple[Plant, MaterialPlan]] = {}
        self.anew = 0

    def __reduce__(self) -> tuple[type[KeptPlans], tuple[()]]:
        return KeptPlans, ()

    def of(self, plant: Plant, position: Position, bucket_us: int = DAY_US) -> MaterialPlan:
        """The plan of a plant from a position on.

        Raises
        ------
        BillCycleError, ValueError : there is no plan, as for `MaterialPlan`
        """
        from twin.erp.material_plan.plan import MaterialPlan  # Numba comes in only where a plan is asked for

        key = bucket_us, bool(position.expected)
        with self._lock:
            of, before = self._kept.pop(key, (None, None))
            plan = before.changed_to(position) if before is not None and of is plant else None
            plan = plan or MaterialPlan(plant, position, bucket_us=bucket_us)
            self._kept[key], self.anew = (plant, plan), plan.planned_count
            while len(self._kept) > MOST:
                del self._kept[next(iter(self._kept))]
        return plan
