"""What becomes of what was said to the account that a card was with before."""

from typing import Protocol

from domain.account import Account
from domain.card import Customer
from domain.ids import MerchantId
from domain.ports import Outbox, Personal


class Told(Outbox, Personal, Protocol):
    """What was said to people."""


def leave_nothing_with(
    tx: Told, merchant_id: MerchantId, before: Account, after: Account, customer: Customer | None = None
) -> None:
    """What the account of before is still owed goes to the other, what it was told and shown is forgotten: it may be
    lost, so that nobody erases it from there, and the other sees nothing of it. ``customer`` is who has no card left.
    """
    tx.redirect(merchant_id, before, after)
    tx.erase_customer(merchant_id, before, customer)
