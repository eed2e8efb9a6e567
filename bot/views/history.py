"""What was done with a customer's card, and how they say that something was not them."""

from collections.abc import Sequence

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, plain
from bot.views.cards import CARDS_SHOWN, called, key_of, to_card
from bot.views.disputes import disputed
from bot.views.entries import entry_label, entry_line
from bot.views.view import Button, View, keyboard, row
from domain.entry import Entry
from domain.ids import CardId, MerchantId
from domain.usecases.card_state import CardState
from domain.usecases.my_cards import HeldCard, HistoryPage


def history(t: Texts, page: HistoryPage, before: int | None = None, others: Sequence[HeldCard] = ()) -> View:
    """A page of entries, newest first, and the way to the history of ``others``. ``before`` is that of the query for
    this page; None for the first."""
    held = page.held
    lines = [t("<b>{merchant} · history</b>", merchant=called(t, held))]
    entries = (held.entry_told_in(t.locale, entry) for entry in page.entries)
    lines += [entry_line(t, entry, held.timezone) for entry in entries]
    if not page.entries:
        lines.append(_nothing_yet(t, held.state))
    older, is_disputable = page.older, any(entry.staff_id for entry in page.entries)
    asked = press(Verb.DISPUTABLE, *key_of(held), before or 0)
    return View(
        text="\n".join(lines),
        buttons=keyboard(
            row(
                to_card(t, held),
                Button(text=t("Older ›"), data=press(Verb.HISTORY, *key_of(held), older)) if older else None,
            ),
            row(Button(text=t("Something was not me"), data=asked) if is_disputable else None),
            row(Button(text=t("New code"), data=press(Verb.NEW_CODE, *key_of(held), held.token_rotation))),
            *(
                row(Button(text=called(t, other), data=press(Verb.HISTORY, *key_of(other), 0)))
                for other in others[:CARDS_SHOWN]
            ),
        ),
    )


def disputable(t: Texts, page: HistoryPage, before: int | None = None) -> View:
    """What staff did on one page of the history: a button for each entry, by which the holder disputes it. The button
    back stands where *Something was not me* stood, so that a second tap disputes nothing."""
    held = page.held
    back = Button(text=t("‹ History"), data=press(Verb.HISTORY, *key_of(held), before or 0))
    return View(
        text=t(
            "<b>Which of these was not you?</b>\n{merchant} will be told.", merchant=held.state.merchant_name
        ),
        buttons=keyboard(
            *(row(_not_me(t, entry, held.timezone)) for entry in page.entries if entry.staff_id),
            row(back),
            row(to_card(t, held)),
        ),
    )


def _not_me(t: Texts, entry: Entry, timezone: str) -> Button:
    """The last argument, 1, says that the button stands in this list, not below a receipt."""
    key = short_id(entry.merchant_id), short_id(entry.entry_id)
    return Button(text=plain(entry_label(t, entry, timezone)), data=press(Verb.NOT_ME, *key, 1))


def disputed_in_list(t: Texts, merchant_name: str, merchant_id: MerchantId, card_id: CardId) -> View:
    """Thanks in place of the list of ``disputable``, with buttons back."""
    key = short_id(merchant_id), short_id(card_id)
    return View(
        text=disputed(t, merchant_name),
        buttons=keyboard(
            row(Button(text=t("‹ History"), data=press(Verb.HISTORY, *key, 0))),
            row(Button(text=t("‹ Card"), data=press(Verb.SHOW_CARD, *key))),
        ),
    )


def _nothing_yet(t: Texts, state: CardState) -> str:
    if state.has_stamps:
        return t("Nothing yet: the first stamp is waiting for you.")
    return t("Nothing yet: the first points are waiting for you.")
