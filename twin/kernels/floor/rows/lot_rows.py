"""Fields of a lot behind those of `plant_rows`, which not every plant has: where it came from, and the units that it comes back to."""

from __future__ import annotations

from twin.kernels.floor.rows.plant_rows import LOT_ROW

AHEAD_STEP, AHEAD_KEY, AHEAD_US, WORD_STEP, WORD_KEY, WORD, AWAY_AT = range(LOT_ROW, LOT_ROW + 7)
"""How long the first run of a step takes, drawn while the lot still waited for it (IS_LEAN_BUILD), and by which key: it counts for no
other. WORD: of the step after that, what it will be drawn from."""

AWAY_SINCE, AWAY_STEP, AWAY_ENTITY, AWAY_INSIDE, SAVED_UNITS = range(AWAY_AT, AWAY_AT + 5)
"""Of a lot that will be scanned where it goes: when it left which step, the number of the name of that job order, and how long it
still was inside. Behind them the equipment of each operation that a later one is bound to."""
