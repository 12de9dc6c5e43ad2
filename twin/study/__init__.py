"""Many runs: replicate a scenario, compare several on common seeds, select the best, explore, search.

Imports nothing heavy: SciPy, SALib, Optuna, Dask and pandas come in where they are used.
"""

from twin.study.comparing import Compared, Comparison, compare
from twin.study.conduct import How, Progress, StudyStoppedError
from twin.study.replicating import Precision, Replications, replicate
from twin.study.selecting import Selection, select_best
from twin.study.warming_up import WarmUp, warm_up
from twin.study.workers import WorkersLostError

__all__ = [
    "Compared",
    "Comparison",
    "How",
    "Precision",
    "Progress",
    "Replications",
    "Selection",
    "StudyStoppedError",
    "WarmUp",
    "WorkersLostError",
    "compare",
    "replicate",
    "select_best",
    "warm_up",
]
