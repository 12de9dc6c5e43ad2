"""Taking in facts that others have collected: each once, in order as far as that is declared, and none lost without a word."""

from twin.store.ingest.importing import ImportSource
from twin.store.ingest.received import ReceivedFact, read_received, write_received
from twin.store.ingest.stage import Counts, IngestStage, needed_tolerance_us

__all__ = ["Counts", "ImportSource", "IngestStage", "ReceivedFact", "needed_tolerance_us", "read_received", "write_received"]
