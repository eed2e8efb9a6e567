"""What happens to messages to the account that had a card before."""

from typing import Protocol

from domain.account import Account
from domain.card import Customer
from domain.ids import MerchantId
from domain.ports import Outbox, Personal


class Told(Outbox, Personal, Protocol):
    """What people were told."""


def leave_nothing_with(
    tx: Told, merchant_id: MerchantId, before: Account, after: Account, customer: Customer | None = None
) -> None:
    """What the old account is still owed goes to the new one. What it was told and shown is forgotten, because its
    phone may be lost, so that nobody could erase it there; the new account does not see it. ``customer`` is given
    where the holder has no card left."""
    tx.redirect(merchant_id, before, after)
    tx.erase_customer(merchant_id, before, customer)
