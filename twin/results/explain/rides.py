"""Lots that vehicles carry: what the vehicle did for which they waited, and the ride."""

from __future__ import annotations

from itertools import groupby

from twin.mes.equipment import StateInterval
from twin.mes.tracking.transports import Ride
from twin.model.floor.fleets import EMPTY_TRAVEL, LOADED_TRAVEL, LOADING, TO_PARK, UNLOADING, vehicles_of
from twin.model.problems import listed
from twin.results.explain.evidence import Evidence
from twin.results.explain.span import Kind, Span, Tiling
from twin.results.explain.waiting import classify


class Rides:
    """Answers for one ride, or one vehicle, at a time; keeps nothing."""

    def __init__(self, evidence: Evidence) -> None:
        self._evidence = evidence

    def to(self, job_order: str) -> Ride | None:
        """The ride that leads to a job order, if its lot has to be carried there."""
        return self._evidence.mes.transports.rides.get(job_order)

    def lay(self, tiling: Tiling, ride: Ride, work_center: str, until_us: int) -> None:
        """The wait for a vehicle, then the ride, up to an instant."""
        loaded_us = until_us if ride.loaded_us < 0 else min(ride.loaded_us, until_us)
        if loaded_us > tiling.at_us:
            what = f"done on {ride.equipment}, and waited there for a vehicle of {ride.fleet}"
            because = tuple(self.meanwhile(ride, tiling.at_us, loaded_us))
            span = Span(
                start_us=tiling.at_us, end_us=loaded_us, kind="vehicle", what=what, cause=f"no vehicle of {ride.fleet}",
                equipment=ride.vehicle, job_order=ride.job_order, because=because,
            )  # fmt: skip
            tiling.lay([span])
        set_down_us = until_us if ride.set_down_us < 0 else min(ride.set_down_us, until_us)
        tiling.fill(set_down_us, "transport", f"on {ride.vehicle} from {ride.start} to {ride.end}", f"transport to {work_center}")

    def meanwhile(self, ride: Ride, from_us: int, to_us: int) -> list[Span]:
        """What the vehicle did that came in the end; if none has come yet, the first of the fleet."""
        vehicle = ride.vehicle or vehicles_of(ride.fleet, self._evidence.plant.layout.fleets[ride.fleet])[0]
        tiling = Tiling(from_us)
        for key, group in groupby(self._evidence.timeline(vehicle, from_us, to_us), key=classify):
            its = list(group)
            kind: Kind = "vehicle" if key[0] == "run" else key[0]
            cause = f"{vehicle}: {key[1]}" if key[0] == "failure" else f"{vehicle} {key[1].replace('_', ' ') or key[0]}"
            tiling.lay(
                [Span(start_us=its[0].start_us, end_us=its[-1].end_us, kind=kind, what=self.told(its), cause=cause, equipment=vehicle)]
            )
        return tiling.spans

    def told(self, its: list[StateInterval]) -> str:
        """What a vehicle did in neighbouring intervals of one kind and reason."""
        vehicle, (kind, reason) = its[0].equipment, classify(its[0])
        lots = listed(self._carried(reason, vehicle, its[0].start_us, its[-1].end_us), 3)
        words = {
            EMPTY_TRAVEL: f"{vehicle} drove empty to fetch {lots}", LOADING: f"{vehicle} loaded {lots}",
            LOADED_TRAVEL: f"{vehicle} carried {lots}", UNLOADING: f"{vehicle} unloaded {lots}",
            TO_PARK: f"{vehicle} drove to where it parks",
        }  # fmt: skip
        others: dict[Kind, str] = {
            "failure": f"{vehicle} was down: {reason}", "off shift": f"{vehicle} was off shift", "idle": f"{vehicle} had nothing to carry",
            "blocked": f"{vehicle} could not get rid of {lots}", "unknown": f"{vehicle} had not reported yet",
        }  # fmt: skip
        return words.get(reason) or others.get(kind, f"{vehicle} stood: {reason or kind}")

    def _carried(self, reason: str, vehicle: str, from_us: int, to_us: int) -> list[str]:
        """Lots that a vehicle fetched after some time in which it drove empty or loaded; else those that were on it, or are still."""
        rides = [it for it in self._evidence.mes.transports.rides.values() if it.vehicle == vehicle]
        if reason in (EMPTY_TRAVEL, LOADING):
            loaded_us = min((it.loaded_us for it in rides if it.loaded_us >= to_us), default=-1)
        else:
            loaded_us = max((it.loaded_us for it in rides if it.loaded_us <= from_us), default=-1)
        return [it.lot for it in rides if it.loaded_us == loaded_us] or ["what it was sent for"]
