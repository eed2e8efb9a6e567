"""Messages that hold no longer: what they announced has been redeemed, taken back, saved or settled."""

from collections.abc import Iterator
from datetime import timedelta

from domain.account import Account
from domain.card import Card, Holding
from domain.entry import Entry
from domain.expiry import Due, Unit
from domain.ids import MerchantId, MessageId, StaffId
from domain.kinds import KINDS
from domain.merchant import Program
from domain.messages import AlertReason, Fate, Message, NoticeOver, RewardReady, StaffAlert
from domain.ports import Outbox, Posting
from domain.rules.counter import Admitted
from domain.rules.held import point_rewards
from domain.rules.interim import interim_ready, interim_rewards
from domain.rules.points import affordable
from domain.rules.rewards import progress

WARNED_WITHIN = timedelta(days=30)
"""Nothing that expires later has been warned of."""
_ABOUT_PIN = (AlertReason.PIN_LOCKED, AlertReason.PIN_BLOCKED)


def notices_over(
    tx: Posting, at: Admitted | Holding, card: Card, entry: Entry
) -> Iterator[tuple[MessageId, Fate]]:
    """The messages to the card's holder that the entry has made untrue. ``at`` has the card from before it."""
    kind = KINDS[entry.kind]
    if not kind.is_expiry:
        yield from _warnings_over(tx, at.card, card)
    if kind.opens_lot:
        return
    for message in _standing(tx, card.merchant_id, at.customer.account):
        facts = message.facts
        if not isinstance(facts, RewardReady) or facts.card_number != card.number:
            continue
        if not _is_ready(facts, card, at.program):
            is_it = kind.is_redemption and entry.reward == facts.reward
            yield message.message_id, Fate.REDEEMED if is_it else Fate.GONE


def pin_alarms(
    tx: Outbox, merchant_id: MerchantId, manager: Account, staff_id: StaffId
) -> Iterator[MessageId]:
    """The alarms to a manager about wrong PINs of this member that nobody has settled yet."""
    for message in _standing(tx, merchant_id, manager):
        facts = message.facts
        if isinstance(facts, StaffAlert) and facts.staff_id == staff_id and facts.reason in _ABOUT_PIN:
            yield message.message_id


def _standing(tx: Outbox, merchant_id: MerchantId, recipient: Account) -> list[Message]:
    """The notices that nothing stands in the place of yet."""
    told = tx.notices_to(merchant_id, recipient)
    over = {message.facts.replaces for message in told if isinstance(message.facts, NoticeOver)}
    return [
        message
        for message in told
        if message.message_id not in over and not isinstance(message.facts, NoticeOver)
    ]


def _is_ready(facts: RewardReady, card: Card, program: Program) -> bool:
    """Whether the card is still good for the reward of the message."""
    if facts.unit is Unit.POINTS:
        ready = affordable(card.points_balance, point_rewards(card, program))
        return facts.reward in {reward.name for reward in ready}
    if facts.reward in {reward.name for reward in interim_ready(card, program)}:
        return True
    on_the_way = {reward.name for reward in interim_rewards(card, program)}
    return facts.reward not in on_the_way and progress(card, program).rewards_available > 0


def _warnings_over(tx: Posting, before: Card, card: Card) -> Iterator[tuple[MessageId, Fate]]:
    """The warnings of what would have expired next, and does not any more."""
    if not (before.stamps_expire_at or before.points_expire_at or before.reward_ends_at):
        return
    ends = {
        Due.STAMPS: (before.stamps_expire_at, card.stamps_expire_at),
        Due.POINTS: (before.points_expire_at, card.points_expire_at),
        Due.REWARD: (before.reward_ends_at, card.reward_ends_at),
    }
    saved = {
        due: until
        for due, (until, now_until) in ends.items()
        if until is not None and until != now_until and until <= tx.now + WARNED_WITHIN
    }
    if not saved:
        return
    for due, expires_at, warned in tx.open_warnings(card):
        if saved.get(due) == expires_at and warned.message_id is not None:
            yield warned.message_id, Fate.STAYS
