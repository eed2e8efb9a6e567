"""A reward that is ready may wait for so many days only; those of before wait for ever."""

from alembic import op

from storage.columns import long, number, string
from storage.migrations.spelling import add_columns

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns(
        "program_versions",
        number("reward_valid_days", null=True),
        string("reward_valid_before", null=True),
        long("rewards_since", null=True),
    )
    add_columns("cards", long("reward_ends_at", null=True))


def downgrade() -> None:
    op.drop_column("cards", "reward_ends_at")
    for column in ("rewards_since", "reward_valid_before", "reward_valid_days"):
        op.drop_column("program_versions", column)
