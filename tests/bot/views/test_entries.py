"""Every kind of entry has its words."""

from dataclasses import replace

import pytest

from bot.texts import texts
from bot.views.entries import SAID, change_of, entry_label
from domain.account import Locale
from domain.kinds import KINDS, EntryKind
from tests.bot.views.scenes import LOCALES, ORDINARY, ZONE, every_entry, more_entries


def test_every_kind_has_its_words() -> None:
    assert set(SAID) == set(EntryKind)


@pytest.mark.parametrize("kind", EntryKind)
def test_words_for_the_shop_and_for_the_holder_are_there_in_every_language(kind: EntryKind) -> None:
    sign = 1 if KINDS[kind].opens_lot or kind is EntryKind.REDEMPTION_VOIDED else -1
    made = change_of(kind, 3 * sign, 0)
    for locale in LOCALES:
        said = SAID[kind]
        for saying in (said.history, said.receipt, said.shop, said.taken_back):
            assert "{" not in saying(texts(locale), made)


def test_reward_on_the_way_that_was_not_handed_out_gives_nothing_back() -> None:
    said, made = SAID[EntryKind.REDEMPTION_VOIDED], change_of(EntryKind.REDEMPTION_VOIDED, 0, 0)
    t = texts(LOCALES[0])
    assert (said.history(t, made), said.shop(t, made)) == ("reward not handed out", "Reward taken back")


@pytest.mark.parametrize("locale", LOCALES)
def test_what_staff_did_fits_on_a_button_of_a_narrow_phone(locale: Locale) -> None:
    """375 pixels wide, it holds 40 letters on a line. How long a reward is called is the shop's."""
    t, entries = texts(locale), (*every_entry(ORDINARY), *more_entries(ORDINARY))
    labels = [entry_label(t, replace(each, reward=each.reward and "Kaffi"), ZONE) for each in entries]
    assert [label for label in labels if len(label) > 40] == []
    assert {each.kind for each in entries} >= {EntryKind.MERGED_IN, EntryKind.PAPER_STAMPS}


@pytest.mark.parametrize(
    ("kind", "stamps_delta", "points_delta", "said"),
    [
        (EntryKind.STAMP_VOIDED, -2, 0, "2 stamps taken back"),
        (EntryKind.POINTS_VOIDED, 0, -1, "1 point taken back"),
        (EntryKind.POINTS_VOIDED, 0, 0, "0 points taken back"),
        (EntryKind.REDEMPTION_VOIDED, 0, 50, "reward not handed out"),
    ],
)
def test_void_is_listed_in_its_own_unit(
    kind: EntryKind, stamps_delta: int, points_delta: int, said: str
) -> None:
    assert SAID[kind].taken_back(texts(LOCALES[0]), change_of(kind, stamps_delta, points_delta)) == said
