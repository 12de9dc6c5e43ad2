"""How well the alarm system serves those who answer it: the indicators of ISA-18.2, clause 16, with what it holds to be acceptable."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass

from twin.mes.alarms.alarm import AlarmRecord, is_often
from twin.mes.alarms.alarms import AlarmSystem
from twin.model.measures import US_PER_H
from twin.model.upkeep.alarms import PRIORITIES

TEN_MIN_US = 600_000_000
MOST_IN_TEN_MIN = 10
SHARES = {"critical": 0.05, "high": 0.05, "medium": 0.15, "low": 0.80}  # of annunciated alarms; critical is a part of the highest 5 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """More than ten alarms in ten minutes, until fewer than five are; times in us."""

    start_us: int
    end_us: int
    count: int


def floods(heard: list[int], now_us: int, times: int, within_us: int) -> list[Flood]:
    """When more alarms were heard than anybody can follow; `heard` in order, us.

    A flood begins with the first of `times` alarms within `within_us`, and ends when fewer than half as many lie in that time.
    """
    found: list[Flood] = []
    n = 0
    while n + times <= len(heard):
        if heard[n + times - 1] - heard[n] >= within_us:
            n += 1
            continue
        last = n + times - 1
        while last + 1 < len(heard) and 2 * (last + 2 - bisect_left(heard, heard[last + 1] - within_us + 1)) >= times:
            last += 1
        found.append(Flood(start_us=heard[n], end_us=min(now_us, heard[last] + within_us), count=last + 1 - n))
        n = last + 1
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmIndicators:
    """Over [from_us, to_us), of alarms that were heard (shelved, suppressed ones and alerts are not); per operator where it says so."""

    heard_count: int
    per_10_min_mean: float  # per operator
    per_10_min_most: float  # per operator
    busy_share: float  # of the ten minutes with more than ten alarms
    flood_count: int
    flood_share: float  # of the time
    standing_count: int
    chattering_count: int
    top_ten_share: float
    shares: dict[str, float]  # by priority
    answer_s_mean: float | None  # from heard to acknowledged
    calling_count: int
    shelved_count: int


def alarm_indicators(system: AlarmSystem, from_us: int, to_us: int) -> AlarmIndicators:
    """The indicators of ISA-18.2 over a window."""
    declared, alarms = system.declared, [it for it in system.all.values() if not it.is_alert]
    heard = [at_us for at_us in system.heard() if from_us <= at_us < to_us]
    spans = max(1, -(-(to_us - from_us) // TEN_MIN_US))
    by_span = Counter((at_us - from_us) // TEN_MIN_US for at_us in heard)
    per = declared.operators
    raised = {it.key: sum(from_us <= at_us < to_us for at_us in it.activations) for it in alarms}
    total = sum(raised.values())
    by_priority = Counter(dict.fromkeys(PRIORITIES, 0))
    for it in alarms:
        by_priority[it.declared.priority] += raised[it.key]
    long = floods(heard, to_us, declared.flood.times, declared.flood.within)
    answers = [answer_us for it in alarms for answer_us in it.answers_us]
    return AlarmIndicators(
        heard_count=len(heard),
        per_10_min_mean=len(heard) / spans / per,
        per_10_min_most=max(by_span.values(), default=0) / per,
        busy_share=sum(count / per > MOST_IN_TEN_MIN for count in by_span.values()) / spans,
        flood_count=len(long),
        flood_share=sum(it.end_us - it.start_us for it in long) / max(1, to_us - from_us),
        standing_count=sum(it.is_standing(to_us, declared.standing) for it in alarms),
        chattering_count=sum(is_chattering(it, system, from_us) for it in alarms),
        top_ten_share=sum(sorted(raised.values(), reverse=True)[:10]) / total if total else 0.0,
        shares={name: count / total if total else 0.0 for name, count in by_priority.items()},
        answer_s_mean=sum(answers) / len(answers) / 1e6 if answers else None,
        calling_count=len(system.calling()),
        shelved_count=sum(it.shelved is not None for it in system.all.values()),
    )


def is_chattering(record: AlarmRecord, system: AlarmSystem, from_us: int = 0) -> bool:
    """Whether it has come and gone too often in too short a time."""
    often = system.declared.chattering
    return is_often((at_us for at_us in record.activations if at_us >= from_us), often.times, often.within)


def per_hour(per_10_min: float) -> float:
    """Alarms in an hour, of those in ten minutes."""
    return per_10_min * US_PER_H / TEN_MIN_US
