"""What is tracked: lots, and the movements of their stock."""

from __future__ import annotations

from dataclasses import dataclass, field

from twin.model.events import LotExpiryRecorded, TestResultRecorded
from twin.model.plant import Plant

NEVER_US = 2**62
MERGED = "Merged"  # of a movement: the lot goes on as another, or another as it


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """Stock of one lot grew (quantity > 0) or shrank."""

    at_us: int
    lot: str
    material: str
    quantity: int
    use: str  # MaterialUse, or "Received", "Shipped"


@dataclass(slots=True, kw_only=True)
class Lot:
    """A traceable amount of one material (ISA-95 MaterialLot)."""

    lot: str
    material: str
    quantity: int  # that it began with
    created_us: int
    request: str = ""
    place: str = ""
    from_lot: str = ""  # what it was split from
    split_by: str = ""  # the job order that split it
    made_here: bool = False
    begun: bool = False  # its first operation has started: what its bill says has gone into it
    billed: int = 0  # pieces that its bill was taken for when it began
    was_found: bool = False  # in the making, when work in process was counted: its bill was taken before
    produced: int = 0  # of it came into stock
    scrapped: int = 0  # while in process
    split_off: int = 0
    merged_in: int = 0  # pieces of other lots that go on as it, while in process
    merged_out: int = 0  # pieces that go on as another lot, while in process
    on_hand: int = 0
    claimed: int = 0  # of what is on hand, by job orders that have started
    tests: list[TestResultRecorded] = field(default_factory=list)

    @property
    def in_process(self) -> int:
        """Pieces that are on the floor now."""
        return self.to_begin - self.produced - self.scrapped if self.begun else 0

    @property
    def to_begin(self) -> int:
        """Pieces with which it is begun, as far as it is known what was split off and merged."""
        return self.quantity + self.merged_in - self.merged_out - self.split_off


class Expiries:
    """Until when lots may be used, and the materials of which the first to expire goes out first."""

    def __init__(self, plant: Plant) -> None:
        warehouse = plant.layout.warehouse
        self._by_expiry = [name for name, it in warehouse.materials.items() if it.picking == "fefo"] if warehouse else []
        self.expires_us: dict[str, int] = {}  # by lot

    def date(self, event: LotExpiryRecorded) -> None:
        """A lot may be used until then."""
        self.expires_us[event.lot] = event.expires_us

    def in_turn(self, material: str, lots: list[Lot]) -> list[Lot]:
        """Lots that came in this order, in the order in which they go out."""
        if material not in self._by_expiry:
            return lots
        return sorted(lots, key=lambda lot: self.expires_us.get(lot.lot, NEVER_US))
