"""Birthdays, absences and friends who were invited, and what a program gives for them: nothing, where it is there."""

import sqlalchemy as sa
from alembic import op

from storage.columns import long, number, string
from storage.migrations.spelling import add_columns, create_index, create_table, foreign

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

TABLE = {"sqlite_strict": True, "sqlite_with_rowid": False}
TERMS = {
    "birthday_bonus": "0",
    "win_back_bonus": "0",
    "bonus_days": "14",
    "referral_bonus": "0",
    "referral_welcome": "0",
    "referrals_monthly_max": "5",
}
VOIDS = "kind IN ('stamp_voided', 'points_voided', 'redemption_voided'{more})"


def upgrade() -> None:
    add_columns("program_versions", number("win_back_days", null=True))
    with op.batch_alter_table("program_versions", table_kwargs=TABLE) as batch:
        for name, value in TERMS.items():
            batch.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default=value))
    with op.batch_alter_table("program_versions", table_kwargs=TABLE) as batch:
        for name in TERMS:
            batch.alter_column(name, server_default=None)
    create_table(
        "birthdays",
        string("merchant_id", "customer_id"),
        number("month", "day", null=True),
        long("said_at", "changed_at", null=True),
        string("due_on", "given_for", null=True),
        foreign("customers", "merchant_id", "customer_id"),
        key=["merchant_id", "customer_id"],
    )
    create_index("ix_birthdays_due", "birthdays", ["merchant_id", "due_on"], where="due_on IS NOT NULL")
    create_table(
        "absences",
        string("merchant_id", "customer_id", "look_on"),
        string("told_of", null=True),
        foreign("customers", "merchant_id", "customer_id"),
        key=["merchant_id", "customer_id"],
    )
    create_table(
        "referrals",
        string("merchant_id", "friend_id", "referrer_id"),
        long("invited_at"),
        string("act_id", "rewarded_on", "bonus_id", "welcome_id", null=True),
        foreign("customers", "merchant_id", friend_id="customer_id"),
        foreign("customers", "merchant_id", referrer_id="customer_id"),
        key=["merchant_id", "friend_id"],
    )
    create_index(
        "ix_referrals_merchant_id_referrer_id_rewarded_on",
        "referrals",
        ["merchant_id", "referrer_id", "rewarded_on"],
    )
    create_index("uq_referrals_act", "referrals", ["merchant_id", "act_id"], unique=True)
    create_index("ix_referrals_merchant_id_rewarded_on", "referrals", ["merchant_id", "rewarded_on"])
    _void_index(VOIDS.format(more=", 'referral_voided'"))


def downgrade() -> None:
    _void_index(VOIDS.format(more=""))
    for table in ("referrals", "absences", "birthdays"):
        op.drop_table(table)
    for name in ("win_back_days", *TERMS):
        op.drop_column("program_versions", name)


def _void_index(where: str) -> None:
    op.drop_index("uq_entries_voided_once", "entries")
    create_index(
        "uq_entries_voided_once", "entries", ["merchant_id", "related_entry_id"], where=where, unique=True
    )
