"""How the last run of each job went."""

from collections.abc import Sequence

from sqlalchemy import bindparam, or_, select

from domain.ids import BotId
from domain.job_run import PROCESS, JobRun
from storage import rows, tables
from storage.base import TxBase
from storage.upsert import upsert

_runs = tables.job_runs

SAVE_JOB_RUN = upsert(_runs)
SELECT_JOB_RUNS = (
    select(*rows.JOB_RUN)
    .where(or_(_runs.c.bot_id == bindparam("bot_id"), _runs.c.bot_id == bindparam("process")))
    .order_by(_runs.c.job)
)


class JobRows(TxBase):
    def job_runs(self, bot_id: BotId) -> Sequence[JobRun]:
        return self._readable(rows.job_run, SELECT_JOB_RUNS, bot_id=bot_id, process=PROCESS)

    def save_job_run(self, run: JobRun) -> None:
        self.session.run(SAVE_JOB_RUN, rows.job_run_row(run))
