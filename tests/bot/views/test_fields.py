"""Every field has a label and a sentence of help; refusals name it as its reader does."""

import pytest

from bot.texts import plain, texts
from bot.views.field_values import cut_beside, in_words
from bot.views.fields import SAID, explained, label
from bot.views.refusals import sentence
from domain.account import Locale
from domain.field_kinds import INTERIM_REWARD_STAMPS, POINT_REWARD_COST, POINT_REWARD_COUNT, Choice
from domain.fields import FIELDS, Target
from domain.refusals import Refusal

NAMES = {name for fields in FIELDS.values() for name in fields} | {
    POINT_REWARD_COST.name,
    POINT_REWARD_COUNT.name,
    INTERIM_REWARD_STAMPS.name,
}
LABEL_LENGTH_MAX = 40
"""A row of buttons shows no more."""


def refused(target: Target, name: str, text: str) -> Refusal:
    with pytest.raises(Refusal) as told:
        FIELDS[target][name].parse(text, "EUR")
    return told.value


def test_every_field_is_said_and_nothing_else() -> None:
    assert set(SAID) == NAMES


@pytest.mark.parametrize("locale", Locale, ids=str)
def test_labels_of_one_target_are_short_and_differ(locale: Locale) -> None:
    for fields in FIELDS.values():
        labels = [label(texts(locale), name) for name in fields]
        assert len(set(labels)) == len(labels)
        assert all(0 < len(said) <= LABEL_LENGTH_MAX for said in labels)
        assert all(explained(texts(locale), name) for name in fields)


@pytest.mark.parametrize("locale", Locale, ids=str)
def test_button_of_a_field_shows_each_of_its_choices_whole(locale: Locale) -> None:
    t = texts(locale)
    for fields in FIELDS.values():
        for name, one in fields.items():
            if isinstance(one, Choice):
                for said in (in_words(t, one, value, "EUR") for value in one.options):
                    assert cut_beside(said, label(t, name)) == said


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        (Locale.EN, "“Minutes that a PIN holds” goes from 0 to 1,440."),
        (Locale.FR, "«\u00a0Minutes de validité d’un code PIN\u00a0» va de 0 à 1\u202f440."),
        (Locale.DE, "„Minuten, die eine PIN gilt“ geht von 0 bis 1.440."),
        (Locale.LB, "„Minutten, déi e PIN gëllt“ geet vun 0 bis 1.440."),
    ],
    ids=str,
)
def test_refusal_names_a_field_by_its_label(locale: Locale, said: str) -> None:
    refusal = refused(Target.PROGRAM, "pin_window_minutes", "1441")
    assert plain(sentence(texts(locale), refusal, "UTC")) == said


@pytest.mark.parametrize(
    ("target", "name", "text", "said"),
    [
        (Target.PROGRAM, "point_rewards", "0=x", "“Price of a reward” goes from 1 to 1,000,000."),
        (
            Target.PROGRAM,
            "points_per_unit_milli",
            "0",
            "“Points for one unit of the currency” goes from 0.001 to 1,000, with three decimals at most,"
            " such as 0.5.",
        ),
        (
            Target.PROGRAM,
            "minimum_purchase_minor",
            "x",
            "“Smallest purchase” is an amount in EUR, such as 5.00.",
        ),
        (Target.PROGRAM, "minimum_purchase_minor", "200000", "Enter an amount up to €100,000.00."),
        (Target.MERCHANT, "allow_void", "perhaps", "“Taking back” is one of these: yes, no."),
        (
            Target.PROGRAM,
            "point_rewards",
            "<b>Espresso",
            "“<b>Espresso” is not a price in points and a reward, such as 50=Espresso.",
        ),
    ],
    ids=str,
)
def test_what_is_no_value_is_refused_in_a_sentence(target: Target, name: str, text: str, said: str) -> None:
    told = sentence(texts(Locale.EN), refused(target, name, text), "UTC")
    assert told.replace("&lt;", "<").replace("&gt;", ">") == said
    assert "<b>" not in told


def test_operator_reads_the_name_that_operators_type() -> None:
    refusal = refused(Target.PROGRAM, "pin_window_minutes", "1441")
    told = sentence(
        texts(Locale.EN),
        refusal,
        "UTC",
        name_of=lambda _t, name: name,
        number_of=lambda _t, number: str(number),
    )
    assert told == "pin_window_minutes goes from 0 to 1440."
