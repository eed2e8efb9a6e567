"""What staff read of points, word by word, and which buttons they get."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from bot.kit.buttons import Verb, parse_press
from bot.texts import plain, texts
from bot.views import counter, purchases, rewards, taking_back
from bot.views.confirmations import confirmation
from bot.views.view import View
from domain.account import Locale
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.refusals import OwnCardRefused
from domain.rules.earning import Earned
from domain.rules.rewards import progress_of
from tests.bot.views import scenes
from tests.bot.views.counter_scenes import adjusted, at_counter, earned, redeemed, state, today, voided
from tests.bot.views.scenes import KEY, ORDINARY, ZONE

EN = texts(Locale.EN)
REWARDS = "🎁 Redeem (3 possible)"


def labels(view: View) -> list[list[str]]:
    return [[button.text for button in row] for row in view.buttons]


def verbs(view: View) -> set[Verb]:
    return {parse_press(button.data or "").verb for row in view.buttons for button in row}


def lines(view: View) -> list[str]:
    return plain(view.text).splitlines()


def test_panel_of_a_points_card_starts_with_what_is_next() -> None:
    view = counter.panel(EN, at_counter(ORDINARY, 40), ZONE)
    assert lines(view) == ["40 points · 60 to go: A coffee", "Léa Weber · 999 999 993"]
    assert labels(view) == [["+ Purchase"], ["Take back …"]]


def test_panel_of_a_hybrid_card_offers_stamps_and_purchases() -> None:
    found = at_counter(ORDINARY, 200, stamps=True)
    view = counter.panel(EN, replace(found, card=replace(found.card, next_stamp_at=None)), ZONE)
    assert lines(view)[0] == "2 rewards · 3 of 10 on the next card"
    assert lines(view)[1].startswith("200 points")
    assert labels(view) == [["+1"], ["+2", "+3"], ["+ Purchase"], [REWARDS], ["Take back …"]]


@pytest.mark.parametrize(
    ("left", "offered"),
    [(None, ["+1", "+2", "+3"]), (3, ["+1", "+2", "+3"]), (2, ["+1", "+2"]), (1, ["+1"])],
)
def test_panel_offers_as_many_stamps_as_are_possible(left: int | None, offered: list[str]) -> None:
    found = scenes.at_counter(ORDINARY)
    card = replace(found.card, next_stamp_at=None, stamps_left_today=left)
    view = counter.panel(EN, replace(found, card=card), ZONE)
    assert [button for row in labels(view) for button in row if button[0] == "+"] == offered


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (datetime(2026, 6, 15, 16, 33, tzinfo=UTC), "from 18:33"),
        (datetime(2026, 6, 15, 21, 59, tzinfo=UTC), "from 23:59"),
        (datetime(2026, 6, 15, 22, 0, tzinfo=UTC), "tomorrow"),
        (datetime(2026, 6, 16, 5, 0, tzinfo=UTC), "tomorrow from 07:00"),
        (datetime(2026, 6, 17, 5, 0, tzinfo=UTC), "from 17/06/2026, 07:00"),
    ],
)
def test_panel_says_from_when_in_the_words_of_today_and_offers_no_stamp_before(
    at: datetime, said: str
) -> None:
    found = scenes.at_counter(ORDINARY)
    card, now = replace(found.card, next_stamp_at=at), datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
    view = counter.panel(EN, replace(found, card=card, seen_at=now), ZONE)
    assert f"Next stamp possible {said}." in lines(view)
    assert Verb.STAMP not in verbs(view)
    told = counter.panel(EN, replace(found, card=card, seen_at=now), ZONE, "Not yet.", said_until=at)
    assert f"Next stamp possible {said}." not in lines(told)
    earlier = counter.panel(
        EN, replace(found, card=card, seen_at=now), ZONE, "Not yet.", said_until=at - timedelta(hours=1)
    )
    assert f"Next stamp possible {said}." in lines(earlier)


def test_panel_of_a_card_to_which_nothing_may_be_done_says_why_and_offers_nothing() -> None:
    view = counter.panel(EN, replace(scenes.at_counter(ORDINARY), refusal=OwnCardRefused()), ZONE)
    assert lines(view)[-1] == "This is your own card. Ask a colleague to do it."
    assert view.buttons == ()


@pytest.mark.parametrize(
    ("points", "stamps", "verb", "label"),
    [
        (100, False, Verb.REDEEM_POINTS, "🎁 Redeem (1 reward ready)"),
        (0, True, Verb.REDEEM, "🎁 Redeem (2 rewards ready)"),
        (340, False, Verb.REWARD_LIST, REWARDS),
        (200, True, Verb.REWARD_LIST, REWARDS),
    ],
)
def test_redeem_button_redeems_the_only_reward_and_lists_several(
    points: int, stamps: bool, verb: Verb, label: str
) -> None:
    view = counter.panel(EN, at_counter(ORDINARY, points, stamps=stamps), ZONE)
    assert verb in verbs(view)
    assert [label] in labels(view)
    assert len(verbs(view) & {Verb.REDEEM, Verb.REDEEM_POINTS, Verb.REWARD_LIST}) == 1


def test_reward_list_leaves_out_what_is_too_dear() -> None:
    view = rewards.reward_list(EN, state(ORDINARY, 250, stamps=True))
    assert labels(view) == [
        ["‹ Card"],
        ["A coffee · 10 stamps"],
        ["A coffee · 100 points"],
        ["A coffee · 200 points"],
    ]


def test_reward_names_its_place_and_its_price() -> None:
    view = rewards.reward_list(EN, state(ORDINARY, 250))
    chosen = [parse_press(row[0].data or "") for row in view.buttons[1:]]
    assert [(each.number(1), each.number(2)) for each in chosen] == [(0, 100), (1, 200)]
    assert len({each.text(3) for each in chosen}) == 2


def test_keypad_has_the_merchants_decimal_sign_and_none_where_there_is_nothing_smaller() -> None:
    view = purchases.ask_amount(
        EN,
        state(ORDINARY),
        nonce=KEY,
        shown="12,50 €",
        earned=Earned(unit=Unit.POINTS, count=12, carried=0),
        sign=",",
    )
    assert lines(view) == ["12,50 € · 12 points", "Léa Weber · 999 999 993"]
    rows = [["1", "2", "3"], ["4", "5", "6"], ["7", "8", "9"], [",", "0", "⌫"], ["‹ Card", "✓"]]
    assert labels(view) == rows
    yen = replace(state(ORDINARY), currency="JPY")
    assert labels(
        purchases.ask_amount(
            EN, yen, nonce=KEY, shown="", earned=Earned(unit=Unit.POINTS, count=0, carried=0), sign=","
        )
    )[3] == ["0", "⌫"]


def test_confirmations_say_the_balance_and_what_was_done() -> None:
    bought = earned(ORDINARY)
    done = confirmation(EN, replace(bought, entry=replace(bought.entry, points_delta=12, amount_minor=1250)))
    assert lines(done)[1:] == ["+12 points · €12.50", "Léa Weber · 999 999 993"]
    assert labels(done) == [["‹ Card"], [REWARDS], ["Undo"]]
    assert lines(confirmation(EN, adjusted(ORDINARY, -50, "wrong card")))[1] == "−50 points · wrong card"
    assert lines(confirmation(EN, redeemed(ORDINARY)))[0] == "🎁 Hand out: A coffee"
    assert labels(confirmation(EN, redeemed(ORDINARY)))[-1] == ["Undo"]


def test_reward_is_called_ready_only_while_it_is() -> None:
    """A button pressed again answers with the entry of then and the card of now."""
    for done in (earned(ORDINARY, 1), scenes.stamped(ORDINARY, rewards=1)):
        spent = replace(done.card, stamp_count=0, progress=progress_of(0, (), 10, ""), points_balance=0)
        assert "Reward ready" in confirmation(EN, done).text
        assert "Reward ready" not in confirmation(EN, replace(done, card=spent, replayed=True)).text


@pytest.mark.parametrize(
    ("kind", "count", "shortfall", "said"),
    [
        (EntryKind.POINTS_VOIDED, 12, 0, ["12 points taken back"]),
        (
            EntryKind.POINTS_VOIDED,
            2,
            10,
            ["2 points taken back", "10 points had already been spent; the manager is told."],
        ),
        (EntryKind.REDEMPTION_VOIDED, 100, 0, ["The reward was not handed out: its points are back."]),
        (
            EntryKind.REDEMPTION_VOIDED,
            30,
            70,
            ["The reward was not handed out.", "+30 points back, 70 had expired meanwhile"],
        ),
    ],
)
def test_void_says_what_is_gone_for_good(
    kind: EntryKind, count: int, shortfall: int, said: list[str]
) -> None:
    view = confirmation(EN, voided(ORDINARY, kind, count, shortfall))
    assert lines(view)[1:-1] == said


def test_today_counts_only_what_the_programs_give() -> None:
    assert lines(counter.today(EN, today(ORDINARY)))[1].startswith("999,999 points · 99 rewards · 999 cards")
    both = replace(today(ORDINARY), has_stamps=True)
    assert lines(counter.today(EN, both))[1].startswith("0 stamps · 999,999 points")


def test_void_list_names_purchase_and_reward() -> None:
    view = taking_back.void_list(EN, at_counter(ORDINARY), ZONE)
    assert labels(view)[1:3] == [
        ["+1,000,000 points · €100,000.00 · 31/12/2026, 23:59"],
        ["Reward redeemed · A coffee · 31/12/2026, 23:59"],
    ]
