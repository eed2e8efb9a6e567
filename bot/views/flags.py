"""Flags: what an owner should look at, with the evidence."""

from collections.abc import Mapping

from bot.kit.buttons import Verb, press, short_id
from bot.texts import Texts, mark
from bot.views import disputes
from bot.views.disputes import open_card_button
from bot.views.progress import spaced
from bot.views.settings import to_flags, to_home, to_limits
from bot.views.view import Button, View, keyboard, page_turns, row
from domain.flags import FlagKind, FlagTold, TakingsTold
from domain.ids import MerchantId
from domain.messages import DisputeOpened, FlagRaised, Message
from domain.rights import Right, may
from domain.staff import Role
from domain.usecases.flags import Dismissed, FlagsSeen

PAGE_LENGTH = 3

_SAID: Mapping[FlagKind, str] = {
    FlagKind.PAIR: mark("{staff} served card {number} {count} times in one week, {first} to {last}."),
    FlagKind.BURST: mark("{staff} served {count} times within ten minutes at {store}, {first}."),
    FlagKind.SHORTFALL: mark(
        "{staff} took back from card {number} what had already been spent on a reward, {first}."
    ),
    FlagKind.PIN_LOCKED: mark("Wrong PINs locked {staff}, {first}."),
    FlagKind.UNSEEN_CARDS: mark(
        "{count} new cards that {staff} alone had served got a reward and were not seen again, {first} to {last}."
    ),
    FlagKind.ODD_HOUR: mark(
        "{staff} served {count} times at {store} at an hour at which nobody comes, {first} to {last}."
    ),
    FlagKind.TAKINGS: mark(
        "{count} stamps at {store} on {day}, with takings of {amount}: usually about {usual}."
    ),
    FlagKind.PURCHASES: mark(
        "Purchases of {purchases} were entered at {store} on {day}, but its takings were {amount}."
    ),
    FlagKind.REFERRAL_RING: mark(
        "{count} friends who were brought along were served by {staff} alone, on one day each, and not seen again,"
        " {first} to {last}. One of them is card {number}."
    ),
    FlagKind.PAPER: mark(
        "{count} cards that {staff} began from paper are unusually full, or unusually many, {first} to {last}."
    ),
}


def said(t: Texts, flag: FlagTold, timezone: str) -> str:
    if flag.takings is not None:
        return _said_of_takings(t, flag, flag.takings, timezone)
    return t(
        _SAID[flag.kind],
        staff=flag.staff_name,
        store=flag.store_name,
        number=spaced(flag.card_number) if flag.card_number else "",
        count=t.number(flag.count),
        first=t.moment(flag.first_at, timezone),
        last=t.moment(flag.last_at, timezone),
    )


def _said_of_takings(t: Texts, flag: FlagTold, takings: TakingsTold, timezone: str) -> str:
    by_stamps = flag.kind is FlagKind.TAKINGS
    given = [
        t(
            "{staff}: {count}, usually {usual}",
            staff=each.staff_name,
            count=t.number(each.stamps),
            usual=t.number(each.usual),
        )
        if by_stamps
        else t("{staff}: {amount}", staff=each.staff_name, amount=t.money(each.purchases))
        for each in takings.given
    ]
    told = t(
        _SAID[flag.kind],
        count=t.number(flag.count),
        store=flag.store_name,
        day=t.day(flag.first_at, timezone),
        amount=t.money(takings.amount),
        purchases=t.money(takings.purchases),
        usual=t.number(takings.usual_stamps or 0),
    )
    return "\n".join([told, *given])


def raised(t: Texts, facts: FlagRaised, message: Message, timezone: str) -> View:
    flag, merchant_id = facts.flag, message.merchant_id
    lines = [t("👀 <b>{merchant}: please look at this.</b>", merchant=facts.merchant_name)]
    card = open_card_button(t, merchant_id, flag.card_id) if flag.card_id else None
    right = Button(text=t("Nothing wrong"), data=_right(merchant_id, flag))
    return View(
        text="\n".join([*lines, said(t, flag, timezone)]),
        buttons=keyboard(row(card), row(right), row(to_flags(t, merchant_id))),
    )


def flags(t: Texts, merchant_id: MerchantId, found: FlagsSeen, page: int, role: Role) -> View:
    """A page of what waits: disputes, oldest first, each with a button that leads to it, then flags, newest first,
    each with one that dismisses it; below them, for who may change them, the way to the flags' thresholds."""
    first = page * PAGE_LENGTH
    waiting: list[DisputeOpened | FlagTold] = [*found.disputes, *found.flags]
    shown = waiting[first : first + PAGE_LENGTH]
    back = to_home(t, merchant_id)
    limits = row(to_limits(t, merchant_id) if may(role, Right.JUDGE_ONESELF) else None)
    if not shown:
        return View(text=t("There is nothing to look at."), buttons=keyboard(limits, row(back)), spare=back)
    lines = [t("<b>Things to look at</b>")]
    buttons = []
    for number, each in enumerate(shown, first + 1):
        if isinstance(each, DisputeOpened):
            lines.append(f"{number}. {disputes.said(t, each, found.timezone)}")
            buttons.append(row(_settle(t, merchant_id, each, number)))
        else:
            lines.append(f"{number}. {said(t, each, found.timezone)}")
            card = open_card_button(t, merchant_id, each.card_id) if each.card_id else None
            right = Button(
                text=t("{number}: nothing wrong", number=number), data=_right(merchant_id, each, page)
            )
            buttons.append(row(card, right))
    turns = page_turns(page, PAGE_LENGTH, len(waiting), Verb.FLAGS, short_id(merchant_id))
    return View(text="\n\n".join(lines), buttons=keyboard(*buttons, turns, limits, row(back)), spare=back)


def dismissed(t: Texts, merchant_id: MerchantId, done: Dismissed) -> View:
    """In place of the flag that was dismissed."""
    text = "\n".join([t("✅ <b>Nothing wrong.</b>"), said(t, done.flag, done.timezone)])
    return View(text=text, buttons=keyboard(row(to_flags(t, merchant_id))))


def _settle(t: Texts, merchant_id: MerchantId, facts: DisputeOpened, number: int) -> Button | None:
    if facts.entry_id is None:
        return None
    data = press(Verb.DISPUTE, short_id(merchant_id), short_id(facts.entry_id))
    return Button(text=t("{number}: settle …", number=number), data=data)


def _right(merchant_id: MerchantId, flag: FlagTold, *page: int) -> str:
    return press(Verb.FLAG_RIGHT, short_id(merchant_id), short_id(flag.flag_id), *page)
