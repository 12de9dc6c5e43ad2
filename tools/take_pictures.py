"""Pictures of every page, light and dark, wide and phone: `python tools/take_pictures.py ADDRESS FOLDER [--wide-only]`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Page

sys.path.insert(0, str(Path(__file__).parent.parent))

from tools.find_chromium import find_chromium
from tools.start_chromium import started_chromium

PAGES = {
    "overview": "/",
    "floor": "/floor",
    "schedule": "/schedule",
    "quality": "/quality",
    "stock": "/stock",
    "terminal": "/terminal?center=hobbing",
    "scanner": "/scan",
    "trace": "/trace",
    "documents": "/documents",
    "batch_records": "/batch-records",
    "performance": "/performance",
    "handover": "/handover",
    "supervisor": "/supervisor",
    "maintenance": "/maintenance",
    "orders": "/orders",
    "material_plan": "/material-plan",
    "purchasing": "/purchasing",
    "finance": "/finance",
    "month_end": "/month-end",
    "costs": "/costs",
}
SIZES = {"wide": (1400, 900), "phone": (390, 2000)}
OUTSIDE = re.compile(r"^(?!(https?|wss?)://(localhost|127\.0\.0\.1)[:/]|data:|blob:)")


def settle(page: Page) -> None:
    """Wait until Bokeh has drawn everything, and the first beats have come."""
    page.wait_for_function("window.Bokeh && Bokeh.documents.length && Bokeh.documents[0].is_idle", timeout=60_000)
    page.wait_for_function("document.fonts.status === 'loaded'")
    page.wait_for_timeout(2500)


def take(address: str, folder: Path, sizes: list[str]) -> list[str]:
    """Shoot every page; what went wrong on the way (console errors, requests off the machine) comes back as text."""
    wrong: list[str] = []
    folder.mkdir(parents=True, exist_ok=True)
    with started_chromium(find_chromium()) as browser:
        for size in sizes:
            for theme in ("light", "dark"):
                width, height = SIZES[size]
                context = browser.new_context(viewport={"width": width, "height": height}, device_scale_factor=1, color_scheme=theme)
                page = context.new_page()
                page.on("console", lambda message: wrong.append(f"console: {message.text}") if message.type == "error" else None)
                page.on("pageerror", lambda error: wrong.append(f"page error: {error}"))
                page.on("request", lambda request: wrong.append(f"off the machine: {request.url}") if OUTSIDE.match(request.url) else None)
                for name, path in PAGES.items():
                    page.goto(f"{address}{path}", wait_until="load")
                    settle(page)
                    if page.get_by_text("Traceback (most recent call last)").count():
                        wrong.append(f"a fault instead of a page: {path}")
                    page.screenshot(path=folder / f"{name}_{theme}{'' if size == 'wide' else '_phone'}.png")
                context.close()
    return wrong


if __name__ == "__main__":
    problems = take(sys.argv[1], Path(sys.argv[2]), ["wide"] if "--wide-only" in sys.argv else list(SIZES))
    for problem in dict.fromkeys(problems):
        print(problem, file=sys.stderr)
    sys.exit(1 if problems else 0)
