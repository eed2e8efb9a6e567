"""Rewards on the way to a full card: "a cookie at 5, a coffee at 10" (docs/decisions/0057).

Each card of a pile is good for its own, once, whatever is taken back and stamped again. What was handed out is
counted by name: a card that is handed in takes its own out of the count, so that what nobody asked for is still to
come.
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
    """Those that may be handed out now, each as often as it may, the first on the card first."""
    if not _is_used(card, program):
        return ()
    left = _to_come(card, program)
    return tuple(each for each in interim_rewards(card, program) for _ in range(left[each.name]))


def count_ready(card: Card, program: Program, stamps: int) -> int:
    """With so many stamps on it."""
    return len(interim_ready(replace(card, stamp_count=stamps), program)) if _is_used(card, program) else 0


def interim_rewards(card: Card, program: Program) -> tuple[InterimReward, ...]:
    """All that any of its cards may be good for, each name once, the first on the card first."""
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
    """The one at a place of the list, where it still stands at so many stamps. Raises RewardChanged,
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
    """The card after its newest entry, with what of it was handed out; ``before`` is as it was. A card that nobody
    handed in in time takes along what was on the way to it."""
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
    """The card after a redemption was taken back: one that is no longer handed in is good for what it was, and lies
    first in the pile again.

    So it does where its stamps have expired meanwhile and none came back: what was had on the way to it counts for
    the next card. Nobody gains by that, however often: it takes one reward on the way from who comes on, once for a
    redemption that a manager takes back weeks after it, and ledgers in which it happened stay right (I14).
    """
    match redemption.kind:
        case EntryKind.INTERIM_REDEEMED:
            return _counting(card, Counter([redemption.reward or ""]), -1)
        case EntryKind.STAMP_REDEEMED:
            return _counting(card, Counter(each.name for each in _oldest(card, program)), 1)
    return card


def together(card: Card, one: Card, other: Card, program: Program) -> Card:
    """``card``, on which the stamps of two others are: what was ready on either is ready still."""
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
    """By name, what was handed out for stamps that are no longer on the card, and still were ``before``."""
    return _owed(card, program) - _owed(before, program)


def _owed(card: Card, program: Program) -> Counter[str]:
    return Counter({name: -count for name, count in _to_come(card, program).items() if count < 0})


def _to_come(card: Card, program: Program) -> Counter[str]:
    """By name, how many its stamps are good for and are not handed out; below zero where stamps were taken back."""
    if not _is_used(card, program):
        return Counter()
    left = _reached(card, program)
    left.subtract(_handed_out(card))
    return left


def _reached(card: Card, program: Program) -> Counter[str]:
    return Counter(each.name for on, every in _laid_out(card, program) for each in every if each.stamps <= on)


def _laid_out(card: Card, program: Program) -> Iterator[tuple[int, Interim]]:
    """How many stamps lie on each card of the pile, and what it is good for on the way."""
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
