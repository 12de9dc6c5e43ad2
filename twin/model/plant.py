"""plant.yaml: equipment, storage, calendars, personnel, segments, routings. One declared table a section.

Ids are the keys of the tables; their order in the file is the declared order that decides ties (ARCHITECTURE, "happen, then decide").
References between tables, and what makes no sense together, are checked in `twin.model.checks`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Annotated, Any, Literal

from pydantic import Field, SerializationInfo, SerializerFunctionWrapHandler, model_serializer

from twin.model.costing.tariffs import EnergyPrices
from twin.model.floor.failures import Failure, Power, RepairCrew
from twin.model.floor.fleets import Fleet, vehicles_of
from twin.model.floor.maintenance import Maintenance
from twin.model.floor.minimum_run import MinimumRun
from twin.model.floor.quality_plan import QualityPlan
from twin.model.floor.queue_limit import QueueLimit
from twin.model.floor.words import Day, Id, Reasons
from twin.model.materials import Materials
from twin.model.measures import Constant, Duration, DurationUs, HourlyRateMinor, PositiveUs, Share, Table, TariffMinorPerMWh
from twin.model.personnel.labour import LabourRules
from twin.model.personnel.roles import Role
from twin.model.personnel.work_calendar import WorkCalendar
from twin.model.readiness.declared import Readiness
from twin.model.signals import SignalMap
from twin.model.trade.subcontracting import Subcontract
from twin.model.upkeep.alarms import Alarms
from twin.model.upkeep.maintenance_plans import Calibration, MaintenancePlan
from twin.model.upkeep.packml import PackMl
from twin.model.warehouse.declared import Warehousing

MOST_IN_A_BATCH, MOST_ON_A_CONVEYOR = 100_000, 10_000_000
"""What a plant can hold, however it is played: room for a whole batch, and for every place of a conveyor, is kept free."""


class StorageUnit(Table):
    """A place where lots wait. `capacity` in lots; left out: without limit."""

    title: str = ""
    capacity: Annotated[int, Field(ge=1, strict=True)] | None = None


class WorkCenter(Table):
    """A group of work units that Level 3 schedules as one. Its lots wait in `storage`."""

    title: str = ""
    area: str = ""
    storage: Id
    carried_by: Id | None = None  # the fleet that takes finished lots away from here; left out: they go by themselves
    idle_first: Literal["declared", "least_setup"] = "declared"  # which idle unit takes a lot: the first, or one that is set up for it
    idle_order: Literal["declared", "drawn"] = "declared"  # from which on idle units are asked, one after the other: the first, or any


class BatchSize(Table):
    """How large the batches of one operation are, whatever its work units are declared to take."""

    minimum: Annotated[int, Field(ge=1, strict=True)] = 1
    maximum: Annotated[int, Field(ge=1, le=MOST_IN_A_BATCH, strict=True)]
    counts: Literal["lots", "pieces"] = "lots"  # what is counted; pieces: as many lots as fit in, in the order of their ranks

    def counted(self, quantities: Iterable[int]) -> list[int]:
        """What lots of these pieces count in a batch."""
        return [1 if self.counts == "lots" else quantity for quantity in quantities]

    def refusal(self, quantities: Sequence[int]) -> str:
        """What a batch takes at most, if lots of these pieces do not fit in together; "" if they do. One lot always does."""
        counted = self.counted(quantities)
        what = self.counts if self.maximum > 1 else self.counts.removesuffix("s")
        return f"at most {self.maximum} {what}" if len(counted) > 1 and sum(counted) > self.maximum else ""


class Batch(BatchSize):
    """A work unit that works on several lots at once, such as a furnace. The run time is drawn once for the batch.

    It starts when `maximum` lots wait, or at least `minimum` wait and the first of them has waited for `wait`.
    Only lots with the same set-up family share a batch.
    """

    wait: DurationUs = 0


def most_at_once(batch: Batch | None, of_operation: BatchSize | None) -> BatchSize:
    """How much a work unit takes at once for an operation: one lot, if it does not work in batches."""
    return BatchSize(maximum=1) if batch is None else of_operation or batch


class WorkUnit(Table):
    """The smallest equipment that a job order runs on (ISA-95 WorkUnit)."""

    title: str = ""
    equipment_class: Id
    work_center: Id
    calendar: Id | None = None  # left out: around the clock
    hourly_cost: HourlyRateMinor = 0
    power: Power = Power()
    failures: list[Failure] = []  # besides those of its class
    maintenance: list[Maintenance] = []
    batch: Batch | None = None
    load: DurationUs = 0  # before every run, and
    unload: DurationUs = 0  # after it; where lots follow one another at an interval, they take the lot's time and not the unit's


class Station(Table):
    """One work unit of a production line.

    It draws `cycle` for each transfer lot, and sends its lots to a conveyor of `buffer_after` places.
    """

    title: str = ""
    cycle: Duration
    # transfer lots on the conveyor to the next; the last needs none
    buffer_after: Annotated[int, Field(ge=0, le=MOST_ON_A_CONVEYOR, strict=True)] = 0
    scrap: Share = 0.0  # share of pieces rejected here
    power: Power = Power()
    failures: list[Failure] = []


class ProductionLine(Table):
    """Work units in series with finite conveyors, blocking after service (ISA-95 ProductionLine).

    Level 2 moves the lots; Level 3 starts orders.
    """

    title: str = ""
    work_center: Id
    calendar: Id | None = None
    hourly_cost: HourlyRateMinor = 0
    transfer_lot: Annotated[int, Field(ge=1, strict=True)] = 1  # pieces that move together
    maintenance: list[Maintenance] = []  # of the line as a whole, when it is empty
    stations: Annotated[dict[Id, Station], Field(min_length=1)]

    @property
    def piece_us(self) -> float:
        """Expected time between two pieces that leave it: the slowest station's cycle, shared by the pieces of a transfer lot, us."""
        return max(station.cycle.mean_us for station in self.stations.values()) / self.transfer_lot


class SetupMatrix(Table):
    """Time to change an equipment class from one set-up family to the next; `same` within a family."""

    same: DurationUs = 0
    default: DurationUs = 0
    initial: Id | None = None  # family that stands set up at the start of a run
    matrix: dict[Id, dict[Id, DurationUs]] = {}
    alongside: bool = False  # what there is time for is done while the job before still runs, from when the next is there
    minimum_run: MinimumRun | None = None

    def duration_us(self, before: str | None, after: str) -> int:
        """Set-up time from family `before` (None: nothing set up yet) to `after`, us."""
        if before == after:
            return self.same
        return self.matrix.get(before or "", {}).get(after, self.default)


class PersonnelClass(Table):
    """A qualification that a segment needs (ISA-95 PersonnelClass)."""

    title: str = ""


class Person(Table):
    """Somebody who has qualifications, works by a calendar, and costs money."""

    title: str = ""
    classes: Annotated[list[Id], Field(min_length=1)]
    calendar: Id
    hourly_cost: HourlyRateMinor
    valid_until: dict[Id, Day] = {}  # the last day of a qualification that ends; left out: it does not
    roles: list[Role] = []  # of the office; what takes one that somebody has is refused on pages to who has it not


class ProcessSegment(Table):
    """A step that the plant can do (ISA-95 ProcessSegment): where, and who is needed."""

    title: str = ""
    work_center: Id
    equipment_class: Id | None = None  # narrows the work units of the work center; None: any, or its line
    personnel_class: Id | None = None
    attended: Literal["setup", "all"] = "all"  # the person stays for the set-up only, or all the time


class Alternative(Table):
    """Another way to do an operation: another segment, with a run time of its own; `per` and all else is the operation's."""

    segment: Id
    run: Duration = Field(default_factory=lambda: Constant(value=0))
    planned_share: Share = 0.0  # of the work the capacity plan expects so much here; the plant takes what is free


class Operation(Table):
    """One step of a routing: a segment with this material's parameters."""

    segment: Id
    alternatives: list[Alternative] = []  # where the lot waits, equipment of these may take it too: the first that is free, as declared
    run: Duration = Field(default_factory=lambda: Constant(value=0))
    per: Literal["piece", "lot"] = "piece"  # `run` is drawn once and multiplied by the pieces, or once for the lot
    interval: PositiveUs | None = None  # cascade: the next piece, or lot, goes in so long after the last; each stays for `run`
    batch: BatchSize | None = None  # instead of the sizes of the units that work in batches
    same_unit_as: Id | None = None  # an earlier operation, on whose work unit the lot has to come back
    setup_family: Id | None = None
    transport: Duration = Field(default_factory=lambda: Constant(value=0))  # from the work unit to where the lot goes next
    scrap: Share = 0.0  # expected share of pieces scrapped here
    rework: Share = 0.0  # expected share of pieces sent back to `rework_to`
    rework_to: Id | None = None  # an earlier operation
    rejects_by: Literal["piece", "lot"] = "piece"  # whether each piece is bad by itself, or the lot as a whole
    sample: Share = 1.0  # share of the lots that it is done to; the others go on to the next operation
    sample_every: Annotated[int, Field(ge=2, strict=True)] | None = None  # instead: every n-th lot that comes to it, counted here
    queue_limit: QueueLimit | None = None  # how long lots may wait for it
    takes_apart: bool = False  # of what is good here the by-products of the material are in stock from now on
    subcontract: Subcontract | None = None  # a supplier does it

    @property
    def arrival_is_told(self) -> bool:
        """Whether nobody can reckon when a lot that is done here is where it goes next: then it is scanned there."""
        return self.interval is not None or not isinstance(self.transport, Constant)

    @property
    def ways(self) -> list[Operation]:
        """The operation as it is done on its own segment, then on each alternative."""
        others: list[dict[str, Any]] = [{"segment": it.segment, "run": it.run, "alternatives": []} for it in self.alternatives]
        return [self, *(self.model_copy(update=other) for other in others)]


class Transport(Table):
    default: DurationUs = 0


class PlantFile(Readiness, Warehousing):
    """The contents of plant.yaml."""

    plant: Id
    title: str = ""
    currency: Literal["EUR", "USD", "GBP", "CHF"] = "EUR"
    time_zone: str = "UTC"
    energy_tariff: TariffMinorPerMWh = 0
    energy_prices: EnergyPrices = EnergyPrices()  # by time, and for the highest power; left out: `energy_tariff` at all times
    calendars: dict[Id, WorkCalendar] = {}
    storage_units: dict[Id, StorageUnit]
    work_centers: dict[Id, WorkCenter]
    work_units: dict[Id, WorkUnit] = {}
    production_lines: dict[Id, ProductionLine] = {}
    failures_by_class: dict[Id, list[Failure]] = {}  # each work unit of the equipment class fails in these ways, by itself
    repair_crews: dict[Id, RepairCrew] = {}
    fleets: dict[Id, Fleet] = {}
    setups: dict[Id, SetupMatrix] = {}  # by equipment class; a line changes over as a whole and goes by its own id
    personnel_classes: dict[Id, PersonnelClass] = {}
    persons: dict[Id, Person] = {}
    labour: LabourRules = LabourRules()
    process_segments: dict[Id, ProcessSegment]
    routings: dict[Id, dict[Id, Operation]]  # material -> operations, in their order
    quality_plans: dict[Id, QualityPlan] = {}
    reasons: Reasons = Reasons()  # what persons choose from at the terminals
    alarms: Alarms | None = None
    maintenance_plans: dict[Id, MaintenancePlan] = {}
    calibrations: dict[Id, Calibration] = {}
    packml: PackMl | None = None


class Plant(Table):
    """What is: the three files of a plant folder, read and checked together."""

    layout: PlantFile
    materials: Materials
    signals: SignalMap | None = None

    @model_serializer(mode="wrap")
    def _in_its_currency(self, write: SerializerFunctionWrapHandler, info: SerializationInfo) -> dict[str, Any]:
        """JSON holds amounts as people write them, so in the currency of this plant; it reads back as an equal plant."""
        if info.mode == "json" and "currency" not in (info.context or {}):
            return self.model_dump(mode="json", context={"currency": self.layout.currency}, exclude_defaults=info.exclude_defaults)
        tables: dict[str, Any] = write(self)
        return tables

    @property
    def id(self) -> str:
        return self.layout.plant

    @property
    def title(self) -> str:
        return self.layout.title or self.layout.plant

    @property
    def equipment(self) -> list[str]:
        """Every piece of equipment that has a state, in declared order: work units, each line followed by its stations, vehicles."""
        lines = [e for line, it in self.layout.production_lines.items() for e in (line, *it.stations)]
        return [*self.layout.work_units, *lines, *self.vehicles]

    @property
    def vehicles(self) -> dict[str, Fleet]:
        """The vehicles of all fleets, in declared order."""
        return {vehicle: fleet for name, fleet in self.layout.fleets.items() for vehicle in vehicles_of(name, fleet)}

    @property
    def failures(self) -> dict[str, list[Failure]]:
        """How work units, stations and vehicles fail: in the ways of their class, then in their own."""
        layout = self.layout
        return {
            **{name: [*layout.failures_by_class.get(it.equipment_class, []), *it.failures] for name, it in layout.work_units.items()},
            **{name: it.failures for line in layout.production_lines.values() for name, it in line.stations.items()},
            **{name: fleet.failures for name, fleet in self.vehicles.items()},
        }

    @property
    def maintenance(self) -> dict[str, list[Maintenance]]:
        """Planned maintenance of work units and of lines as a whole, in declared order."""
        layout = self.layout
        whole: dict[str, WorkUnit | ProductionLine] = {**layout.work_units, **layout.production_lines}
        return {name: it.maintenance for name, it in whole.items()}

    def equipment_of(self, segment: str) -> list[str]:
        """Work units or lines that can do `segment`, in declared order."""
        it = self.layout.process_segments[segment]
        units = [
            u
            for u, unit in self.layout.work_units.items()
            if unit.work_center == it.work_center and it.equipment_class in (None, unit.equipment_class)
        ]
        lines = [name for name, line in self.layout.production_lines.items() if line.work_center == it.work_center]
        return units + ([] if it.equipment_class else lines)

    def other_ways(self, operation: Operation) -> dict[str, tuple[int, Operation]]:
        """Equipment that can do an operation by an alternative alone: which of them (from 1), and the operation as it is done there."""
        able = dict.fromkeys(self.equipment_of(operation.segment), (0, operation))
        for n, way in enumerate(operation.ways):
            able = {**dict.fromkeys(self.equipment_of(way.segment), (n, way)), **able}
        return {name: way for name, way in able.items() if way[0]}

    def may_begin_at(self, material: str, operation: str) -> bool:
        """Whether a lot may come into being at an operation, since all those before it are passed by some lots, or are not done here."""
        routing = self.layout.routings[material]
        before = list(routing.values())[: list(routing).index(operation)]
        return all(it.sample < 1 or it.sample_every is not None or it.subcontract is not None for it in before)

    def sources_of_centers(self) -> dict[str, list[str]]:
        """For each work center those whose lots its equipment may take: itself first, then those that have it as an alternative."""
        segments, sources = self.layout.process_segments, {center: [center] for center in self.layout.work_centers}
        for operation in (it for routing in self.layout.routings.values() for it in routing.values()):
            waits_at, *others = (segments[way.segment].work_center for way in operation.ways)
            for center in others:
                if waits_at not in sources[center]:
                    sources[center].append(waits_at)
        return sources

    def expected_us(self, operation: Operation) -> tuple[float, float]:
        """Expected run time of an operation for each piece, and for the lot however large; on a line its stations' cycles say it."""
        mean_us, interval_us = operation.run.mean_us, operation.interval
        lines = [line for name, line in self.layout.production_lines.items() if name in self.equipment_of(operation.segment)]
        if lines and mean_us == 0:
            return lines[0].piece_us, (0.0 if operation.per == "piece" else mean_us)
        if interval_us and operation.per == "piece":
            return float(interval_us), mean_us - interval_us
        return (mean_us, 0.0) if operation.per == "piece" else (0.0, mean_us)

    def next_operation(self, material: str, operation: str) -> str | None:
        """The operation after `operation` in the routing of `material`; None after the last."""
        steps = list(self.layout.routings[material])
        place = steps.index(operation) + 1
        return steps[place] if place < len(steps) else None


def rework_lot(lot: str) -> str:
    """Id of the lot that a rework takes off `lot`; the plant and the MES both name it so."""
    return f"{lot}.R"


def is_rework_of(lot: str, lots: Collection[str]) -> bool:
    """Whether `lot` is the name of what reworks take off one of `lots`."""
    while lot.endswith(".R"):
        lot = lot.removesuffix(".R")
        if lot in lots:
            return True
    return False


def job_order_id(lot: str, operation: str) -> str:
    """Id of the job order that does `operation` on `lot`."""
    return f"{lot}/{operation}"
