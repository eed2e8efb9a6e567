"""Owners and managers set, change and remove their shop's logo."""

from domain.account import Account
from domain.fields import Target
from domain.ids import MerchantId
from domain.logo import LOGO, Logo, written
from domain.merchant import Merchant
from domain.ports import Staffing
from domain.quick import dataclass
from domain.rights import Right
from domain.usecases.asking import asked_by
from domain.usecases.recording import record


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeLogo:
    """``account`` is None for the operator."""

    account: Account | None
    merchant_id: MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepLogo:
    """``account`` is None for the operator; ``picture`` is a PNG, None to remove the logo."""

    account: Account | None
    merchant_id: MerchantId
    picture: bytes | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopLogo:
    merchant: Merchant
    picture: bytes | None


def see_logo(*, tx: Staffing, query: SeeLogo) -> ShopLogo:
    """Raises NotAllowed, MerchantNotFound."""
    merchant, _ = asked_by(tx, query.merchant_id, query.account, Right.CHANGE_FIELDS)
    return ShopLogo(merchant=merchant, picture=picture_of(tx.logo(query.merchant_id)))


def keep_logo(*, tx: Staffing, command: KeepLogo) -> ShopLogo:
    """The same picture again changes nothing. Raises NotAllowed, MerchantNotFound."""
    merchant, member = asked_by(tx, command.merchant_id, command.account, Right.CHANGE_FIELDS)
    before, after = picture_of(tx.logo(command.merchant_id)), command.picture
    kept = ShopLogo(merchant=merchant, picture=after)
    if before == after:
        return kept
    staff_id = member.staff_id if member else None
    if after is None:
        tx.forget_logo(merchant.merchant_id)
    else:
        logo = Logo(merchant_id=merchant.merchant_id, picture=after, changed_at=tx.now, staff_id=staff_id)
        tx.save_logo(logo)
    target = Target.MERCHANT, merchant.merchant_id
    record(tx, merchant.merchant_id, target, LOGO, staff_id, written(before), written(after))
    return kept


def picture_of(logo: Logo | None) -> bytes | None:
    return logo.picture if logo else None
