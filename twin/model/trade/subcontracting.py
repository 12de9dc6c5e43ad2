"""The key `subcontract` of an operation: a supplier does it to our material, and is paid for it."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.model.measures import MoneyMinor, Table


class Subcontract(Table):
    """Who does an operation for us, and at what price.

    He is paid for what comes back good: `quantity` units of his work for each piece, at `price` for `price_per` of them (of the material).
    How long he takes is the `run` of the operation, from when a lot is sent to when it is back.
    """

    supplier: str
    price: MoneyMinor
    quantity: Annotated[int, Field(ge=1, le=1_000_000, strict=True)] = 1
