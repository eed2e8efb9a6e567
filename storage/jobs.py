"""How what runs by itself went the last time."""

from collections.abc import Sequence

from sqlalchemy import select

from domain.job_run import JobRun
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import find
from storage.upsert import upsert

SAVE_JOB_RUN = upsert(tables.job_runs)
SELECT_JOB_RUN = find(rows.JOB_RUN, "job")
SELECT_JOB_RUNS = select(*rows.JOB_RUN).order_by(tables.job_runs.c.job)


class JobRows(TxBase):
    def job_run(self, job: str) -> JobRun | None:
        return self._one(rows.job_run, SELECT_JOB_RUN, job=job)

    def job_runs(self) -> Sequence[JobRun]:
        return self._all(rows.job_run, SELECT_JOB_RUNS)

    def save_job_run(self, run: JobRun) -> None:
        self.session.run(SAVE_JOB_RUN, rows.job_run_row(run))
