"""An award may have a date of its own at which it ends; those of before have none."""

from alembic import op

from storage.columns import long
from storage.migrations.spelling import add_columns

revision = "0033"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("entries", long("expires_at", null=True))


def downgrade() -> None:
    op.drop_column("entries", "expires_at")
