"""What a planner supposes: a unit is down until then, a delivery is late, a customer is in a hurry, somebody is absent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from twin.erp import Erp
from twin.mes import Mes
from twin.model.demand.orders import OrderLine
from twin.model.measures import read_duration, write_duration
from twin.model.plant import Plant
from twin.model.problems import did_you_mean, listed
from twin.model.scenario import Disturbance, Scenario

EXPECTED = "expected"
LONGEST_US = 3660 * 86_400_000_000  # ten years
SUPPOSED = "supposed"  # the reason of a stop that a planner reckons with


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Suppositions, from now on; spans are texts as in "4 h".

    Attributes
    ----------
    down : equipment and for how long it will be down from now on; EXPECTED: as long as its declared repairs take on average
    late : purchase orders and in how long they will come
    rush : orders that come now, each as a scenario writes one: order, customer, material, quantity, priority, and `due` from now on
    absent : persons and for how long; whoever is away for a part of a day is away for all of it
    released : lots on hold, in the making or in stock, and in how long they will be released; left out, they stay where they are
    maintained : maintenance orders, or plans whose next order it is, and in how long it will be done; before, its equipment is kept free
        for as long as its plan says that it lasts; left out, what has a window is done at its end, and nothing else
    reconditioned : tools, and in how long they will be as new; left out, what is worn out by then stays so
    calibrated : gauges of equipment that are over, now or one day, and in how long they will be calibrated; left out, their units stand
    """

    down: Mapping[str, str] = field(default_factory=dict)
    late: Mapping[str, str] = field(default_factory=dict)
    rush: Sequence[Mapping[str, Any]] = ()
    absent: Mapping[str, str] = field(default_factory=dict)
    released: Mapping[str, str] = field(default_factory=dict)
    calibrated: Mapping[str, str] = field(default_factory=dict)
    maintained: Mapping[str, str] = field(default_factory=dict)
    reconditioned: Mapping[str, str] = field(default_factory=dict)

    def refuse_what_is_not(self, plant: Plant, erp: Erp) -> None:
        """Raise ValueError, in words, for what there is not."""
        for what, names, known in (
            ("equipment", self.down, plant.equipment),
            ("purchase order", self.late, sorted(erp.purchasing.open)),
            ("person", self.absent, list(plant.layout.persons)),
        ):
            for name in names:
                if name not in known:
                    raise ValueError(f"there is no {what} '{name}'{did_you_mean(name, known)}; allowed: {listed(known) or 'none'}")
        for name, span in (*self.down.items(), *self.absent.items(), *self.late.items()):
            if span == EXPECTED and name in self.down:
                _repair_us(plant, name)
            elif not 0 <= read_duration(span) <= LONGEST_US or (name not in self.late and not read_duration(span)):
                raise ValueError(f"'{span}' for {name}; allowed: longer than 0, and at most {write_duration(LONGEST_US)}")
        made = [name for name, it in plant.materials.materials.items() if it.kind == "finished"]
        for order in self.rush:
            if unknown := [name for name in ("order", "customer", "material", "quantity", "due") if name not in order]:
                raise ValueError(f"a rush order does not say its {', '.join(unknown)}; allowed: order, customer, material, quantity, due")
            if order["material"] not in plant.materials.materials:
                raise ValueError(f"there is no material '{order['material']}'; allowed: {listed(made)}")
            if order["order"] in erp.customer_orders.orders:
                raise ValueError(f"order {order['order']} has come already; allowed: another name")

    def refuse_what_waits_not(self, held: Mapping[str, str], overdue_from_us: Mapping[str, int]) -> None:
        """Raise ValueError, in words, for a lot that is not on hold and a gauge that is not over by then."""
        _refuse_strangers("lot on hold", self.released, list(held))
        _refuse_strangers("gauge of a unit whose calibration is over by then", self.calibrated, list(overdue_from_us))

    def refuse_what_needs_nobody(self, mes: Mes, is_by_rule: bool) -> None:
        """Raise ValueError, in words, for maintenance that is not asked for and that starts do not depend on, and for strange tools."""
        orders = [it.maintenance for it in mes.maintenance.orders.values() if it.is_open and not it.by_plant]
        plans = [] if is_by_rule else list(mes.maintenance.plans)
        _refuse_strangers("maintenance that a start may wait for", self.maintained, [*orders, *plans])
        _refuse_strangers("tool", self.reconditioned, list(mes.tool_room.tools))

    def words(self) -> list[str]:
        """Each as a sentence."""
        return [
            *(f"{name} is down for {'its expected repair' if span == EXPECTED else spoken(span)}" for name, span in self.down.items()),
            *(f"{name} comes in {spoken(span)}" for name, span in self.late.items()),
            *(f"{it['customer']} orders {it['quantity']} {it['material']} as {it['order']}" for it in self.rush),
            *(f"{name} is absent for {spoken(span)}" for name, span in self.absent.items()),
            *(f"lot {name} is released in {spoken(span)}" for name, span in self.released.items()),
            *(f"{name} is calibrated in {spoken(span)}" for name, span in self.calibrated.items()),
            *(f"{name} is done in {spoken(span)}" for name, span in self.maintained.items()),
            *(f"tool {name} is reconditioned in {spoken(span)}" for name, span in self.reconditioned.items()),
        ]

    # What it changes

    def change_levels(self, mes: Mes, erp: Erp, now_us: int) -> None:
        """Change copies of MES and ERP: when a delivery is expected, counted back by the lead time of its supplier; who is there."""
        if self.absent:
            mes.personnel.learn(self.changed_plant(mes.personnel.attended(mes.plant), now_us))
        for name, span in self.late.items():
            order = erp.purchasing.orders[name]
            lead_time = mes.plant.materials.suppliers[order.supplier].lead_time
            order.placed_us = now_us + read_duration(span) - round(lead_time.mean_us) - order.moved_us

    def changed_plant(self, plant: Plant, now_us: int) -> Plant:
        """The plant, with calendars of their own for those who are absent."""
        if not self.absent:
            return plant
        layout = plant.layout
        calendars, persons = dict(layout.calendars), dict(layout.persons)
        for name, span in self.absent.items():
            known = calendars[persons[name].calendar]
            days = _days(now_us, now_us + read_duration(span), layout.time_zone)
            own = f"{persons[name].calendar}, {name} absent"
            calendars[own] = known.model_copy(update={"holidays": [*known.holidays, *days]})
            persons[name] = persons[name].model_copy(update={"calendar": own})
        return plant.model_copy(update={"layout": layout.model_copy(update={"calendars": calendars, "persons": persons})})

    def released_us(self, now_us: int) -> dict[str, int]:
        """When each lot on hold goes on."""
        return {lot: now_us + max(1, read_duration(span)) for lot, span in self.released.items()}

    def _uncalibrated(self, plant: Plant, overdue_from_us: Mapping[str, int], scenario: Scenario, now_us: int) -> Iterator[Disturbance]:
        """Units stand from when their gauge is over until it is calibrated."""
        for name, from_us in overdue_from_us.items():
            since_us = max(now_us + 1, from_us)
            ends_us = now_us + read_duration(self.calibrated[name]) if name in self.calibrated else now_us + LONGEST_US
            if ends_us > since_us:
                equipment = plant.layout.calibrations[name].equipment
                yield Disturbance.model_validate(
                    {
                        "equipment": equipment,
                        "at": f"{since_us - scenario.start_us} us",
                        "lasts": f"{ends_us - since_us} us",
                        "reason": name,
                    }
                )

    def changed_scenario(self, plant: Plant, scenario: Scenario, now_us: int, overdue_from_us: Mapping[str, int]) -> Scenario:
        """The scenario, with stops and orders that come at once."""
        at_us = now_us + 1 - scenario.start_us
        down = {name: f"{_repair_us(plant, name)} us" if span == EXPECTED else span for name, span in self.down.items()}
        stops = [
            Disturbance.model_validate({"equipment": name, "at": f"{at_us} us", "lasts": lasts, "reason": SUPPOSED})
            for name, lasts in down.items()
        ]
        stops += self._uncalibrated(plant, overdue_from_us, scenario, now_us)
        orders = [*scenario.demand.orders, *self.rush_lines(scenario, now_us)]
        demand = scenario.demand.model_copy(update={"orders": orders})
        return scenario.model_copy(update={"disturbances": [*scenario.disturbances, *stops], "demand": demand})

    def rush_lines(self, scenario: Scenario, now_us: int) -> list[OrderLine]:
        """Orders that come now, as a scenario has them."""
        since_us = now_us - scenario.start_us
        lines = []
        for order in self.rush:
            due_us = since_us + read_duration(order["due"])
            lines.append(OrderLine.model_validate({**order, "at": f"{since_us + 1} us", "due": f"{due_us} us"}))
        return lines


def _refuse_strangers(what: str, said: Mapping[str, str], known: Sequence[str]) -> None:
    for name, span in said.items():
        if name not in known:
            raise ValueError(f"there is no {what} '{name}'{did_you_mean(name, known)}; allowed: {listed(known) or 'none'}")
        if not 0 <= read_duration(span) <= LONGEST_US:
            raise ValueError(f"'{span}' for {name}; allowed: 0 or longer, and at most {write_duration(LONGEST_US)}")


def spoken(span: str) -> str:
    """A span as people write it."""
    return write_duration(read_duration(span))


def _repair_us(plant: Plant, equipment: str) -> int:
    """How long a repair of that equipment is expected to take: the mean over its declared failures.

    Raises
    ------
    ValueError : none is declared, so nobody can know
    """
    repairs = [failure.repair.mean_us for failure in plant.failures.get(equipment, [])]
    if not repairs:
        raise ValueError(f"{equipment}: no failure is declared, so nobody knows how long a repair takes; allowed: a span, as in '4 h'")
    return max(1, round(sum(repairs) / len(repairs)))


def _days(from_us: int, to_us: int, time_zone: str) -> list[date]:
    """Local days that a span touches."""
    zone = ZoneInfo(time_zone)
    first, last = (datetime.fromtimestamp(us / 1_000_000, UTC).astimezone(zone).date() for us in (from_us, to_us - 1))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]
