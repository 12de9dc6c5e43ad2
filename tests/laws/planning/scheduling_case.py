"""Generated plants without chance, whose orders are all known: a schedule of them has to come true."""

from __future__ import annotations

from hypothesis import strategies as st

from tests.parity.any_bills import plants_with_bills
from twin.model.plant import Plant
from twin.model.scenario import Scenario
from twin.now.planned import as_planned

Case = tuple[Plant, Scenario]


@st.composite
def certain_case(draw: st.DrawFn) -> Case:
    """A plant in which everything lasts what is planned; its customers have ordered all that they will at the start."""
    plant, scenario = draw(plants_with_bills())
    orders = [order.model_copy(update={"at": 0}) for order in scenario.demand.orders]
    demand = scenario.demand.model_copy(update={"orders": orders, "streams": {}, "forecasts": {}})
    return as_planned(plant), scenario.model_copy(update={"demand": demand, "disturbances": []})
