"""Letters in the chat, and Telegram's errors told apart. Its ``sendMessage`` has no idempotency key."""

import re
from dataclasses import dataclass, replace

from telegram import Bot
from telegram.error import BadRequest, Forbidden, InvalidToken, RetryAfter, TelegramError

from bot.delivery.channel import Outcome
from bot.delivery.channels import Parts
from bot.delivery.illustrator import picture
from bot.pictures.studio import Studio
from bot.telegram.chat import Place, edit, says_gone, says_unchanged, seconds_of, send
from bot.telegram.pacing import Pacer
from bot.texts import texts
from bot.views.messages import render
from bot.views.view import View
from domain.account import Locale
from domain.delivery import ChannelKind, Delivered, Later, Refused, Unreachable
from domain.usecases.read_message import Letter

TOKEN_AGAIN_S = 5.0
"""A token that was refused, which is no message's fault (``bot/telegram/reception.py`` sees to it)."""
_OF_THE_CHAT = re.compile("(?!button).*(chat|peer|user|recipient)", re.IGNORECASE)
"""What Telegram says of a chat that it will not write to. Whatever else it says may be the message's own fault, for
which nobody must count as gone."""


@dataclass(kw_only=True)
class TelegramChannel:
    bot: Bot
    pacer: Pacer
    studio: Studio
    default_locale: Locale
    kind: ChannelKind = ChannelKind.TELEGRAM

    async def deliver(self, letter: Letter) -> Outcome:
        view = await self._view(letter)
        try:
            reference = await self._hand_over(letter, view)
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
        return Delivered(reference)

    async def _hand_over(self, letter: Letter, view: View) -> str:
        """What replaces an older message takes its place, unless that is gone."""
        chat_id = int(letter.delivery.address)
        if letter.replaces is not None:
            try:
                await edit(self.bot, Place(chat_id, int(letter.replaces)), view)
                return letter.replaces
            except BadRequest as error:
                if says_unchanged(error):
                    return letter.replaces
                if not says_gone(error):
                    raise
        return str((await send(self.bot, chat_id, view)).message_id)

    async def _view(self, letter: Letter) -> View:
        message, reader = letter.message, letter.reader
        t = texts(reader.locale or self.default_locale)
        view = render(t, message, reader.timezone, reader.wording)
        return replace(view, photo=await picture(self.studio, t, message, reader.colour))


def channel(parts: Parts) -> TelegramChannel:
    return TelegramChannel(
        bot=parts.bot,
        pacer=parts.pacer,
        studio=parts.studio,
        default_locale=parts.settings.default_locale,
    )
