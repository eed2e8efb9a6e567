"""How far a card is from a reward."""

from domain.refusals import NotEnoughStamps


def rewards_available(stamp_count: int, stamps_target: int) -> int:
    return stamp_count // stamps_target


def check_full(stamp_count: int, stamps_target: int) -> None:
    """Raises NotEnoughStamps."""
    if stamp_count < stamps_target:
        raise NotEnoughStamps(have=stamp_count, need=stamps_target)


def stamps_until_reward(stamp_count: int, stamps_target: int) -> int:
    """Stamps to the next reward, 1 to ``stamps_target``: a card that is just full has a whole card to go."""
    return stamps_target - stamp_count % stamps_target


def stamps_on_card(stamp_count: int, stamps_target: int) -> int:
    """How many the card in hand shows: what is beyond the cards that are full, or all of the one that has just
    become so."""
    return stamp_count % stamps_target or min(stamp_count, stamps_target)
