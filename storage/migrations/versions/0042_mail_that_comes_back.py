"""Whether something has expired by a warning that was mailed and came back."""

from alembic import op

from storage.migrations.spelling import create_index

revision = "0042"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_index(
        "ix_expiry_warnings_expired",
        "expiry_warnings",
        ["merchant_id", "message_id"],
        where="entry_id IS NOT NULL",
    )


def downgrade() -> None:
    op.drop_index("ix_expiry_warnings_expired", "expiry_warnings")
