"""A journal goes on with today's files: what they declare otherwise is entered once the run stands where its journal ended."""

from __future__ import annotations

import logging
import time

from twin.apps.feed import Feed
from twin.results.restoring.files import FilesOfJournal

LOOK_S = 0.05
_log = logging.getLogger(__name__)


def go_on_with(feed: Feed, files: FilesOfJournal, until_us: int) -> None:
    """Enter what was accepted of the files, then that the journal goes on with them; what is refused is said, and asked again next time.

    `until_us` : where the journal ended
    """
    while feed.run.now_us < until_us and not feed.ended:
        time.sleep(LOOK_S)
    refused = [words for it in files.entries(feed.run.now_us, feed.run.plant) if (words := feed.enter(it, has_token=True))]
    for words in refused:
        _log.warning("what the plant's files declare otherwise is not so: %s", words)
    if not refused:
        feed.keep(files.kept(feed.run.now_us))
