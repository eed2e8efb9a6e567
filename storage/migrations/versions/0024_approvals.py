"""What members ask managers to allow, and who allowed an entry; nobody allowed those of before.

The index of what no summary has yet gets a column that is null in all of it: with wider rows SQLite took another index
for as good, which has all entries of the merchant.
"""

from alembic import op

from storage.columns import long, number, string
from storage.migrations.spelling import add_columns, create_index, create_table, foreign, unique

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("entries", string("approved_by", null=True))
    _index_unsummarized("merchant_id", "summarized_on", "occurred_at")
    create_table(
        "approvals",
        string("merchant_id", "approval_id", "operation_key", "card_id", "store_id", "staff_id"),
        long("bot_id", "user_id"),
        number("stamps", null=True),
        string("about", null=True),
        string("reason"),
        long("asked_at", "lapses_at"),
        string("state"),
        long("decided_at", null=True),
        string("decided_by", "entry_id", null=True),
        long("message_id", null=True),
        string("alarms"),
        unique("merchant_id", "operation_key"),
        foreign("cards", "merchant_id", "card_id"),
        foreign("stores", "merchant_id", "store_id"),
        foreign("staff", "merchant_id", "staff_id"),
        foreign("entries", "merchant_id", "entry_id"),
        key=["merchant_id", "approval_id"],
    )
    create_index(
        "ix_approvals_merchant_id_staff_id_asked_at", "approvals", ["merchant_id", "staff_id", "asked_at"]
    )
    create_index("ix_approvals_waiting", "approvals", ["lapses_at"], where="state = 'asked'")


def downgrade() -> None:
    op.drop_table("approvals")
    _index_unsummarized("merchant_id", "occurred_at")
    op.drop_column("entries", "approved_by")


def _index_unsummarized(*columns: str) -> None:
    op.drop_index("ix_entries_unsummarized", "entries")
    create_index("ix_entries_unsummarized", "entries", columns, where="summarized_on IS NULL")
