"""What staff see at the counter: the card panel, confirmations, what may be taken back, the day so far.

A confirmation never puts a button that changes something where the finger has just tapped: the second tap of a
double tap would press it.
"""

from collections.abc import Sequence

from bot.callbacks import Verb, press, short_id
from bot.clock import new_key
from bot.texts import Texts
from bot.views.progress import progress, rewards_ready, spaced
from bot.views.view import Button, Style, View, keyboard, row
from domain.entry import Entry, EntryKind
from domain.ids import CardId, EntryId
from domain.usecases.card_state import CardState
from domain.usecases.look_up_card import CardAtCounter, Voidable
from domain.usecases.redeem_reward import Redeemed
from domain.usecases.stamp_card import Stamped
from domain.usecases.store_today import Tally, Today
from domain.usecases.void import Voided

STAMP_COUNTS = (2, 3)


def panel(t: Texts, found: CardAtCounter, timezone: str) -> View:
    """A card with what can be done to it."""
    card = found.card
    lines = [f"<b>{progress(t, card.stamp_count, card.stamps_target)}</b>", _holder(t, card)]
    if card.next_stamp_at is not None:
        lines.append(t("Next stamp possible from {time}.", time=t.moment(card.next_stamp_at, timezone)))
    lines.append(_today_line(t, card))
    return View(
        text="\n".join(lines),
        buttons=keyboard(
            row(_stamp_button(card.card_id, 1, Style.PRIMARY)),
            row(*(_stamp_button(card.card_id, count) for count in STAMP_COUNTS)),
            row(_redeem_button(t, card)),
            row(_take_back_button(t, found)),
        ),
    )


def stamped(t: Texts, done: Stamped) -> View:
    lines = [
        f"✅ <b>{progress(t, done.card.stamp_count, done.card.stamps_target)}</b>",
        t.n("+{count} stamp", "+{count} stamps", done.stamps),
        _holder(t, done.card),
    ]
    if done.rewards_earned_now:
        lines.append(t("🎁 <b>Reward ready: {reward}</b>", reward=done.card.reward))
    lines.append(_today_line(t, done.card))
    return _confirmation(t, lines, done.card, done.entry_id if done.may_undo else None)


def redeemed(t: Texts, done: Redeemed) -> View:
    lines = [
        t("🎁 <b>Hand out: {reward}</b>", reward=done.reward),
        progress(t, done.card.stamp_count, done.card.stamps_target),
        _holder(t, done.card),
    ]
    return _confirmation(t, lines, done.card, done.entry_id if done.may_undo else None)


def voided(t: Texts, done: Voided) -> View:
    if done.kind is EntryKind.REDEMPTION_VOIDED:
        what = t("The reward was not handed out: its stamps are back.")
    else:
        what = t.n("{count} stamp taken back", "{count} stamps taken back", done.count)
    lines = [f"↩️ <b>{progress(t, done.card.stamp_count, done.card.stamps_target)}</b>", what]
    if done.shortfall:
        lines.append(
            t.n(
                "{count} stamp had already been spent on a reward; the manager is told.",
                "{count} stamps had already been spent on a reward; the manager is told.",
                done.shortfall,
            )
        )
    lines.append(_holder(t, done.card))
    return _confirmation(t, lines, done.card, None)


def void_list(t: Texts, found: CardAtCounter, timezone: str) -> View:
    """What this member may take back, one button each."""
    if not found.voidable:
        return View(
            text=t("Nothing on this card can be taken back any more."),
            buttons=keyboard(row(_card_button(t, found.card.card_id))),
        )
    return View(
        text="\n".join([t("<b>What should be taken back?</b>"), _holder(t, found.card)]),
        buttons=keyboard(
            row(_card_button(t, found.card.card_id)),
            *(row(_void_button(t, found.card.card_id, voidable, timezone)) for voidable in found.voidable),
        ),
    )


def void_reasons(t: Texts, card_id: CardId, entry_id: EntryId, key: str) -> View:
    """A manager says why; the reason stays with the entry."""
    return View(
        text=t("<b>Why is it taken back?</b>"),
        buttons=keyboard(
            row(_card_button(t, card_id)),
            *(
                row(
                    Button(
                        text=reason,
                        data=press(Verb.VOID, short_id(card_id), short_id(entry_id), key, position),
                        style=Style.DANGER,
                    )
                )
                for position, reason in enumerate(reasons(t))
            ),
        ),
    )


def reasons(t: Texts) -> Sequence[str]:
    return (t("Mistake at the till"), t("Wrong card"), t("Customer changed their mind"))


def today(t: Texts, found: Today) -> View:
    return View(
        text="\n".join(
            [
                t("<b>Today at {store}</b>", store=found.store_name),
                _tally(t, found.store),
                "",
                t("<b>By you</b>"),
                _tally(t, found.own),
            ]
        )
    )


def ask_card(t: Texts) -> View:
    """After a command without a card."""
    return View(
        text=t("<b>Which card?</b>\nSend its number or a photo of its code, or scan it with the camera.")
    )


def _confirmation(t: Texts, lines: Sequence[str], card: CardState, undo: EntryId | None) -> View:
    return View(
        text="\n".join(lines),
        buttons=keyboard(
            row(_card_button(t, card.card_id)),
            row(_redeem_button(t, card)),
            row(_undo_button(t, card.card_id, undo) if undo else None),
        ),
    )


def _holder(t: Texts, card: CardState) -> str:
    return t("{name} · {number}", name=card.customer_name, number=spaced(card.card_number))


def _today_line(t: Texts, card: CardState) -> str:
    if card.stamps_left_today is None:
        return t("Today: {count}", count=card.stamps_today)
    return t("Today: {count}, {left} more possible", count=card.stamps_today, left=card.stamps_left_today)


def _tally(t: Texts, tally: Tally) -> str:
    parts = [
        t.n("{count} stamp", "{count} stamps", tally.stamps),
        t.n("{count} card", "{count} cards", tally.cards),
        t.n("{count} reward", "{count} rewards", tally.rewards),
    ]
    if tally.voids:
        parts.append(t.n("{count} taken back", "{count} taken back", tally.voids))
    return " · ".join(parts)


def _stamp_button(card_id: CardId, count: int, style: Style | None = None) -> Button:
    return Button(text=f"+{count}", data=press(Verb.STAMP, short_id(card_id), count, new_key()), style=style)


def _redeem_button(t: Texts, card: CardState) -> Button | None:
    if not card.rewards_available:
        return None
    return Button(
        text=t("🎁 Redeem ({ready})", ready=rewards_ready(t, card.rewards_available)),
        data=press(Verb.REDEEM, short_id(card.card_id), new_key()),
        style=Style.SUCCESS,
    )


def _undo_button(t: Texts, card_id: CardId, entry_id: EntryId) -> Button:
    return Button(
        text=t("Undo"),
        data=press(Verb.UNDO, short_id(card_id), short_id(entry_id), new_key()),
        style=Style.DANGER,
    )


def _take_back_button(t: Texts, found: CardAtCounter) -> Button | None:
    if not found.voidable:
        return None
    return Button(text=t("Take back …"), data=press(Verb.VOID_LIST, short_id(found.card.card_id)))


def _card_button(t: Texts, card_id: CardId) -> Button:
    return Button(text=t("‹ Card"), data=press(Verb.PANEL, short_id(card_id)))


def _void_button(t: Texts, card_id: CardId, voidable: Voidable, timezone: str) -> Button:
    entry = voidable.entry
    verb = Verb.VOID_WHY if voidable.needs_reason else Verb.VOID
    return Button(
        text=t("{act} · {time}", act=_act(t, entry), time=t.moment(entry.occurred_at, timezone)),
        data=press(verb, short_id(card_id), short_id(entry.entry_id), new_key()),
        style=Style.DANGER,
    )


def _act(t: Texts, entry: Entry) -> str:
    if entry.kind is EntryKind.STAMP_REDEEMED:
        return t("Reward handed out")
    return t.n("+{count} stamp", "+{count} stamps", entry.stamps_delta)
