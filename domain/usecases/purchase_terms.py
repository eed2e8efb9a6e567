"""What a purchase would earn, before staff give points or stamps for it."""

from domain.acts import AskAmount, Asked
from domain.card import Card
from domain.expiry import Unit
from domain.merchant import Program
from domain.ports import Ledger
from domain.quick import dataclass
from domain.refusals import PurchaseTooSmall
from domain.rights import Right
from domain.rules.counter import admit
from domain.rules.earning import Earned, earned, unit_of
from domain.rules.multipliers import factor_at
from domain.usecases.card_state import CardState, card_state


@dataclass(frozen=True, slots=True, kw_only=True)
class PurchaseTerms:
    """``factor_tenths`` is the factor that holds now."""

    card: CardState
    held: Card
    program: Program
    factor_tenths: int

    def earned_by(self, amount_minor: int) -> Earned:
        """What the purchase would earn now: nothing when it is too small. Raises AmountOutOfRange."""
        unit = unit_of(self.program) or Unit.POINTS
        nothing = Earned(unit=unit, count=0, carried=0)
        if not amount_minor:
            return nothing
        try:
            return earned(self.held, self.program, self.card.currency, amount_minor, self.factor_tenths)
        except PurchaseTooSmall:
            return nothing


def purchase_terms(*, tx: Ledger, query: Asked[AskAmount]) -> PurchaseTerms:
    """Raises what ``admit`` raises."""
    counter = tx.counter(query.actor, query.act.card)
    at = admit(counter, query.actor, Right.EARN_POINTS, unit_of(counter.program) or Unit.POINTS)
    state = card_state(
        merchant=at.merchant, card=at.card, customer=at.customer, program=at.program, now=tx.now
    )
    factor = factor_at(at.program, at.merchant.timezone, tx.now)
    return PurchaseTerms(card=state, held=at.card, program=at.program, factor_tenths=factor)
