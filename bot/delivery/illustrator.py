"""Which of the bot's own messages have a picture; it is drawn off the event loop."""

from bot.pictures.studio import Studio
from bot.texts import Texts
from bot.views.day_face import day_face, has_picture
from domain.messages import DailySummary, Message


async def picture(studio: Studio, t: Texts, message: Message, colour: str | None) -> bytes | None:
    """A PNG in the merchant's colour, None for what is only text."""
    match message.facts:
        case DailySummary() as facts if colour is not None and has_picture(facts.day):
            return await studio.day(day_face(t, facts, colour))
        case _:
            return None
