"""What becomes of a balance without anybody at the counter: a start, a warning, an end."""

from bot.texts import Texts
from bot.views.progress import amount, spaced
from bot.views.view import View
from domain.expiry import ExpiryKind
from domain.messages import BalanceExpired, BalanceExpiring, WelcomeBonus

BalanceFacts = WelcomeBonus | BalanceExpiring | BalanceExpired


def balance_told(t: Texts, facts: BalanceFacts) -> View:
    match facts:
        case WelcomeBonus():
            return View(text=_welcome_bonus(t, facts))
        case BalanceExpiring():
            return View(text="\n".join(_expiring(t, facts)))
        case BalanceExpired():
            return View(text="\n".join(_expired(t, facts)))


def balance_values(t: Texts, facts: BalanceFacts) -> dict[str, str]:
    """What fills the placeholders of a merchant's own words."""
    values = {
        "merchant": facts.merchant_name,
        "number": spaced(facts.card_number),
        "count": amount(t, facts.unit, facts.count),
    }
    if not isinstance(facts, WelcomeBonus):
        values["balance"] = amount(t, facts.unit, facts.balance)
    if isinstance(facts, BalanceExpiring):
        values["date"] = t.local_date(facts.last_day)
    return values


def _welcome_bonus(t: Texts, facts: WelcomeBonus) -> str:
    return t(
        "🎁 <b>{merchant} gives you {amount} to start with:</b> your first reward is already closer.",
        merchant=facts.merchant_name,
        amount=amount(t, facts.unit, facts.count),
    )


def _expiring(t: Texts, facts: BalanceExpiring) -> list[str]:
    """How much, what saves it, and by when; ``last_day`` is still in time."""
    count = amount(t, facts.unit, facts.count)
    lines = [
        t.n("⏳ <b>{amount} expires soon.</b>", "⏳ <b>{amount} expire soon.</b>", facts.count, amount=count),
        _what_saves_it(t, facts),
    ]
    if facts.balance > facts.count:
        lines.append(t("You have {balance} in all.", balance=amount(t, facts.unit, facts.balance)))
    return lines


def _what_saves_it(t: Texts, facts: BalanceExpiring) -> str:
    place, day = facts.merchant_name, t.local_date(facts.last_day)
    if facts.kind is ExpiryKind.LOT:
        return t.n(
            "Use it at {merchant} by {date}.",
            "Use them at {merchant} by {date}.",
            facts.count,
            merchant=place,
            date=day,
        )
    return t("Come to {merchant} by {date} and nothing is lost.", merchant=place, date=day)


def _expired(t: Texts, facts: BalanceExpired) -> list[str]:
    count = amount(t, facts.unit, facts.count)
    gone = t.n(
        "⌛ <b>{amount} at {merchant} has expired.</b>",
        "⌛ <b>{amount} at {merchant} have expired.</b>",
        facts.count,
        amount=count,
        merchant=facts.merchant_name,
    )
    if facts.balance:
        return [gone, t("You have {balance} left.", balance=amount(t, facts.unit, facts.balance))]
    return [gone, t("Nothing is left, but every visit counts again.")]
