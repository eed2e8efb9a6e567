"""An award may have an end of its own, and what is taken then says from which awards; those of before have none. A
program may have rewards on the way to a full card, and a card counts those that were handed out."""

from alembic import op

from storage.columns import long, number, string
from storage.migrations.spelling import add_columns

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("entries", long("expires_at", null=True), string("lots", null=True))
    add_columns("cards", number("has_dated", null=True), string("handed_out", null=True))
    add_columns("program_versions", string("interim_rewards", null=True))


def downgrade() -> None:
    op.drop_column("program_versions", "interim_rewards")
    op.drop_column("cards", "handed_out")
    op.drop_column("cards", "has_dated")
    op.drop_column("entries", "lots")
    op.drop_column("entries", "expires_at")
