"""Since when a person's chat has refused whatever was sent to it."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0006"
branch_labels = None
depends_on = None

LONG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("people", sa.Column("refused_since", LONG, nullable=True))


def downgrade() -> None:
    op.drop_column("people", "refused_since")
