"""Cards in the wallets of phones: which, what these have to be told of, and the phones that ask to be told."""

from alembic import op

from storage.columns import flag, long, number, string
from storage.migrations.spelling import add_columns, create_index, create_table, foreign

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("cards", number("has_pass", null=True))
    create_table(
        "wallet_passes",
        string("merchant_id", "pass_id", "card_id", "wallet"),
        long("bot_id"),
        number("revision"),
        long("changed_at", "created_at"),
        number("attempts"),
        long("voided_at", "owed_since", "due_at", null=True),
        flag("is_of_many"),
        string("error", "leased_by", null=True),
        long("leased_until", "failed_at", null=True),
        foreign("cards", "merchant_id", "card_id"),
        key=["merchant_id", "pass_id"],
    )
    create_index(
        "uq_wallet_passes_good",
        "wallet_passes",
        ["merchant_id", "card_id", "wallet"],
        where="voided_at IS NULL",
        unique=True,
    )
    create_index("ix_wallet_passes_merchant_id_card_id", "wallet_passes", ["merchant_id", "card_id"])
    create_index(
        "ix_wallet_passes_due",
        "wallet_passes",
        ["bot_id", "wallet", "is_of_many", "due_at", "pass_id"],
        where="due_at IS NOT NULL",
    )
    create_index(
        "ix_wallet_passes_failed", "wallet_passes", ["bot_id", "failed_at"], where="failed_at IS NOT NULL"
    )
    create_index("ix_wallet_passes_voided", "wallet_passes", ["voided_at"], where="voided_at IS NOT NULL")
    create_table(
        "wallet_devices",
        string("merchant_id", "pass_id", "device_hash", "push_token"),
        long("registered_at"),
        foreign("wallet_passes", "merchant_id", "pass_id"),
        key=["merchant_id", "pass_id", "device_hash"],
    )
    create_index("ix_wallet_devices_device_hash", "wallet_devices", ["device_hash"])
    create_table(
        "wallet_spreads",
        string("merchant_id", "marked_up_to"),
        foreign("merchants", "merchant_id"),
        key=["merchant_id"],
    )


def downgrade() -> None:
    for table in ("wallet_spreads", "wallet_devices", "wallet_passes"):
        op.drop_table(table)
    op.drop_column("cards", "has_pass")
