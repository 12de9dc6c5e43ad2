"""Many runs: replicate a scenario, compare several on common seeds, select the best, explore, search.

Imports nothing heavy: SciPy, SALib, Optuna, Dask and pandas come in where they are used.
"""

from twin.results.forecasting.forecasting import DemandForecast, forecast_demand
from twin.study.ahead.forecast import FutureLedger, Futures, OrderForecast
from twin.study.ahead.futures import futures
from twin.study.ahead.plan_trials import PlanTrials, simulate_plan, simulate_plan_of
from twin.study.by_rule.playing import PlayedByRule, play_by_rule
from twin.study.comparing import Compared, Comparison, compare
from twin.study.conduct import How, Progress, StudyStoppedError
from twin.study.designs.exploring import Exploration, explore
from twin.study.designs.factors import Choice, Range
from twin.study.designs.points import factorial, latin_hypercube, sobol
from twin.study.designs.search import Found, search
from twin.study.designs.sensitivity import Influence, sensitivity
from twin.study.flow import flow
from twin.study.losses.cost import CostOfLosses, LossCost
from twin.study.losses.costing import cost_of_losses, losses_of
from twin.study.losses.found import LossFound
from twin.study.replicating import Precision, Replications, replicate
from twin.study.scheduling.by_hand.putting import let_go, put
from twin.study.scheduling.schedule import Schedule
from twin.study.scheduling.scheduling import schedule
from twin.study.selecting import Selection, select_best
from twin.study.warming_up import WarmUp, warm_up
from twin.study.workers import WorkersLostError

__all__ = [
    "Choice",
    "Compared",
    "Comparison",
    "CostOfLosses",
    "DemandForecast",
    "Exploration",
    "Found",
    "FutureLedger",
    "Futures",
    "How",
    "Influence",
    "LossCost",
    "LossFound",
    "OrderForecast",
    "PlanTrials",
    "PlayedByRule",
    "Precision",
    "Progress",
    "Range",
    "Replications",
    "Schedule",
    "Selection",
    "StudyStoppedError",
    "WarmUp",
    "WorkersLostError",
    "compare",
    "cost_of_losses",
    "explore",
    "factorial",
    "flow",
    "forecast_demand",
    "futures",
    "latin_hypercube",
    "let_go",
    "losses_of",
    "play_by_rule",
    "put",
    "replicate",
    "schedule",
    "search",
    "select_best",
    "sensitivity",
    "simulate_plan",
    "simulate_plan_of",
    "sobol",
    "warm_up",
]
