"""Rewards that need the customer: a picture of their card is not enough (docs/decisions/0111)."""

from datetime import datetime, timedelta

from domain.card import Customer
from domain.merchant import Program, RedeemConfirmation
from domain.refusals import CustomerToConfirm
from domain.rules.counter import Admitted

USE_CODE_LIVES = timedelta(seconds=60)
"""A code that a customer shows for a reward is good for so long, and once."""
CONFIRMATION_HOLDS = timedelta(minutes=5)
"""The customer's yes is good for so long: a PIN may have to be typed after it."""


def needs_customer(program: Program) -> bool:
    return program.redeem_confirmation is RedeemConfirmation.CUSTOMER


def asks_holder(program: Program, customer: Customer) -> bool:
    """A guest has no chat in which to be asked."""
    return needs_customer(program) and not customer.account.is_guest


def check_confirmed(at: Admitted, confirmed_at: datetime | None, now: datetime) -> None:
    """``confirmed_at`` is when the customer said yes, None where they did not. Raises CustomerToConfirm."""
    if not asks_holder(at.program, at.customer):
        return
    if confirmed_at is None or abs(now - confirmed_at) > CONFIRMATION_HOLDS:
        raise CustomerToConfirm


def is_use_code_over(made_at: datetime, shown_at: datetime) -> bool:
    """``shown_at`` is when it was scanned. Clocks may differ a little the other way."""
    return not -USE_CODE_LIVES <= shown_at - made_at <= USE_CODE_LIVES
