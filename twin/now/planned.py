"""What a plan reckons with: the same plant in which everything lasts what is expected, and nothing happens by chance."""

from __future__ import annotations

from twin.model.floor.failures import Failure
from twin.model.floor.maintenance import Maintenance
from twin.model.materials import Materials
from twin.model.measures import AnyDistribution, Constant, Uniform
from twin.model.plant import Operation, Plant, PlantFile
from twin.model.scenario import Scenario

NEVER_US = 100 * 365 * 86_400_000_000
"""When a failure by chance would come next: after every plan."""

PLANNED_SEED = 0  # nothing is drawn under it

ASSUMED = (
    "how long what is under way still takes: what is planned less what it has taken, and nothing more if that is over",
    "what will fail, be scrapped or need rework: taken to be nothing; repairs that are under way take what they are expected to",
    "which orders are still to come: none, and stops that somebody will plan are not known either",
)


def as_planned(plant: Plant) -> Plant:
    """The plant without chance: times are their means, pieces are good, nothing fails; every lot that may be a sample is one."""
    layout = plant.layout
    units = {
        name: it.model_copy(update={"failures": _failures(it.failures), "maintenance": _upkeep(it.maintenance)})
        for name, it in layout.work_units.items()
    }
    lines = {
        name: line.model_copy(
            update={
                "maintenance": _upkeep(line.maintenance),
                "stations": {
                    station: it.model_copy(update={"cycle": planned(it.cycle), "scrap": 0.0, "failures": _failures(it.failures)})
                    for station, it in line.stations.items()
                },
            }
        )
        for name, line in layout.production_lines.items()
    }
    changed: dict[str, object] = {
        "work_units": units, "production_lines": lines,
        "failures_by_class": {name: _failures(them) for name, them in layout.failures_by_class.items()},
        "fleets": {name: it.model_copy(update={"failures": _failures(it.failures)}) for name, it in layout.fleets.items()},
        "routings": {
            material: {name: _operation(it) for name, it in routing.items()} for material, routing in layout.routings.items()
        },
    }  # fmt: skip
    planned_layout: PlantFile = layout.model_copy(update=changed)
    return plant.model_copy(update={"layout": planned_layout, "materials": _materials(plant.materials)})


def planned(duration: AnyDistribution) -> AnyDistribution:
    """The duration that is planned: its mean.

    What was a distribution stays one, of a single value: where it is one, arrivals are scanned, and nobody reckons with them.
    """
    if isinstance(duration, Constant):
        return duration
    mean_us = round(duration.mean_us)
    return Uniform.model_validate({"low": f"{mean_us} us", "high": f"{mean_us} us"})


def planned_scenario(scenario: Scenario, known_orders: set[str], now_us: int) -> Scenario:
    """What of a scenario is known now: orders that have come, stops that have begun."""
    demand, after_us = scenario.demand, now_us - scenario.start_us
    streams = {}
    for name, stream in demand.streams.items():
        count = max(
            (int(n) for origin, _, n in (order.rpartition("-") for order in known_orders) if origin == name and n.isdigit()), default=0
        )
        if count:
            streams[name] = stream.model_copy(update={"count": count})
    orders = [line for line in demand.orders if line.order in known_orders]
    return scenario.model_copy(
        update={
            "demand": demand.model_copy(update={"orders": orders, "streams": streams, "forecasts": {}}),
            "disturbances": [stop for stop in scenario.disturbances if stop.at <= after_us],
        }
    )


def _failures(failures: list[Failure]) -> list[Failure]:
    never = Constant.model_validate({"value": f"{NEVER_US} us"})
    return [it.model_copy(update={"time_to_failure": never, "repair": planned(it.repair)}) for it in failures]


def _upkeep(maintenance: list[Maintenance]) -> list[Maintenance]:
    return [it.model_copy(update={"lasts": planned(it.lasts)}) for it in maintenance]


def _operation(it: Operation) -> Operation:
    ways = [way.model_copy(update={"run": planned(way.run)}) for way in it.alternatives]
    sample = 1.0 if it.sample else 0.0
    return it.model_copy(
        update={
            "run": planned(it.run), "transport": planned(it.transport), "alternatives": ways, "scrap": 0.0, "rework": 0.0, "sample": sample,
        }
    )  # fmt: skip


def _materials(materials: Materials) -> Materials:
    suppliers = {name: it.model_copy(update={"lead_time": planned(it.lead_time)}) for name, it in materials.suppliers.items()}
    return materials.model_copy(update={"suppliers": suppliers})
