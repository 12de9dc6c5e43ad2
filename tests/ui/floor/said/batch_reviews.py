"""Reviewing a batch record in the browser."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from twin.apps.feed import Feed

OFFERED = """() => Bokeh.documents.some(it => [...it._all_models.values()].some(
    it => it.data?.label === 'exception' && it.data.options.length > 1))"""
"""What is open is offered by now."""


def accept_one(page: Page, feed: Feed, lot: str) -> None:
    """With the picture of what was wrong in sight an exception is accepted, for a reason, and that signed; it is open no more."""
    expect(page.get_by_role("img", name="left edge")).to_be_visible()
    accept = page.get_by_role("button", name="Accept this exception")
    accept.click()
    expect(page.get_by_text("Refused: no exception is picked; allowed: one that is open")).to_be_visible()
    page.wait_for_function(OFFERED)
    page.get_by_role("combobox", name="exception").click()
    page.get_by_role("menuitem", name="nonconformance:").click()
    page.get_by_label("secret", exact=True).fill("correct horse")
    accept.click()
    expect(page.get_by_text("Refused: it needs a reason; allowed: why, in words")).to_be_visible()
    page.get_by_label("why", exact=True).fill("it is on the inside")
    page.get_by_label("secret", exact=True).fill("correct horse")
    accept.click()
    expect(page.get_by_text("That exception is accepted, and signed.")).to_be_visible()
    expect(page.locator("details[open] tr", has_text=": it is on the inside")).to_be_visible()
    (accepted,) = feed.run.mes.records.accepted_of(lot).values()
    assert (accepted.person, accepted.words.partition(":")[0]) == ("quinn", "nonconformance")
