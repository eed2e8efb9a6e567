"""Since when a person's chat has refused whatever was sent to it; deliveries that are held back after a restore."""

from alembic import op

from storage.columns import long
from storage.migrations.spelling import add_columns, create_index

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

COLUMNS = ["bot_id", "channel", "is_marketing", "due_at", "message_id"]
WAS_OWED = "delivered_at IS NULL AND failed_at IS NULL"
IS_OWED = "delivered_at IS NULL AND failed_at IS NULL AND held_at IS NULL"


def upgrade() -> None:
    add_columns("people", long("refused_since", null=True))
    op.drop_index("ix_deliveries_owed", "deliveries")
    add_columns("deliveries", long("held_at", null=True))
    create_index("ix_deliveries_owed", "deliveries", COLUMNS, where=IS_OWED)
    create_index("ix_deliveries_held", "deliveries", ["held_at"], where="held_at IS NOT NULL")


def downgrade() -> None:
    """What was held back is owed."""
    op.drop_index("ix_deliveries_held", "deliveries")
    op.drop_index("ix_deliveries_owed", "deliveries")
    op.drop_column("deliveries", "held_at")
    create_index("ix_deliveries_owed", "deliveries", COLUMNS, where=WAS_OWED)
    op.drop_column("people", "refused_since")
