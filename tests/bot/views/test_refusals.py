"""Every refusal has a sentence, in four languages, short enough for the alert of a pressed button."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from bot.kit import refusals as chat
from bot.sandbox.html import parse_html, utf16_length
from bot.texts import plain, texts
from bot.views.fields import label
from bot.views.progress import spaced
from bot.views.refusals import SENTENCES, sentence
from bot.views.team import role_name
from domain import refusals as facts
from domain.account import Locale
from domain.ids import CardNumber, FieldName
from domain.messages import MessageKind
from domain.money import Money
from domain.refusals import Refusal
from domain.staff import Role
from tests.bot.views.scenes import EMOJI, LOCALES, LONGEST
from tests.support.each import for_each

ALERT_LENGTH_MAX = 200
MOMENT = datetime(2026, 12, 31, 22, 59, tzinfo=UTC)
EXAMPLE = re.compile(
    r"/void 482 109 375 1 \w+|/stamp 482 109 375 2|/adjust 482 109 375 \+50 [\w ]+|/earn 482 109 375 [\d€,.\s]+$"
)


def all_refusals(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    for each in kind.__subclasses__():
        yield each
        yield from all_refusals(each)


REFUSALS = sorted(
    {each for each in all_refusals() if each.__module__ in (facts.__name__, chat.__name__)},
    key=lambda each: each.code,
)


def facts_of(kind: type[Refusal]) -> dict[str, str]:
    """The names of its fields and of their types."""
    declared = getattr(kind, "__dataclass_fields__", {})
    return {name: field.type.__name__ for name, field in declared.items()}


def filled(kind: type[Refusal], count: int = 999_999) -> Refusal:
    """The refusal with the longest values its fields can have."""
    values: dict[str, object] = {
        "int": count,
        "datetime": MOMENT,
        "date": MOMENT.date(),
        "Role": Role.TERMINAL,
        "MessageKind": MessageKind.STAFF_ALERT,
        "str": LONGEST.merchant,
        "CardNumber": CardNumber("999999993"),
        "Money": Money(count * 100, "EUR"),
        "Decimal": Decimal("0.001"),
        "FieldName": FieldName("points_per_unit_milli"),
    }
    return kind(**{name: values[type_name] for name, type_name in facts_of(kind).items()})


def test_every_refusal_has_a_code_of_its_own_and_a_sentence() -> None:
    assert set(SENTENCES) == set(REFUSALS)
    assert len({each.code for each in REFUSALS}) == len(REFUSALS)


@pytest.mark.parametrize("count", [1, 2, 999_999])
@for_each("kind", REFUSALS)
def test_sentence_fits_an_alert_and_reads_the_same_as_html_and_as_plain_text(
    kind: type[Refusal], count: int
) -> None:
    for locale in LOCALES:
        said = sentence(texts(locale), filled(kind, count), "Europe/Luxembourg")
        assert "{" not in said.replace("{0}", "").replace("{name}", "")
        shown = parse_html(said).text
        assert plain(said) == shown
        assert 0 < utf16_length(shown) <= ALERT_LENGTH_MAX
        assert shown[-1] in ".0123456789" or EXAMPLE.search(shown) or shown.endswith("/store")


@pytest.mark.parametrize("locale", LOCALES, ids=str)
def test_sentence_with_a_name_of_emoji_fits_an_alert(locale: Locale) -> None:
    for role in Role:
        refusal = facts.AlreadyOnTeam(merchant_name=EMOJI.merchant, role=role)
        said = sentence(texts(locale), refusal, "UTC")
        assert len(plain(said)) <= ALERT_LENGTH_MAX
        assert role_name(texts(locale), role) in said


@pytest.mark.parametrize("locale", LOCALES, ids=str)
@for_each("kind", REFUSALS)
def test_sentence_carries_every_fact(kind: type[Refusal], locale: Locale) -> None:
    refusal = filled(kind, 7)
    said = plain(sentence(texts(locale), refusal, "UTC"))
    for name in facts_of(kind):
        value = getattr(refusal, name)
        shown = texts(locale).money(value) if isinstance(value, Money) else str(value)
        if isinstance(value, Decimal):
            shown = shown.replace(".", texts(locale).decimal_sign)
        shown = label(texts(locale), value) if name == "field" else shown
        shown = spaced(value) if issubclass(kind, facts.CardMerged) else shown
        assert value in (MOMENT, MOMENT.date(), Role.TERMINAL) or shown in said, name


def test_large_balances_are_written_as_everywhere() -> None:
    refusal = facts.NotEnoughPoints(have=1293, need=5000)
    assert sentence(texts(Locale.EN), refusal, "UTC") == "Not enough points: 1,293 of 5,000."
    assert sentence(texts(Locale.DE), refusal, "UTC") == "Zu wenig Punkte: 1.293 von 5.000."


def test_ends_of_a_range_are_written_as_everywhere() -> None:
    field = FieldName("welcome_bonus")
    refusal = facts.NumberOutOfRange(field=field, lowest=0, highest=100_000)
    assert sentence(texts(Locale.EN), refusal, "UTC") == "“Welcome bonus” goes from 0 to 100,000."
    assert sentence(texts(Locale.DE), refusal, "UTC").endswith("von 0 bis 100.000.")
    rate = facts.RateMalformed(field=field, lowest=Decimal("0.001"), highest=Decimal(1000))
    assert "0,001" in sentence(texts(Locale.FR), rate, "UTC")
    assert "1\u202f000" in sentence(texts(Locale.FR), rate, "UTC")
    amount = facts.FieldAmountMalformed(field=field, currency="EUR", example=Decimal("5.00"))
    assert sentence(texts(Locale.LB), amount, "UTC").endswith("5,00.")


def test_times_are_those_of_the_merchant() -> None:
    refusal = facts.CooldownActive(until=MOMENT)
    assert "31/12/2026, 23:59" in sentence(texts(Locale.EN), refusal, "Europe/Luxembourg")
    assert "31/12/2026, 22:59" in sentence(texts(Locale.EN), refusal, "UTC")


@pytest.mark.parametrize(
    ("locale", "vouched", "changed"),
    [
        (Locale.EN, "You can vouch from 23:59.", "once a year, the next time on 1 January 2028."),
        (
            Locale.FR,
            "Vous pourrez vous porter garant à partir de 23:59.",
            "la prochaine fois le 1er janvier 2028.",
        ),
        (Locale.DE, "Du kannst ab 23:59 bürgen.", "das nächste Mal am 1. Januar 2028."),
        (Locale.LB, "Du kanns ab 23:59 biergen.", "déi nächste Kéier den 1. Januar 2028."),
    ],
    ids=str,
)
def test_what_is_possible_from_a_time_on_says_so_once(locale: Locale, vouched: str, changed: str) -> None:
    t, timezone = texts(locale), "Europe/Luxembourg"
    asked = facts.HolderAsked(until=MOMENT)
    assert sentence(t, asked, timezone, now=MOMENT).endswith(vouched)
    before = facts.BirthdayChangedBefore(until=date(2028, 1, 1))
    assert sentence(t, before, timezone, now=MOMENT).endswith(changed)
