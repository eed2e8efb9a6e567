"""Whose job it was: a bot's, or the process's own (bot 0). Until now there was one bot, and a row for each job."""

from collections.abc import Iterable
from typing import Any

from alembic import op
from sqlalchemy import text

from storage.columns import long, number, string
from storage.migrations.spelling import create_table

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OF_BOTS = ("outbox", "kept_aside", "housekeeping")


def upgrade() -> None:
    """Every bot that is known ran the jobs that are a bot's."""
    bots = [bot_id for (bot_id,) in op.get_bind().execute(text("SELECT bot_id FROM bots"))]
    kept = [
        {**run, "bot_id": bot_id} for run in _runs() for bot_id in (bots if run["job"] in OF_BOTS else [0])
    ]
    _replace(["bot_id", "job"], kept)


def downgrade() -> None:
    """Of several bots that of the last."""
    kept = {run["job"]: run for run in sorted(_runs(), key=lambda run: run["last_started_at"])}
    _replace(["job"], kept.values())


def _runs() -> list[dict[str, Any]]:
    return [dict(row) for row in op.get_bind().execute(text("SELECT * FROM job_runs")).mappings()]


def _replace(key: list[str], rows: Iterable[dict[str, Any]]) -> None:
    """A handful of rows: read, and written into a table with another key."""
    op.drop_table("job_runs")
    table = create_table(
        "job_runs",
        long("bot_id") if "bot_id" in key else (),
        string("job"),
        long("last_started_at", "last_finished_at"),
        number("duration_ms", "count"),
        string("outcome"),
        string("error", null=True),
        number("failures_in_a_row"),
        long("total_runs"),
        key=key,
    )
    op.bulk_insert(table, [{name: row[name] for name in row if name in table.columns} for row in rows])
