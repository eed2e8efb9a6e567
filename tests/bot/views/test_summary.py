"""What the owner reads of a day, and what is left unsaid."""

from dataclasses import replace

import pytest

from bot.kit.buttons import Verb, parse_press
from bot.sandbox.html import parse_html
from bot.texts import length, texts
from bot.views.counter import today
from bot.views.days import change
from bot.views.summary import DayPart, by_staff, by_store, summary, void_list
from bot.views.view import View
from domain.account import Locale
from domain.kinds import EntryKind
from domain.summary import DaySummary, Figures, Share
from domain.usecases.store_today import Today
from tests.bot.views.day_scenes import (
    FIGURES,
    day,
    days_before,
    largest_day,
    quiet_day,
    share,
    told,
    void,
    voids,
)
from tests.bot.views.scenes import EMOJI, LOCALES, MERCHANT_ID, ORDINARY, ZONE

EN = texts(Locale.EN)


def shown(view: View) -> list[str]:
    return parse_html(view.text).text.split("\n")


def overview(day_: DaySummary, *missed: DaySummary) -> View:
    return summary(EN, MERCHANT_ID, told(day_, *missed))


def labels(view: View) -> list[str]:
    return [button.text for row in view.buttons for button in row]


def test_day_is_told_in_a_few_lines() -> None:
    assert shown(overview(day())) == [
        "Café Knätsch · Sunday, 22 November",
        "128 stamps · 14 rewards · 97 cards",
        "+28% compared with the Sunday before",
        "6 new customers · 91 returning customers",
        "31 rewards are waiting for their customers",
    ]


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_quiet_day_is_one_line_without_buttons(locale: Locale) -> None:
    view = summary(texts(locale), MERCHANT_ID, told(quiet_day()))
    [line] = shown(view)
    assert line.startswith("Café Knätsch · ")
    assert view.buttons == ()
    assert view.photo is None


def test_quiet_day_still_tells_of_customers_and_troubles() -> None:
    assert shown(overview(quiet_day(new_customers=1, undelivered=3))) == [
        "Café Knätsch · Sunday, 22 November: a quiet day",
        "1 new customer",
        "⚠️ 3 messages could not be delivered",
    ]


def test_program_with_both_tells_and_compares_both() -> None:
    both = day(
        has_points=True,
        figures=Figures(stamps=128, points=1_940, redemptions=1),
        before=Figures(stamps=100, points=2_000),
    )
    assert shown(overview(both))[1:3] == [
        "128 stamps · 1,940 points · 1 reward · 0 cards",
        "Stamps +28%, points −3% compared with the Sunday before",
    ]


def test_points_program_does_not_speak_of_stamps() -> None:
    points = day(
        has_stamps=False, has_points=True, figures=Figures(points=340), before=Figures(points=200, stamps=9)
    )
    assert shown(overview(points))[1:3] == [
        "340 points · 0 rewards · 0 cards",
        "+70% compared with the Sunday before",
    ]


def test_first_week_compares_with_nothing() -> None:
    assert not any("compared" in line for line in shown(overview(day(before=None))))


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (112, 100, "+12%"),
        (97, 100, "−3%"),
        (100, 100, "±0"),
        (0, 0, "±0"),
        (5, 0, "+5"),
        (2, 9, "−7"),
        (20, 10, "+100%"),
        (1_003, 1_000, "+3"),
        (0, 100, "−100%"),
        (12_345, 5, "+12,340"),
        (110, 10, "+1,000%"),
        (111, 10, "+101"),
    ],
)
def test_change_is_a_share_unless_that_says_little(now: int, before: int, said: str) -> None:
    assert change(EN, now, before) == said


def test_missed_days_have_a_line_each_up_to_three() -> None:
    lines = shown(overview(day(), *days_before(2), quiet_day()))
    assert lines[-4:] == [
        "",
        "Friday, 20 November: 128 stamps · 14 rewards · 97 cards",
        "Saturday, 21 November: 128 stamps · 14 rewards · 97 cards",
        "Sunday, 22 November: a quiet day",
    ]


def test_more_missed_days_share_one_line() -> None:
    lines = shown(overview(day(), *days_before(4, figures=replace(FIGURES, voids=1, stamps_voided=3))))
    assert lines[-2:] == [
        "",
        "Wednesday, 18 November to Saturday, 21 November: 512 stamps · 56 rewards · taken back: 12 stamps",
    ]


def test_what_was_taken_back_stands_below_in_its_own_line() -> None:
    figures = replace(FIGURES, voids=4, stamps_voided=2, redemptions_voided=3)
    assert shown(overview(day(figures=figures)))[1:4] == [
        "128 stamps · 14 rewards · 97 cards",
        "+28% compared with the Sunday before",
        "taken back: 2 stamps, 3 rewards",
    ]


def test_day_told_before_it_was_known_what_was_taken_back_says_how_often() -> None:
    assert shown(overview(day(figures=replace(FIGURES, voids=3), before=None)))[1:3] == [
        "128 stamps · 14 rewards · 97 cards",
        "3 taken back",
    ]


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_day_so_far_is_told_in_the_words_of_the_summary(locale: Locale) -> None:
    figures = replace(FIGURES, voids=4, stamps_voided=2, redemptions_voided=3)
    so_far = Today(store_name="Gare", has_stamps=True, has_points=False, store=figures, own=Figures())
    told_so_far = shown(today(texts(locale), so_far))[1:3]
    assert (
        told_so_far
        == shown(summary(texts(locale), MERCHANT_ID, told(day(figures=figures, before=None))))[1:3]
    )


def test_messages_lost_on_missed_days_are_counted_too() -> None:
    lines = shown(overview(day(undelivered=1), *days_before(4, undelivered=2)))
    assert "⚠️ 9 messages could not be delivered" in lines


@pytest.mark.parametrize(
    ("changes", "buttons"),
    [
        ({}, ["By store", "By staff"]),
        ({"stores": (share("Gare", 128),)}, ["By staff"]),
        ({"voids": voids(ORDINARY)[:2]}, ["By store", "By staff", "Taken back (2)"]),
    ],
)
def test_buttons_lead_only_to_what_there_is(changes: dict[str, object], buttons: list[str]) -> None:
    assert labels(overview(day(**changes))) == buttons


def test_buttons_name_merchant_day_and_part() -> None:
    view = overview(day(voids=voids(ORDINARY)))
    pressed = [parse_press(button.data or "") for row in view.buttons for button in row]
    assert [press.verb for press in pressed] == [Verb.DAY] * 3
    assert {(press.id(0), press.text(1)) for press in pressed} == {(MERCHANT_ID, "2026-11-22")}
    assert [DayPart(press.text(2)) for press in pressed] == [DayPart.STORES, DayPart.STAFF, DayPart.VOIDS]


def test_every_part_leads_back() -> None:
    for view in (
        by_store(EN, MERCHANT_ID, day()),
        by_staff(EN, MERCHANT_ID, day()),
        void_list(EN, MERCHANT_ID, day(voids=voids(ORDINARY)), ZONE),
    ):
        [[back]] = view.buttons
        assert back.text == "‹ Back"
        assert parse_press(back.data or "").text(2) == DayPart.ALL


def test_shares_stand_largest_first() -> None:
    assert shown(by_staff(EN, MERCHANT_ID, day())) == [
        "Sunday, 22 November · by staff",
        "Sam: 100 stamps · 0 rewards · 0 cards",
        "Léa: 28 stamps · 0 rewards · 0 cards",
    ]


def test_stores_of_a_points_program_are_ranked_by_points() -> None:
    of_belval = Figures(points=9, redemptions=1, cards=3, voids=2, points_voided=7, redemptions_voided=1)
    stores = (share("Gare", 0, points=5), Share(name="Belval", figures=of_belval))
    points = day(has_stamps=False, has_points=True, figures=Figures(points=14), stores=stores)
    assert shown(by_store(EN, MERCHANT_ID, points))[1:] == [
        "Belval: 9 points · 1 reward · 3 cards · taken back: 7 points, 1 reward",
        "Gare: 5 points · 0 rewards · 0 cards",
    ]


def test_what_was_taken_back_is_told_with_who_where_which_what_why_and_when() -> None:
    notes = (void(reason="Wrong card"), *voids(ORDINARY)[1:])
    assert shown(void_list(EN, MERCHANT_ID, day(voids=notes), ZONE)) == [
        "Sunday, 22 November · taken back",
        "23:59 · Sam · Gare",
        "Card 999 999 993: 2 stamps taken back, “Wrong card”",
        "23:59 · Sam · Gare",
        "Card 999 999 993: 12,345 points taken back",
        "23:59 · Sam · Gare",
        "Card 999 999 993: reward not handed out",
    ]


@pytest.mark.parametrize("names", [ORDINARY, EMOJI], ids=["ordinary", "emoji"])
@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_long_lists_say_how_many_are_left_out(locale: Locale, names: object) -> None:
    t, largest = texts(locale), largest_day(names)  # type: ignore[arg-type]
    for view, count, lines_each in (
        (by_store(t, MERCHANT_ID, largest), 100, 1),
        (by_staff(t, MERCHANT_ID, largest), 100, 1),
        (void_list(t, MERCHANT_ID, largest, ZONE), 90, 2),
    ):
        lines = shown(view)
        told_of = (len(lines) - 2) // lines_each
        assert told_of >= 1
        assert lines[-1] == t.n("and {count} more", "and {count} more", count - told_of)
        assert length(view.text) <= 1024


def test_short_lists_are_told_whole() -> None:
    assert "more" not in by_store(EN, MERCHANT_ID, day()).text


def test_void_of_another_kind_is_told_as_what_it_was() -> None:
    note = void(kind=EntryKind.STAMP_VOIDED, stamps_delta=-1)
    assert shown(void_list(EN, MERCHANT_ID, day(voids=(note,)), ZONE))[-1].endswith("1 stamp taken back")
