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
from domain.usecases.see_shop import Shop, see_shop

CHANGES_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeSettings:
    account: Account
    merchant_id: MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``staff_id`` is the member who looks at them."""

    shop: Shop
    staff_id: StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """``staff_name`` is None where the operator made it."""

    change: FieldChange
    staff_name: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Changes:
    """Newest first."""

    shop: Shop
    changes: Sequence[Change]

    def find(self, change_id: ChangeId) -> FieldChange:
        """Raises ChangeNotFound."""
        for each in self.changes:
            if each.change.change_id == change_id:
                return each.change
        raise ChangeNotFound


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


def see_settings(*, tx: Staffing, query: SeeSettings) -> Settings:
    """Raises NotAllowed, MerchantNotFound."""
    member = entitled(tx.member(query.merchant_id, query.account), Right.CHANGE_FIELDS)
    return Settings(shop=see_shop(tx=tx, query=query.merchant_id), staff_id=member.staff_id)


def see_changes(*, tx: Staffing, query: SeeSettings) -> Changes:
    """Raises NotAllowed, MerchantNotFound."""
    shop = see_settings(tx=tx, query=query).shop
    found = tx.changes_of(query.merchant_id, CHANGES_SHOWN)
    return Changes(shop=shop, changes=[Change(change=each, staff_name=_name(tx, each)) for each in found])


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


def _name(tx: Staffing, change: FieldChange) -> str | None:
    if change.staff_id is None:
        return None
    member = tx.staff(change.merchant_id, change.staff_id)
    return member.name if member else None
