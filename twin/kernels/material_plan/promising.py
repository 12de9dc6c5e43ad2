"""Capable to promise: when a quantity can be there, by what is free of materials and of equipment, level by level down the bill.

Down the bill: what is free of each material, or becomes free within its lead time, is taken, and the rest is made or bought. Up the bill:
what is made starts when all its components are there, lot by lot, step by step on the equipment that has it done first.
"""

from __future__ import annotations

from typing import NamedTuple

from twin.kernels.compiling import entry, kernel
from twin.kernels.material_plan import columns as at
from twin.kernels.material_plan import timelines as row
from twin.kernels.material_plan.columns import Ints
from twin.kernels.material_plan.exploding import moved
from twin.kernels.material_plan.lot_sizing import sized
from twin.kernels.material_plan.netting import start_for
from twin.kernels.material_plan.timelines import NEVER, Busy, Shop, gap_from, instant_of, occupy, work_at

# one row of `sources`, int64
LIMIT_US = 0  # what becomes free within so long is waited for
LEAD_US = 1  # until it is there, once ordered, or once its components are: of what goes through no equipment
LOT_SIZE = 2  # pieces that go through the equipment together; 0: all
SOURCE_WIDTH = 3

# one row of `nodes`, int64: what was found out about a material
NUMBER = 0
NEED = 1
TAKEN = 2  # of what is free
TAKEN_AT = 3  # when the last of it is free, us
MADE = 4  # started, or bought
READY_FROM = 5  # when its components are there, us
READY_AT = 6
LATEST = 7  # which component came last: its number, -1: none
NODE_WIDTH = 8

# one row of `places`, int64: work put on equipment
STEP = 1
EQUIPMENT = 2
ASKED_AT = 3  # when the lot was there
STARTS_AT = 4
ENDS_AT = 5
WORKED = 6  # from which working time on
LENGTH = 7  # how much of it
ORDER = 8  # for which of the orders that are loaded
PLACE_WIDTH = 9


class Network(NamedTuple):
    """Bills, and what is free when."""

    materials: Ints  # as in `columns`, numbered by low-level code
    line_from: Ints
    lines: Ints
    sources: Ints  # int64[n, SOURCE_WIDTH]
    free_from: Ints  # int64[n + 1]
    free: Ints  # int64[k, 2], see `free_from_flow`


class Told(NamedTuple):
    """What is filled. Rows that find no room are counted all the same."""

    nodes: Ints  # int64[most, NODE_WIDTH]
    places: Ints  # int64[most, PLACE_WIDTH]
    counts: Ints  # int64[3], how many of each; the order that is loaded now


@kernel
def run_lots(shop: Shop, busy: Busy, number: int, first: int, lot_size: int, quantity: int, ready_us: int, told: Told) -> int:  # fmt: skip
    """Put all lots of an order through the equipment from row `first` of its steps on, one lot after the other; when the last is done."""
    done_us = ready_us
    size = lot_size if lot_size > 0 else quantity
    while quantity > 0:
        lot = min(size, quantity)
        quantity -= lot
        done_us = max(done_us, _run_lot(shop, busy, number, first, lot, ready_us, told))
        if done_us >= NEVER:
            return NEVER
    return done_us


@kernel
def _run_lot(shop: Shop, busy: Busy, number: int, first: int, lot: int, ready_us: int, told: Told) -> int:
    """Each operation the way, and on the equipment, that has it done first; of those that are alike, the first declared."""
    begins = shop.step_from[number]
    after = begins + first
    best_us, best, begin, taken, flows, goes_on = NEVER, -1, 0, 0, 0, 0
    way = after
    for step in range(after, shop.step_from[number + 1]):
        of = shop.steps[step]
        if step == after:  # the first way of the next operation
            after = step + of[row.WAYS]
            best_us, best = NEVER, -1
        length = of[row.BUSY_LOT] + of[row.BUSY_PIECE] * lot
        flow = max(length, of[row.FLOW_LOT] + of[row.FLOW_PIECE] * lot)
        hours, there = -1, NEVER
        for place in range(shop.group_from[of[row.GROUP]], shop.group_from[of[row.GROUP] + 1]):
            equipment = shop.group_equipment[place]
            if shop.hours_of[equipment] != hours:
                hours, there = shop.hours_of[equipment], work_at(shop, equipment, ready_us)
            if there >= NEVER:
                continue
            worked = gap_from(busy, equipment, there, length)
            if best >= 0 and way == step and shop.hours_of[best] == hours and worked >= begin:
                continue  # no better, without a look at the clock
            end_us = instant_of(shop, equipment, worked + flow, True) if flow > 0 else ready_us
            if end_us < best_us:
                best_us, best, begin, taken, flows, way, goes_on = end_us, equipment, worked, length, flow, step, of[row.AFTER]
            if worked == there and shop.is_alike[of[row.GROUP]]:
                break  # at once: none that is left can be better
        if step + 1 < after:
            continue  # there is another way
        if best < 0:
            return NEVER
        if taken > 0:
            occupy(busy, best, begin, begin + taken)
        count = told.counts[1]
        if count < told.places.shape[0]:
            here = told.places[count]
            here[NUMBER], here[STEP], here[EQUIPMENT], here[ASKED_AT] = number, way - begins, best, ready_us
            here[STARTS_AT] = instant_of(shop, best, begin, False) if flows > 0 else ready_us
            here[ENDS_AT], here[WORKED], here[LENGTH], here[ORDER] = best_us, begin, taken, told.counts[2]
        told.counts[1] = count + 1
        ready_us = best_us + goes_on
    return ready_us


@entry
def load_orders(orders: Ints, lot_size: Ints, shop: Shop, busy: Busy, done_us: Ints, told: Told) -> int:
    """Finite loading: put orders on the equipment, the first first.

    Parameters
    ----------
    orders : int64[n, 4], material, quantity, when it may start (us), and the row of its first step
    lot_size : int64[materials]
    done_us : int64[n]; filled with when each is done, NEVER if the known hours do not suffice

    Returns
    -------
    int : 1 if an interval found no room in `busy`, else 0
    """
    for place in range(orders.shape[0]):
        number, quantity, ready_us, first = orders[place]
        told.counts[2] = place
        done_us[place] = run_lots(shop, busy, number, first, lot_size[number], quantity, ready_us, told)
    full: int = busy.is_full[0]
    return full


@entry
def promise(
    number: int, quantity: int, now_us: int, network: Network, shop: Shop, busy: Busy, told: Told, need: Ints, ready_us: Ints
) -> int:
    """When `quantity` of a material can be there, us; NEVER if the known hours do not suffice. `told` is filled, `busy` brought up to date.

    Parameters
    ----------
    number, quantity : by low-level code
    told : `nodes` from the material down, by low-level code; `places` in the order in which work was put on equipment
    need, ready_us : int64[materials], room to reckon in; `need` is 0 before and after
    """
    need[number] = quantity
    seen = _go_down(number, now_us, network, told.nodes, need)
    told.counts[0] = seen
    if seen > told.nodes.shape[0]:
        return NEVER
    nodes, sources = told.nodes, network.sources
    for place in range(seen - 1, -1, -1):
        material, made, done_us = nodes[place, NUMBER], nodes[place, MADE], nodes[place, TAKEN_AT]
        if made > 0:
            from_us = _wait_for_components(network, material, nodes, place, ready_us)
            if from_us >= NEVER:
                done_us = NEVER
            elif shop.step_from[material] < shop.step_from[material + 1]:
                made_us = run_lots(shop, busy, material, 0, sources[material, LOT_SIZE], made, from_us + sources[material, LEAD_US], told)
                done_us = max(done_us, made_us)
            else:
                done_us = max(done_us, from_us + sources[material, LEAD_US])
        nodes[place, READY_AT] = ready_us[material] = done_us
    at_us: int = ready_us[number]
    return min(at_us, NEVER)


@kernel
def _go_down(number: int, now_us: int, network: Network, nodes: Ints, need: Ints) -> int:
    """Down the bill: fill `nodes` as far as there is room with what is taken and what is missing; how many materials it comes to, or more.

    Arrays are looked up once, and no row by itself: to count who holds one takes longer than to read it.
    """
    materials, lines, line_from = network.materials, network.lines, network.line_from
    found, seen = 0, 0
    for material in range(number, need.size):
        wanted = need[material]
        if wanted == 0:
            continue
        need[material] = 0
        seen += 1
        if found == nodes.shape[0]:
            continue  # there is no room: how many there are is all that can be told
        nodes[found, NUMBER], nodes[found, NEED], nodes[found, MADE] = material, wanted, 0
        nodes[found, READY_FROM], nodes[found, LATEST] = now_us, -1
        short = wanted - _take_what_is_free(network, material, now_us, wanted, nodes, found)
        found += 1
        if short == 0:
            continue
        maximum = materials[material, at.MAXIMUM]
        started = sized(
            start_for(short, materials[material, at.YIELD]), materials[material, at.MINIMUM], maximum, materials[material, at.MULTIPLE]
        )  # fmt: skip
        nodes[found - 1, MADE] = started
        for place in range(line_from[material], line_from[material + 1]):
            if lines[place, at.IS_BY_PRODUCT]:
                continue
            if lines[place, at.DENOMINATOR] == 1:
                need[lines[place, at.CHILD]] += started * lines[place, at.NUMERATOR]
            else:
                need[lines[place, at.CHILD]] += moved(lines[place], started, maximum)
    return seen if seen == found else 2 * seen


@entry
def take_places(busy: Busy, places: Ints) -> int:
    """Take what a promise has put on equipment; 1 if an interval found no room, else 0."""
    for place in range(places.shape[0]):
        if places[place, LENGTH] > 0:
            equipment, begin = places[place, EQUIPMENT], places[place, WORKED]
            occupy(busy, equipment, begin, begin + places[place, LENGTH])
    full: int = busy.is_full[0]
    return full


@entry
def free_from_flow(flow_from: Ints, flow: Ints, free_from: Ints, free: Ints) -> int:
    """What of each material nobody needs, now or later: the least that will ever be there from an instant on.

    Parameters
    ----------
    flow_from, flow : int64[n + 1], int64[k, 2], an instant and what comes then (what goes: < 0), in the order of instants
    free_from, free : int64[n + 1], int64[k, 2]; filled, an instant and how much is free from then on; each more than the one before

    Returns
    -------
    int : how many rows of `free` there are
    """
    count = 0
    for material in range(flow_from.size - 1):
        free_from[material] = count
        first, last = flow_from[material], flow_from[material + 1]
        level = 0
        for place in range(first, last):
            level += flow[place, 1]
        lowest, begin = level, count
        for place in range(last - 1, first - 1, -1):  # filled backwards in time, and turned around after
            if place == last - 1 or flow[place + 1, 0] != flow[place, 0]:
                lowest = min(lowest, level)
                if lowest <= 0:
                    break
                if count > begin and free[count - 1, 1] == lowest:
                    free[count - 1, 0] = flow[place, 0]
                else:
                    free[count, 0], free[count, 1] = flow[place, 0], lowest
                    count += 1
            level -= flow[place, 1]
        for place in range((count - begin) // 2):
            for column in range(2):
                other = free[count - 1 - place, column]
                free[count - 1 - place, column] = free[begin + place, column]
                free[begin + place, column] = other
    free_from[flow_from.size - 1] = count
    return count


@kernel
def _take_what_is_free(network: Network, material: int, now_us: int, wanted: int, nodes: Ints, node: int) -> int:
    """What is free now, or within the lead time; how much that is, and, in the node, when the last of it is."""
    until_us = now_us + network.sources[material, LIMIT_US]
    taken, taken_at = 0, now_us
    for place in range(network.free_from[material], network.free_from[material + 1]):
        comes_us = network.free[place, 0]
        if comes_us > until_us or taken == wanted:
            break
        taken, taken_at = min(wanted, network.free[place, 1]), max(now_us, comes_us)
    nodes[node, TAKEN], nodes[node, TAKEN_AT] = taken, taken_at
    return taken


@kernel
def _wait_for_components(network: Network, material: int, nodes: Ints, node: int, ready_us: Ints) -> int:
    """When the last component is there, and which that is."""
    lines = network.lines
    from_us: int = nodes[node, READY_FROM]
    latest = nodes[node, LATEST]
    for place in range(network.line_from[material], network.line_from[material + 1]):
        if ready_us[lines[place, at.CHILD]] > from_us and not lines[place, at.IS_BY_PRODUCT]:
            latest = lines[place, at.CHILD]
            from_us = ready_us[latest]
    nodes[node, READY_FROM], nodes[node, LATEST] = from_us, latest
    return from_us
