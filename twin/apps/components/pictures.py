"""The Python face of the components."""

from __future__ import annotations

from pathlib import Path

import param
from panel.custom import JSComponent

_HERE = Path(__file__).parent


class PlantFloor(JSComponent):
    """Work units as tiles. The whole state goes over each time: 50 units are 8 kB, and nothing can get lost."""

    centers = param.List(default=[], doc="[{id, title, units: [{id, title}]}], sent once")
    states = param.Dict(default={}, doc="id -> {state, label, reason, since, person, job_order, why, progress}")
    waiting = param.Dict(default={}, doc="work center -> job orders that wait there")
    colors = param.Dict(default={}, doc="state number as text -> colour")
    selected = param.String(default="", doc="the unit that the viewer picked")

    _esm = (_HERE / "plant_floor.js").read_text(encoding="utf-8")


class ScheduleChart(JSComponent):
    """Job orders as bars, one row a work unit; where the unit stood, the bar is hatched."""

    rows = param.List(default=[], doc="titles of the rows, from above")
    bars = param.Dict(
        default={},
        doc="columns: row, start, run_start, end (ms; 0: now), label, job_order, request, material, person, color, late, planned",
    )
    stops = param.Dict(default={}, doc="columns: row, start, end (ms; 0: now), kind, reason")
    window = param.List(default=[0, 1], doc="first and last instant to show, ms since 1970 UTC")
    now = param.Number(default=0, doc="ms since 1970 UTC")
    offset_ms = param.Integer(default=0, doc="local time minus UTC")
    selected = param.String(default="", doc="the job order that the viewer picked")

    _esm = (_HERE / "schedule_chart.js").read_text(encoding="utf-8")


class LotTree(JSComponent):
    """Lots that went into one another, the nearest above; a lot that the viewer picks is traced next."""

    nodes = param.List(default=[], doc="[{level, lot, title, quantity, how, standing}], in the order of a tree")
    none = param.String(default="", doc="what is said where there are no nodes")
    picked = param.String(default="", doc="the lot that the viewer picked")

    _esm = (_HERE / "lot_tree.js").read_text(encoding="utf-8")


class ThemeKeeper(JSComponent):
    """Keeps light and dark from page to page; draws nothing."""

    dark = param.Boolean(default=False)
    asked = param.Boolean(default=False, doc="the address names a theme: the system is not followed")

    _esm = (_HERE / "theme_keeper.js").read_text(encoding="utf-8")


class SiteMenu(JSComponent):
    """The ways to the other pages, by groups."""

    groups = param.List(default=[], doc="[{title, pages: [{label, icon, href}]}]; a group without a title is shown as it is")
    here = param.String(default="", doc="href of the page that is shown")

    _esm = (_HERE / "site_menu.js").read_text(encoding="utf-8")


class LongTable(JSComponent):
    """One part of a long table; `twin.apps.components.paged_table` fills it."""

    title = param.String(default="", doc="what the rows are, for who hears the page")
    head = param.List(default=[], doc="names of the columns")
    numeric = param.List(default=[], doc="places of the columns that are set to the right")
    rows = param.List(default=[], doc="[{id, cells, mark}] of this part; a row with an id can be picked")
    says = param.String(default="", doc="which rows of how many these are")
    number = param.Integer(default=0, doc="of this part, from 0")
    count = param.Integer(default=1, doc="of parts")
    finds = param.Boolean(default=True, doc="whether there is a field to find rows")
    wanted = param.String(default="", doc="what the viewer wants to find")
    asked = param.Integer(default=0, doc="the part that the viewer asks for")
    picked = param.String(default="", doc="id of the row that the viewer picked")

    _esm = (_HERE / "long_table.js").read_text(encoding="utf-8")
