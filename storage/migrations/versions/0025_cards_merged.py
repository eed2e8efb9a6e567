"""A card names the one it was merged into; two warnings of one instant may stand beside each other once one was used."""

from alembic import op

from storage.columns import string
from storage.migrations.spelling import add_columns, create_index

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

TABLE = {"sqlite_strict": True, "sqlite_with_rowid": False}
KEY = ["merchant_id", "card_id", "unit", "expires_at"]


def upgrade() -> None:
    add_columns("cards", string("merged_into", null=True))
    create_index("ix_cards_merged", "cards", ["merchant_id", "merged_into"], where="merged_into IS NOT NULL")
    with op.batch_alter_table("expiry_warnings", table_kwargs=TABLE) as batch:
        batch.drop_constraint("pk_expiry_warnings", type_="primary")
        batch.create_primary_key("pk_expiry_warnings", [*KEY, "message_id"])


def downgrade() -> None:
    """Of several warnings of one instant the newest stays."""
    op.execute(
        "DELETE FROM expiry_warnings WHERE EXISTS (SELECT 1 FROM expiry_warnings AS later"
        " WHERE later.merchant_id = expiry_warnings.merchant_id AND later.card_id = expiry_warnings.card_id"
        " AND later.unit = expiry_warnings.unit AND later.expires_at = expiry_warnings.expires_at"
        " AND later.message_id > expiry_warnings.message_id)"
    )
    with op.batch_alter_table("expiry_warnings", table_kwargs=TABLE) as batch:
        batch.drop_constraint("pk_expiry_warnings", type_="primary")
        batch.create_primary_key("pk_expiry_warnings", KEY)
    op.drop_index("ix_cards_merged", "cards")
    op.drop_column("cards", "merged_into")
