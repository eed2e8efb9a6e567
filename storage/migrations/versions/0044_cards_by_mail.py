"""Cards that are given by e-mail: where they were mailed to, until they are shown."""

from alembic import op

from storage.columns import string
from storage.migrations.spelling import add_columns, create_index

revision = "0044"
down_revision = "0042"
branch_labels = None
depends_on = None

MAILED = "ix_blank_cards_mailed"
WAITING = "ix_blank_cards_waiting"


def upgrade() -> None:
    add_columns("blank_cards", string("address", null=True))
    create_index(MAILED, "blank_cards", ["merchant_id", "staff_id", "made_at"], where="sheet_id = card_id")
    create_index(WAITING, "blank_cards", ["made_at"], where="address IS NOT NULL")


def downgrade() -> None:
    op.drop_index(WAITING, "blank_cards")
    op.drop_index(MAILED, "blank_cards")
    op.drop_column("blank_cards", "address")
