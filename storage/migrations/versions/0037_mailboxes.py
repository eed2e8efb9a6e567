"""The e-mail addresses of people, and the codes that prove them."""

from alembic import op

from storage.columns import long, number, string
from storage.migrations.spelling import create_index, create_table

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_table(
        "mailboxes",
        long("bot_id", "user_id"),
        string("address", "ways"),
        long("verified_at"),
        long("refused_at", null=True),
        key=["bot_id", "user_id"],
    )
    create_table(
        "mail_codes",
        long("bot_id", "user_id"),
        string("key", "address_mark"),
        string("address", "code_hash", null=True),
        number("tries"),
        long("asked_at"),
        key=["bot_id", "user_id", "key"],
    )
    create_index("ix_mail_codes_address_mark_asked_at", "mail_codes", ["address_mark", "asked_at"])
    create_index("ix_mail_codes_asked_at", "mail_codes", ["asked_at"])


def downgrade() -> None:
    op.drop_table("mail_codes")
    op.drop_table("mailboxes")
