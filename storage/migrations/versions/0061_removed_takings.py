"""Takings that were typed for a wrong day can be removed."""

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

TABLE = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade() -> None:
    with op.batch_alter_table("takings", table_kwargs=TABLE) as batch:
        batch.add_column(sa.Column("is_removed", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("takings", table_kwargs=TABLE) as batch:
        batch.alter_column("is_removed", server_default=None)


def downgrade() -> None:
    """What was removed is gone: an earlier version would take it for a day without takings."""
    op.execute("DELETE FROM takings WHERE is_removed = 1")
    op.drop_column("takings", "is_removed")
