"""Whose job it was: a bot's, or the process's own (bot 0). Until now there was one bot, and a row for each job."""

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OF_BOTS = ("outbox", "kept_aside", "housekeeping")
LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Every bot that is known ran the jobs that are a bot's."""
    bots = [bot_id for (bot_id,) in op.get_bind().execute(sa.text("SELECT bot_id FROM bots"))]
    kept = [
        {**run, "bot_id": bot_id} for run in _runs() for bot_id in (bots if run["job"] in OF_BOTS else [0])
    ]
    _replace([sa.Column("bot_id", LONG, nullable=False)], ["bot_id", "job"], kept)


def downgrade() -> None:
    """Of several bots that of the last."""
    kept = {run["job"]: run for run in sorted(_runs(), key=lambda run: run["last_started_at"])}
    _replace([], ["job"], kept.values())


def _runs() -> list[dict[str, Any]]:
    return [dict(row) for row in op.get_bind().execute(sa.text("SELECT * FROM job_runs")).mappings()]


def _replace(first: list[sa.Column[int]], key: list[str], rows: Iterable[dict[str, Any]]) -> None:
    """A handful of rows: read, and written into a table with another key."""
    op.drop_table("job_runs")
    columns = [*first, *_columns()]
    table = op.create_table(
        "job_runs",
        *columns,
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_job_runs")),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )
    names = {column.name for column in columns}
    op.bulk_insert(table, [{name: row[name] for name in row if name in names} for row in rows])


def _columns() -> list[sa.Column[Any]]:
    """As they were before, and are."""
    return [
        sa.Column("job", sa.Text(), nullable=False),
        sa.Column("last_started_at", LONG, nullable=False),
        sa.Column("last_finished_at", LONG, nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("failures_in_a_row", sa.Integer(), nullable=False),
        sa.Column("total_runs", LONG, nullable=False),
    ]
