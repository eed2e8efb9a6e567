"""What a card says in every wallet."""

from collections.abc import Mapping, Sequence
from html import escape

from bot.texts import Texts
from bot.views.faces import promises_of
from bot.views.progress import amount
from domain.expiry import ExpiryKind, Unit
from domain.merchant import InterimReward, PointReward, Store
from domain.rules.points import next_reward
from domain.usecases.card_state import CardState
from domain.usecases.my_cards import HeldCard
from domain.usecases.wallets import PassLetter

LOCATIONS_MAX = 10
"""As many locations as a phone uses of a pass, and Google of a class."""
MICRO = 1_000_000


def places_of(stores: Sequence[Store]) -> list[tuple[str, Mapping[str, float]]]:
    """The stores whose location is known: their name, and latitude and longitude in degrees."""
    return [
        (
            store.name,
            {
                "latitude": store.location.latitude_micro / MICRO,
                "longitude": store.location.longitude_micro / MICRO,
            },
        )
        for store in stores
        if store.location is not None
    ]


def other_names(letter: PassLetter) -> str:
    """The stores that are called otherwise than their shop, one a line."""
    return "\n".join(store.name for store in letter.stores if store.name != letter.merchant.name)


def points_to_go(state: CardState) -> tuple[int, int] | None:
    """The place of the next reward for points in the card's list, and the points lacking; None after the last."""
    further = next_reward(state.points_balance, state.point_rewards)
    if further is None:
        return None
    return state.point_rewards.index(further), further.cost - state.points_balance


def enough_for(held: HeldCard, t: Texts) -> str:
    """What may be had besides a full card's reward: each interim reward that is ready, and the dearest for points."""
    state = held.told_in(t.locale).state
    names = dict.fromkeys(each.name for each in state.interim_ready)
    return ", ".join([*names, *(each.name for each in state.affordable[-1:])])


def prices_of(t: Texts, interim: Sequence[InterimReward], for_points: Sequence[PointReward]) -> str:
    """Interim rewards and those for points, one a line, as HTML. An interim reward that is still owed without being
    on the list has no price."""
    lines = [(amount(t, Unit.STAMPS, each.stamps) if each.stamps else "", each.name) for each in interim]
    lines += [(amount(t, Unit.POINTS, each.cost), each.name) for each in for_points]
    return "\n".join(
        t("{price}: {reward}", price=price, reward=name) if price else as_data(name) for price, name in lines
    )


def terms_of(t: Texts, letter: PassLetter) -> str:
    """How the program works, and when what is on the card expires, as HTML."""
    program = letter.program
    lines = [as_data(line) for line in promises_of(t, letter.merchant, program)]
    if program.expiry_kind is ExpiryKind.INACTIVITY:
        lines.append(
            t.n(
                "What is on the card expires after {count} month without a visit.",
                "What is on the card expires after {count} months without a visit.",
                program.expiry_months,
            )
        )
    elif program.expiry_kind is ExpiryKind.LOT:
        lines.append(
            t.n(
                "What you collect expires after {count} month.",
                "What you collect expires after {count} months.",
                program.expiry_months,
            )
        )
    return "\n".join(lines)


def as_data(text: str) -> str:
    """Text of the shop, escaped: sentences are HTML until they are made plain."""
    return escape(text, quote=False)
