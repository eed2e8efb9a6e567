"""What may be taken back of a card, and why it is."""

from collections.abc import Sequence
from dataclasses import replace

from bot.kit.buttons import Verb, press, short_id
from bot.kit.clock import new_key
from bot.texts import Texts
from bot.views import reasons
from bot.views.card_parts import card_button, holder, purchase
from bot.views.entries import SAID, change_of
from bot.views.view import Button, Style, View, keyboard, row
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import CardId, EntryId
from domain.usecases.card_state import CardState
from domain.usecases.look_up_card import CardAtCounter, Voidable


def void_list(t: Texts, found: CardAtCounter, timezone: str) -> View:
    """What this member may take back, one button each, and below that what a manager must allow."""
    if not found.voidable and not is_askable(found):
        return View(
            text=t("Nothing on this card can be taken back any more."),
            buttons=keyboard(row(card_button(t, found.card.card_id))),
        )
    return View(
        text="\n".join(
            [
                t("<b>What should be taken back?</b>"),
                holder(t, found.card),
                *([t("🙋 A manager is asked.")] if is_askable(found) else []),
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
    """Asks a manager why; the reason is kept with the entry."""
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


def _asked_for(found: CardAtCounter) -> Sequence[Entry]:
    return found.askable if found.approvers else ()


def is_askable(found: CardAtCounter) -> bool:
    """Whether there is something that a manager may allow to be taken back."""
    return bool(_asked_for(found))


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
