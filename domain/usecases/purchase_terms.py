"""What a purchase would earn, before staff give points for it."""

from dataclasses import dataclass

from domain.acts import AskAmount, Asked
from domain.expiry import Unit
from domain.merchant import Program
from domain.ports import Ledger
from domain.rights import Right
from domain.rules.counter import admit
from domain.rules.points import points_for, smallest_purchase_minor
from domain.usecases.card_state import CardState, card_state


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseTerms:
    card: CardState
    program: Program

    def points_of(self, amount_minor: int) -> int:
        """What the purchase earns: none when it is too small. Raises AmountOutOfRange."""
        if amount_minor < smallest_purchase_minor(self.program, self.card.currency):
            return 0
        return points_for(amount_minor, self.program, self.card.currency)


def purchase_terms(*, tx: Ledger, query: Asked[AskAmount]) -> PurchaseTerms:
    """Raises what ``admit`` raises."""
    counter = tx.counter(query.actor, query.act.card)
    at = admit(counter, query.actor, Right.EARN_POINTS, Unit.POINTS)
    state = card_state(
        merchant=at.merchant, card=at.card, customer=at.customer, program=at.program, now=tx.now
    )
    return PurchaseTerms(card=state, program=at.program)
