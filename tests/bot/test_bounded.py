"""What is remembered of chats has a bound, and the newest is never what is forgotten."""

from datetime import UTC, datetime
from typing import cast

from bot.kit.bounded import REMEMBERED_MAX, forget_oldest
from bot.screens.panels import Panels
from bot.telegram.chat import Chat, Place
from domain.ids import CardId

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)


def test_oldest_is_forgotten_when_there_are_too_many() -> None:
    remembered = dict.fromkeys(range(REMEMBERED_MAX))
    forget_oldest(remembered)
    assert len(remembered) == REMEMBERED_MAX
    remembered[-1] = None
    forget_oldest(remembered)
    assert len(remembered) == REMEMBERED_MAX
    assert 0 not in remembered
    assert -1 in remembered


async def test_chat_is_remembered_while_it_has_a_panel_and_of_chats_so_many() -> None:
    panels = Panels(chat=cast(Chat, None))
    for chat_id in range(REMEMBERED_MAX + 5):
        panels.shown(Place(chat_id, 1), CardId("c"), NOW)
    assert len(panels._standing) == REMEMBERED_MAX
    panels.overwritten(Place(100, 1))
    assert len(panels._standing) == REMEMBERED_MAX - 1
