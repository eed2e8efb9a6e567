"""Cards keep the terms under which they were begun."""

from alembic import op

from storage.columns import number, string
from storage.migrations.spelling import add_columns

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns(
        "cards",
        string("held_cards", null=True),
        number("held_points_count", null=True),
        string("held_points_rewards", null=True),
    )


def downgrade() -> None:
    for name in ("held_points_rewards", "held_points_count", "held_cards"):
        op.drop_column("cards", name)
