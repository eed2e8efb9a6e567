"""Which message of a chat shows a card: of those of before nothing is known, and the next one is a new message."""

from alembic import op

from storage.columns import long, string
from storage.migrations.spelling import create_table

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "shown_cards",
        long("bot_id", "user_id"),
        string("merchant_id", "card_id", "reference"),
        string("message_id", null=True),
        key=["bot_id", "user_id", "merchant_id", "card_id"],
    )


def downgrade() -> None:
    op.drop_table("shown_cards")
