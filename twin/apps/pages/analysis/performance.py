"""The performance page: any indicator of ISO 22400 opened down to its facts, the bottleneck, downtime by cause, output against plan."""

from __future__ import annotations

import panel as pn
import panel_material_ui as pmui

from twin.apps.feed import Feed
from twin.apps.pages.analysis.losses_card import LossesCard
from twin.apps.pages.analysis.over_time.trend_chart import trend_html
from twin.apps.pages.analysis.over_time.windows import Windows
from twin.apps.pages.analysis.resources_card import ResourcesCard
from twin.apps.pages.analysis.signals_table import signals_html
from twin.apps.pages.page_frame import page
from twin.apps.row_table import Row, row_table
from twin.apps.theme import card
from twin.apps.words import equipment_title, hours, material_title, percent, person_titles, reason_words, unit_words, work_center_title
from twin.model.plant import Plant
from twin.results.drill.now import INDICATORS, SHOWN_SCOPES, Opened, PerformanceNow, opened, performance_of
from twin.results.drill.trends import trend_of
from twin.results.tracing.material_ratios import MaterialRatios
from twin.results.views.overview import local_time

SHOWN_STOPS = 12
RATIOS = ("throughput_per_h", "energy_wh_per_piece", "mttf_us", "mttr_us", "mtbf_us")  # that are no shares
PIECE_HEAD = ("Part of", "Equipment", "From", "To", "Amount", "What", "Why", "Job order", "Who", "Entry")
BOTTLENECK_HEAD = ("Equipment", "Alone", "Shifting", "Of the time", "Longest without a pause", "Active")
STOPS_HEAD = ("Equipment", "What", "Why", "Times", "Minutes", "Cost")
SCRAP_HEAD = ("Why", "Product", "Equipment", "Scrap", "Rework", "Cost of scrap")
OUTPUT_HEAD = ("Day", "Material", "Forecast", "Ordered", "Planned", "Made", "Scrap", "Against plan")
MATERIAL_HEAD = ("Material", "Consumed", "In goods", "In finished goods", "Lost in production", "In storage", "Otherwise")
NOTE = (
    "The bottleneck of an instant is what is active longest without a pause: work, set-up, repair, a break in the midst of a job order"
    " (Roser et al. 2002). Where two of them meet, it shifts."
)


def performance_page(feed: Feed) -> pmui.Page:
    """Build the page for one viewer."""
    plant = feed.run.plant
    window = Windows(feed)
    by = _select("over time by", ["day", "shift"], "day", 130)
    scope = _select("scope", {it.replace("_", " "): it for it in SHOWN_SCOPES}, "equipment", 150)
    name = _select("of", [], None, 240)
    indicator = _select("indicator", {it.removesuffix("_us").replace("_", " "): it for it in INDICATORS}, "oee", 240)
    losses, resources = LossesCard(feed), ResourcesCard(feed)
    made = [pn.pane.HTML("", sizing_mode="stretch_width", margin=0) for _ in range(9)]
    figure, over_time, pieces, signals, bottleneck, stood, lost, output, became = made

    def refresh() -> None:
        now = feed.look(performance_of(window.name))
        known = {_title(plant, str(scope.value), it): it for it in now.names[str(scope.value)]}
        if name.options != known:
            name.param.update(options=known, value=name.value if name.value in known.values() else next(iter(known.values()), None))
        found = feed.look(opened(str(indicator.value), str(scope.value), str(name.value), window.name))
        asked = trend_of(str(indicator.value), str(scope.value), str(name.value), "shift" if by.value == "shift" else "day", window.name)
        over_time.object = trend_html(feed.look(asked), lambda value: _value(str(indicator.value), value))
        figure.object = _figure_html(str(indicator.value), found)
        pieces.object, signals.object = _pieces_html(plant, found), signals_html(plant, found)
        bottleneck.object = _bottleneck_html(plant, now)
        stood.object, lost.object = _stops_html(plant, now), _scrap_html(plant, now)
        output.object = _output_html(plant, now)
        became.object = _materials_html(plant, now)
        losses.refresh()
        resources.refresh(window.name)

    window.watch(refresh)
    for choice in (scope, name, indicator, by):
        choice.param.watch(lambda _: refresh(), "value")
    choices = pmui.FlexBox(*window.fields, scope, name, indicator, by, align_items="center", sizing_mode="stretch_width")
    note = pmui.Typography(NOTE, variant="body2", sx={"opacity": 0.8}, margin=(0, 8))
    main = [
        card("A figure, and where it comes from", choices, window.answer.pane, figure, over_time, pieces, signals),
        card("What holds the plant up", note, bottleneck),
        card(f"Downtime by cause, {plant.layout.currency}", stood),
        card(f"Scrap and rework by reason, {plant.layout.currency}", lost),
        losses.view,
        resources.view,
        card("Output against forecast and plan, pieces", output),
        card("What became of the material", became),
    ]
    return page(feed, "Performance", "/performance", main, refresh)


def _title(plant: Plant, scope: str, name: str) -> str:
    """What a viewer calls it."""
    titles = {"equipment": equipment_title, "work_center": work_center_title, "product": material_title, "person": person_titles}
    if scope == "plant":
        return plant.title
    return titles[scope](plant, name) if scope in titles else name.replace("_", " ") if scope == "area" else name


def _select(label: str, options: list[str] | dict[str, str], value: str | None, width: int) -> pmui.Select:
    return pmui.Select(label=label, options=options, value=value, width=width, size="small", margin=(4, 8))


def _figure_html(indicator: str, found: Opened | None) -> str:
    if found is None:
        return row_table((), [Row(cells=("Nothing is known of it in this window.",), mark="done")])
    rows = [Row(cells=(indicator.replace("_", " "), _value(indicator, found.value), found.formula), mark="total")]
    rows += [Row(cells=(element, f"{amount:,.3f}", _meaning(element))) for element, amount in found.elements.items()]
    return row_table(("Figure", "Value", "Is"), rows, numeric=(1,))


def _value(indicator: str, value: float | None) -> str:
    if value is None:
        return "nothing to divide by"
    if indicator.endswith("_us"):
        return hours(int(value))
    return f"{value:,.3f}" if indicator in RATIOS else f"{value:.2%}"


MEANINGS = {
    "apt": "production time, h", "pbt": "planned busy time, h", "asut": "set-up time, h", "adet": "delay, h", "adot": "not used, h",
    "pdot": "planned down, h",
    "aoet": "order execution time, h", "planned_run": "what the routing expects for the pieces, h", "work": "work of persons, h",
    "attendance": "attendance of persons, h", "repair": "down for repair, h", "good": "good pieces", "scrap": "pieces scrapped",
    "rework": "pieces sent back", "failure_count": "failures", "energy_wh": "energy, Wh", "first_good": "good at the first pass",
    "first_inspected": "inspected for the first time", "calendar": "all of the window, h", "planned_scrap": "pieces expected to be scrap",
    "first_produced": "pieces out of the first operation",
}  # fmt: skip


def _meaning(element: str) -> str:
    return MEANINGS.get(element, element)


def _pieces_html(plant: Plant, found: Opened | None) -> str:
    if found is None:
        return ""
    rows = [
        Row(
            cells=(
                it["element"], equipment_title(plant, it["equipment"]), local_time(plant, it["start"]), local_time(plant, it["end"]),
                f"{it['amount']:,.3f} {'' if it['unit'] == '1' else it['unit']}".strip(), it["kind"], reason_words(it["reason"]),
                it["job_order"], person_titles(plant, it["person"]) if it["person"] else "", str(it["entry"] or it["source"])[:12],
            )
        )
        for it in found.pieces
    ]  # fmt: skip
    of = f"{len(rows)} largest pieces of {found.piece_count:,}, of each part a few, in order of time"
    rest = f"The {of}; reported by {found.fact_count:,} entries of the journal."
    return row_table(PIECE_HEAD, [*rows, Row(cells=(rest,), mark="done")], numeric=(4,))


def _bottleneck_html(plant: Plant, now: PerformanceNow) -> str:
    rows = [
        Row(
            cells=(
                equipment_title(plant, it["equipment"]), f"{it['sole_h']:,.1f} h", f"{it['shifting_h']:,.1f} h", percent(it["share"]),
                f"{it['longest_active_h']:,.1f} h", percent(it["active_share"]),
            ),
            mark="bad" if place == 0 else "warn" if place == 1 else "",
        )
        for place, it in enumerate(now.bottleneck)
    ]  # fmt: skip
    return row_table(BOTTLENECK_HEAD, rows or [Row(cells=("Nothing has been active.",), mark="done")], numeric=range(1, 6))


def _stops_html(plant: Plant, now: PerformanceNow) -> str:
    rows = [
        Row(
            cells=(
                equipment_title(plant, it.equipment), it.loss, reason_words(it.reason), f"{it.count:,}", f"{it.minutes:,.0f}",
                f"{it.cost_minor / 100:,.2f}",
            )
        )
        for it in now.stops[:SHOWN_STOPS]
    ]  # fmt: skip
    if len(now.stops) > SHOWN_STOPS:
        rows.append(Row(cells=(f"and {len(now.stops[SHOWN_STOPS:])} more",), mark="done"))
    return row_table(STOPS_HEAD, rows or [Row(cells=("Nothing stood still.",), mark="good")], numeric=(3, 4, 5))


def _scrap_html(plant: Plant, now: PerformanceNow) -> str:
    rows = [
        Row(
            cells=(
                it.reason or "nobody has said why", material_title(plant, it.product) if it.product else "–",
                equipment_title(plant, it.equipment), f"{it.scrap:,}", f"{it.rework:,}",
                f"{it.cost_minor / 100:,.2f}" if it.scrap else "–",
            ),
            mark="" if it.reason else "warn",
        )
        for it in now.scrap[:SHOWN_STOPS]
    ]  # fmt: skip
    if len(now.scrap) > SHOWN_STOPS:
        rows.append(Row(cells=(f"and {len(now.scrap[SHOWN_STOPS:])} more",), mark="done"))
    return row_table(SCRAP_HEAD, rows or [Row(cells=("Nothing was counted as scrap, or sent back.",), mark="good")], numeric=range(3, 6))


def _output_html(plant: Plant, now: PerformanceNow) -> str:
    rows = [
        Row(
            cells=(
                local_time(plant, it["start"]), material_title(plant, it["material"]),
                *(f"{it[name]:,}" for name in ("forecast", "ordered", "planned", "made", "scrap")), _against(it["made_less_planned"]),
            ),
            mark="bad" if it["made_less_planned"] < 0 else "good",
        )
        for it in now.output
    ]  # fmt: skip
    return row_table(OUTPUT_HEAD, rows or [Row(cells=("Nothing was due, and nothing was made.",), mark="done")], numeric=range(2, 8))


def _materials_html(plant: Plant, now: PerformanceNow) -> str:
    """Each material in its own unit; the plant in money, of what was bought, at its standard cost."""

    def row(title: str, consumed: str, it: MaterialRatios) -> Row:
        shares = (it.integrated_goods_ratio, it.finished_goods_ratio, it.production_loss_ratio)
        losses = (it.storage_and_transport_loss_ratio, it.other_loss_ratio)
        return Row(
            cells=(title, consumed, *("" if of is None else f"{of:.1%}" for of in (*shares, *losses))), mark="" if it.material else "total"
        )

    units = {name: unit_words(it.unit, 0) for name, it in plant.materials.materials.items()}
    rows = [row(material_title(plant, it.material), f"{it.consumed:,} {units[it.material]}", it) for it in now.materials]
    total = row("All that was bought, at standard cost", f"{now.of_plant.consumed / 100:,.2f} {plant.layout.currency}", now.of_plant)
    none = Row(cells=("Nothing was consumed.",), mark="done")
    return row_table(MATERIAL_HEAD, [*rows, total] if rows else [none], numeric=range(1, 7))


def _against(pieces: int) -> str:
    return "as planned" if not pieces else f"{abs(pieces):,} {'more' if pieces > 0 else 'fewer'}"
