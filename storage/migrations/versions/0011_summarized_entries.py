"""Which summary has an entry: until now, the one in whose time it happened."""

from alembic import op

from storage.columns import string
from storage.migrations.spelling import add_columns, create_index

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """What happened before a merchant's next summary begins is told. In which was not noted: its local date stands."""
    add_columns("entries", string("summarized_on", null=True))
    op.execute(
        "UPDATE entries SET summarized_on = local_date WHERE occurred_at < (SELECT begins_at FROM summary_plans"
        " WHERE summary_plans.merchant_id = entries.merchant_id)"
    )
    unsummarized = ["merchant_id", "occurred_at"]
    create_index("ix_entries_unsummarized", "entries", unsummarized, where="summarized_on IS NULL")


def downgrade() -> None:
    op.drop_index("ix_entries_unsummarized", "entries")
    op.drop_column("entries", "summarized_on")
