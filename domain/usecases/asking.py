"""Finds the merchant, and who asks: a member who has the right, or the operator."""

from typing import Protocol

from domain.account import Account
from domain.ids import MerchantId
from domain.merchant import Merchant
from domain.ports import Team, Terms
from domain.refusals import MerchantNotFound
from domain.rights import Right, entitled
from domain.staff import Staff


class Asking(Terms, Team, Protocol):
    """Merchants, and the people who work for them."""


def known_merchant(tx: Terms, merchant_id: MerchantId) -> Merchant:
    """Raises MerchantNotFound."""
    merchant = tx.merchant(merchant_id)
    if merchant is None:
        raise MerchantNotFound
    return merchant


def is_of_team(tx: Team, merchant_id: MerchantId, account: Account) -> bool:
    member = tx.member(merchant_id, account)
    return member is not None and member.is_active


def asked_by(
    tx: Asking, merchant_id: MerchantId, account: Account | None, right: Right
) -> tuple[Merchant, Staff | None]:
    """The merchant and the member who asks; without an account it is the operator, for whom the member is None.
    Raises NotAllowed, whether or not the merchant exists, and MerchantNotFound."""
    member = entitled(tx.member(merchant_id, account), right) if account is not None else None
    return known_merchant(tx, merchant_id), member
