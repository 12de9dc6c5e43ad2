"""Start the Chromium that was found, with Playwright at its wheel, and without a word to anybody off this machine."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Error, sync_playwright

from tools.find_chromium import Chromium, ChromiumMissing
from tools.find_node import find_node

# Each window of Debian's Chromium loads two pages for its address field, which no test looks at: half a second of a processor. What is said
# last is all that counts, so what Playwright leaves out is left out here again.
LEFT_OUT = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup", "WebUIOmniboxFullPopup", "AvoidUnnecessaryBeforeUnloadCheckSync",
    "DestroyProfileOnBrowserClose", "HttpsUpgrades", "HttpsFirstBalancedModeAutoEnable", "LensOverlay", "MediaRouter", "PaintHolding",
    "ThirdPartyStoragePartitioning", "OptimizationHints", "NetworkTimeServiceQuerying", "PreconnectToSearch", "Translate",
)  # fmt: skip
ARGUMENTS = [
    f"--disable-features={','.join(LEFT_OUT)}",
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE localhost , EXCLUDE 127.0.0.1",
]  # fmt: skip


@contextmanager
def started_chromium(chromium: Chromium, *switches: str) -> Iterator[Browser]:
    """The browser, while the `with` lasts. `switches`: more of its own.

    Raises
    ------
    ChromiumMissing : it does not start; the message says why
    NodeMissing : nothing to drive it with
    """
    # The Node.js that Playwright brings along needs libatomic, which a bare Debian does not have; ours does not.
    os.environ.setdefault("PLAYWRIGHT_NODEJS_PATH", find_node().executable)
    with sync_playwright() as playwright:
        environment: dict[str, str | float | bool] = {**os.environ, **chromium.environment}
        try:
            browser = playwright.chromium.launch(executable_path=chromium.executable, env=environment, args=[*ARGUMENTS, *switches])
        except Error as error:
            own_words = re.findall(r"\[err\] (.+)", error.message)  # among a page of switches and steps
            reason = own_words[-1] if own_words else error.message.partition("\n")[0]
            raise ChromiumMissing(f"{chromium.executable} does not start: {reason}") from error
        yield browser
        browser.close()
