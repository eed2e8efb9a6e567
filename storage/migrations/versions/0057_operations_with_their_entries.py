"""What was asked for by an operation's key stands with the entry that it made: each had a row of its own besides."""

from alembic import op

from storage.columns import long, string
from storage.migrations.spelling import add_columns, create_table, foreign

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

# What is no longer known was an empty text.
TAKE_IN = (
    "UPDATE entries SET fingerprint = operations.fingerprint FROM operations"
    " WHERE operations.merchant_id = entries.merchant_id AND operations.operation_key = entries.operation_key"
    " AND operations.fingerprint <> ''"
)
GIVE_BACK = (
    "INSERT INTO operations (merchant_id, operation_key, fingerprint, entry_id, recorded_at)"
    " SELECT merchant_id, operation_key, coalesce(fingerprint, ''), entry_id, occurred_at FROM entries"
)


def upgrade() -> None:
    add_columns("entries", string("fingerprint", null=True))
    op.execute(TAKE_IN)
    op.drop_table("operations")


def downgrade() -> None:
    create_table(
        "operations",
        string("merchant_id", "operation_key", "fingerprint", "entry_id"),
        long("recorded_at"),
        foreign("entries", "merchant_id", "entry_id"),
        key=["merchant_id", "operation_key"],
    )
    op.execute(GIVE_BACK)
    op.drop_column("entries", "fingerprint")
