"""Cards that are printed ahead, who asks to take one into Telegram, and what is taken over from paper: nothing, where
it is there."""

import sqlalchemy as sa
from alembic import op

from storage.columns import long, string
from storage.migrations.spelling import create_index, create_table, foreign, unique

revision = "0040"
down_revision = "0038"
branch_labels = None
depends_on = None

TABLE = {"sqlite_strict": True, "sqlite_with_rowid": False}
TERMS = {"paper_stamps_max": "0", "paper_cards_daily_max": "20"}
VOIDS = "kind IN ('stamp_voided', 'points_voided', 'redemption_voided', 'referral_voided'{more})"


def upgrade() -> None:
    with op.batch_alter_table("program_versions", table_kwargs=TABLE) as batch:
        for name, value in TERMS.items():
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=value))
    with op.batch_alter_table("program_versions", table_kwargs=TABLE) as batch:
        for name in TERMS:
            batch.alter_column(name, server_default=None)
    create_table(
        "blank_cards",
        string("merchant_id", "card_id", "program_id", "sheet_id", "number", "token_hash"),
        string("staff_id", null=True),
        long("made_at"),
        long("used_at", "withdrawn_at", null=True),
        unique("merchant_id", "number"),
        unique("merchant_id", "token_hash"),
        foreign("programs", "merchant_id", "program_id"),
        foreign("staff", "merchant_id", "staff_id"),
        key=["merchant_id", "card_id"],
    )
    create_table(
        "adoptions",
        string("merchant_id", "card_id", "adoption_id"),
        long("bot_id", "user_id"),
        string("name"),
        long("asked_at"),
        long("confirmed_at", null=True),
        foreign("cards", "merchant_id", "card_id"),
        key=["merchant_id", "card_id"],
    )
    create_index("ix_adoptions_asked_at", "adoptions", ["asked_at"])
    _void_index(VOIDS.format(more=", 'paper_voided'"))


def downgrade() -> None:
    _void_index(VOIDS.format(more=""))
    for table in ("adoptions", "blank_cards"):
        op.drop_table(table)
    for name in TERMS:
        op.drop_column("program_versions", name)


def _void_index(where: str) -> None:
    op.drop_index("uq_entries_voided_once", "entries")
    create_index(
        "uq_entries_voided_once", "entries", ["merchant_id", "related_entry_id"], where=where, unique=True
    )
