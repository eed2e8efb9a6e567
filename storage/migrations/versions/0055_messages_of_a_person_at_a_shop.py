"""Messages are found by whom they are for, at the shop that wrote them."""

from alembic import op

from storage.migrations.spelling import create_index

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

AT_SHOP = "ix_outbox_merchant_id_bot_id_user_id"
ANYWHERE = "ix_outbox_bot_id_user_id"


def upgrade() -> None:
    op.drop_index(ANYWHERE, "outbox")
    create_index(AT_SHOP, "outbox", ["merchant_id", "bot_id", "user_id"])


def downgrade() -> None:
    op.drop_index(AT_SHOP, "outbox")
    create_index(ANYWHERE, "outbox", ["bot_id", "user_id"])
