"""Which links were withdrawn, and which PIN a reset took away: of those before, none and nobody knows."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    at = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.add_column("invites", sa.Column("withdrawn_at", at, nullable=True))
    op.add_column("invites", sa.Column("replaced_pin_hash", sa.Text(), nullable=True))


def downgrade() -> None:
    """What was withdrawn has expired."""
    op.execute("UPDATE invites SET expires_at = withdrawn_at WHERE withdrawn_at IS NOT NULL")
    op.drop_column("invites", "replaced_pin_hash")
    op.drop_column("invites", "withdrawn_at")
