"""What makes no sense together in a plant or a scenario, though each value by itself is right. One small function for each rule."""

from twin.model.checks.doubts import Doubts
from twin.model.checks.plant_checks import check_plant
from twin.model.checks.scenario_checks import check_scenario

__all__ = ["Doubts", "check_plant", "check_scenario"]
