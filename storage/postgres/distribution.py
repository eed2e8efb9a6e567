"""Where rows lie on a database that is spread over several machines (Citus).

A tenant's tables lie together by merchant: whatever one merchant asks is answered by one machine. What Telegram sends
and who is at the other end lies by person, links by their hash. Nothing is copied to every machine but what all of
them read and hardly anybody writes.
"""

from collections.abc import Mapping

from sqlalchemy import Table

from storage import tables

MERCHANT = "merchant_id"
PERSON = "user_id"
COPIED = None

OF_NO_TENANT: Mapping[Table, str | None] = {
    tables.acquaintances: PERSON,
    tables.desks: PERSON,
    tables.dialogues: PERSON,
    tables.mail_codes: PERSON,
    tables.mailboxes: PERSON,
    tables.people: PERSON,
    tables.shown_cards: PERSON,
    tables.directory: "token_hash",
    tables.inbox: "update_id",
    tables.bots: COPIED,
    tables.fingerprints: COPIED,
    tables.job_runs: COPIED,
}
"""Tables whose key does not begin with the merchant. One column each, for Citus takes no more: bots are few, people
many. An update lies by its number: whose it is is forgotten when it is done, and no row may move."""


def column_of(table: Table) -> str | None:
    """By which its rows are spread; None where every machine has all of them. Raises KeyError where nobody said."""
    if next(iter(table.primary_key.columns)).name == MERCHANT:
        return MERCHANT
    return OF_NO_TENANT[table]
