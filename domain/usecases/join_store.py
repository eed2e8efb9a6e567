"""A customer joins at a store and gets a card."""

from collections.abc import Sequence

from domain.account import Account
from domain.card import Card, Customer, Holding, empty_card
from domain.coming_back import Birthday
from domain.ids import CardId, CardNumber, CustomerId, MerchantId, OperationKey, ProgramId, StoreId, TokenHash
from domain.kinds import EntryKind
from domain.link import route_to_card
from domain.merchant import Merchant, Program
from domain.messages import MessageKind, WelcomeBonus
from domain.ports import Customers, Holdings, Personal, Posting, Tx
from domain.quick import dataclass
from domain.refusals import CardInactive, CardMergedAway, LinkUnknown, NoNewCards, ProgramInactive, ShopCloses
from domain.rules.card_numbers import card_number
from domain.rules.days import local_date
from domain.rules.names import clean_name
from domain.usecases.my_cards import HeldCard, check_not_merged, held_card
from domain.usecases.unasked import post_unasked

NUMBERS = 10**8


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinStore:
    """``card_id`` and ``card_token_hash`` are for a new card; a repeated request bears the same. ``program_id`` is
    given by a program's own poster, None for a store's poster. ``account_hash`` is that of ``Erasure``, empty at a
    shop that cannot have erased anybody yet."""

    account: Account
    name: str
    merchant_id: MerchantId
    store_id: StoreId
    card_id: CardId
    card_token_hash: TokenHash
    account_hash: str
    program_id: ProgramId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinProgram:
    """A customer who has a card of the shop gets one of another program as well."""

    account: Account
    merchant_id: MerchantId
    program_id: ProgramId
    card_id: CardId
    card_token_hash: TokenHash
    account_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """``is_new`` is False for a customer who had the card before this request."""

    held: HeldCard
    is_new: bool


Cards = Sequence[tuple[Card, Program]]


def join_store(*, tx: Tx, command: JoinStore) -> Joined:
    """The customer's card of a program of this merchant, made now or before. Raises LinkUnknown, ProgramInactive,
    ShopCloses, NoNewCards, CardInactive, and CardMergedAway where the account had one that was merged away."""
    merchant = tx.merchant(command.merchant_id)
    store = tx.store(command.merchant_id, command.store_id)
    if merchant is None or store is None or not store.active:
        raise LinkUnknown
    customer = tx.customer_of(command.merchant_id, command.account)
    cards = tx.cards_of(customer) if customer else ()
    program = _program_to_join(tx.programs_of(command.merchant_id), command.program_id, cards)
    if customer is None:
        customer = _add_customer(tx, command)
        mind_the_birthday(tx, merchant, customer, command.account_hash)
    return _joined(tx, command, merchant, customer, cards, program)


def join_program(*, tx: Tx, command: JoinProgram) -> Joined:
    """Raises LinkUnknown for an account that is no customer yet, ProgramInactive, NoNewCards, CardInactive,
    CardMergedAway, ShopCloses."""
    merchant = tx.merchant(command.merchant_id)
    customer = tx.customer_of(command.merchant_id, command.account)
    if merchant is None or customer is None:
        raise LinkUnknown
    cards = tx.cards_of(customer)
    program = _program_to_join(tx.programs_of(command.merchant_id), command.program_id, cards)
    return _joined(tx, command, merchant, customer, cards, program)


def _program_to_join(programs: Sequence[Program], wanted: ProgramId | None, cards: Cards) -> Program:
    """The wanted program, else the first that gives new cards. Where none gives any, one of which they hold a card.

    Raises LinkUnknown, ProgramInactive, NoNewCards.
    """
    choices = [program for program in programs if wanted in (None, program.program_id)]
    if not choices:
        raise LinkUnknown
    active = [program for program in choices if program.active]
    if not active:
        raise ProgramInactive
    held = {terms.program_id for _, terms in cards}
    for program in sorted(active, key=lambda program: not program.new_cards):
        if program.new_cards or program.program_id in held:
            return program
    raise NoNewCards


def _joined(
    tx: Tx,
    command: JoinStore | JoinProgram,
    merchant: Merchant,
    customer: Customer,
    cards: Cards,
    program: Program,
) -> Joined:
    tx.remember_merchant(command.account, command.merchant_id)
    for card, terms in cards:
        if terms.program_id == program.program_id:
            is_new = card.card_id == command.card_id
            return Joined(held=held_card(tx, merchant, customer, card, terms), is_new=is_new)
    for card in tx.merged_cards_of(customer):
        if card.program_id == program.program_id:
            check_not_merged(tx, card, CardMergedAway)
    if not all(card.active for card, _ in cards):
        raise CardInactive
    if merchant.closes_at is not None:
        raise ShopCloses(merchant_name=merchant.name)
    card = _add_card(tx, command, customer, program)
    if program.welcome_bonus and not _had_a_bonus(tx, command):
        card = give_welcome_bonus(
            tx, Holding(merchant=merchant, customer=customer, card=card, program=program)
        )
    return Joined(held=held_card(tx, merchant, customer, card, program), is_new=True)


def _add_customer(tx: Customers, command: JoinStore) -> Customer:
    customer = Customer(
        merchant_id=command.merchant_id,
        customer_id=CustomerId(tx.new_id()),
        account=command.account,
        name=clean_name(command.name),
        joined_store_id=command.store_id,
        joined_at=tx.now,
    )
    tx.add_customer(customer)
    return customer


def give_welcome_bonus(tx: Posting, held: Holding) -> Card:
    unit = held.program.bonus_unit
    facts = WelcomeBonus(
        merchant_name=held.merchant.name,
        card_number=held.card.number,
        unit=unit,
        count=held.program.welcome_bonus,
    )
    card, _ = post_unasked(
        tx,
        held,
        held.card.plus(unit, held.program.welcome_bonus),
        EntryKind.WELCOME_BONUS,
        OperationKey(f"welcome:{held.card.card_id}"),
        (MessageKind.WELCOME_BONUS, facts),
        store_id=held.customer.joined_store_id,
    )
    return card


def mind_the_birthday(tx: Tx, merchant: Merchant, customer: Customer, account_hash: str) -> None:
    """A new customer who was erased here not long ago may have had the bonus for a birthday: the next one is for a
    birthday a year after that."""
    erased_at = tx.erased_at(merchant.merchant_id, account_hash) if account_hash else None
    if erased_at is not None:
        birthday = Birthday(
            merchant_id=merchant.merchant_id,
            customer_id=customer.customer_id,
            given_for=local_date(erased_at, merchant.timezone),
        )
        tx.save_birthday(birthday)


def _had_a_bonus(tx: Personal, command: JoinStore | JoinProgram) -> bool:
    """Whether they were erased here not long ago, and so had one before (docs/decisions/0058)."""
    return tx.erased_at(command.merchant_id, command.account_hash) is not None


def new_number(tx: Customers, merchant_id: MerchantId) -> CardNumber:
    number = card_number(tx.chance_below(NUMBERS))
    while tx.is_number_taken(merchant_id, number):
        number = card_number(tx.chance_below(NUMBERS))
    return number


def _add_card(tx: Holdings, command: JoinStore | JoinProgram, customer: Customer, program: Program) -> Card:
    card = empty_card(
        merchant_id=command.merchant_id,
        card_id=command.card_id,
        customer_id=customer.customer_id,
        program_id=program.program_id,
        number=new_number(tx, command.merchant_id),
        now=tx.now,
    )
    tx.add_card(card, command.card_token_hash)
    tx.add_route(route_to_card(card.merchant_id, card.card_id, command.card_token_hash))
    return card
