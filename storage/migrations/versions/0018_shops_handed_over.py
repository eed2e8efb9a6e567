"""Who hands the shop over to whom."""

from alembic import op

from storage.columns import string
from storage.migrations.spelling import add_columns

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("invites", string("given_by", null=True))


def downgrade() -> None:
    op.drop_column("invites", "given_by")
