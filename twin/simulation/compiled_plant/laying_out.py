"""A declared plant and a scenario, laid out as the rows of the compiled floor (`twin.kernels.floor.rows`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from twin.kernels.chance.philox import entity_number
from twin.kernels.chance.variates import CONSTANT, EMPIRICAL
from twin.kernels.floor.rows import asked_rows as asked
from twin.kernels.floor.rows import loss_rows as loss
from twin.kernels.floor.rows import plant_rows as at
from twin.kernels.floor.rows import step_rows as more
from twin.kernels.floor.rows import timer_rows as due
from twin.model.calendars import WorkTime
from twin.model.checks.planning.carried_out import only_planned, planned_over_all_orders
from twin.model.floor.failures import Power
from twin.model.floor.fleets import Fleet
from twin.model.measures import AnyDistribution, Constant, Empirical
from twin.model.personnel.played import as_played
from twin.model.plant import Plant, SetupMatrix, Station, WorkUnit
from twin.model.scenario import Scenario
from twin.simulation.compiled_plant.layout import Control, Layout, Tables, bounds_of, signed
from twin.simulation.compiled_plant.planning_tables import lay_planning
from twin.simulation.compiled_plant.tables.cause_tables import Causes
from twin.simulation.compiled_plant.tables.fleet_tables import lay_fleets
from twin.simulation.compiled_plant.tables.loss_tables import lay_losses
from twin.simulation.compiled_plant.tables.rule_tables import lay_rules
from twin.simulation.compiled_plant.tables.step_tables import lay_steps
from twin.simulation.compiled_plant.words import Words
from twin.simulation.rule_control import NotByRule
from twin.simulation.shop_floor.routing import Steps
from twin.simulation.streams import parameters, stream_key


def lay_out(
    plant: Plant, scenario: Scenario, steps: Steps, words: Words, *, seed: int, end_us: int, control: Control, lot_limit: int | None
) -> Layout:
    """The plant at the start of the scenario, before anything has happened.

    Raises
    ------
    NotByRule : Level 4 is to be decided by rules that know no such thing
    """
    if control == "planned" and (problems := [*planned_over_all_orders(scenario), *only_planned(plant, scenario, by_rule=True)]):
        raise NotByRule(problems)
    return LayingOut(plant, scenario, steps, words, seed, end_us, control, lot_limit).layout()


class LayingOut(Tables):
    def __init__(
        self, plant: Plant, scenario: Scenario, steps: Steps, words: Words, seed: int, end_us: int, control: Control, lot_limit: int | None
    ) -> None:  # fmt: skip
        self.declared, self._scenario, self._steps, self.words = plant, scenario, steps, words
        self._layout, self._start_us, self._end_us = plant.layout, scenario.start_us, end_us
        self._lines, self._streams = scenario.demand.orders, scenario.demand.streams
        super().__init__([0] * more.PLAN_HEADER, [])
        self.plant: list[int] = [0] * loss.HEADER
        self._texts: dict[str, int] = {}
        self._distributions: list[AnyDistribution] = []
        self._places = {name: place for place, name in enumerate(plant.equipment)}
        self.materials = {name: n for n, name in enumerate(plant.materials.materials)}
        self._families = self._number_families()
        self._center_numbers = {name: n for n, name in enumerate(self._layout.work_centers)}
        stations = {name: it for line in self._layout.production_lines.values() for name, it in line.stations.items()}
        self._with_power: dict[str, WorkUnit | Station | Fleet] = {**self._layout.work_units, **stations, **plant.vehicles}
        self.failures, self.maintenance = plant.failures, plant.maintenance
        header = {
            at.START: self._start_us, at.NOW: self._start_us, at.END: end_us, at.PHASE: at.HAPPEN,
            at.IS_BY_RULE: int(control != "commands"),
            at.DECIDES_LEVEL_4: int(control == "planned"),
            at.IS_OFFSET: int(scenario.policies.release == "due_date_offset"), at.LOT_LIMIT: at.FOREVER if lot_limit is None else lot_limit,
            at.LIMITS_WORK: int(bool(scenario.policies.workload)),
        }  # fmt: skip
        self.put(0, header)
        self._seed = seed

    def _number_families(self) -> dict[str | None, int]:
        named: list[str | None] = [step.setup_family for step in self._steps.values()]
        for matrix in self._layout.setups.values():
            named += [matrix.initial, *matrix.matrix, *(family for row in matrix.matrix.values() for family in row)]
        numbers: dict[str | None, int] = {family: n for n, family in enumerate(dict.fromkeys(f for f in named if f is not None))}
        numbers[None] = -1
        return numbers

    def layout(self) -> Layout:
        """Lay everything out, in an order in which what is referred to comes first."""
        self._lay_plan_tables()
        crews = self.table(at.CREWS_AT, at.CREW_COUNT, [[crew.size, 0] for crew in self._layout.repair_crews.values()], at.CREW_ROW)
        self.crews = dict(zip(self._layout.repair_crews, crews, strict=True))
        capacities = [-1 if unit.capacity is None else unit.capacity for unit in self._layout.storage_units.values()]
        storages = self.table(at.STORAGES_AT, at.STORAGE_COUNT, [[capacity, 0] for capacity in capacities], at.STORAGE_ROW)
        self._storages = dict(zip(self._layout.storage_units, storages, strict=True))
        equipment_at = self.reserve(at.EQUIPMENT_AT, at.EQUIPMENT_COUNT, len(self._places), at.EQUIPMENT_ROW)
        self.equipment = {name: equipment_at + n * at.EQUIPMENT_ROW for name, n in self._places.items()}
        step_at = lay_steps(self, self._steps, self._places, self._storages, self._families)
        self._lay_watches()
        self._planning = lay_planning(self, step_at)
        self._lay_equipment()
        lay_losses(self, self._scenario.without)
        self._lay_centers()
        self._lay_streams()
        self._lay_distributions()
        self._lay_room_to_grow()
        plant = np.array(self.plant, dtype=np.int64)
        return Layout(
            plant=plant, plan=np.array(self.plan, dtype=np.int64), numbers=np.array([*self.numbers, 0.0]), equipment=self.equipment,
            steps={address: self._steps[key] for key, address in step_at.items()}, step_at=step_at, families=self._families,
            watches=self.watches, fixed_timers=self._fixed_timers,
        )  # fmt: skip

    # -- putting things down

    def reserve(self, where: int, count_where: int, count: int, row: int) -> int:
        """Room in `plant` for a table; its address and its count go into the header."""
        self.plant[where], self.plant[count_where] = len(self.plant), count
        self.plant += [0] * (count * row)
        return self.plant[where]

    def table(self, where: int, count_where: int, rows: Sequence[Sequence[int]], row: int) -> list[int]:
        """A table in `plant`; the addresses of its rows."""
        first = self.reserve(where, count_where, len(rows), row)
        for n, fields in enumerate(rows):
            self.plant[first + n * row : first + n * row + len(fields)] = fields
        return [first + n * row for n in range(len(rows))]

    def text(self, text: str) -> int:
        """Address in `plan` of a text: its length in bytes, then the bytes."""
        if text not in self._texts:
            letters = text.encode()
            self._texts[text] = self.in_plan([len(letters), *letters])
        return self._texts[text]

    def distribution(self, distribution: AnyDistribution) -> int:
        self._distributions.append(distribution)
        return len(self._distributions) - 1

    def put(self, row: int, fields: Mapping[int, int]) -> None:
        for field, value in fields.items():
            self.plant[row + field] = value

    # -- what is laid out

    def _lay_plan_tables(self) -> None:
        keys = [part for purpose in at.PURPOSES for part in stream_key(self._seed, purpose)]
        self.plan[at.KEYS_AT] = self.in_plan(signed(part) for part in keys)
        self.plan[at.FAMILY_COUNT] = len(self._families) - 1

    def _lay_watches(self) -> None:
        """The calendars in use, in the order in which equipment, then persons name them; of persons as the scenario says of them."""
        layout = as_played(self.declared, self._scenario).layout
        used = {
            **{name: unit.calendar for name, unit in layout.work_units.items()},
            **{n: it.calendar for n, it in layout.production_lines.items()},
            **{name: it.calendar for name, it in self.declared.vehicles.items()},
        }
        of_persons = dict.fromkeys(person.calendar for person in layout.persons.values())
        names = [name for name in dict.fromkeys([*used.values(), *of_persons]) if name is not None]
        rows = []
        for name in names:
            work_time = WorkTime(layout.calendars[name], layout.time_zone)
            bounds = bounds_of(work_time, self._start_us, self._end_us)
            looks = [self.equipment[e] for e, own in used.items() if name in of_persons or own == name]
            is_open = int(work_time.works_at(self._start_us))
            rows.append([is_open, self.in_plan(bounds), len(bounds) // 2, 0, self.in_plan(looks), len(looks)])
        self.watches = dict(zip(names, self.table(at.WATCHES_AT, at.WATCH_COUNT, rows, at.WATCH_ROW), strict=True))
        self.words.watches = {person: self.watches[it.calendar] for person, it in layout.persons.items()}
        for watch in dict.fromkeys(self.words.watches.values()):
            self.words.calendar_lists[watch,] = len(self.plant)
            self.plant += [1, watch]

    def _lay_equipment(self) -> None:
        layout, causes = self._layout, Causes(self, self._scenario, self.crews, self._end_us)
        for name, unit in layout.work_units.items():
            row, batch = self.equipment[name], unit.batch
            self.put(row, self.common(name, at.WORK_UNIT, unit.calendar, unit.work_center, layout.setups.get(unit.equipment_class)))
            if batch:
                in_pieces = int(batch.counts == "pieces")
                self.put(row, {at.BATCH_MINIMUM: batch.minimum, at.BATCH_MAXIMUM: batch.maximum, at.BATCH_WAIT: batch.wait})
                self.put(row, {at.BATCH_IN_PIECES: in_pieces})
            self.put(row, {at.HANDLING_US: unit.load + unit.unload})
            causes.lay(name)
        for name, line in layout.production_lines.items():
            row = self.equipment[name]
            self.put(row, self.common(name, at.LINE, line.calendar, line.work_center, layout.setups.get(name)))
            self.put(row, {at.STATION_COUNT: len(line.stations), at.TRANSFER_LOT: line.transfer_lot})
            causes.lay(name)
            for n, (station_name, station) in enumerate(line.stations.items()):
                at_station = self.equipment[station_name]
                self.put(at_station, self.common(station_name, at.STATION, line.calendar, line.work_center, None))
                self.put(
                    at_station,
                    {
                        at.LINE_AT: row, at.IS_LAST: int(n == len(line.stations) - 1), at.CONVEYOR_PLACES: station.buffer_after,
                        at.CYCLE_DISTRIBUTION: self.distribution(station.cycle), at.CYCLE_ENTITY: signed(entity_number(station_name)),
                        at.STATION_SCRAP: len(self.numbers), at.TRANSFER: -1, at.COUNTED_GOOD: -1, at.REJECT_AHEAD: at.FOREVER,
                    },
                )  # fmt: skip
                self.numbers.append(station.scrap)
                causes.lay(station_name)
        lay_fleets(self, self._storages, causes)
        self.table(at.CAUSES_AT, at.CAUSE_COUNT, causes.rows, at.CAUSE_ROW)
        for line in layout.production_lines.values():
            for name, station in line.stations.items():
                self.put(self.equipment[name], {at.CONVEYOR_AT: len(self.plant)})
                self.plant += [0] * station.buffer_after

    def common(self, name: str, kind: int, calendar: str | None, center: str, setup: SetupMatrix | None) -> dict[int, int]:
        """What rows of equipment share; `center` is "" where nothing is scheduled."""
        power = self._with_power[name].power if kind != at.LINE else Power()
        least = setup.minimum_run if setup else None
        return {
            at.KIND: kind, at.PLACE: self._places[name], at.IDLE_W: power.idle, at.SETUP_W: power.setup, at.EXECUTE_W: power.execute,
            at.DOWN_W: power.down, at.DRAWS_POWER: int(any((power.idle, power.setup, power.execute, power.down))),
            at.WATCH: self.watches[calendar] if calendar is not None else -1, at.CENTER: self._center_numbers[center] if center else -1,
            at.MATRIX: self._matrix(setup), at.NAME: self.text(f"/{name}"), at.METERED_US: self._start_us, at.JOB_LOT: -1,
            at.RUN_LOTS: at.FOREVER, at.LEAST_LOTS: (least.lots or 0) if least else 0, at.LEAST_US: (least.time or 0) if least else 0,
            at.PATIENCE_US: least.patience if least else 0, at.IS_SET_UP_ALONGSIDE: int(setup.alongside) if setup else 0,
            at.JOB_PHASE: at.IS_DONE, at.FAMILY: self._families[setup.initial if setup else None], at.JOB_FAMILY: -1,
        }  # fmt: skip

    def _matrix(self, setup: SetupMatrix | None) -> int:
        """Address in `plan` of the set-up times: a row for each family before (none first), a column for each after; -1: all zero."""
        if setup is None:
            return -1
        families = [family for family in self._families if family is not None]
        return self.in_plan([setup.duration_us(before, after) for before in [None, *families] for after in families])

    def _lay_centers(self) -> None:
        layout, sources = self._layout, self.declared.sources_of_centers()
        mixed = {step.work_center for step in self._steps.values() if step.others}
        rows, rules = [], lay_rules(self, layout, self._scenario.policies)
        for center, it in layout.work_centers.items():
            able = [name for name, unit in layout.work_units.items() if unit.work_center == center]
            able += [name for name, line in layout.production_lines.items() if line.work_center == center]
            takers = [unit for unit in layout.work_units.values() if center in sources[unit.work_center]]
            waits = sorted({unit.batch.wait for unit in takers if unit.batch})
            (rule, *ties), looks_for_setups = rules[center], int(it.idle_first == "least_setup")
            order = [looks_for_setups, int(it.idle_order == "drawn")]
            queue = [rule, self.in_plan(self.equipment[e] for e in able), len(able), self.in_plan(waits), len(waits), -1, -1, 0]
            rows.append([*queue, int(center in mixed), self.in_plan(ties), len(ties), *order])
        centers = dict(zip(layout.work_centers, self.table(at.CENTERS_AT, at.CENTER_COUNT, rows, at.CENTER_ROW), strict=True))
        kept = {it.work_center for it in layout.work_units.values() if self._keeps(it.equipment_class)}
        kept |= {line.work_center for name, line in layout.production_lines.items() if self._keeps(name)}
        for center, row in centers.items():
            taken_from = [centers[source] for source in sources[center]]
            looked_at = [centers[taker] for taker in layout.work_centers if center in sources[taker]]
            self.put(row, {at.SOURCES_AT: self.in_plan(taken_from), at.SOURCE_COUNT: len(taken_from)})
            self.put(row, {at.LOAD_LIMIT_US: self._scenario.policies.workload.get(center, at.FOREVER)})
            self.put(row, {at.TAKERS_AT: self.in_plan(looked_at), at.TAKER_COUNT: len(looked_at)})
            self.put(row, {at.IS_ALWAYS_LOOKED_AT: int(self.plant[row + at.CENTER_WAIT_COUNT] > 0 or center in kept)})

    def _keeps(self, setup: str) -> bool:
        """Whether a set-up is kept for a minimum run."""
        return setup in self._layout.setups and self._layout.setups[setup].minimum_run is not None

    def _lay_streams(self) -> None:
        lines = [
            [self.text(line.order), self.materials[line.material], line.due, line.priority, line.quantity, line.at] for line in self._lines
        ]
        for found in self._scenario.counted_work():  # no order comes: the lot that stands there is named in the same way
            name, due_us = found["lot"].removesuffix(f"-{found['material']}"), found["due_us"] - self._start_us
            lines.append([self.text(name), self.materials[found["material"]], due_us, found["priority"], found["quantity"], -1])
        self.plan[at.LINE_COUNT], self.plan[at.LINES_AT] = len(lines), self.in_plan(field for row in lines for field in row)
        rows = [
            [
                self.text(f"{name}-"), self.materials[stream.material], stream.promise, stream.priority, self.in_plan(stream.quantity),
                -1 if stream.first is None else stream.first, len(stream.quantity), -1 if stream.count is None else stream.count,
                self.distribution(stream.interval), signed(entity_number(name)), 0, 0, -1 if stream.until is None else stream.until,
            ]
            for name, stream in self._streams.items()
        ]  # fmt: skip
        self.table(at.STREAMS_AT, at.STREAM_COUNT, rows, asked.STREAM_ROW)

    def _lay_distributions(self) -> None:
        rows: list[int] = []
        for distribution in self._distributions:
            kind, *numbers = parameters(distribution)
            values = distribution.values if isinstance(distribution, Empirical) else []
            if isinstance(distribution, Constant):
                values = [distribution.value]
            assert bool(values) == (kind in (CONSTANT, EMPIRICAL))
            rows += [kind, len(self.numbers), self.in_plan(values), len(values)]
            self.numbers += numbers
        self.plan[at.DISTRIBUTIONS_AT] = self.in_plan(rows)

    def _lay_room_to_grow(self) -> None:
        """Everything whose number changes: what is touched and urgent, timers, lots, requests; and what a step may need of them."""
        plant = self.plant
        equipment, causes = plant[at.EQUIPMENT_COUNT], plant[at.CAUSE_COUNT]
        plant[at.TOUCHED_AT] = len(plant)
        plant += [0] * equipment
        plant[at.LOOKS_AT] = len(plant)
        plant += [0] * plant[at.CENTER_COUNT]
        plant[at.URGENT_AT] = len(plant)
        plant += [0] * (2 * (2 * equipment + 3 * causes + 16))
        self._lay_timers()
        self._lay_reserves()
        for field in (
            at.LOT_FREE,
            at.REQUEST_FREE,
            at.TIMER_FREE,
            at.WAITING_FIRST,
            at.WAITING_LAST,
            at.BACKLOG_FIRST,
            at.BACKLOG_LAST,
            at.PLANNED_FIRST,
        ):
            plant[field] = -1

    def _lay_reserves(self) -> None:
        """What one step may need at most: rows of the log, names, lots, timers, requests, news."""
        plant, equipment, planning = self.plant, self.plant[at.EQUIPMENT_COUNT], self._planning
        largest = max([0, *(step.batch.maximum for step in self._steps.values() if step.batch)])
        batches = [max(unit.batch.maximum, largest) if unit.batch else 1 for unit in self._layout.work_units.values()]
        loads = [1 if fleet.counts == "lots" and fleet.capacity == 1 else fleet.capacity for fleet in self._layout.fleets.values()]
        biggest, lines = max([1, *batches, *loads]), len(self._layout.production_lines)
        centers = [plant[at.CENTERS_AT] + n * at.CENTER_ROW for n in range(plant[at.CENTER_COUNT])]
        waits = max([0, *(plant[center + at.CENTER_WAIT_COUNT] for center in centers)])
        samples = sum(step.sample < 1.0 or step.sample_every > 0 for step in self._steps.values())  # more than a lot can pass over at once
        settled = sum(batches) + lines if any(step.sample_every for step in self._steps.values()) else biggest + lines  # lots at once
        plant[at.LOG_RESERVE] = settled * (samples + 2) + 6 * equipment + 2 * plant[at.CAUSE_COUNT] + biggest
        plant[at.LOG_RESERVE] += len(self.materials) + 16
        plant[at.NAMES_RESERVE] = 2 * max(biggest, sum(batches) + lines) + planning.explosion + 4
        plant[at.LOT_RESERVE] = biggest + 1
        plant[at.TIMER_RESERVE] = (9 + 2 * waits) * settled + len(self.materials) + 8
        plant[at.REQUEST_RESERVE] = planning.explosion + len(self.materials) + 2
        if plant[at.DECIDES_LEVEL_4]:  # else there is no news
            plant[at.NEWS_RESERVE] = 2 * (sum(batches) + lines) * samples + 2 * (sum(batches) + lines) + planning.explosion + 8
        plant[at.SENT_AT] = len(plant)
        plant += [0] * (asked.SENT_ROW * (equipment + len(self.materials)))

    def _lay_timers(self) -> None:
        plant = self.plant
        fixed: list[tuple[int, int]] = [(due.WORK_DONE, address) for address in self.equipment.values()]
        for kind, where, count, row in (
            (due.CAUSE_DUE, at.CAUSES_AT, at.CAUSE_COUNT, at.CAUSE_ROW), (due.BOUND_DUE, at.WATCHES_AT, at.WATCH_COUNT, at.WATCH_ROW),
        ):  # fmt: skip
            fixed += [(kind, plant[where] + n * row) for n in range(plant[count])]
        fixed += [(due.LINE_DUE, n) for n in range(self.plan[at.LINE_COUNT])]
        fixed += [(due.STREAM_DUE, plant[at.STREAMS_AT] + n * asked.STREAM_ROW) for n in range(plant[at.STREAM_COUNT])]
        fixed.append((due.CLOCK_DUE, 0))
        plant[at.TIMERS_AT] = len(plant)
        for kind, what in fixed:
            plant += [-1, kind, what]
        plant[at.HEAP_AT], plant[at.TIMER_COUNT] = len(plant), len(fixed)
        self._fixed_timers = len(fixed)
        plant += [0] * (due.HEAP_ROW * len(fixed))
        plant[due.TABLE_AT], plant[due.NEXT_KEY] = len(plant), due.NEVER
        plant += [due.NEVER] * due.TABLE_SIZE
