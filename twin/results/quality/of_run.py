"""What a run says of quality: `run.quality`, `run.control_chart(...)`, `run.certificate(...)` and their like."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, cast

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.run import Run

T = TypeVar("T")


class QualityOfRun:
    """The part of a run that shows quality. Every table is tidy, and shows the run as far as it has come."""

    lock: threading.RLock

    @property
    def quality(self) -> pd.DataFrame:
        """Every inspection: one row a characteristic of a lot, with what is allowed, what was found, and the verdict."""
        from twin.results.quality.tables import quality_table

        return self._look(quality_table)

    @property
    def nonconformances(self) -> pd.DataFrame:
        """What was not as asked for, what became of it, who said so when, and what it has cost."""
        from twin.results.quality.tables import nonconformances_table

        return self._look(nonconformances_table)

    @property
    def corrective_actions(self) -> pd.DataFrame:
        """What was done so that it does not come again, and whether it has helped."""
        from twin.results.quality.tables import actions_table

        return self._look(actions_table)

    @property
    def holds(self) -> pd.DataFrame:
        """Lots that may neither go on nor ship now, and why."""
        from twin.results.quality.tables import holds_table

        return self._look(holds_table)

    def scrap_reasons(self, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """Scrap and rework as they were counted, by reason, product and equipment, in pieces and money, the dearest first."""
        from twin.results.quality.scrap import scrap_table

        return self._look(lambda run: scrap_table(run, from_us, to_us))

    def defects(self, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """Defects by code and product, the most frequent first, with their share and that of all before them (Pareto)."""
        from twin.results.quality.defects import defects_table

        return self._look(lambda run: defects_table(run, from_us, to_us))

    @property
    def capability(self) -> pd.DataFrame:
        """Cp, Cpk, Pp and Ppk of every measured characteristic."""
        from twin.results.quality.tables import capability_table

        return self._look(capability_table)

    def machine_capability(self, least: int = 50) -> pd.DataFrame:
        """Cm and Cmk of every work unit and measured characteristic of its operations: of its last short run that has `least` values.

        Raises
        ------
        ValueError : fewer than two values say nothing
        """
        from twin.results.quality.machine_runs import machine_capability_table

        return self._look(lambda run: machine_capability_table(run, least))

    @property
    def gauge_studies(self) -> pd.DataFrame:
        """How much of what is measured is the measuring (AIAG MSA): EV, AV, GRR, PV, TV, %GRR and ndc of every study."""
        from twin.results.quality.gauge_studies import gauge_studies_table

        return self._look(gauge_studies_table)

    def gauge_measurements(self, study: str | None = None) -> pd.DataFrame:
        """Every measurement of a gauge study (left out: of all), with its entry of the journal, and what was written down before.

        Raises
        ------
        ValueError : no such study
        """
        from twin.results.quality.gauge_studies import gauge_measurements_table

        return self._look(lambda run: gauge_measurements_table(run, study))

    def control_chart(self, characteristic: str) -> pd.DataFrame:
        """The points of a control chart with their limits and signals; `run.plot.control_chart` draws it.

        Raises
        ------
        ValueError : no such chart
        """
        from twin.results.quality.control_charts import chart_of, chart_table

        return self._look(lambda run: chart_table(chart_of(run, characteristic)))

    def measurement_history(self, lot: str, characteristic: str) -> pd.DataFrame:
        """Every word on one characteristic of a lot: what was written down, by what it was corrected, who signed it; nothing is lost."""
        from twin.results.quality.tables import history_table

        return self._look(lambda run: history_table(run, lot, characteristic))

    def certificate(self, lot: str) -> dict[str, Any]:
        """The certificate of analysis of a lot, as plain values; `twin quality --certificate` writes it as JSON and HTML.

        Raises
        ------
        ValueError : no such lot, or one that is held, was not inspected, or has failed
        """
        from twin.results.quality.certificate import certificate

        return self._look(lambda run: certificate(run, lot))

    def _look(self, table: Callable[[Run], T]) -> T:
        with self.lock:
            return table(cast("Run", self))
