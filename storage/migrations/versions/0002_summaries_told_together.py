"""Which summaries were told together: until now, each one alone."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("summaries", sa.Column("told_on", sa.Text(), nullable=True))
    op.create_index("ix_summaries_merchant_id_told_on", "summaries", ["merchant_id", "told_on"])
    op.execute("UPDATE summaries SET told_on = local_date")


def downgrade() -> None:
    op.drop_index("ix_summaries_merchant_id_told_on", "summaries")
    op.drop_column("summaries", "told_on")
