"""How a dispute ended, and the messages that told of it; of those of before, none is known. The purchase above which
the till asks once more."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0012"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLE = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade() -> None:
    with op.batch_alter_table("disputes", table_kwargs=TABLE) as batch:
        batch.add_column(sa.Column("alarms", sa.Text(), nullable=False, server_default="[]"))
        batch.add_column(sa.Column("settled_at", LONG, nullable=True))
        batch.add_column(sa.Column("settled_by", sa.Text(), nullable=True))
        batch.add_column(sa.Column("outcome", sa.Text(), nullable=True))
    with op.batch_alter_table("disputes", table_kwargs=TABLE) as batch:
        batch.alter_column("alarms", server_default=None)
    with op.batch_alter_table("program_versions", table_kwargs=TABLE) as batch:
        batch.add_column(
            sa.Column("plausible_purchase_minor", sa.Integer(), nullable=False, server_default="20000")
        )
    with op.batch_alter_table("program_versions", table_kwargs=TABLE) as batch:
        batch.alter_column("plausible_purchase_minor", server_default=None)


def downgrade() -> None:
    op.drop_column("program_versions", "plausible_purchase_minor")
    for name in ("outcome", "settled_by", "settled_at", "alarms"):
        op.drop_column("disputes", name)
