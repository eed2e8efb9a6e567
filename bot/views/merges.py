"""Merging two cards of one person: which is the other, what both hold, what they would hold together, and that the
holder is asked."""

from bot.kit.buttons import Verb, press
from bot.texts import Texts
from bot.views.card_pages import asked_buttons, back, vouch_buttons, vouch_for_merge
from bot.views.card_parts import holder
from bot.views.progress import spaced, standing
from bot.views.view import Button, Style, View, keyboard, row
from domain.usecases.manage_cards import CardPage
from domain.usecases.merge_cards import MergePreview, MergeWaiting


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
    label, style, first, name = t("Merge for good"), Style.DANGER, "", found.other.customer_name
    if found.needs_yes and found.is_reachable:
        label, style = t("Ask the holder"), Style.SUCCESS
        first = t("{name} is asked first, in the chat.", name=name)
    elif found.needs_yes:
        label, first = (
            t("Vouch for it"),
            t("The bot does not reach {name}: you have to vouch for them.", name=name),
        )
    if first:
        said += ["", f"<b>{first}</b>"]
    cancel = back(t, found.merchant_id, found.card.card_id)
    return View(
        text="\n".join(said),
        buttons=keyboard(
            row(Button(text=label, data=press(Verb.MERGE_MEANT, nonce), style=style)),
            row(Button(text=t("Keep the other one"), data=press(Verb.MERGE_SWAP, nonce))),
            row(cancel),
        ),
        spare=cancel,
    )


def waiting(t: Texts, asked: MergeWaiting, timezone: str) -> View:
    """To who asked: the holder has to say yes, or a reason to vouch for them, whom the bot does not reach."""
    move = asked.move
    page = back(t, move.merchant_id, move.card_id)
    if not asked.is_reachable and asked.may_vouch:
        whose = t("{name} · {number}", name=asked.customer_name, number=spaced(asked.card_number))
        return View(
            text="\n".join([vouch_for_merge(t, asked.into_number), whose]),
            buttons=keyboard(row(page), *vouch_buttons(t, move.merchant_id, move.move_id)),
            spare=page,
        )
    said = [
        t("⏳ <b>Asked {names}: {what}</b>", names=asked.customer_name, what=t("merge the cards")),
        t(
            "Card {number} into card {other}.",
            number=spaced(asked.card_number),
            other=spaced(asked.into_number),
        ),
        t("Can be answered until {time}.", time=t.moment(move.expires_at, timezone)),
        t("Without an answer within an hour, you can vouch for them.")
        if asked.may_vouch
        else t("The holder has said no. Only an owner can vouch for the card now."),
    ]
    buttons = keyboard(row(page), *asked_buttons(t, move, may_vouch=asked.may_vouch))
    return View(text="\n".join(said), buttons=buttons, spare=page)


def _part(said: str, whose: str) -> str:
    return f"{said} {whose}"
