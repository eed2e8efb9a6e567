"""When people wrote last, so that strangers can be forgotten: of those of before, now. What was set aside loses its
words, among which there may be PINs."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("people", sa.Column("seen_at", LONG, nullable=True))
    op.create_index("ix_people_bot_id_seen_at", "people", ["bot_id", "seen_at"])
    op.execute("UPDATE people SET seen_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000000")
    op.execute("UPDATE inbox SET payload = NULL WHERE failed_at IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_people_bot_id_seen_at", "people")
    op.drop_column("people", "seen_at")
