"""Where the money goes: from revenue to result, over time, and request by request."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.models import ColumnDataSource, CustomJSTickFormatter, DataRange1d, FactorRange
from bokeh.models.annotations import LabelSet
from bokeh.plotting import figure

from twin.apps.feed import Feed
from twin.apps.pages.overview import money
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.theme import card
from twin.results.run import Run
from twin.results.views.money import Step, growth, steps
from twin.results.views.schedule import offset_us

GROUND, EARNED, SPENT, NEUTRAL = "#4C78A8", "#009E73", "#D55E00", "#8A94A0"
SHOWN_REQUESTS = 16


def costs_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    currency = feed.run.plant.layout.currency
    waterfall_source = ColumnDataSource({name: [] for name in ("title", "low", "high", "color", "text")})
    growth_source = ColumnDataSource({name: [] for name in ("time", "revenue", "cost")})
    titles = [step.title for step in feed.look(steps)]
    table = pn.pane.HTML("", sizing_mode="stretch_width")
    balance = pn.pane.HTML("", sizing_mode="stretch_width")

    def refresh() -> None:
        waterfall_source.data = waterfall_columns(feed.look(steps))
        points, shift_us = feed.look(growth), offset_us(feed.run)
        growth_source.data = {
            "time": [(point.at_us + shift_us) / 1000 for point in points],
            "revenue": [point.revenue_minor / 100 for point in points],
            "cost": [point.cost_minor / 100 for point in points],
        }
        table.object = feed.look(_requests_html)
        balance.object = feed.look(_balance_html)

    left = card(f"From revenue to result, {currency}", pn.pane.Bokeh(_waterfall(waterfall_source, titles), sizing_mode="stretch_width"))
    right = card(f"Revenue and cost since the start, {currency}", pn.pane.Bokeh(_growth(growth_source), sizing_mode="stretch_width"))
    charts = pmui.Grid(
        *[pmui.Grid(part, size={"xs": 12, "lg": 6}) for part in (left, right)], container=True, spacing=0, sizing_mode="stretch_width"
    )
    main = [charts, card("What each request has cost, the latest first", table), card(f"Balance sheet now, {currency}", balance)]
    return page(feed, "Costs", "/costs", main, refresh)


def waterfall_columns(found: list[Step]) -> dict[str, Any]:
    """Each step as a floating block from where the one before it ended; totals stand on zero."""
    columns: dict[str, list[Any]] = {name: [] for name in ("title", "low", "high", "color", "text")}
    level = 0
    for step in found:
        before = 0 if step.is_total else level
        after = step.amount_minor if step.is_total else level + step.amount_minor
        level = after
        columns["title"].append(step.title)
        columns["low"].append(min(before, after) / 100)
        columns["high"].append(max(before, after) / 100)
        columns["color"].append(GROUND if step.is_total else EARNED if step.amount_minor > 0 else SPENT)
        columns["text"].append(money(step.amount_minor, "").strip())
    return dict(columns)


def _plain(chart: figure) -> figure:
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


def _waterfall(source: ColumnDataSource, titles: list[str]) -> figure:
    chart = figure(
        x_range=FactorRange(factors=list(titles)),
        y_range=DataRange1d(range_padding=0.15),
        height=340,
        sizing_mode="stretch_width",
        tools="save",
        toolbar_location=None,
    )
    chart.vbar(x="title", bottom="low", top="high", width=0.65, color="color", source=source)
    labels = LabelSet(
        x="title", y="high", text="text", source=source, text_align="center", y_offset=4, text_font_size="12px", text_color=NEUTRAL
    )
    chart.add_layout(labels)
    chart.xaxis.major_label_orientation = 0.5
    chart.yaxis.formatter = CustomJSTickFormatter(code="return tick.toLocaleString('en')")
    return _plain(chart)


def _growth(source: ColumnDataSource) -> figure:
    chart = figure(x_axis_type="datetime", height=340, sizing_mode="stretch_width", tools="save", toolbar_location=None)
    chart.line("time", "revenue", source=source, line_width=3, color=EARNED, legend_label="revenue")
    chart.line("time", "cost", source=source, line_width=3, color=SPENT, line_dash="dashed", legend_label="cost")
    chart.legend.location = "top_left"
    chart.legend.background_fill_alpha = 0
    chart.legend.border_line_color = None
    chart.legend.label_text_color = NEUTRAL
    chart.yaxis.formatter = CustomJSTickFormatter(code="return tick.toLocaleString('en')")
    return _plain(chart)


def _requests_html(run: Run) -> str:
    rows = []
    for it in run.erp.request_costs()[: -SHOWN_REQUESTS - 1 : -1]:
        total = it.material_minor + it.labour_minor + it.machine_minor + it.energy_minor
        amounts = (it.material_minor, it.labour_minor, it.machine_minor, it.energy_minor, it.scrap_minor, total, it.variance_minor)
        title = run.plant.materials.materials[it.material].title or it.material
        costs = (f"{amount / 100:,.2f}" for amount in amounts)
        cells = (it.request, title, it.status, f"{it.produced} of {it.quantity}", *costs)
        rows.append(Row(cells=cells, mark="done" if it.status == "closed" else "good"))
    head = ("Request", "Material", "Status", "Made", "Material cost", "Labour", "Machine", "Energy", "Scrap", "Total", "Variance")
    return row_table(head, rows, numeric=tuple(range(3, 11)))


def _balance_html(run: Run) -> str:
    """What the plant has and owes, as booked; totals in bold."""
    rows = [
        Row(cells=(row.title, f"{row.amount_minor / 100:,.2f}"), mark="" if row.account else "total")
        for row in run.erp.balance_sheet()
        if row.amount_minor or not row.account
    ]
    return row_table(("Account", "Amount"), rows, numeric=(1,))
