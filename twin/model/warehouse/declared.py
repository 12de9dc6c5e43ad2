"""The section `warehouse` of plant.yaml. Without it stock lies nowhere in particular, and ships as soon as it covers an order.

Places are what a bin has room for: so many units of a material as it says (`per_place`), of one lot, take one of them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from twin.model.floor.words import ClockMin, Id
from twin.model.materials import MOST_PIECES, Quantity
from twin.model.measures import PositiveUs, Share, Table
from twin.model.warehouse.packing import Packing

PutAwayStrategy = Literal["same_material", "nearest_empty", "fixed_bin"]
PickingStrategy = Literal["fifo", "fefo"]
InventoryClass = Literal["A", "B", "C"]


class Site(Table):
    """Where bins stand (ISA-95 Site): what is brought from one to another is on its way for a while."""

    title: str = ""


class StorageZone(Table):
    """Bins that belong together (ISA-95 StorageZone), and what may lie in them; left out: everything."""

    title: str = ""
    materials: list[str] = []


class Bin(Table):
    """A place in the warehouse (ISA-95 StorageUnit, as Level 4 sees it).

    `capacity` in places; left out: without limit. `materials`: what may lie there, of what its zone allows; left out: all of that.
    """

    title: str = ""
    zone: Id | None = None
    site: Id | None = None  # where it stands, of a plant whose stores stand at several
    capacity: Quantity | None = None
    distance_m: Annotated[int, Field(ge=0, le=100_000, strict=True)] = 0  # from where goods are received: the nearest is taken first
    materials: list[str] = []


class StoredMaterial(Table):
    """How a material is stored. A material that is not named is put where it lies already, and picked first in, first out.

    `fefo`: first expired, first out; a lot expires so long after it came as `shelf_life` says, unless a person says when, and is held then.
    """

    put_away: PutAwayStrategy = "same_material"
    bin: Id | None = None  # of put_away: fixed_bin
    picking: PickingStrategy = "fifo"
    shelf_life: PositiveUs | None = None
    per_place: Quantity = 1
    serial_numbers: bool = False  # each unit has a number of its own


class Kanban(Table):
    """So many containers of so many units: one that is empty is filled again."""

    containers: Annotated[int, Field(ge=2, le=1_000, strict=True)]
    quantity: Quantity


class Replenishment(Table):
    """A bin is filled from others of the same material: by kanban, or up to `maximum` once no more than `minimum` is there."""

    material: str
    bin: Id
    source: list[Id] = []  # bins that it is filled from, the first first; left out: all others but where goods come and go
    minimum: Annotated[int, Field(ge=0, le=MOST_PIECES, strict=True)] | None = None
    maximum: Quantity | None = None
    kanban: Kanban | None = None

    def wanted(self, there: int) -> int:
        """How much to bring, of which `there` is in the bin."""
        if self.kanban:
            missing = self.kanban.containers * self.kanban.quantity - max(0, there)
            return max(0, missing) // self.kanban.quantity * self.kanban.quantity
        least, most = self.minimum or 0, self.maximum or 0
        return most - max(0, there) if there <= least else 0


class CountedClass(Table):
    """How often the materials of a class are counted; `share` of the value of all that is used a year belongs to it."""

    share: Share = 0.0
    every: PositiveUs


class CycleCounts(Table):
    """Cycle counts by ABC class (APICS): A is what makes up the first `share` of the value that is used, then B; C is the rest."""

    a: CountedClass
    b: CountedClass
    c: CountedClass

    def of(self, inventory_class: InventoryClass) -> CountedClass:
        """What is declared of a class."""
        return {"A": self.a, "B": self.b, "C": self.c}[inventory_class]


class Warehouse(Table):
    """Where stock lies, and how it is moved.

    `moves`: put-away, replenishment and picks are done by rule, at the instant at which they are asked for; or persons do them and say
    so. What persons say counts either way.
    """

    receiving: Id  # the bin into which everything comes, from suppliers and from the floor
    shipping: Id  # the bin in which what is picked waits for its customer
    transit: Id | None = None  # the bin in which lies what is on its way from one site to another, and which nobody takes from
    sites: dict[Id, Site] = {}
    zones: dict[Id, StorageZone] = {}
    bins: Annotated[dict[Id, Bin], Field(min_length=1)]
    materials: dict[str, StoredMaterial] = {}
    replenishment: list[Replenishment] = []
    waves: list[ClockMin] = []  # local times of day at which pick lists are released together; left out: each at once
    cycle_counts: CycleCounts | None = None
    moves: Literal["rule", "persons"] = "rule"
    packing: Packing | None = None

    @property
    def passages(self) -> tuple[str, ...]:
        """The bins in which nothing stays: where goods come, go, and are on their way."""
        return (self.receiving, self.shipping, *([self.transit] if self.transit else []))

    def site(self, bin_name: str) -> str:
        """Where a bin stands; "" where the plant has one site, or the bin is on the road."""
        declared = self.bins.get(bin_name)
        return (declared.site if declared else None) or ""

    def stored(self, material: str) -> StoredMaterial:
        """How a material is stored."""
        return self.materials.get(material) or StoredMaterial()

    def forbidden(self, bin_name: str, material: str) -> str:
        """Why a material may not lie in a bin, in words; "" if it may."""
        declared = self.bins.get(bin_name)
        if declared is None:
            return ""  # who reads the files says that there is no such bin
        if declared.materials and material not in declared.materials:
            return f"'{material}' may not lie in bin '{bin_name}'; allowed there: {', '.join(declared.materials)}"
        zone = self.zones.get(declared.zone or "")
        if zone and zone.materials and material not in zone.materials:
            return f"'{material}' may not lie in zone '{declared.zone}', so not in bin '{bin_name}'; allowed: {', '.join(zone.materials)}"
        return ""


class Warehousing(Table):
    """The section of plant.yaml about the warehouse."""

    warehouse: Warehouse | None = None
