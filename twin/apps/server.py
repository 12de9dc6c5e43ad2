"""The page server: Panel on loopback, in a thread of its own, with nothing fetched from elsewhere."""

from __future__ import annotations

import logging
import threading
from types import TracebackType

import panel as pn
from bokeh.server.server import Server

from twin.apps.components import document_files
from twin.apps.feed import Feed
from twin.apps.pages.analysis.performance import performance_page
from twin.apps.pages.business.finance import finance_page
from twin.apps.pages.business.material_plan import material_plan_page
from twin.apps.pages.business.month_end import month_end_page
from twin.apps.pages.business.orders import orders_page
from twin.apps.pages.business.plans import plans_page
from twin.apps.pages.business.purchasing import purchasing_page
from twin.apps.pages.costs import costs_page
from twin.apps.pages.documents import documents_page
from twin.apps.pages.floor import floor_page
from twin.apps.pages.overview import overview_page
from twin.apps.pages.quality import quality_page
from twin.apps.pages.schedule import schedule_page
from twin.apps.pages.shifts.audit_page import audit_page
from twin.apps.pages.shifts.handover import handover_page
from twin.apps.pages.shifts.records_page import records_page
from twin.apps.pages.stock.stock_page import stock_page
from twin.apps.pages.supervision.maintenance import maintenance_page
from twin.apps.pages.supervision.supervisor import supervisor_page
from twin.apps.pages.tracing.trace_page import trace_page
from twin.apps.ports import free_port
from twin.apps.scanning.scan_page import ScanField, scan_page
from twin.apps.terminals.away import away_files
from twin.apps.terminals.terminal import WorkTablet, terminal_page
from twin.apps.theme import NAVIGATION

# A session that its page does not claim in time is made anew without the addresses of our own styles: the browser would ask the host
# of Panel's makers for them. A slow machine under load needs more than the 15 s of Bokeh.
UNCLAIMED_MS = 90_000
PAGES = {
    "/": overview_page,
    "/floor": floor_page,
    "/schedule": schedule_page,
    "/quality": quality_page,
    "/stock": stock_page,
    "/trace": trace_page,
    "/documents": documents_page,
    "/batch-records": records_page,
    "/audit-trail": audit_page,
    "/performance": performance_page,
    "/handover": handover_page,
    "/supervisor": supervisor_page,
    "/maintenance": maintenance_page,
    "/orders": orders_page,
    "/material-plan": material_plan_page,
    "/plans": plans_page,
    "/purchasing": purchasing_page,
    "/finance": finance_page,
    "/month-end": month_end_page,
    "/costs": costs_page,
    "/terminal": terminal_page,
    "/scan": scan_page,
}
TITLES = {entry["href"]: entry["label"] for entry in NAVIGATION}


class _ClosedTabs(logging.Filter):
    """A viewer who closes a tab, before or after its page is drawn, is no fault; Bokeh and Tornado log it as one."""

    MARKS = ("WebSocketClosedError", "StreamClosedError", "Failed sending message as connection was closed")

    def filter(self, record: logging.LogRecord) -> bool:
        text = f"{record.getMessage()} {record.exc_info}"
        no_session = "AssertionError" in text and ("/ws" in text or "PATCH-DOC" in text)
        return not no_session and not any(mark in text for mark in self.MARKS)


class PageServer:
    """Serves the pages of one feed at 127.0.0.1 while it is open (a context manager).

    Raises
    ------
    ValueError : the port is taken
    """

    def __init__(self, feed: Feed, port: int) -> None:
        self._feed = feed
        self._port = free_port(port)
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        self._stands = threading.Event()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def __enter__(self) -> PageServer:
        for name in ("asyncio", "tornado.application", "bokeh.server.protocol_handler", "bokeh.server.views.ws"):
            logging.getLogger(name).addFilter(_ClosedTabs())
        self._thread = threading.Thread(target=self._serve, name="pages", daemon=True)
        self._thread.start()
        self._stands.wait(30)
        return self

    def _serve(self) -> None:
        import asyncio

        asyncio.set_event_loop(asyncio.new_event_loop())
        plant = self._feed.run.plant
        pages = {("/" if path == "/" else path): (lambda build=build: build(self._feed)) for path, build in PAGES.items()}
        self._server = pn.serve(
            pages,
            port=self._port,
            address="127.0.0.1",
            websocket_origin=[f"127.0.0.1:{self._port}", f"localhost:{self._port}"],
            show=False,
            start=False,
            liveness=True,
            extra_patterns=[
                (document_files.PATH, document_files.DocumentFile, {"feed": self._feed}),
                (away_files.PATH, away_files.AwayFile, {"files": away_files.away_files(str(WorkTablet._esm), str(ScanField._esm))}),
            ],
            verbose=False,
            unused_session_lifetime_milliseconds=UNCLAIMED_MS,
            title={path: f"{title} · {plant.title or plant.id}" for path, title in TITLES.items()},
        )
        self._server.io_loop.add_callback(self._stands.set)
        self._server.start()
        self._server.io_loop.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        server = self._server
        if server is None:
            return
        server.io_loop.add_callback(server.stop)
        server.io_loop.add_callback(server.io_loop.stop)
        if self._thread:
            self._thread.join(10)
