"""Ids that lots have, made of others."""

from __future__ import annotations


def lot_of(job_order: str) -> str:
    """The lot that a job order is about; "" if it is none."""
    return job_order.rpartition("/")[0]


def part_lot(lot: str, material: str) -> str:
    """Id of the lot of `material` that comes of `lot`, where it is taken apart. No declared id has a "~"."""
    return f"{lot}~{material}"
