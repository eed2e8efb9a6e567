"""By what a mail with a code is known when it comes back, and that it did."""

from alembic import op

from storage.columns import long, string
from storage.migrations.spelling import add_columns, create_index

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None

INDEX = "ix_mail_codes_mail"


def upgrade() -> None:
    add_columns("mail_codes", string("mail_hash", null=True), long("refused_at", null=True))
    create_index(INDEX, "mail_codes", ["mail_hash"], where="mail_hash IS NOT NULL")


def downgrade() -> None:
    op.drop_index(INDEX, "mail_codes")
    op.drop_column("mail_codes", "refused_at")
    op.drop_column("mail_codes", "mail_hash")
