"""Who carries out the replications of a study: this process, processes on this machine, or a Dask cluster. All give equal results."""

from twin.study.workers.choosing import Workers, WorkersLike, refuse_no_workers, workers_for
from twin.study.workers.processes import WorkersLostError

__all__ = ["Workers", "WorkersLike", "WorkersLostError", "refuse_no_workers", "workers_for"]
