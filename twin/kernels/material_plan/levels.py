"""Low-level codes: the deepest level at which anything uses a material."""

from __future__ import annotations

import numpy as np

from twin.kernels.compiling import entry
from twin.kernels.material_plan.columns import Ints


@entry
def low_level_codes(child_from: Ints, children: Ints, codes: Ints) -> int:
    """Fill `codes`; how many materials have one. Those that lie on a circle, or below one, have none (-1).

    Parameters
    ----------
    child_from, children : int64[n + 1], int64[m]; materials that each needs or gives off, none twice by the same parent
    codes : int64[n]; overwritten

    Notes
    -----
    Kahn (1962), Comm. ACM 5, 558, breadth first; the code of a child is one more than the largest of its parents.
    """
    count = codes.size
    parents = np.zeros(count, np.int64)
    for child in children:
        parents[child] += 1
    queue, head, tail = np.empty(count, np.int64), 0, 0
    for material in range(count):
        codes[material] = -1
        if parents[material] == 0:
            codes[material] = 0
            queue[tail] = material
            tail += 1
    deepest = np.zeros(count, np.int64)
    while head < tail:
        material = queue[head]
        head += 1
        codes[material] = deepest[material]
        for place in range(child_from[material], child_from[material + 1]):
            child = children[place]
            deepest[child] = max(deepest[child], deepest[material] + 1)
            parents[child] -= 1
            if parents[child] == 0:
                queue[tail] = child
                tail += 1
    return tail
