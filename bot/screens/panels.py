"""The card panels in a team member's chat. If the card of the newest panel is shown again, that panel is edited; if
another card is shown, the older panels lose their buttons.

Kept in memory only. After a restart old panels keep their buttons; each tap looks the card up again anyway.
"""

from dataclasses import field
from datetime import datetime, timedelta

from bot.kit.bounded import remember
from bot.telegram.chat import Chat, Place
from domain.ids import CardId
from domain.quick import dataclass

EDITED_FOR = timedelta(minutes=10)
"""Telegram for iOS is said to lose the buttons of a message that is edited later than this."""


@dataclass(frozen=True, slots=True)
class Panel:
    place: Place
    card_id: CardId
    shown_at: datetime


@dataclass(kw_only=True)
class Panels:
    chat: Chat
    _standing: dict[int, list[Panel]] = field(default_factory=dict)

    async def place_for(self, chat_id: int, card_id: CardId, now: datetime) -> Place | None:
        """The message in which the card's panel can be shown again; None for a new message. All other panels of the
        chat lose their buttons."""
        last_sent, again = self.chat.last_sent(chat_id), None
        for panel in self._standing.pop(chat_id, []):
            is_last = panel.place.message_id == last_sent
            if is_last and panel.card_id == card_id and now - panel.shown_at < EDITED_FOR:
                again = panel
            else:
                await self.chat.take_buttons(panel.place)
        if again is None:
            return None
        self._stand(chat_id, [again])
        return again.place

    def shown(self, place: Place, card_id: CardId, now: datetime) -> None:
        """Notes a panel that was shown. An edited panel is as old as its message."""
        standing = self._standing.get(place.chat_id, [])
        if all((panel.place, panel.card_id) != (place, card_id) for panel in standing):
            others = [panel for panel in standing if panel.place != place]
            shown_at = min([now, *(panel.shown_at for panel in standing if panel.place == place)])
            self._stand(place.chat_id, [*others, Panel(place, card_id, shown_at)])

    async def retired(self, place: Place) -> None:
        """Takes the buttons of a panel that is shown further down now."""
        self.overwritten(place)
        await self.chat.take_buttons(place)

    def overwritten(self, place: Place) -> None:
        """Forgets a panel in whose place something else stands now, with buttons of its own."""
        standing = self._standing.get(place.chat_id, [])
        self._stand(place.chat_id, [panel for panel in standing if panel.place != place])

    def _stand(self, chat_id: int, panels: list[Panel]) -> None:
        """Remembers the panels of a chat; a chat without any is forgotten."""
        if panels:
            remember(self._standing, chat_id, panels)
        else:
            self._standing.pop(chat_id, None)
