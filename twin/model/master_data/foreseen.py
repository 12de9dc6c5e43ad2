"""A plant in which something new is there already: what a scenario lets persons declare in its course, or what was just said.

A simulated plant is laid out before it runs. So it is laid out with what will be declared within it: nobody asks it to deliver or to make
that before MES and ERP have heard of it.
"""

from __future__ import annotations

from twin.model.events import MasterDataChanged
from twin.model.master_data.allowed import doubts
from twin.model.master_data.dated import Dated
from twin.model.plant import Plant
from twin.model.scenario import Scenario


def foreseen(plant: Plant, scenario: Scenario) -> Plant:
    """The plant with all that is declared anew in the course of a scenario, as far as it makes sense: whoever hears the rest refuses it."""
    said = [it.event(scenario.start_us) for it in scenario.entries if it.says == MasterDataChanged.__name__]
    for it in sorted(said, key=lambda event: event.recorded_us):
        if isinstance(it, MasterDataChanged):
            plant = with_new(plant, it)
    return plant


def with_new(plant: Plant, said: MasterDataChanged) -> Plant:
    """The plant with what somebody declares anew; itself, where nothing is new, or it cannot be so."""
    if not said.is_new or doubts(said, plant, dated := Dated(plant), ()):
        return plant
    return dated.tried(said, said.table, said.declared, plant)
