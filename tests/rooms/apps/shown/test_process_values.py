"""What screens show of a process: its values with what they keep to and the phases, at the tablet and on the plant floor."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rooms.quality.valve_shop import MIN_US
from tests.rooms.readiness.turning_shop import TurningShop
from twin.apps.feed import Feed
from twin.apps.pages.analysis.course_card import CourseCard
from twin.model.events import PhaseStateChanged, ProcessValueObserved
from twin.model.states import WorkUnitState
from twin.results.readiness.terminal import terminal_now
from twin.store.replay import ReplaySource

pytestmark = pytest.mark.filterwarnings("ignore:Both 'variant' and 'button_style':PendingDeprecationWarning")
TEMPERATURE = {"title": "Oil", "unit": "°C", "target": 50, "warn_below": 45, "warn_above": 55, "stop_above": 60}
BORING: dict[str, Any] = {
    "operations": ["10"],
    "parameters": {"temperature": TEMPERATURE, "flow": {}},
    "unit_procedures": {"bore": {"deep": ["heat", "cut"]}},
}


def columns(source: Any) -> dict[str, list[Any]]:
    return {name: list(values) for name, values in source.data.items()}


def test_values_stand_with_their_limits_and_phases_where_the_job_is_worked_on() -> None:
    shop = TurningShop(procedures={"bore": BORING}).order("A", 5)
    card = CourseCard(Feed(shop.run, ReplaySource([]), "told"))
    card.refresh("mill_1")
    assert card._words.object == "Nothing that is done at mill_1 has process values to keep to."
    shop.begins("mill_1", "A-VALVE/10", "bo")
    began_us = shop.now_us
    shop.tell(PhaseStateChanged(effective_us=began_us, equipment="mill_1", phase="bore/deep/heat", state=int(WorkUnitState.EXECUTE)))
    for value in (50.0, 53.5, 56.0):
        shop.tell(ProcessValueObserved(effective_us=shop.now_us, equipment="mill_1", property="temperature", value=value))
    (oil, flow) = terminal_now(shop.run, "boring", shop.now_us).units[0].courses
    assert (oil.title, [value for _, value in oil.values], oil.asked, oil.level) == ("Oil", [50.0, 53.5, 56.0], "45 to 55 °C", "warn")
    assert (flow.title, flow.values) == ("flow", [])
    card.refresh("mill_1")
    assert card._words.object == "A-VALVE/10: last 56 °C, outside its first limits; allowed: 45 to 55 °C; target 50 °C"
    shown, phases = columns(card._values), columns(card._phases)
    assert shown["value"] == [50.0, 53.5, 56.0]
    assert shown["at"][2] - shown["at"][0] == 2 * MIN_US / 1000
    assert phases == {"from": [shown["at"][0]], "until": [shown["at"][-1]], "phase": ["bore / deep / heat, Execute"]}
    assert [columns(source)["limit"] for source in card._limits.values()] == [[50.0] * 2, [45.0] * 2, [55.0] * 2, [], [60.0] * 2]
    card._of.value = "flow"
    assert (card._words.object, card._pane.visible) == ("A-VALVE/10: nothing was observed yet; allowed: any", False)
