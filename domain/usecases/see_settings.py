"""The fields of a shop, as members who may change them see them, and the recorded changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from domain.account import Account
from domain.card import Card
from domain.fields import FieldChange
from domain.ids import ChangeId, MerchantId, ProgramId, StaffId
from domain.merchant import Program
from domain.ports import Staffing
from domain.quick import dataclass, replace
from domain.refusals import ChangeNotFound
from domain.rights import Right, entitled
from domain.rules.held import under_new_terms
from domain.rules.rewards import rewards_for_points, rewards_for_stamps
from domain.rules.terms import checked
from domain.team_log import team_change
from domain.usecases.see_shop import Shop, see_shop

CHANGES_SHOWN, CHANGES_FOUND_MAX = 10, 1000
"""How many changes a page shows; and among how many of the newest one is found again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeSettings:
    account: Account
    merchant_id: MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopSettings:
    """``staff_id`` is the member who looks at them."""

    shop: Shop
    staff_id: StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeSeen:
    """``staff_name`` is None where the operator made it; ``member_name`` is the member whom it is about."""

    change: FieldChange
    staff_name: str | None
    member_name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeChanges:
    account: Account
    merchant_id: MerchantId
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """A page of them, newest first."""

    shop: Shop
    changes: Sequence[ChangeSeen]
    page: int = 0
    has_more: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FindChange:
    account: Account
    merchant_id: MerchantId
    change_id: ChangeId


@dataclass(frozen=True, slots=True, kw_only=True)
class PreviewTerms:
    """Asks what other values of a program's fields would do to the present cards."""

    account: Account
    merchant_id: MerchantId
    program_id: ProgramId
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsTouched:
    """Of a program's begun cards: how many become good for more rewards at once, and how many keep earlier terms."""

    begun: int
    gaining: int
    keeping: int

    @property
    def are_any(self) -> bool:
        return self.gaining > 0 or self.keeping > 0


def see_settings(*, tx: Staffing, query: SeeSettings) -> ShopSettings:
    """Raises NotAllowed, MerchantNotFound."""
    member = entitled(tx.member(query.merchant_id, query.account), Right.CHANGE_FIELDS)
    return ShopSettings(shop=see_shop(tx=tx, query=query.merchant_id), staff_id=member.staff_id)


def see_changes(*, tx: Staffing, query: SeeChanges) -> Changes:
    """Raises NotAllowed, MerchantNotFound."""
    asked = SeeSettings(account=query.account, merchant_id=query.merchant_id)
    shop = see_settings(tx=tx, query=asked).shop
    first, last = query.page * CHANGES_SHOWN, (query.page + 1) * CHANGES_SHOWN
    found = tx.changes_of(query.merchant_id, last + 1)
    shown = [
        ChangeSeen(change=each, staff_name=_name(tx, each, each.staff_id), member_name=_member(tx, each))
        for each in found[first:last]
    ]
    return Changes(shop=shop, changes=shown, page=query.page, has_more=len(found) > last)


def find_change(*, tx: Staffing, query: FindChange) -> tuple[Shop, FieldChange]:
    """Raises NotAllowed, MerchantNotFound, ChangeNotFound."""
    asked = SeeSettings(account=query.account, merchant_id=query.merchant_id)
    shop = see_settings(tx=tx, query=asked).shop
    for each in tx.changes_of(query.merchant_id, CHANGES_FOUND_MAX):
        if each.change_id == query.change_id:
            return shop, each
    raise ChangeNotFound


def preview_terms(*, tx: Staffing, query: PreviewTerms) -> CardsTouched:
    """Raises NotAllowed, MerchantNotFound, ProgramNotFound, and what ``checked`` raises."""
    seeing = SeeSettings(account=query.account, merchant_id=query.merchant_id)
    before = see_settings(tx=tx, query=seeing).shop.program(query.program_id)
    after = checked(replace(before, **query.values))
    cards = [(card, under_new_terms(card, before, after)) for card in tx.begun_cards(before) if card.active]
    return CardsTouched(
        begun=len(cards),
        gaining=sum(_rewards(changed, after) > _rewards(card, before) for card, changed in cards),
        keeping=sum(bool(changed.held_cards or changed.held_points) for _, changed in cards),
    )


def _rewards(card: Card, program: Program) -> int:
    of_stamps = rewards_for_stamps(card, program, card.stamp_count)
    return of_stamps + rewards_for_points(card, program, card.points_balance)


def _member(tx: Staffing, change: FieldChange) -> str | None:
    return _name(tx, change, StaffId(change.target_id)) if team_change(change.field) else None


def _name(tx: Staffing, change: FieldChange, staff_id: StaffId | None) -> str | None:
    member = tx.staff(change.merchant_id, staff_id) if staff_id else None
    return member.name if member else None
