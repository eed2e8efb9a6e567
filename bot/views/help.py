"""How this works, on one screen, for the role that asks."""

from collections.abc import Sequence

from bot.texts import Texts
from bot.views.view import View
from domain.staff import Role


def help_text(t: Texts, roles: Sequence[Role]) -> View:
    parts = []
    if roles:
        parts.append(
            t(
                "<b>At the counter</b>\n"
                "Scan the customer's code with the camera and tap +1. Or send a photo of it, or type:\n"
                "/stamp 482 109 375\n"
                "/earn 482 109 375 12.50 gives points for a purchase\n"
                "/redeem 482 109 375\n"
                "/void 482 109 375 takes the last act back\n"
                "/today, /store"
            )
        )
    if any(role.is_merchant_wide for role in roles):
        parts.append(
            t(
                "<b>For managers</b>\n"
                "/poster makes the page for the counter.\n"
                "/adjust 482 109 375 +50 forgotten purchase puts points right."
            )
        )
    if Role.TERMINAL not in roles:
        parts.append(
            t(
                "<b>Your card</b>\n"
                "Show its code at the counter: each visit earns a stamp, a full card earns a reward.\n"
                "/card, /balance, /rewards, /history\n"
                "/language changes the language."
            )
        )
    return View(text="\n\n".join(parts))


def greeting(t: Texts) -> View:
    """For who opened the bot without a link and has no card."""
    return View(
        text=t(
            "<b>Stamp cards, without the paper.</b>\n"
            "Scan the poster at the counter of a shop to get its card here."
        )
    )


def not_understood(t: Texts) -> View:
    return View(text=t("This was not understood. /help says what can be done here."))


def apology(t: Texts, reference: str) -> View:
    return View(
        text=t(
            "Something went wrong on our side, and this was not carried out. Please try again; if it"
            " happens again, tell the shop this reference: {reference}",
            reference=reference,
        )
    )
