"""A merchant's logo."""

from alembic import op

from storage.columns import blob, long, string
from storage.migrations.spelling import create_table, foreign

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "logos",
        string("merchant_id"),
        blob("picture"),
        long("changed_at"),
        string("staff_id", null=True),
        foreign("merchants", "merchant_id"),
        foreign("staff", "merchant_id", "staff_id"),
        key=["merchant_id"],
    )


def downgrade() -> None:
    op.drop_table("logos")
