"""What staff see at the counter: the card panel, what may be taken back, the day so far."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from bot.kit.buttons import Verb, press, short_id
from bot.kit.clock import new_key
from bot.texts import Texts, isolated, plain
from bot.views import reasons
from bot.views.boosts import boost_now
from bot.views.card_parts import (
    card_button,
    holder,
    lock_button,
    purchase,
    redeem_button,
    take_back_button,
    today_line,
)
from bot.views.days import figures_lines
from bot.views.entries import SAID, change_of
from bot.views.moments import since
from bot.views.printed import adopt_button
from bot.views.progress import reward_until, spaced, standing, to_go
from bot.views.refusals import sentence
from bot.views.view import Button, Keyboard, Style, View, grid, keyboard, row
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import CardId, EntryId
from domain.refusals import CardInactive
from domain.usecases.card_state import CardState
from domain.usecases.look_up_card import CardAtCounter, Voidable
from domain.usecases.store_today import Today

STAMP_COUNTS = (2, 3)
ASKED_COUNTS = (1, 2, 3)


def panel(
    t: Texts,
    found: CardAtCounter,
    timezone: str,
    said: str = "",
    refused_count: int | None = None,
    said_until: datetime | None = None,
) -> View:
    """A card with what can be done to it now, below ``said``, the answer to the last try.

    ``refused_count`` is set if that try was refused for the daily limit: how many stamps it wanted. ``said_until`` is
    set if ``said`` names the time of the next stamp, which is not repeated then.
    """
    card = found.card
    lines = [said, ""] if said else []
    if found.named is not None:
        lines += [t("Card {number} was merged into this one.", number=spaced(found.named)), ""]
    lines += [f"<b>{standing(t, card)}</b>", *reward_until(t, card.rewards_available, card.reward_until)]
    lines.append(holder(t, card))
    if found.is_new:
        lines.append(t("🆕 New card: nobody has it yet."))
    if found.adoption is not None:
        lines.append(t("📲 {name} asks for it in Telegram. Is that who is here?", name=found.adoption.name))
    if found.refusal is not None:
        refused = sentence(t, found.refusal, timezone, now=found.seen_at)
        if isinstance(found.refusal, CardInactive) and found.manage_at is not None:
            refused = t("This card is blocked. It can be unblocked on its card page.")
        return View(
            text="\n".join([*lines, refused]),
            buttons=keyboard(*_other_cards(found), row(_manage_button(t, found))),
        )
    if card.has_stamps:
        lines += _stamp_lines(t, found, timezone, said_until)
    lines += [*boost_now(t, card.boost, timezone), *_left_over(t, card)]
    asks = _ask_row(found, refused_count)
    if asks:
        lines.append(t("🙋 More today: a manager is asked."))
    return View(
        text="\n".join(lines),
        buttons=keyboard(
            *(_stamp_rows(card) if card.has_stamps else ()),
            asks,
            row(_purchase_button(t, card)),
            row(_paper_button(t, found)),
            row(adopt_button(t, found)),
            row(redeem_button(t, card)),
            row(take_back_button(t, card.card_id) if found.voidable or _is_askable(found) else None),
            *_other_cards(found),
            row(_manage_button(t, found)),
            row(lock_button(t, card.card_id) if found.may_lock else None),
        ),
        spare=card_button(t, card.card_id),
    )


def stands_here(t: Texts, name: str) -> str:
    return t("👤 {name}", name=name)


def void_list(t: Texts, found: CardAtCounter, timezone: str) -> View:
    """What this member may take back, one button each, and below that what a manager must allow."""
    if not found.voidable and not _is_askable(found):
        return View(
            text=t("Nothing on this card can be taken back any more."),
            buttons=keyboard(row(card_button(t, found.card.card_id))),
        )
    return View(
        text="\n".join(
            [
                t("<b>What should be taken back?</b>"),
                holder(t, found.card),
                *([t("🙋 A manager is asked.")] if _is_askable(found) else []),
            ]
        ),
        buttons=keyboard(
            row(card_button(t, found.card.card_id)),
            *(row(_void_button(t, found.card, voidable, timezone)) for voidable in found.voidable),
            *(row(_ask_button(t, found.card, entry, timezone)) for entry in _asked_for(found)),
        ),
        spare=card_button(t, found.card.card_id),
    )


def void_reasons(t: Texts, card_id: CardId, entry_id: EntryId, key: str) -> View:
    """Ask a manager why; the reason is kept with the entry."""
    return View(
        text=t("<b>Why is it being taken back?</b>"),
        buttons=keyboard(
            row(card_button(t, card_id)),
            *(
                row(
                    Button(
                        text=reason,
                        data=press(Verb.VOID, short_id(card_id), short_id(entry_id), key, position),
                        style=Style.DANGER,
                    )
                )
                for position, reason in enumerate(reasons.choices(t, reasons.TO_TAKE_BACK))
            ),
        ),
        spare=card_button(t, card_id),
    )


def today(t: Texts, found: Today) -> View:
    return View(
        text="\n".join(
            [
                t("<b>Today at {store}</b>", store=found.store_name),
                *figures_lines(t, found, found.store),
                "",
                t("<b>By you</b>"),
                *figures_lines(t, found, found.own),
            ]
        ),
        buttons=keyboard(row(lock_button(t) if found.may_lock else None)),
    )


def ask_card(t: Texts) -> View:
    """The answer to a command that names no card."""
    return View(
        text=t("<b>Which card?</b>\nSend its number or a photo of its code, or scan it with the camera.")
    )


def which_card(t: Texts, cards: Sequence[CardState], nonce: str) -> View:
    """The question after a picture of several codes."""
    return View(
        text=t("<b>Which card?</b>\nThere is more than one in the picture."),
        buttons=keyboard(
            *(
                row(Button(text=plain(holder(t, card)), data=press(Verb.WHICH, nonce, position)))
                for position, card in enumerate(cards)
            )
        ),
    )


def _stamp_lines(t: Texts, found: CardAtCounter, timezone: str, said_until: datetime | None) -> Sequence[str]:
    """When the next stamp is possible, unless that is now or was just said; today's stamps; whom to ask for more."""
    card = found.card
    if card.next_stamp_at is None:
        return [today_line(t, card)]
    when = since(t, card.next_stamp_at, timezone, found.seen_at)
    wait = [] if said_until == card.next_stamp_at else [t("Next stamp possible {when}.", when=when)]
    lines = [*wait, today_line(t, card)]
    if card.stamps_left_today == 0 and not found.approvers:
        lines += _whom_to_ask(t, found)
    return lines


def _left_over(t: Texts, card: CardState) -> Sequence[str]:
    return to_go(t, card.earns_by, card.to_go) if card.earns_by else []


def _whom_to_ask(t: Texts, found: CardAtCounter) -> Sequence[str]:
    """What to do about the daily limit where the bot can ask nobody: ask in person, or, for a lone owner,
    /settings."""
    if found.unreachable:
        names = ", ".join(found.unreachable)
        return [t("More today: ask {names} in person. The bot cannot reach them.", names=names)]
    return [t("Nobody else can allow more. The limit is in /settings.")] if found.manage_at else []


def _ask_row(found: CardAtCounter, refused_count: int | None) -> tuple[Button, ...]:
    """Buttons that ask a manager for stamps above the daily limit, where it is reached or just refused a try."""
    card = found.card
    if not card.has_stamps or not found.approvers:
        return ()
    counts = ASKED_COUNTS if card.stamps_left_today == 0 else ()
    if refused_count is not None and refused_count not in counts:
        counts = (*counts[:-1], refused_count)
    return row(
        *(
            Button(text=f"🙋 +{count}", data=press(Verb.ASK_MORE, short_id(card.card_id), count))
            for count in counts
        )
    )


def _asked_for(found: CardAtCounter) -> Sequence[Entry]:
    return found.askable if found.approvers else ()


def _is_askable(found: CardAtCounter) -> bool:
    return bool(_asked_for(found))


def _stamp_rows(card: CardState) -> Keyboard:
    """Buttons for the numbers of stamps that are possible now."""
    if card.next_stamp_at is not None or card.earns_by is Unit.STAMPS:
        return ()
    left = card.stamps_left_today
    counts = [count for count in STAMP_COUNTS if left is None or count <= left]
    return (
        row(_stamp_button(card.card_id, 1, Style.PRIMARY)),
        row(*(_stamp_button(card.card_id, count) for count in counts)),
    )


def _stamp_button(card_id: CardId, count: int, style: Style | None = None) -> Button:
    return Button(text=f"+{count}", data=press(Verb.STAMP, short_id(card_id), count, new_key()), style=style)


def _other_cards(found: CardAtCounter) -> Keyboard:
    """The way to the holder's other cards, two in a row."""
    buttons = [
        Button(text=f"🎟 {isolated(each.name)}", data=press(Verb.PANEL, short_id(each.card_id)))
        for each in found.others
    ]
    return grid(buttons, 2)


def _manage_button(t: Texts, found: CardAtCounter) -> Button | None:
    if found.manage_at is None or found.is_new:
        return None
    data = press(Verb.CARD_PAGE, short_id(found.manage_at), short_id(found.card.card_id))
    return Button(text=t("Card page"), data=data)


def _paper_button(t: Texts, found: CardAtCounter) -> Button | None:
    """Shown on the card's first day, where the shop takes over stamps from paper cards."""
    if not found.paper_max:
        return None
    return Button(text=t("📄 From a paper card"), data=press(Verb.PAPER, short_id(found.card.card_id)))


def _purchase_button(t: Texts, card: CardState) -> Button | None:
    if card.earns_by is None:
        return None
    style = None if card.earns_by is Unit.POINTS and card.has_stamps else Style.PRIMARY
    return Button(text=t("+ Purchase"), data=press(Verb.PURCHASE, short_id(card.card_id)), style=style)


def _void_button(t: Texts, card: CardState, voidable: Voidable, timezone: str) -> Button:
    entry = voidable.entry
    verb = Verb.VOID_WHY if voidable.needs_reason else Verb.VOID
    return Button(
        text=_act_at(t, entry, card.currency, timezone),
        data=press(verb, short_id(card.card_id), short_id(entry.entry_id), new_key()),
        style=Style.DANGER,
    )


def _ask_button(t: Texts, card: CardState, entry: Entry, timezone: str) -> Button:
    data = press(Verb.ASK_BACK, short_id(card.card_id), short_id(entry.entry_id))
    return Button(text=f"🙋 {_act_at(t, entry, card.currency, timezone)}", data=data)


def _act_at(t: Texts, entry: Entry, currency: str, timezone: str) -> str:
    return f"{_act(t, entry, currency)} · {t.moment(entry.occurred_at, timezone)}"


def _act(t: Texts, entry: Entry, currency: str) -> str:
    if entry.amount_minor is not None:
        return purchase(t, entry, currency)
    made = change_of(entry.kind, entry.stamps_delta, entry.points_delta)
    act = SAID[entry.kind].shop(t, replace(made, factor_tenths=entry.factor_tenths))
    return f"{act} · {entry.reward}" if entry.unit is Unit.POINTS else act
