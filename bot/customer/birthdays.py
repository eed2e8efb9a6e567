"""A customer tells a shop their birthday: the month, the day, and a confirmation."""

from bot.screens.turn import Turn
from bot.views import coming_back as views
from domain.ids import MerchantId
from domain.refusals import NoBirthdayBonus
from domain.rules.birthdays import check_birthday
from domain.usecases.birthdays import (
    BirthdayPage,
    MyBirthday,
    SayBirthday,
    my_birthday,
    my_birthdays,
    say_birthday,
)
from domain.usecases.marketing import AnswerMarketing, answer_marketing
from domain.usecases.my_cards import MyCards


async def birthday_command(turn: Turn) -> None:
    """Raises NoBirthdayBonus."""
    pages = await turn.read(my_birthdays, MyCards(account=turn.account))
    match pages:
        case []:
            raise NoBirthdayBonus
        case [page]:
            await turn.say(views.birthday(turn.t, page))
        case _:
            await turn.say(views.choose_birthday(turn.t, pages))


async def birthday_button(turn: Turn) -> None:
    """Shows the birthday. Pressed below a card, it sends a new message, so that the card's code stays in view."""
    view = views.birthday(turn.t, await _page(turn))
    if turn.place is not None and turn.place.has_picture:
        await turn.answer()
        await turn.say(view)
    else:
        await turn.show(view)


async def change_button(turn: Turn) -> None:
    await turn.show(views.birthday_months(turn.t, await _page(turn)))


async def month_button(turn: Turn) -> None:
    month = turn.pressed.number(1)
    check_birthday(month, 1)
    await turn.show(views.birthday_days(turn.t, _merchant_id(turn), month))


async def day_button(turn: Turn) -> None:
    month, day = _named(turn)
    check_birthday(month, day)
    await turn.show(views.birthday_meant(turn.t, _merchant_id(turn), month, day))


async def meant_button(turn: Turn) -> None:
    await _say(turn, _named(turn))


async def off_button(turn: Turn) -> None:
    await _say(turn, None)


async def allow_button(turn: Turn) -> None:
    """What the bonus needs is allowed where it is missed."""
    command = AnswerMarketing(account=turn.account, merchant_id=_merchant_id(turn), is_given=True)
    await turn.write(answer_marketing, command)
    await turn.show(views.birthday(turn.t, await _page(turn)))


async def _say(turn: Turn, month_and_day: tuple[int, int] | None) -> None:
    command = SayBirthday(account=turn.account, merchant_id=_merchant_id(turn), month_and_day=month_and_day)
    page = await turn.write(say_birthday, command)
    await turn.show(views.birthday(turn.t, page) if page.month_and_day else views.forgotten(turn.t, page))


async def _page(turn: Turn) -> BirthdayPage:
    return await turn.read(my_birthday, MyBirthday(account=turn.account, merchant_id=_merchant_id(turn)))


def _merchant_id(turn: Turn) -> MerchantId:
    return MerchantId(turn.pressed.id(0))


def _named(turn: Turn) -> tuple[int, int]:
    return turn.pressed.number(1), turn.pressed.number(2)
