"""Disputes: what managers and the customer are told, and the buttons that settle them."""

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, mark
from bot.views.card_parts import card_button
from bot.views.entries import SAID, change_of
from bot.views.progress import spaced
from bot.views.view import Button, Keyboard, Style, View, keyboard, row
from domain.dispute import DisputeOutcome
from domain.ids import CardId, EntryId, MerchantId
from domain.kinds import KINDS, EntryKind
from domain.messages import DisputeAnswered, DisputeOpened, DisputeSettled, Message
from domain.usecases.settle_dispute import Settled

_SETTLED = {
    DisputeOutcome.TAKEN_BACK: mark("it was taken back"),
    DisputeOutcome.PUT_RIGHT: mark("it was put right"),
    DisputeOutcome.RIGHT: mark("it was right"),
}
_ANSWERED = {
    DisputeOutcome.TAKEN_BACK: mark("You were right, and it was taken back."),
    DisputeOutcome.PUT_RIGHT: mark("You were right, and it was put right."),
    DisputeOutcome.RIGHT: mark("It was right, the shop says. If you think otherwise, ask at the counter."),
}


def alarm(t: Texts, facts: DisputeOpened, message: Message, timezone: str) -> View:
    lines = [_head(t, facts), _what(t, facts, timezone), *_remedy(t, facts)]
    return View(text="\n".join(lines), buttons=_buttons(t, message.merchant_id, facts))


def said(t: Texts, facts: DisputeOpened, timezone: str) -> str:
    """As a list tells it."""
    return "\n".join([_head(t, facts), _what(t, facts, timezone)])


def waiting(t: Texts, merchant_id: MerchantId, facts: DisputeOpened, timezone: str) -> View:
    """A dispute out of the list of what is to be looked at."""
    back = Button(text=t("‹ Back"), data=press(Verb.FLAGS, short_id(merchant_id), 0))
    lines = [_head(t, facts), _what(t, facts, timezone), *_remedy(t, facts)]
    buttons = keyboard(*_buttons(t, merchant_id, facts, Verb.SETTLE_LISTED), row(back))
    return View(text="\n".join(lines), buttons=buttons, spare=back)


def settled(t: Texts, facts: DisputeSettled, _: Message, timezone: str) -> View:
    """In place of the alarm."""
    said = t(
        "✅ <b>Settled by {name}: {outcome}.</b>",
        name=facts.by or t("the operator"),
        outcome=t(_SETTLED[facts.outcome]),
    )
    return View(text="\n".join([said, _head(t, facts.opened), _what(t, facts.opened, timezone)]))


def answered(t: Texts, facts: DisputeAnswered, _: Message, timezone: str) -> View:
    said = t("<b>{merchant} has looked into it.</b>", merchant=facts.merchant_name)
    made = change_of(facts.entry_kind, facts.stamps_delta, facts.points_delta)
    act = t(
        "{act}, {time}", act=SAID[facts.entry_kind].shop(t, made), time=t.moment(facts.occurred_at, timezone)
    )
    return View(text="\n".join([said, act, t(_ANSWERED[facts.outcome])]))


def confirmed(t: Texts, done: Settled) -> View:
    """To the member who settled the dispute."""
    said = t("✅ <b>Settled: {outcome}.</b>", outcome=t(_SETTLED[done.outcome]))
    return View(
        text="\n".join([said, t("The customer is told.")]),
        buttons=keyboard(row(card_button(t, done.card_id))),
    )


def open_card_button(t: Texts, merchant_id: MerchantId, card_id: CardId) -> Button:
    return Button(text=t("Open card"), data=press(Verb.OPEN_CARD, short_id(merchant_id), short_id(card_id)))


def _buttons(t: Texts, merchant_id: MerchantId, facts: DisputeOpened, verb: Verb = Verb.SETTLE) -> Keyboard:
    if facts.entry_id is None or facts.card_id is None:
        return ()

    def button(text: str, outcome: DisputeOutcome, style: Style | None = None) -> Button:
        data = press(verb, short_id(merchant_id), short_id(entry_id), outcome.value)
        return Button(text=text, data=data, style=style)

    entry_id: EntryId = facts.entry_id
    mend = button(t("I have put it right"), DisputeOutcome.PUT_RIGHT)
    if facts.may_take_back:
        mend = button(t("Take back this act"), DisputeOutcome.TAKEN_BACK, Style.DANGER)
    return keyboard(
        row(open_card_button(t, merchant_id, facts.card_id)),
        row(mend),
        row(button(t("It was right"), DisputeOutcome.RIGHT)),
    )


def _head(t: Texts, facts: DisputeOpened) -> str:
    return t("⚠️ <b>{customer} says: this was not me.</b>", customer=facts.customer_name)


def _what(t: Texts, facts: DisputeOpened, timezone: str) -> str:
    made = change_of(facts.entry_kind, facts.stamps_delta, facts.points_delta)
    return t(
        "{act}, card {number}, by {staff} at {store}, {time}.",
        act=SAID[facts.entry_kind].shop(t, made),
        number=spaced(facts.card_number),
        staff=facts.staff_name,
        store=facts.store_name,
        time=t.moment(facts.occurred_at, timezone),
    )


def _remedy(t: Texts, facts: DisputeOpened) -> list[str]:
    """What to do if it was a mistake; empty where the act can be taken back by a button."""
    if facts.may_take_back:
        return []
    if KINDS[facts.entry_kind].is_merge:
        return [
            t(
                "A merge cannot be undone. If it was a mistake, give them what is theirs on a card of their own."
            )
        ]
    if facts.entry_kind is EntryKind.POINTS_ADJUSTED:
        return [t("If it was a mistake, /adjust puts it right.")]
    if KINDS[facts.entry_kind].voided_by is not None:
        return [t("If it was a mistake: allow taking back in /settings, then take it back.")]
    if facts.entry_kind is EntryKind.REDEMPTION_VOIDED:
        return [t("If it was a mistake, open the card and redeem it again.")]
    return [t("If it was a mistake, open the card and give it again.")]
