"""What a day took in, as owners type it, and what is flagged by it; shops that are there begin with the usual
limit."""

import sqlalchemy as sa
from alembic import op

from storage.columns import long, number, string
from storage.migrations.spelling import add_columns, create_index, create_table, foreign, unique

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

LIMIT = {"takings_gap_max": 20}
SEEN = ("takings_amount_minor", "takings_purchases_minor", "takings_usual_stamps", "takings_given")


def upgrade() -> None:
    add_columns("merchants", number(*LIMIT, null=True))
    op.execute(sa.table("merchants", *number(*LIMIT)).update().values(LIMIT))
    add_columns(
        "flags",
        long(*SEEN[:2], null=True),
        number(SEEN[2], null=True),
        string(SEEN[3], null=True),
    )
    create_table(
        "takings",
        string("merchant_id", "store_id", "local_date"),
        number("revision"),
        long("amount_minor"),
        string("staff_id", null=True),
        long("typed_at"),
        string("operation_key"),
        unique("merchant_id", "operation_key"),
        foreign("stores", "merchant_id", "store_id"),
        foreign("staff", "merchant_id", "staff_id"),
        key=["merchant_id", "store_id", "local_date", "revision"],
    )
    create_index("ix_takings_merchant_id_local_date", "takings", ["merchant_id", "local_date"])


def downgrade() -> None:
    op.drop_table("takings")
    for name in reversed(SEEN):
        op.drop_column("flags", name)
    op.drop_column("merchants", "takings_gap_max")
