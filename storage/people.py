"""People, and the questions that the bot has asked them."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, FromClause, Select, Table, and_, bindparam, delete, or_, select

from domain.account import Account, Person
from domain.dialogue import Dialogue
from domain.ids import BotId, UserId
from domain.ports import Presence
from storage import rows, tables
from storage.base import Session, TxBase, readable
from storage.clauses import LIMIT, find, has
from storage.mailboxes import DELETE_MAILBOX
from storage.statements import Row
from storage.upsert import upsert

T = TypeVar("T")

SAVE_PERSON = upsert(tables.people)
SAVE_DIALOGUE = upsert(tables.dialogues)
SELECT_PERSON = find(rows.PERSON, "bot_id", "user_id")
_people, _known = tables.people, tables.acquaintances
SELECT_STRANGERS = (
    select(_people.c.user_id)
    .outerjoin_from(
        _people, _known, and_(_known.c.bot_id == _people.c.bot_id, _known.c.user_id == _people.c.user_id)
    )
    .where(
        has(_people, "bot_id"),
        _people.c.seen_at < bindparam("seen_before"),
        _known.c.merchant_id.is_(None),
    )
    .order_by(_people.c.seen_at)
    .limit(LIMIT)
)
AT_ONCE = 50
SELECT_GONE = select(_people.c.user_id).where(
    has(_people, "bot_id"),
    _people.c.unreachable_since.is_not(None),
    or_(*(_people.c.user_id == bindparam(f"user_{number}") for number in range(AT_ONCE))),
)
DELETE_PERSON = delete(_people).where(has(_people, "bot_id", "user_id"))
DELETE_MAIL_CODES = delete(tables.mail_codes).where(has(tables.mail_codes, "bot_id", "user_id"))


def select_presence(user_id: ColumnElement[Any], asked: FromClause) -> Select[Any]:
    """Person, desk and dialogue of each user of a bot that ``asked`` has a row for. One statement instead of three:
    each gives up the interpreter's lock, and under load gets it back late."""

    def theirs(table: Table) -> ColumnElement[bool]:
        return and_(has(table, "bot_id"), table.c.user_id == user_id)

    return (
        select(*rows.PERSON, *rows.DESK, *rows.DIALOGUE)
        .select_from(asked)
        .outerjoin(_people, theirs(_people))
        .outerjoin(tables.desks, theirs(tables.desks))
        .outerjoin(tables.dialogues, theirs(tables.dialogues))
    )


_asked = select(bindparam("user_id", type_=_people.c.user_id.type).label("user_id")).subquery("asked")
SELECT_PRESENCE = select_presence(_asked.c.user_id, _asked)
_PERSON, _DESK, _DIALOGUE = rows.slices(rows.PERSON, rows.DESK, rows.DIALOGUE)

SELECT_DIALOGUE = find(rows.DIALOGUE, "bot_id", "user_id")
DELETE_DIALOGUE = delete(tables.dialogues).where(has(tables.dialogues, "bot_id", "user_id"))
DELETE_DIALOGUES = delete(tables.dialogues)
DELETE_LAPSED_DIALOGUES = delete(tables.dialogues).where(tables.dialogues.c.expires_at <= bindparam("now"))


def gone_among(session: Session, accounts: Iterable[Account]) -> Collection[Account]:
    """The accounts whose chat is gone. Asked in statements of their own: people may lie apart from merchants."""
    gone: set[Account] = set()
    for bot_id, some in groupby(sorted(accounts, key=_by_bot), _by_bot):
        users = [account.user_id for account in some]
        for at in range(0, len(users), AT_ONCE):
            page = users[at : at + AT_ONCE]
            asked = {f"user_{number}": page[min(number, len(page) - 1)] for number in range(AT_ONCE)}
            found = session.all(SELECT_GONE, bot_id=bot_id, **asked)
            gone.update(Account(bot_id=bot_id, user_id=user_id) for (user_id,) in found)
    return gone


def _by_bot(account: Account) -> BotId:
    return account.bot_id


class PeopleRows(TxBase):
    def person(self, account: Account) -> Person | None:
        key = {"bot_id": account.bot_id, "user_id": account.user_id}
        return next(iter(self._readable(rows.person, SELECT_PERSON, **key)), None)

    def presences(self, accounts: Sequence[Account]) -> Sequence[Presence]:
        return [self._presence(account) for account in accounts]

    def _presence(self, account: Account) -> Presence:
        [row] = self.session.all(SELECT_PRESENCE, bot_id=account.bot_id, user_id=account.user_id)
        return present(row)

    def save_person(self, person: Person) -> None:
        self.session.run(SAVE_PERSON, rows.person_row(person))

    def strangers(self, bot_id: BotId, seen_before: datetime, limit: int) -> Sequence[UserId]:
        before = rows.to_instant(seen_before)
        found = self.session.all(SELECT_STRANGERS, bot_id=bot_id, seen_before=before, limit=limit)
        return [user_id for (user_id,) in found]

    def forget_person(self, account: Account) -> None:
        key = {"bot_id": account.bot_id, "user_id": account.user_id}
        for statement in (DELETE_MAILBOX, DELETE_MAIL_CODES, DELETE_PERSON):
            self.session.run(statement, **key)

    def dialogue(self, account: Account) -> Dialogue | None:
        key = {"bot_id": account.bot_id, "user_id": account.user_id}
        return next(iter(self._readable(rows.dialogue, SELECT_DIALOGUE, **key)), None)

    def save_dialogue(self, dialogue: Dialogue) -> None:
        self.session.run(SAVE_DIALOGUE, rows.dialogue_row(dialogue))

    def end_dialogue(self, account: Account) -> None:
        self.session.run(DELETE_DIALOGUE, bot_id=account.bot_id, user_id=account.user_id)

    def end_lapsed_dialogues(self) -> int:
        return self.session.run(DELETE_LAPSED_DIALOGUES, now=rows.to_instant(self.now))

    def end_dialogues(self) -> None:
        self.session.run(DELETE_DIALOGUES)


def present(row: Row) -> Presence:
    """The presence in a row that begins with the columns of SELECT_PRESENCE."""
    return (
        _if_any(rows.person, row[_PERSON]),
        _if_any(rows.desk, row[_DESK]),
        _if_any(rows.dialogue, row[_DIALOGUE]),
    )


def _if_any(made_of: Callable[[Row], T], row: Row) -> T | None:
    return next(iter(readable(made_of, [row])), None) if row[0] is not None else None
