"""Whether something has expired by a warning that was mailed and came back, and how far customers were told that a shop
closes."""

from alembic import op

from storage.columns import string
from storage.migrations.spelling import create_index, create_table, foreign

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_index(
        "ix_expiry_warnings_expired",
        "expiry_warnings",
        ["merchant_id", "message_id", "entry_id"],
        where="entry_id IS NOT NULL",
    )
    create_table(
        "closings",
        string("merchant_id", "after_id"),
        foreign("merchants", "merchant_id"),
        key=["merchant_id"],
    )


def downgrade() -> None:
    op.drop_table("closings")
    op.drop_index("ix_expiry_warnings_expired", "expiry_warnings")
