"""Level 4: what the plant's files declare of materials, suppliers, customers and taxes is otherwise from an instant on."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.business import BusinessEvent
from twin.model.events.trade.procurement import OfficeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterDataChanged(OfficeEntry):
    """Somebody in the office wants what is declared of `declared` in `table` to be otherwise from `from_us` on (-1: from now on).

    `changes` = ((key, value), ...), both as items.yaml writes them: ("lead_time", "12 d"), ("terms.due", "60 d"); "" as a value: it is
    left out from then on. It may have been so for a while, or become so later; MasterDataRevised follows when it is so. `is_new`: nothing
    was declared of it yet, and `changes` say all that has to be.
    """

    table: str
    declared: str
    changes: tuple[tuple[str, str], ...]
    reason: str
    from_us: int = -1
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRateEntered(OfficeEntry):
    """One unit of the books' currency is `rate` units of `currency`, as in "26.105", from `from_us` on (-1: from now on)."""

    currency: str
    rate: str
    from_us: int = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterDataRevised(BusinessEvent):
    """What is declared of `declared` in `table` is otherwise by now: of papers and work that are of `from_us` or later."""

    table: str
    declared: str
    changes: tuple[tuple[str, str], ...]
    from_us: int
    is_new: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantDeclared(OfficeEntry):
    """The files with which a journal goes on from here, `written` as JSON: with the first of these it was begun.

    What they declare otherwise than the ones before is so where somebody has accepted it: MasterDataChanged stands before it then.
    """

    written: str
