"""What the answers at the counter have in common: who holds the card, which rewards are possible, and the buttons to
go on with."""

from collections.abc import Sequence

from bot.kit.buttons import Verb, press, short_id
from bot.kit.clock import new_key
from bot.texts import Texts, isolated, plain
from bot.views.progress import change, multiplied, rewards_ready, spaced, to_go
from bot.views.view import Button, Keyboard, Style, keyboard, row
from domain.entry import Entry
from domain.ids import CardId, CardNumber, EntryId
from domain.kinds import EntryKind
from domain.merchant import InterimReward, PointReward
from domain.money import Money
from domain.printed import guest_name
from domain.quick import dataclass
from domain.usecases.card_state import CardState
from domain.usecases.my_cards import HeldCard
from domain.usecases.posting import Posted


def holder(t: Texts, card: CardState) -> str:
    return whose(t, card.customer_name, card.card_number, card.program_name)


def whose(t: Texts, name: str, number: CardNumber, program_name: str | None) -> str:
    """The holder's name and the card's number, and the program where the shop has several. A guest without a name
    of their own is shown as *Without Telegram*."""
    if name == guest_name(number):
        name = t("Without Telegram")
    if program_name is None:
        return t("{name} · {number}", name=name, number=spaced(number))
    return t("{card} · {name} · {number}", card=program_name, name=name, number=spaced(number))


def today_line(t: Texts, card: CardState) -> str:
    if card.stamps_left_today is None:
        return t("Today: {count}", count=card.stamps_today)
    return t("Today: {count}, {left} more possible", count=card.stamps_today, left=card.stamps_left_today)


def purchase(t: Texts, entry: Entry, currency: str) -> str:
    """What a purchase earned, with the amount where it is known."""
    earned = multiplied(t, change(t, entry.unit, entry.delta(entry.unit)), entry.factor_tenths)
    if entry.amount_minor is None:
        return earned
    return f"{earned} · {t.money(Money(entry.amount_minor, currency))}"


def left_over(t: Texts, done: Posted) -> list[str]:
    """How much is to be paid until the next point or stamp, where the act changed that."""
    unit = done.card.earns_by
    return to_go(t, unit, done.card.to_go) if unit and done.entry.carried(unit) else []


def after_act(t: Texts, done: Posted) -> Keyboard:
    """The buttons below a confirmation."""
    card_id = done.card.card_id
    return keyboard(
        row(card_button(t, card_id)),
        row(redeem_button(t, done.card)),
        row(_mending_button(t, done)),
    )


def _mending_button(t: Texts, done: Posted) -> Button | None:
    """*Undo* while it may be undone, after that *Take back …* for those who may."""
    card_id = done.card.card_id
    if done.may_undo:
        return _undo_button(t, card_id, done.entry.entry_id)
    return take_back_button(t, card_id) if done.may_take_back else None


def take_back_button(t: Texts, card_id: CardId) -> Button:
    return Button(text=t("Take back …"), data=press(Verb.VOID_LIST, short_id(card_id)))


def lock_button(t: Texts, card_id: CardId | None = None) -> Button:
    """With ``card_id`` for the panel of that card, without it for the view of the day."""
    return Button(text=t("🔒 Lock"), data=press(Verb.LOCK, *([short_id(card_id)] if card_id else [])))


def card_button(t: Texts, card_id: CardId) -> Button:
    return Button(text=t("‹ Card"), data=press(Verb.PANEL, short_id(card_id)))


def redeem_button(t: Texts, card: CardState) -> Button | None:
    """Hands out the only reward that is possible, or leads to the list of several."""
    on_the_way = interim_positions(card)
    possible = len(card.affordable) + bool(card.rewards_available) + len(on_the_way)
    if not possible:
        return None
    if possible > 1:
        return Button(
            text=t.n("🎁 Redeem ({count} possible)", "🎁 Redeem ({count} possible)", possible),
            data=press(Verb.REWARD_LIST, short_id(card.card_id)),
            style=Style.SUCCESS,
        )
    if card.rewards_available:
        return Button(
            text=t("🎁 Redeem ({ready})", ready=rewards_ready(t, card.rewards_available)),
            data=redeem_stamps(card),
            style=Style.SUCCESS,
        )
    for position, reward in on_the_way:
        said = t("🎁 Hand out: {reward}", reward=isolated(reward.name))
        return Button(text=plain(said), data=redeem_interim(card, position), style=Style.SUCCESS)
    [(position, _)] = affordable_positions(card)
    return Button(
        text=t("🎁 Redeem ({ready})", ready=rewards_ready(t, 1)),
        data=redeem_points(card, position),
        style=Style.SUCCESS,
    )


def redeem_stamps(card: CardState) -> str:
    """The data of the button that redeems a full card."""
    return press(Verb.REDEEM, short_id(card.card_id), new_key())


def redeem_points(card: CardState, position: int) -> str:
    """The data of the button for the reward at this position in ``card.point_rewards``."""
    cost = card.point_rewards[position].cost
    return press(Verb.REDEEM_POINTS, short_id(card.card_id), position, cost, new_key())


def redeem_interim(card: CardState, position: int) -> str:
    """The data of the button for the reward at this position in ``card.interim``."""
    stamps = card.interim[position].stamps
    return press(Verb.REDEEM_INTERIM, short_id(card.card_id), position, stamps, new_key())


def interim_positions(card: CardState) -> Sequence[tuple[int, InterimReward]]:
    """The interim rewards that may be handed out, each with its position in ``card.interim``."""
    return [(at, reward) for at, reward in enumerate(card.interim) if reward in card.interim_ready]


def affordable_positions(card: CardState) -> Sequence[tuple[int, PointReward]]:
    """The rewards that the points are enough for, each with its position in ``card.point_rewards``."""
    return [(at, reward) for at, reward in enumerate(card.point_rewards) if reward in card.affordable]


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """A reward that is possible now; ``position`` and ``price`` are None for that of a full card."""

    redeems: EntryKind
    name: str
    position: int | None = None
    price: int | None = None


def usable(held: HeldCard) -> list[Usable]:
    """The rewards that are possible now: that of the full card first, then those on the way to it, then those for
    points."""
    state, found = held.state, []
    if not held.is_usable:
        return []
    if state.rewards_available:
        found.append(Usable(redeems=EntryKind.STAMP_REDEEMED, name=state.progress.reward))
    for at, interim in interim_positions(state):
        kind = EntryKind.INTERIM_REDEEMED
        found.append(Usable(redeems=kind, name=interim.name, position=at, price=interim.stamps))
    for at, reward in affordable_positions(state):
        kind = EntryKind.POINTS_REDEEMED
        found.append(Usable(redeems=kind, name=reward.name, position=at, price=reward.cost))
    return found


def _undo_button(t: Texts, card_id: CardId, entry_id: EntryId) -> Button:
    return Button(
        text=t("Undo"),
        data=press(Verb.UNDO, short_id(card_id), short_id(entry_id), new_key()),
        style=Style.DANGER,
    )
