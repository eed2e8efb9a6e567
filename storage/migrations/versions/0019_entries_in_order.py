"""A merchant's entries in the order of their times; what a reward costs the shop."""

from alembic import op

from storage.columns import number
from storage.migrations.spelling import add_columns, create_index

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

IN_ORDER = "ix_entries_merchant_id_occurred_at_entry_id"


def upgrade() -> None:
    add_columns("program_versions", number("reward_cost_minor", null=True))
    create_index(IN_ORDER, "entries", ["merchant_id", "occurred_at", "entry_id"])


def downgrade() -> None:
    op.drop_index(IN_ORDER, "entries")
    op.drop_column("program_versions", "reward_cost_minor")
