"""What a customer is told of a new entry: the receipt, that a reward is ready, and what holds no longer."""

from datetime import date

from domain.card import Card, Holding
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import MessageId
from domain.merchant import Program
from domain.messages import MessageKind, NoticeOver, Receipt, RewardReady
from domain.money import Money
from domain.ports import Moment, Outbox, Posting
from domain.quick import replace
from domain.rules.confirming import asks_holder
from domain.rules.counter import Admitted
from domain.rules.earning import to_go_minor
from domain.rules.held import point_rewards
from domain.rules.interim import interim_ready
from domain.rules.points import affordable
from domain.rules.rewards import progress, rewards_for_points, rewards_for_stamps
from domain.rules.waiting import waits_until
from domain.usecases.notices import notices_over
from domain.usecases.sending import send


def send_receipt(tx: Outbox, at: Admitted, card: Card, entry: Entry) -> None:
    """The receipt bears the id of its entry, so that ``verify`` finds it."""
    pile, unit = progress(card, at.program), entry.unit
    facts = Receipt(
        entry_kind=entry.kind,
        merchant_name=at.merchant.name,
        store_name=at.store.name,
        card_number=at.card.number,
        unit=unit,
        stamps_delta=entry.stamps_delta,
        stamp_count=entry.stamps_balance_after,
        stamps_target=pile.target,
        points_delta=entry.points_delta,
        points_balance=entry.points_balance_after,
        shortfall=entry.shortfall(unit),
        reward=entry.reward or pile.reward,
        occurred_at=entry.occurred_at,
        progress=pile if card.held_cards else None,
        factor_tenths=entry.factor_tenths,
        to_go=_to_go(at, card, entry),
        reward_until=_reward_until(tx, at, card),
    )
    message_id = MessageId(entry.entry_id)
    send(tx, entry.merchant_id, at.customer.account, MessageKind.RECEIPT, facts, message_id)


def announce_rewards(tx: Outbox, at: Admitted | Holding, card: Card, entry: Entry) -> None:
    """Sends *reward ready* where the card is good for more rewards than before its newest entry."""
    if rewards_gained(card, at.program, entry) > 0:
        send_reward_ready(tx, at, card, entry)


def send_reward_ready(tx: Outbox, at: Admitted | Holding, card: Card, entry: Entry) -> None:
    """Names the dearest of the rewards that points have just become enough for."""
    reward, count, unit = newly_ready(card, at.program, entry)
    is_full = unit is Unit.STAMPS and reward == progress(card, at.program).reward
    facts = RewardReady(
        merchant_name=at.merchant.name,
        card_number=at.card.number,
        reward=reward,
        rewards_available=count,
        unit=unit,
        reward_until=_reward_until(tx, at, card) if is_full else None,
        needs_holder=asks_holder(at.program, at.customer),
    )
    send(tx, entry.merchant_id, at.customer.account, MessageKind.REWARD_READY, facts)


def end_notices(tx: Posting, at: Admitted | Holding, card: Card, entry: Entry) -> None:
    """What was announced to the holder, and is not so any more since the newest entry, says so."""
    for message_id, fate in notices_over(tx, at, card, entry):
        facts = NoticeOver(replaces=message_id, fate=fate)
        send(tx, card.merchant_id, at.customer.account, MessageKind.NOTICE_OVER, facts)


def rewards_gained(card: Card, program: Program, entry: Entry) -> int:
    """How many more rewards the card is good for through this entry; negative when fewer."""
    gained, stamps, points = 0, entry.stamps_balance_after, entry.points_balance_after
    if entry.stamps_delta:
        before = rewards_for_stamps(card, program, stamps - entry.stamps_delta)
        gained += rewards_for_stamps(card, program, stamps) - before
    if entry.points_delta:
        before = rewards_for_points(card, program, points - entry.points_delta)
        gained += rewards_for_points(card, program, points) - before
    return gained


def newly_ready(card: Card, program: Program, entry: Entry) -> tuple[str, int, Unit]:
    """A reward that the entry made the card good for, how many of its kind are ready, and its unit."""
    rewards, pile = point_rewards(card, program), progress(card, program)
    before = affordable(entry.points_balance_after - entry.points_delta, rewards)
    now = affordable(entry.points_balance_after, rewards)
    if len(now) > len(before):
        return now[-1].name, len(now), Unit.POINTS
    on_the_way = interim_ready(card, program)
    stamps_before = replace(card, stamp_count=entry.stamps_balance_after - entry.stamps_delta)
    if on_the_way and progress(stamps_before, program).rewards_available >= pile.rewards_available:
        return on_the_way[-1].name, len(on_the_way), Unit.STAMPS
    return pile.reward, pile.rewards_available, Unit.STAMPS


def _to_go(at: Admitted, card: Card, entry: Entry) -> Money | None:
    if not entry.carried(entry.unit):
        return None
    missing = to_go_minor(card, at.program, at.merchant.currency)
    return Money(missing, at.merchant.currency) if missing is not None else None


def _reward_until(tx: Moment, at: Admitted | Holding, card: Card) -> date | None:
    return waits_until(card, at.program, at.merchant, at.customer, tx.now)
