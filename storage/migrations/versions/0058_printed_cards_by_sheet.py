"""Printed cards are found by their sheet, and counted from the index alone."""

from alembic import op

from storage.migrations.spelling import create_index

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

PRINTED = "ix_blank_cards_printed"
COLUMNS = ["merchant_id", "sheet_id", "made_at", "used_at", "withdrawn_at"]


def upgrade() -> None:
    create_index(PRINTED, "blank_cards", COLUMNS, where="sheet_id != card_id")


def downgrade() -> None:
    op.drop_index(PRINTED, "blank_cards")
