"""What staff see at the counter: the card panel, and the day so far."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bot.kit.buttons import Verb, press, short_id
from bot.kit.clock import new_key
from bot.texts import Texts, isolated, plain
from bot.views.boosts import boost_now
from bot.views.card_parts import (
    card_button,
    holder,
    lock_button,
    redeem_button,
    take_back_button,
    today_line,
)
from bot.views.days import figures_lines
from bot.views.moments import since
from bot.views.printed import adopt_button
from bot.views.progress import reward_until, spaced, standing, to_go
from bot.views.refusals import sentence
from bot.views.taking_back import is_askable
from bot.views.view import Button, Keyboard, Style, View, grid, keyboard, row
from domain.expiry import Unit
from domain.ids import CardId
from domain.refusals import CardInactive, Refusal
from domain.usecases.card_state import CardState
from domain.usecases.look_up_card import CardAtCounter
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
    lines = [*([said, ""] if said else []), *_whose(t, found)]
    if found.refusal is not None:
        return View(
            text="\n".join([*lines, _refused(t, found, found.refusal, timezone)]),
            buttons=keyboard(*_other_cards(found), row(_manage_button(t, found))),
        )
    card = found.card
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
            row(take_back_button(t, card.card_id) if found.voidable or is_askable(found) else None),
            *_other_cards(found),
            row(_manage_button(t, found)),
            row(lock_button(t, card.card_id) if found.may_lock else None),
        ),
        spare=card_button(t, card.card_id),
    )


def _whose(t: Texts, found: CardAtCounter) -> Iterator[str]:
    """What is on the card, and whose it is, or is to be."""
    card = found.card
    if found.named is not None:
        yield t("Card {number} was merged into this one.", number=spaced(found.named))
        yield ""
    yield f"<b>{standing(t, card)}</b>"
    yield from reward_until(t, card.rewards_available, card.reward_until)
    yield holder(t, card)
    if found.is_new:
        yield t("🆕 New card: nobody has it yet.")
    if found.adoption is not None:
        yield t("📲 {name} asks for it in Telegram. Is that who is here?", name=found.adoption.name)


def _refused(t: Texts, found: CardAtCounter, refusal: Refusal, timezone: str) -> str:
    """Why nothing can be done to the card."""
    if isinstance(refusal, CardInactive) and found.manage_at is not None:
        return t("This card is blocked. It can be unblocked on its card page.")
    return sentence(t, refusal, timezone, now=found.seen_at)


def stands_here(t: Texts, name: str) -> str:
    return t("👤 {name}", name=name)


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
