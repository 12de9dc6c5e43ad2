"""Losses that the scenario leaves out, in `plant`: which, how many of their kind have come, and whether each has been left out."""

from __future__ import annotations

from twin.kernels.floor.rows import timer_rows as due

# -- the header of `plant` goes on here

LOSSES_AT, LOSS_COUNT, HEADER = range(due.HEADER, due.HEADER + 3)

LOSS_KIND, LOSS_EQUIPMENT, LOSS_REASON, LOSS_OCCURRENCE, LOSSES_CAME, WAS_LEFT_OUT, LOSS_ROW = range(7)
"""EQUIPMENT: its address; REASON as causes have it, of failures; OCCURRENCE: it is left out when so many came, itself included."""

KINDS = FAILURE, SETUP, SCRAP, REWORK = range(4)
NO_REASON = -1
