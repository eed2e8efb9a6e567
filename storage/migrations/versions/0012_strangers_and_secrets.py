"""When people wrote last, so that strangers can be forgotten: of those of before, now. What was set aside loses its
words, among which there may be PINs."""

from alembic import op

from storage.columns import long
from storage.migrations.spelling import add_columns, create_index

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SEEN_NOW = {
    "sqlite": "UPDATE people SET seen_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000000",
    "postgresql": "UPDATE people SET seen_at = CAST(EXTRACT(EPOCH FROM now()) AS BIGINT) * 1000000",
}


def upgrade() -> None:
    add_columns("people", long("seen_at", null=True))
    create_index("ix_people_bot_id_seen_at", "people", ["bot_id", "seen_at"])
    op.execute(SEEN_NOW[op.get_bind().dialect.name])
    op.execute("UPDATE inbox SET payload = NULL WHERE failed_at IS NOT NULL")


def downgrade() -> None:
    op.drop_index("ix_people_bot_id_seen_at", "people")
    op.drop_column("people", "seen_at")
