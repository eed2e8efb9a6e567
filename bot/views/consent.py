"""Consent to news and offers: the question to the customer, and the buttons that change the answer."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts
from bot.views.view import Button, Style, View, keyboard, row
from domain.ids import MerchantId
from domain.merchant import Merchant
from domain.messages import MarketingAsked, Message

YES, NO = 1, 0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def asks_marketing(t: Texts, facts: MarketingAsked, message: Message, *_: object) -> View:
    def answer(text: str, given: int, style: Style | None = None) -> Button:
        return Button(text=text, data=press(Verb.CONSENT, short_id(message.merchant_id), given), style=style)

    said = t.n(
        "📣 <b>May {merchant} write to you about news and offers?</b>\n"
        "At most {count} message in 30 days, and you can stop it at any time. Your card works the same either way.",
        "📣 <b>May {merchant} write to you about news and offers?</b>\n"
        "At most {count} messages in 30 days, and you can stop it at any time. Your card works the same either way.",
        facts.monthly_max,
        merchant=facts.merchant_name,
    )
    return View(
        text=said,
        buttons=keyboard(row(answer(t("No thanks"), NO), answer(t("Yes please"), YES, Style.SUCCESS))),
    )


def marketing_answered(t: Texts, merchant: Merchant, *, is_given: bool) -> View:
    """In place of the question."""
    if is_given:
        said = t(
            "📣 <b>{merchant} may write to you.</b>\nChanged your mind? /privacy", merchant=merchant.name
        )
    else:
        said = t(
            "🔕 <b>{merchant} will not write to you.</b>\nChanged your mind? /privacy", merchant=merchant.name
        )
    return View(text=said)


def no_more_button(t: Texts, merchant_id: MerchantId) -> Button:
    return Button(text=t("🔕 No more of these"), data=press(Verb.NO_MORE, short_id(merchant_id), NO))


def no_more(t: Texts, merchant: Merchant, text: str) -> View:
    """In place of a marketing message that said ``text``; empty for a picture without words."""
    said = t(
        "🔕 {merchant} writes you no more of these.\nChanged your mind? /privacy", merchant=merchant.name
    )
    return View(text="\n\n".join(filter(None, [text, said])))


def marketing_switch(t: Texts, merchant: Merchant, *, is_given: bool) -> Button:
    """The button that shows whether the shop may write, and changes it."""
    label = t("📣 News and offers: on") if is_given else t("🔕 News and offers: off")
    key = short_id(merchant.merchant_id), NO if is_given else YES
    return Button(text=label, data=press(Verb.CONSENT_SWITCH, *key))


def marketing_stopped(t: Texts, merchants: Sequence[Merchant], stopped_at: datetime) -> View:
    """``merchants`` are those that this has stopped; empty if none was allowed to write."""
    owed = t("What is on your cards, and what happens on them, you are still told.")
    if not merchants:
        said = t("🔕 <b>No shop writes you news or offers.</b>")
        return View(text=f"{said}\n{owed}")
    said = t("🔕 <b>No more news and offers:</b> {names}", names=_names(merchants))
    microseconds = (stopped_at - _EPOCH) // timedelta(microseconds=1)
    undo = Button(text=t("Undo"), data=press(Verb.ALLOW_AGAIN, microseconds))
    return View(text=f"{said}\n{owed}", buttons=keyboard(row(undo)))


def marketing_again(t: Texts, merchants: Sequence[Merchant]) -> View:
    if not merchants:
        return View(text=t("Nothing was changed: /privacy says who may write to you."))
    said = t("📣 <b>News and offers come again:</b> {names}", names=_names(merchants))
    return View(text=said)


def instant_of(microseconds: str) -> datetime:
    return _EPOCH + timedelta(microseconds=int(microseconds))


def _names(merchants: Sequence[Merchant]) -> str:
    return ", ".join(merchant.name for merchant in merchants)
