"""A card of the quality page: what gauge studies have found, and every measurement of one of them."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.row_table import Row, row_table
from twin.apps.theme import card
from twin.apps.words import person_titles
from twin.results.quality.gauge_studies import StudyNow, measurement_rows, studies_now
from twin.results.run import Run
from twin.results.views.overview import local_time

STUDY_HEAD = (
    "Study", "Of", "Parts, persons, trials", "EV", "AV", "GRR", "PV", "TV", "%GRR", "% of tolerance", "ndc", "Verdict",
)  # fmt: skip
MEASUREMENT_HEAD = ("Part", "Who", "Trial", "Value", "When", "Was", "Reason", "Entry")
MARKS = {"good": "good", "may do": "warn", "not to be used": "bad"}
NOTE = (
    "Standard deviations by analysis of variance (AIAG MSA): EV of repeating, AV between persons, GRR of both, PV between parts, TV of all;"
    " %GRR is of TV: below 10 % good, above 30 % not to be used. ndc: kinds of part that it tells apart, 5 or more are wanted."
)


class GaugeCard:
    """The card, and `refresh` for the beat of its page."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._study = pmui.Select(label="measurements of", options=[], value=None, width=240, size="small", margin=(4, 8))
        self._study.param.watch(lambda _: self.refresh(), "value")
        self._studies, self._measured = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(2))
        note = pmui.Typography(NOTE, variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
        self.view = card("Gauge studies", note, self._studies, self._study, self._measured)

    def refresh(self) -> None:
        """Bring it up to date."""
        studies = self._feed.look(studies_now)
        names = [it.record.study for it in studies]
        if self._study.options != names:
            self._study.param.update(options=names, value=self._study.value if self._study.value in names else next(iter(names), None))
        self._study.visible = bool(names)
        rows = [_row(it) for it in studies]
        none = Row(cells=("Nobody has measured for one yet: Measure for a gauge study, below.",), mark="done")
        self._studies.object = row_table(STUDY_HEAD, rows or [none], numeric=range(3, 11))
        self._measured.object = self._measurements(str(self._study.value)) if names else ""

    def _measurements(self, study: str) -> str:
        plant = self._feed.run.plant

        def look(run: Run) -> list[Row]:
            return [
                Row(
                    cells=(
                        it["part"], person_titles(plant, it["person"]), str(it["trial"]), f"{it['value']:g}",
                        local_time(plant, it["measured"]), it["was"], it["reason"], it["entry"][:12],
                    )
                )
                for it in measurement_rows(run, study)
            ]  # fmt: skip

        look.__qualname__ = f"measurements of {study}"
        return row_table(MEASUREMENT_HEAD, self._feed.look(look), numeric=(2, 3))


def _row(it: StudyNow) -> Row:
    record, found = it.record, it.found
    size = f"{len(record.parts)}, {len(record.persons)}, {record.trials}"
    of = record.characteristic + (f", {record.gauge}" if record.gauge else "")
    if found is None:
        return Row(cells=(record.study, of, size, *("–" for _ in range(8)), f"missing: {it.missing}"), mark="warn")
    return Row(
        cells=(
            record.study, of, size,
            *(f"{value:.4g}" for value in (found.repeatability, found.reproducibility, found.gauge, found.parts, found.total)),
            _percent(it.gauge_share), _percent(it.tolerance_share), "all" if it.category_count is None else str(it.category_count),
            it.verdict,
        ),
        mark=MARKS[it.verdict],
    )  # fmt: skip


def _percent(share: float | None) -> str:
    return "–" if share is None else f"{share:.1%}"
