"""Letters by e-mail, in the words of the chat; what must be answered is answered there."""

import time
from datetime import timedelta

from bot.delivery.channel import OVERTAKEN, Outcome
from bot.delivery.channels import Parts
from bot.delivery.mailer import IN_DOUBT, Envelope, Mailer
from bot.kit.clock import Clock
from bot.kit.links import Links
from bot.kit.metrics import BotMetrics
from bot.pictures.studio import Studio
from bot.telegram.pacing import Pacer, SendingLimits
from bot.texts import Texts, texts
from bot.views.faces import card_face
from bot.views.mails import HOUSE_COLOUR, Frame, Mail, mail
from bot.views.messages import render
from domain.account import Locale
from domain.delivery import ChannelKind, Delivered, Later, Refused
from domain.ids import CardId
from domain.quick import dataclass
from domain.usecases.letters import Letter

LIMITS = SendingLimits(overall_per_second=10.0, private_chat_per_second=1.0)
WAITED_FOR = timedelta(days=1)
"""A relay that is down is no message's fault, so for so long its tries do not count. From then on they do, so that
the message is told over another channel."""
NO_WAY_OUT = "no_unsubscribe_address"


@dataclass(kw_only=True)
class EmailChannel:
    mailer: Mailer
    pacer: Pacer
    studio: Studio
    links: Links
    clock: Clock
    metrics: BotMetrics
    default_locale: Locale
    kind: ChannelKind = ChannelKind.EMAIL
    gives_way: bool = True

    async def deliver(self, letter: Letter) -> Outcome:
        """Marketing is not sent where one click cannot end it."""
        card, stop_url = letter.card, None
        if card is not None and card.is_overtaken and card.is_silent:
            return Delivered(OVERTAKEN)
        if letter.customer_id is not None:
            stop_url = self.links.unsubscribe(letter.message.merchant_id, letter.customer_id)
            if stop_url is None:
                return Refused(NO_WAY_OUT)
        elif letter.guest_id is not None:
            stop_url = self.links.not_mine(letter.message.merchant_id, CardId(letter.guest_id))
        assert letter.mailbox is not None
        envelope = Envelope(
            to=letter.mailbox.address,
            sender=letter.sender,
            message_id=self.links.mail_name(
                letter.message.merchant_id, letter.message.message_id, letter.mailbox.address
            ),
            sent_at=self.clock(),
            reply_to=letter.reply_to,
            stop_url=stop_url,
        )
        written = await self._written(texts(letter.reader.locale or self.default_locale), letter, stop_url)
        return self._judged(letter, await self.mailer.send(written, envelope))

    async def _written(self, t: Texts, letter: Letter, stop_url: str | None) -> Mail:
        message, reader = letter.message, letter.reader
        frame = Frame(
            shop=letter.sender,
            chat_url=self._chat(letter),
            colour=reader.colour or HOUSE_COLOUR,
            stop_url=stop_url,
            is_guest=letter.guest_id is not None,
        )
        view = render(t, message, reader.timezone, reader.wording)
        if letter.card is None:
            return mail(t, view, frame, picture=letter.photo)
        held = letter.card.held
        link = self.links.card(held.state.card_id, held.token_rotation)
        shown = await self.studio.card(card_face(t, held, link))
        return mail(t, view, frame, card_number=held.state.card_number, picture=shown)

    def _chat(self, letter: Letter) -> str | None:
        """The chat; for a guest, who has nothing there yet, their card, which can be taken into the chat."""
        if letter.guest_id is None:
            return self.links.chat
        held = letter.card.held if letter.card else None
        return self.links.card(held.state.card_id, held.token_rotation) if held else None

    def _judged(self, letter: Letter, outcome: Outcome) -> Outcome:
        match outcome:
            case Later(reason=reason, seconds=float(seconds)):
                self.pacer.hold_all(seconds)
                if self.clock() - letter.message.created_at >= WAITED_FOR:
                    return Later(reason)
            case Later(reason) if reason == IN_DOUBT:
                self.metrics.count_message(letter.message.kind.value, "in_doubt")
        return outcome


def channel(parts: Parts) -> EmailChannel:
    assert parts.mailer is not None
    return EmailChannel(
        mailer=parts.mailer,
        pacer=Pacer(LIMITS, time.monotonic),
        studio=parts.studio,
        links=parts.links,
        clock=parts.clock,
        metrics=parts.metrics,
        default_locale=parts.settings.default_locale,
    )
