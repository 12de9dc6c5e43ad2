"""Level 4, what the office says of receipts and values: what came, freight, a correction, an overhead, another method, taken apart."""

from __future__ import annotations

from dataclasses import dataclass

from twin.model.events.trade.procurement import OfficeEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedCostEntered(OfficeEntry):
    """Freight, duty or the like for `deliveries` = ((purchase order, lot), ...), shared by `split`: LandedCostAllocated follows.

    `order`: the bill. `split`: "equal", "quantity", "weight", "volume" or "value" of what came. Below zero, so much of what the bill has
    shared out is taken back, from the same deliveries in the same shares, whatever is said of them.
    """

    amount_minor: int
    split: str
    deliveries: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoodsReceiptEntered(OfficeEntry):
    """So much of what `order` asked for has come: GoodsReceived follows, at the price of the order.

    `lot`: the supplier's; "": called as the order is. `expires_us`: until when it may be used, as its label says; 0: it does not say.
    """

    quantity: int
    expires_us: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptCorrectionEntered(OfficeEntry):
    """What came on `order` in `lot` was so much, at such a price: GoodsReceiptCorrected follows, effective when it had come."""

    quantity: int
    unit_price_minor: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnbuildEntered(OfficeEntry):
    """A quantity of what `request` had made was taken apart, out of `lot`: ProductUnbuilt follows.

    `recovered` = ((material, lot, quantity), ...); left out, all that its bill says came of it, each into a lot of its own.
    """

    quantity: int
    reason: str
    recovered: tuple[tuple[str, str, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OverheadEntered(OfficeEntry):
    """An overhead has cost `amount_minor`, for which `budget_minor` was planned: OverheadIncurred follows. `order`: the bill."""

    overhead: str
    amount_minor: int
    budget_minor: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuationChangeRequested(OfficeEntry):
    """From now on the stock of a material shall count at "standard", "fifo" or "moving_average": ValuationMethodChanged follows."""

    material: str
    method: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCountEntered(OfficeEntry):
    """So much of `lot` was there when it was counted, by no bin: StockCounted follows, by what that differs from what was to be there then.

    `bin`: where what was found lies, or what is missing lay, in a warehouse; "": as for any difference.
    """

    material: str
    quantity: int
    reason: str = ""
    bin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StockWrittenOff(OfficeEntry):
    """So much of `lot` is no stock any more, for a reason (spilled, spoiled, lost): StockCounted follows. `bin` as of StockCountEntered."""

    material: str
    quantity: int
    reason: str
    bin: str = ""
