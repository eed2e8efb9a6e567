"""Finds the merchant, and who asks: a member who has the right, or the operator."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from domain.account import Account
from domain.ids import MerchantId, StaffId
from domain.merchant import Merchant
from domain.ports import Team, Terms
from domain.refusals import AskerMayNot, MerchantNotFound, NotAllowed, OwnCardRefused
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


@contextmanager
def in_name_of(tx: Team, merchant_id: MerchantId, staff_id: StaffId) -> Iterator[None]:
    """What is refused to the member who asked, when another answers, is said of them. Raises AskerMayNot."""
    try:
        yield
    except (NotAllowed, OwnCardRefused) as refused:
        asker = tx.staff(merchant_id, staff_id)
        raise AskerMayNot(name=asker.name if asker else "") from refused
