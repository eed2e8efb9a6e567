"""Multipliers, stamps for amounts, and what purchases leave over; programs of before carry nothing over."""

import sqlalchemy as sa
from alembic import op

from storage.columns import long, number, string
from storage.migrations.spelling import add_columns

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

TABLE = {"sqlite_strict": True, "sqlite_with_rowid": False}
CARRIED = ("stamps_carried_minor", "points_carried_nano")


def upgrade() -> None:
    add_columns("cards", long(*CARRIED, "carried_price_minor", null=True))
    add_columns("entries", number("factor_tenths", null=True), long(*CARRIED, null=True))
    add_columns("program_versions", string("multipliers", null=True))
    with op.batch_alter_table("program_versions", table_kwargs=TABLE) as batch:
        batch.add_column(sa.Column("carry_over", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("program_versions", table_kwargs=TABLE) as batch:
        batch.alter_column("carry_over", server_default=None)
    add_columns("program_versions", number("stamp_per_minor", null=True))


def downgrade() -> None:
    """What was left over is forgotten."""
    for column in ("stamp_per_minor", "carry_over", "multipliers"):
        op.drop_column("program_versions", column)
    for column in (*CARRIED, "factor_tenths"):
        op.drop_column("entries", column)
    for column in ("carried_price_minor", *CARRIED):
        op.drop_column("cards", column)
