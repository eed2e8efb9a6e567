"""Held balances keep their terms: no change of a program takes anything from a card that is begun
(docs/decisions/0037).

Stamps lie on cards, as on paper: when the terms become worse, cards that are begun or full keep their terms, and the
next one has the new terms. Points held at that time can still be spent at the old prices, too. Better terms apply at
once.
"""

from collections.abc import Sequence
from itertools import zip_longest

from domain.card import Card, HeldCards, HeldPoints
from domain.entry import Entry
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.merchant import InterimReward, PointReward, Program
from domain.quick import replace
from domain.rules.interim import together

PROMISED = ("kind", "stamps_target", "reward", "point_rewards", "stamp_per_minor", "interim_rewards")
"""The fields of a program that say what a customer gets for what they collect."""


def point_rewards(card: Card, program: Program) -> tuple[PointReward, ...]:
    """The rewards that the card may have for points, cheapest first, each at the best price that holds for it."""
    if card.held_points is None:
        return program.point_rewards
    return _at_best_prices([*program.point_rewards, *card.held_points.rewards])


def under_new_terms(card: Card, before: Program, after: Program, *, is_renamed: bool = False) -> Card:
    """The card after its program changed from the version ``before`` to ``after``.

    ``is_renamed`` says that the reward for stamps is the same thing under another name.
    """
    return replace(
        card,
        held_cards=_cards_kept(card, before, after, is_renamed=is_renamed),
        held_points=_points_kept(card, before, after),
        carried_price_minor=_price_kept(card, before, after),
    )


def settled(card: Card, entry: Entry) -> Card:
    """The card after its newest entry, which keeps earlier terms only for what is still on it."""
    held, points = card.held_cards, card.held_points
    if held:
        if entry.kind in (EntryKind.STAMP_REDEEMED, EntryKind.REWARD_EXPIRED):
            left = held[0].count - 1
            held = (replace(held[0], count=left, promised=min(held[0].promised, left)), *held[1:])
        is_over = entry.kind is EntryKind.STAMPS_EXPIRED and not card.stamp_count
        held = None if is_over else _begun(card.stamp_count, held)
    if points:
        spent = -entry.points_delta if entry.kind is EntryKind.POINTS_REDEEMED else 0
        left = min(points.count - spent, card.points_balance)
        points = replace(points, count=left) if left > 0 else None
    return replace(card, held_cards=held, held_points=points)


def given_back(card: Card, redemption: Entry, program: Program) -> Card:
    """The card after a redemption was given back to it: what was given back is again good for the same reward."""
    name = redemption.reward or ""
    if redemption.unit is Unit.STAMPS:
        is_present = (-redemption.stamps_delta, name) == (program.stamps_target, program.reward)
        interim = program.interim_rewards if is_present else None
        again = HeldCards(count=1, target=-redemption.stamps_delta, reward=name, interim=interim)
        return replace(card, held_cards=_kept([again, *(card.held_cards or ())], card.stamp_count, program))
    again_for = PointReward(cost=-redemption.points_delta, name=name)
    now = point_rewards(card, program)
    if _is_among(again_for, now):
        return card
    count = card.held_points.count if card.held_points else 0
    count = min(card.points_balance, count + again_for.cost)
    return replace(card, held_points=HeldPoints(count=count, rewards=_at_best_prices([*now, again_for])))


def merged(card: Card, other: Card, program: Program) -> Card:
    """The card with the terms that it and the other keep, for the balances of both (docs/decisions/0047).

    The full cards of both come first. The begun cards follow, lowest target first: the stamps of all of them fill
    these in turn, and the remaining ones stay promised.
    """
    piles = [_laid_out(each, program) for each in (card, other)]
    begun = sorted((each for _, begun in piles for each in begun), key=lambda each: each.target)
    held = [*(each for full, _ in piles for each in full), *begun]
    both = replace(
        card,
        stamp_count=card.stamp_count + other.stamp_count,
        held_cards=_kept(held, card.stamp_count + other.stamp_count, program),
        held_points=_merged_points(card, other, program),
    )
    return replace(together(both, card, other, program), stamp_count=card.stamp_count)


def _cards_kept(
    card: Card, before: Program, after: Program, *, is_renamed: bool
) -> tuple[HeldCards, ...] | None:
    present = HeldCards(
        count=card.stamp_count,
        target=before.stamps_target,
        reward=before.reward,
        interim=before.interim_rewards,
    )
    held = _begun(card.stamp_count, [*(card.held_cards or ()), present]) or ()
    if is_renamed:
        held = tuple(
            replace(each, reward=after.reward) if each.reward == before.reward else each for each in held
        )
    return _kept(held, card.stamp_count, after)


def _kept(held: Sequence[HeldCards], stamp_count: int, program: Program) -> tuple[HeldCards, ...] | None:
    """The cards by earlier terms that are begun. For the same reward, a lower target and the present interim rewards
    apply at once."""
    target, reward = program.stamps_target, program.reward
    better = [
        replace(each, target=min(each.target, target), interim=_best_interim(each, program))
        if each.reward == reward
        else each
        for each in held
    ]
    kept = list(_begun(stamp_count, better) or ())
    while kept and _terms(kept[-1]) == (target, reward, program.interim_rewards):
        kept.pop()
    return tuple(kept) or None


def _terms(cards: HeldCards) -> tuple[int, str, tuple[InterimReward, ...] | None]:
    return cards.target, cards.reward, cards.interim


def _best_interim(held: HeldCards, program: Program) -> tuple[InterimReward, ...] | None:
    """The interim rewards of before and of now: of each name as many as the side that has more, each at the earlier
    of the two positions. One that was beyond a lower target moves to just before it."""
    target = min(held.target, program.stamps_target)
    last = max(target - 1, 1)
    now = [each for each in program.interim_rewards or () if each.stamps < target]
    by_name: dict[str, list[list[int]]] = {}
    for side, every in enumerate((held.interim or (), now)):
        for each in every:
            by_name.setdefault(each.name, [[], []])[side].append(each.stamps)
    best = (
        InterimReward(stamps=min(places), name=name)
        for name, sides in by_name.items()
        for places in zip_longest(*sides, fillvalue=last)
    )
    return tuple(sorted(best, key=lambda each: (each.stamps, each.name))) or None


def _begun(stamp_count: int, held: Sequence[HeldCards]) -> tuple[HeldCards, ...] | None:
    kept, left = [], stamp_count
    for cards in held:
        count = min(cards.count, max(-(-left // cards.target), cards.promised))
        if count > 0:
            kept.append(replace(cards, count=count))
            left = max(left - count * cards.target, 0)
    return tuple(kept) or None


def _laid_out(card: Card, program: Program) -> tuple[list[HeldCards], list[HeldCards]]:
    """The full cards of a pile, and the begun or promised ones, each with its terms."""
    full, begun, left = [], [], card.stamp_count
    present = HeldCards(
        count=-(-left // program.stamps_target),
        target=program.stamps_target,
        reward=program.reward,
        interim=program.interim_rewards,
    )
    for cards in (*(card.held_cards or ()), present):
        count = min(cards.count, left // cards.target)
        if count:
            full.append(replace(cards, count=count, promised=0))
        left -= count * cards.target
        rest = cards.count - count if cards is not present else int(left > 0)
        if rest:
            begun.append(replace(cards, count=rest, promised=rest))
            left = 0
    return full, begun


def _points_kept(card: Card, before: Program, after: Program) -> HeldPoints | None:
    now = point_rewards(card, before)
    if not card.points_balance or all(_is_among(reward, after.point_rewards) for reward in now):
        return None
    return HeldPoints(count=card.points_balance, rewards=now)


def _price_kept(card: Card, before: Program, after: Program) -> int | None:
    """The lowest price of a stamp since the card's remainder began."""
    if not card.stamps_carried_minor:
        return card.carried_price_minor
    prices = card.carried_price_minor, before.stamp_price_minor, after.stamp_price_minor
    return min((each for each in prices if each is not None), default=None)


def _merged_points(card: Card, other: Card, program: Program) -> HeldPoints | None:
    if card.held_points is None and other.held_points is None:
        return None
    count = sum(each.held_points.count for each in (card, other) if each.held_points)
    rewards = _at_best_prices([*point_rewards(card, program), *point_rewards(other, program)])
    return HeldPoints(count=count, rewards=rewards)


def _is_among(reward: PointReward, others: Sequence[PointReward]) -> bool:
    """Whether the reward is among the others at this price or a better one."""
    return any(other.name == reward.name and other.cost <= reward.cost for other in others)


def _at_best_prices(rewards: Sequence[PointReward]) -> tuple[PointReward, ...]:
    dearest_first = sorted(rewards, key=_price, reverse=True)
    return tuple(sorted({reward.name: reward for reward in dearest_first}.values(), key=_price))


def _price(reward: PointReward) -> tuple[int, str]:
    return reward.cost, reward.name
