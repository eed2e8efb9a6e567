"""The shop's logo in ``/settings``: sent as a picture, shown and removed."""

from typing import ClassVar

from bot.kit.clock import new_key
from bot.kit.refusals import LogoUnusable, PictureUnusable
from bot.owner.asking import merchant_pressed
from bot.screens import questions
from bot.screens.turn import Turn
from bot.views import logos as views
from bot.views.view import View
from domain.ids import MerchantId
from domain.usecases.keep_logo import KeepLogo, SeeLogo, ShopLogo, keep_logo, see_logo


class LogoAsked(questions.Shown, frozen=True, tag="logo", kw_only=True):
    """Which picture is the shop's logo?"""

    passed_over: ClassVar[bool] = True
    merchant_id: MerchantId


async def logo_button(turn: Turn) -> None:
    await turn.show_instead(await _page(turn, await _seen(turn)))


async def new_button(turn: Turn) -> None:
    found = await _seen(turn)
    question = LogoAsked(merchant_id=found.merchant.merchant_id)
    await questions.show(turn, question, new_key(), views.ask_logo(turn.t, found.merchant))


async def off_button(turn: Turn) -> None:
    command = KeepLogo(account=turn.account, merchant_id=merchant_pressed(turn), picture=None)
    kept = await turn.write(keep_logo, command)
    await turn.show_instead(await _page(turn, kept, views.removed(turn.t)))


async def logo_sent(turn: Turn, question: LogoAsked) -> None:
    """Keeps the picture as the logo. Raises LogoUnusable, NotAllowed; the question stays open then. Otherwise it ends
    last: the same update handled again brings the same picture, which changes nothing."""
    try:
        sent = await turn.sent_picture()
    except PictureUnusable as refusal:
        raise LogoUnusable from refusal
    picture = await turn.services.studio.clean_logo(sent)
    command = KeepLogo(account=turn.account, merchant_id=question.merchant_id, picture=picture)
    kept = await turn.write(keep_logo, command)
    await turn.show(await _page(turn, kept, views.kept(turn.t)))
    await questions.forget(turn, turn.nonce)


async def _page(turn: Turn, found: ShopLogo, said: str = "") -> View:
    shown = await turn.services.studio.on_white(found.picture) if found.picture else None
    return views.logo(turn.t, found.merchant, shown, said)


async def _seen(turn: Turn) -> ShopLogo:
    """Raises NotStaff, NotAllowed, MerchantNotFound."""
    query = SeeLogo(account=turn.account, merchant_id=merchant_pressed(turn))
    return await turn.read(see_logo, query)


questions.add(LogoAsked, logo_sent, of_files=True)
