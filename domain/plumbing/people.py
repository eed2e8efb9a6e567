"""What the bot remembers of an account, and the questions it has asked."""

from collections.abc import Collection
from datetime import datetime, timedelta

from domain.account import Account, Locale, Person
from domain.dialogue import Dialogue
from domain.ids import BotId, UpdateId, UserId
from domain.ports import People
from domain.quick import dataclass, replace
from domain.refusals import DialogueOver
from domain.rules.names import clean_name
from domain.rules.pins import DIGITS_MAX

GONE_AFTER = timedelta(days=7)
"""Telegram may wrongly say for a while that it does not know a chat. After this time that is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meet:
    account: Account
    name: str
    telegram_locale: Locale | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ChooseLocale:
    account: Account
    locale: Locale


@dataclass(frozen=True, slots=True, kw_only=True)
class Reachable:
    account: Account
    reachable: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    account: Account
    nonce: str
    state: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class EndDialogue:
    account: Account
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgetStrangers:
    """``retention`` is how long a person with neither card nor role is remembered after they last wrote. Operators,
    who need neither, are not strangers."""

    bot_id: BotId
    operator_ids: Collection[UserId]
    retention: timedelta


STRANGERS_AT_ONCE = 1_000
BACKSPACE = "<"


@dataclass(frozen=True, slots=True, kw_only=True)
class PressKey:
    """``key`` is the position pressed, one character, or BACKSPACE; at most ``keys_max`` are kept."""

    account: Account
    nonce: str
    key: str
    update_id: UpdateId
    keys_max: int = DIGITS_MAX


def meet(*, tx: People, command: Meet) -> None:
    """Remembers the account and when it wrote; writing to the bot makes it reachable again."""
    known = tx.person(command.account)
    tx.save_person(
        Person(
            account=command.account,
            name=clean_name(command.name),
            telegram_locale=command.telegram_locale,
            chosen_locale=known.chosen_locale if known else None,
            unreachable_since=None,
            seen_at=tx.now,
        )
    )


def forget_strangers(*, tx: People, command: ForgetStrangers) -> int:
    """Forgets people who have nothing to do with any merchant and wrote too long ago, some at a time; returns how
    many."""
    found = tx.strangers(command.bot_id, tx.now - command.retention, STRANGERS_AT_ONCE)
    strangers = [user_id for user_id in found if user_id not in command.operator_ids]
    for user_id in strangers:
        tx.forget_person(Account(bot_id=command.bot_id, user_id=user_id))
    return len(strangers)


def choose_locale(*, tx: People, command: ChooseLocale) -> None:
    person = tx.person(command.account)
    if person is not None:
        tx.save_person(replace(person, chosen_locale=command.locale))


def locale_of(*, tx: People, query: Account) -> Locale | None:
    """The language of an account, None when nothing is known of it."""
    person = tx.person(query)
    return person.locale if person else None


def set_reachable(*, tx: People, command: Reachable) -> None:
    """The person blocked the bot, or can be written to again."""
    person = tx.person(command.account)
    if person is None:
        return
    if command.reachable:
        _save(tx, person, replace(person, unreachable_since=None, refused_since=None))
    else:
        _save(tx, person, replace(person, unreachable_since=person.unreachable_since or tx.now))


def chat_refused(*, tx: People, command: Account) -> None:
    """The person's chat refused a message. A chat that has taken none for GONE_AFTER counts as unreachable."""
    person = tx.person(command)
    if person is None:
        return
    since = person.refused_since or tx.now
    gone_since = tx.now if tx.now - since >= GONE_AFTER else None
    unreachable_since = person.unreachable_since or gone_since
    _save(tx, person, replace(person, refused_since=since, unreachable_since=unreachable_since))


def _save(tx: People, before: Person, person: Person) -> None:
    if person != before:
        tx.save_person(person)


def ask(*, tx: People, command: Ask) -> None:
    """Asks a question, in place of one that is open. The same question asked again does not count earlier presses
    again."""
    before = tx.dialogue(command.account)
    tx.save_dialogue(
        Dialogue(
            account=command.account,
            nonce=command.nonce,
            state=command.state,
            keys="",
            last_update_id=before.last_update_id if before and before.nonce == command.nonce else None,
            expires_at=command.expires_at,
        )
    )


def press_key(*, tx: People, command: PressKey) -> Dialogue:
    """The dialogue with one more key, or one fewer; a redelivered press counts once. Raises DialogueOver."""
    dialogue = open_dialogue(tx, command.account, command.nonce)
    if dialogue.last_update_id is not None and command.update_id <= dialogue.last_update_id:
        return dialogue
    keys = (
        dialogue.keys[:-1] if command.key == BACKSPACE else (dialogue.keys + command.key)[: command.keys_max]
    )
    dialogue = replace(dialogue, keys=keys, last_update_id=command.update_id)
    tx.save_dialogue(dialogue)
    return dialogue


def end_dialogue(*, tx: People, command: EndDialogue) -> None:
    """Ends this question; a newer one stays."""
    dialogue = tx.dialogue(command.account)
    if dialogue is not None and dialogue.nonce == command.nonce:
        tx.end_dialogue(command.account)


def open_dialogue(tx: People, account: Account, nonce: str) -> Dialogue:
    """Raises DialogueOver unless this very question is still open."""
    dialogue = tx.dialogue(account)
    if dialogue is None or dialogue.nonce != nonce or tx.now >= dialogue.expires_at:
        raise DialogueOver
    return dialogue
