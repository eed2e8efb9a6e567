"""The holder of a card is asked before it is merged into another, as before it moves."""

from alembic import op

from storage.columns import string
from storage.migrations.spelling import add_columns, create_index

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("card_moves", string("into_card_id", "store_id", "operation_key", null=True))
    create_index(
        "uq_card_moves_operation",
        "card_moves",
        ["merchant_id", "operation_key"],
        where="operation_key IS NOT NULL",
        unique=True,
    )


def downgrade() -> None:
    """What was asked about merges is gone: an earlier version would take it for moves."""
    op.execute("DELETE FROM card_moves WHERE into_card_id IS NOT NULL")
    op.execute(
        "DELETE FROM card_notes"
        " WHERE kind IN ('merge_asked', 'merge_allowed', 'merge_refused', 'merge_vouched', 'merge_withdrawn')"
    )
    op.drop_index("uq_card_moves_operation", "card_moves")
    for column in ("operation_key", "store_id", "into_card_id"):
        op.drop_column("card_moves", column)
