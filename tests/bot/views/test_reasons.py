"""A reason that was chosen is told in the reader's language, whatever the language of who chose it."""

from itertools import product

import pytest

from bot.texts import texts
from bot.views import reasons
from domain.account import Locale

EVERY = (*reasons.TO_TAKE_BACK, *reasons.FOR_MORE, *reasons.TO_BLOCK, *reasons.TO_VOUCH, reasons.DISPUTED)


@pytest.mark.parametrize("reason", EVERY)
def test_chosen_reason_is_told_in_the_readers_language(reason: str) -> None:
    for chosen_in, read_in in product(map(texts, Locale), map(texts, Locale)):
        assert reasons.told(read_in, chosen_in(reason)) == read_in(reason)
        assert reasons.told(read_in, " ".join(chosen_in(reason).split())) == read_in(reason)


def test_typed_reason_stays_as_it_is() -> None:
    assert reasons.told(texts(Locale.FR), "Wrong card, twice") == "Wrong card, twice"
