"""Which summary has an entry: until now, the one in whose time it happened."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What happened before a merchant's next summary begins is told. In which was not noted: its local date stands."""
    op.add_column("entries", sa.Column("summarized_on", sa.Text(), nullable=True))
    op.execute(
        "UPDATE entries SET summarized_on = local_date WHERE occurred_at < (SELECT begins_at FROM summary_plans"
        " WHERE summary_plans.merchant_id = entries.merchant_id)"
    )
    is_unsummarized = sa.text("summarized_on IS NULL")
    op.create_index(
        "ix_entries_unsummarized",
        "entries",
        ["merchant_id", "occurred_at"],
        sqlite_where=is_unsummarized,
        postgresql_where=is_unsummarized,
    )


def downgrade() -> None:
    op.drop_index("ix_entries_unsummarized", "entries")
    op.drop_column("entries", "summarized_on")
