"""A channel is a file: the one of each kind bears its name, and no other is in the package."""

from pkgutil import iter_modules

from bot.delivery import channels
from bot.kit.clock import system_clock
from bot.kit.links import Links
from bot.kit.metrics import BotMetrics, Metrics
from bot.kit.settings import Settings
from bot.kit.tokens import Tokens
from bot.pictures.studio import Studio
from bot.telegram.chat import Chat
from bot.telegram.client import DirectBot
from bot.telegram.pacing import Pacer
from bot.telegram.photos import Photos
from bot.texts import Texts
from domain.delivery import ALWAYS_ON, PATIENCE, ChannelKind
from domain.ids import UserId
from domain.steps import untraced
from domain.usecases.duties import Duties
from tests.support.house import UNHURRIED


def test_every_kind_of_channel_has_its_file_and_its_patience() -> None:
    files = {found.name for found in iter_modules(channels.__path__)}
    assert files == {kind.value for kind in PATIENCE} == {kind.value for kind in ChannelKind}


async def nobody_gets_one(user_id: UserId, t: Texts, duties: Duties) -> None:
    raise AssertionError(user_id, t, duties)


async def test_what_the_settings_switch_on_is_made() -> None:
    settings = Settings(bot_token="123:abc")
    studio = Studio()
    bot, pacer, photos = DirectBot(settings), Pacer(UNHURRIED, lambda: 0.0), Photos()
    parts = channels.Parts(
        settings=settings,
        studio=studio,
        links=Links("knaetsch_bot", Tokens(b"a secret")),
        bot=bot,
        chat=Chat(bot, pacer, photos),
        pacer=pacer,
        photos=photos,
        put_menu=nobody_gets_one,
        clock=system_clock,
        mailer=None,
        metrics=BotMetrics(Metrics(), settings.bot_id, untraced),
    )
    try:
        assert {channel.kind for channel in channels.channels_on(parts)} == settings.channels_on == ALWAYS_ON
    finally:
        studio.close()
