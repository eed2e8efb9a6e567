"""Accounts, and the questions asked of them."""

from sqlalchemy import bindparam, delete, select

from domain.account import Account, Person
from domain.dialogue import Dialogue
from storage import rows, tables
from storage.base import TxBase
from storage.upsert import upsert

_people, _dialogues = tables.people, tables.dialogues

SAVE_PERSON = upsert(_people)
SAVE_DIALOGUE = upsert(_dialogues)
SELECT_PERSON = select(*rows.PERSON).where(
    _people.c.bot_id == bindparam("bot_id"), _people.c.user_id == bindparam("user_id")
)
SELECT_DIALOGUE = select(*rows.DIALOGUE).where(
    _dialogues.c.bot_id == bindparam("bot_id"), _dialogues.c.user_id == bindparam("user_id")
)
DELETE_DIALOGUE = delete(_dialogues).where(
    _dialogues.c.bot_id == bindparam("bot_id"), _dialogues.c.user_id == bindparam("user_id")
)
DELETE_LAPSED_DIALOGUES = delete(_dialogues).where(_dialogues.c.expires_at <= bindparam("now"))


class PeopleRows(TxBase):
    def person(self, account: Account) -> Person | None:
        row = self.session.one(SELECT_PERSON, bot_id=account.bot_id, user_id=account.user_id)
        return None if row is None else rows.person(row)

    def save_person(self, person: Person) -> None:
        self.session.run(SAVE_PERSON, rows.person_row(person))

    def dialogue(self, account: Account) -> Dialogue | None:
        row = self.session.one(SELECT_DIALOGUE, bot_id=account.bot_id, user_id=account.user_id)
        return None if row is None else rows.dialogue(row)

    def save_dialogue(self, dialogue: Dialogue) -> None:
        self.session.run(SAVE_DIALOGUE, rows.dialogue_row(dialogue))

    def end_dialogue(self, account: Account) -> None:
        self.session.run(DELETE_DIALOGUE, bot_id=account.bot_id, user_id=account.user_id)

    def end_lapsed_dialogues(self) -> int:
        return self.session.run(DELETE_LAPSED_DIALOGUES, now=rows.to_instant(self.now))
