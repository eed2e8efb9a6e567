"""The processes at work on a database, and which of them handles an update."""

from alembic import op

from storage.columns import flag, long, number, string
from storage.migrations.spelling import add_columns, create_index, create_table

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

OF_PERSON = "ix_inbox_of_person"
LEASED = "ix_deliveries_leased"


def upgrade() -> None:
    create_table(
        "instances",
        string("instance_id"),
        long("bot_id"),
        number("rank"),
        string("name"),
        long("beat"),
        number("session_key"),
        flag("is_leaving"),
        key=["instance_id"],
    )
    add_columns("inbox", string("owner", null=True))
    if op.get_bind().dialect.name == "postgresql":
        create_index(
            OF_PERSON,
            "inbox",
            ["bot_id", "person_key", "owner"],
            where="done_at IS NULL AND failed_at IS NULL",
        )
        create_index(
            LEASED,
            "deliveries",
            ["bot_id", "channel", "leased_by", "address"],
            where="delivered_at IS NULL AND failed_at IS NULL AND held_at IS NULL AND leased_by IS NOT NULL",
        )


def downgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.drop_index(LEASED, "deliveries")
        op.drop_index(OF_PERSON, "inbox")
    op.drop_column("inbox", "owner")
    op.drop_table("instances")
