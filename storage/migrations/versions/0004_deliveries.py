"""What is said, and where it went: each message of the outbox gets its delivery, which was part of its row."""

from collections.abc import Sequence

from alembic import op
from sqlalchemy.schema import SchemaItem

from storage.columns import long, number, string
from storage.migrations.spelling import create_index, create_table, foreign

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

IS_OWED, IS_GIVEN_UP = "delivered_at IS NULL AND failed_at IS NULL", "failed_at IS NOT NULL"
WAS_OWED = "sent_at IS NULL AND failed_at IS NULL"


def upgrade() -> None:
    op.execute("CREATE TABLE outbox_before AS SELECT * FROM outbox")
    op.drop_table("outbox")
    _create_outbox()
    create_table(
        "deliveries",
        string("merchant_id", "message_id", "channel", "address"),
        long("bot_id"),
        number("is_marketing"),
        *_state(),
        long("delivered_at", null=True),
        string("reference", null=True),
        long("failed_at", null=True),
        string("error", null=True),
        number("is_unreported"),
        foreign("outbox", "merchant_id", "message_id"),
        key=["merchant_id", "message_id", "channel", "address"],
    )
    op.execute(
        "INSERT INTO outbox (merchant_id, message_id, bot_id, user_id, kind, facts, created_at)"
        " SELECT merchant_id, message_id, bot_id, user_id, kind, facts, created_at FROM outbox_before"
    )
    op.execute(
        "INSERT INTO deliveries (merchant_id, message_id, channel, address, bot_id, is_marketing, due_at, attempts,"
        " leased_by, leased_until, delivered_at, reference, failed_at, error, is_unreported)"
        " SELECT merchant_id, message_id, 'telegram', CAST(user_id AS TEXT), bot_id, is_marketing, due_at, attempts,"
        " leased_by, leased_until, sent_at, CAST(telegram_message_id AS TEXT), failed_at, error, 0 FROM outbox_before"
    )
    op.drop_table("outbox_before")
    owed = ["bot_id", "channel", "is_marketing", "due_at", "message_id"]
    create_index("ix_deliveries_owed", "deliveries", owed, where=IS_OWED)
    create_index("ix_deliveries_given_up", "deliveries", ["merchant_id", "failed_at"], where=IS_GIVEN_UP)
    failed = ["bot_id", "is_unreported", "failed_at"]
    create_index("ix_deliveries_failed", "deliveries", failed, where=IS_GIVEN_UP)


def downgrade() -> None:
    """What went over another channel than Telegram is forgotten: before, there was no other."""
    op.execute(
        "CREATE TABLE outbox_before AS"
        " SELECT merchant_id, message_id, said.bot_id, user_id, kind, is_marketing, facts, created_at, due_at,"
        " attempts, leased_by, leased_until, delivered_at, reference, failed_at, error"
        " FROM outbox said JOIN deliveries USING (merchant_id, message_id) WHERE channel = 'telegram'"
    )
    op.drop_table("deliveries")
    op.drop_table("outbox")
    _create_outbox(
        number("is_marketing"),
        *_state(),
        long("sent_at", "telegram_message_id", "failed_at", null=True),
        string("error", null=True),
    )
    op.execute(
        "INSERT INTO outbox (merchant_id, message_id, bot_id, user_id, kind, is_marketing, facts, created_at, due_at,"
        " attempts, leased_by, leased_until, sent_at, telegram_message_id, failed_at, error)"
        " SELECT merchant_id, message_id, bot_id, user_id, kind, is_marketing, facts, created_at, due_at, attempts,"
        " leased_by, leased_until, delivered_at, CAST(reference AS BIGINT), failed_at, error FROM outbox_before"
    )
    op.drop_table("outbox_before")
    owed = ["bot_id", "is_marketing", "due_at", "message_id"]
    create_index("ix_outbox_owed", "outbox", owed, where=WAS_OWED)
    create_index("ix_outbox_given_up", "outbox", ["merchant_id", "failed_at"], where=IS_GIVEN_UP)
    create_index("ix_outbox_failed", "outbox", ["bot_id", "failed_at"], where=IS_GIVEN_UP)


def _create_outbox(*of_its_delivery: Sequence[SchemaItem]) -> None:
    create_table(
        "outbox",
        string("merchant_id", "message_id"),
        long("bot_id", "user_id"),
        string("kind", "facts"),
        long("created_at"),
        *of_its_delivery,
        foreign("merchants", "merchant_id"),
        key=["merchant_id", "message_id"],
    )


def _state() -> list[Sequence[SchemaItem]]:
    return [
        long("due_at"),
        number("attempts"),
        string("leased_by", null=True),
        long("leased_until", null=True),
    ]
