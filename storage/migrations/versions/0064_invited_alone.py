"""For whom alone an invitation is."""

from alembic import op

from storage.columns import long
from storage.migrations.spelling import add_columns

revision = "0064"
down_revision = "0063"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("invites", long("meant_for_bot_id", "meant_for_user_id", null=True))


def downgrade() -> None:
    """Such invitations end: an earlier version would let whoever has the link use them."""
    op.execute(
        "UPDATE invites SET withdrawn_at = expires_at"
        " WHERE meant_for_user_id IS NOT NULL AND used_at IS NULL AND withdrawn_at IS NULL"
    )
    for column in ("meant_for_user_id", "meant_for_bot_id"):
        op.drop_column("invites", column)
