"""Which secret key the database was made with: a fingerprint, from which nobody can tell the key."""

from alembic import op

from storage.columns import string
from storage.migrations.spelling import create_table

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Empty: the first start that shows the right key fills it."""
    create_table("fingerprints", string("name", "fingerprint"), key=["name"])


def downgrade() -> None:
    op.drop_table("fingerprints")
