"""A merchant's own words, filled in four languages under ordinary and under impossible names."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.sandbox.errors import ApiError
from bot.sandbox.html import parse_html, utf16_length
from bot.texts import plain, texts
from bot.views.messages import render
from bot.views.wording_names import start_of
from bot.views.wording_preview import preview
from domain.account import Locale
from domain.expiry import ExpiryKind, Unit
from domain.kinds import EntryKind
from domain.messages import Message, MessageKind
from domain.refusals import Refusal
from domain.rules.wordings import (
    MESSAGE_LENGTH_MAX,
    PLACEHOLDERS,
    TAGS,
    VALUE_LENGTH_MAX,
    check_wording,
)
from tests.bot.views import waiting_scenes
from tests.bot.views.coming_back_scenes import birthday_bonus, referral_bonus, win_back
from tests.bot.views.scenes import (
    EMOJI,
    LOCALES,
    LONGEST,
    ORDINARY,
    ZONE,
    Names,
    card_blocked,
    expired,
    expiring,
    new_code,
    receipt,
    reward_ready,
    sheet,
    welcome_bonus,
)

ALL = [LONGEST, EMOJI, ORDINARY]
ACTS = {
    EntryKind.STAMP_EARNED: 20,
    EntryKind.STAMP_REDEEMED: -30,
    EntryKind.REDEMPTION_VOIDED: 30,
    EntryKind.STAMP_VOIDED: -999_999_999,
}
MOST = 999_999_999


def messages(names: Names) -> Iterator[Message]:
    """One of every kind at least, with the largest numbers."""
    yield from (receipt(names, kind, delta) for kind, delta in ACTS.items())
    yield reward_ready(names)
    yield waiting_scenes.expiring(names)
    yield waiting_scenes.expired(names, MOST, MOST)
    yield new_code(names)
    yield card_blocked(names, MessageKind.CARD_BLOCKED)
    yield card_blocked(names, MessageKind.CARD_UNBLOCKED)
    for unit in Unit:
        yield welcome_bonus(names, unit, MOST)
        yield expired(names, unit, MOST, MOST)
        for kind in (ExpiryKind.INACTIVITY, ExpiryKind.LOT):
            yield expiring(names, unit, kind, MOST, MOST)
        yield birthday_bonus(names, unit, MOST)
        yield win_back(names, unit, 0)
        for told in (MessageKind.REFERRAL_REWARD, MessageKind.REFERRAL_WELCOME):
            yield referral_bonus(names, told, unit, MOST)


def said(locale: Locale, message: Message, wording: str) -> str:
    """As it is read in the chat."""
    return parse_html(render(texts(locale), message, ZONE, wording).text).text


def test_every_kind_with_words_of_its_own_is_tried_here() -> None:
    assert {message.kind for message in messages(ORDINARY)} == set(PLACEHOLDERS)


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_every_placeholder_has_a_value_no_longer_than_the_rules_allow_for(locale: Locale) -> None:
    for names in ALL:
        for message in messages(names):
            for name in PLACEHOLDERS[message.kind].all:
                value = said(locale, message, f"{{{name}}}")
                assert value.strip()
                assert utf16_length(value) <= VALUE_LENGTH_MAX[name], (message.kind, name, value)


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_the_longest_text_with_the_longest_names_is_one_telegram_takes(locale: Locale) -> None:
    for message in [*messages(LONGEST), *messages(EMOJI)]:
        wording = " ".join(f"<b>{{{name}}}</b>" for name in PLACEHOLDERS[message.kind].all)
        wording += "🎉" * (1000 - len(wording))
        assert check_wording(message.kind, wording) == wording
        assert utf16_length(said(locale, message, wording)) <= MESSAGE_LENGTH_MAX


@pytest.mark.parametrize("locale", LOCALES, ids=str)
@pytest.mark.parametrize("tag", TAGS)
def test_names_in_own_words_are_data_and_never_markup(tag: str, locale: Locale) -> None:
    names = Names(
        merchant="<i>M</i>&amp;{0}",
        store="<u>S</u>&lt;{reward}",
        customer="-",
        staff="-",
        reward="<b> & {merchant}",
    )
    receipt_said = f"<{tag}>{{merchant}} {{store}} {{what}}</{tag}>"
    shown = parse_html(
        render(texts(locale), receipt(names, EntryKind.STAMP_REDEEMED, -10), ZONE, receipt_said).text
    )
    assert shown.text.startswith("<i>M</i>&amp;{0} <u>S</u>&lt;{reward} 🎁 ")
    assert shown.text.endswith("<b> & {merchant}")
    assert len(shown.entities) == 1
    ready = parse_html(render(texts(locale), reward_ready(names), ZONE, f"<{tag}>{{reward}}</{tag}>").text)
    assert (ready.text, len(ready.entities)) == ("<b> & {merchant}", 1)


def test_what_comes_with_a_win_back_is_said_below_own_words() -> None:
    own = render(texts(Locale.EN), win_back(ORDINARY, Unit.STAMPS, 2), ZONE, "We miss you.")
    assert own.text == "We miss you.\nCome by again: 2 stamps for you, good until 31 December 2026."


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_own_words_change_the_text_and_nothing_else(locale: Locale) -> None:
    t = texts(locale)
    for message in messages(ORDINARY):
        default, own = render(t, message, ZONE), render(t, message, ZONE, "Moien & {{merchant}}")
        assert own.text == "Moien & {merchant}"
        assert (own.buttons, own.effect, own.photo) == (default.buttons, default.effect, default.photo)


@pytest.mark.parametrize(
    ("locale", "one", "many"),
    [
        (Locale.EN, "1 point|30 points|3 March 2027", "30 points|30 points|3 March 2027"),
        (Locale.FR, "1 point|30 points|3 mars 2027", "30 points|30 points|3 mars 2027"),
        (Locale.DE, "1 Punkt|30 Punkte|3. März 2027", "30 Punkte|30 Punkte|3. März 2027"),
        (Locale.LB, "1 Punkt|30 Punkten|3. Mäerz 2027", "30 Punkten|30 Punkten|3. Mäerz 2027"),
    ],
)
def test_amounts_and_dates_are_written_as_the_reader_writes_them(locale: Locale, one: str, many: str) -> None:
    wording = "{count}|{balance}|{date}"
    for count, expected in ((1, one), (30, many)):
        message = expiring(ORDINARY, Unit.POINTS, ExpiryKind.LOT, count, 30)
        assert said(locale, message, wording) == expected


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (EntryKind.STAMP_EARNED, "✅ +20 stamps"),
        (EntryKind.STAMP_REDEEMED, "🎁 Enjoy: A coffee"),
        (EntryKind.REDEMPTION_VOIDED, "↩️ Your reward was not handed out: its stamps are back."),
    ],
)
def test_receipt_in_own_words_says_which_act_it_was(kind: EntryKind, what: str) -> None:
    message = receipt(ORDINARY, kind, ACTS[kind])
    wording = "{store}: {what} ({progress}, {merchant})"
    expected = f"Gare: {what} (10 of 10 · 2 rewards ready, Café Knätsch)"
    assert said(Locale.EN, message, wording) == expected


DEFAULTS = {
    "what is left is said": (
        expiring(ORDINARY, Unit.POINTS, ExpiryKind.LOT, 1, 30),
        "⏳ 1 point expires soon.\nUse it at Café Knätsch by 3 March 2027.\nYou have 30 points in all.",
    ),
    "lots are to be used": (
        expiring(ORDINARY, Unit.STAMPS, ExpiryKind.LOT, 3, 3),
        "⏳ 3 stamps expire soon.\nUse them at Café Knätsch by 3 March 2027.",
    ),
    "a visit saves all": (
        expiring(ORDINARY, Unit.STAMPS, ExpiryKind.INACTIVITY, 3, 3),
        "⏳ 3 stamps expire soon.\nCome to Café Knätsch by 3 March 2027 and nothing is lost.",
    ),
    "one is gone, others are left": (
        expired(ORDINARY, Unit.STAMPS, 1, 2),
        "⌛ 1 stamp at Café Knätsch has expired.\nYou have 2 stamps left.",
    ),
    "all are gone": (
        expired(ORDINARY, Unit.POINTS, 30, 0),
        "⌛ 30 points at Café Knätsch have expired.\nNothing is left, but every visit counts again.",
    ),
    "a start": (
        welcome_bonus(ORDINARY, Unit.STAMPS, 2),
        "🎁 Café Knätsch gives you 2 stamps to start with: your first reward is already closer.",
    ),
}


@pytest.mark.parametrize("case", DEFAULTS)
def test_balances_are_told_in_the_words_of_the_house_by_default(case: str) -> None:
    message, expected = DEFAULTS[case]
    assert plain(render(texts(Locale.EN), message, ZONE).text) == expected


@pytest.mark.parametrize("kind", PLACEHOLDERS)
def test_preview_is_filled_with_the_merchants_names_and_has_no_buttons(kind: MessageKind) -> None:
    wording = " ".join(f"{{{name}}}" for name in PLACEHOLDERS[kind].all)
    for text in (None, wording):
        view = preview(texts(Locale.EN), sheet(ORDINARY), kind, text)
        assert "Café Knätsch" in view.text
        assert view.buttons == ()
    if kind in (MessageKind.STAMPS_EXPIRING, MessageKind.POINTS_EXPIRING):
        assert "14 January 2027" in preview(texts(Locale.EN), sheet(ORDINARY), kind, wording).text


PIECES = (
    *(f"<{tag}>" for tag in TAGS),
    *(f"</{tag}>" for tag in TAGS),
    *("{what}", "{store}", "{merchant}", "{progress}", "{{", "}}", "{", "}", "{what!r}", "{0}"),
    *("&amp;", "&lt;", "&gt;", "&quot;", "&", "<", ">", "<p>", "\n", " ", "🎉", "x", "b>", "/"),
)


@given(some.lists(some.sampled_from(PIECES), max_size=8).map("".join))
def test_telegram_reads_whatever_was_accepted(text: str) -> None:
    try:
        wording = check_wording(MessageKind.RECEIPT, "{what}" + text)
    except Refusal:
        return
    for names in ALL:
        assert said(Locale.LB, receipt(names, EntryKind.STAMP_REDEEMED, -10), wording)


@given(some.lists(some.sampled_from(TAGS), min_size=1, max_size=5, unique=True))
def test_whatever_telegram_reads_of_the_allowed_tags_is_accepted(tags: list[str]) -> None:
    opened = "".join(f"<{tag}>" for tag in tags)
    closed = "".join(f"</{tag}>" for tag in reversed(tags))
    text = f"{opened}{{what}}{closed}"
    try:
        said(Locale.EN, receipt(ORDINARY, EntryKind.STAMP_EARNED, 1), text)
    except ApiError:
        with pytest.raises(Refusal):
            check_wording(MessageKind.RECEIPT, text)
    else:
        assert check_wording(MessageKind.RECEIPT, text) == text


@pytest.mark.parametrize("kind", PLACEHOLDERS)
def test_text_to_start_from_may_be_sent_as_it_is_and_fills_up(kind: MessageKind) -> None:
    """In each language, with no word of another's."""
    starts = {start_of(texts(locale), kind) for locale in Locale}
    assert len(starts) == (1 if kind is MessageKind.RECEIPT else len(Locale))
    for locale in Locale:
        start = start_of(texts(locale), kind)
        assert check_wording(kind, start) == start
        assert "{" not in preview(texts(locale), sheet(ORDINARY), kind, start).text


def test_preview_of_a_shop_that_counts_points_alone_tells_points() -> None:
    t, points = texts(Locale.EN), replace(sheet(ORDINARY), has_stamps=False)
    assert "+12 points\n42 points" in plain(preview(t, points, MessageKind.RECEIPT, None).text)
