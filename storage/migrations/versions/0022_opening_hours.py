"""Stores say when they are open."""

from alembic import op

from storage.columns import string
from storage.migrations.spelling import add_columns

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("stores", string("opening_hours", null=True))


def downgrade() -> None:
    op.drop_column("stores", "opening_hours")
