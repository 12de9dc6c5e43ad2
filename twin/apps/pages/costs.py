"""Where the money goes since the start: from revenue to result, over time, and request by request."""

from __future__ import annotations

from html import escape
from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.models import ColumnDataSource, CustomJSTickFormatter
from bokeh.plotting import figure

from twin.apps.feed import Feed
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.theme import card
from twin.apps.words import equipment_title, hours, material_title, money, reason_words
from twin.model.plant import Plant
from twin.results.run import Run
from twin.results.summary import grouped
from twin.results.summary import money as written
from twin.results.views.money import Step, growth, steps
from twin.results.views.overview import local_time
from twin.results.views.requests import RequestCost, RequestCosts, request_costs
from twin.results.views.schedule import offset_us
from twin.results.views.stops import Stop, recent_stops

GROUND, EARNED, SPENT, NEUTRAL = "#4C78A8", "#009E73", "#D55E00", "#8A94A0"
SHOWN_REQUESTS = 16
SHOWN_STOPS = 10
DAY_FORMAT = """
const at = new Date(tick), pad = (n) => String(n).padStart(2, "0");
const day = `${["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][at.getUTCDay()]} ${at.getUTCDate()} ` +
  ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"][at.getUTCMonth()];
return at.getUTCHours() || at.getUTCMinutes() ? `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}` : day;
"""


def costs_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    plant, currency = feed.run.plant, feed.run.plant.layout.currency
    since = f"since {local_time(plant, feed.run.scenario.start_us)}, {currency}"
    growth_source = ColumnDataSource({name: [] for name in ("time", "revenue", "cost")})
    waterfall, table, balance, stood = (pn.pane.HTML("", sizing_mode="stretch_width") for _ in range(4))
    shows_all = pmui.Checkbox(label="show all requests", value=False, margin=(0, 8))

    def refresh() -> None:
        waterfall.object = waterfall_html(feed.look(steps))
        points, shift_us = feed.look(growth), offset_us(feed.run)
        grown: dict[str, Any] = {
            "time": [(point.at_us + shift_us) / 1000 for point in points],
            "revenue": [point.revenue_minor / 100 for point in points],
            "cost": [point.cost_minor / 100 for point in points],
        }
        if growth_source.data != grown:  # it would be sent all the same
            growth_source.data = grown
        table.object = _requests_html(feed.look(request_costs), plant, shows_all.value)
        balance.object = feed.look(_balance_html)
        stood.object = _stops_html(feed.look(recent_stops), plant)

    shows_all.param.watch(lambda _: refresh(), "value")
    left = card(f"From revenue to result {since}", waterfall)
    right = card(f"Revenue and cost {since}", pn.pane.Bokeh(_growth(growth_source), sizing_mode="stretch_width"))
    charts = pmui.Grid(
        *[pmui.Grid(part, size={"xs": 12, "lg": 6}) for part in (left, right)], container=True, spacing=0, sizing_mode="stretch_width"
    )
    note = pmui.Typography(NOTE, variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
    requests = card(f"What each request has cost {since}", note, shows_all, table)
    stopped = card(f"What stood still in the last seven days, {currency}", stood)
    return page(feed, "Costs", "/costs", [charts, requests, stopped, card(f"Balance sheet now, {currency}", balance)], refresh)


NOTE = (
    "Requests in work first, then those that are done, the latest first. A part that goes into another stands in both,"
    " as a request of its own and as material of the other, so material and totals of all requests are not added up."
)
WATERFALL_CSS = """<style>
.steps { display: grid; grid-template-columns: max-content max-content 1fr; gap: 14px 14px; align-items: center; padding: 12px 8px 16px;
  font: 14px Roboto, system-ui, sans-serif }
.steps .amount { text-align: right; font-variant-numeric: tabular-nums }
.steps .total { font-weight: 700 }
.steps .track { position: relative; height: 24px; background: color-mix(in srgb, currentColor 6%, transparent); border-radius: 3px }
.steps .track i { position: absolute; top: 0; bottom: 0; border-radius: 3px; min-width: 2px }
.steps .track u { position: absolute; top: -7px; bottom: -7px; width: 1px; background: currentColor; opacity: .45 }
@media (max-width: 700px) { .steps { grid-template-columns: 1fr max-content; gap: 4px 12px }
  .steps .track { grid-column: 1 / 3; height: 14px; margin-bottom: 8px }
  .steps .track u { top: 0; bottom: 0 } }
</style>"""


def waterfall_html(found: list[Step]) -> str:
    """Each step as a floating block from where the one before it ended; totals stand on the line of zero."""
    blocks, level = [], 0
    for step in found:
        before = 0 if step.is_total else level
        level = step.amount_minor if step.is_total else level + step.amount_minor
        blocks.append((step, min(before, level), max(before, level)))
    lowest, highest = min(0, *(low for _, low, _ in blocks)), max(1, *(high for _, _, high in blocks))

    def share(minor: int) -> str:
        return f"{100 * (minor - lowest) / (highest - lowest):.2f}%"

    lines = []
    for step, low, high in blocks:
        color = GROUND if step.is_total else EARNED if step.amount_minor > 0 else SPENT
        total = " total" if step.is_total else ""
        lines.append(
            f"<div class='title{total}'>{escape(step.title)}</div><div class='amount{total}'>{money(step.amount_minor)}</div>"
            f"<div class='track'><i style='left:{share(low)};width:calc({share(high)} - {share(low)});background:{color}'></i>"
            f"<u style='left:{share(0)}'></u></div>"
        )
    return f"{WATERFALL_CSS}<div class='steps'>{''.join(lines)}</div>"


def plain(chart: figure) -> figure:
    """Colours that read on light and on dark alike: the page's theme may change under the chart."""
    chart.toolbar.logo = None
    chart.outline_line_color = None
    chart.background_fill_alpha = chart.border_fill_alpha = 0
    for axis in chart.axis:
        axis.axis_line_color = axis.major_tick_line_color = axis.minor_tick_line_color = NEUTRAL
        axis.major_label_text_color = NEUTRAL
        axis.major_label_text_font_size = "12px"
    for grid in chart.grid:
        grid.grid_line_color = NEUTRAL
        grid.grid_line_alpha = 0.25
    return chart


def _growth(source: ColumnDataSource) -> figure:
    chart = figure(x_axis_type="datetime", height=290, sizing_mode="stretch_width", tools="save", toolbar_location=None)
    chart.line("time", "revenue", source=source, line_width=3, color=EARNED, legend_label="revenue")
    chart.line("time", "cost", source=source, line_width=3, color=SPENT, line_dash="dashed", legend_label="cost")
    chart.legend.location = "top_left"
    chart.legend.background_fill_alpha = 0
    chart.legend.border_line_color = None
    chart.legend.label_text_color = NEUTRAL
    chart.xaxis.formatter = CustomJSTickFormatter(code=DAY_FORMAT)
    chart.yaxis.formatter = CustomJSTickFormatter(code="return tick.toLocaleString('en')")
    return plain(chart)


REQUEST_HEAD = (
    "Request", "Material", "Standing", "Made", "Material cost", "Labour", "Machine", "Energy", "Of that scrap", "Total", "Against standard",
)  # fmt: skip


_TWICE = (0, 5)
"""Of the amounts of a request those in which the cost of a part stands again where it went in: material, total."""


def _requests_html(costs: RequestCosts, plant: Plant, shows_all: bool) -> str:
    begun = [it for it in costs.requests if it.standing != "not started"]
    shown = costs.requests if shows_all else begun[:SHOWN_REQUESTS]
    rows = [_request_row(it, plant) for it in shown]
    if not shows_all:
        more = len(begun) - len(shown)
        left = [f"and {more} more with a cost"] if more > 0 else []
        left += [f"{costs.count('not started')} not started"] if costs.count("not started") else []
        if left:
            rows.append(Row(cells=(", ".join(left),), mark="done"))
    total = ["" if n in _TWICE else cell for n, cell in enumerate(_amounts(costs.total))]
    standing = f"{costs.count('done')} done, {costs.count('in work')} in work"
    rows.append(Row(cells=(f"All {len(costs.requests)} requests", "", standing, "", *total), mark="total"))
    return row_table(REQUEST_HEAD, rows, numeric=tuple(range(3, 11)))


def _request_row(it: RequestCost, plant: Plant) -> Row:
    cells = (it.request, material_title(plant, it.material), it.standing, f"{it.produced:,} of {it.quantity:,}", *_amounts(it))
    return Row(cells=cells, mark={"done": "done", "in work": "good"}.get(it.standing, ""))


def _amounts(it: RequestCost) -> list[str]:
    """Cost by element, the total, and in words which way it differs from the standard: a sign alone has two readings."""
    elements = (it.material_minor, it.labour_minor, it.machine_minor, it.energy_minor, it.scrap_minor, it.total_minor)
    differs = it.variance_minor
    against = "" if differs is None else "as planned" if not differs else f"{abs(differs) / 100:,.2f} {'over' if differs > 0 else 'under'}"
    return [*(f"{minor / 100:,.2f}" if minor else "–" for minor in elements), against]


STOPS_HEAD = ("Equipment", "What", "Why", "Times", "In all", "Longest", "Machine cost")


def _stops_html(found: list[Stop], plant: Plant) -> str:
    """The dearest stops, and all others in one line."""
    shown, others = found[:SHOWN_STOPS], found[SHOWN_STOPS:]
    rows = [
        Row(
            cells=(
                equipment_title(plant, it.equipment), it.loss, reason_words(it.reason), f"{it.count:,}", hours(it.duration_us),
                hours(it.longest_us), f"{it.cost_minor / 100:,.2f}" if it.cost_minor else "–",
            )
        )
        for it in shown
    ]  # fmt: skip
    if others:
        rows.append(
            Row(
                cells=(
                    f"and {len(others)} more", "", "", f"{sum(it.count for it in others):,}",
                    hours(sum(it.duration_us for it in others)), "", f"{sum(it.cost_minor for it in others) / 100:,.2f}",
                ),
                mark="done",
            )
        )  # fmt: skip
    return row_table(STOPS_HEAD, rows, numeric=(3, 4, 5, 6)) if rows else "Nothing has stood still that was planned to work."


def _balance_html(run: Run) -> str:
    """What the plant has and owes, as booked; totals in bold."""
    rows = [
        Row(cells=(row.title, grouped(written(row.amount_minor))), mark="" if row.account else "total")
        for row in run.erp.balance_sheet()
        if row.amount_minor or not row.account
    ]
    return row_table(("Account", "Amount"), rows, numeric=(1,))
