"""A picture, its words and its badge tell the same."""

from dataclasses import replace

import pytest

from bot.texts import texts
from bot.views.faces import card_face
from bot.views.progress import progress
from domain.account import Locale
from domain.rules.rewards import progress_of
from tests.bot.views import scenes
from tests.bot.views.scenes import ORDINARY

EN = texts(Locale.EN)
LINK = "https://t.me/stempel_demo_bot?start=c"


@pytest.mark.parametrize(
    ("stamps", "shown", "beside_badge", "badge", "in_words"),
    [
        (0, 0, "0 of 5 · 5 to go", None, "0 of 5 · 5 to go"),
        (4, 4, "4 of 5 · 1 to go", None, "4 of 5 · 1 to go"),
        (5, 5, "5 of 5", "1 reward ready", "5 of 5 · 1 reward ready"),
        (6, 1, "1 of 5 on the next card", "1 reward ready", "1 reward · 1 of 5 on the next card"),
        (10, 5, "5 of 5", "2 rewards ready", "5 of 5 · 2 rewards ready"),
        (13, 3, "3 of 5 on the next card", "2 rewards ready", "2 rewards · 3 of 5 on the next card"),
    ],
)
def test_more_stamps_than_a_card_holds_are_told_once(
    stamps: int, shown: int, beside_badge: str, badge: str | None, in_words: str
) -> None:
    held = scenes.held(ORDINARY)
    pile = progress_of(stamps, (), 5, "A coffee")
    state = replace(held.state, stamp_count=stamps, progress=pile)
    face = card_face(EN, replace(held, state=state), LINK)
    assert (face.stamp_count, face.progress) == (shown, beside_badge)
    assert (face.reward_ready if face.rewards_available else None) == badge
    assert progress(EN, pile) == in_words
