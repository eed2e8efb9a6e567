"""What the counter must know of a card, the same for every answer."""

from datetime import date, datetime

from domain.card import Card, Customer, Progress
from domain.expiry import Unit
from domain.ids import CardId, CardNumber
from domain.merchant import InterimReward, Merchant, PointReward, Program
from domain.money import Money
from domain.quick import dataclass
from domain.rules import points
from domain.rules.confirming import needs_customer
from domain.rules.earning import to_go_minor, unit_of
from domain.rules.held import point_rewards
from domain.rules.interim import interim_ready, interim_rewards
from domain.rules.multipliers import Boost, boosts
from domain.rules.rewards import progress
from domain.rules.stamps import today_and_next
from domain.rules.waiting import waits_until


@dataclass(frozen=True, slots=True, kw_only=True)
class CardState:
    """``stamps_left_today`` is None without a daily limit; ``next_stamp_at`` is None when the next stamp is possible
    now. ``point_rewards`` are all that the card may have, cheapest first. ``program_name`` is None where the shop has
    one program. ``earns_by`` is the unit that purchases earn, None where they earn nothing; ``to_go`` is what must be
    paid until the remainder becomes one more of it, None where there is no remainder. ``boosts`` are those of today
    that are not over, and ``boost`` the one that holds now. ``interim`` are all interim rewards that the card may
    have, ``interim_ready`` those that may be handed out now, each as often as it may. ``reward_until`` is the last
    day of the first reward that is ready, None where it waits for ever. ``is_paused`` says that nothing is given or
    redeemed at the moment, ``needs_customer`` that a reward needs the customer's yes."""

    card_id: CardId
    card_number: CardNumber
    customer_name: str
    merchant_name: str
    currency: str
    has_stamps: bool
    has_points: bool
    points_balance: int
    point_rewards: tuple[PointReward, ...]
    stamp_count: int
    progress: Progress
    stamps_today: int
    stamps_left_today: int | None
    next_stamp_at: datetime | None
    program_name: str | None = None
    earns_by: Unit | None = None
    to_go: Money | None = None
    boosts: tuple[Boost, ...] = ()
    boost: Boost | None = None
    interim: tuple[InterimReward, ...] = ()
    interim_ready: tuple[InterimReward, ...] = ()
    reward_until: date | None = None
    is_paused: bool = False
    needs_customer: bool = False

    @property
    def rewards_available(self) -> int:
        """The number of rewards for stamps."""
        return self.progress.rewards_available

    @property
    def affordable(self) -> tuple[PointReward, ...]:
        """The rewards for points that the balance is good for, cheapest first."""
        return points.affordable(self.points_balance, self.point_rewards)


def card_state(
    *, merchant: Merchant, card: Card, customer: Customer, program: Program, now: datetime
) -> CardState:
    missing = to_go_minor(card, program, merchant.currency)
    stamps_today, left_today, next_at = today_and_next(card, program, merchant.timezone, now)
    today = boosts(program, merchant.timezone, now)
    interim = interim_rewards(card, program)
    return CardState(
        card_id=card.card_id,
        card_number=card.number,
        customer_name=customer.name,
        merchant_name=merchant.name,
        currency=merchant.currency,
        has_stamps=program.has_stamps,
        has_points=program.has_points,
        points_balance=card.points_balance,
        point_rewards=point_rewards(card, program),
        stamp_count=card.stamp_count,
        progress=progress(card, program),
        stamps_today=stamps_today,
        stamps_left_today=left_today,
        next_stamp_at=next_at,
        program_name=program.name,
        earns_by=unit_of(program),
        to_go=Money(missing, merchant.currency) if missing is not None else None,
        boosts=today,
        boost=next((each for each in today if each.starts_at <= now), None) if today else None,
        interim=interim,
        interim_ready=interim_ready(card, program) if interim else (),
        reward_until=waits_until(card, program, merchant, customer, now),
        is_paused=not program.active,
        needs_customer=needs_customer(program),
    )
