"""Plant Twin: a factory's digital twin, driven from notebooks.

`twin.simulate`, `twin.replay` and `twin.follow` make a `Run`; its tables say what happened, what it means and what it is worth.
`twin.plan` says what to make and to buy.
"""

from twin import beginning as beginning
from twin.exchange import import_record, keep_books, simulate_schedule
from twin.instants import at, from_now_on, plant_now
from twin.library import follow, load, plan, read_plant, read_scenario, register_rule, replay, simulate
from twin.model.plant import Plant
from twin.model.problems import PlantFileError
from twin.model.scenario import Scenario
from twin.results.run import Run

__all__ = [
    "Plant",
    "PlantFileError",
    "Run",
    "Scenario",
    "at",
    "follow",
    "from_now_on",
    "import_record",
    "keep_books",
    "load",
    "plan",
    "plant_now",
    "read_plant",
    "read_scenario",
    "register_rule",
    "replay",
    "simulate",
    "simulate_schedule",
]
