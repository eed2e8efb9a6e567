"""What a terminal would refuse to everybody is refused before anybody says who they are and types a PIN."""

from contextlib import suppress
from datetime import datetime

from domain.acts import (
    Act,
    AskAmount,
    Asked,
    EarnPoints,
    RedeemAny,
    RedeemInterim,
    RedeemPoints,
    RedeemReward,
    Stamp,
    TakeBack,
    TakeOver,
)
from domain.card import Card
from domain.expiry import Unit
from domain.merchant import Merchant, Program
from domain.ports import Ledger
from domain.refusals import RewardNotChosen, VoidingSwitchedOff
from domain.rules import paper, stamps
from domain.rules.counter import admit_terminal, usable_card
from domain.rules.earning import earned, unit_of
from domain.rules.multipliers import factor_asked
from domain.usecases.redeem_any import chosen, only_reward

BY_AMOUNT = (AskAmount, EarnPoints)


def check_unattended(*, tx: Ledger, query: Asked[Act]) -> None:
    """Raises NotAllowed, what ``usable_card`` raises, and what the act's use case raises because of balances and
    limits."""
    counter = tx.counter(query.actor, query.act.card)
    merchant = admit_terminal(counter)
    unit = unit_of(counter.program) or Unit.POINTS if isinstance(query.act, BY_AMOUNT) else query.act.unit
    card, _, program = usable_card(counter, unit)
    _check(query.act, merchant, card, program, tx.now)
    if isinstance(query.act, TakeOver):
        paper.check(card, program, merchant, tx.history_of(card), query.act.count, tx.now)


def _check(act: Act, merchant: Merchant, card: Card, program: Program, now: datetime) -> None:
    match act:
        case Stamp():
            stamps.check_by_number(program)
            stamps.earn(card, program, merchant.timezone, act.count, now)
        case EarnPoints():
            _check_purchase(act, merchant, card, program, now)
        case RedeemReward() | RedeemInterim() | RedeemPoints():
            chosen(act, card, program)
        case RedeemAny():
            with suppress(RewardNotChosen):
                _check(only_reward(act, card, program), merchant, card, program, now)
        case TakeBack() if not merchant.allow_void:
            raise VoidingSwitchedOff


def _check_purchase(act: EarnPoints, merchant: Merchant, card: Card, program: Program, now: datetime) -> None:
    factor = factor_asked(program, merchant.timezone, act.asked_at, now)
    what = earned(card, program, merchant.currency, act.amount_minor, factor)
    if what.unit is Unit.STAMPS:
        stamps.earn(card, program, merchant.timezone, what.count, now, factor_tenths=factor)
