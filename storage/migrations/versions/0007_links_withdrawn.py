"""Which links were withdrawn, and which PIN a reset took away: of those before, none and nobody knows."""

from alembic import op

from storage.columns import long, string
from storage.migrations.spelling import add_columns

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("invites", long("withdrawn_at", null=True), string("replaced_pin_hash", null=True))


def downgrade() -> None:
    """What was withdrawn has expired."""
    op.execute("UPDATE invites SET expires_at = withdrawn_at WHERE withdrawn_at IS NOT NULL")
    op.drop_column("invites", "replaced_pin_hash")
    op.drop_column("invites", "withdrawn_at")
