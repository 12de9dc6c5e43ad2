"""Forecasts as an epoch of the ERP: once a week, from the orders that came, for the material plan of each night."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from twin.erp.alerts import alert
from twin.erp.demand_plan.smoothing import forecast
from twin.erp.functions import Rule
from twin.model.events import ForecastIssued, Heartbeat, OperationsEvent, SalesOrderConfirmed
from twin.model.policies.forecasting import OWN, Forecasting, Method

if TYPE_CHECKING:
    from twin.erp.erp import Erp

Derived = list[OperationsEvent]


class Forecaster(Protocol):
    """A library that forecasts in the place of the ERP itself; whoever makes the ERP hands it in."""

    def __call__(self, history: Sequence[int], ahead: int, *, method: Method, season: int | None) -> tuple[tuple[int, ...], str]:
        """Whole pieces of each week ahead, and by which method; no pieces, and why, where it can say nothing of that history."""


class WeeklyForecasts:
    """A `twin.erp.functions.Function`: counts what customers order by week, and says what they are expected to.

    The week in which it begins to listen is cut, so it stands in no history.
    """

    def __init__(self, erp: Erp, declared: Forecasting) -> None:
        self._erp, self._declared = erp, declared
        self.library: Forecaster | None = None  # forecasts where it is declared, instead of the ERP itself
        self.recorded: dict[tuple[str, int], ForecastIssued] = {}  # by material and first week: what a library said when this was recorded
        self._zone = ZoneInfo(erp.plant.layout.time_zone)
        self._sold: list[str] = []
        self._history: dict[str, deque[int]] = {}
        self._came: dict[str, int] = {}  # pieces, this week
        for material in erp.materials:
            self.know(material)
        self._counted: set[str] = set()  # orders; one that is told twice came once
        self._monday: date | None = None  # of this week
        self._is_cut = True
        self.issued: dict[str, ForecastIssued] = {}  # the last of each material
        self._lacking: list[str] = []  # of this week, in declared order
        self.rules: Mapping[type[OperationsEvent], Rule] = {
            Heartbeat: self._time_passes,
            SalesOrderConfirmed: self._count,
            ForecastIssued: self._take,
        }

    def know(self, material: str) -> None:
        """A material that may be sold: what is new is forecast from the next week on, as if nobody had wanted it before."""
        if self._erp.materials[material].kind == "finished":
            self._sold.append(material)
            self._history[material] = deque([self._declared.first.get(material, 0)] * self._declared.history, self._declared.history)
            self._came[material] = 0

    def _time_passes(self, event: Heartbeat) -> Derived:
        """A week that is over goes into the histories; one of which nobody was told was empty."""
        today = datetime.fromtimestamp(event.effective_us // 1_000_000, self._zone).date()
        monday = today - timedelta(days=today.weekday())
        if self._monday is None:
            self._monday, self._lacking = monday, [*self._sold]
        elif monday > self._monday:
            empty = (monday - self._monday).days // 7 - 1
            for material, history in self._history.items():
                history.extend([0] * empty if self._is_cut else [self._came[material], *[0] * empty])
                self._came[material] = 0
            self._monday, self._is_cut, self._lacking = monday, False, [*self._sold]
        return []

    def _count(self, event: SalesOrderConfirmed) -> Derived:
        """An order that was taken; what was refused is no order."""
        if event.order in self._erp.customer_orders.orders and event.order not in self._counted and event.material in self._came:
            self._counted.add(event.order)
            self._came[event.material] += event.quantity
        return []

    def _take(self, event: ForecastIssued) -> Derived:
        if (
            event.material not in self._history
            or len(event.starts_us) != len(event.week_pieces) + 1
            or min(event.week_pieces, default=-1) < 0
        ):
            return alert(event, "forecast_refused", f"forecast of '{event.material}': not of what is sold, or not week by week")
        self.issued[event.material] = event
        if self._monday and event.starts_us[0] == self._begins_us(self._monday) and event.material in self._lacking:
            self._lacking.remove(event.material)
        return []

    @property
    def is_due(self) -> bool:
        """Whether this week has no forecasts yet: nobody plans before it has."""
        return bool(self._lacking)

    def _begins_us(self, day: date) -> int:
        return int(datetime.combine(day, time(), self._zone).timestamp()) * 1_000_000

    def decide(self, now_us: int) -> list[OperationsEvent]:
        """The forecasts of this week that nobody has said yet, material by material."""
        monday = self._monday
        if monday is None or not self._lacking:
            return []
        starts_us = tuple(self._begins_us(monday + timedelta(weeks=n)) for n in range(self._declared.ahead + 1))
        return [self._issued(it, starts_us, now_us) for it in self._lacking]

    def _issued(self, material: str, starts_us: tuple[int, ...], now_us: int) -> ForecastIssued:
        history, ahead, declared = tuple(self._history[material]), self._declared.ahead, self._declared
        about: dict[str, Any] = {"effective_us": now_us, "material": material, "starts_us": starts_us, "history_pieces": history}
        if declared.by == "statsmodels":
            known = self.recorded.get((material, starts_us[0]))
            if known and (known.history_pieces, known.starts_us) == (history, starts_us):
                return ForecastIssued(**about, week_pieces=known.week_pieces, method=known.method)
            assert self.library
            pieces, said = self.library(history, ahead, method=declared.method or "automatic", season=declared.season)
            return ForecastIssued(**about, week_pieces=pieces or (_mean(history),) * ahead, method=said)
        if (method := declared.method or "mean") not in OWN or method == "mean":
            return ForecastIssued(**about, week_pieces=(_mean(history),) * ahead)
        found = forecast(history, method)
        return ForecastIssued(**about, week_pieces=found.pieces(ahead), method=found.said)

    def violations(self) -> list[str]:
        """Nothing here can be false by itself: what was counted stands in the events."""
        return []


def _mean(pieces: Sequence[int]) -> int:
    """Whole pieces, halves up."""
    return (2 * sum(pieces) + len(pieces)) // (2 * len(pieces))
