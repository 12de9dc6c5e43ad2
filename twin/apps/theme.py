"""The look of all pages, light and dark: one palette, one frame, the colours of the states."""

from __future__ import annotations

from typing import Any

import panel as pn
import panel_material_ui as pmui
from bokeh.document import Document
from panel.util.parameters import edit_readonly

from twin.apps.components.pictures import SiteMenu, ThemeKeeper
from twin.model.states import WorkUnitState

# Material's cards vanish on a page of their own colour: it takes the one of the ground.
PAGE_CSS = """
main.main { background: var(--mui-palette-background-default) !important; }
.main-content { padding: 14px; box-sizing: border-box; }
@media (max-width: 700px) { .main-content { padding: 6px 2px; } }
"""

# A page is made before anybody can know what the system prefers now. If that is the other look, it is asked for once more before anything
# of it is drawn: later, somebody may have picked something on it already. Where cookies are not kept it stays as it is.
FOLLOWS_THE_SYSTEM = """{% extends "base.html" %}
{% block preamble %}
<script>
  const preferred = window.matchMedia("(prefers-color-scheme: dark)").matches ? "system-dark" : "system-light";
  if (preferred !== "MADE_FOR") {
    document.cookie = `twin_theme=${preferred}; path=/; max-age=31536000; samesite=lax`;
    if (document.cookie.includes(preferred)) { window.stop(); window.location.reload(); }
  }
</script>
{{ super() }}
{% endblock %}
"""

NAVIGATION = [
    {"label": "Overview", "icon": "dashboard", "href": "/", "group": ""},
    {"label": "Plant floor", "icon": "factory", "href": "/floor", "group": "Production"},
    {"label": "Schedule", "icon": "view_timeline", "href": "/schedule", "group": "Production"},
    {"label": "Supervisor", "icon": "notifications_active", "href": "/supervisor", "group": "Production"},
    {"label": "Hand-over", "icon": "swap_horiz", "href": "/handover", "group": "Production"},
    {"label": "Performance", "icon": "query_stats", "href": "/performance", "group": "Production"},
    {"label": "Quality", "icon": "verified", "href": "/quality", "group": "Quality & upkeep"},
    {"label": "Batch records", "icon": "fact_check", "href": "/batch-records", "group": "Quality & upkeep"},
    {"label": "Audit trail", "icon": "history", "href": "/audit-trail", "group": "Quality & upkeep"},
    {"label": "Traceability", "icon": "account_tree", "href": "/trace", "group": "Quality & upkeep"},
    {"label": "Documents", "icon": "description", "href": "/documents", "group": "Quality & upkeep"},
    {"label": "Maintenance", "icon": "build", "href": "/maintenance", "group": "Quality & upkeep"},
    {"label": "Orders", "icon": "shopping_cart", "href": "/orders", "group": "Business"},
    {"label": "Material plan", "icon": "inventory", "href": "/material-plan", "group": "Business"},
    {"label": "Plans", "icon": "stacked_bar_chart", "href": "/plans", "group": "Business"},
    {"label": "Stock", "icon": "inventory_2", "href": "/stock", "group": "Business"},
    {"label": "Purchasing", "icon": "local_shipping", "href": "/purchasing", "group": "Business"},
    {"label": "Finance", "icon": "account_balance", "href": "/finance", "group": "Business"},
    {"label": "Month-end", "icon": "event_available", "href": "/month-end", "group": "Business"},
    {"label": "Costs", "icon": "payments", "href": "/costs", "group": "Business"},
    {"label": "Terminals", "icon": "touch_app", "href": "/terminal", "group": "At the machine"},
    {"label": "Scanner", "icon": "qr_code_scanner", "href": "/scan", "group": "At the machine"},
]
"""Every page. A page that names no group is one of business."""
GROUPS = ("", "Production", "Quality & upkeep", "Business", "At the machine")
PLAYED_FROM = frozenset(it["href"] for it in NAVIGATION if it["group"] in ("", "Production"))
"""Pages from which a plant that is played can be paused and made faster; nobody at a machine or in the office has a hand on its time."""

# Okabe and Ito (2008): told apart with every kind of colour vision. State is always written in words as well.
STATE_COLORS: dict[int, str] = {
    WorkUnitState.EXECUTE: "#009E73",
    WorkUnitState.STARTING: "#56B4E9",
    WorkUnitState.COMPLETE: "#0072B2",
    WorkUnitState.IDLE: "#8A94A0",
    WorkUnitState.SUSPENDED: "#E69F00",
    WorkUnitState.HELD: "#D55E00",
    WorkUnitState.ABORTED: "#D55E00",
    WorkUnitState.STOPPED: "#5D6873",
    WorkUnitState.RESETTING: "#56B4E9",
    WorkUnitState.UNKNOWN: "#CC79A7",
}
STATE_WORDS: dict[int, str] = {
    WorkUnitState.EXECUTE: "Running",
    WorkUnitState.STARTING: "Set-up",
    WorkUnitState.COMPLETE: "Complete",
    WorkUnitState.IDLE: "Idle",
    WorkUnitState.SUSPENDED: "Waiting",
    WorkUnitState.HELD: "Down",
    WorkUnitState.ABORTED: "Down",
    WorkUnitState.STOPPED: "Stopped",
    WorkUnitState.RESETTING: "Resetting",
    WorkUnitState.UNKNOWN: "Unknown",
}

# Colours of materials: white text on each of them has a contrast of at least 4.5 to 1.
MATERIAL_COLORS = ["#3B6EA8", "#A35A00", "#2F7D32", "#8E4A8F", "#1F7A78", "#B23A38", "#7A5546", "#6B6400", "#4F5FB0", "#8C4A6B"]


def _bar(color: str) -> dict[str, Any]:
    """The app bar would take the primary colour, which is pale in the dark: it has its own."""
    return {
        "MuiAppBar": {
            "styleOverrides": {"root": {"backgroundColor": f"{color} !important", "color": "#fff !important", "backgroundImage": "none"}}
        }
    }


GROUNDS = {"light": "#f4f6f8", "dark": "#10161d"}
THEME = {
    "light": {
        "palette": {
            "primary": {"main": "#0f4c81"},
            "secondary": {"main": "#9a4d00"},
            "background": {"default": GROUNDS["light"], "paper": "#ffffff"},
        },
        "shape": {"borderRadius": 10},
        "components": _bar("#0f3a63"),
    },
    "dark": {
        "palette": {
            "primary": {"main": "#7db8e8"},
            "secondary": {"main": "#ffb067"},
            "background": {"default": GROUNDS["dark"], "paper": "#18212b"},
        },
        "shape": {"borderRadius": 10},
        "components": _bar("#0d1b2a"),
    },
}


def frame(title: str, page: str, bar: list[Any], main: list[Any]) -> pmui.Page:
    """The frame around every page: title and theme switch, then one row with the ways to the other pages and `bar`."""
    groups = [{"title": title, "pages": [it for it in NAVIGATION if it.get("group", "Business") == title]} for title in GROUPS]
    menu = SiteMenu(groups=groups, here=page, margin=(2, 4))
    row = pmui.FlexBox(menu, *bar, align_items="center", sizing_mode="stretch_width", margin=(0, 6))
    keeper = ThemeKeeper(dark=_is_dark(), asked="theme" in pn.state.session_args, width=0, height=0, margin=0)
    found = pmui.Page(
        title=title, main=[row, *main, keeper], dark_theme=keeper.dark, theme_config=THEME, stylesheets=[PAGE_CSS], busy_indicator=None,
        template=None if _is_chosen() else FOLLOWS_THE_SYSTEM.replace("MADE_FOR", "system-dark" if keeper.dark else "system-light"),
    )  # fmt: skip
    found.config.raw_css = [_before_it_is_drawn()]
    _mind_its_own_business(found)
    _told_from_the_start(pn.state.curdoc)
    found.jslink(keeper, dark_theme="dark")  # within the browser: a viewer may be gone to the next page before a server has answered
    return found


def _told_from_the_start(document: Document | None) -> None:
    """What changes while a browser is still drawing the page is told to it like everything later.

    Panel 1.9 throws it away until the browser says that all is drawn: by then the page has long been sent, and what a viewer picked, or a
    beat showed, meanwhile would never be seen. Bokeh alone keeps it, for it sends to whoever is connected and the browser waits with it.
    """
    if document is not None:
        pn.state._connected[document] = True


def _mind_its_own_business(page: pmui.Page) -> None:
    """Else every page shows whether the server is at work for any of them: a beat of one would go to all, and to those that were left.

    A dozen of them keep the server from reading what a viewer does. A value of its own takes the page off the server's; the watcher that
    stays behind costs the same, and keeps the page in memory for good.
    """
    with edit_readonly(page):
        page.busy = False
    for watcher in list(pn.state.param.watchers.get("busy", {}).get("value", [])):
        if getattr(getattr(watcher.fn, "__self__", None), "self", None) is page:
            pn.state.param.unwatch(watcher)


def _before_it_is_drawn() -> str:
    """The ground of a page until its own styles are there, as the viewer will see it: neither white in the dark nor veiled in grey.

    What nobody has chosen yet, the system prefers; the page itself hears of that only once it is drawn.
    """
    grounds = {shade: f":root {{ --mui-palette-background-default: {color}; }}" for shade, color in GROUNDS.items()}
    preferred = "" if _is_chosen() else f"@media (prefers-color-scheme: dark) {{ {grounds['dark']} }}"
    ground = grounds["dark" if _is_chosen() and _is_dark() else "light"]
    return f"{ground} {preferred} #loader {{ background: none !important; pointer-events: none; }}"


def _theme() -> str:
    asked = pn.state.session_args.get("theme", [b""])[0].decode(errors="replace")
    return asked if asked in GROUNDS else str(pn.state.cookies.get("twin_theme", ""))


def _is_chosen() -> bool:
    """Whether this viewer, or the address, has chosen how the page looks: else it looks as the system does."""
    return _theme() in GROUNDS


def _is_dark() -> bool:
    """Whether this viewer sees the page dark: as the address asks, else as chosen before or as the system prefers (`ThemeKeeper`)."""
    return _theme().endswith("dark")


def card(title: str, *content: Any, **options: Any) -> pmui.Paper:
    """A titled part of a page."""
    heading = pmui.Typography(title, variant="h6", sx={"fontWeight": 600, "fontSize": "1.05rem"}, margin=(4, 8))
    return pmui.Paper(
        heading,
        *content,
        elevation=1,
        sizing_mode="stretch_width",
        margin=6,
        sx={"p": {"xs": 0.75, "sm": 1.5}, "backgroundImage": "none"},
        styles={"max-height": "none"},  # else no higher than the window, and what follows covers its end
        **options,
    )
