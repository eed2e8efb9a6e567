"""Cards that an owner should look at: somebody of the team may have given to themselves."""

from collections.abc import Sequence

from domain.card import CardFlag
from domain.ids import MerchantId
from domain.ports import Holdings
from domain.usecases.asking import known_merchant

ACTS_MIN = 5
"""Fewer acts by one person alone are chance: most customers come at the same hour."""


def flagged_cards(*, tx: Holdings, query: MerchantId) -> Sequence[CardFlag]:
    """One flag for each reason; those of the team's phones come first. Raises MerchantNotFound."""
    known_merchant(tx, query)
    return [*tx.cards_of_the_team(query), *tx.cards_of_one_person(query, ACTS_MIN)]
