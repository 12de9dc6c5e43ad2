"""What was asked of a run about what is to come, and is not told by its events: the last futures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from twin.results.outlook.leaving import Forecasts


class OutlookOfRun:
    """The part of a run that keeps what the last futures said of its open orders, for whoever asks when they leave."""

    def __init__(self) -> None:
        super().__init__()
        self.forecasts: Forecasts | None = None  # of the run as it is; set by `twin.study.futures`
