"""Wrong PINs are counted, and lock, on the account on which they are typed: until now everywhere at once.

What was counted holds on each account on which the PIN was ever typed right, and on the member's own.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from storage.columns import long, number, string
from storage.migrations.spelling import add_columns, create_table, foreign

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

COUNTED = """
    SELECT merchant_id, staff_id, session.bot_id, session.user_id, verified_at,
        pin_failures AS failures, pin_locked_until AS locked_until
    FROM pin_sessions AS session JOIN staff USING (merchant_id, staff_id)
    UNION ALL
    SELECT merchant_id, staff_id, bot_id, user_id, NULL, pin_failures, pin_locked_until
    FROM staff WHERE pin_failures > 0 AND user_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM pin_sessions AS session WHERE session.merchant_id = staff.merchant_id
        AND session.staff_id = staff.staff_id AND session.bot_id = staff.bot_id AND session.user_id = staff.user_id
    )
"""
WORST = """
    UPDATE staff SET pin_failures = counted.failures, pin_locked_until = counted.locked_until
    FROM (
        SELECT merchant_id, staff_id, max(failures) AS failures, max(locked_until) AS locked_until
        FROM pin_sessions GROUP BY merchant_id, staff_id
    ) AS counted
    WHERE counted.merchant_id = staff.merchant_id AND counted.staff_id = staff.staff_id
"""


def upgrade() -> None:
    _replace(COUNTED, long("verified_at", null=True), number("failures"), long("locked_until", null=True))
    op.drop_column("staff", "pin_failures")
    op.drop_column("staff", "pin_locked_until")


def downgrade() -> None:
    op.add_column("staff", sa.Column("pin_failures", sa.Integer(), nullable=False, server_default="0"))
    add_columns("staff", long("pin_locked_until", null=True))
    op.execute(WORST)
    kept = "SELECT * FROM pin_sessions WHERE verified_at IS NOT NULL"
    _replace(kept, long("verified_at"))


def _replace(kept: str, *columns: Sequence[sa.Column[Any]]) -> None:
    """A row for each member and phone: read, and written into a table with other columns."""
    found = [dict(row) for row in op.get_bind().execute(sa.text(kept)).mappings()]
    op.drop_table("pin_sessions")
    table = create_table(
        "pin_sessions",
        string("merchant_id", "staff_id"),
        long("bot_id", "user_id"),
        *columns,
        foreign("staff", "merchant_id", "staff_id"),
        key=["merchant_id", "staff_id", "bot_id", "user_id"],
    )
    op.bulk_insert(table, [{name: row[name] for name in row if name in table.columns} for row in found])
