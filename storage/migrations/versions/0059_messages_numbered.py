"""A message's place in the index of whom it is for is a number, no longer the shop's id and its own."""

from alembic import op

from storage.migrations.spelling import create_index

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

AT_SHOP = "ix_outbox_merchant_id_bot_id_user_id"
ANYWHERE = "ix_outbox_bot_id_user_id"


def upgrade() -> None:
    op.drop_index(AT_SHOP, "outbox")
    _lay_rows(is_numbered=True)
    create_index(ANYWHERE, "outbox", ["bot_id", "user_id"])


def downgrade() -> None:
    op.drop_index(ANYWHERE, "outbox")
    _lay_rows(is_numbered=False)
    create_index(AT_SHOP, "outbox", ["merchant_id", "bot_id", "user_id"])


def _lay_rows(*, is_numbered: bool) -> None:
    """PostgreSQL never lays rows by their key."""
    if op.get_bind().dialect.name != "sqlite":
        return
    laid = {"sqlite_strict": True, "sqlite_with_rowid": is_numbered}
    with op.batch_alter_table("outbox", recreate="always", table_kwargs=laid):
        pass
