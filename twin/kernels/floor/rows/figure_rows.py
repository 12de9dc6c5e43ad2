"""Rows of the figures of a run, and of what they come from: of lots that take their turn in `turn`, of what is said in `found`."""

from __future__ import annotations

BUCKETS, BUCKET_BITS = 4096, 6
"""Stays are counted by their exponent and six bits after it: 64 to each power of two, so none is off by more than 1 / 128."""

(
    ORDER_COUNT,  # that have come
    PIECES_DONE,
    STAY_LOW,  # how long these pieces have stayed, us: its lower 32 bits, and the others, are summed apart
    STAY_HIGH,
    LONGEST_STAY,
    STAYS_AT,  # pieces by how long they have stayed, BUCKETS of them
    FIGURES_HEADER,
) = range(7)
"""With these both begin."""

# -- `turn`: a plant whose lots take their turn, and the lots at hand

BLOCK = 1024
"""Lots, and intervals between orders, that are drawn together: enough that one need not wait for another, few enough for the cache."""

MOST_AT_ONCE = 64
"""Orders of one instant that are put in the order of their names."""

(
    STREAM,  # address of the stream of orders; -1: there is one known order
    MATERIAL,  # address in `plan` of the definition of what is ordered
    LOTS_LIMIT,  # CONWIP: at most so many lots are in the plant; 0: no limit
    LIMIT_AT,  # when the last LOTS_LIMIT of them left, a ring
    LIMIT_PLACE,
    STAGE_COUNT,  # operations of the routing
    STAGES_AT,
    NEXT_US,  # when the next order comes; END: none does before
    DRAWS,  # intervals that were used up
    GROUP_AT,  # numbers of the orders of one instant, in the order of their names
    GROUP_COUNT,
    GROUP_NEXT,
    GROUP_US,
    PIECES_LEFT,  # of the order that becomes lots
    PARTS,  # lots that it becomes
    PART,  # those that it has become
    ORDER_ENTITY,  # number of the name of its request
    TENS,  # ten lots of it are called alike but for the last digit: which ten were last, from 1
    TENS_ENTITY,
    INTERVALS_AT,  # this and what follows: tables of BLOCK fields
    CAME_AT,
    PIECES_AT,
    ENTITIES_AT,
    RUNS_AT,  # one for each operation
    TURN_HEADER,
) = range(FIGURES_HEADER, FIGURES_HEADER + 25)

(
    STAGE_STEP,  # address in `plan`
    PLACES,  # of the storage before it; 0: without limit, and always at the first operation
    STARTS_AT,  # when work began on the last PLACES lots, a ring
    STARTS_PLACE,
    HANDLING,  # us, to load and to unload
    FREE_US,  # when its work unit is rid of the last lot
    STAGE_GOOD,
    WORKED_US,
    BLOCKED_US,
    STAGE_ROW,
) = range(10)

RECKONED, NO_TIME, TOO_MANY_AT_ONCE = range(3)
"""Whether it could be reckoned: not where work takes no time, since lots of one instant may then change places."""

# -- `found`: what was said so far

(
    TOLD_AT,  # a row of each piece of equipment
    TIMES_AT,  # how long each was in which state for which reason, us
    REASON_COUNT,
    LAST_STEPS_AT,  # whether an operation, by its number, is the last of its routing
    ORIGINS_AT,  # of each known order and stream: where in `came` its orders stand, and how many can
    FOUND_HEADER,
) = range(FIGURES_HEADER, FIGURES_HEADER + 6)

(
    IS_STATION,  # a line counts what its stations have counted
    SINCE_US,  # when its state began; -1: it has said none
    TOLD_STATE,
    TOLD_REASON,
    TOLD_GOOD,
    TOLD_SCRAP,
    TOLD_REWORK,
    TOLD_ROW,
) = range(8)

ORIGIN_AT, ORIGIN_ROOM, ORIGIN_ROW = range(3)
STATES = 18
"""Of PackML."""
