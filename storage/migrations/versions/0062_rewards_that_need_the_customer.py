"""A reward may need its customer's yes, whom a member asks as they ask a manager."""

import sqlalchemy as sa
from alembic import op

from storage.columns import number, string
from storage.migrations.spelling import add_columns

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

TABLE = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade() -> None:
    with op.batch_alter_table("program_versions", table_kwargs=TABLE) as batch:
        batch.add_column(sa.Column("redeem_confirmation", sa.Text(), nullable=False, server_default="staff"))
    with op.batch_alter_table("program_versions", table_kwargs=TABLE) as batch:
        batch.alter_column("redeem_confirmation", server_default=None)
    add_columns(
        "approvals",
        string("redeems", null=True),
        number("reward_position", "reward_price", null=True),
    )


def downgrade() -> None:
    """What customers were asked is gone: an earlier version would take it for a request to managers."""
    op.execute("DELETE FROM approvals WHERE redeems IS NOT NULL")
    for column in ("reward_price", "reward_position", "redeems"):
        op.drop_column("approvals", column)
    op.drop_column("program_versions", "redeem_confirmation")
