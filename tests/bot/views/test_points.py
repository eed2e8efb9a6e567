"""What cards with points say, word for word."""

from dataclasses import replace
from datetime import date

import pytest

from bot.texts import Texts, plain, texts
from bot.views import cards, history, messages
from bot.views.faces import card_face, poster_face
from bot.views.progress import points_progress, standing
from domain.account import Locale
from domain.expiry import ExpiryKind, Unit
from domain.kinds import EntryKind
from domain.merchant import PointReward, Program, ProgramKind
from domain.usecases.my_cards import HeldCard, HistoryPage
from tests.bot.views import scenes
from tests.bot.views.points_scenes import balance, every_entry, expiring, held, receipt
from tests.bot.views.scenes import LOCALES, ORDINARY, ZONE, offer
from tests.support.terms import a_program

EN = texts(Locale.EN)
REWARDS = (
    PointReward(cost=50, name="An espresso"),
    PointReward(cost=100, name="A cake"),
    PointReward(cost=400, name="Lunch"),
)


def card(points: int, *, stamps: bool = False) -> HeldCard:
    found = held(ORDINARY, points, stamps=stamps)
    return replace(found, state=replace(found.state, point_rewards=REWARDS))


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (0, "0 points · 50 to go: An espresso"),
        (49, "49 points · 1 to go: An espresso"),
        (50, "50 points · enough for: An espresso · 50 to go: A cake"),
        (340, "340 points · enough for: A cake · 60 to go: Lunch"),
        (400, "400 points · enough for: Lunch"),
        (1234, "1,234 points · enough for: Lunch"),
    ],
)
def test_points_are_told_with_what_they_are_enough_for_and_what_is_next(points: int, said: str) -> None:
    assert points_progress(EN, points, REWARDS) == said


def test_one_point_is_a_point() -> None:
    assert points_progress(EN, 1, ()) == "1 point"


def test_card_with_stamps_and_points_has_a_line_for_each() -> None:
    assert standing(EN, card(40, stamps=True).state).splitlines() == [
        "2 rewards · 3 of 10 on the next card",
        "40 points · 10 to go: An espresso",
    ]
    assert standing(EN, card(40).state) == "40 points · 10 to go: An espresso"
    assert standing(EN, scenes.state(ORDINARY)) == "7 of 10 · 3 to go"


def test_caption_names_the_reward_of_stamps_only_where_there_are_stamps() -> None:
    assert "Reward: A coffee" in cards.caption(EN, card(40, stamps=True))
    assert "Reward" not in cards.caption(EN, card(40))


def test_every_reward_is_listed_with_its_price_and_the_next_with_what_is_missing() -> None:
    view = cards.rewards(EN, [card(60)])
    assert plain(view.text).splitlines() == [
        "Café Knätsch: 60 points",
        "🎁 An espresso: 50 points",
        "A cake: 100 points, 40 to go",
        "Lunch: 400 points",
        "Show your card at the counter.",
    ]


def test_rewards_of_a_hybrid_card_are_those_for_stamps_then_those_for_points() -> None:
    view = cards.rewards(EN, [card(10, stamps=True)])
    assert plain(view.text).splitlines() == [
        "🎁 Café Knätsch: A coffee",
        "2 rewards ready: show your card at the counter.",
        "10 points",
        "An espresso: 50 points, 40 to go",
        "A cake: 100 points",
        "Lunch: 400 points",
    ]


def test_cards_whose_points_are_enough_come_first() -> None:
    view = cards.rewards(EN, [card(10), card(60)])
    assert plain(view.text).startswith("Café Knätsch: 60 points")


def test_list_leaves_out_cards_rather_than_exceed_a_message() -> None:
    long = held(scenes.EMOJI, 340, stamps=True)
    view = cards.rewards(EN, [long] * 12)
    assert view.text.endswith("\n\nand 11 more cards")
    assert len(view.buttons) == 1
    assert view.buttons[0][0].text == scenes.EMOJI.merchant, "not back to a card, as if there were only one"


EXPIRES = {
    Locale.EN: ("12 points expire on 31 March 2027.", "Come by no later than 31 March 2027"),
    Locale.FR: ("12 points expirent le 31 mars 2027.", "Passez au plus tard le 31 mars 2027"),
    Locale.DE: ("12 Punkte verfallen am 31. März 2027.", "Komm spätestens am 31. März 2027 vorbei"),
    Locale.LB: ("12 Punkte lafen den 31. Mäerz 2027 of.", "Komm spéitstens den 31. Mäerz 2027 laanscht"),
}


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_balance_says_what_expires_next_in_words(locale: Locale) -> None:
    by_lot, by_inactivity = EXPIRES[locale]
    shown = [balance(card(340), expiring(Unit.POINTS, ExpiryKind.LOT))]
    assert cards.balance(texts(locale), shown).text.splitlines()[-1] == by_lot
    both = [expiring(unit, ExpiryKind.INACTIVITY) for unit in Unit]
    said = cards.balance(texts(locale), [balance(card(340, stamps=True), *both)]).text
    assert said.count(by_inactivity) == 1


TOGETHER = {
    Locale.EN: "12 stamps and 12 points expire on 31 March 2027.",
    Locale.FR: "12 tampons et 12 points expirent le 31 mars 2027.",
    Locale.DE: "12 Stempel und 12 Punkte verfallen am 31. März 2027.",
    Locale.LB: "12 Stempelen an 12 Punkte lafen den 31. Mäerz 2027 of.",
}


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_what_expires_on_the_same_day_is_one_sentence(locale: Locale) -> None:
    both = [expiring(unit, ExpiryKind.LOT) for unit in Unit]
    lines = cards.balance(texts(locale), [balance(card(340, stamps=True), *both)]).text.splitlines()
    assert [line for line in lines if "2027" in line] == [TOGETHER[locale]]
    later = replace(both[1], last_day=date(2027, 4, 30))
    lines = cards.balance(texts(locale), [balance(card(340, stamps=True), both[0], later)]).text.splitlines()
    assert len([line for line in lines if "2027" in line]) == len(both)


def test_balance_without_an_end_says_nothing_of_one() -> None:
    assert len(cards.balance(EN, [balance(card(340))]).text.splitlines()) == 2


def test_history_has_words_for_every_kind_of_entry() -> None:
    page = HistoryPage(held=card(0), entries=every_entry(ORDINARY), older=None)
    told = [line.partition(" · ")[2] for line in history.history(EN, page).text.splitlines()[1:]]
    assert told == [
        "+1,000,000 points",
        "reward: A coffee, 1,000,000 points",
        "+30 points back, 20 had expired meanwhile",
        "1,000,000 points taken back",
        "−1,000,000 points, corrected by the shop",
        "1,000,000 points expired",
        "20 stamps expired",
        "reward expired: A coffee",
        "+20 points to start with",
        "+20 points for bringing somebody along",
        "+20 points for your birthday",
        "+20 points because you were missed",
        "+20 points for coming with a friend",
        "20 points taken back",
        "+7 stamps, +20 points, from card 482 109 375, merged",
        "merged into card 482 109 375",
    ]


def test_no_kind_of_entry_is_left_without_words() -> None:
    points = {entry.kind for entry in every_entry(ORDINARY)}
    assert points | {entry.kind for entry in scenes.every_entry(ORDINARY)} == set(EntryKind)


@pytest.mark.parametrize(
    ("kind", "points", "shortfall", "said"),
    [
        (EntryKind.POINTS_EARNED, 12, 0, ["✅ +12 points"]),
        (EntryKind.POINTS_REDEEMED, -50, 0, ["🎁 Enjoy: A coffee"]),
        (EntryKind.POINTS_VOIDED, -12, 0, ["↩️ 12 points were taken back"]),
        (EntryKind.POINTS_ADJUSTED, 50, 0, ["✏️ +50 points, corrected by the shop"]),
        (EntryKind.POINTS_ADJUSTED, -1, 0, ["✏️ −1 point, corrected by the shop"]),
        (EntryKind.REDEMPTION_VOIDED, 50, 0, ["↩️ Your reward was not handed out: its points are back."]),
        (
            EntryKind.REDEMPTION_VOIDED,
            30,
            20,
            ["↩️ Your reward was not handed out.", "+30 points back, 20 had expired meanwhile"],
        ),
    ],
)
def test_receipt_of_points_says_what_happened_and_what_is_left(
    kind: EntryKind, points: int, shortfall: int, said: list[str]
) -> None:
    view = messages.render(EN, receipt(ORDINARY, kind, points, shortfall), ZONE)
    assert plain(view.text).splitlines() == [*said, "1,000,000 points", "Café Knätsch · Gare"]


def test_picture_of_a_card_without_stamps_shows_points_and_no_places() -> None:
    face = card_face(EN, card(60), scenes.LINK)
    assert face.points is not None
    assert (face.stamps_target, face.title) == (0, "Points card")
    assert (face.points.balance, face.points.affordable) == ("60 points", "An espresso")
    assert (face.points.next_reward, face.points.next_cost, face.points.share) == (
        "A cake",
        "100 points",
        0.6,
    )
    everything = card_face(EN, card(400), scenes.LINK).points
    assert everything is not None
    assert everything.affordable == "Lunch · A cake · An espresso"
    assert (everything.next_reward, everything.next_cost) == ("", "")


def test_picture_of_a_hybrid_card_shows_both() -> None:
    face = card_face(EN, card(60, stamps=True), scenes.LINK)
    assert (face.stamps_target, face.stamp_count, face.title) == (10, 3, "Loyalty card")
    assert face.points is not None
    assert card_face(EN, scenes.held(ORDINARY), scenes.LINK).points is None


def program(kind: ProgramKind, rate_milli: int = 1000) -> Program:
    return a_program(
        merchant_id=scenes.MERCHANT_ID,
        program_id=scenes.PROGRAM_ID,
        version=1,
        kind=kind,
        stamps_target=10,
        reward="A coffee",
        points_per_unit_milli=rate_milli,
        point_rewards=REWARDS,
        expiry_since=scenes.NOW,
        valid_from=scenes.NOW,
    )


def promise(t: Texts, kind: ProgramKind, rate_milli: int = 1000) -> tuple[str, str, int]:
    """The poster's headline and promise, and how many places it shows."""
    at = offer(ORDINARY)
    face = poster_face([t], at.merchant, at.store, program(kind, rate_milli), scenes.LINK)
    [words] = face.words
    return words.headline, words.reward.replace("\N{NO-BREAK SPACE}", " "), face.stamps_target


def test_poster_says_what_earns_points() -> None:
    assert promise(EN, ProgramKind.STAMPS) == ("Scan to get your stamp card", "10 stamps: A coffee", 10)
    assert promise(EN, ProgramKind.POINTS) == (
        "Scan to collect points",
        "1 point for every €1 · 50 points: An espresso",
        0,
    )
    assert promise(EN, ProgramKind.HYBRID) == (
        "Scan to get your stamp card",
        "10 stamps: A coffee · 1 point for every €1",
        10,
    )
    at, of_amounts = offer(ORDINARY), replace(program(ProgramKind.STAMPS), stamp_per_minor=7_50)
    [words] = poster_face([EN], at.merchant, at.store, of_amounts, scenes.LINK).words
    assert words.reward.replace("\N{NO-BREAK SPACE}", " ") == "10 stamps: A coffee · €7.50: 1 stamp"


@pytest.mark.parametrize(
    ("rate_milli", "said"),
    [
        (10_000, "10 Punkte für je 1 €"),
        (500, "1 Punkt für je 2 €"),
        (1500, "3 Punkte für je 2 €"),
        (1, "1 Punkt für je 1.000 €"),
    ],
)
def test_rate_is_told_in_whole_points_and_whole_money(rate_milli: int, said: str) -> None:
    assert promise(texts(Locale.DE), ProgramKind.POINTS, rate_milli)[1].startswith(said)
