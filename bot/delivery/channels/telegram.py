"""Letters in the chat, and Telegram's errors told apart. Its ``sendMessage`` has no idempotency key."""

import re
from contextlib import suppress
from dataclasses import field, replace

from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.delivery.channel import OVERTAKEN, Outcome
from bot.delivery.channels import Parts, PutMenu
from bot.delivery.illustrator import picture
from bot.kit.bounded import remember
from bot.kit.links import Links
from bot.pictures.studio import Studio
from bot.telegram.chat import Chat, Place, edit, seconds_of, send
from bot.telegram.client import DirectBot
from bot.telegram.pacing import Pacer
from bot.telegram.photos import Photos
from bot.texts import Texts, length, texts
from bot.views.below_chat import below_chat
from bot.views.cards import retired, with_receipt
from bot.views.faces import card_face, retired_face
from bot.views.messages import render, struck
from bot.views.view import CAPTION_LENGTH_MAX, View
from domain.account import Locale
from domain.delivery import ChannelKind, Delivered, Later, Refused, Unreachable
from domain.ids import MessageId, UserId
from domain.messages import NoticeOver
from domain.quick import dataclass
from domain.usecases.letters import CardToShow, Letter, Tools
from domain.usecases.read_message import Shown

TOKEN_AGAIN_S = 5.0
"""The wait after a token was refused, which is no message's fault (``bot/telegram/reception.py`` sees to it)."""
_OF_THE_CHAT = re.compile("(?!button).*(chat|peer|user|recipient)", re.IGNORECASE)
"""What Telegram says of a chat that it will not write to. Whatever else it says may be the message's own fault, for
which nobody must count as gone."""


@dataclass(kw_only=True)
class TelegramChannel:
    bot: DirectBot
    chat: Chat
    pacer: Pacer
    photos: Photos
    studio: Studio
    links: Links
    default_locale: Locale
    put_menu: PutMenu
    has_wallets: bool = False
    kind: ChannelKind = ChannelKind.TELEGRAM
    gives_way: bool = False
    _told_below: dict[MessageId, Shown] = field(default_factory=dict)
    """Below which message with a card a receipt was shown last. It is shown again below another, if that one was not
    the newest any more."""

    async def deliver(self, letter: Letter) -> Outcome:
        t = texts(letter.reader.locale or self.default_locale)
        try:
            return await self._deliver(t, letter)
        except RetryAfter as error:
            return Later("retry_after", seconds_of(error))
        except InvalidToken:
            self.pacer.hold_all(TOKEN_AGAIN_S)
            return Later("token_refused", TOKEN_AGAIN_S)
        except Forbidden:
            return Unreachable()
        except BadRequest as error:
            return Refused(error.message, is_of_address=bool(_OF_THE_CHAT.match(error.message)))
        except TelegramError as error:
            return Later(type(error).__name__)

    async def _deliver(self, t: Texts, letter: Letter) -> Delivered:
        """A silent receipt that is overtaken is not sent: the one that has overtaken it shows the same. A message
        that replaces an older one takes its place, unless that one is gone."""
        card, chat_id = letter.card, int(letter.delivery.address)
        if isinstance(letter.message.facts, NoticeOver):
            return await self._strike(t, chat_id, letter)
        if card is not None and card.is_overtaken and card.is_silent:
            return Delivered(card.shown.reference if card.shown else OVERTAKEN)
        view = await self._view(t, letter)
        if card is not None and not card.is_overtaken and length(view.text) <= CAPTION_LENGTH_MAX:
            return await self._show(t, chat_id, letter, card, view)
        if letter.replaces is not None:
            replaced = Place(chat_id, int(letter.replaces))
            if shown := await self._edit(replaced, view):
                return Delivered(str(shown.message_id))
        return Delivered(await self._send(chat_id, view))

    async def _strike(self, t: Texts, chat_id: int, letter: Letter) -> Delivered:
        """Strikes out what holds no longer, where it stands. Where it is gone, or the bot is blocked, nobody misses
        that."""
        if letter.replaces is None or letter.over is None:
            return Delivered(OVERTAKEN)
        before, reader = letter.over
        said = render(t, before, reader.timezone, reader.wording)
        view = struck(said, render(t, letter.message, reader.timezone))
        with suppress(BadRequest, Forbidden):
            await self._edit(Place(chat_id, int(letter.replaces)), view)
        return Delivered(letter.replaces)

    async def _send(self, chat_id: int, view: View) -> str:
        """Returns the id of the new message."""
        sent = await send(self.bot, chat_id, view, self.photos)
        self.chat.has_newest(chat_id, sent.message_id)
        return str(sent.message_id)

    async def _edit(self, place: Place, view: View) -> Place | None:
        """Returns where the view stands now, or None where the message is gone."""
        self.chat.overwritten(place)
        return await edit(self.bot, place, view, self.photos)

    async def _view(self, t: Texts, letter: Letter) -> View:
        message, reader = letter.message, letter.reader
        view = render(t, message, reader.timezone, reader.wording)
        photo = letter.photo or await picture(self.studio, t, message, reader.colour)
        if letter.tools is not None:
            view = await self._with_tools(t, message.recipient.user_id, letter.tools, view)
        return replace(view, photo=photo)

    async def _with_tools(self, t: Texts, user_id: UserId, tools: Tools, view: View) -> View:
        """Sets the person's commands before they are told, so that they have none too many then."""
        await self.put_menu(user_id, t, tools.duties)
        below = below_chat(t, is_staff=bool(tools.duties.roles), has_card=tools.has_card)
        return replace(view, menu=below)

    async def _show(
        self, t: Texts, chat_id: int, letter: Letter, card: CardToShow, receipt: View
    ) -> Delivered:
        """Shows the receipt below the card's picture. If it is silent and the card is shown already, that message is
        edited. Otherwise a new message is sent, and the older one, where it is still there, loses its code."""
        held = card.held
        link = self.links.card(held.state.card_id, held.token_rotation)
        drawn = await self.studio.card(card_face(t, held, link))
        view = with_receipt(t, held, drawn, receipt, has_wallets=self.has_wallets)
        before, card_id, message_id = card.shown, held.state.card_id, letter.message.message_id
        if card.is_silent and before:
            if await self._edit(_place(chat_id, before), view):
                told_before = self._told_below.get(message_id)
                remember(self._told_below, message_id, replace(before, receipt=None))
                if told_before is not None and told_before.reference != before.reference:
                    await self._leave(t, chat_id, card, told_before)
                return Delivered(before.reference, card_id, in_place=True)
            before = None
        sent = await self._send(chat_id, view)
        if before is not None:
            await self._leave(t, chat_id, card, before)
        return Delivered(sent, card_id)

    async def _leave(self, t: Texts, chat_id: int, card: CardToShow, before: Shown) -> None:
        """Takes the code off the older message with the card."""
        left = retired(t, await self.studio.card(retired_face(t, card.held)), before)
        await self.chat.retire(_place(chat_id, before), left)


def _place(chat_id: int, shown: Shown) -> Place:
    return Place(chat_id, int(shown.reference), has_picture=True)


def channel(parts: Parts) -> TelegramChannel:
    return TelegramChannel(
        bot=parts.bot,
        chat=parts.chat,
        pacer=parts.pacer,
        photos=parts.photos,
        studio=parts.studio,
        links=parts.links,
        default_locale=parts.settings.default_locale,
        put_menu=parts.put_menu,
        has_wallets=bool(parts.settings.wallets_on),
    )
