"""Records of real machines, read to the facts that they would have said live. What is not recorded stays unknown."""

from twin.store.records.declared import read_record, refuse_no_record
from twin.store.records.machine_day import read_machine_day
from twin.store.records.operations import read_operations
from twin.store.records.record import Record

__all__ = ["Record", "read_machine_day", "read_operations", "read_record", "refuse_no_record"]
