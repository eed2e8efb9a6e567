"""How a dispute ended, and the messages that told of it; of those of before, none is known. The purchase above which
the till asks once more."""

import sqlalchemy as sa
from alembic import op

from storage.columns import long, string
from storage.migrations.spelling import add_columns

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLE = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade() -> None:
    add_columns("disputes", long("settled_at", null=True), string("settled_by", "outcome", null=True))
    _add("disputes", sa.Column("alarms", sa.Text(), nullable=False, server_default="[]"))
    _add(
        "program_versions",
        sa.Column("plausible_purchase_minor", sa.Integer(), nullable=False, server_default="20000"),
    )


def downgrade() -> None:
    op.drop_column("program_versions", "plausible_purchase_minor")
    for name in ("outcome", "settled_by", "settled_at", "alarms"):
        op.drop_column("disputes", name)


def _add(table: str, column: sa.Column[str] | sa.Column[int]) -> None:
    """With the default for the rows that are there, and none for those to come."""
    with op.batch_alter_table(table, table_kwargs=TABLE) as batch:
        batch.add_column(column)
    with op.batch_alter_table(table, table_kwargs=TABLE) as batch:
        batch.alter_column(column.name, server_default=None)
