"""Messages about balances that change by themselves: welcome bonus, expiry warning, expiry."""

from bot.texts import Texts
from bot.views.closures import closed_meanwhile
from bot.views.progress import amount, spaced
from bot.views.view import View
from domain.expiry import ExpiryKind, Unit
from domain.messages import BalanceExpired, BalanceExpiring, RewardExpired, RewardExpiring, WelcomeBonus

BalanceFacts = WelcomeBonus | BalanceExpiring | BalanceExpired


def balance_values(t: Texts, facts: BalanceFacts) -> dict[str, str]:
    """The values for the placeholders of a merchant's own wording."""
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


def welcome_bonus(t: Texts, facts: WelcomeBonus, *_: object) -> View:
    return View(
        text=t(
            "🎁 <b>{merchant} gives you {amount} to start with:</b> your first reward is already closer.",
            merchant=facts.merchant_name,
            amount=amount(t, facts.unit, facts.count),
        )
    )


def expiring(t: Texts, facts: BalanceExpiring, *_: object) -> View:
    """How much expires, what saves it, and by when; on ``last_day`` it can still be saved."""
    count = amount(t, facts.unit, facts.count)
    lines = [
        t.n("⏳ <b>{amount} expires soon.</b>", "⏳ <b>{amount} expire soon.</b>", facts.count, amount=count),
        _what_saves_it(t, facts),
    ]
    if facts.balance > facts.count:
        lines.append(t("You have {balance} in all.", balance=amount(t, facts.unit, facts.balance)))
    lines += closed_meanwhile(t, facts.closed)
    return View(text="\n".join(lines))


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


def expired(t: Texts, facts: BalanceExpired, *_: object) -> View:
    count = amount(t, facts.unit, facts.count)
    gone = t.n(
        "⌛ <b>{amount} at {merchant} has expired.</b>",
        "⌛ <b>{amount} at {merchant} have expired.</b>",
        facts.count,
        amount=count,
        merchant=facts.merchant_name,
    )
    if facts.balance:
        left = t("You have {balance} left.", balance=amount(t, facts.unit, facts.balance))
    else:
        left = t("Nothing is left, but every visit counts again.")
    return View(text=f"{gone}\n{left}")


def reward_end_values(t: Texts, facts: RewardExpiring | RewardExpired) -> dict[str, str]:
    values = {
        "reward": facts.reward,
        "count": amount(t, Unit.STAMPS, facts.count),
        "merchant": facts.merchant_name,
        "number": spaced(facts.card_number),
    }
    if isinstance(facts, RewardExpiring):
        return values | {"date": t.local_date(facts.last_day)}
    return values | {"balance": amount(t, Unit.STAMPS, facts.balance)}


def reward_expiring(t: Texts, facts: RewardExpiring, *_: object) -> View:
    head = t("⏳ <b>Your reward is still waiting: {reward}</b>", reward=facts.reward)
    day, place = t.local_date(facts.last_day), facts.merchant_name
    saves = t("Get it at {merchant} by {date}. After that its stamps expire.", merchant=place, date=day)
    return View(text="\n".join([head, saves, *closed_meanwhile(t, facts.closed)]))


def reward_expired(t: Texts, facts: RewardExpired, *_: object) -> View:
    head = t("⌛ <b>Your reward has expired: {reward}</b>", reward=facts.reward)
    gone = t.n(
        "{merchant}: {count} stamp is gone with it.",
        "{merchant}: {count} stamps are gone with it.",
        facts.count,
        merchant=facts.merchant_name,
    )
    left = [t("You have {balance} left.", balance=amount(t, Unit.STAMPS, facts.balance))]
    return View(text="\n".join([head, gone, *(left if facts.balance else [])]))
