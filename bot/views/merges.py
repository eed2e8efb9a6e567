"""Merging two cards of one person: which is the other, what both hold, what they would hold together."""

from bot.kit.buttons import Verb, press
from bot.texts import Texts
from bot.views.card_pages import back
from bot.views.card_parts import holder
from bot.views.progress import standing
from bot.views.view import Button, Style, View, keyboard, row
from domain.usecases.manage_cards import CardPage
from domain.usecases.merge_cards import MergePreview


def ask_other(t: Texts, page: CardPage) -> View:
    said = t(
        "<b>Which card is to be merged with this one?</b>\n"
        "For one person with two cards. Send the other card's number, or scan its code."
    )
    return View(
        text="\n".join([said, holder(t, page.state)]),
        buttons=keyboard(row(back(t, page.merchant_id, page.state.card_id))),
    )


def offer(t: Texts, found: MergePreview, nonce: str) -> View:
    said = [
        t("<b>Merge these two cards?</b>"),
        "",
        _part(t("Will be closed:"), holder(t, found.other)),
        standing(t, found.other),
        "",
        _part(t("Remains:"), holder(t, found.card)),
        standing(t, found.card),
        "",
        t("<b>Together:</b>"),
        f"<b>{standing(t, found.together)}</b>",
        "",
        t(
            "The old code and number lead to the card that remains, and only its account shows it. Both holders are"
            " told. This cannot be undone."
        ),
    ]
    cancel = back(t, found.merchant_id, found.card.card_id)
    return View(
        text="\n".join(said),
        buttons=keyboard(
            row(Button(text=t("Merge for good"), data=press(Verb.MERGE_MEANT, nonce), style=Style.DANGER)),
            row(Button(text=t("Keep the other one"), data=press(Verb.MERGE_SWAP, nonce))),
            row(cancel),
        ),
        spare=cancel,
    )


def _part(said: str, whose: str) -> str:
    return f"{said} {whose}"
