"""Which languages a shop's posters speak."""

from alembic import op

from storage.columns import string
from storage.migrations.spelling import add_columns

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("merchants", string("languages", null=True))


def downgrade() -> None:
    op.drop_column("merchants", "languages")
