"""Erasures, whom a shop's customers ask, when a shop ends; and nobody's key on updates that are done."""

import sqlalchemy as sa
from alembic import op

from storage.columns import flag, long, string
from storage.migrations.spelling import add_columns, create_index, create_table

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "erasures",
        string("merchant_id", "customer_id"),
        long("erased_at"),
        flag("is_everywhere"),
        string("account_hash", null=True),
        long("wiped_at", null=True),
        key=["merchant_id", "customer_id"],
    )
    create_index("ix_erasures_unwiped", "erasures", ["erased_at"], where="wiped_at IS NULL")
    create_index("ix_erasures_merchant_id_account_hash", "erasures", ["merchant_id", "account_hash"])
    create_index("ix_outbox_bot_id_user_id", "outbox", ["bot_id", "user_id"])
    add_columns("merchants", string("contact", null=True), long("closes_at", null=True))
    op.execute(sa.text("UPDATE inbox SET person_key = 0 WHERE done_at IS NOT NULL"))


def downgrade() -> None:
    for column in ("closes_at", "contact"):
        op.drop_column("merchants", column)
    op.drop_index("ix_outbox_bot_id_user_id", "outbox")
    op.drop_table("erasures")
