"""Reasons that are chosen with a button: kept in the words of who chose one, and told in those of who reads it."""

from collections.abc import Mapping, Sequence
from functools import cache

from bot.texts import Texts, mark, texts
from domain.account import Locale

TO_TAKE_BACK = (mark("Mistake at the till"), mark("Wrong card"), mark("Customer changed their mind"))
FOR_MORE = (mark("Several purchases"), mark("Paid for several people"), mark("Forgotten last time"))
TO_BLOCK = (mark("Lost or stolen"), mark("Misuse"), mark("The customer wishes it"))
TO_VOUCH = (mark("I know the customer"), mark("Showed an identity card"), mark("Showed the old phone"))
DISPUTED = mark("The customer says it was not them")
"""Beside an act that is taken back because the customer disputes it."""


def choices(t: Texts, reasons: Sequence[str]) -> Sequence[str]:
    return tuple(map(t, reasons))


def told(t: Texts, reason: str) -> str:
    """What somebody typed stays as it is."""
    chosen = _chosen().get(_plain(reason))
    return t(chosen) if chosen else reason


@cache
def _chosen() -> Mapping[str, str]:
    every = (*TO_TAKE_BACK, *FOR_MORE, *TO_BLOCK, *TO_VOUCH, DISPUTED)
    return {_plain(texts(locale)(reason)): reason for locale in Locale for reason in every}


def _plain(reason: str) -> str:
    """Whatever spaces it was typeset with."""
    return " ".join(reason.split())
