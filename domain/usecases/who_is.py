"""Who is at the other end of a chat: what must be known before any update is understood."""

from collections.abc import Sequence

from domain.account import Account, Person
from domain.dialogue import Dialogue
from domain.ids import MerchantId
from domain.ports import Presence, Team, Tx
from domain.quick import dataclass
from domain.refusals import NotAllowed, PinRequired, StoreNotChosen
from domain.staff import Actor, Desk, Membership, Role, Staff


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """``desk`` is where the account works now, None when it works nowhere or has not chosen.

    ``standing`` is the member who acts there; on a terminal the member who typed the PIN, None while nobody has. A
    stranger has no card and works nowhere.
    """

    account: Account
    person: Person | None
    memberships: Sequence[Membership]
    desk: Desk | None
    standing: Staff | None
    dialogue: Dialogue | None
    is_stranger: bool

    @property
    def is_staff(self) -> bool:
        return bool(self.memberships)

    @property
    def membership(self) -> Membership | None:
        """The role at the desk."""
        if self.desk is None:
            return None
        return _at(self.memberships, self.desk)

    def membership_at(self, merchant_id: MerchantId) -> Membership | None:
        """The role at a merchant."""
        for membership in self.memberships:
            if membership.staff.merchant_id == merchant_id:
                return membership
        return None

    @property
    def merchant_id(self) -> MerchantId:
        """The merchant of the desk, or the only one. Raises NotAllowed, and StoreNotChosen where there are
        several."""
        if self.desk is not None:
            return self.desk.merchant_id
        if not self.memberships:
            raise NotAllowed
        if len(self.memberships) > 1:
            raise StoreNotChosen
        return self.memberships[0].staff.merchant_id

    @property
    def is_unattended(self) -> bool:
        """Whether it is a terminal at which nobody stands."""
        return self.desk is not None and self.desk.staff_id is None

    @property
    def is_terminal(self) -> bool:
        return self.membership is not None and self.membership.staff.role is Role.TERMINAL


def who_is(*, tx: Tx, query: Account) -> Caller:
    [caller] = who_are(tx=tx, query=[query])
    return caller


def who_are(*, tx: Tx, query: Sequence[Account]) -> Sequence[Caller]:
    """In the order of ``query``."""
    found = zip(query, tx.presences(query), strict=True)
    return [_caller(tx, account, presence) for account, presence in found]


def _caller(tx: Tx, account: Account, presence: Presence) -> Caller:
    person, chosen, dialogue = presence
    memberships = tx.memberships_of(account)
    desk = _desk(memberships, chosen, account)
    return Caller(
        account=account,
        person=person,
        memberships=memberships,
        desk=desk,
        standing=_standing(tx, memberships, desk),
        dialogue=dialogue if dialogue is not None and tx.now < dialogue.expires_at else None,
        is_stranger=not memberships and not tx.merchants_of(account),
    )


def actor_at_desk(caller: Caller) -> Actor:
    """Who acts when this account acts. Raises NotAllowed, StoreNotChosen, PinRequired (nobody stands at the
    terminal)."""
    if not caller.is_staff:
        raise NotAllowed
    if caller.desk is None:
        raise StoreNotChosen
    if caller.desk.staff_id is None:
        raise PinRequired
    return Actor(
        merchant_id=caller.desk.merchant_id,
        staff_id=caller.desk.staff_id,
        store_id=caller.desk.store_id,
        account=caller.account,
    )


def unattended_terminal(caller: Caller) -> Actor:
    """The terminal itself as an actor, which may do nothing. Raises NotAllowed where the account is not a
    terminal."""
    desk, membership = caller.desk, caller.membership
    if desk is None or membership is None or not caller.is_terminal:
        raise NotAllowed
    staff_id = membership.staff.staff_id
    return Actor(
        merchant_id=desk.merchant_id, staff_id=staff_id, store_id=desk.store_id, account=caller.account
    )


def _standing(tx: Team, memberships: Sequence[Membership], desk: Desk | None) -> Staff | None:
    if desk is None or desk.staff_id is None:
        return None
    membership = _at(memberships, desk)
    if membership is not None and membership.staff.staff_id == desk.staff_id:
        return membership.staff
    return tx.staff(desk.merchant_id, desk.staff_id)


def _desk(memberships: Sequence[Membership], chosen: Desk | None, account: Account) -> Desk | None:
    if chosen is not None and _at(memberships, chosen) is not None:
        return chosen
    if len(memberships) != 1 or len(memberships[0].stores) != 1:
        return None
    staff, [(store_id, _)] = memberships[0].staff, memberships[0].stores
    return Desk(
        account=account,
        merchant_id=staff.merchant_id,
        store_id=store_id,
        staff_id=None if staff.role is Role.TERMINAL else staff.staff_id,
    )


def _at(memberships: Sequence[Membership], desk: Desk) -> Membership | None:
    for membership in memberships:
        stores = [store_id for store_id, _ in membership.stores]
        if membership.staff.merchant_id == desk.merchant_id and desk.store_id in stores:
            return membership
    return None
