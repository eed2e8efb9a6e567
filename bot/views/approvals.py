"""Requests of members to managers: the reason, how the request stands, and the manager's answer."""

from collections.abc import Callable, Sequence

from bot.kit.buttons import Verb, press, short_id
from bot.kit.clock import new_key
from bot.texts import Texts, plain
from bot.views import reasons
from bot.views.card_parts import card_button, holder
from bot.views.disputes import open_card_button
from bot.views.entries import SAID, change_of
from bot.views.progress import amount, spaced
from bot.views.view import Button, Style, View, keyboard, row
from domain.approval import ApprovalState
from domain.entry import Entry
from domain.expiry import Unit
from domain.ids import CardId
from domain.messages import ApprovalAnswered, ApprovalAsked, ApprovalSettled, Message
from domain.usecases.ask_manager import Requested
from domain.usecases.card_state import CardState
from domain.usecases.decide_approval import Decided

NAMES_SHOWN = 3


def why_more(t: Texts, card: CardState, count: int) -> View:
    """Ask the member why ``count`` stamps are to be given above the daily limit."""
    key = new_key()

    def data(position: int) -> str:
        return press(Verb.ASK_MORE_FOR, short_id(card.card_id), count, key, position)

    said = t("<b>Why {stamps} more?</b>\nA manager is asked.", stamps=amount(t, Unit.STAMPS, count))
    return _why(t, f"{said}\n{holder(t, card)}", card.card_id, reasons.choices(t, reasons.FOR_MORE), data)


def why_back(t: Texts, card: CardState, entry: Entry, timezone: str) -> View:
    """Ask the member why an act is to be taken back that they may not take back alone."""
    key = new_key()

    def data(position: int) -> str:
        return press(Verb.ASK_BACK_FOR, short_id(card.card_id), short_id(entry.entry_id), key, position)

    said = t("<b>Why is it being taken back?</b>\nA manager is asked.")
    act = t(
        "{act}, {time}",
        act=SAID[entry.kind].shop(t, change_of(entry.kind, entry.stamps_delta, entry.points_delta)),
        time=t.moment(entry.occurred_at, timezone),
    )
    return _why(
        t, f"{said}\n{act}\n{holder(t, card)}", card.card_id, reasons.choices(t, reasons.TO_TAKE_BACK), data
    )


def asked_manager(t: Texts, requested: Requested, timezone: str) -> View:
    """The request as the member who asked sees it: while it is open, and how it ended."""
    approval, facts = requested.approval, requested.asked
    if approval.state is not ApprovalState.ASKED:
        return _over(t, facts, approval.state, requested.by, timezone)
    said = t(
        "⏳ <b>Asked {names}: {what}</b>", names=_named(t, requested.names), what=_what(t, facts, timezone)
    )
    withdraw = Button(
        text=t("Withdraw the request"),
        data=press(Verb.UNASK, short_id(approval.merchant_id), short_id(approval.approval_id)),
    )
    card = open_card_button(t, approval.merchant_id, facts.card_id)
    return View(
        text="\n".join([said, _holder(t, facts), *_why_said(t, facts), _until(t, facts, timezone)]),
        buttons=keyboard(row(card), row(withdraw)),
        spare=card,
    )


def withdrawn(t: Texts, facts: ApprovalAsked, timezone: str) -> View:
    """To the member who asked."""
    return _over(t, facts, ApprovalState.WITHDRAWN, None, timezone)


def asks(t: Texts, facts: ApprovalAsked, message: Message, timezone: str) -> View:
    """To the managers who may approve it, or to the customer whose yes it needs."""
    if facts.reward:
        return _asks_customer(t, facts, message)
    lines = [
        t("🙋 <b>{name} asks: {what}</b>", name=facts.name, what=_what(t, facts, timezone)),
        t(
            "{name} · {number} · {store}",
            name=facts.customer_name,
            number=spaced(facts.card_number),
            store=facts.store_name,
        ),
        *([t("Done by {name}.", name=facts.made_by)] if facts.made_by else []),
        *_why_said(t, facts),
        _until(t, facts, timezone),
    ]

    def answer(text: str, is_approved: int, style: Style | None = None) -> Button:
        key = short_id(message.merchant_id), short_id(facts.approval_id)
        return Button(text=text, data=press(Verb.DECIDE, *key, is_approved), style=style)

    return View(
        text="\n".join(lines),
        buttons=keyboard(
            row(answer(t("Approve"), 1, Style.SUCCESS), answer(t("Decline"), 0)),
            row(open_card_button(t, message.merchant_id, facts.card_id)),
        ),
    )


def _asks_customer(t: Texts, facts: ApprovalAsked, message: Message) -> View:
    said = t(
        "🎁 <b>Use your reward at {merchant} now?</b>\n{reward}\n"
        "{name} asks, at the counter. If you are not there, say no.",
        merchant=facts.merchant_name,
        reward=facts.reward,
        name=facts.name,
    )

    def answer(text: str, is_confirmed: int, style: Style | None = None) -> Button:
        key = short_id(message.merchant_id), short_id(facts.approval_id)
        return Button(text=text, data=press(Verb.REDEEM_ANSWER, *key, is_confirmed), style=style)

    return View(
        text=said, buttons=keyboard(row(answer(t("Yes, use it"), 1, Style.SUCCESS), answer(t("No"), 0)))
    )


def used_in_words(t: Texts, facts: ApprovalAsked, state: ApprovalState) -> str:
    """To the customer: what came of the question."""
    match state:
        case ApprovalState.APPROVED:
            return t("✅ <b>Used: {reward}</b>", reward=facts.reward)
        case ApprovalState.DECLINED:
            return t("❌ <b>Not used: {reward}</b>", reward=facts.reward)
        case ApprovalState.LAPSED:
            return t("⌛️ <b>The question is over: {reward}</b>", reward=facts.reward)
        case _:
            return t("↩️ <b>The question was withdrawn: {reward}</b>", reward=facts.reward)


def approval_settled(t: Texts, facts: ApprovalSettled, _: Message, timezone: str) -> View:
    """How the request ended, in place of the question."""
    if facts.asked.reward:
        said = used_in_words(t, facts.asked, facts.state)
        shop = t("<b>{merchant}</b>", merchant=facts.asked.merchant_name)
        return View(text="\n".join([said, shop]))
    return View(text="\n".join(_came_of(t, facts.asked, facts.state, facts.by, timezone)))


def approval_answered(t: Texts, facts: ApprovalAnswered, _: Message, timezone: str) -> View:
    """How the request ended, in place of what the asker saw."""
    return _over(t, facts.asked, facts.state, facts.by, timezone)


def decided_in_words(t: Texts, done: Decided) -> str:
    """To the manager who decided: a short notice above the question."""
    is_approved = done.approval.state is ApprovalState.APPROVED
    return (
        t("Approved. {name} is told.", name=done.asked.name)
        if is_approved
        else t("Declined. {name} is told.", name=done.asked.name)
    )


def decided(t: Texts, done: Decided) -> View:
    """To the manager who decided, in place of the PIN keypad."""
    sign = "✅" if done.approval.state is ApprovalState.APPROVED else "❌"
    said = f"{sign} <b>{decided_in_words(t, done)}</b>"
    return View(text=said, buttons=keyboard(row(card_button(t, done.asked.card_id))))


def _why(t: Texts, text: str, card_id: CardId, why: Sequence[str], data: Callable[[int], str]) -> View:
    return View(
        text=text,
        buttons=keyboard(
            row(card_button(t, card_id)),
            *(row(Button(text=reason, data=data(at))) for at, reason in enumerate(why)),
        ),
        spare=card_button(t, card_id),
    )


def _over(t: Texts, facts: ApprovalAsked, state: ApprovalState, by: str | None, timezone: str) -> View:
    text = "\n".join(_came_of(t, facts, state, by, timezone))
    return View(text=text, buttons=keyboard(row(card_button(t, facts.card_id))))


def _came_of(
    t: Texts, facts: ApprovalAsked, state: ApprovalState, by: str | None, timezone: str
) -> Sequence[str]:
    if facts.reward and state is ApprovalState.APPROVED:
        said_yes = t("✅ {name} said yes.", name=facts.customer_name)
        return [t("🎁 <b>Hand out: {reward}</b>", reward=facts.reward), said_yes, _holder(t, facts)]
    what = t("{name}: {what}", name=facts.name, what=_what(t, facts, timezone))
    return [_head(t, facts, state, by), what, _holder(t, facts), *_why_said(t, facts)]


def _head(t: Texts, facts: ApprovalAsked, state: ApprovalState, by: str | None) -> str:
    match state:
        case ApprovalState.APPROVED:
            return t("✅ <b>Approved by {name}.</b>", name=by or t("the operator"))
        case ApprovalState.DECLINED if facts.reward:
            return t("❌ <b>{name} said no.</b>", name=facts.customer_name)
        case ApprovalState.DECLINED:
            return t("❌ <b>Declined by {name}.</b>", name=by or t("the operator"))
        case ApprovalState.LAPSED:
            return t("⌛️ <b>Nobody answered in time.</b>")
        case _:
            return t("↩️ <b>Withdrawn.</b>")


def _what(t: Texts, facts: ApprovalAsked, timezone: str) -> str:
    if facts.reward:
        return plain(t("reward: {reward}", reward=facts.reward))
    made = change_of(facts.entry_kind, facts.stamps_delta, facts.points_delta)
    act = SAID[facts.entry_kind].shop(t, made)
    if facts.made_at is not None:
        return t("take back: {act} · {time}", act=act, time=t.moment(facts.made_at, timezone))
    if facts.limit is None:
        return act
    return t("{act}, above the limit of {limit} a day", act=act, limit=facts.limit)


def _holder(t: Texts, facts: ApprovalAsked) -> str:
    return t("{name} · {number}", name=facts.customer_name, number=spaced(facts.card_number))


def _why_said(t: Texts, facts: ApprovalAsked) -> Sequence[str]:
    return [t("Why: {reason}", reason=reasons.told(t, facts.reason))] if facts.reason else []


def _until(t: Texts, facts: ApprovalAsked, timezone: str) -> str:
    return t("Can be answered until {time}.", time=t.time(facts.lapses_at, timezone))


def _named(t: Texts, names: Sequence[str]) -> str:
    left_out = len(names) - NAMES_SHOWN
    more = [t.n("and {count} more", "and {count} more", left_out)] if left_out > 0 else []
    return ", ".join([*names[:NAMES_SHOWN], *more])
