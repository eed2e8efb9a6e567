"""What the counter needs to know of a card, for every answer alike."""

from dataclasses import dataclass
from datetime import datetime

from domain.card import Card, Customer
from domain.ids import CardId, CardNumber
from domain.merchant import Merchant, PointReward, Program
from domain.rules import points, rewards, stamps


@dataclass(frozen=True, slots=True, kw_only=True)
class CardState:
    """``stamps_left_today`` is None without a daily limit; ``next_stamp_at`` is None when the next stamp is
    possible now. ``rewards_available`` counts rewards for stamps; ``point_rewards`` are all of them, cheapest first.
    """

    card_id: CardId
    card_number: CardNumber
    customer_name: str
    merchant_name: str
    currency: str
    has_stamps: bool
    has_points: bool
    reward: str
    points_balance: int
    point_rewards: tuple[PointReward, ...]
    stamp_count: int
    stamps_target: int
    stamps_until_reward: int
    rewards_available: int
    stamps_today: int
    stamps_left_today: int | None
    next_stamp_at: datetime | None

    @property
    def affordable(self) -> tuple[PointReward, ...]:
        """The rewards for points that the balance is good for, cheapest first."""
        return points.affordable(self.points_balance, self.point_rewards)


def card_state(
    *, merchant: Merchant, card: Card, customer: Customer, program: Program, now: datetime
) -> CardState:
    return CardState(
        card_id=card.card_id,
        card_number=card.number,
        customer_name=customer.name,
        merchant_name=merchant.name,
        currency=merchant.currency,
        has_stamps=program.has_stamps,
        has_points=program.has_points,
        reward=program.reward,
        points_balance=card.points_balance,
        point_rewards=program.point_rewards,
        stamp_count=card.stamp_count,
        stamps_target=program.stamps_target,
        stamps_until_reward=rewards.stamps_until_reward(card.stamp_count, program.stamps_target),
        rewards_available=rewards.rewards_available(card.stamp_count, program.stamps_target),
        stamps_today=stamps.stamps_today(card, merchant.timezone, now),
        stamps_left_today=stamps.stamps_left_today(card, program, merchant.timezone, now),
        next_stamp_at=stamps.next_stamp_at(card, program, merchant.timezone, now),
    )
