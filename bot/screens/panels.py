"""The newest card panel in a chat of the team: shown again it is edited, followed by another it loses its buttons.

It is in memory alone: after a restart an old panel keeps its buttons, which are looked up again anyway.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.telegram.chat import Chat, Place
from domain.ids import CardId

EDITED_FOR = timedelta(minutes=10)
"""Telegram for iOS is said to lose the buttons of what is edited later."""


@dataclass(frozen=True, slots=True)
class Panel:
    place: Place
    card_id: CardId
    shown_at: datetime


@dataclass(kw_only=True)
class Panels:
    chat: Chat
    _newest: dict[int, Panel] = field(default_factory=dict)

    async def place_for(self, chat_id: int, card_id: CardId, now: datetime) -> Place | None:
        """Where the card's panel may be shown again; None for a new message: the old has lost its buttons then."""
        panel = self._newest.pop(chat_id, None)
        if panel is None:
            return None
        is_last = self.chat.last_sent(chat_id) == panel.place.message_id
        if is_last and panel.card_id == card_id and now - panel.shown_at < EDITED_FOR:
            self._newest[chat_id] = panel
            return panel.place
        await self.chat.take_buttons(panel.place)
        return None

    def shown(self, place: Place, card_id: CardId, now: datetime) -> None:
        """An edited panel is as old as its message."""
        known = self._newest.get(place.chat_id)
        if known is None or known.place != place:
            self._newest[place.chat_id] = Panel(place, card_id, now)

    def overwritten(self, place: Place) -> None:
        """Something else stands there now, with buttons of its own."""
        known = self._newest.get(place.chat_id)
        if known is not None and known.place == place:
            del self._newest[place.chat_id]
