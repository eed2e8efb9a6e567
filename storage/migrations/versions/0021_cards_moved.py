"""Cards move to another account of their holder."""

from alembic import op

from storage.columns import long, string
from storage.migrations.spelling import create_index, create_table, foreign

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "card_moves",
        string("merchant_id", "move_id", "card_id"),
        string("staff_id", null=True),
        long("asked_at", "expires_at"),
        long("allowed_at", "ended_at", null=True),
        foreign("cards", "merchant_id", "card_id"),
        foreign("staff", "merchant_id", "staff_id"),
        key=["merchant_id", "move_id"],
    )
    key = ["merchant_id", "card_id", "move_id"]
    create_index("ix_card_moves_merchant_id_card_id_move_id", "card_moves", key)


def downgrade() -> None:
    op.drop_table("card_moves")
