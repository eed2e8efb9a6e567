"""Who gets a turn, and what comes of it.

Who is too fast is turned away before anything is read; customers and strangers too, where there are too many of them.
Refusals raised in a handler become one sentence; anything else goes to the inbox, which tries again or reports it.
"""

import asyncio
from datetime import datetime, timedelta

from telegram import Update, User
from telegram.error import Forbidden

from bot.kit.bounded import remember
from bot.kit.buttons import ButtonUnknown
from bot.kit.refusals import ButtonOutdated, TooFast
from bot.screens.menus import keys_below, show_menu
from bot.screens.questions import pass_over, question_of
from bot.screens.services import Services
from bot.screens.turn import NO_TIMEZONE, Handler, Turn
from bot.telegram.chat import telegram_locale
from bot.telegram.pacing import PATIENCE_S
from bot.texts import texts
from bot.views.help import apology
from bot.views.refusals import sentence
from bot.views.view import View
from domain.account import Account, Locale, Person
from domain.ids import UserId
from domain.plumbing.people import Meet, Reachable, meet, set_reachable
from domain.refusals import Refusal
from domain.rules.names import clean_name
from domain.usecases.who_is import Caller

SEEN_AGAIN = timedelta(days=1)
"""How old the time may be at which somebody was last seen."""


async def take_turn(services: Services, update: Update, handler: Handler, came_at: datetime) -> None:
    """Has ``handler`` answer the sender of the update, unless they are too fast or there are too many senders. A
    sender who has blocked the bot is marked as unreachable."""
    user = update.effective_user
    if user is None:
        return
    try:
        wait = services.rate_limiter.seconds_to_wait(user.id)
        if wait:
            await _turn_away(services, update, user, wait)
            return
        turn = await _turn(services, update, user, came_at)
        if await _has_its_share(turn):
            await _take(turn, handler)
        else:
            await _turn_away(services, update, user, round(PATIENCE_S))
    except Forbidden:
        unreachable = Reachable(account=_account(services, user), reachable=False)
        await services.database.write(set_reachable, unreachable)


async def _has_its_share(turn: Turn) -> bool:
    """Waits until the budget for customers or strangers allows an answer; False if it does not in time. Staff and
    operators need none."""
    if turn.caller.is_staff or turn.is_operator:
        return True
    budgets = turn.services.budgets
    wait = (budgets.strangers if turn.caller.is_stranger else budgets.customers).seconds_to_wait()
    if wait:
        await asyncio.sleep(wait)
    return wait is not None


async def _take(turn: Turn, handler: Handler) -> None:
    try:
        if turn.services.second_taps.is_one(turn.update):
            await turn.answer(turn.t("Tap once more"))
        else:
            question, nonce = turn.question, turn.nonce
            await handler(turn)
            await turn.answer()
            await pass_over(turn, question, nonce)
    except Refusal as refusal:
        await turn.refuse(refusal)
    except ButtonUnknown:
        await turn.refuse(ButtonOutdated())


async def _turn(services: Services, update: Update, user: User, came_at: datetime) -> Turn:
    caller = await services.callers.one(_account(services, user))
    services.rate_limiter.remember_staff(user.id, is_staff=caller.is_staff)
    has_other_language = await _remember(services, caller, user)
    turn = Turn(
        update=update,
        came_at=came_at,
        user=user,
        services=services,
        caller=caller,
        question=question_of(caller.dialogue),
        t=texts(_locale(services, caller, user), _money_locale(caller)),
        words=words_of(update),
        answered=services.outage.has_answered(update),
    )
    if has_other_language:
        remember(services.old_keys, caller.account.user_id, None)
        await show_menu(turn)
    if caller.account.user_id in services.old_keys and not (turn.question and turn.question.has_keys):
        turn.keys_due = await keys_below(turn)
    return turn


def _account(services: Services, user: User) -> Account:
    return Account(bot_id=services.bot_id, user_id=UserId(user.id))


async def _remember(services: Services, caller: Caller, user: User) -> bool:
    """Writes only when something about the person is new, or they wrote for the first time in a day. Returns whether
    they are spoken to in another language from now on, since their app has another."""
    known, name, locale = caller.person, clean_name(user.full_name), telegram_locale(user)
    of_before = known and (known.name, known.telegram_locale, known.unreachable_since, known.refused_since)
    is_news = of_before != (name, locale, None, None)
    if is_news or _is_long_ago(services, known):
        await services.database.write(meet, Meet(account=caller.account, name=name, telegram_locale=locale))
    if known is None or known.chosen_locale is not None:
        return False
    return (known.telegram_locale or services.default_locale) != (locale or services.default_locale)


def _is_long_ago(services: Services, known: Person | None) -> bool:
    seen_at = known.seen_at if known else None
    return seen_at is None or services.clock() - seen_at >= SEEN_AGAIN


def words_of(update: Update) -> str:
    """What was typed, without the command it starts with."""
    text = (update.effective_message.text or "") if update.effective_message else ""
    if text.startswith("/"):
        return "".join(text.split(maxsplit=1)[1:]).strip()
    return text.strip()


def _locale(services: Services, caller: Caller, user: User) -> Locale:
    chosen = caller.person.chosen_locale if caller.person else None
    return chosen or telegram_locale(user) or services.default_locale


def _money_locale(caller: Caller) -> Locale | None:
    """The locale of the merchant at the desk."""
    return caller.membership.locale if caller.membership else None


async def apologize(services: Services, update: Update, reference: str) -> None:
    """Says under which reference the update was kept aside."""
    if (user := update.effective_user) is not None:
        t = texts(telegram_locale(user) or services.default_locale)
        await services.chat.send(user.id, apology(t, reference))


async def _turn_away(services: Services, update: Update, user: User, wait: int) -> None:
    """Says that the sender was too fast. A message is sent only while the strangers' budget lasts: otherwise a flood
    would be answered by as many messages."""
    t = texts(telegram_locale(user) or services.default_locale)
    said = sentence(t, TooFast(seconds=wait), NO_TIMEZONE)
    if update.callback_query is not None:
        await services.chat.answer(update.callback_query.id, said, alert=True)
    elif update.message is not None and services.budgets.strangers.seconds_to_wait(0) is not None:
        await services.chat.send(user.id, View(text=said))
