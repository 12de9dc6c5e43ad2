"""The card that plays a run without each of its losses, as a viewer presses its button."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

import twin
from tests.rooms.study.losses.cut_kiosk import SCENARIO, write_kiosk
from twin.apps.feed import Feed
from twin.apps.pages.analysis.losses_card import LossesCard, losses_html
from twin.run import simulated
from twin.study import cost_of_losses


def pressed(card: LossesCard) -> str:
    """The words when all is done."""
    card._start.clicks += 1
    until_s = time.monotonic() + 120
    while card._start.disabled and time.monotonic() < until_s:
        time.sleep(0.05)
        card.refresh()
    return str(card._words.object)


@pytest.mark.slow
def test_the_button_plays_the_run_without_its_losses_in_other_processes(tmp_path: Path) -> None:
    plant, asked = write_kiosk(tmp_path)
    card = LossesCard(Feed(twin.simulate(plant, asked, seed=1), simulated(plant, asked, 1), "simulated"))
    assert "1 of 1 losses; " in pressed(card)
    assert "power cut 1, goes on" in card._table.object
    assert ">29.30<" in card._table.object
    assert "+10 min" in card._table.object
    assert (card._cancel.visible, card._bar.visible) == (False, False)


def test_a_run_that_cannot_be_played_again_is_estimated_and_what_has_helped_is_marked(tmp_path: Path) -> None:
    plant, asked = write_kiosk(tmp_path, price="0.50 EUR")
    run = twin.simulate(plant, asked, seed=1)
    card = LossesCard(Feed(twin.replay(plant, run.journal.entries(), asked), simulated(plant, asked, 1), "replayed"))
    assert "Estimates, since this run cannot be played again" in pressed(card)
    assert "-0.20 (-0.20 to -0.20) (helped)" in card._table.object
    assert "Assumed: what came after the stop" in card._table.object
    told = losses_html(cost_of_losses(run, workers=1))
    assert "<tr class='good'>" in told
    assert "-0.20 (helped)" in told
    idle = twin.simulate(*write_kiosk(tmp_path, scenario=SCENARIO.replace("at: 4 min", "at: 15 min")), seed=1)
    assert "<tr class='done'>" in losses_html(cost_of_losses(idle, workers=1))
    assert "There was no such loss." in losses_html(cost_of_losses(idle, kinds=["setup"], workers=1))
