"""What a run reports: labour, shift hand-over, batch records, and where a figure comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from twin.model.measures import read_duration
from twin.results.outlook.of_run import OutlookOfRun
from twin.results.quality.of_run import QualityOfRun

if TYPE_CHECKING:
    import pandas as pd

    from twin.results.drill.drill import Drill
    from twin.results.run import Run


class ReportsOfRun(QualityOfRun, OutlookOfRun):
    """The part of a run that reports on people, shifts, batches and figures, and keeps what was asked of it about what is to come."""

    def labour(self, by: str = "person", from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """Attendance (APAT), work (APWT), worker efficiency, earned hours and quality by "person", "group", "shift" or "activity".

        Group: the personnel class that a person declares first. Time that was clocked counts; where a person clocked nothing, what
        equipment reported of who works there: so it shows the staffing of a simulated plant too.

        Raises
        ------
        ValueError : no such scope
        """
        from twin.results.labour.tables import labour_table

        return self._look(lambda run: labour_table(run, by, *_window(run, from_us, to_us)))

    @property
    def clockings(self) -> pd.DataFrame:
        """Who clocked on to what from when to when, and what was corrected by whom: both answers."""
        from twin.results.labour.tables import clockings_table

        return self._look(clockings_table)

    def handover(self, shift: str = "latest") -> dict[str, Any]:
        """The hand-over report of a shift, as plain values: "latest", "early" (the last of that name), "2026-03-02 early".

        `twin.results.reports.handover_written` writes it as HTML and text, `twin handover` does so from the terminal.

        Raises
        ------
        ValueError : there is no such shift in the run
        """
        from twin.results.reports.handover import handover

        return self._look(lambda run: handover(run, shift))

    def batch_record(self, name: str) -> dict[str, Any]:
        """The electronic batch record of a lot, or of all lots of a request, as plain values: exceptions first, then every step.

        `twin.results.reports.batch_written` writes it as HTML and text, `twin record` does so from the terminal.

        Raises
        ------
        ValueError : nobody knows such a lot or request
        """
        from twin.results.reports.batch_record import batch_record

        return self._look(lambda run: batch_record(run, name))

    def audit_trail(self, of: str = "", person: str = "", since_us: int | None = None, until_us: int | None = None) -> pd.DataFrame:
        """Who has said what, when and from where, what was there before, what is since, why, and what came of it (21 CFR 11.10(e)).

        `of`: a lot, order, job order, machine, document, customer or whatever else it is about; [since, until): when it became known.

        Raises
        ------
        ValueError : nobody is called so
        """
        from twin.results.auditing.trail_written import trail_table

        return self._look(lambda run: trail_table(run, of, person, since_us, until_us))

    def drill(self, indicator: str, scope: str, name: str, from_us: int | None = None, to_us: int | None = None) -> Drill:
        """Open a figure down to its intervals and counts, and to the entries of the journal that reported them.

            print(run.drill("availability", "equipment", "lathe_1"))
            run.drill("oee", "shift", "early").table        # or .facts

        `indicator`: one of ISO 22400, or an element of one ("apt", "pbt", "good" ...); `scope`: as in `indicators_by`.

        Raises
        ------
        ValueError : no such indicator or scope, or nothing of that name
        """
        from twin.results.drill.drill import drill

        return self._look(lambda run: drill(run, indicator, scope, name, *_window(run, from_us, to_us)))

    def bottleneck(self, from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """The shifting bottleneck: how long each work unit or line was it, alone or in turn with another (Roser et al. 2002)."""
        from twin.results.drill.holding_up import bottleneck_table

        return self._look(lambda run: bottleneck_table(run, *_window(run, from_us, to_us)))

    def output(self, bucket: str = "1 d", from_us: int | None = None, to_us: int | None = None) -> pd.DataFrame:
        """Output against forecast, orders and plan, by bucket and material, pieces.

        Raises
        ------
        ValueError : no such duration, or none at all
        """
        from twin.results.drill.holding_up import output_table

        bucket_us = read_duration(bucket)
        if bucket_us <= 0:
            raise ValueError(f"'{bucket}': a bucket must last longer than 0")
        return self._look(lambda run: output_table(run, bucket_us, *_window(run, from_us, to_us)))


def _window(run: Run, from_us: int | None, to_us: int | None) -> tuple[int, int]:
    return run.scenario.start_us if from_us is None else from_us, run.now_us if to_us is None else to_us
