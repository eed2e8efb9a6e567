"""What rewards are called in other languages."""

from alembic import op

from storage.columns import string
from storage.migrations.spelling import add_columns

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("merchants", string("own_texts", null=True))


def downgrade() -> None:
    op.drop_column("merchants", "own_texts")
