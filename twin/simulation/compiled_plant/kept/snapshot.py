"""A compiled plant at one instant, as a value.

kept = plant.snapshot()
again = CompiledPlant.resume(kept)                      # the same future
other = CompiledPlant.resume(changed(kept, seed=2))     # another future of the same past
Path("monday.plant").write_bytes(kept.to_bytes())       # Snapshot.from_bytes, in any process that has the same kernels
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b

from twin.kernels.floor.rows import plant_rows as at
from twin.model.events import OperationsEvent, PurchaseOrderPlaced
from twin.model.measures import write_duration
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.layout import Ints, Layout
from twin.simulation.compiled_plant.words import Words
from twin.simulation.shop_floor.routing import Steps


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Snapshot:
    """All that a compiled plant is and knows at one instant. Nothing in it ever changes, so it can be gone on from again and again.

    Two are equal if the same happened and the same can follow: their bytes are the same.
    """

    plant: Plant
    scenario: Scenario
    seed: int
    end_us: int
    has_ended: bool
    layout: Layout  # with read-only arrays; `layout.plant` is what changes in a plant, as it is now
    events: Ints  # fields of rows of the log that nobody has read yet (`EVENT_ROW`)
    names: Ints  # and of names (`NAME_ROW`)
    words: Words
    known: Mapping[str, tuple[int, int]]  # lots by name: address and serial
    deliveries: tuple[PurchaseOrderPlaced, ...]
    sent: tuple[OperationsEvent, ...]  # commands that were not obeyed yet
    heard: tuple[OperationsEvent, ...]  # facts of a round that is not over
    lot_rows: tuple[int, ...]  # addresses of the rows of lots
    stops_at_deadlock: bool

    @property
    def now_us(self) -> int:
        """The plant's time, us since 1970."""
        return int(self.layout.plant[at.NOW])

    @property
    def is_deadlocked(self) -> bool:
        """Ended before its end: a later one changes nothing."""
        return self.has_ended and self.now_us < self.end_us

    @property
    def steps(self) -> Steps:
        """The operations of all routings."""
        return {key: self.layout.steps[address] for key, address in self.layout.step_at.items()}

    @property
    def digest(self) -> str:
        """32 hex digits of everything that is in it."""
        return blake2b(self.to_bytes(), digest_size=16).hexdigest()

    def to_bytes(self) -> bytes:
        """Written down, for a file or another process."""
        from twin.simulation.compiled_plant.kept.written import write

        return write(self)

    @staticmethod
    def from_bytes(written: bytes) -> Snapshot:
        """Read back what `to_bytes` has written.

        Raises
        ------
        SnapshotError : no snapshot, a damaged one, or one of another version or of other kernels
        """
        from twin.simulation.compiled_plant.kept.written import read

        return read(written)

    def __repr__(self) -> str:
        after = write_duration(self.now_us - self.scenario.start_us)
        return f"<Snapshot of {self.plant.id}: {after} after its start, seed {self.seed}>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Snapshot) and self.to_bytes() == other.to_bytes()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __reduce__(self) -> tuple[object, tuple[bytes]]:
        return Snapshot.from_bytes, (self.to_bytes(),)  # so that it goes to other processes checked like any other


def frozen(layout: Layout, *, end_us: int) -> Layout:
    """A layout whose arrays nobody can write to; what a plant goes on with are copies."""
    layout.plant[at.END] = end_us  # a slice ends earlier, which is nothing that a plant remembers
    for array in (layout.plant, layout.plan, layout.numbers):
        array.flags.writeable = False
    return layout
