"""Consent to news and offers: asked once, ended with one tap or ``/stop``, changed in ``/privacy``."""

import re

from bot.kit.buttons import ButtonUnknown
from bot.screens.turn import Turn
from bot.views import consent as views
from bot.views.privacy import shop_or_whole
from domain.ids import MerchantId
from domain.merchant import Merchant
from domain.usecases.marketing import (
    AllowAgain,
    AnswerMarketing,
    allow_again,
    answer_marketing,
    stop_marketing,
)
from domain.usecases.privacy import my_privacy

_MICROSECONDS = re.compile(r"[0-9]{1,17}")


async def stop_command(turn: Turn) -> None:
    stopped = await turn.write(stop_marketing, turn.account)
    await turn.say(views.marketing_stopped(turn.t, stopped.merchants, stopped.stopped_at))


async def allow_again_button(turn: Turn) -> None:
    pressed = turn.pressed.text(0)
    if not _MICROSECONDS.fullmatch(pressed):
        raise ButtonUnknown
    command = AllowAgain(account=turn.account, stopped_at=views.instant_of(pressed))
    await turn.show(views.marketing_again(turn.t, await turn.write(allow_again, command)))


async def consent_button(turn: Turn) -> None:
    """The answer to the shop's question."""
    merchant, is_given = await _answered(turn)
    await turn.show(views.marketing_answered(turn.t, merchant, is_given=is_given))


async def switch_button(turn: Turn) -> None:
    """The switch in ``/privacy``."""
    merchant, _ = await _answered(turn)
    mine = await turn.read(my_privacy, turn.account)
    await turn.show(shop_or_whole(turn.t, mine, merchant.merchant_id))


async def no_more_button(turn: Turn) -> None:
    """The button below a marketing message, which says so from then on. A message that is too old to be edited stays;
    the answer is a new one. Older messages had *Undo* there, which still works."""
    merchant, is_given = await _answered(turn)
    if is_given:
        await turn.show(views.marketing_answered(turn.t, merchant, is_given=True))
    else:
        await turn.show(views.no_more(turn.t, merchant, _text_there(turn)))


async def _answered(turn: Turn) -> tuple[Merchant, bool]:
    """Raises CardNotFound, ButtonUnknown."""
    is_given = turn.pressed.number(1) == views.YES
    command = AnswerMarketing(
        account=turn.account, merchant_id=MerchantId(turn.pressed.id(0)), is_given=is_given
    )
    return await turn.write(answer_marketing, command), is_given


def _text_there(turn: Turn) -> str:
    """Empty where the answer does not stand in its place."""
    return turn.text_there if turn.place is not None else ""
