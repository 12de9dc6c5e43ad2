"""The same queues in Ciw, which is made for queueing networks."""

from __future__ import annotations

from typing import Any

import ciw

from benchmarks.measuring.plants import ARRIVALS, JOBS, PLACES, UNITS, routes


def queue(customers: int) -> float:
    arrivals, service = ciw.dists.Exponential(ARRIVALS), ciw.dists.Exponential(1.0)
    net = ciw.create_network(arrival_distributions=[arrivals], service_distributions=[service], number_of_servers=[1])
    simulation = _played(net, customers)
    stays = [it.exit_date - it.arrival_date for it in simulation.get_all_records()]
    return sum(stays) / len(stays)


def tandem(parts: int) -> float:
    """Fed at 1.2 parts a minute, more than it can take; Ciw blocks after service, too."""
    after = [[1.0 if to == n + 1 else 0.0 for to in range(UNITS)] for n in range(UNITS)]
    net = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(1.2)] + [None] * (UNITS - 1),
        service_distributions=[ciw.dists.Exponential(1.0)] * UNITS,
        number_of_servers=[1] * UNITS, queue_capacities=[float("inf")] + [PLACES] * (UNITS - 1), routing=after,
    )  # fmt: skip
    return float(_played(net, parts).current_time)


def job_shop(jobs: int) -> float:
    names = [f"m{k}" for k in range(len(routes()))]
    ways = {name: [n + 1 for n in way] for name, way in zip(names, routes(), strict=True)}
    each, services = ciw.dists.Exponential, [ciw.dists.Exponential(1.0)] * UNITS
    net = ciw.create_network(
        arrival_distributions={m: [each(JOBS / len(names)) if n + 1 == ways[m][0] else None for n in range(UNITS)] for m in names},
        service_distributions=dict.fromkeys(names, services), number_of_servers=[1] * UNITS,
        routing={m: ciw.routing.ProcessBased(_way(ways[m])) for m in names},
    )  # fmt: skip
    simulation = _played(net, jobs)
    return jobs * UNITS / float(simulation.current_time)


def _way(way: list[int]) -> Any:
    return lambda individual, simulation: way[1:]


def _played(net: Any, count: int) -> Any:
    ciw.seed(1)
    simulation = ciw.Simulation(net)
    simulation.simulate_until_max_customers(count, method="Finish")
    return simulation
