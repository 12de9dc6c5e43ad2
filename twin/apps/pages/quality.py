"""The quality page: control charts, lots that are held, what is wrong and not done with, what was inspected last; and to say something."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import accumulate
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.models import ColumnDataSource, HoverTool
from bokeh.plotting import figure

from twin.apps.components.document_files import pictures_html
from twin.apps.feed import Feed
from twin.apps.figures import FIGURES_CSS
from twin.apps.pages.analysis.gauge_card import GaugeCard
from twin.apps.pages.costs import NEUTRAL, plain
from twin.apps.pages.page_frame import page
from twin.apps.people.secret_forms import own_secret_forms
from twin.apps.row_table import Row, row_table
from twin.apps.terminals.quality_forms import quality_forms
from twin.apps.terminals.terminal import WorkTablet
from twin.apps.theme import card
from twin.apps.words import equipment_title, material_title, percent, person_titles
from twin.mes.quality.inspections import Inspection
from twin.mes.quality.nonconformances import CorrectiveAction
from twin.model.calendars import spoken_duration
from twin.model.plant import Plant
from twin.results.quality.control_charts import KIND_TITLES
from twin.results.views.overview import local_time
from twin.results.views.quality import ChartNow, QualityNow, capability_now, quality_now

TERMINAL = "quality page"
LINE, SIGNAL, LEFT_OUT = "#4C78A8", "#D55E00", "#8A94A0"
COLUMNS = ("point", "value", "center", "lower", "upper", "lot", "signal", "left_out", "size", "color")
SHOWN_INSPECTIONS = 20
HELD_HEAD = ("Lot", "Material", "Quantity", "Where", "Held for", "Why", "Will be decided")
WRONG_HEAD = ("Nonconformance", "Lot", "Quantity", "Standing", "Defect", "What", "Disposition", "Cost")
ACTION_HEAD = ("Action", "Cause", "Measure", "Standing", "Due", "By", "Lots shown")
DEFECT_HEAD = ("Defect", "Of what", "Found", "Nonconformances", "Their pieces", "Share", "Up to here", "Their cost")
PROCESS_HEAD = ("Process", "Characteristic", "Values", "Mean", "Cp", "Cpk", "Pp", "Ppk")
MACHINE_HEAD = ("Machine, its last short run", "Characteristic", "Until", "Values", "Mean", "s", "Cm", "Cmk")
INSPECTION_HEAD = ("Lot", "Material", "Plan", "Verdict", "When", "Found")
MARKS = {"passed": "good", "passed by override": "warn", "failed": "bad"}


def quality_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    value, spread = (ColumnDataSource({name: [] for name in COLUMNS}) for _ in range(2))
    value_chart, spread_chart = _figure(value, 300), _figure(spread, 190)
    figures, held, wrong, inspected, able, coded = (pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(6))
    names = list(feed.look(quality_now).charts)
    chosen = pmui.Select(label="chart", options=names, value=names[0] if names else None, width=320, size="small", margin=(4, 8))
    standing = pmui.Typography("", variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
    spread_pane = pn.pane.Bokeh(spread_chart, sizing_mode="stretch_width")
    gauges = GaugeCard(feed)
    desk = WorkTablet(feed, terminal=TERMINAL, now={"forms": [*feed.look(quality_forms), *own_secret_forms(feed)]})

    def refresh() -> None:
        desk.attend()
        now, forms = feed.look(quality_now), {"forms": [*feed.look(quality_forms), *own_secret_forms(feed)]}
        if forms != desk.now:
            desk.now = forms
        figures.object = _figures_html(now)
        held.object = _held_html(feed, now)
        wrong.object = _wrong_html(feed, now)
        inspected.object = _inspections_html(feed, now)
        able.object = capability_text(feed)
        coded.object = _defects_html(feed.run.plant, now)
        gauges.refresh()
        if chosen.options != list(now.charts):  # a chart has come by what a person has declared
            chosen.options = list(now.charts)
            chosen.value = chosen.value or next(iter(now.charts), None)
        chart = now.charts.get(str(chosen.value))
        if chart:
            standing.object = f"Chart of {KIND_TITLES[chart.kind]}; {chart.standing}"
            spread_pane.visible = bool(chart.spread["value"])
            _show(value, value_chart, chart, chart.value, chart.value_title)
            _show(spread, spread_chart, chart, chart.spread, chart.spread_title or chart.value_title)

    chosen.param.watch(lambda _: refresh(), "value")
    charts: list[Any] = [chosen, standing, pn.pane.Bokeh(value_chart, sizing_mode="stretch_width"), spread_pane]
    none = pmui.Typography("No characteristic of this plant is kept on a chart.", variant="body2", margin=(4, 8))
    main = [
        figures,
        card("Control charts", *(charts if names else [none])),
        card("What processes and machines can do", able),
        gauges.view,
        card("Lots that are held", held),
        card("Nonconformances and corrective actions", wrong),
        *([card("Defects by code, the most frequent first", coded)] if feed.run.plant.layout.reasons.defect else []),
        card("Inspected last", inspected),
        card("Enter results, holds and what is wrong", desk),
    ]
    return page(feed, "Quality", "/quality", main, refresh)


def _figure(source: ColumnDataSource, height: int) -> figure:
    chart = figure(height=height, sizing_mode="stretch_width", tools="save", toolbar_location=None)
    for name, dash in (("center", "solid"), ("lower", "dashed"), ("upper", "dashed")):
        chart.step("point", name, source=source, mode="center", color=NEUTRAL, line_dash=dash)
    chart.line("point", "value", source=source, color=LINE, line_width=2)
    points = chart.scatter("point", "value", source=source, color="color", size="size")
    tips = [("lot", "@lot"), ("point", "@point"), ("value", "@value{0.0000}"), ("signal", "@signal"), ("left out", "@left_out")]
    chart.add_tools(HoverTool(tooltips=tips, renderers=[points]))
    chart.yaxis.axis_label_text_color = NEUTRAL
    return plain(chart)


def _show(source: ColumnDataSource, drawn: figure, chart: ChartNow, columns: dict[str, list[float]], label: str) -> None:
    """Bring one figure up to date; nothing is sent where nothing has changed."""
    count = len(columns["value"])
    signals, left_out = chart.signals[:count], chart.left_out[:count]
    shown: dict[str, Any] = {
        **columns,
        "lot": chart.lots[:count],
        "signal": signals,
        "left_out": left_out,
        "size": [11 if signal or why else 6 for signal, why in zip(signals, left_out, strict=True)],
        "color": [LEFT_OUT if why else SIGNAL if signal else LINE for signal, why in zip(signals, left_out, strict=True)],
    }
    if source.data != shown:
        source.data = shown
    drawn.yaxis.axis_label = f"{label}, {chart.unit}" if chart.unit else label


def _figures_html(now: QualityNow) -> str:
    first = now.passed_count / now.judged_count if now.judged_count else None
    cost_minor = sum(now.costs_minor.values())
    cards = (
        ("Lots held", str(len(now.held)), "neither go on nor ship"),
        ("Open nonconformances", str(len(now.open)), f"{now.closed_count} closed; all have cost {cost_minor / 100:,.2f}"),
        ("Inspections passed", percent(first), f"{now.passed_count} of {now.judged_count}"),
        ("Signals on charts", str(now.signal_count), f"on {len(now.charts)} charts"),
    )
    inside = "".join(
        f"<div class='figure'><b>{title}</b><div class='number'>{number}</div><div class='detail'>{detail}</div></div>"
        for title, number, detail in cards
    )
    return f"{FIGURES_CSS}<div class='figures'>{inside}</div>"


def capability_text(feed: Feed) -> str:
    """Cp, Cpk, Pp and Ppk of each characteristic, and Cm and Cmk of each machine that makes it."""
    plant, now = feed.run.plant, feed.look(capability_now)
    processes = [
        Row(
            cells=(
                _plan_title(plant, it["plan"]), it["characteristic"], f"{it['count']:,}", f"{it['mean']:.5g}",
                *(_index(it[name]) for name in ("cp", "cpk", "pp", "ppk")),
            ),
            mark=_able(it["ppk"]),
        )
        for it in now.processes
    ]  # fmt: skip
    machines = [
        Row(
            cells=(
                equipment_title(plant, it.equipment), it.characteristic, local_time(plant, it.jobs[-1].ended_us),
                f"{len(it.values):,}" if len(it.values) >= it.least else f"{len(it.values):,} of {it.least}",
                f"{it.mean:.5g}", f"{it.sigma:.3g}" if math.isfinite(it.sigma) else "–", _index(it.cm), _index(it.cmk),
            ),
            mark=_able(it.cmk),
        )
        for it in now.machines
    ]  # fmt: skip
    none = [Row(cells=("Nothing that is measured has been measured yet.",), mark="done")]
    text = row_table(PROCESS_HEAD, processes or none, numeric=(2, 3, 4, 5, 6, 7))
    return text + row_table(MACHINE_HEAD, machines, numeric=(3, 4, 5, 6, 7)) if machines else text


def _index(value: float) -> str:
    return f"{value:.2f}" if math.isfinite(value) else "–"


def _able(value: float) -> str:
    """How an index is marked: one below 1 makes what is not allowed, one below 4/3 has little to spare."""
    return "" if math.isnan(value) else "bad" if value < 1 else "warn" if value < 4 / 3 else "good"


def _held_html(feed: Feed, now: QualityNow) -> str:
    plant = feed.run.plant
    rows = [
        Row(
            cells=(
                it.lot, material_title(plant, it.material), f"{it.quantity:,}", it.place, spoken_duration(feed.now_us - it.since_us),
                it.reason, local_time(plant, it.decided_us) if it.decided_us else "nobody has said",
            ),
            mark="bad",
        )
        for it in now.held
    ]  # fmt: skip
    return row_table(HELD_HEAD, rows or [Row(cells=("No lot is held.",), mark="good")], numeric=(2,))


def _seen(feed: Feed, now: QualityNow) -> Iterator[tuple[str, str]]:
    """Pictures of what is open, by digest, and what stands below each."""
    plant = feed.run.plant
    for it in now.open:
        for one in it.pictures:
            about = (it.nonconformance, one.note, person_titles(plant, one.person), local_time(plant, one.at_us))
            yield one.digest, ", ".join(filter(None, about))


def _wrong_html(feed: Feed, now: QualityNow) -> str:
    plant = feed.run.plant
    rows = [
        Row(
            cells=(
                it.nonconformance, it.lot, f"{it.quantity:,}", it.standing, it.code or "–",
                "; ".join(filter(None, (it.description, it.unfounded))),
                it.disposition,
                f"{now.costs_minor.get(it.nonconformance, 0) / 100:,.2f}",
            ),
            mark="bad" if it.standing == "raised" else "warn",
        )
        for it in now.open
    ]  # fmt: skip
    table = row_table(WRONG_HEAD, rows or [Row(cells=("Nothing is open.",), mark="good")], numeric=(2, 7)) + pictures_html(_seen(feed, now))
    if not now.actions:
        return table
    actions = [
        Row(
            cells=(
                it.action,
                it.cause,
                it.measure,
                _stands(it),
                local_time(plant, it.due_us),
                it.responsible,
                f"{len(it.passed)} of {it.lots}",
            ),
            mark={"effective": "good", "not effective": "bad", "cancelled": "done"}.get(it.standing, "bad" if it.is_overdue else "warn"),
        )
        for it in now.actions
    ]
    return table + row_table(ACTION_HEAD, actions)


def _defects_html(plant: Plant, now: QualityNow) -> str:
    """The few that are most of it first, as Pareto has it: each with its share, and that of all up to it."""
    total, so_far = sum(it.count for it in now.defects) or 1, accumulate(it.count for it in now.defects)
    rows = [
        Row(
            cells=(
                it.code or "nobody has said which", material_title(plant, it.product), f"{it.found:,}", f"{it.nonconformances:,}",
                f"{it.pieces:,}", percent(it.count / total), percent(up_to / total), f"{it.cost_minor / 100:,.2f}",
            ),
            mark="" if it.code else "warn",
        )
        for it, up_to in zip(now.defects, so_far, strict=True)
    ]  # fmt: skip
    return row_table(DEFECT_HEAD, rows or [Row(cells=("No defect was found.",), mark="good")], numeric=range(2, 8))


def _inspections_html(feed: Feed, now: QualityNow) -> str:
    plant, held = feed.run.plant, {it.lot for it in now.held}
    rows = [
        Row(
            cells=(
                it.lot, material_title(plant, it.material), _plan_title(plant, it.plan),
                it.verdict + (f" by {person_titles(plant, it.judged_by)}" if it.judged_by else "")
                + (", on hold" if it.lot in held else ""),
                local_time(plant, it.judged_us), _values(plant, it),
            ),
            mark="warn" if it.verdict == "passed" and it.lot in held else MARKS.get(it.verdict, ""),
        )
        for it in now.inspections[:SHOWN_INSPECTIONS]
    ]  # fmt: skip
    if not feed.run.plant.layout.quality_plans:
        words = "This plant declares no quality plans: quality_plans in plant.yaml, or Test something more, below."
        return row_table((), [Row(cells=(words,), mark="done")])
    return row_table(INSPECTION_HEAD, rows or [Row(cells=("Nothing is inspected yet.",), mark="done")])


def _values(plant: Plant, it: Inspection) -> str:
    """The mean of each characteristic, in its unit."""
    plan = plant.layout.quality_plans.get(it.plan)
    units = {name: f" {known.unit}" for name, known in plan.characteristics.items() if known.unit} if plan else {}
    return ", ".join(f"{name} {sum(values) / len(values):.5g}{units.get(name, '')}" for name, values in it.values.items() if values)


def _plan_title(plant: Plant, plan: str) -> str:
    known = plant.layout.quality_plans.get(plan)
    return (known and known.title) or plan


def _stands(it: CorrectiveAction) -> str:
    """Its standing, with whether it is overdue and why anything of it was changed."""
    overdue = ", overdue" if it.is_overdue and it.standing == "open" else ""
    return f"{it.standing}{overdue}" + (f" ({'; '.join(it.changes)})" if it.changes else "")
