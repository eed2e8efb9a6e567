"""What customers see of their cards: each with its picture, and what is on all of them."""

from collections.abc import Sequence
from dataclasses import replace

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated, length, plain
from bot.views.boosts import boosts_today
from bot.views.card_parts import usable
from bot.views.coming_back import birthday_button, invite_button
from bot.views.disputes import disputed
from bot.views.messages import render
from bot.views.progress import amount, reward_until, rewards_ready, spaced, standing, to_go, with_use
from bot.views.view import Button, Keyboard, Style, View, keyboard, row
from bot.views.wallets import wallet_button
from domain.expiry import ExpiryKind, Unit
from domain.merchant import PointReward
from domain.messages import CardsMerged, Receipt
from domain.rules.points import next_reward
from domain.usecases.card_state import CardState
from domain.usecases.my_balances import Balance, Expiring
from domain.usecases.my_cards import HeldCard
from domain.usecases.read_message import Shown

CARDS_SHOWN = 8
"""The most cards in a list, and the most buttons to cards of other shops."""
TEXT_LENGTH_MAX = 4096
"""https://core.telegram.org/bots/api#sendmessage"""


def card(
    t: Texts,
    held: HeldCard,
    photo: bytes,
    others: Sequence[HeldCard] = (),
    *,
    has_wallets: bool = False,
) -> View:
    """The card's picture with its number to copy and the way to everything else."""
    buttons = card_buttons(t, held, others, has_wallets=has_wallets)
    return View(text=caption(t, held), photo=photo, buttons=buttons)


def with_receipt(t: Texts, held: HeldCard, photo: bytes, receipt: View, *, has_wallets: bool = False) -> View:
    """The card with the receipt of what just happened to it, in place of the usual caption, which the receipt
    repeats."""
    buttons = card_buttons(t, held, has_wallets=has_wallets)
    return View(text=receipt.text, photo=photo, buttons=(*receipt.buttons, *buttons))


def retired(t: Texts, photo: bytes, before: Shown) -> View:
    """What replaces an older message with a card that is shown again further down: its receipt, with the button to
    dispute it unless that has been used, or a sentence that points down."""
    if before.receipt is None:
        return View(text=t("Your card is further down in this chat."), photo=photo)
    message, reader = before.receipt
    view = replace(render(t, message, reader.timezone, reader.wording), photo=photo)
    if before.dispute is None:
        return view
    thanks = []
    if isinstance(message.facts, Receipt | CardsMerged) and not before.dispute.is_settled:
        thanks = [disputed(t, message.facts.merchant_name)]
    return replace(view, text="\n\n".join([view.text, *thanks]), buttons=())


def caption(t: Texts, held: HeldCard) -> str:
    state = held.told_in(t.locale).state
    lines = [t("<b>{merchant}</b>", merchant=called(t, held)), *_restrictions(t, held), standing(t, state)]
    if state.has_stamps:
        lines += [
            *_waits_until(t, state),
            *_on_the_way(t, state),
            t("Reward: {reward}", reward=state.progress.reward),
        ]
    return "\n".join([*lines, *_earning(t, held)])


def _restrictions(t: Texts, held: HeldCard) -> list[str]:
    """Why nothing can be done with the card, or not for much longer."""
    said = []
    if held.is_blocked:
        said.append(t("⛔️ This card is blocked. Please ask at the counter."))
    elif held.state.is_paused:
        said.append(t("⏸ Nothing is given or redeemed on this card at the moment."))
    if held.closes_on is not None:
        said.append(
            t(
                "🚪 {merchant} closes: use what is on it until {date}.",
                merchant=held.state.merchant_name,
                date=t.local_date(held.closes_on),
            )
        )
    return said


def _waits_until(t: Texts, state: CardState) -> Sequence[str]:
    return reward_until(t, state.rewards_available, state.reward_until)


def _earning(t: Texts, held: HeldCard) -> Sequence[str]:
    """What is left over of purchases, and when more is earned today; nothing at shops that have neither."""
    state = held.state
    left = to_go(t, state.earns_by, state.to_go) if state.earns_by else []
    return [*left, *boosts_today(t, state, held.timezone)]


def card_buttons(t: Texts, held: HeldCard, others: Sequence[HeldCard] = (), *, has_wallets: bool) -> Keyboard:
    """At most two in a row: three would cut the words of some languages on a small phone. Other cards and offers of
    the same shop come before ``others``, of which only cards of other shops are shown."""
    number, here = held.state.card_number, held.told_in(t.locale)
    return keyboard(
        row(use_button(t, held) if held.state.needs_customer and usable(held) else None),
        row(
            Button(text=t("Balance"), data=press(Verb.BALANCE)),
            Button(text=t("Rewards"), data=press(Verb.REWARDS)),
        ),
        row(Button(text=t("History"), data=press(Verb.HISTORY, *key_of(held), 0))),
        row(Button(text=spaced(number), copies=spaced(number))),
        row(wallet_button(t, held) if has_wallets else None),
        row(
            birthday_button(t, held.merchant_id) if held.asks_birthday else None,
            invite_button(t, held.merchant_id) if held.may_invite else None,
        ),
        *(
            row(
                Button(
                    text=f"🎟 {isolated(each.name)}",
                    data=press(Verb.SHOW_CARD, short_id(held.merchant_id), short_id(each.card_id)),
                )
            )
            for each in here.others
        ),
        *(
            row(
                Button(
                    text=plain(t("➕ Also here: {card}", card=each.name)),
                    data=press(Verb.JOIN_PROGRAM, short_id(held.merchant_id), short_id(each.program_id)),
                )
            )
            for each in here.offers
        ),
        *(
            row(Button(text=called(t, other), data=press(Verb.SHOW_CARD, *key_of(other))))
            for other in others[:CARDS_SHOWN]
            if other.merchant_id != held.merchant_id
        ),
    )


def use_button(t: Texts, held: HeldCard) -> Button:
    return Button(text=t("🎁 Use reward"), data=press(Verb.USE, *key_of(held)), style=Style.SUCCESS)


def no_cards(t: Texts) -> View:
    return View(
        text=t("You have no card. Scan the poster at the counter of a shop that stamps with this bot.")
    )


def balance(t: Texts, balances: Sequence[Balance]) -> View:
    """How far each card is, and what expires on it next."""
    return _list(t, [(each.held, _balance(t, each)) for each in balances])


def rewards(t: Texts, cards: Sequence[HeldCard]) -> View:
    """What is ready and what is next on each card; the cards with the most ready rewards first."""
    ranked = sorted(cards, key=lambda held: -_rewards_ready(held.state))
    return _list(t, [(held, _rewards(t, held)) for held in ranked])


def ask_new_code(t: Texts, held: HeldCard) -> View:
    meant = press(Verb.NEW_CODE_MEANT, *key_of(held), held.token_rotation)
    return View(
        text=t(
            "<b>Get a new code for your card at {merchant}?</b>\n"
            "For when somebody else has a picture of your card: the code it has now is refused from then on. Your"
            " number and all that is on the card stay.",
            merchant=called(t, held),
        ),
        buttons=keyboard(
            row(Button(text=t("Yes, a new code"), data=meant, style=Style.DANGER)),
            row(to_card(t, held)),
        ),
        spare=to_card(t, held),
    )


def to_card(t: Texts, held: HeldCard) -> Button:
    return Button(text=t("‹ Card"), data=press(Verb.SHOW_CARD, *key_of(held)))


def new_code_done(t: Texts) -> str:
    return t("Your card has a new code. The old one no longer works.")


def _list(t: Texts, told: Sequence[tuple[HeldCard, str]]) -> View:
    """As many cards as a message holds, each with its button, and how many more there are."""
    for shown in range(min(len(told), CARDS_SHOWN), 0, -1):
        left = len(told) - shown
        more = [t.n("and {count} more card", "and {count} more cards", left)] if left else []
        text = "\n\n".join([*(said for _, said in told[:shown]), *more])
        if shown == 1 or length(text) <= TEXT_LENGTH_MAX:
            return View(text=text, buttons=_to_cards(t, [held for held, _ in told[:shown]], len(told)))
    raise ValueError("a list of no cards")


def _to_cards(t: Texts, cards: Sequence[HeldCard], cards_in_all: int) -> Keyboard:
    if cards_in_all == 1:
        return keyboard(row(to_card(t, cards[0])))
    return keyboard(
        *(row(Button(text=called(t, held), data=press(Verb.SHOW_CARD, *key_of(held)))) for held in cards)
    )


def _balance(t: Texts, balance: Balance) -> str:
    state = balance.held.told_in(t.locale).state
    lines = [t("<b>{merchant}</b>", merchant=called(t, balance.held)), *_restrictions(t, balance.held)]
    lines.append(standing(t, state))
    lines += _waits_until(t, state)
    return "\n".join([*lines, *_earning(t, balance.held), *expiring_lines(t, balance.expiring)])


def expiring_lines(t: Texts, expiring: Sequence[Expiring]) -> list[str]:
    """Two balances that expire on the same day share a line; by inactivity, the whole card expires on one day."""
    match expiring:
        case [first, second] if (first.kind, first.last_day) == (second.kind, second.last_day):
            return [_expire_together(t, first, second)]
        case _:
            return [_expires(t, each) for each in expiring]


def _expire_together(t: Texts, first: Expiring, second: Expiring) -> str:
    if first.kind is ExpiryKind.INACTIVITY:
        return _expires(t, first)
    return t(
        "{stamps} and {points} expire on {date}.",
        stamps=amount(t, first.unit, first.count),
        points=amount(t, second.unit, second.count),
        date=t.local_date(first.last_day),
    )


def _expires(t: Texts, expiring: Expiring) -> str:
    day = t.local_date(expiring.last_day)
    if expiring.kind is ExpiryKind.INACTIVITY:
        return t("Come by no later than {date} and nothing is lost.", date=day)
    count = expiring.count
    if expiring.unit is Unit.STAMPS:
        return t.n("{count} stamp expires on {date}.", "{count} stamps expire on {date}.", count, date=day)
    return t.n("{count} point expires on {date}.", "{count} points expire on {date}.", count, date=day)


def _rewards_ready(state: CardState) -> int:
    return state.rewards_available + len(state.affordable) + len(state.interim_ready)


def _rewards(t: Texts, held: HeldCard) -> str:
    """The reward for stamps, then those for points with their prices; what is ready is marked with 🎁."""
    state = held.told_in(t.locale).state
    if not state.has_points:
        return "\n".join(_stamps_reward(t, held))
    points = amount(t, Unit.POINTS, state.points_balance)
    if state.has_stamps:
        heading = [*_stamps_reward(t, held), points]
    else:
        title = t("<b>{merchant}</b>: {points}", merchant=called(t, held), points=points)
        heading = [title, *_restrictions(t, held)]
    lines = [_point_reward(t, reward, state) for reward in state.point_rewards]
    is_ready = state.affordable and held.is_usable
    shown = (
        [with_use(t, t("Show your card at the counter."), is_needed=state.needs_customer)] if is_ready else []
    )
    return "\n".join([*heading, *lines, *shown])


def _stamps_reward(t: Texts, held: HeldCard) -> list[str]:
    state = held.told_in(t.locale).state
    title = t("<b>{merchant}</b>: {reward}", merchant=called(t, held), reward=state.progress.reward)
    if state.rewards_available:
        ready = rewards_ready(t, state.rewards_available)
        title = f"🎁 {title}"
        said = ready
        if held.is_usable:
            shown = t("{ready}: show your card at the counter.", ready=ready)
            said = with_use(t, shown, is_needed=state.needs_customer)
    else:
        said = t.n("{count} stamp to go", "{count} stamps to go", state.progress.stamps_to_go)
    return [title, *_restrictions(t, held), said, *_waits_until(t, state), *_on_the_way(t, state)]


def _on_the_way(t: Texts, state: CardState) -> list[str]:
    """The interim rewards: first those that are ready, then those still to come."""
    ready = dict.fromkeys(each.name for each in state.interim_ready)
    on_card = state.progress.on_card
    to_come = [each for each in state.interim if each.name not in ready and on_card < each.stamps]
    return [
        *(t("🎁 Ready: {reward}", reward=name) for name in ready),
        *(
            t.n("At {count} stamp: {reward}", "At {count} stamps: {reward}", each.stamps, reward=each.name)
            for each in to_come
        ),
    ]


def _point_reward(t: Texts, reward: PointReward, state: CardState) -> str:
    """A reward with its price; the next one also with how many points are missing."""
    cost = amount(t, Unit.POINTS, reward.cost)
    if reward.cost <= state.points_balance:
        return "🎁 " + t("{reward}: {cost}", reward=reward.name, cost=cost)
    if reward == next_reward(state.points_balance, state.point_rewards):
        left = reward.cost - state.points_balance
        return t("{reward}: {cost}, {left} to go", reward=reward.name, cost=cost, left=t.number(left))
    return t("{reward}: {cost}", reward=reward.name, cost=cost)


def called(t: Texts, held: HeldCard) -> str:
    """The shop's name, with the card's where the holder has several there."""
    names = held.state.merchant_name, held.told_in(t.locale).card_name
    return " · ".join(isolated(name) for name in names if name)


def key_of(held: HeldCard) -> tuple[str, str]:
    return short_id(held.merchant_id), short_id(held.state.card_id)
