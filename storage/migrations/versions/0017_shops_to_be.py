"""Links to shops that do not exist yet."""

from alembic import op

from storage.columns import long, string
from storage.migrations.spelling import create_table

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table("shop_invites", string("merchant_id"), long("expires_at"), key=["merchant_id"])


def downgrade() -> None:
    op.drop_table("shop_invites")
