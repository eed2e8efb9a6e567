"""Questions the bot has asked: one at a time, answered once, gone when their time is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.account import Account
from domain.ids import BotId, UpdateId
from domain.plumbing.keep_house import KeepHouse, keep_house
from domain.plumbing.people import (
    BACKSPACE,
    Ask,
    EndDialogue,
    PressKey,
    ask,
    end_dialogue,
    open_dialogue,
    press_key,
)
from domain.refusals import DialogueOver
from domain.usecases.who_is import who_is
from tests.support.clock import Clock
from tests.support.databases import look
from tests.support.shop import BOT, Town

NONCE = "nonce"


@pytest.fixture
def account(town: Town) -> Account:
    """Of somebody who was asked a question five minutes long."""
    account = town.somebody()
    asks(town, account)
    return account


def asks(town: Town, account: Account, nonce: str = NONCE, minutes: int = 5) -> None:
    expires_at = town.database.clock.now + timedelta(minutes=minutes)
    town.database.write(ask, Ask(account=account, nonce=nonce, state="{}", expires_at=expires_at))


def presses(town: Town, account: Account, key: str, update_id: int, nonce: str = NONCE) -> str:
    command = PressKey(account=account, nonce=nonce, key=key, update_id=UpdateId(update_id))
    return town.database.write(press_key, command).keys


@pytest.mark.parametrize(
    ("pressed", "keys"),
    [
        ("", ""),
        ("3141", "3141"),
        ("31<4", "34"),
        ("<<<", ""),
        ("3<", ""),
        ("3<<4", "4"),
        ("12345678", "12345678"),
        ("123456789", "12345678"),
        ("123456789<", "1234567"),
        ("0000", "0000"),
    ],
)
def test_keys_are_kept_in_the_order_pressed(town: Town, account: Account, pressed: str, keys: str) -> None:
    for number, key in enumerate(pressed, start=100):
        presses(town, account, BACKSPACE if key == "<" else key, number)
    held = look(town.database, lambda tx: open_dialogue(tx, account, NONCE))
    assert held.keys == keys


def test_press_that_comes_again_counts_once(town: Town, account: Account) -> None:
    assert presses(town, account, "3", 100) == "3"
    assert presses(town, account, "1", 101) == "31"
    assert presses(town, account, "1", 101) == "31"
    assert presses(town, account, "3", 100) == "31"
    assert presses(town, account, BACKSPACE, 101) == "31"
    assert presses(town, account, "4", 102) == "314"


def test_new_question_takes_the_place_of_an_open_one(town: Town, account: Account) -> None:
    presses(town, account, "3", 100)
    asks(town, account, "another")
    with pytest.raises(DialogueOver):
        presses(town, account, "1", 101)
    assert presses(town, account, "1", 101, "another") == "1"


def test_new_question_counts_presses_from_the_start(town: Town, account: Account) -> None:
    presses(town, account, "3", 200)
    asks(town, account, "another")
    assert presses(town, account, "1", 150, "another") == "1"


@pytest.mark.parametrize(("seconds_later", "is_open"), [(0, True), (299, True), (300, False), (3000, False)])
def test_question_lapses(
    town: Town, account: Account, clock: Clock, seconds_later: int, is_open: bool
) -> None:
    clock.passes(seconds=seconds_later)
    if is_open:
        assert presses(town, account, "3", 100) == "3"
        assert town.database.read(who_is, account).dialogue is not None
    else:
        with pytest.raises(DialogueOver):
            presses(town, account, "3", 100)
        assert town.database.read(who_is, account).dialogue is None


def test_pressing_does_not_prolong_the_question(town: Town, account: Account, clock: Clock) -> None:
    clock.passes(minutes=4)
    presses(town, account, "3", 100)
    clock.passes(minutes=1)
    with pytest.raises(DialogueOver):
        presses(town, account, "1", 101)


def test_nobody_presses_keys_of_anothers_question(town: Town, account: Account) -> None:
    with pytest.raises(DialogueOver):
        presses(town, town.somebody(), "3", 100)
    with pytest.raises(DialogueOver):
        presses(town, replace(account, bot_id=BotId(account.bot_id + 1)), "3", 100)


def test_question_that_was_answered_is_over(town: Town, account: Account) -> None:
    town.database.write(end_dialogue, EndDialogue(account=account, nonce=NONCE))
    with pytest.raises(DialogueOver):
        presses(town, account, "3", 100)


def test_ending_an_old_question_leaves_the_new_one(town: Town, account: Account) -> None:
    asks(town, account, "another")
    town.database.write(end_dialogue, EndDialogue(account=account, nonce=NONCE))
    assert presses(town, account, "3", 100, "another") == "3"


def test_lapsed_questions_are_thrown_away_and_open_ones_kept(
    town: Town, account: Account, clock: Clock
) -> None:
    later = town.somebody()
    asks(town, later, minutes=10)
    clock.passes(minutes=5)
    house = KeepHouse(
        bot_id=BOT, update_retention=timedelta(days=2), dead_letter_retention=timedelta(days=30)
    )
    assert town.database.write(keep_house, house).dialogues == 1
    assert presses(town, later, "3", 100) == "3"
    assert town.database.write(keep_house, house).dialogues == 0
