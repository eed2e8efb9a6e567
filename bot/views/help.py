"""Help, greetings, and the answers to what the bot does not understand or could not do."""

from collections.abc import Collection

from bot.texts import Texts, mark
from bot.views.mailbox import mail_button
from bot.views.view import View, keyboard, row

FOR_MANAGERS = {
    "report": mark("/report shows visits, rewards and customers of a week, a month or other days."),
    "export": mark("/export makes files for a spreadsheet of entries, customers and days."),
    "takings": mark("/takings 812.50 notes what today took in, to be compared with the stamps."),
    "adjust": mark("/adjust 482 109 375 +50 forgotten purchase puts points right."),
    "settings": mark("/settings changes the reward, the stamps, the PIN, the stores and the team."),
    "broadcast": mark("/broadcast writes to the customers who allow it."),
    "messages": mark("/messages says in your own words what customers read."),
    "flags": mark("/flags shows what is worth a look, and why."),
}


def help_text(t: Texts, commands: Collection[str], *, has_card: bool = True) -> View:
    """``commands`` are those that the person who asks has."""
    parts = []
    if "redeem" in commands:
        parts.append(_at_the_counter(t, commands))
    if "poster" in commands:
        parts.append(_for_managers(t, commands))
    if "card" in commands and not has_card:
        parts.append(
            t(
                "<b>Your card</b>\n"
                "Scan the poster at the counter of a shop to get one here.\n"
                "/language changes the language."
            )
        )
        if "newshop" in commands and "redeem" not in commands:
            parts.append(_own_shop(t))
    elif "card" in commands:
        card = t(
            "<b>Your card</b>\n"
            "Show its code at the counter: each visit brings you closer to a reward.\n"
            "/card, /balance, /rewards, /history\n"
            "/language changes the language."
        )
        mail = [t("/email sends you by e-mail what shops tell you.")] if "email" in commands else []
        wallet = [t("/wallet puts your card into the phone's wallet.")] if "wallet" in commands else []
        kept = t("/privacy says what is kept about you, and erases it.")
        parts.append("\n".join([card, *mail, *wallet, kept]))
    return View(text="\n\n".join(parts))


def _at_the_counter(t: Texts, commands: Collection[str]) -> str:
    lines = [
        t(
            "<b>At the counter</b>\n"
            "Scan the customer's code with the camera and tap what to do. Or send a photo of it, or type:"
        )
    ]
    if "stamp" in commands:
        lines.append(t("/stamp 482 109 375 gives a stamp; with 3 at the end, three"))
    if "earn" in commands:
        lines.append(t("/earn 482 109 375 12.50 enters a purchase"))
    lines.append(
        t("/redeem 482 109 375 redeems a reward\n/void 482 109 375 takes the last act back\n/today, /store")
    )
    if "newcard" in commands:
        lines.append(t("/newcard gives a card by e-mail, without Telegram"))
    return "\n".join(lines)


def _for_managers(t: Texts, commands: Collection[str]) -> str:
    lines = [
        t("<b>For managers</b>\n/poster makes the poster for the counter."),
        t("/find Anna or /find 482 109 375 opens a customer's card: history, notes, block."),
        *(t(said) for command, said in FOR_MANAGERS.items() if command in commands),
    ]
    return "\n".join(lines)


def greeting(t: Texts, *, may_open_shop: bool = False) -> View:
    """For a person who opened the bot without a link and has no card."""
    said = t(
        "<b>Stamp cards, without the paper.</b>\n"
        "Scan the poster at the counter of a shop to get its card here."
    )
    return View(text="\n\n".join([said, *([_own_shop(t)] if may_open_shop else [])]))


def _own_shop(t: Texts) -> str:
    return t("<b>Your own shop</b>\n/newshop opens it in six questions.")


def settings(t: Texts, *, is_staff: bool, has_mail: bool = False) -> View:
    """What can be set; the buttons for the languages follow it."""
    lines = [t("<b>Settings</b>\nThe language can be chosen here. /privacy says what is kept about you.")]
    if is_staff:
        lines.append(t("The terms of the cards are changed by the owner and the managers."))
    return View(text="\n".join(lines), buttons=keyboard(row(mail_button(t) if has_mail else None)))


def not_understood(t: Texts, *, is_asked: bool = False) -> View:
    """``is_asked`` says that a question waits for its answer, maybe out of sight."""
    if is_asked:
        return View(
            text=t(
                "This was not understood: what was asked before still waits for an answer. /help says what can be"
                " done here."
            )
        )
    return View(text=t("This was not understood. /help says what can be done here."))


def wrote_nothing(t: Texts) -> View:
    """The answer while nothing can be saved. It is short, because it is also shown as a notice above a pressed
    button."""
    return View(
        text=t(
            "Not recorded yet: nothing can be saved at the moment. It is done as soon as possible, and you are"
            " told here. Please do not repeat it."
        )
    )


def works_again(t: Texts) -> View:
    return View(text=t("It works again, and what you asked for meanwhile has been dealt with."))


def apology(t: Texts, reference: str) -> View:
    return View(
        text=t(
            "Something went wrong on our side, and this was not carried out. Please try again; if it"
            " happens again, tell the shop this reference: {reference}",
            reference=reference,
        )
    )
