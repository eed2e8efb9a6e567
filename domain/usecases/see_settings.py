"""The fields of a shop as whoever may change them sees them, and what was changed."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.account import Account
from domain.fields import FieldChange
from domain.ids import ChangeId, MerchantId, ProgramId, StaffId
from domain.ports import Staffing
from domain.refusals import ChangeNotFound
from domain.rights import Right, entitled
from domain.usecases.see_shop import Shop, see_shop

CHANGES_SHOWN = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeSettings:
    account: Account
    merchant_id: MerchantId


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """``staff_id`` is who looks at them."""

    shop: Shop
    staff_id: StaffId


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """``staff_name`` is None where the operator did it."""

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
class PreviewTarget:
    """What another ``stamps_target`` would do to the cards there are."""

    account: Account
    merchant_id: MerchantId
    program_id: ProgramId
    before: int
    after: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CardsFull:
    """Active cards of a program, and how many of them are full by either target."""

    cards: int
    before: int
    after: int


def see_settings(*, tx: Staffing, query: SeeSettings) -> Settings:
    """Raises NotAllowed, MerchantNotFound."""
    member = entitled(tx.member(query.merchant_id, query.account), Right.CHANGE_FIELDS)
    return Settings(shop=see_shop(tx=tx, query=query.merchant_id), staff_id=member.staff_id)


def see_changes(*, tx: Staffing, query: SeeSettings) -> Changes:
    """Raises NotAllowed, MerchantNotFound."""
    shop = see_settings(tx=tx, query=query).shop
    found = tx.changes_of(query.merchant_id, CHANGES_SHOWN)
    return Changes(shop=shop, changes=[Change(change=each, staff_name=_name(tx, each)) for each in found])


def preview_target(*, tx: Staffing, query: PreviewTarget) -> CardsFull:
    """Raises NotAllowed."""
    entitled(tx.member(query.merchant_id, query.account), Right.CHANGE_FIELDS)
    cards, before, after = tx.cards_full_at(query.merchant_id, query.program_id, query.before, query.after)
    return CardsFull(cards=cards, before=before, after=after)


def _name(tx: Staffing, change: FieldChange) -> str | None:
    if change.staff_id is None:
        return None
    member = tx.staff(change.merchant_id, change.staff_id)
    return member.name if member else None
