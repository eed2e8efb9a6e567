"""An operation names the entry it made, and says its input in names and values.

Until now a row kept the outcome, with the card as it was then, and reprs of classes. Back down, the input stays as it
is and the outcome is empty: the earlier program then refuses a key of today instead of taking it a second time.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PAGE = 10_000
TABLE = {"sqlite_strict": True, "sqlite_with_rowid": False}
BEFORE = re.compile(
    r"(?P<act>stamp|earn|redeem points|redeem|adjust|void) (?P<staff>(?!staff=).*?)"
    r" CardBy(?P<by>Id|Number|Token)\(\w+='(?P<card>[^']*)'\)(?: (?P<rest>.*))?",
    re.DOTALL,
)
NAMES = {"redeem points": "redeem_points", "void": "take_back"}
INPUT = {
    "stamp": (r"(\d+)", r"count=\1"),
    "earn": (r"(\d+)", r"amount_minor=\1"),
    "redeem points": (r"(\d+) (\d+)", r"position=\1 cost=\2"),
    "adjust": (r"(-?\d+) (.*)", r"points=\1 reason=\2"),
    "Undo": (r"Undo\(entry_id='([^']*)'\)", r"entry=\1 is_undo=True"),
    "ThatEntry": (r"ThatEntry\(entry_id='([^']*)'\)", r"entry=\1"),
    "NumberOfStamps": (r"NumberOfStamps\(count=(\d+)\)", r"count=\1"),
    "NewestAct": (r"NewestAct\(\)", ""),
}


def upgrade() -> None:
    op.create_index("uq_entries_operation_key", "entries", ["merchant_id", "operation_key"], unique=True)
    with op.batch_alter_table("operations", table_kwargs=TABLE) as batch:
        batch.add_column(sa.Column("entry_id", sa.Text(), nullable=True))
    op.execute(
        "UPDATE operations SET entry_id = (SELECT entry_id FROM entries WHERE entries.merchant_id = operations.merchant_id"
        " AND entries.operation_key = operations.operation_key)"
    )
    say_in_names_and_values(op.get_bind())
    with op.batch_alter_table("operations", table_kwargs=TABLE) as batch:
        batch.alter_column("entry_id", nullable=False)
        batch.drop_column("outcome")
        batch.create_foreign_key(
            "fk_operations_merchant_id_entry_id",
            "entries",
            ["merchant_id", "entry_id"],
            ["merchant_id", "entry_id"],
        )


def downgrade() -> None:
    with op.batch_alter_table("operations", table_kwargs=TABLE) as batch:
        batch.add_column(sa.Column("outcome", sa.Text(), nullable=True))
    op.execute("UPDATE operations SET outcome = '{}'")
    with op.batch_alter_table("operations", table_kwargs=TABLE) as batch:
        batch.alter_column("outcome", nullable=False)
        batch.drop_constraint("fk_operations_merchant_id_entry_id", type_="foreignkey")
        batch.drop_column("entry_id")
    op.drop_index("uq_entries_operation_key", "entries")


def say_in_names_and_values(connection: sa.Connection) -> None:
    """Page by page, in the order of the keys."""
    page = sa.text(
        "SELECT merchant_id, operation_key, fingerprint FROM operations"
        " WHERE (merchant_id, operation_key) > (:merchant_id, :operation_key)"
        " ORDER BY merchant_id, operation_key LIMIT :page"
    )
    change = sa.text(
        "UPDATE operations SET fingerprint = :fingerprint"
        " WHERE merchant_id = :merchant_id AND operation_key = :operation_key"
    )
    last = {"merchant_id": "", "operation_key": ""}
    while found := [dict(row._mapping) for row in connection.execute(page, last | {"page": PAGE})]:
        connection.execute(change, [row | {"fingerprint": today(row["fingerprint"])} for row in found])
        last = {name: found[-1][name] for name in last}


def today(fingerprint: str) -> str:
    """``stamp S CardById(card_id='C') 2`` as ``stamp staff=S card=id:C count=2``.

    A reward was named by a button with the card's id; where the card was typed or scanned, any reward was asked for.
    """
    found = BEFORE.fullmatch(fingerprint)
    if found is None:
        return fingerprint
    act, by, rest = found["act"], found["by"].lower(), found["rest"] or ""
    of_whom = f"staff={found['staff']} card={by}:{found['card']}"
    if act.startswith("redeem") and by != "id":
        return f"redeem_any {of_whom}"
    before, after = INPUT.get(rest.partition("(")[0] if act == "void" else act, ("", ""))
    named = re.sub(before, after, rest, count=1, flags=re.DOTALL)
    return " ".join([NAMES.get(act, act), of_whom, *([named] if named else [])])
