"""What the plant says, row after row, and what lots and batches are called: the fields of the log.

It is read as often as it is full; what is in it are numbers of things that the host knows the words for.
"""

from __future__ import annotations

EVENT_US, EVENT_WHAT, EVENT_A, EVENT_B, EVENT_C, EVENT_D, EVENT_ROW = range(7)
"""WHAT is kind + PLACES * (place + 1); place -1 is the plant as a whole. A to D by kind, below."""

PLACES = 32

(
    TELLS_BEAT,  # A: reason, by BEAT_REASONS
    TELLS_STOCK,  # A: material
    TELLS_WORK,  # A: number of a lot found at the start
    TELLS_ORDER,  # A: quantity, B: origin, C: number, D: due
    TELLS_DELIVERY,  # A: number at the host; -1: of purchase order C of material B, so much as D says
    TELLS_STATE,  # A: state, B: reason, C: job, D: persons
    TELLS_COUNT,  # A: good, B: scrap, C: job, D: rework
    TELLS_ENERGY,  # A: Wh, C: job
    TELLS_ALARM,  # B: reason
    TELLS_ALL_CLEAR,  # B: reason
    TELLS_SHIPMENT,  # a decision, not a fact: A: quantity, B: origin, C: number, D: due
    TELLS_PURCHASE,  # a decision: A: quantity, B: material, C: number
    TELLS_SKIP,  # A: pieces, C: job
    TELLS_REFUSAL,  # A: number at the host, which says it
    TELLS_LOADED,  # C: job, which is next for the lot that a vehicle has loaded
    TELLS_SET_DOWN,  # A: number of the storage unit, C: job
    TELLS_ARRIVAL,  # A: address of the lot, C: job that it is there for
    TELLS_LIMIT,  # behind all equipment; A: pieces, B: how long they have waited, C: job, D: what follows, as `step_rows` has it
) = range(18)
"""Those of no equipment come first in their round, in this order; refusals, which only commands bring, where the host sorts them."""

BEAT_REASONS = ("clock", "end", "shift", "start", "transport")
BEAT_CLOCK, BEAT_END, BEAT_SHIFT, BEAT_START, BEAT_TRANSPORT = range(5)

NO_REASON, SET_UP, STARVED, BLOCKED, OFF_SHIFT, NO_OPERATOR = range(6)
REASONS = ("", "setup", "starved", "blocked", "off_shift", "no_operator")
"""Reasons that the kernel itself gives; those of failures, disturbances and commands come after them."""

NAME_KIND, NAME_SERIAL, NAME_ORIGIN, NAME_N, NAME_PART, NAME_DIGITS, NAME_DEPTH, NAME_MATERIAL, NAME_LOT, NAME_ROW = range(10)
NAMES_LOT, NAMES_MEMBER, NAMES_REQUEST = range(3)
"""A lot (LOT is its address) and what it is called; a job of a batch, SERIAL the batch, ORIGIN the job; or a request, ORIGIN the
order or BY_REQUEST (N: the one above it), PART the number of a follow-up."""

STEPS_IN_A_LABEL = 2**20
"""A job order is told as serial * STEPS_IN_A_LABEL + step number, a batch as minus its number, none as 0."""
