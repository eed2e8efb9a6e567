"""Who allows marketing, what was written to them, and how much a month; shops that are there begin without any."""

from alembic import op

from storage.columns import flag, long, number, string
from storage.migrations.spelling import add_columns, create_index, create_table, foreign

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("merchants", number("marketing_monthly_max", null=True))
    create_table(
        "consents",
        string("merchant_id", "customer_id"),
        long("asked_at", "answered_at", null=True),
        flag("is_given"),
        foreign("customers", "merchant_id", "customer_id"),
        key=["merchant_id", "customer_id"],
    )
    create_table(
        "offers",
        string("merchant_id", "customer_id", "message_id", "kind"),
        long("written_at"),
        foreign("customers", "merchant_id", "customer_id"),
        key=["merchant_id", "message_id"],
    )
    create_index(
        "ix_offers_merchant_id_customer_id_written_at", "offers", ["merchant_id", "customer_id", "written_at"]
    )


def downgrade() -> None:
    op.drop_table("offers")
    op.drop_table("consents")
    op.drop_column("merchants", "marketing_monthly_max")
