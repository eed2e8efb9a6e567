"""How far a card is from a reward."""

from functools import lru_cache

from domain.card import Card, HeldCards, Progress
from domain.merchant import Program
from domain.refusals import NotEnoughStamps
from domain.rules.held import point_rewards
from domain.rules.interim import count_ready
from domain.rules.points import affordable


def progress(card: Card, program: Program) -> Progress:
    """The progress of all stamps of a card."""
    return progress_of(card.stamp_count, card.held_cards or (), program.stamps_target, program.reward)


@lru_cache(maxsize=4096)
def progress_of(stamp_count: int, held: tuple[HeldCards, ...], target: int, reward: str) -> Progress:
    """Stamps lie first on cards that keep earlier terms, then on cards of ``target``."""
    rewards, left, in_hand = 0, stamp_count, target
    for cards in held:
        full = min(cards.count, left // cards.target)
        rewards, left = rewards + full, left - full * cards.target
        if full or left:
            in_hand = cards.target
        if full < cards.count:
            break
    else:
        rewards, left, in_hand = rewards + left // target, left % target, target if left else in_hand
    cost, named = (held[0].target, held[0].reward) if held else (target, reward)
    return Progress(
        rewards_available=rewards,
        on_card=left or (in_hand if rewards else 0),
        target=in_hand if left or rewards else cost,
        cost=cost,
        reward=named,
    )


def rewards_for_stamps(card: Card, program: Program, stamps: int) -> int:
    """How many rewards so many stamps on the card are good for, those on the way to a full card included."""
    pile = progress_of(stamps, card.held_cards or (), program.stamps_target, program.reward)
    return pile.rewards_available + count_ready(card, program, stamps)


def rewards_for_points(card: Card, program: Program, points: int) -> int:
    """How many different rewards so many points are enough for."""
    return len(affordable(points, point_rewards(card, program)))


def check_full(stamp_count: int, cost: int) -> None:
    """Raises NotEnoughStamps."""
    if stamp_count < cost:
        raise NotEnoughStamps(have=stamp_count, need=cost)
