"""How what runs by itself went the last time."""

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from domain.job_run import JobRun
from storage import rows, tables
from storage.base import TxBase
from storage.upsert import upsert

_runs = tables.job_runs

SAVE_JOB_RUN = upsert(_runs)
SELECT_JOB_RUN = select(*rows.JOB_RUN).where(_runs.c.job == bindparam("job"))
SELECT_JOB_RUNS = select(*rows.JOB_RUN).order_by(_runs.c.job)


class JobRows(TxBase):
    def job_run(self, job: str) -> JobRun | None:
        row = self.session.one(SELECT_JOB_RUN, job=job)
        return None if row is None else rows.job_run(row)

    def job_runs(self) -> Sequence[JobRun]:
        return [rows.job_run(row) for row in self.session.all(SELECT_JOB_RUNS)]

    def save_job_run(self, run: JobRun) -> None:
        self.session.run(SAVE_JOB_RUN, rows.job_run_row(run))
