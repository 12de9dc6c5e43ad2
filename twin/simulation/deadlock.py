"""Deadlock: equipment that cannot get rid of finished lots, because every place they could go to waits for this very equipment.

A finished lot leaves its equipment in two ways: a place falls free in the storage where it waits next, or something that can do its next
operation takes it on. Both come about only when equipment starts work. So a set of blocked equipment stands for ever if each has a
finished lot that only the set can take on, and that finds its storage full of lots that only the set can take on (a knot: Holt 1972,
ACM Computing Surveys 4, 179). Whatever is not blocked may start work one day, after its repair, its shift, its job: it never counts.
So the check is never wrong when it says deadlock, and says so at the instant at which it has become true.

Nor does a lot that goes back, or is lost, when it has waited too long: it waits for nobody (its `able` is empty), and leaves its place.

A vehicle that waits with its lot for a place is blocked like any equipment; a lot that waits for a vehicle is stuck if all of them are.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from twin.model.measures import write_duration
from twin.model.problems import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckLot:
    """A finished lot that `holder` cannot get rid of: it waits since `since_us` for a place in `storage`; `able` can take it on.

    Or it waits for a vehicle of `fleet`, and those are `able`; then `storage` is "".
    """

    lot: str
    holder: str
    storage: str
    since_us: int
    able: tuple[str, ...]
    fleet: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """A storage: lots in it in the order in which they came, with what can take each on. `capacity` None: there is always a place."""

    capacity: int | None
    lots: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """One link of the cycle: `stuck` waits for a place that `lot` has, which only `blockers`, all of them stuck, can take on."""

    stuck: StuckLot
    lot: str
    blockers: tuple[str, ...]


def find_deadlock(stuck: Sequence[StuckLot], storages: Mapping[str, Places]) -> tuple[Wait, ...]:
    """The cycle of equipment that waits for each other for ever; empty if there is none.

    Parameters
    ----------
    stuck : every finished lot that is still on its equipment, in the order in which they began to wait
    storages : at least those for which they wait

    Notes
    -----
    The largest set is found by taking away whatever can still move, until nothing can be taken away any more.
    """
    blocked = {it.holder for it in stuck}

    def is_fixed(able: Sequence[str]) -> bool:
        return bool(able) and all(unit in blocked for unit in able)

    def stays(it: StuckLot) -> bool:
        if it.fleet:
            return is_fixed(it.able)
        places = storages[it.storage]
        if places.capacity is None or len(places.lots) < places.capacity or not is_fixed(it.able):
            return False
        return all(is_fixed(able) for _, able in places.lots)

    while freed := blocked - {it.holder for it in stuck if it.holder in blocked and stays(it)}:
        blocked -= freed
    return _cycle([it for it in stuck if it.holder in blocked and stays(it)], storages)


def _cycle(stuck: Sequence[StuckLot], storages: Mapping[str, Places]) -> tuple[Wait, ...]:
    """Walk from who has waited longest to whom it waits for, until somebody comes again; the cycle alone, who waits longest first."""
    if not stuck:
        return ()
    first_of: dict[str, StuckLot] = {}
    for it in stuck:
        first_of.setdefault(it.holder, it)
    path: dict[str, Wait] = {}
    here = stuck[0].holder
    while here not in path:
        it = first_of[here]
        lot, able = (it.lot, it.able) if it.fleet else storages[it.storage].lots[0]
        path[here] = Wait(stuck=it, lot=lot, blockers=able)
        here = able[0]
    cycle = list(path.values())[list(path).index(here) :]
    start = min(range(len(cycle)), key=lambda n: (cycle[n].stuck.since_us, n))
    return (*cycle[start:], *cycle[:start])


def write_deadlock(cycle: Sequence[Wait], storages: Mapping[str, Places], now_us: int, local_time: Callable[[int], str]) -> str:
    """The cycle in words: who holds which lot, waits for which place and since when, and whom that place waits for."""
    links = []
    for wait in cycle:
        it = wait.stuck
        since = f"since {local_time(it.since_us)} ({write_duration(now_us - it.since_us) if now_us > it.since_us else 'just now'})"
        if it.fleet:
            carried = f"for a vehicle of {it.fleet}, and each of them waits with lots of its own"
            links.append(f"{it.holder} holds {it.lot} and waits {since} {carried}: {listed(it.able, 4)}")
            continue
        places = storages[it.storage]
        full = f"which is full with {listed([lot for lot, _ in places.lots], 4)}"
        held = f"{it.holder} holds {it.lot} and waits {since} for a place in {it.storage}, {full}"
        links.append(f"{held}; {wait.lot} waits for {' or '.join(wait.blockers)}")
    return f"deadlock, nothing here will ever move again: {'. '.join(links)}"
