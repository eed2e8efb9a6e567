"""Printed cards that nobody has yet are found by an index of them alone."""

from alembic import op

from storage.migrations.spelling import create_index

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

UNUSED = "ix_blank_cards_unused"
COLUMNS = ["merchant_id", "used_at", "withdrawn_at", "sheet_id"]


def upgrade() -> None:
    is_unused = "used_at IS NULL AND withdrawn_at IS NULL"
    create_index(UNUSED, "blank_cards", COLUMNS, where=is_unused)


def downgrade() -> None:
    op.drop_index(UNUSED, "blank_cards")
