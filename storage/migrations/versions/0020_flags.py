"""What owners should look at, and above which numbers; shops that are there begin with the usual ones."""

import sqlalchemy as sa
from alembic import op

from storage.columns import long, number, string
from storage.migrations.spelling import add_columns, create_index, create_table, foreign, unique

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

LIMITS = {"pair_acts_max": 12, "burst_acts_max": 12, "unseen_cards_max": 3}


def upgrade() -> None:
    add_columns("merchants", number(*LIMITS, null=True))
    op.execute(sa.table("merchants", *number(*LIMITS)).update().values(LIMITS))
    create_table(
        "flags",
        string("merchant_id", "flag_id", "kind", "staff_id", "about", "period"),
        string("card_id", "store_id", null=True),
        number("count"),
        long("first_at", "last_at", "raised_at"),
        long("dismissed_at", null=True),
        string("dismissed_by", null=True),
        unique("merchant_id", "kind", "staff_id", "about", "period"),
        foreign("staff", "merchant_id", "staff_id"),
        foreign("cards", "merchant_id", "card_id"),
        foreign("stores", "merchant_id", "store_id"),
        key=["merchant_id", "flag_id"],
    )
    create_index("ix_flags_open", "flags", ["merchant_id", "flag_id"], where="dismissed_at IS NULL")


def downgrade() -> None:
    op.drop_table("flags")
    for name in reversed(LIMITS):
        op.drop_column("merchants", name)
