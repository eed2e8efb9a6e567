"""Since when a person's chat has refused whatever was sent to it; deliveries that are held back after a restore."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = ["bot_id", "channel", "is_marketing", "due_at", "message_id"]
WAS_OWED = sa.text("delivered_at IS NULL AND failed_at IS NULL")
IS_OWED = sa.text("delivered_at IS NULL AND failed_at IS NULL AND held_at IS NULL")
IS_HELD = sa.text("held_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("people", sa.Column("refused_since", LONG, nullable=True))
    op.drop_index("ix_deliveries_owed", "deliveries")
    op.add_column("deliveries", sa.Column("held_at", LONG, nullable=True))
    _index("owed", COLUMNS, IS_OWED)
    _index("held", ["held_at"], IS_HELD)


def downgrade() -> None:
    """What was held back is owed."""
    op.drop_index("ix_deliveries_held", "deliveries")
    op.drop_index("ix_deliveries_owed", "deliveries")
    op.drop_column("deliveries", "held_at")
    _index("owed", COLUMNS, WAS_OWED)
    op.drop_column("people", "refused_since")


def _index(name: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(
        f"ix_deliveries_{name}", "deliveries", columns, sqlite_where=where, postgresql_where=where
    )
