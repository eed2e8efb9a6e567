"""Where a store is, in millionths of a degree."""

from alembic import op

from storage.columns import number
from storage.migrations.spelling import add_columns

revision = "0053"
down_revision = "0048"
branch_labels = None
depends_on = None

COLUMNS = ("location_latitude_micro", "location_longitude_micro")


def upgrade() -> None:
    add_columns("stores", number(*COLUMNS, null=True))


def downgrade() -> None:
    for column in reversed(COLUMNS):
        op.drop_column("stores", column)
