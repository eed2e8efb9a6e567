"""What customers see: their cards, balances, history and rewards."""

from collections.abc import Sequence

from bot.callbacks import Verb, press, short_id
from bot.texts import Texts
from bot.views.progress import progress, rewards_ready, spaced
from bot.views.view import Button, Keyboard, View, keyboard, row
from domain.entry import Entry, EntryKind
from domain.rules.rewards import stamps_until_reward
from domain.usecases.links import JoinOffer
from domain.usecases.my_cards import HeldCard, HistoryPage

CARDS_SHOWN = 8
"""In a list and as buttons: so many fit into a message whatever they are called."""


def welcome(t: Texts, held: HeldCard, *, is_new: bool) -> View:
    """The sentence before the card: what was agreed to, and the one-tap menu."""
    if not is_new:
        return View(
            text=t("<b>Welcome back to {merchant}.</b>", merchant=held.state.merchant_name), menu=menu(t)
        )
    return View(
        text=t(
            "<b>Welcome to {merchant}!</b>\n"
            "Using this card, you agree that {merchant} keeps your Telegram name and your stamps.",
            merchant=held.state.merchant_name,
        ),
        menu=menu(t),
    )


def menu(t: Texts) -> tuple[tuple[str, ...], ...]:
    return ((my_card_label(t), rewards_label(t)),)


def my_card_label(t: Texts) -> str:
    return t("💳 My card")


def rewards_label(t: Texts) -> str:
    return t("🎁 My rewards")


def card(t: Texts, held: HeldCard, photo: bytes, others: Sequence[HeldCard] = ()) -> View:
    """The card's picture with its number to copy and the way to everything else."""
    return View(text=caption(t, held), photo=photo, buttons=card_buttons(t, held, others))


def caption(t: Texts, held: HeldCard) -> str:
    state = held.state
    return "\n".join(
        [
            t("<b>{merchant}</b>", merchant=state.merchant_name),
            progress(t, state.stamp_count, state.stamps_target),
            t("Reward: {reward}", reward=state.reward),
        ]
    )


def card_buttons(t: Texts, held: HeldCard, others: Sequence[HeldCard] = ()) -> Keyboard:
    number = held.state.card_number
    return keyboard(
        row(
            Button(text=t("History"), data=press(Verb.HISTORY, *_key(held), 0)),
            Button(text=t("Balance"), data=press(Verb.BALANCE)),
            Button(text=t("Rewards"), data=press(Verb.REWARDS)),
        ),
        row(
            Button(text=spaced(number), copies=spaced(number)),
            Button(text=t("New code"), data=press(Verb.NEW_CODE, *_key(held), held.token_rotation)),
        ),
        *(
            row(Button(text=other.state.merchant_name, data=press(Verb.SHOW_CARD, *_key(other))))
            for other in others[:CARDS_SHOWN]
        ),
    )


def no_cards(t: Texts) -> View:
    return View(
        text=t("You have no card yet. Scan the poster at the counter of a shop that stamps with this bot.")
    )


def balance(t: Texts, cards: Sequence[HeldCard]) -> View:
    lines = [
        t("<b>{merchant}</b>", merchant=held.state.merchant_name)
        + "\n"
        + progress(t, held.state.stamp_count, held.state.stamps_target)
        for held in cards[:CARDS_SHOWN]
    ]
    return View(text="\n\n".join(lines + _more(t, cards)), buttons=_to_cards(t, cards))


def rewards(t: Texts, cards: Sequence[HeldCard]) -> View:
    """What is ready and what is next, ready first."""
    ranked = sorted(cards, key=lambda held: -held.state.rewards_available)
    lines = [_reward(t, held) for held in ranked[:CARDS_SHOWN]]
    return View(text="\n\n".join(lines + _more(t, cards)), buttons=_to_cards(t, ranked))


def history(t: Texts, page: HistoryPage) -> View:
    """Newest first, ten a page."""
    held = page.held
    lines = [t("<b>{merchant} · history</b>", merchant=held.state.merchant_name)]
    lines += [_entry(t, entry, held.timezone) for entry in page.entries]
    if not page.entries:
        lines.append(t("Nothing yet: the first stamp is waiting for you."))
    older = page.older
    return View(
        text="\n".join(lines),
        buttons=keyboard(
            row(
                Button(text=t("‹ Card"), data=press(Verb.SHOW_CARD, *_key(held))),
                Button(text=t("Older ›"), data=press(Verb.HISTORY, *_key(held), older)) if older else None,
            )
        ),
    )


def stranger(t: Texts, offer: JoinOffer) -> View:
    """For who opened another's card: nothing of it, but a card of their own."""
    return View(
        text=t(
            "This code is for the staff of {merchant}. Would you like a card of your own?",
            merchant=offer.merchant.name,
        ),
        buttons=keyboard(
            row(
                Button(
                    text=t("Get my card"),
                    data=press(
                        Verb.JOIN, short_id(offer.merchant.merchant_id), short_id(offer.store.store_id)
                    ),
                )
            )
        ),
    )


def new_code_done(t: Texts) -> str:
    return t("Your card has a new code. The old one no longer works.")


def disputed(t: Texts, merchant_name: str) -> str:
    return t("Thank you. {merchant} has been told and will look into it.", merchant=merchant_name)


def _more(t: Texts, cards: Sequence[HeldCard]) -> list[str]:
    left = len(cards) - CARDS_SHOWN
    return [t.n("and {count} more card", "and {count} more cards", left)] if left > 0 else []


def _to_cards(t: Texts, cards: Sequence[HeldCard]) -> Keyboard:
    if len(cards) == 1:
        return keyboard(row(Button(text=t("‹ Card"), data=press(Verb.SHOW_CARD, *_key(cards[0])))))
    return keyboard(
        *(
            row(Button(text=held.state.merchant_name, data=press(Verb.SHOW_CARD, *_key(held))))
            for held in cards[:CARDS_SHOWN]
        )
    )


def _reward(t: Texts, held: HeldCard) -> str:
    state = held.state
    title = t("<b>{merchant}</b>: {reward}", merchant=state.merchant_name, reward=state.reward)
    if state.rewards_available:
        ready = rewards_ready(t, state.rewards_available)
        return f"🎁 {title}\n" + t("{ready}: show your card at the counter.", ready=ready)
    left = stamps_until_reward(state.stamp_count, state.stamps_target)
    return title + "\n" + t.n("{count} stamp to go", "{count} stamps to go", left)


def _entry(t: Texts, entry: Entry, timezone: str) -> str:
    return f"{t.moment(entry.occurred_at, timezone)} · {_act(t, entry)}"


def _act(t: Texts, entry: Entry) -> str:
    match entry.kind:
        case EntryKind.STAMP_EARNED:
            return t.n("+{count} stamp", "+{count} stamps", entry.stamps_delta)
        case EntryKind.STAMP_REDEEMED:
            return t("reward: {reward}", reward=entry.reward or "")
        case EntryKind.REDEMPTION_VOIDED:
            return t.n("+{count} stamp back", "+{count} stamps back", entry.stamps_delta)
        case EntryKind.STAMP_VOIDED:
            return t.n("{count} stamp taken back", "{count} stamps taken back", -entry.stamps_delta)
        case _:
            return entry.kind.value


def _key(held: HeldCard) -> tuple[str, str]:
    return short_id(held.merchant_id), short_id(held.state.card_id)
