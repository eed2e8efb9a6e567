"""The addresses of people, and the codes that were sent to prove them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import and_, bindparam, delete, func, or_, select, update

from domain.account import Account
from domain.ids import BotId, TokenHash
from domain.mailbox import Mailbox, MailCode, Post
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import LIMIT, has
from storage.statements import Row
from storage.upsert import upsert

_boxes, _codes, _people = tables.mailboxes, tables.mail_codes, tables.people

SAVE_MAILBOX = upsert(_boxes)
SELECT_POST = (
    select(*rows.MAILBOX, _people.c.unreachable_since)
    .outerjoin_from(
        _boxes, _people, and_(_people.c.bot_id == _boxes.c.bot_id, _people.c.user_id == _boxes.c.user_id)
    )
    .where(has(_boxes, "bot_id", "user_id"))
)
COUNT_REFUSED_MAILBOXES = (
    select(func.count()).select_from(_boxes).where(has(_boxes, "bot_id"), _boxes.c.refused_at.is_not(None))
)
DELETE_MAILBOX = delete(_boxes).where(has(_boxes, "bot_id", "user_id"))
SELECT_MAIL_CODES_OF = (
    select(*rows.MAIL_CODE)
    .where(has(_codes, "bot_id", "user_id"), _codes.c.asked_at > bindparam("since"))
    .order_by(_codes.c.asked_at.desc())
    .limit(LIMIT)
)
SELECT_MAIL_CODES_TO = (
    select(*rows.MAIL_CODE)
    .where(has(_codes, "address_mark"), _codes.c.asked_at > bindparam("since"))
    .order_by(_codes.c.asked_at.desc())
    .limit(LIMIT)
)
SELECT_MAIL_CODE_IN = select(*rows.MAIL_CODE).where(has(_codes, "bot_id", "mail_hash"))
SELECT_OPEN_MAIL_CODE = (
    select(*rows.MAIL_CODE)
    .where(has(_codes, "bot_id", "user_id"), _codes.c.address.is_not(None))
    .order_by(_codes.c.asked_at.desc())
    .limit(LIMIT)
)
SAVE_MAIL_CODE = upsert(_codes)
END_MAIL_CODES = (
    update(_codes)
    .where(
        has(_codes, "bot_id", "user_id"), or_(_codes.c.address.is_not(None), _codes.c.code_hash.is_not(None))
    )
    .values(address=None, code_hash=None)
)
FORGET_MAIL_CODES = delete(_codes).where(_codes.c.asked_at < bindparam("asked_before"))
ENOUGH = 20


class MailboxRows(TxBase):
    def post_of(self, account: Account) -> Post | None:
        found = self._readable(_post, SELECT_POST, **_key(account))
        return found[0] if found else None

    def save_mailbox(self, mailbox: Mailbox) -> None:
        self.session.run(SAVE_MAILBOX, rows.mailbox_row(mailbox))

    def forget_mailbox(self, account: Account) -> None:
        self.session.run(DELETE_MAILBOX, **_key(account))
        self.end_mail_codes(account)

    def count_refused_mailboxes(self, bot_id: BotId) -> int:
        [[refused]] = self.session.all(COUNT_REFUSED_MAILBOXES, bot_id=bot_id)
        return int(refused)

    def mail_codes(self, account: Account, address_mark: str, since: datetime) -> Sequence[MailCode]:
        when = {"since": rows.to_instant(since), "limit": ENOUGH}
        own = self._readable(rows.mail_code, SELECT_MAIL_CODES_OF, **_key(account), **when)
        others = self._readable(rows.mail_code, SELECT_MAIL_CODES_TO, address_mark=address_mark, **when)
        found = {(code.account, code.key): code for code in (*own, *others)}
        return sorted(found.values(), key=lambda code: code.asked_at, reverse=True)

    def mail_code_in(self, bot_id: BotId, mail_hash: TokenHash) -> MailCode | None:
        found = self._readable(rows.mail_code, SELECT_MAIL_CODE_IN, bot_id=bot_id, mail_hash=mail_hash)
        return found[0] if found else None

    def open_mail_code(self, account: Account) -> MailCode | None:
        found = self._readable(rows.mail_code, SELECT_OPEN_MAIL_CODE, **_key(account), limit=1)
        return found[0] if found else None

    def save_mail_code(self, code: MailCode) -> None:
        self.session.run(SAVE_MAIL_CODE, rows.mail_code_row(code))

    def end_mail_codes(self, account: Account) -> None:
        self.session.run(END_MAIL_CODES, **_key(account))

    def forget_mail_codes(self, asked_before: datetime) -> int:
        return self.session.run(FORGET_MAIL_CODES, asked_before=rows.to_instant(asked_before))


def _key(account: Account) -> dict[str, object]:
    return {"bot_id": account.bot_id, "user_id": account.user_id}


def _post(row: Row) -> Post:
    *mailbox, unreachable_since = row
    return Post(mailbox=rows.mailbox(tuple(mailbox)), is_chat_gone=unreachable_since is not None)
