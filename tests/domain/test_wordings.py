"""What a merchant may write in the place of the house's own sentences."""

import pytest

from domain.messages import MESSAGES, MessageKind
from domain.refusals import (
    Refusal,
    WordingEmpty,
    WordingKindFixed,
    WordingMarkupBroken,
    WordingPlaceholderMissing,
    WordingPlaceholderUnknown,
    WordingTooLong,
    WordingTooLongFilled,
)
from domain.rules.wordings import PLACEHOLDERS, VALUE_LENGTH_MAX, check_wording, placeholders_of

READY, RECEIPT, EXPIRING = MessageKind.REWARD_READY, MessageKind.RECEIPT, MessageKind.POINTS_EXPIRING

GOOD = [
    "{reward}",
    "Hurra, {reward}!",
    "{merchant}: {reward}, {rewards}, {number}",
    "{reward} {reward}",
    "first line\n\n{reward}",
    "<b>{reward}</b>",
    "<b><i><u><s><tg-spoiler>{reward}</tg-spoiler></s></u></i></b>",
    "<b>a</b><b>b</b> <code>{reward}</code>",
    "<b></b>{reward}",
    "Kaffi &amp; Kuch &lt;3 &gt; &quot;{reward}&quot;",
    "{{no placeholder}} {reward}",
    "{{{reward}}}",
    "🎉 {reward} 👨‍👩‍👧 ❤️ bientôt\u00a0!",
    "100 % {reward}: %s %(x)d $reward",
    "{reward}" + "x" * 992,
]
UNKNOWN = [
    ("{reward} {rewrad}", "rewrad"),
    ("{reward} {Reward}", "Reward"),
    ("{reward} { reward }", " reward "),
    ("{reward} {date}", "date"),
    ("{reward} {}", "{}"),
    ("{reward} {0}", "0"),
    ("{reward.__class__}", "reward.__class__"),
    ("{reward[0]}", "reward[0]"),
    ("{reward!r}", "reward!r"),
    ("{reward:>9999999}", "reward:>9999999"),
    ("{reward!s:^9}", "reward!s:^9"),
    ("{reward:{merchant}}", "reward:{merchant}"),
    ("{reward} {" + "x" * 900 + "}", "x" * 32),
    ("{first} {second}", "first"),
    ("{second} {first}", "second"),
]
BROKEN = [
    ("{reward", "{reward"),
    ("reward} {reward}", "}"),
    ("{reward}}", "}"),
    ("{{reward} {reward}", "}"),
    ("{reward} {", "{"),
    ("{reward!}", "{reward!}"),
    ("{reward} a & b", "&"),
    ("{reward} &nbsp;", "&nbsp;"),
    ("{reward} &#65;", "&"),
    ("{reward} &amp", "&amp"),
    ("&{reward};", "&"),
    ("{reward} < 3", "< 3"),
    ("{reward} <3", "<3"),
    ("{reward} > 3", ">"),
    ("<b>{reward}", "<b>"),
    ("<b><i>{reward}</i>", "<b>"),
    ("{reward}</b>", "</b>"),
    ("<b><i>{reward}</b></i>", "</b>"),
    ("<b>{reward}</i>", "</i>"),
    ("<b>{reward}</ b>", "</ b>"),
    ("<B>{reward}</B>", "<B>"),
    ("<b >{reward}</b>", "<b >"),
    ("<br/>{reward}", "<br/>"),
    ("<p>{reward}</p>", "<p>"),
    ("<pre>{reward}</pre>", "<pre>"),
    ("<strong>{reward}</strong>", "<strong>"),
    ('<a href="https://example.org">{reward}</a>', '<a href="https://example.org">'),
    ('<b class="x">{reward}</b>', '<b class="x">'),
    ("<{reward}>", "<{reward}>"),
    ("<!-- --> {reward}", "<!-- -->"),
    ("<code><b>{reward}</b></code>", "<b>"),
    ("<b><code>{reward}</code></b>", "<code>"),
    ("<code><code>{reward}</code></code>", "<code>"),
    ("{reward}<", "<"),
    ("{reward}\x00", "U+0000"),
    ("{reward}\tx", "U+0009"),
    ("{reward}\udce9", "U+DCE9"),
]


@pytest.mark.parametrize("text", GOOD)
def test_good_text_is_kept_as_it_is(text: str) -> None:
    assert check_wording(READY, text) == text


def test_space_around_a_text_and_line_ends_of_other_systems_are_not_kept() -> None:
    assert check_wording(READY, " \n {reward}\r\nnow \r\n") == "{reward}\nnow"


@pytest.mark.parametrize(("text", "name"), UNKNOWN)
def test_placeholder_that_is_not_of_this_message_is_refused_by_name(text: str, name: str) -> None:
    with pytest.raises(WordingPlaceholderUnknown) as refused:
        check_wording(READY, text)
    assert refused.value.name == name


@pytest.mark.parametrize(("text", "found"), BROKEN)
def test_what_telegram_could_not_read_is_refused_and_shown(text: str, found: str) -> None:
    with pytest.raises(WordingMarkupBroken) as refused:
        check_wording(READY, text)
    assert refused.value.found == found


@pytest.mark.parametrize(
    ("kind", "text", "name"),
    [
        (READY, "Come and get it", "reward"),
        (READY, "{{reward}}", "reward"),
        (RECEIPT, "{progress} {merchant} {store}", "what"),
        (EXPIRING, "{balance} until {date}", "count"),
        (EXPIRING, "{count} soon", "date"),
        (EXPIRING, "soon", "count"),
        (MessageKind.POINTS_EXPIRED, "{balance}", "count"),
        (MessageKind.WELCOME_BONUS, "Moien!", "count"),
    ],
)
def test_message_must_say_what_it_is_for(kind: MessageKind, text: str, name: str) -> None:
    with pytest.raises(WordingPlaceholderMissing) as refused:
        check_wording(kind, text)
    assert refused.value.name == name


@pytest.mark.parametrize("text", ["", "  ", "\n\r\n"])
def test_empty_text_is_refused(text: str) -> None:
    with pytest.raises(WordingEmpty):
        check_wording(READY, text)


def test_text_has_at_most_1000_characters() -> None:
    assert check_wording(READY, "{reward}" + "🎉" * 992)
    with pytest.raises(WordingTooLong) as refused:
        check_wording(READY, "{reward}" + "x" * 993)
    assert refused.value.length_max == 1000


def test_filled_text_fits_a_message_whatever_the_names() -> None:
    """A reward takes at most 160 units: 25 of them are 4000, and 96 more fit."""
    assert check_wording(READY, "{reward}" * 25 + "x" * 96)
    with pytest.raises(WordingTooLongFilled) as refused:
        check_wording(READY, "{reward}" * 25 + "x" * 97)
    assert refused.value.length_max == 4096
    with pytest.raises(WordingTooLongFilled):
        check_wording(READY, "{reward}" * 25 + "🎉" * 49)


def test_tags_and_references_are_not_counted_as_shown() -> None:
    assert check_wording(READY, "{reward}" * 25 + "<b>" + "&amp;" * 96 + "</b>")
    with pytest.raises(WordingTooLongFilled):
        check_wording(READY, "{reward}" * 25 + "<b>" + "&amp;" * 97 + "</b>")


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        ("x" * 1001, WordingTooLong),
        ("{x} <b>", WordingPlaceholderUnknown),
        ("<b>", WordingPlaceholderMissing),
        ("{reward}" * 100 + "<b>", WordingMarkupBroken),
    ],
)
def test_refusals_come_in_a_fixed_order(text: str, refusal: type[Refusal]) -> None:
    with pytest.raises(refusal):
        check_wording(READY, text)


@pytest.mark.parametrize("kind", PLACEHOLDERS)
def test_every_kind_takes_all_its_placeholders_at_once_and_needs_only_the_required(kind: MessageKind) -> None:
    placeholders = placeholders_of(kind)
    everything = " ".join(f"{{{name}}}" for name in placeholders.all)
    needed = " ".join(f"{{{name}}}" for name in placeholders.required)
    assert check_wording(kind, everything) == everything
    assert check_wording(kind, needed) == needed
    assert placeholders.required
    assert len(set(placeholders.all)) == len(placeholders.all)
    assert set(placeholders.all) <= set(VALUE_LENGTH_MAX)


@pytest.mark.parametrize("kind", [kind for kind in MessageKind if kind not in PLACEHOLDERS])
def test_other_kinds_keep_the_words_of_the_house(kind: MessageKind) -> None:
    for refused in (lambda: check_wording(kind, "{merchant}"), lambda: placeholders_of(kind)):
        with pytest.raises(WordingKindFixed) as told:
            refused()
        assert told.value.kind is kind


def test_these_messages_alone_keep_the_words_of_the_house() -> None:
    assert set(MESSAGES) - set(PLACEHOLDERS) == {
        MessageKind.DISPUTE,
        MessageKind.DISPUTE_SETTLED,
        MessageKind.DISPUTE_ANSWERED,
        MessageKind.STAFF_ALERT,
        MessageKind.PIN_RESET,
        MessageKind.PIN_TRIED,
        MessageKind.HAND_OVER,
        MessageKind.DAILY_SUMMARY,
        MessageKind.CODES_CHANGED,
        MessageKind.FLAG_RAISED,
        MessageKind.MOVE_ASKED,
        MessageKind.MOVE_ANSWERED,
        MessageKind.CARD_ADOPTED,
        MessageKind.CARD_MOVED,
        MessageKind.APPROVAL_ASKED,
        MessageKind.APPROVAL_SETTLED,
        MessageKind.APPROVAL_ANSWERED,
        MessageKind.CARDS_MERGED,
        MessageKind.SHOP_CLOSING,
        MessageKind.SHOP_ENDED,
        MessageKind.BIRTHDAY_ASKED,
        MessageKind.REFERRAL_VOIDED,
        MessageKind.MARKETING_ASKED,
        MessageKind.BROADCAST,
        MessageKind.BROADCAST_TEST,
        MessageKind.MAIL_REFUSED,
        MessageKind.MAIL_CODE_REFUSED,
        MessageKind.MAIL_CARD_REFUSED,
        MessageKind.NOTICE_OVER,
        MessageKind.ALARM_OVER,
        MessageKind.REDEEM_ASKED,
        MessageKind.REDEEM_SETTLED,
    }
    assert set(PLACEHOLDERS) <= set(MESSAGES)
