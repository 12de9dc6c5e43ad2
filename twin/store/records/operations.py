"""A record of operations: which part was on which machine from when until when, and what the program did meanwhile.

Three files: the operations (one line each), the words of the controllers within them (`time|machine|unit|operation|tag|value`),
and the results of a measuring machine. The facts are those that the machines would have said live, with the job orders that
the MES makes for the orders of the scenario.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from twin.model.events import CountObserved, EquipmentStateChanged, OperationsEvent, TestResultRecorded
from twin.model.plant import Plant, job_order_id
from twin.model.problems import Problem, listed
from twin.model.scenario import Scenario
from twin.model.states import WorkUnitState
from twin.store.records.mtconnect import WITHIN_OPERATION
from twin.store.records.record import (
    Record,
    end_us,
    heartbeats,
    in_canonical_order,
    numbered_lines,
    opening_facts,
    order_facts,
    read_instant_us,
    write_instant,
)

_COLUMNS = ("product", "unit", "operation", "machine", "start", "end")
_RESULT_COLUMNS = ("unit", "feature", "characteristic", "measured_mm", "lower_mm", "upper_mm")
Status = tuple[int, str]
"""Instant and word of a controller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordedOperation:
    """One line of the record. `job_order` is "" if the operation is not in the routing of its material."""

    line: int
    unit: str
    operation: str
    machine: str
    start_us: int
    end_us: int
    lot: str
    job_order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperationsFiles:
    """Where the record lies. `products`: product of the record -> material of the plant; `inspected_us`: when the results were reported."""

    operations: Path
    products: dict[str, str]
    program_status: Path | None = None
    inspection: Path | None = None
    inspected_us: int = -1


def read_operations(files: OperationsFiles, plant: Plant, scenario: Scenario, *, title: str = "") -> Record:
    """The record as facts within the time of `scenario`, whose orders say what the parts were made for.

    Between two operations a machine is Idle: the record does not say otherwise. Within an operation it is in Execute while its
    program is active, else Held or Suspended (see `mtconnect`). An operation that begins before the one before it on
    the same machine has ended begins when that one ends; this and everything else that was changed or left out is in `problems`.

    Raises
    ------
    OSError : a file cannot be read
    """
    problems: list[Problem] = []
    parts = _Parts(files.products, plant, scenario)
    operations = _one_at_a_time(_operations(files.operations, plant, parts, problems), str(files.operations), problems)
    _miss_operations(operations, plant, parts, str(files.operations), problems)
    status = _program_status(files.program_status, problems) if files.program_status else {}
    facts: list[OperationsEvent] = []
    for operation in operations:
        said = status.get((operation.machine, operation.unit, operation.operation), [])
        facts += _facts_of(operation, said if files.program_status else [(operation.start_us, "ACTIVE")])
    if files.inspection:
        facts += _results(files.inspection, files.inspected_us, parts, problems)
    machines = {operation.machine for operation in operations}
    inside = [fact for fact in facts if scenario.start_us <= fact.effective_us <= end_us(scenario)]
    if len(inside) < len(facts):
        problems.append(_problem(files.operations, 0, f"{len(facts) - len(inside)} facts lie outside the time of the scenario"))
    everything = [*opening_facts(plant, scenario, machines), *order_facts(plant, scenario), *heartbeats(scenario), *inside]
    return Record(title=title or files.operations.name, facts=in_canonical_order(everything, plant.equipment), problems=tuple(problems))


class _Parts:
    """Which lot of which order a recorded part is: the k-th plate is the k-th lot of the order for plates."""

    def __init__(self, products: dict[str, str], plant: Plant, scenario: Scenario) -> None:
        self.plant = plant
        self.material = {product: name for product, name in products.items() if name in plant.materials.materials}
        self._orders = {line.material: line for line in scenario.demand.orders}

    def lot(self, product: str, unit: str) -> str:
        """Id of the lot, as the MES cuts it from the request of the order.

        Raises
        ------
        ValueError : there is no such lot
        """
        if product not in self.material:
            raise ValueError(f"product '{product}' is no material of the plant; allowed: {listed(self.material)}")
        name = self.material[product]
        if name not in self._orders:
            raise ValueError(f"the scenario has no order for {name}; allowed: {listed(self._orders)}")
        order, lot_size = self._orders[name], self.plant.materials.materials[name].lot_size
        number = unit.rpartition("-")[2]
        if lot_size != 1:
            raise ValueError(f"a recorded part is a lot of its own, and lot_size of {name} is {lot_size}; allowed: 1")
        if not number.isdecimal() or not 1 <= int(number) <= order.quantity:
            raise ValueError(
                f"'{unit}' is none of the {order.quantity} parts of order {order.order}; allowed: one that ends in -1 to -{order.quantity}"
            )
        request = f"{order.order}-{name}"
        return request if order.quantity == 1 else f"{request}.{int(number):0{len(str(order.quantity))}}"

    def lots(self, product: str) -> Iterator[str]:
        """All lots of the order for `product`."""
        name = self.material.get(product)
        if name in self._orders:
            for number in range(1, self._orders[name].quantity + 1):
                yield self.lot(product, f"{product}-{number}")


def _problem(file: Path | str, line: int, what: str) -> Problem:
    """The problem; what is allowed instead stands behind "; allowed: "."""
    said, _, allowed = what.partition("; allowed: ")
    return Problem(file=str(file), line=line, column=1 if line else 0, what=said, allowed=allowed)


def _rows(path: Path, columns: tuple[str, ...], problems: list[Problem]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a table that have a value, if an empty one, for each of `columns`."""
    rows = csv.DictReader(line for _, line in numbered_lines(path))
    missing = [column for column in columns if column not in (rows.fieldnames or ())]
    if missing:
        problems.append(_problem(path, 1, f"column {', '.join(missing)} is missing; allowed: {', '.join(columns)}"))
        return
    for row in rows:
        if any(row[column] is None for column in columns):
            problems.append(_problem(path, rows.line_num, "the row is too short"))
            continue
        yield rows.line_num, row


def _operations(path: Path, plant: Plant, parts: _Parts, problems: list[Problem]) -> list[RecordedOperation]:
    """Every operation of the record that has a place in the plant and lasts."""
    found: list[RecordedOperation] = []
    seen: set[tuple[str, str]] = set()
    for line, row in _rows(path, _COLUMNS, problems):
        try:
            operation = _operation(line, row, plant, parts)
        except ValueError as wrong:
            problems.append(_problem(path, line, str(wrong)))
            continue
        key = (operation.unit, operation.operation)
        name = f"{operation.operation} of {operation.unit}"
        if key in seen:
            problems.append(_problem(path, line, f"{name} is recorded twice; only the first counts"))
        elif operation.end_us == operation.start_us and not operation.job_order:
            problems.append(_problem(path, line, f"{name} is not in the routing and lasts no time; left out"))
        else:
            if not operation.job_order:
                problems.append(_problem(path, line, f"{name} is not in the routing; {operation.machine} works without a job order"))
            found.append(operation)
        seen.add(key)
    return found


def _operation(line: int, row: dict[str, str], plant: Plant, parts: _Parts) -> RecordedOperation:
    lot = parts.lot(row["product"], row["unit"])
    machine, operation = row["machine"], row["operation"]
    if machine not in plant.equipment:
        raise ValueError(f"machine '{machine}' is not in the plant; allowed: {listed(plant.equipment)}")
    start_us, stop_us = read_instant_us(row["start"]), read_instant_us(row["end"])
    if stop_us < start_us:
        raise ValueError(f"{operation} of {row['unit']} ends before it begins; left out")
    in_routing = operation in plant.layout.routings.get(parts.material[row["product"]], {})
    return RecordedOperation(
        line=line,
        unit=row["unit"],
        operation=operation,
        machine=machine,
        start_us=start_us,
        end_us=stop_us,
        lot=lot,
        job_order=job_order_id(lot, operation) if in_routing else "",
    )


def _one_at_a_time(operations: list[RecordedOperation], file: str, problems: list[Problem]) -> list[RecordedOperation]:
    """The operations by machine and time; what would overlap begins when the one before it has ended."""
    free_us: dict[str, int] = {}
    kept: list[RecordedOperation] = []
    for recorded in sorted(operations, key=lambda o: (o.machine, o.start_us, o.line)):
        free = free_us.get(recorded.machine, recorded.start_us)
        begins_us = max(free, recorded.start_us)
        if begins_us > recorded.start_us:
            early_s = (begins_us - recorded.start_us) / 1e6
            begins = (
                f"{recorded.operation} of {recorded.unit} begins {early_s:.1f} s before {recorded.machine} has ended the part before it"
            )
            problems.append(_problem(file, recorded.line, f"{begins}; taken to begin at {write_instant(begins_us)}"))
        operation = replace(recorded, start_us=begins_us, end_us=max(begins_us, recorded.end_us))
        free_us[recorded.machine] = operation.end_us
        kept.append(operation)
    return kept


def _miss_operations(operations: Iterable[RecordedOperation], plant: Plant, parts: _Parts, file: str, problems: list[Problem]) -> None:
    """A lot of which an operation is not recorded stays in the works: say so."""
    done = {operation.job_order for operation in operations}
    for product, material in parts.material.items():
        for lot in parts.lots(product):
            missing = [step for step in plant.layout.routings[material] if job_order_id(lot, step) not in done]
            if missing:
                problems.append(_problem(file, 0, f"{', '.join(missing)} of {lot} is not recorded; the lot stays unfinished"))


def _program_status(path: Path, problems: list[Problem]) -> dict[tuple[str, str, str], list[Status]]:
    """What the controllers said of their programs, in order, by machine, unit and operation."""
    said: dict[tuple[str, str, str], list[Status]] = defaultdict(list)
    for number, text in numbered_lines(path):
        parts = text.split("|")
        if len(parts) != 6:
            problems.append(
                _problem(path, number, f"'{text[:60]}' is no line of the record; allowed: time|machine|unit|operation|tag|value")
            )
        elif parts[4] == "Program_Status":
            try:
                at_us = read_instant_us(parts[0])
            except ValueError:
                problems.append(_problem(path, number, f"'{parts[0]}' is no instant"))
                continue
            if parts[5] in WITHIN_OPERATION:
                said[parts[1], parts[2], parts[3]].append((at_us, parts[5]))
            else:
                problems.append(_problem(path, number, f"status '{parts[5]}' is not known; allowed: {', '.join(WITHIN_OPERATION)}"))
    return said


def _facts_of(operation: RecordedOperation, said: list[Status]) -> Iterator[OperationsEvent]:
    """What the machine says during one operation: states, one part counted, Complete, Idle.

    The job order is begun (Starting, for no time) when the record opens it, and Suspended until its program runs: nobody
    recorded what was done before, a set-up or a night. Without a job order the machine is in Execute or Idle.
    """

    def state(at_us: int, state: WorkUnitState, reason: str = "") -> EquipmentStateChanged:
        job_order = "" if state == WorkUnitState.IDLE else operation.job_order
        lot = "" if state == WorkUnitState.IDLE or operation.job_order else operation.lot
        return EquipmentStateChanged(
            effective_us=at_us, equipment=operation.machine, job_order=job_order, lot=lot, state=state, reason=reason
        )

    if operation.job_order:
        yield state(operation.start_us, WorkUnitState.STARTING, "opened")
    before = (WorkUnitState.STARTING, "opened")
    in_time = sorted(s for s in said if operation.start_us <= s[0] < operation.end_us)
    if operation.job_order and (not in_time or in_time[0][0] > operation.start_us):
        before = (WorkUnitState.SUSPENDED, "program_not_started")
        yield state(operation.start_us, *before)
    for at_us, word in in_time:
        after = WITHIN_OPERATION[word]
        if not operation.job_order and after[0] != WorkUnitState.EXECUTE:
            after = (WorkUnitState.IDLE, "")
        if after != before:
            yield state(at_us, *after)
        before = after
    if operation.job_order:
        yield CountObserved(effective_us=operation.end_us, equipment=operation.machine, job_order=operation.job_order, good=1)
        yield state(operation.end_us, WorkUnitState.COMPLETE)
    if operation.job_order or before[0] != WorkUnitState.IDLE:
        yield state(operation.end_us, WorkUnitState.IDLE)


def _results(path: Path, inspected_us: int, parts: _Parts, problems: list[Problem]) -> Iterator[TestResultRecorded]:
    """What the measuring machine found, known when its report was written."""
    for line, row in _rows(path, _RESULT_COLUMNS, problems):
        try:
            lot = parts.lot(row["unit"].rpartition("-")[0], row["unit"])
            measured_mm = float(row["measured_mm"])
            lower_mm, upper_mm = (float(row[limit]) if row[limit] else None for limit in ("lower_mm", "upper_mm"))
        except ValueError as wrong:
            problems.append(_problem(path, line, str(wrong)))
            continue
        above = lower_mm is None or measured_mm >= lower_mm
        below = upper_mm is None or measured_mm <= upper_mm
        yield TestResultRecorded(
            effective_us=inspected_us,
            lot=lot,
            characteristic=f"{row['feature']}.{row['characteristic']}",
            value=measured_mm,
            unit="mm",
            lower=lower_mm,
            upper=upper_mm,
            passed=above and below,
        )
