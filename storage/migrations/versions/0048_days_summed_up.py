"""A store's day is summed up from an index, without reading its entries."""

from alembic import op

from storage.migrations.spelling import create_index

revision = "0048"
down_revision = "0044"
branch_labels = None
depends_on = None

BEFORE = "ix_entries_merchant_id_local_date_store_id"
OF_DAY = "ix_entries_of_day"
DAY = ["merchant_id", "local_date", "store_id"]


def upgrade() -> None:
    create_index(
        OF_DAY, "entries", [*DAY, "entry_id", "staff_id", "kind", "card_id", "stamps_delta", "points_delta"]
    )
    op.drop_index(BEFORE, "entries")


def downgrade() -> None:
    create_index(BEFORE, "entries", DAY)
    op.drop_index(OF_DAY, "entries")
