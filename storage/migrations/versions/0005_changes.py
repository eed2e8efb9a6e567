"""Which fields of a merchant, a store or a program were changed, by whom, from what and to what."""

from alembic import op

from storage.columns import long, string
from storage.migrations.spelling import create_table, foreign

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "changes",
        string("merchant_id", "change_id", "target_kind", "target_id", "field", "before", "after"),
        string("staff_id", null=True),
        long("changed_at"),
        foreign("merchants", "merchant_id"),
        foreign("staff", "merchant_id", "staff_id"),
        key=["merchant_id", "change_id"],
    )


def downgrade() -> None:
    op.drop_table("changes")
