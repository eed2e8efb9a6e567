"""Where a link leads, before anything is known of the account that opened it."""

from domain.account import Account
from domain.card import CardRef
from domain.ids import CardId, MerchantId, TokenHash
from domain.link import LinkKind, Route
from domain.merchant import Merchant, Store
from domain.ports import Directory, Holdings
from domain.quick import dataclass
from domain.refusals import CardMergedAway, CodeReplaced, LinkUnknown
from domain.usecases.my_cards import check_not_merged


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinOffer:
    """What an account that opened the link of somebody else's card is offered: a card of its own."""

    merchant: Merchant
    store: Store


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLink:
    """A card's link as one account sees it: its own card (``card_id``), or a merchant where it may ask for a card or
    has ``other_card_id``. ``guest_card_id`` is given for a guest's card, which may be the account's own on paper;
    ``is_blank`` for a card that nobody has yet."""

    merchant_id: MerchantId
    card_id: CardId | None
    offer: JoinOffer | None
    guest_card_id: CardId | None = None
    is_blank: bool = False
    other_card_id: CardId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenCardLink:
    """With ``is_own_alone`` only whether the card is the account's own is looked up."""

    account: Account
    route: Route
    is_own_alone: bool = False


def find_route(*, tx: Directory, query: TokenHash) -> Route:
    """Raises LinkUnknown, CodeReplaced."""
    route = tx.route(query)
    if route is None:
        raise LinkUnknown
    if route.kind is LinkKind.REPLACED:
        raise CodeReplaced
    return route


def open_card_link(*, tx: Holdings, query: OpenCardLink) -> CardLink:
    """For an account that does not work at the merchant. It says nothing about a card of somebody else. Raises
    LinkUnknown, and CardMergedAway for an account whose card was merged into another, which cannot have a new one."""
    merchant_id = query.route.merchant_id
    customer = tx.customer_of(merchant_id, query.account)
    own = [card.card_id for card, _ in tx.cards_of(customer)] if customer else []
    if query.route.target_id in own:
        return CardLink(merchant_id=merchant_id, card_id=CardId(query.route.target_id), offer=None)
    for card in tx.merged_cards_of(customer) if customer and not own else ():
        check_not_merged(tx, card, CardMergedAway)
    merchant = tx.merchant(merchant_id)
    stores = [store for store in tx.stores_of(merchant_id) if store.active]
    if merchant is None or not stores:
        raise LinkUnknown
    ref = CardRef("id", query.route.target_id)
    found = None if query.is_own_alone else tx.card(merchant_id, ref)
    if found is not None and found[0].merged_into in own:
        return CardLink(merchant_id=merchant_id, card_id=found[0].merged_into, offer=None)
    is_guests = found is not None and found[1].account.is_guest and found[0].merged_into is None
    return CardLink(
        merchant_id=merchant_id,
        card_id=None,
        offer=JoinOffer(merchant=merchant, store=stores[0]),
        guest_card_id=found[0].card_id if found and is_guests else None,
        other_card_id=own[0] if own else None,
        is_blank=not query.is_own_alone and found is None and tx.blank(merchant_id, ref) is not None,
    )
