"""The channels: each has a file with the name of its kind, in which ``channel`` makes it."""

from collections.abc import Awaitable, Callable, Sequence
from importlib import import_module

from bot.delivery.channel import Channel
from bot.delivery.mailer import Mailer
from bot.kit.clock import Clock
from bot.kit.links import Links
from bot.kit.metrics import BotMetrics
from bot.kit.settings import Settings
from bot.pictures.studio import Studio
from bot.telegram.chat import Chat
from bot.telegram.client import DirectBot
from bot.telegram.pacing import Pacer
from bot.telegram.photos import Photos
from bot.texts import Texts
from domain.delivery import ChannelKind
from domain.ids import UserId
from domain.quick import dataclass
from domain.usecases.duties import Duties

PutMenu = Callable[[UserId, Texts, Duties], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What channels are made of; ``bot``, ``pacer`` and ``photos`` are those of the ``chat``. ``put_menu`` gives a
    chat the commands of somebody with these duties."""

    settings: Settings
    studio: Studio
    links: Links
    clock: Clock
    mailer: Mailer | None
    metrics: BotMetrics
    bot: DirectBot
    chat: Chat
    pacer: Pacer
    photos: Photos
    put_menu: PutMenu


def channels_on(parts: Parts) -> Sequence[Channel]:
    """The channels that the settings switch on."""
    return [_channel(kind, parts) for kind in sorted(parts.settings.channels_on)]


def _channel(kind: ChannelKind, parts: Parts) -> Channel:
    made: Channel = import_module(f"{__name__}.{kind.value}").channel(parts)
    return made
