"""What the bot says by itself: one view for each kind of outbox message."""

from dataclasses import replace

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, fill, plain
from bot.views.balances import balance_told, balance_values
from bot.views.entries import SAID, Change, change_of, given_back
from bot.views.progress import amount, progress, rewards_ready, spaced
from bot.views.summary import summary
from bot.views.team import reset_pin_button
from bot.views.view import Button, Effect, View, keyboard, row
from domain.expiry import Unit
from domain.kinds import EntryKind
from domain.messages import (
    AlertReason,
    BalanceExpired,
    BalanceExpiring,
    DailySummary,
    DisputeOpened,
    Facts,
    Message,
    Receipt,
    RewardReady,
    StaffAlert,
    WelcomeBonus,
)


def render(t: Texts, message: Message, timezone: str, wording: str | None = None) -> View:
    """``timezone`` is the merchant's; ``wording`` its own words, in the place of the text."""
    view = _by_default(t, message, timezone)
    return view if wording is None else replace(view, text=fill(wording, _values(t, message.facts)))


def _by_default(t: Texts, message: Message, timezone: str) -> View:
    match message.facts:
        case Receipt() as facts:
            return _receipt(t, message, facts)
        case RewardReady() as facts:
            return _reward_ready(t, facts)
        case WelcomeBonus() | BalanceExpiring() | BalanceExpired() as facts:
            return balance_told(t, facts)
        case DisputeOpened() as facts:
            return _dispute(t, facts, timezone)
        case StaffAlert() as facts:
            return _alert(t, message, facts, timezone)
        case DailySummary() as facts:
            return summary(t, message.merchant_id, facts)


def _values(t: Texts, facts: Facts) -> dict[str, str]:
    """What fills the placeholders of a merchant's own words, as domain/rules/wordings.py names them."""
    match facts:
        case Receipt():
            return {
                "what": plain(_what(t, facts)),
                "progress": plain(_left(t, facts)),
                "merchant": facts.merchant_name,
                "store": facts.store_name,
            }
        case RewardReady():
            return {
                "reward": facts.reward,
                "rewards": rewards_ready(t, facts.rewards_available),
                "merchant": facts.merchant_name,
                "number": spaced(facts.card_number),
            }
        case WelcomeBonus() | BalanceExpiring() | BalanceExpired():
            return balance_values(t, facts)
        case _:
            raise NotImplementedError(facts)


def _receipt(t: Texts, message: Message, facts: Receipt) -> View:
    place = t("<b>{merchant}</b> · {store}", merchant=facts.merchant_name, store=facts.store_name)
    if facts.merchant_name == facts.store_name:
        place = t("<b>{merchant}</b>", merchant=facts.merchant_name)
    not_me = Button(
        text=t("Not me"),
        data=press(Verb.NOT_ME, short_id(message.merchant_id), short_id(message.message_id)),
    )
    return View(
        text="\n".join([_what(t, facts), *_shortfall_of(t, facts), _left(t, facts), place]),
        buttons=keyboard(row(not_me)),
    )


def _left(t: Texts, facts: Receipt) -> str:
    """What is on the card now."""
    if facts.unit is Unit.POINTS:
        return amount(t, Unit.POINTS, facts.points_balance)
    return progress(t, facts.stamp_count, facts.stamps_target)


def _what(t: Texts, facts: Receipt) -> str:
    return SAID[facts.entry_kind].receipt(t, _made(facts))


def _shortfall_of(t: Texts, facts: Receipt) -> list[str]:
    """What a redemption that was taken back could not give back."""
    if facts.entry_kind is not EntryKind.REDEMPTION_VOIDED or not facts.shortfall:
        return []
    return [given_back(t, _made(facts))]


def _made(facts: Receipt) -> Change:
    return Change(facts.unit, facts.stamps_delta + facts.points_delta, facts.shortfall, facts.reward)


def _reward_ready(t: Texts, facts: RewardReady) -> View:
    if facts.unit is Unit.POINTS:
        return View(
            text="\n".join(
                [
                    t("🎉 <b>You have enough points for: {reward}</b>", reward=facts.reward),
                    t("{merchant}: show your card at the counter.", merchant=facts.merchant_name),
                ]
            ),
            effect=Effect.CELEBRATION,
        )
    return View(
        text="\n".join(
            [
                t("🎉 <b>Your reward is ready: {reward}</b>", reward=facts.reward),
                t(
                    "{merchant} · {ready}: show your card at the counter.",
                    merchant=facts.merchant_name,
                    ready=rewards_ready(t, facts.rewards_available),
                ),
            ]
        ),
        effect=Effect.CELEBRATION,
    )


def _dispute(t: Texts, facts: DisputeOpened, timezone: str) -> View:
    made = change_of(facts.entry_kind, facts.stamps_delta, facts.points_delta)
    return View(
        text="\n".join(
            [
                t("⚠️ <b>{customer} says: this was not me.</b>", customer=facts.customer_name),
                t(
                    "{act}, card {number}, by {staff} at {store}, {time}.",
                    act=SAID[facts.entry_kind].shop(t, made),
                    number=spaced(facts.card_number),
                    staff=facts.staff_name,
                    store=facts.store_name,
                    time=t.moment(facts.occurred_at, timezone),
                ),
                _remedy(t, facts),
            ]
        )
    )


def _remedy(t: Texts, facts: DisputeOpened) -> str:
    if facts.entry_kind is EntryKind.POINTS_ADJUSTED:
        return t("If it was a mistake, /adjust puts it right.")
    return t("If it was a mistake, /void takes it back.")


def _alert(t: Texts, message: Message, facts: StaffAlert, timezone: str) -> View:
    reset = keyboard(row(reset_pin_button(t, message.merchant_id, facts.staff_id)))
    match facts.reason:
        case AlertReason.PIN_LOCKED:
            until = t.time(facts.until, timezone) if facts.until else ""
            return View(
                text=t(
                    "🔒 <b>Five wrong PINs for {name}.</b> Locked until {time}.",
                    name=facts.staff_name,
                    time=until,
                ),
                buttons=reset,
            )
        case AlertReason.PIN_BLOCKED:
            return View(
                text=t(
                    "🔒 <b>Twenty wrong PINs for {name}.</b> Locked until a new PIN is chosen.",
                    name=facts.staff_name,
                ),
                buttons=reset,
            )
        case AlertReason.VOID_SHORTFALL:
            return View(text=_shortfall(t, facts))


def _shortfall(t: Texts, facts: StaffAlert) -> str:
    return t(
        "⚠️ <b>{name} took {wanted} back from card {number}, which held only {taken}.</b>\n"
        "The rest had already been spent on a reward.",
        name=facts.staff_name,
        wanted=amount(t, facts.unit, facts.wanted),
        taken=facts.taken,
        number=spaced(facts.card_number) if facts.card_number else "",
    )
