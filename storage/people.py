"""Accounts, and the questions asked of them."""

from sqlalchemy import bindparam, delete

from domain.account import Account, Person
from domain.dialogue import Dialogue
from storage import rows, tables
from storage.base import TxBase
from storage.clauses import find, has
from storage.upsert import upsert

SAVE_PERSON = upsert(tables.people)
SAVE_DIALOGUE = upsert(tables.dialogues)
SELECT_PERSON = find(rows.PERSON, "bot_id", "user_id")
SELECT_DIALOGUE = find(rows.DIALOGUE, "bot_id", "user_id")
DELETE_DIALOGUE = delete(tables.dialogues).where(has(tables.dialogues, "bot_id", "user_id"))
DELETE_DIALOGUES = delete(tables.dialogues)
DELETE_LAPSED_DIALOGUES = delete(tables.dialogues).where(tables.dialogues.c.expires_at <= bindparam("now"))


class PeopleRows(TxBase):
    def person(self, account: Account) -> Person | None:
        key = {"bot_id": account.bot_id, "user_id": account.user_id}
        return next(iter(self._readable(rows.person, SELECT_PERSON, **key)), None)

    def save_person(self, person: Person) -> None:
        self.session.run(SAVE_PERSON, rows.person_row(person))

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
