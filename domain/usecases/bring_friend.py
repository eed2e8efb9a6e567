"""A customer brings a friend along by a link; what both get for it, ``referrals.py`` says (docs/decisions/0060)."""

from collections.abc import Iterator, Sequence

from domain.account import Account
from domain.card import Customer
from domain.coming_back import Referral
from domain.expiry import Unit
from domain.ids import CardId, CustomerId, MerchantId, StoreId, TokenHash
from domain.link import LinkKind, Route
from domain.merchant import Merchant, Program
from domain.ports import Tx
from domain.quick import dataclass
from domain.refusals import InvitationToTeam, LinkUnknown, NobodyToInvite, OwnInvitation
from domain.usecases.asking import is_of_team
from domain.usecases.join_store import Joined, JoinStore, join_store
from domain.usecases.my_cards import MyCards, at_each_merchant


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """``bonus`` of ``unit`` goes to the customer who brings a friend, ``welcome`` to the friend, who gets a card of
    ``program``."""

    merchant: Merchant
    customer_id: CustomerId
    program: Program

    @property
    def unit(self) -> Unit:
        return self.program.bonus_unit

    @property
    def bonus(self) -> int:
        return self.program.referral_bonus

    @property
    def welcome(self) -> int:
        return self.program.referral_welcome


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveInvitation:
    """``token_hash`` is that of the customer's own link."""

    account: Account
    merchant_id: MerchantId
    customer_id: CustomerId
    token_hash: TokenHash


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinByFriend:
    """``card_id`` and ``card_token_hash`` are for a new card; a repeated request bears the same. ``account_hash`` is
    that of ``Erasure``."""

    account: Account
    name: str
    merchant_id: MerchantId
    referrer_id: CustomerId
    card_id: CardId
    card_token_hash: TokenHash
    account_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedByFriend:
    """``welcome`` of ``unit`` will come with the first act that earns something, 0 where nobody is rewarded."""

    joined: Joined
    unit: Unit
    welcome: int


def my_invitations(*, tx: Tx, query: MyCards) -> Sequence[Invitation]:
    """For each shop whose customers may bring a friend, most recently used first."""

    def invitations(merchant: Merchant, customer: Customer) -> Iterator[Invitation]:
        invitation = _invitation(tx, merchant, customer)
        if invitation is not None:
            yield invitation

    return at_each_merchant(tx, query.account, invitations)


def give_invitation(*, tx: Tx, command: GiveInvitation) -> Invitation:
    """The link works from now on, for any number of friends. Raises NobodyToInvite."""
    merchant = tx.merchant(command.merchant_id)
    customer = tx.customer_of(command.merchant_id, command.account)
    invitation = _invitation(tx, merchant, customer) if merchant and customer else None
    if invitation is None or invitation.customer_id != command.customer_id:
        raise NobodyToInvite
    if tx.route(command.token_hash) is None:
        tx.add_route(
            Route(
                token_hash=command.token_hash,
                kind=LinkKind.FRIEND,
                merchant_id=command.merchant_id,
                target_id=invitation.customer_id,
            )
        )
    return invitation


def join_by_friend(*, tx: Tx, command: JoinByFriend) -> JoinedByFriend:
    """Joins as from a poster. An account that nobody here ever had to do with counts as brought along. Raises
    LinkUnknown, OwnInvitation, InvitationToTeam, and what ``join_store`` raises."""
    referrer, invitation = _invited_by(tx, command)
    is_new = _is_new(tx, command)
    is_brought = is_new or _referral(tx, command) is not None
    join = JoinStore(
        account=command.account,
        name=command.name,
        merchant_id=command.merchant_id,
        store_id=_store(tx, command.merchant_id, referrer),
        card_id=command.card_id,
        card_token_hash=command.card_token_hash,
        account_hash=command.account_hash,
        program_id=invitation.program.program_id if invitation and is_brought else None,
    )
    joined = join_store(tx=tx, command=join)
    friend = tx.customer_of(command.merchant_id, command.account)
    if is_new and friend is not None and invitation is not None:
        tx.save_referral(
            Referral(
                merchant_id=command.merchant_id,
                friend_id=friend.customer_id,
                referrer_id=invitation.customer_id,
                invited_at=tx.now,
            )
        )
    referral = _referral(tx, command)
    is_waiting = referral is not None and referral.act_id is None
    return JoinedByFriend(
        joined=joined,
        unit=invitation.unit if invitation else Unit.STAMPS,
        welcome=invitation.welcome if invitation and is_waiting else 0,
    )


def _invited_by(tx: Tx, command: JoinByFriend) -> tuple[Customer | None, Invitation | None]:
    """The referrer and their invitation, None where there is none any more. Raises LinkUnknown, OwnInvitation,
    InvitationToTeam."""
    merchant = tx.merchant(command.merchant_id)
    referrer = tx.customer(command.merchant_id, command.referrer_id)
    if merchant is None:
        raise LinkUnknown
    if referrer is not None and referrer.account == command.account:
        raise OwnInvitation
    if is_of_team(tx, command.merchant_id, command.account):
        raise InvitationToTeam
    return referrer, _invitation(tx, merchant, referrer) if referrer else None


def _is_new(tx: Tx, command: JoinByFriend) -> bool:
    """False for an account that had a card here before, also one that was erased not long ago."""
    has_dealt = command.merchant_id in tx.merchants_of(command.account)
    was_erased = tx.erased_at(command.merchant_id, command.account_hash) is not None
    return not has_dealt and not was_erased


def _referral(tx: Tx, command: JoinByFriend) -> Referral | None:
    friend = tx.customer_of(command.merchant_id, command.account)
    return tx.referral_of(command.merchant_id, friend.customer_id) if friend else None


def _invitation(tx: Tx, merchant: Merchant, customer: Customer) -> Invitation | None:
    """None for a customer without a card for which there is a bonus, where the shop closes, and for the team, who
    serve the customers and do not bring them."""
    if merchant.closes_at is not None or is_of_team(tx, merchant.merchant_id, customer.account):
        return None
    for card, program in tx.cards_of(customer):
        if card.active and program.active and program.new_cards and program.referral_bonus:
            return Invitation(merchant=merchant, customer_id=customer.customer_id, program=program)
    return None


def _store(tx: Tx, merchant_id: MerchantId, referrer: Customer | None) -> StoreId:
    """The store at which the referrer joined, if it is open, else the first open one. Raises LinkUnknown."""
    stores = [store.store_id for store in tx.stores_of(merchant_id) if store.active]
    if not stores:
        raise LinkUnknown
    return referrer.joined_store_id if referrer and referrer.joined_store_id in stores else stores[0]
