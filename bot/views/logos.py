"""The shop's logo, for those who may change it."""

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, isolated, plain
from bot.views.view import Button, Style, View, keyboard, row
from domain.fields import Target
from domain.ids import MerchantId
from domain.logo import NO_LOGO
from domain.merchant import Merchant
from domain.usecases.see_shop import Shop


def logo_button(t: Texts, shop: Shop) -> Button:
    said = t("{label}: {value}", label=t("Logo"), value=t("Yes") if shop.has_logo else t("No"))
    return Button(text=plain(said), data=_page(shop.merchant.merchant_id))


def logo(t: Texts, merchant: Merchant, shown: bytes | None, said: str = "") -> View:
    """``shown`` is a picture of the logo as posters print it, None without a logo; ``said`` tells what was just
    changed."""
    merchant_id = short_id(merchant.merchant_id)
    title = t("<b>Logo of {merchant}</b>\nIt stands at the top of your posters.", merchant=merchant.name)
    send = t("Send another picture") if shown else t("Send a picture")
    remove = Button(text=t("Remove the logo"), data=press(Verb.LOGO_OFF, merchant_id), style=Style.DANGER)
    back = Button(text=t("‹ Back"), data=press(Verb.FIELDS, merchant_id, Target.MERCHANT, merchant_id))
    return View(
        text="\n\n".join(filter(None, [said, title])),
        photo=shown,
        buttons=keyboard(
            row(Button(text=send, data=press(Verb.LOGO_NEW, merchant_id))),
            row(remove if shown else None),
            row(back),
        ),
        spare=back,
    )


def ask_logo(t: Texts, merchant: Merchant) -> View:
    asked = t(
        "<b>Send the logo of {merchant}</b>\nAs a PNG or a JPEG. Sent as a file it stays sharp, and what is"
        " transparent stays so.",
        merchant=merchant.name,
    )
    back = Button(text=t("‹ Back"), data=_page(merchant.merchant_id))
    return View(text=asked, buttons=keyboard(row(back)))


def kept(t: Texts) -> str:
    return t("✅ Your posters have this logo from now on.")


def removed(t: Texts) -> str:
    return t("✅ Logo removed.")


def logged(t: Texts, before: str, after: str) -> str:
    """A line for the log of changes."""
    return t("{label}: {before} → {after}", label=t("Logo"), before=_logged(before), after=_logged(after))


def _logged(written: str) -> str:
    return "–" if written == NO_LOGO else isolated(written)


def _page(merchant_id: MerchantId) -> str:
    return press(Verb.LOGO, short_id(merchant_id))
