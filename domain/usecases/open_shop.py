"""Somebody opens a shop of their own: the operator has invited them, or lets anybody."""

from domain.account import Account
from domain.ids import CardId, InviteId, MerchantId, TokenHash
from domain.link import LinkKind, Route, ShopInvite
from domain.merchant import Store
from domain.ports import Directory, Tx
from domain.quick import dataclass
from domain.refusals import InviteExpired, InviteUsed, LinkUnknown
from domain.staff import Role
from domain.usecases.claim_invite import Claimed, ClaimInvite, claim_invite
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.my_cards import HeldCard
from domain.usecases.set_up import INVITE_VALID, CreateMerchant, InviteStaff, create_merchant, invite_staff


@dataclass(frozen=True, slots=True, kw_only=True)
class InviteShop:
    """``merchant_id`` is the id that the shop will have."""

    merchant_id: MerchantId
    token_hash: TokenHash


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenShop:
    """The shop's ``merchant_id`` is the operation key: a repeated request bears the same, and the same hashes.

    ``member_name`` and ``member_token_hash`` are of the first member that the owner can invite; ``card_id`` and
    ``card_token_hash`` are for the owner's own card.
    """

    account: Account
    shop: CreateMerchant
    member_name: str
    member_token_hash: TokenHash
    card_id: CardId
    card_token_hash: TokenHash


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """``owner`` is the member who opened it, ``card`` their own card."""

    owner: Claimed
    store: Store
    card: HeldCard


def invite_shop(*, tx: Directory, command: InviteShop) -> ShopInvite:
    """Makes a link that opens one shop, within INVITE_VALID."""
    invite = ShopInvite(merchant_id=command.merchant_id, expires_at=tx.now + INVITE_VALID)
    tx.add_shop_invite(invite)
    tx.add_route(
        Route(
            token_hash=command.token_hash,
            kind=LinkKind.NEW_SHOP,
            merchant_id=invite.merchant_id,
            target_id=invite.merchant_id,
        )
    )
    return invite


def shop_to_be(*, tx: Tx, query: Route) -> MerchantId:
    """The id that the shop will have. Whoever begins in time may finish later. Raises LinkUnknown, InviteUsed,
    InviteExpired."""
    invite = tx.shop_invite(query.merchant_id)
    if invite is None:
        raise LinkUnknown
    if tx.merchant(invite.merchant_id) is not None:
        raise InviteUsed
    if tx.now >= invite.expires_at:
        raise InviteExpired
    return invite.merchant_id


def open_shop(*, tx: Tx, command: OpenShop) -> Opened:
    """The shop with its owner at work, an invitation to its team and the owner's own card: all or nothing.

    Repeated by the same account, it is the same shop. Raises InviteUsed for any other, what ``create_merchant``
    raises, and, where it is repeated later, LinkUnknown and what ``claim_invite`` and ``join_store`` raise.
    """
    shop = command.shop
    if tx.merchant(shop.merchant_id) is None:
        create_merchant(tx=tx, command=shop)
        _invite_member(tx, command)
    route = tx.route(shop.owner_token_hash)
    if route is None:
        raise LinkUnknown
    owner = ClaimInvite(
        account=command.account, merchant_id=shop.merchant_id, invite_id=InviteId(route.target_id)
    )
    claimed, store = claim_invite(tx=tx, command=owner), tx.stores_of(shop.merchant_id)[0]
    joined = join_store(
        tx=tx,
        command=JoinStore(
            account=command.account,
            name=shop.owner_name,
            merchant_id=shop.merchant_id,
            store_id=store.store_id,
            card_id=command.card_id,
            card_token_hash=command.card_token_hash,
            account_hash="",
        ),
    )
    return Opened(owner=claimed, store=store, card=joined.held)


def _invite_member(tx: Tx, command: OpenShop) -> None:
    invite_staff(
        tx=tx,
        command=InviteStaff(
            merchant_id=command.shop.merchant_id,
            store_id=command.shop.store_id,
            name=command.member_name,
            role=Role.STAFF,
            token_hash=command.member_token_hash,
        ),
    )
