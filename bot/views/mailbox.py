"""``/email``: the address, the code that proves it, and whether messages come by mail, by chat or by both."""

from bot.kit.buttons import Verb, press
from bot.texts import Texts
from bot.views.view import Button, Style, View, keyboard, row
from domain.mailbox import Mailbox, Ways


def ask_address(t: Texts, mailbox: Mailbox | None) -> View:
    said = t(
        "📧 <b>Messages by e-mail</b>\n"
        "Receipts, rewards and what expires can come to your mailbox too. Type your address here."
    )
    if mailbox is not None:
        said = "\n".join([said, t("So far: {address}", address=mailbox.address)])
    return View(text=said, buttons=keyboard(row(_back(t) if mailbox else None)))


def ask_code(t: Texts, address: str) -> View:
    """Repeats the address as it was typed, so that a typing error is seen."""
    said = t(
        "📬 <b>A code is on its way to {address}.</b>\nType its six digits here within ten minutes. Look among"
        " the spam too.",
        address=address,
    )
    return View(text=said, buttons=keyboard(row(_another(t))))


def mailbox_page(t: Texts, mailbox: Mailbox) -> View:
    lines = [t("📧 <b>{address}</b>", address=mailbox.address)]
    remove = Button(text=t("Remove address"), data=press(Verb.MAIL_OFF))
    if not mailbox.takes_mail:
        lines.append(t("⚠️ Mail to this address comes back, so everything comes here. Is it still right?"))
        return View(text="\n".join(lines), buttons=keyboard(row(_anew(t)), row(remove)))
    lines.append(t("What shops send you comes by:"))
    ways = {Ways.CHAT: t("Telegram"), Ways.MAIL: t("E-mail"), Ways.BOTH: t("Both")}
    buttons = [
        Button(
            text=f"✓ {said}" if way is mailbox.ways else said,
            data=press(Verb.MAIL_WAYS, way.value),
            style=Style.PRIMARY if way is mailbox.ways else None,
        )
        for way, said in ways.items()
    ]
    return View(text="\n".join(lines), buttons=keyboard(row(*buttons), row(_another(t)), row(remove)))


def mail_offered(t: Texts) -> View:
    """To a person who had blocked the bot and is back."""
    said = t("While this chat is blocked, what shops send can come by e-mail.")
    return View(text=said, buttons=keyboard(row(mail_button(t))))


def mail_button(t: Texts) -> Button:
    return Button(text=t("📧 Messages by e-mail"), data=press(Verb.MAIL))


def mail_refused(t: Texts, *_: object) -> View:
    """Sent by the bot, once. It does not name the address, which the outbox does not keep."""
    said = t(
        "📭 <b>Mail to your address comes back.</b>\nEverything comes here now. Is the address still right?"
    )
    return View(text=said, buttons=keyboard(row(_anew(t))))


def mail_code_refused(t: Texts, *_: object) -> View:
    """Sent by the bot, once, to a person who waits for the code."""
    said = t(
        "📭 <b>The code came back: this address takes no mail.</b>\nGive another one, and it goes there."
    )
    return View(text=said, buttons=keyboard(row(_another(t))))


def removal_meant(t: Texts, mailbox: Mailbox) -> View:
    said = t("<b>Remove {address}?</b>\nEverything comes by Telegram alone then.", address=mailbox.address)
    remove = Button(text=t("Remove"), data=press(Verb.MAIL_OFF_MEANT), style=Style.DANGER)
    return View(text=said, buttons=keyboard(row(remove), row(_back(t))), spare=_back(t))


def removed(t: Texts) -> View:
    return View(text=t("✅ The address is gone. Everything comes by Telegram."))


def _anew(t: Texts) -> Button:
    return Button(text=t("Type the address anew"), data=press(Verb.MAIL_NEW))


def _another(t: Texts) -> Button:
    return Button(text=t("Another address"), data=press(Verb.MAIL_NEW))


def _back(t: Texts) -> Button:
    return Button(text=t("‹ Back"), data=press(Verb.MAIL))
