"""What operators are told when messages to the bot did not arrive."""

from bot.texts import Texts
from bot.views.view import View


def token_was_refused(t: Texts, minutes: int) -> View:
    said = t.n(
        "🚨 <b>Telegram refused the bot's token for {count} minute</b>, and nobody was answered. It works again.",
        "🚨 <b>Telegram refused the bot's token for {count} minutes</b>, and nobody was answered. It works again.",
        minutes,
    )
    return View(text=said)


def another_copy(t: Texts) -> View:
    head = t("🚨 <b>Another program receives this bot's messages.</b> This one takes none meanwhile.")
    return View(text=f"{head}\n{_what_to_do(t)}")


def webhook_lost(t: Texts) -> View:
    head = t("🚨 <b>The bot's webhook was deleted or replaced.</b> It is set again.")
    return View(text=f"{head}\n{_what_to_do(t)}")


def webhook_unreachable(t: Texts, waiting: int, error: str) -> View:
    head = t.n(
        "🚨 <b>Telegram cannot deliver {count} message to the bot.</b>",
        "🚨 <b>Telegram cannot deliver {count} messages to the bot.</b>",
        waiting,
    )
    return View(text=f"{head}\n" + t("It says: {error}", error=error))


def _what_to_do(t: Texts) -> str:
    return t("If two programs have the same token, stop one of them or give it a token of its own.")
