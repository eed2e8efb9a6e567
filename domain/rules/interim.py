"""Interim rewards on the way to a full card: "a cookie at 5, a coffee at 10" (docs/decisions/0057).

Each card of a pile is good for its interim rewards once, whatever is taken back and stamped again. What was handed
out is counted by name. A card that is redeemed takes its own interim rewards off that count, so that those the
customer never asked for are still owed.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from domain.card import Card, HandedOut
from domain.entry import Entry
from domain.kinds import EntryKind
from domain.merchant import InterimReward, Program
from domain.quick import replace
from domain.refusals import InterimRewardTaken, NotEnoughStamps, RewardChanged

Interim = Sequence[InterimReward]


def interim_ready(card: Card, program: Program) -> tuple[InterimReward, ...]:
    """The interim rewards that may be handed out now, each as often as it may, fewest stamps first."""
    if not _is_used(card, program):
        return ()
    left = _to_come(card, program)
    return tuple(each for each in interim_rewards(card, program) for _ in range(left[each.name]))


def count_ready(card: Card, program: Program, stamps: int) -> int:
    """How many would be ready with ``stamps`` stamps on the card."""
    return len(interim_ready(replace(card, stamp_count=stamps), program)) if _is_used(card, program) else 0


def interim_rewards(card: Card, program: Program) -> tuple[InterimReward, ...]:
    """All interim rewards that any card of the pile may be good for, each name once, fewest stamps first."""
    if not _is_used(card, program):
        return ()
    every = [*(program.interim_rewards or ())]
    for cards in card.held_cards or ():
        every += cards.interim or ()
    names = {each.name: each for each in sorted(every, key=_place, reverse=True)}
    owed = [each.name for each in card.handed_out or () if each.count < 0 and each.name not in names]
    given = [InterimReward(stamps=0, name=name) for name in owed]
    return (*given, *sorted(names.values(), key=_place))


def chosen_interim(card: Card, program: Program, position: int, stamps: int) -> InterimReward:
    """The reward at a position of the list, if it is still at that number of stamps. Raises RewardChanged,
    NotEnoughStamps, InterimRewardTaken."""
    every = interim_rewards(card, program)
    if not 0 <= position < len(every) or every[position].stamps != stamps:
        raise RewardChanged
    check_ready(card, program, every[position])
    return every[position]


def check_ready(card: Card, program: Program, reward: InterimReward) -> None:
    """Raises NotEnoughStamps, InterimRewardTaken."""
    if _to_come(card, program)[reward.name] > 0:
        return
    if _reached(card, program)[reward.name]:
        raise InterimRewardTaken(reward=reward.name)
    raise NotEnoughStamps(have=card.stamp_count, need=reward.stamps)


def count_handed_out(before: Card, card: Card, entry: Entry, program: Program) -> Card:
    """The card after its newest entry, with its count of what was handed out; ``before`` is the card before the
    entry. A reward that expires takes the interim rewards of its card with it."""
    match entry.kind:
        case EntryKind.STAMP_REDEEMED:
            return _counting(card, Counter(each.name for each in _oldest(before, program)), -1)
        case EntryKind.INTERIM_REDEEMED:
            return _counting(card, Counter([entry.reward or ""]), 1)
        case EntryKind.STAMPS_EXPIRED if not card.stamp_count:
            return replace(card, handed_out=None)
        case EntryKind.REWARD_EXPIRED:
            had = Counter({name: count for name, count in _handed_out(before).items() if count > 0})
            return _counting(card, had & Counter(each.name for each in _oldest(before, program)), -1)
    return card


def interim_given_back(card: Card, redemption: Entry, program: Program) -> Card:
    """The card after a redemption was taken back. A card that is no longer redeemed lies first in the pile again,
    with the interim rewards that it had.

    The same holds where all its stamps have expired and none came back: the interim rewards handed out with them then
    count for the next card. Nobody gains by that. It costs the customer at most one interim reward of each name for a
    redemption that a manager takes back weeks later, and I14 reads ledgers of before in the same way.
    """
    match redemption.kind:
        case EntryKind.INTERIM_REDEEMED:
            return _counting(card, Counter([redemption.reward or ""]), -1)
        case EntryKind.STAMP_REDEEMED:
            return _counting(card, Counter(each.name for each in _oldest(card, program)), 1)
    return card


def together(card: Card, one: Card, other: Card, program: Program) -> Card:
    """``card``, which now has the stamps of ``one`` and ``other``: what was ready on either is still ready."""
    counts: Counter[str] = Counter()
    ready: Counter[str] = Counter()
    for each in (one, other):
        counts.update(_handed_out(each))
        ready.update(+_to_come(each, program))
    reached = _reached(card, program)
    for name, count in ready.items():
        counts[name] = min(counts[name], reached[name] - count)
    return _counting(replace(card, handed_out=None), counts, 1)


def had_too_soon(before: Card, card: Card, program: Program) -> Counter[str]:
    """By name, what was handed out for stamps that are no longer on the card but were on ``before``."""
    return _owed(card, program) - _owed(before, program)


def _owed(card: Card, program: Program) -> Counter[str]:
    return Counter({name: -count for name, count in _to_come(card, program).items() if count < 0})


def _to_come(card: Card, program: Program) -> Counter[str]:
    """By name, how many the stamps are good for and were not handed out; negative where stamps were taken back."""
    if not _is_used(card, program):
        return Counter()
    left = _reached(card, program)
    left.subtract(_handed_out(card))
    return left


def _reached(card: Card, program: Program) -> Counter[str]:
    return Counter(each.name for on, every in _laid_out(card, program) for each in every if each.stamps <= on)


def _laid_out(card: Card, program: Program) -> Iterator[tuple[int, Interim]]:
    """The number of stamps on each card of the pile, and the interim rewards of that card."""
    left = card.stamp_count
    for cards in card.held_cards or ():
        for _ in range(cards.count):
            on = min(left, cards.target)
            yield on, cards.interim or ()
            left -= on
    while left > 0:
        on = min(left, program.stamps_target)
        yield on, program.interim_rewards or ()
        left -= on


def _oldest(card: Card, program: Program) -> Interim:
    return (card.held_cards[0].interim if card.held_cards else program.interim_rewards) or ()


def _is_used(card: Card, program: Program) -> bool:
    is_promised = (
        program.interim_rewards
        or card.handed_out
        or (card.held_cards and any(each.interim for each in card.held_cards))
    )
    return bool(is_promised) and program.has_stamps


def _handed_out(card: Card) -> Mapping[str, int]:
    return {each.name: each.count for each in card.handed_out or ()}


def _counting(card: Card, names: Mapping[str, int], by: int) -> Card:
    counts = Counter(_handed_out(card))
    for name, count in names.items():
        counts[name] += by * count
    kept = (HandedOut(name=name, count=count) for name, count in sorted(counts.items()) if count)
    return replace(card, handed_out=tuple(kept) or None)


def _place(reward: InterimReward) -> tuple[int, str]:
    return reward.stamps, reward.name
