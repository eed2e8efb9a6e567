"""A customer brings a friend along: both get a bonus when the friend first collects (docs/decisions/0060)."""

from collections.abc import Iterator, Sequence

from domain.account import Account
from domain.card import Customer, Holding
from domain.coming_back import Referral
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import CardId, CustomerId, EntryId, MerchantId, OperationKey, StoreId, TokenHash
from domain.kinds import EntryKind
from domain.link import LinkKind, Route
from domain.merchant import Merchant, Program
from domain.messages import MessageKind, ReferralBonus, ReferralVoided
from domain.ports import Posting, Tx
from domain.quick import dataclass, replace
from domain.refusals import InvitationToTeam, LinkUnknown, NobodyToInvite, OwnInvitation
from domain.report import DateRange
from domain.rules.counter import Admitted
from domain.rules.days import local_date, month_end
from domain.rules.history import standing_acts
from domain.rules.lots import lots_of
from domain.rules.referrals import rewards
from domain.usecases.asking import is_of_team
from domain.usecases.join_store import Joined, JoinStore, join_store
from domain.usecases.my_cards import MyCards, at_each_merchant
from domain.usecases.posting import Posted, posted
from domain.usecases.unasked import post_unasked


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Lacking:
    """The part of a bonus that an entry could not take back, because it is spent."""

    held: Holding
    unit: Unit
    wanted: int
    taken: int
    entry_id: EntryId


def my_invitations(*, tx: Tx, query: MyCards) -> Sequence[Invitation]:
    """For each shop whose customers may bring a friend, most recently used first."""

    def invitations(merchant: Merchant, customer: Customer) -> Iterator[Invitation]:
        invitation = _invitation(tx, merchant, customer)
        if invitation is not None:
            yield invitation

    return at_each_merchant(tx, query.account, invitations)


def give_invitation(*, tx: Tx, command: GiveInvitation) -> Invitation:
    """The link works from now on, for any number of friends. Raises NobodyToInvite."""
    merchant, customer = (
        tx.merchant(command.merchant_id),
        tx.customer_of(command.merchant_id, command.account),
    )
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
    OwnInvitation, InvitationToTeam, and what ``join_store`` raises."""
    merchant = tx.merchant(command.merchant_id)
    referrer = tx.customer(command.merchant_id, command.referrer_id)
    if merchant is None:
        raise LinkUnknown
    if referrer is not None and referrer.account == command.account:
        raise OwnInvitation
    if is_of_team(tx, command.merchant_id, command.account):
        raise InvitationToTeam
    invitation = _invitation(tx, merchant, referrer) if referrer else None
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


def _is_new(tx: Tx, command: JoinByFriend) -> bool:
    """False for an account that had a card here before, also one that was erased not long ago."""
    has_dealt = command.merchant_id in tx.merchants_of(command.account)
    was_erased = tx.erased_at(command.merchant_id, command.account_hash) is not None
    return not has_dealt and not was_erased


def _referral(tx: Tx, command: JoinByFriend) -> Referral | None:
    friend = tx.customer_of(command.merchant_id, command.account)
    return tx.referral_of(command.merchant_id, friend.customer_id) if friend else None


def reward_referral(tx: Posting, at: Admitted, done: Posted) -> Posted:
    """Gives both their bonuses for the friend's first act, in the transaction of that act; returns the card as it is
    after that. A shop without this bonus pays for no lookup."""
    entry = done.entry
    if not at.program.referral_bonus or not rewards(entry, at.program):
        return done
    referral = tx.referral_of(entry.merchant_id, at.customer.customer_id)
    if referral is None or referral.act_id is not None:
        return done
    today = local_date(tx.now, at.merchant.timezone)
    welcome_id = _welcome(tx, at, entry)
    bonus_id = _bonus(tx, at, entry, referral, DateRange(today.replace(day=1), month_end(today)))
    tx.save_referral(
        replace(referral, act_id=entry.entry_id, rewarded_on=today, bonus_id=bonus_id, welcome_id=welcome_id)
    )
    return _as_it_is(tx, at, done) if welcome_id else done


def take_referrals_back(
    tx: Posting, at: Admitted, done: Posted, entries: Sequence[Entry]
) -> tuple[Posted, Sequence[Lacking]]:
    """Takes back what was given for an act that no longer stands; the friend's next act counts instead. ``entries``
    are the card's entries before the void, as far as the void read them."""
    before, after = standing_acts(entries), standing_acts([*entries, done.entry])
    lacking: list[Lacking] = []
    is_changed = False
    for act_id in (each for each, count in before.items() if count and not after.get(each)):
        referral = tx.referral_by_act(done.entry.merchant_id, act_id)
        if referral is None:
            continue
        for bonus_id, is_friend in ((referral.welcome_id, True), (referral.bonus_id, False)):
            if not bonus_id:
                continue
            found = _take_back(tx, at.merchant.name, done.entry, bonus_id, is_friend=is_friend)
            lacking += [found] if found else []
        tx.save_referral(replace(referral, act_id=None, rewarded_on=None, bonus_id=None, welcome_id=None))
        is_changed = True
    return (_as_it_is(tx, at, done) if is_changed else done), lacking


def end_referral_of_one(tx: Posting, into: Holding, other: Holding, merged_in: Entry) -> bool:
    """Takes back what a person got for bringing themselves along with a second account, when their two cards are
    merged. Returns whether that changed the card."""
    is_changed = False
    for friend, referrer in ((into, other), (other, into)):
        referral = tx.referral_of(merged_in.merchant_id, friend.customer.customer_id)
        if referral is None or referral.referrer_id != referrer.customer.customer_id:
            continue
        for bonus_id, is_friend in ((referral.welcome_id, True), (referral.bonus_id, False)):
            if bonus_id:
                _take_back(tx, into.merchant.name, merged_in, bonus_id, is_friend=is_friend, is_merge=True)
                is_changed = True
        ended = replace(referral, act_id=merged_in.entry_id, rewarded_on=None, bonus_id=None, welcome_id=None)
        tx.save_referral(ended)
    return is_changed


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


def _welcome(tx: Posting, at: Admitted, act: Entry) -> EntryId | None:
    held = tx.lock_card(act.merchant_id, act.card_id) if at.program.referral_welcome else None
    if held is None:
        return None
    key = OperationKey(f"referral:{act.entry_id}:friend")
    kinds = EntryKind.REFERRAL_WELCOME, MessageKind.REFERRAL_WELCOME
    return _give(tx, held, at.program.referral_welcome, key, *kinds, at.store.store_id)


def _bonus(tx: Posting, at: Admitted, act: Entry, referral: Referral, month: DateRange) -> EntryId | None:
    """The referrer's bonus, preferably on their card of the same program; the monthly limit is counted under that
    card's lock."""
    referrer = tx.customer(referral.merchant_id, referral.referrer_id)
    if referrer is None or is_of_team(tx, referral.merchant_id, referrer.account):
        return None
    cards = [
        (program.program_id != at.program.program_id, card.card_id)
        for card, program in tx.cards_of(referrer)
        if card.active and program.active and program.referral_bonus
    ]
    if not cards:
        return None
    held = tx.lock_card(referral.merchant_id, min(cards)[1])
    if held is None:
        return None
    rewarded = tx.count_rewarded(referral.merchant_id, referral.referrer_id, month)
    if rewarded >= held.program.referrals_monthly_max:
        return None
    key = OperationKey(f"referral:{act.entry_id}:referrer")
    kinds = EntryKind.REFERRAL_BONUS, MessageKind.REFERRAL_REWARD
    return _give(tx, held, held.program.referral_bonus, key, *kinds, None)


def _give(
    tx: Posting,
    held: Holding,
    count: int,
    key: OperationKey,
    kind: EntryKind,
    told: MessageKind,
    store_id: StoreId | None,
) -> EntryId:
    unit = held.program.bonus_unit
    facts = ReferralBonus(
        merchant_name=held.merchant.name, card_number=held.card.number, unit=unit, count=count
    )
    card = held.card.plus(unit, count)
    _, entry = post_unasked(tx, held, card, kind, key, (told, facts), store_id=store_id)
    return entry.entry_id


def _take_back(
    tx: Posting, place: str, void: Entry, bonus_id: EntryId, *, is_friend: bool, is_merge: bool = False
) -> Lacking | None:
    bonus = tx.entry(void.merchant_id, bonus_id)
    held = _standing(tx, bonus) if bonus else None
    if bonus is None or held is None:
        return None
    unit = bonus.unit
    lapsed = lots_of(unit, tx.history_of(held.card)).lot(bonus_id).lapsed
    wanted = bonus.delta(unit) - lapsed
    if wanted <= 0:
        return None
    taken = min(wanted, held.card.balance(unit))
    facts = ReferralVoided(
        merchant_name=place,
        card_number=held.card.number,
        unit=unit,
        count=taken,
        is_friend=is_friend,
        is_merge=is_merge,
    )
    _, entry = post_unasked(
        tx,
        held,
        held.card.plus(unit, -taken),
        EntryKind.REFERRAL_VOIDED,
        OperationKey(f"referral:{void.entry_id}:{bonus_id}"),
        (MessageKind.REFERRAL_VOIDED, facts),
        related_entry_id=bonus_id,
        stamps_shortfall=wanted - taken if unit is Unit.STAMPS else 0,
        points_shortfall=wanted - taken if unit is Unit.POINTS else 0,
    )
    if taken == wanted:
        return None
    return Lacking(held=held, unit=unit, wanted=wanted, taken=taken, entry_id=entry.entry_id)


def _standing(tx: Posting, entry: Entry) -> Holding | None:
    """The card of an entry, or the card that replaced it."""
    held = tx.lock_card(entry.merchant_id, entry.card_id)
    if held is not None and held.card.merged_into is not None:
        return tx.lock_card(entry.merchant_id, held.card.merged_into)
    return held


def _as_it_is(tx: Posting, at: Admitted, done: Posted) -> Posted:
    held = tx.lock_card(done.entry.merchant_id, at.card.card_id)
    if held is None:
        return done
    fresh = posted(held, held.card, done.entry, tx.now)
    return replace(done, card=fresh.card)
