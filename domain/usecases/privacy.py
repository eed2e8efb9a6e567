"""What is kept of a person: shown to them, given to them as a file, and erased."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import datetime, timedelta

from domain.account import Account
from domain.card import Card, CardRef, Customer
from domain.ids import CustomerId, MerchantId
from domain.kinds import KINDS
from domain.merchant import Merchant
from domain.personal import Erasure, is_nobody
from domain.ports import KeptRows, Personal, Team, Tx
from domain.quick import dataclass, replace
from domain.refusals import CardNotFound
from domain.rules.rewards import progress
from domain.usecases.asking import known_merchant
from domain.usecases.close_shop import ROWS_AT_ONCE
from domain.usecases.end_approval import end_questions_to
from domain.usecases.marketing import is_allowed

HASH_RETENTION = timedelta(days=365)
"""For this long an erased customer who joins again does not get again what is given once."""

AccountHash = Callable[[Account, MerchantId], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LostBalance:
    """The balance of a card, which an erasure would lose."""

    program_name: str | None
    stamp_count: int
    points_balance: int
    rewards: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopKept:
    """A shop of which the person is a customer. With ``has_had_bonus`` an erasure leaves a hash of the account.
    ``may_write`` says whether they allow marketing, None where the shop sends none; ``birthday`` is the month and day
    they told."""

    merchant: Merchant
    holdings: Sequence[LostBalance]
    has_had_bonus: bool = False
    may_write: bool | None = None
    birthday: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MyPrivacy:
    """``shops`` are those most recently used first; ``teams`` are the names of those they work for. ``has_dealt``
    says that it is kept with which shops they had to do, with or without a card; ``address`` is where e-mail goes."""

    shops: Sequence[ShopKept]
    teams: Sequence[str]
    has_dealt: bool = False
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopData:
    merchant: Merchant
    kept: KeptRows


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonalData:
    """Everything that is kept of a person: in the bot, as a member of teams, and in each shop."""

    made_at: datetime
    account: Account
    shops: Sequence[ShopData]
    kept: KeptRows = field(default_factory=dict)
    team: KeptRows = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erase:
    """``merchant_id`` is None for all shops. ``account_hash`` is that of ``Erasure``."""

    account: Account
    merchant_id: MerchantId | None
    account_hash: AccountHash


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """``shown`` are the messages of the chat that show erased cards; ``is_left`` says that another shop still keeps
    something."""

    shops: Sequence[str]
    shown: Sequence[str]
    is_left: bool
    teams: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfCard:
    merchant_id: MerchantId
    card: CardRef


@dataclass(frozen=True, slots=True, kw_only=True)
class EraseCard:
    """An erasure by the operator, who names a card."""

    merchant_id: MerchantId
    card: CardRef
    account_hash: AccountHash


def my_privacy(*, tx: Tx, query: Account) -> MyPrivacy:
    dealt_with = _shops(tx, query)
    shops = [shop for merchant_id in dealt_with if (shop := _shop_kept(tx, merchant_id, query))]
    post = tx.post_of(query)
    return MyPrivacy(
        shops=shops,
        teams=_teams(tx, query),
        has_dealt=bool(dealt_with),
        address=post.mailbox.address if post else None,
    )


def my_data(*, tx: Tx, query: Account) -> PersonalData:
    data = _data(tx, query, _shops(tx, query))
    return replace(data, kept=tx.kept_of(query), team=tx.kept_of_member(query))


def data_of_card(*, tx: Tx, query: OfCard) -> PersonalData:
    """The data of its holder at this shop alone; a guest is in no other. Raises MerchantNotFound, CardNotFound."""
    account = _holder(tx, query.merchant_id, query.card).account
    data = _data(tx, account, [query.merchant_id])
    return replace(data, kept=tx.kept_of(account)) if account.is_guest else data


def erase(*, tx: Tx, command: Erase) -> Erased:
    """Repeating it erases nothing more, and is no error."""
    account, is_everywhere = command.account, command.merchant_id is None
    known, teams = _shops(tx, account), _teams(tx, account)
    chosen = [each for each in known if command.merchant_id in (None, each)]
    if command.merchant_id is not None and tx.customer_of(command.merchant_id, account) is None:
        return Erased(shops=(), shown=(), is_left=True, teams=teams)
    shown = [reference for each in chosen for reference in tx.cards_shown_to(account, each)]
    for merchant_id in chosen:
        _erase_at(tx, merchant_id, account, command.account_hash, is_everywhere=is_everywhere)
    is_left, is_known = len(chosen) < len(known), tx.person(account) is not None
    tx.erase_person(account, keeps_name=is_left or bool(teams))
    if is_known and not chosen:
        _record(tx, MerchantId(""), None, is_everywhere=is_everywhere)
    names = [merchant.name for each in chosen if (merchant := tx.merchant(each)) is not None]
    return Erased(shops=names, shown=shown, is_left=is_left, teams=teams)


def erase_card(*, tx: Tx, command: EraseCard) -> Erased:
    """Erases the holder at this shop, as they could themselves. Raises MerchantNotFound, CardNotFound."""
    holder = _holder(tx, command.merchant_id, command.card).account
    asked = Erase(account=holder, merchant_id=command.merchant_id, account_hash=command.account_hash)
    return erase(tx=tx, command=asked)


def erase_again(*, tx: Tx, command: Sequence[Erasure]) -> int:
    """Erases in a restored copy what was erased after it was made; returns how many customers were still there."""
    again = 0
    for erasure in command:
        if not erasure.customer_id:
            again += len(tx.accounts_of(erasure.merchant_id))
            while tx.delete_shop(erasure.merchant_id, ROWS_AT_ONCE):
                pass
        customer = tx.customer(erasure.merchant_id, erasure.customer_id)
        if customer is not None and not is_nobody(customer.account):
            again += 1
            _end_questions_to(tx, customer)
            tx.erase_customer(customer.merchant_id, customer.account, customer)
            is_left = not erasure.is_everywhere or bool(_shops(tx, customer.account))
            is_member = bool(_teams(tx, customer.account))
            tx.erase_person(customer.account, keeps_name=is_left or is_member)
        tx.save_erasure(replace(erasure, wiped_at=None))
    return again


def unwiped_until(*, tx: Personal, query: datetime) -> datetime | None:
    """The time of the newest erasure up to ``query`` of which something may be left in the files, None where there is
    none."""
    erased = (each.erased_at for each in tx.unwiped_erasures())
    return max((at for at in erased if at <= query), default=None)


def erasures_wiped(*, tx: Personal, command: datetime) -> None:
    tx.erasures_wiped(command)


def _erase_at(
    tx: Tx, merchant_id: MerchantId, account: Account, account_hash: AccountHash, *, is_everywhere: bool
) -> None:
    customer, told = tx.customer_of(merchant_id, account), account_hash(account, merchant_id)
    was_erased = tx.erased_at(merchant_id, told) is not None
    has_had = was_erased or (customer is not None and _has_had_a_bonus(tx, customer))
    if customer is not None:
        _end_questions_to(tx, customer)
    tx.erase_customer(merchant_id, account, customer)
    _record(tx, merchant_id, customer, is_everywhere=is_everywhere, account_hash=told if has_had else None)


def _record(
    tx: Personal,
    merchant_id: MerchantId,
    customer: Customer | None,
    *,
    is_everywhere: bool,
    account_hash: str | None = None,
) -> None:
    """Without a customer it is recorded under a new id, because the files must be wiped all the same."""
    tx.save_erasure(
        Erasure(
            merchant_id=merchant_id,
            customer_id=customer.customer_id if customer else CustomerId(tx.new_id()),
            erased_at=tx.now,
            is_everywhere=is_everywhere,
            account_hash=account_hash,
        )
    )


def _has_had_a_bonus(tx: Tx, customer: Customer) -> bool:
    every = (entry for card in _cards_of(tx, customer) for entry in tx.entries_of(card))
    return any(KINDS[entry.kind].is_given_once for entry in every)


def _end_questions_to(tx: Tx, customer: Customer) -> None:
    """Before the words are erased in which the members who asked are told."""
    end_questions_to(tx, customer.merchant_id, {card.card_id for card in _cards_of(tx, customer)})


def _cards_of(tx: Tx, customer: Customer) -> Sequence[Card]:
    return [*(card for card, _ in tx.cards_of(customer)), *tx.merged_cards_of(customer)]


def _shops(tx: Tx, account: Account) -> Sequence[MerchantId]:
    """Most recently used first."""
    recent = tx.merchants_of(account)
    return [*recent, *(each for each in sorted(tx.shops_of(account)) if each not in recent)]


def _teams(tx: Team, account: Account) -> Sequence[str]:
    return [membership.merchant_name for membership in tx.memberships_of(account)]


def _shop_kept(tx: Tx, merchant_id: MerchantId, account: Account) -> ShopKept | None:
    merchant = tx.merchant(merchant_id)
    customer = tx.customer_of(merchant_id, account)
    if merchant is None or customer is None:
        return None
    holdings = [
        LostBalance(
            program_name=program.name,
            stamp_count=card.stamp_count,
            points_balance=card.points_balance,
            rewards=progress(card, program).rewards_available if program.has_stamps else 0,
        )
        for card, program in tx.cards_of(customer)
    ]
    is_given = is_allowed(tx, customer)
    birthday = tx.birthday(merchant_id, customer.customer_id)
    return ShopKept(
        merchant=merchant,
        holdings=holdings,
        has_had_bonus=_has_had_a_bonus(tx, customer),
        may_write=is_given if is_given or merchant.marketing_monthly_max is not None else None,
        birthday=birthday.month_and_day if birthday else None,
    )


def _data(tx: Tx, account: Account, merchant_ids: Sequence[MerchantId]) -> PersonalData:
    shops = [shop for each in merchant_ids if (shop := _shop_data(tx, each, account)) is not None]
    return PersonalData(made_at=tx.now, account=account, shops=shops)


def _shop_data(tx: Tx, merchant_id: MerchantId, account: Account) -> ShopData | None:
    merchant = tx.merchant(merchant_id)
    if merchant is None:
        return None
    kept = tx.kept_at(merchant_id, account, tx.customer_of(merchant_id, account))
    return ShopData(merchant=merchant, kept=_by_name(tx, merchant_id, kept))


def _by_name(tx: Tx, merchant_id: MerchantId, kept: KeptRows) -> KeptRows:
    """Replaces the ids of stores, programs and cards by what people call them."""
    names: dict[str, Mapping[object, object]] = {
        "store_id": {store.store_id: store.name for store in tx.stores_of(merchant_id)},
        "program_id": {
            program.program_id: program.name or program.reward for program in tx.programs_of(merchant_id)
        },
        "card_id": {row["card_id"]: row["number"] for row in kept["cards"]},
    }
    names |= {"joined_store_id": names["store_id"], "merged_into": names["card_id"]}

    def told(table: str, row: Mapping[str, object]) -> Mapping[str, object]:
        return {
            _without_id(name, names): names[name].get(value, value) if name in names else value
            for name, value in row.items()
            if (table, name) != ("cards", "card_id")
        }

    return {table: [told(table, row) for row in found] for table, found in kept.items()}


def _without_id(name: str, names: Mapping[str, object]) -> str:
    return name.removesuffix("_id") if name in names else name


def _holder(tx: Tx, merchant_id: MerchantId, card: CardRef) -> Customer:
    """Raises MerchantNotFound, CardNotFound."""
    known_merchant(tx, merchant_id)
    found = tx.card(merchant_id, card)
    if found is None or is_nobody(found[1].account):
        raise CardNotFound
    return found[1]
