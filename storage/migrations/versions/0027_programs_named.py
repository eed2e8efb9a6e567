"""Programs have names, and may give no new cards; those of before do."""

import sqlalchemy as sa
from alembic import op

from storage.columns import string
from storage.migrations.spelling import add_columns

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLE = {"sqlite_strict": True, "sqlite_with_rowid": False}


def upgrade() -> None:
    add_columns("program_versions", string("name", null=True))
    with op.batch_alter_table("program_versions", table_kwargs=TABLE) as batch:
        batch.add_column(sa.Column("new_cards", sa.Integer(), nullable=False, server_default="1"))
    with op.batch_alter_table("program_versions", table_kwargs=TABLE) as batch:
        batch.alter_column("new_cards", server_default=None)


def downgrade() -> None:
    op.drop_column("program_versions", "new_cards")
    op.drop_column("program_versions", "name")
