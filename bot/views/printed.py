"""Printed and mailed cards: the owner's sheets, the card on paper, and how a guest's card comes into Telegram."""

import re

from bot.kit.buttons import Verb, press, short_id
from bot.kit.clock import new_key
from bot.kit.links import Links
from bot.pictures.faces import PrintedFace
from bot.texts import Texts, isolated, plain
from bot.views.card_parts import card_button
from bot.views.faces import promise_line
from bot.views.progress import spaced
from bot.views.settings import to_home
from bot.views.team import to_sheets
from bot.views.view import Button, Style, View, grid, keyboard, row
from domain.ids import CardId, MerchantId, SheetId
from domain.merchant import Merchant
from domain.messages import MailCardRefused, Message
from domain.printed import Sheet
from domain.usecases.adopt_card import Adopted, AdoptionAsked
from domain.usecases.links import JoinOffer
from domain.usecases.look_up_card import CardAtCounter
from domain.usecases.print_cards import Sheets, SheetToPrint

SHEETS_SHOWN = 6
"""So many of the newest sheets that have unused cards."""


def printed_face(t: Texts, found: SheetToPrint, links: Links) -> PrintedFace:
    """The texts of a sheet of printed cards; ``t`` is in the shop's language."""
    return PrintedFace(
        merchant_name=found.merchant.name,
        colour=found.merchant.colour,
        what=promise_line(t, found.merchant, found.program),
        hint=plain(t("Show it at the counter. To have it in Telegram, scan the code.")),
        cards=tuple((spaced(blank.number), links.card(blank.card_id, 0)) for blank in found.blanks),
        logo=found.logo,
    )


def printed_file_name(t: Texts, found: SheetToPrint) -> str:
    """ "café-knätsch-printed-cards.pdf" """
    title = plain(t("<b>Printed cards</b>"))
    words = f"{found.merchant.name} {title}".lower()
    return re.sub(r"[\W_]+", "-", words).strip("-") + ".pdf"


def sheets(t: Texts, found: Sheets, new_sheet: SheetId) -> View:
    """A button for each of the newest sheets with unused cards, and one that prints ``new_sheet``."""
    merchant_id = found.merchant.merchant_id
    done = t.n("✅ {count} card withdrawn.", "✅ {count} cards withdrawn.", found.withdrawn)
    lines = [
        *([done, ""] if found.withdrawn else []),
        t("<b>Printed cards</b>"),
        t("For customers without Telegram: give them a card and scan it, and it is theirs."),
    ]
    rows = (
        row(
            Button(
                text=_left(t, sheet, found.merchant),
                data=press(Verb.SHEET, short_id(merchant_id), short_id(sheet.sheet_id)),
            )
        )
        for sheet in [each for each in found.sheets if each.unused][:SHEETS_SHOWN]
    )
    return View(
        text="\n".join(lines),
        buttons=keyboard(
            row(print_button(t("🖨 Print ten cards"), merchant_id, new_sheet, Style.PRIMARY)),
            *rows,
            row(to_home(t, merchant_id)),
        ),
        spare=to_home(t, merchant_id),
    )


def print_button(
    label: str, merchant_id: MerchantId, sheet_id: SheetId, style: Style | None = None
) -> Button:
    data = press(Verb.SHEET_PRINT, short_id(merchant_id), short_id(sheet_id))
    return Button(text=label, data=data, style=style)


def sheet_page(t: Texts, merchant: Merchant, sheet: Sheet) -> View:
    which = short_id(merchant.merchant_id), short_id(sheet.sheet_id)
    again = print_button(t("🖨 Print again"), merchant.merchant_id, sheet.sheet_id)
    off = Button(text=t("Withdraw …"), data=press(Verb.SHEET_OFF, *which))
    return View(
        text="\n".join(
            [
                t("<b>Printed cards</b>"),
                _left(t, sheet, merchant),
                *([t("If the page is lost, withdraw what is left of it.")] if sheet.unused else []),
            ]
        ),
        buttons=keyboard(
            row(again if sheet.unused else None),
            row(off if sheet.unused else None),
            row(to_sheets(t, merchant.merchant_id)),
        ),
    )


def withdrawal_of_sheet(t: Texts, merchant: Merchant, sheet: Sheet) -> View:
    which = short_id(merchant.merchant_id), short_id(sheet.sheet_id)
    said = t.n(
        "<b>Withdraw {count} card?</b>\nNobody can begin it any more; cards in use go on.",
        "<b>Withdraw {count} cards?</b>\nNobody can begin them any more; cards in use go on.",
        sheet.unused,
    )
    yes = Button(text=t("Yes, withdraw"), data=press(Verb.SHEET_OFF_MEANT, *which), style=Style.DANGER)
    back = Button(text=t("‹ Back"), data=press(Verb.SHEET, *which))
    return View(text=said, buttons=keyboard(row(yes), row(back)), spare=back)


def cards_follow(t: Texts, found: SheetToPrint, file: tuple[str, bytes]) -> View:
    said = t.n(
        "<b>{count} card to print</b>\nOn thick paper at full size, and cut along the marks.",
        "<b>{count} cards to print</b>\nOn thick paper at full size, and cut along the marks.",
        len(found.blanks),
    )
    return View(text=said, document=file, buttons=keyboard(row(to_sheets(t, found.merchant.merchant_id))))


def ask_card_address(t: Texts) -> View:
    return View(text=t("<b>A card by e-mail</b>\nType the customer's address."))


def card_mailed(t: Texts) -> View:
    """The same answer whether or not the address was known already."""
    said = t(
        "📧 <b>The card is on its way.</b>\nScan its code from the customer's phone: that opens the card."
    )
    return View(text=said)


def mail_card_refused(t: Texts, facts: MailCardRefused, _message: Message, timezone: str) -> View:
    """Sent by the bot, once, to the member who gave the card. It names the time: their chat shows the address that
    they typed then."""
    said = t(
        "📭 <b>The card that you gave by e-mail came back.</b>\n"
        "Sent: {time}. Nobody has it, and it is closed. Ask for the address again and type /newcard, or give a"
        " printed card.",
        time=t.moment(facts.mailed_at, timezone),
    )
    return View(text=said)


def is_it_yours(t: Texts, offer: JoinOffer, card_id: CardId, own_card_id: CardId | None = None) -> View:
    """For a person who scanned a guest's card; shows nothing of what is on it. ``own_card_id`` is a card that they
    have at that shop already."""
    merchant = offer.merchant
    mine = Button(
        text=t("Yes, it is mine"),
        data=press(Verb.ADOPT, short_id(merchant.merchant_id), short_id(card_id)),
        style=Style.PRIMARY,
    )
    if own_card_id is not None:
        other = Button(
            text=t("Show my card"),
            data=press(Verb.SHOW_CARD, short_id(merchant.merchant_id), short_id(own_card_id)),
        )
    else:
        other = Button(
            text=t("No, a new card"),
            data=press(Verb.JOIN, short_id(merchant.merchant_id), short_id(offer.store.store_id)),
        )
    said = t("<b>A card from {merchant} without Telegram.</b>\nIs it yours?", merchant=merchant.name)
    return View(text=said, buttons=keyboard(row(mine), row(other)))


def adoption_asked(t: Texts, asked: AdoptionAsked) -> View:
    until = t.time(asked.until, asked.timezone)
    if asked.mail_to is not None:
        said = t(
            "📬 <b>Type here the six digits that we have just mailed to the card's address.</b>\n"
            "Then all that is on it is here, and its old code no longer works. Or show the card at the counter of"
            " {merchant} by {time}.",
            merchant=asked.merchant_name,
            time=until,
        )
        return View(text=said)
    said = t(
        "<b>Show your card at the counter of {merchant} by {time}.</b>\n"
        "They scan it and say yes. Then all that is on it is here, and its old code no longer works.",
        merchant=asked.merchant_name,
        time=until,
    )
    return View(text=said)


def adopted(t: Texts, done: Adopted) -> View:
    """To the member who said yes at the counter."""
    if done.is_merged:
        said = t(
            "✅ <b>{name} has it in Telegram now, with the card they had: {number}.</b>",
            name=done.name,
            number=spaced(done.card_number),
        )
    else:
        said = t("✅ <b>{name} has this card in Telegram now.</b>", name=done.name)
    return View(
        text="\n".join([said, t("The old card can go: its code no longer works.")]),
        buttons=keyboard(row(card_button(t, done.card_id))),
    )


def paper_counts(t: Texts, found: CardAtCounter) -> View:
    """Ask how many stamps are on the paper card."""
    card_id = found.card.card_id
    counts = [
        Button(text=f"{count}", data=press(Verb.PAPER_MEANT, short_id(card_id), count, new_key()))
        for count in range(1, found.paper_max + 1)
    ]
    back = card_button(t, card_id)
    if not counts:
        return View(text=t("This card has begun already."), buttons=keyboard(row(back)))
    said = t("<b>How many stamps are on the paper card?</b>\nKeep the paper card.")
    return View(text=said, buttons=keyboard(row(back), *grid(counts, 5)), spare=back)


def adopt_button(t: Texts, found: CardAtCounter) -> Button | None:
    """The button that gives a guest's card to the account that asked for it; None if none did."""
    if found.adoption is None:
        return None
    which = short_id(found.card.card_id), short_id(found.adoption.adoption_id)
    label = plain(t("📲 Give it to {name}", name=isolated(found.adoption.name)))
    return Button(text=label, data=press(Verb.ADOPT_MEANT, *which), style=Style.SUCCESS)


def _left(t: Texts, sheet: Sheet, merchant: Merchant) -> str:
    day = t.day(sheet.made_at, merchant.timezone)
    return plain(t("{day}: {left} of {count} left", day=day, left=sheet.unused, count=sheet.cards))
