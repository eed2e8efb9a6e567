"""What is said, and where it went: each message of the outbox gets its delivery, which was part of its row."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
IS_OWED, IS_GIVEN_UP = sa.text("delivered_at IS NULL AND failed_at IS NULL"), sa.text("failed_at IS NOT NULL")
WAS_OWED = sa.text("sent_at IS NULL AND failed_at IS NULL")


def upgrade() -> None:
    op.execute("CREATE TABLE outbox_before AS SELECT * FROM outbox")
    op.drop_table("outbox")
    _create_outbox()
    op.create_table(
        "deliveries",
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("bot_id", LONG, nullable=False),
        sa.Column("is_marketing", sa.Integer(), nullable=False),
        *_state(),
        sa.Column("delivered_at", LONG, nullable=True),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("failed_at", LONG, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("is_unreported", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["merchant_id", "message_id"],
            ["outbox.merchant_id", "outbox.message_id"],
            name="fk_deliveries_merchant_id_message_id",
        ),
        sa.PrimaryKeyConstraint("merchant_id", "message_id", "channel", "address", name="pk_deliveries"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
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
    _index(
        "deliveries_owed",
        "deliveries",
        ["bot_id", "channel", "is_marketing", "due_at", "message_id"],
        IS_OWED,
    )
    _index("deliveries_given_up", "deliveries", ["merchant_id", "failed_at"], IS_GIVEN_UP)
    _index("deliveries_failed", "deliveries", ["bot_id", "is_unreported", "failed_at"], IS_GIVEN_UP)


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
        sa.Column("is_marketing", sa.Integer(), nullable=False),
        *_state(),
        sa.Column("sent_at", LONG, nullable=True),
        sa.Column("telegram_message_id", LONG, nullable=True),
        sa.Column("failed_at", LONG, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
    )
    op.execute(
        "INSERT INTO outbox (merchant_id, message_id, bot_id, user_id, kind, is_marketing, facts, created_at, due_at,"
        " attempts, leased_by, leased_until, sent_at, telegram_message_id, failed_at, error)"
        " SELECT merchant_id, message_id, bot_id, user_id, kind, is_marketing, facts, created_at, due_at, attempts,"
        " leased_by, leased_until, delivered_at, CAST(reference AS BIGINT), failed_at, error FROM outbox_before"
    )
    op.drop_table("outbox_before")
    _index("outbox_owed", "outbox", ["bot_id", "is_marketing", "due_at", "message_id"], WAS_OWED)
    _index("outbox_given_up", "outbox", ["merchant_id", "failed_at"], IS_GIVEN_UP)
    _index("outbox_failed", "outbox", ["bot_id", "failed_at"], IS_GIVEN_UP)


def _create_outbox(*of_its_delivery: sa.Column[int] | sa.Column[str]) -> None:
    op.create_table(
        "outbox",
        sa.Column("merchant_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("bot_id", LONG, nullable=False),
        sa.Column("user_id", LONG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("created_at", LONG, nullable=False),
        *of_its_delivery,
        sa.ForeignKeyConstraint(["merchant_id"], ["merchants.merchant_id"], name="fk_outbox_merchant_id"),
        sa.PrimaryKeyConstraint("merchant_id", "message_id", name="pk_outbox"),
        sqlite_strict=True,
        sqlite_with_rowid=False,
    )


def _state() -> tuple[sa.Column[int] | sa.Column[str], ...]:
    return (
        sa.Column("due_at", LONG, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("leased_by", sa.Text(), nullable=True),
        sa.Column("leased_until", LONG, nullable=True),
    )


def _index(name: str, table: str, columns: list[str], where: sa.TextClause) -> None:
    op.create_index(f"ix_{name}", table, columns, sqlite_where=where, postgresql_where=where)
