"""Messages of a shop to many of its customers, and what a customer allowed before the last answer."""

from alembic import op

from storage.columns import blob, flag, long, number, string
from storage.migrations.spelling import add_columns, create_index, create_table, foreign

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("consents", number("was_given", null=True))
    add_columns("offers", string("campaign_id", null=True))
    create_index(
        "uq_offers_once",
        "offers",
        ["merchant_id", "campaign_id", "customer_id"],
        where="campaign_id IS NOT NULL",
        unique=True,
    )
    create_table(
        "campaigns",
        string("merchant_id", "campaign_id"),
        string("staff_id", null=True),
        string("text"),
        flag("has_photo"),
        string("segment"),
        string("store_id", null=True),
        string("state"),
        long("created_at"),
        long("planned_at", "started_at", "ended_at", null=True),
        string("looked_up_to", null=True),
        flag("is_written"),
        number("expected_count", "written_count", "not_allowed_count", "capped_count", "unreachable_count"),
        long("told_bot_id", "told_user_id", "told_message_id", null=True),
        flag("told_has_picture"),
        foreign("merchants", "merchant_id"),
        foreign("staff", "merchant_id", "staff_id"),
        foreign("stores", "merchant_id", "store_id"),
        key=["merchant_id", "campaign_id"],
    )
    create_index("ix_campaigns_state_planned_at", "campaigns", ["state", "planned_at"])
    create_table(
        "campaign_photos",
        string("merchant_id", "campaign_id"),
        blob("photo"),
        foreign("campaigns", "merchant_id", "campaign_id"),
        key=["merchant_id", "campaign_id"],
    )


def downgrade() -> None:
    op.drop_table("campaign_photos")
    op.drop_table("campaigns")
    op.drop_index("uq_offers_once", "offers")
    op.drop_column("offers", "campaign_id")
    op.drop_column("consents", "was_given")
