"""Customers are found by the beginning of their name; notes on cards."""

import unicodedata

import sqlalchemy as sa
from alembic import op

from storage.columns import long, string
from storage.migrations.spelling import add_columns, create_index, create_table, foreign

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    add_columns("customers", string("folded_name", null=True))
    _fold()
    create_index("ix_customers_merchant_id_folded_name", "customers", ["merchant_id", "folded_name"])
    create_table(
        "card_notes",
        string("merchant_id", "note_id", "card_id", "kind", "text"),
        string("staff_id", null=True),
        long("written_at"),
        foreign("cards", "merchant_id", "card_id"),
        foreign("staff", "merchant_id", "staff_id"),
        key=["merchant_id", "note_id"],
    )
    key = ["merchant_id", "card_id", "note_id"]
    create_index("ix_card_notes_merchant_id_card_id_note_id", "card_notes", key)


def downgrade() -> None:
    op.drop_table("card_notes")
    op.drop_index("ix_customers_merchant_id_folded_name", "customers")
    op.drop_column("customers", "folded_name")


def _fold() -> None:
    customers = sa.table("customers", *map(sa.column, ("merchant_id", "customer_id", "name", "folded_name")))
    key = customers.c.merchant_id, customers.c.customer_id
    database = op.get_bind()
    for merchant_id, customer_id, name in database.execute(sa.select(*key, customers.c.name)).all():
        of_one = customers.update().where(key[0] == merchant_id, key[1] == customer_id)
        database.execute(of_one.values(folded_name=_folded(name)))


def _folded(name: str) -> str:
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return " ".join("".join(each for each in decomposed if not unicodedata.combining(each)).split())
