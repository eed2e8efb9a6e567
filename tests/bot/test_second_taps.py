"""A press that comes too soon after an answer does nothing: the finger was aiming at what stood there before."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from telegram import CallbackQuery, Chat, InlineKeyboardButton, InlineKeyboardMarkup, Message, Update, User

from bot.app.process import Surroundings
from bot.kit.buttons import Verb, press
from bot.sandbox import Person
from bot.screens.second_taps import SECOND_TAP_S, SecondTaps
from bot.texts import texts
from bot.views.view import Button, Keyboard, keyboard, row
from domain.account import Locale
from domain.ids import UpdateId
from tests.support.house import UNHURRIED, House, Shop, house

WHEN = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
SAM = User(7, "Sam", is_bot=False)
CARD = "A" * 22
PANEL = keyboard(row(Button(text="+1", data=press(Verb.STAMP, CARD, 1, "AAAAAAAAAAA"))))
DONE = keyboard(
    row(Button(text="‹ Card", data=press(Verb.PANEL, CARD))),
    row(Button(text="Undo", data=press(Verb.UNDO, CARD, CARD, "BBBBBBBBBBB"))),
)


class Seconds:
    now = 100.0

    def __call__(self) -> float:
        return self.now


def keypad(nonce: str, last: str) -> Keyboard:
    """Where a key is stays; what it carries is shuffled anew for each question."""
    return keyboard(row(*(Button(text=sign, data=press(Verb.KEY, nonce, sign + last)) for sign in "12")))


class Phone:
    """Presses what one message shows, as the inbox hears of it and the chat answers it."""

    def __init__(self, shown: Keyboard) -> None:
        self.seconds, self.shown, self.number = Seconds(), shown, 0
        self.taps = SecondTaps(self.seconds)

    def pressed(self, data: str | None, on: Keyboard | None = None) -> Update:
        self.number += 1
        rows = [[InlineKeyboardButton(b.text, callback_data=b.data) for b in row] for row in on or self.shown]
        markup = InlineKeyboardMarkup(rows)
        message = Message(5, WHEN, Chat(SAM.id, Chat.PRIVATE), reply_markup=markup)
        update = Update(self.number, callback_query=CallbackQuery("1", SAM, "1", message=message, data=data))
        self.taps.arrived(UpdateId(update.update_id))
        return update

    def answered(self, update: Update, shown: Keyboard) -> None:
        self.taps.answered(update, shown)
        self.shown = shown


@pytest.mark.parametrize(("seconds", "is_one"), [(0.0, True), (0.69, True), (0.71, False)])
def test_what_an_answer_put_there_is_not_pressed_within_700_ms(seconds: float, is_one: bool) -> None:
    phone = Phone(PANEL)
    phone.answered(phone.pressed(PANEL[0][0].data), DONE)
    phone.seconds.now += seconds
    for button in (each for buttons in DONE for each in buttons):
        assert phone.taps.is_one(phone.pressed(button.data)) is is_one


def test_time_that_counts_is_when_the_press_came_however_long_it_waits() -> None:
    phone = Phone(PANEL)
    first = phone.pressed(PANEL[0][0].data)
    too_soon = phone.pressed(DONE[1][0].data, on=DONE)
    phone.seconds.now += 30
    phone.answered(first, DONE)
    assert phone.taps.is_one(too_soon)
    phone.seconds.now += 0.5
    waiting = phone.pressed(DONE[1][0].data)
    phone.seconds.now += 60
    phone.taps.arrived(UpdateId(waiting.update_id))
    assert phone.taps.is_one(waiting)
    assert not phone.taps.is_one(phone.pressed(DONE[1][0].data))


def test_old_version_of_the_button_is_for_its_operation_key_to_judge() -> None:
    phone = Phone(PANEL)
    phone.answered(phone.pressed(PANEL[0][0].data), DONE)
    again = phone.pressed(PANEL[0][0].data)
    assert not phone.taps.is_one(again)
    assert again.callback_query is not None
    finger = phone.taps.finger(again.callback_query)
    assert finger is not None
    assert (finger.from_top, finger.from_bottom) == (1, 1), "where the first tap was"


def test_keys_are_not_slowed_once_they_are_there() -> None:
    phone = Phone(PANEL)
    first, again, anew = keypad("AAAAAAAAAAA", "0"), keypad("AAAAAAAAAAA", "0"), keypad("BBBBBBBBBBB", "5")
    phone.answered(phone.pressed(PANEL[0][0].data), first)
    assert phone.taps.is_one(phone.pressed(first[0][0].data)), "the panel was there a moment ago"
    phone.seconds.now += 0.8
    for before, after in ((first, again), (again, again), (again, anew), (anew, anew)):
        update = phone.pressed(before[0][0].data)
        assert not phone.taps.is_one(update)
        phone.answered(update, after)
        phone.seconds.now += 0.05


def test_what_came_without_a_press_and_what_a_restart_forgot_is_pressed_at_once() -> None:
    phone = Phone(DONE)
    assert not phone.taps.is_one(phone.pressed(DONE[1][0].data))
    phone.answered(Update(9), PANEL)
    assert not phone.taps.is_one(phone.pressed(PANEL[0][0].data, on=PANEL))


@pytest.fixture
async def cafe(tmp_path: Path) -> AsyncIterator[tuple[House, Shop]]:
    """With the pace of people."""
    around = Surroundings(limits=UNHURRIED)
    async with house(tmp_path / "stempel.db", around, second_tap_s=SECOND_TAP_S) as home:
        yield home, await home.opens_shop(stamps_target=1)


async def second_tap(sam: Person, anna: Person, label: str) -> str:
    """The panel, +1, and at once a button of the confirmation: what it is answered."""
    await sam.scans(anna)
    await sam.sees("Anna · ", new=True)
    await sam.taps("+1")
    done = await sam.sees("✅", new=True)
    await sam.taps(label, on=done)
    return (await sam.answered()).text


@pytest.mark.parametrize("locale", Locale, ids=str)
async def test_second_tap_is_answered_in_the_persons_language_and_does_nothing(
    locale: Locale, cafe: tuple[House, Shop]
) -> None:
    home, shop = cafe
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", language=locale.value)
    t = texts(locale)
    assert await second_tap(sam, anna, t("Undo")) == t("Tap once more")
    assert [entry.kind.value for entry in await home.ledger(shop)] == ["stamp_earned"]
