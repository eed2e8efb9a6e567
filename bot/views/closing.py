"""Closing a shop for good."""

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts
from bot.views.settings import to_home
from bot.views.view import Button, Style, View, keyboard, row
from domain.usecases.close_shop import Closing


def closing(t: Texts, seen: Closing) -> View:
    """Say what closing the shop means, and ask. If it is already to close: when, and the button to keep it open."""
    merchant = seen.merchant
    merchant_id = merchant.merchant_id
    back = to_home(t, merchant_id)
    if merchant.closes_at is not None:
        keep = Button(text=t("Keep it open"), data=press(Verb.SHOP_KEEP, short_id(merchant_id)))
        return View(
            text=t(
                "<b>{merchant} closes on {date}.</b>\n"
                "Customers were told. Until then cards work as before, but nobody joins. After that all of it is"
                " erased: cards, team, books. Take your books with you: /export",
                merchant=merchant.name,
                date=t.day(merchant.closes_at, merchant.timezone),
            ),
            buttons=keyboard(row(keep), row(back)),
            spare=back,
        )
    said = t(
        "<b>Close {merchant} for good?</b>\n"
        "After {date} all of it is erased: cards, team, books. Until then you can change your mind.",
        merchant=merchant.name,
        date=t.day(seen.would_close_at, merchant.timezone),
    )
    told = t.n("{count} customer will be told.", "{count} customers will be told.", seen.customers)
    meant = Button(
        text=t("🚪 Yes, close the shop"),
        data=press(Verb.SHOP_CLOSE_MEANT, short_id(merchant_id)),
        style=Style.DANGER,
    )
    return View(text=f"{said} {told}", buttons=keyboard(row(meant), row(back)), spare=back)


def kept(t: Texts, seen: Closing) -> View:
    return View(
        text=t("✅ <b>{merchant} stays open.</b> Customers are told.", merchant=seen.merchant.name),
        buttons=keyboard(row(to_home(t, seen.merchant.merchant_id))),
    )
