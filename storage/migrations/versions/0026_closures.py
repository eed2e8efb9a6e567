"""Days on which shops and stores are closed."""

from alembic import op

from storage.columns import string
from storage.migrations.spelling import add_columns

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("merchants", string("closures", null=True))


def downgrade() -> None:
    op.drop_column("merchants", "closures")
