"""Who writes to whom: customers, suppliers and the company itself, with what stands on a letter."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from twin.model.measures import Table

Line = Annotated[str, Field(min_length=1, max_length=100)]


class Party(Table):
    """What a letter needs of a party; `contact`: a person, a telephone, an address for mail."""

    title: str = ""
    address: list[Line] = []
    contact: str = ""
    tax_number: str = ""


class Company(Party):
    """Who writes: the plant's own name stands where there is no title. `bank`: where customers pay to."""

    bank: str = ""
