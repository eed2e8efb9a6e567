"""A customer looks at their own cards."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import TypeVar

from domain.account import Account, Locale
from domain.card import Card, CardRef, Customer
from domain.entry import Entry
from domain.ids import CardId, CardNumber, MerchantId, ProgramId, TokenHash
from domain.kinds import EntryKind
from domain.link import route_to_card
from domain.merchant import InterimReward, Merchant, OwnText, Program, said_in
from domain.ports import Customers, Holdings, Ledger, RowUnreadable
from domain.quick import dataclass, replace
from domain.refusals import CardMerged, CardNotHeld
from domain.rules.closing import closes_on
from domain.usecases.card_state import CardState, card_state

HISTORY_PAGE = 10

T = TypeVar("T")
NamedT = TypeVar("NamedT", "OtherCard", "Offer", InterimReward)


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherCard:
    """Another card of the same holder and shop, with the name of its program."""

    card_id: CardId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A program of the shop of which the customer has no card yet."""

    program_id: ProgramId
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCard:
    """A card as its holder sees it, in the merchant's language. ``token_rotation`` is needed to derive its code.

    ``card_name`` is None where the holder has no other card of the shop. ``asks_birthday`` says that the shop has a
    bonus for the birthday and does not know it, ``may_invite`` that it has one for bringing a friend. Nothing can be
    done with a card that ``is_blocked``, nor with one whose program is paused; ``closes_on`` is the last day of a
    shop that closes.
    """

    merchant_id: MerchantId
    colour: str
    timezone: str
    token_rotation: int
    state: CardState
    own_texts: Sequence[OwnText] | None = None
    card_name: str | None = None
    others: Sequence[OtherCard] = ()
    offers: Sequence[Offer] = ()
    asks_birthday: bool = False
    may_invite: bool = False
    is_blocked: bool = False
    closes_on: date | None = None

    @property
    def is_usable(self) -> bool:
        return not (self.is_blocked or self.state.is_paused)

    def told_in(self, locale: Locale) -> "HeldCard":
        """The card with the names of its rewards in that language."""
        if not self.own_texts:
            return self
        state, pile = self.state, self.state.progress
        rewards = (
            replace(each, name=said_in(locale, each.name, self.own_texts)) for each in state.point_rewards
        )
        pile = replace(pile, reward=said_in(locale, pile.reward, self.own_texts))
        return replace(
            self,
            state=replace(
                state,
                progress=pile,
                point_rewards=tuple(rewards),
                interim=tuple(self._called(locale, each) for each in state.interim),
                interim_ready=tuple(self._called(locale, each) for each in state.interim_ready),
            ),
            card_name=self.card_name and said_in(locale, self.card_name, self.own_texts),
            others=[self._called(locale, each) for each in self.others],
            offers=[self._called(locale, each) for each in self.offers],
        )

    def _called(self, locale: Locale, named: NamedT) -> NamedT:
        return replace(named, name=said_in(locale, named.name, self.own_texts))

    def entry_told_in(self, locale: Locale, entry: Entry) -> Entry:
        """One of its entries with the name of the reward in that language."""
        return replace(entry, reward=said_in(locale, entry.reward, self.own_texts)) if entry.reward else entry


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCards:
    account: Account


@dataclass(frozen=True, slots=True, kw_only=True)
class MyCard:
    account: Account
    merchant_id: MerchantId
    card_id: CardId


@dataclass(frozen=True, slots=True, kw_only=True)
class MyHistory:
    """``before`` is the number of the oldest entry of the previous page, None for the first page."""

    account: Account
    merchant_id: MerchantId
    card_id: CardId
    before: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPage:
    """``entries`` are newest first; ``older`` is what to pass as ``before`` for the next page, None at the end.
    ``merged`` are the cards that were merged into this one by these entries."""

    held: HeldCard
    entries: Sequence[Entry]
    older: int | None
    merged: Sequence[tuple[CardId, CardNumber]] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RotateCode:
    """``rotation`` is the one that the customer saw, ``token_hash`` that of the next."""

    account: Account
    merchant_id: MerchantId
    card_id: CardId
    rotation: int
    token_hash: TokenHash


def my_cards(*, tx: Holdings, query: MyCards) -> Sequence[HeldCard]:
    """All cards of an account, by merchant, most recently used first. Raises RowUnreadable."""

    def cards(merchant: Merchant, customer: Customer) -> Iterator[HeldCard]:
        for card, program in tx.cards_of(customer):
            yield held_card(tx, merchant, customer, card, program)

    return at_each_merchant(tx, query.account, cards)


def has_card(*, tx: Holdings, query: Account) -> bool:
    """Whether the account has a card at any merchant; cards that cannot be read count."""
    try:
        return bool(at_each_merchant(tx, query, lambda _, customer: iter(tx.cards_of(customer))))
    except RowUnreadable:
        return True


def my_card(*, tx: Holdings, query: MyCard) -> HeldCard:
    """Raises CardNotHeld unless the card is the account's own, CardMerged."""
    return held_card(tx, *own_card(tx, query.account, query.merchant_id, query.card_id))


def my_history(*, tx: Holdings, query: MyHistory) -> HistoryPage:
    """Raises CardNotHeld unless the card is the account's own, CardMerged."""
    found = own_card(tx, query.account, query.merchant_id, query.card_id)
    return history_page(tx, *found, query.before)


def history_page(
    tx: Holdings, merchant: Merchant, customer: Customer, card: Card, program: Program, before: int | None
) -> HistoryPage:
    page = tx.entries_of(card, newest=HISTORY_PAGE, before=before)[::-1]
    more = bool(page) and page[-1].entry_no > 1
    return HistoryPage(
        held=held_card(tx, merchant, customer, card, program),
        entries=page,
        older=page[-1].entry_no if more else None,
        merged=[each for entry in page if (each := _merged_by(tx, entry)) is not None],
    )


def _merged_by(tx: Ledger, entry: Entry) -> tuple[CardId, CardNumber] | None:
    if entry.kind is not EntryKind.MERGED_IN or entry.related_entry_id is None or entry.note is None:
        return None
    out = tx.entry(entry.merchant_id, entry.related_entry_id)
    return (out.card_id, CardNumber(entry.note)) if out else None


def rotate_code(*, tx: Holdings, command: RotateCode) -> HeldCard:
    """The card with a new code; asked twice from the same picture, it changes once. Raises CardNotHeld,
    CardMerged."""
    merchant, customer, card, program = own_card(tx, command.account, command.merchant_id, command.card_id)
    if card.token_rotation == command.rotation:
        card = change_code(tx, card, command.token_hash)
    return held_card(tx, merchant, customer, card, program)


def change_code(tx: Holdings, card: Card, token_hash: TokenHash) -> Card:
    """The old codes become invalid, also those of cards that were merged into this one."""
    card = tx.rotate_token(card, token_hash)
    for card_id in (card.card_id, *tx.retire_merged_codes(card)):
        tx.retire_routes(card.merchant_id, card_id)
    tx.add_route(route_to_card(card.merchant_id, card.card_id, token_hash))
    return card


def standing_for(tx: Customers, card: Card) -> tuple[Card, Customer, Program] | None:
    """The card that replaced a merged card, None for any other card."""
    return tx.card(card.merchant_id, CardRef("id", card.merged_into)) if card.merged_into else None


def check_not_merged(tx: Customers, card: Card, refusal: type[CardMerged] = CardMerged) -> None:
    """Raises the refusal."""
    stands = standing_for(tx, card)
    if stands is not None:
        raise refusal(number=stands[0].number)


def held_card(tx: Holdings, merchant: Merchant, customer: Customer, card: Card, program: Program) -> HeldCard:
    """Where the program has no name, the shop has only one, and other cards are not looked up."""
    cards = tx.cards_of(customer) if program.name else ()
    others = [
        OtherCard(card_id=each.card_id, name=terms.name)
        for each, terms in cards
        if terms.name and each.card_id != card.card_id
    ]
    return HeldCard(
        merchant_id=merchant.merchant_id,
        colour=merchant.colour,
        timezone=merchant.timezone,
        token_rotation=card.token_rotation,
        state=card_state(merchant=merchant, card=card, customer=customer, program=program, now=tx.now),
        own_texts=merchant.own_texts,
        card_name=program.name if others else None,
        others=others,
        offers=list(_offers(tx, merchant, cards)),
        asks_birthday=_asks_birthday(tx, merchant, card, program),
        may_invite=_may_invite(tx, merchant, customer, card, program),
        is_blocked=not card.active,
        closes_on=closes_on(merchant),
    )


def _may_invite(tx: Holdings, merchant: Merchant, customer: Customer, card: Card, program: Program) -> bool:
    if not (program.referral_bonus and program.new_cards and program.active and card.active):
        return False
    if merchant.closes_at is not None:
        return False
    member = tx.member(customer.merchant_id, customer.account)
    return member is None or not member.is_active


def _asks_birthday(tx: Holdings, merchant: Merchant, card: Card, program: Program) -> bool:
    """Without a bonus for birthdays nothing is looked up."""
    if not (program.birthday_bonus and program.active) or merchant.marketing_monthly_max is None:
        return False
    if merchant.closes_at is not None:
        return False
    birthday = tx.birthday(card.merchant_id, card.customer_id)
    return birthday is None or birthday.month_and_day is None


def _offers(tx: Holdings, merchant: Merchant, cards: Sequence[tuple[Card, Program]]) -> Iterator[Offer]:
    """None for a customer with a blocked card, nor at a shop that closes."""
    if not cards or not all(card.active for card, _ in cards) or merchant.closes_at is not None:
        return
    held = {terms.program_id for _, terms in cards}
    for program in tx.programs_of(merchant.merchant_id):
        if program.name and program.active and program.new_cards and program.program_id not in held:
            yield Offer(program_id=program.program_id, name=program.name)


def at_each_merchant(
    tx: Holdings, account: Account, of: Callable[[Merchant, Customer], Iterator[T]]
) -> list[T]:
    """What ``of`` yields for the account at each merchant, most recently used first.

    A merchant of which something cannot be read hides no other; with nothing else to show, raises RowUnreadable.
    """
    found: list[T] = []
    unreadable: RowUnreadable | None = None
    for merchant_id in tx.merchants_of(account):
        try:
            merchant, customer = tx.merchant(merchant_id), tx.customer_of(merchant_id, account)
            if merchant is not None and customer is not None:
                found += list(of(merchant, customer))
        except RowUnreadable as error:
            unreadable = error
    if unreadable is not None and not found:
        raise unreadable
    return found


def own_card(
    tx: Holdings, account: Account, merchant_id: MerchantId, card_id: CardId
) -> tuple[Merchant, Customer, Card, Program]:
    """Raises CardNotHeld, CardMerged."""
    merchant, found = tx.merchant(merchant_id), tx.card(merchant_id, CardRef("id", card_id))
    if merchant is None or found is None or found[1].account != account:
        raise CardNotHeld
    card, customer, program = found
    check_not_merged(tx, card)
    return merchant, customer, card, program
