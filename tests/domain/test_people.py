"""What the bot remembers of an account, and in which language it reads."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.account import Account, Locale, Person
from domain.bot_profile import BotProfile
from domain.ids import BotId, UserId
from domain.plumbing import people
from domain.plumbing.bot_profiles import LetServe, bot_profiles, let_serve, save_bot_profile
from domain.plumbing.people import (
    ChooseLocale,
    ForgetStrangers,
    Meet,
    Reachable,
    choose_locale,
    forget_strangers,
    meet,
    set_reachable,
)
from domain.usecases.read_message import Reader, reader_of
from tests.support.clock import Clock
from tests.support.databases import look
from tests.support.shop import BOT, Town


def meets(town: Town, name: str = "Léa", telegram_locale: Locale | None = Locale.FR) -> Person:
    account = town.somebody()
    town.database.write(meet, Meet(account=account, name=name, telegram_locale=telegram_locale))
    person = look(town.database, lambda tx: tx.person(account))
    assert person is not None
    return person


def now(town: Town, person: Person) -> Person:
    found = look(town.database, lambda tx: tx.person(person.account))
    assert found is not None
    return found


def test_name_and_telegrams_language_follow_the_account(town: Town) -> None:
    person = meets(town)
    town.database.write(meet, Meet(account=person.account, name="Léa B.", telegram_locale=Locale.DE))
    assert (now(town, person).name, now(town, person).telegram_locale) == ("Léa B.", Locale.DE)


def test_chosen_language_stays(town: Town) -> None:
    person = meets(town)
    town.database.write(choose_locale, ChooseLocale(account=person.account, locale=Locale.LB))
    town.database.write(meet, Meet(account=person.account, name="Léa", telegram_locale=Locale.DE))
    assert now(town, person).chosen_locale is Locale.LB


def test_unreachable_person_is_so_since_the_first_failure_and_until_they_write(
    town: Town, clock: Clock
) -> None:
    person = meets(town)
    since = clock.now
    town.database.write(set_reachable, Reachable(account=person.account, reachable=False))
    clock.passes(days=1)
    town.database.write(set_reachable, Reachable(account=person.account, reachable=False))
    assert now(town, person).unreachable_since == since
    town.database.write(meet, Meet(account=person.account, name="Léa", telegram_locale=None))
    assert now(town, person).unreachable_since is None


def test_person_who_unblocks_is_reachable_again(town: Town) -> None:
    person = meets(town)
    for reachable in (False, True, True):
        town.database.write(set_reachable, Reachable(account=person.account, reachable=reachable))
    assert now(town, person).unreachable_since is None


def test_nothing_is_remembered_of_who_was_never_met(town: Town) -> None:
    account = town.somebody()
    town.database.write(choose_locale, ChooseLocale(account=account, locale=Locale.LB))
    town.database.write(set_reachable, Reachable(account=account, reachable=False))
    assert look(town.database, lambda tx: tx.person(account)) is None


@pytest.mark.parametrize(
    ("met", "chosen", "telegram", "locale"),
    [
        (True, Locale.LB, Locale.FR, Locale.LB),
        (True, None, Locale.FR, Locale.FR),
        (True, None, None, Locale.DE),
        (False, None, None, Locale.DE),
    ],
)
def test_message_is_read_in_the_chosen_language_else_telegrams_else_the_merchants(
    town: Town, met: bool, chosen: Locale | None, telegram: Locale | None, locale: Locale
) -> None:
    shop = town.opens_shop(default_locale=Locale.DE, timezone="Europe/Vienna")
    lea = shop.gives_card()
    shop.stamps(shop.hires("Anna"), lea)
    if met:
        town.database.write(meet, Meet(account=lea.account, name="Léa", telegram_locale=telegram))
    if chosen:
        town.database.write(choose_locale, ChooseLocale(account=lea.account, locale=chosen))
    [message] = town.messages()
    assert town.database.read(reader_of, message) == Reader(
        locale=locale, timezone="Europe/Vienna", colour="#6f4e37"
    )


ONE = BotProfile(bot_id=BotId(1), username="one", menus="fingerprint")


def test_first_bot_of_a_database_serves_it_and_another_only_where_that_is_meant(town: Town) -> None:
    town.database.write(save_bot_profile, ONE)
    another = LetServe(bot_id=BotId(2), username="two")
    assert town.database.write(let_serve, another) == [ONE]
    assert town.database.read(bot_profiles, None) == [ONE]
    two = BotProfile(bot_id=BotId(2), username="two", menus=None)
    assert town.database.write(let_serve, replace(another, is_meant=True)) == [ONE, two]
    assert town.database.write(let_serve, another) == [ONE, two]
    assert town.database.read(bot_profiles, None) == [ONE, two]


def test_new_name_of_a_bot_leaves_what_else_is_known_of_it(town: Town) -> None:
    town.database.write(save_bot_profile, ONE)
    town.database.write(let_serve, LetServe(bot_id=ONE.bot_id, username="uno"))
    assert town.database.read(bot_profiles, None) == [replace(ONE, username="uno")]


MONTH = timedelta(days=30)


def forgets(town: Town, operator_ids: Collection[UserId] = ()) -> int:
    command = ForgetStrangers(bot_id=BOT, operator_ids=operator_ids, retention=MONTH)
    return town.database.write(forget_strangers, command)


def is_known(town: Town, account: Account) -> bool:
    return look(town.database, lambda tx: tx.person(account)) is not None


@pytest.mark.parametrize(("days", "forgotten"), [(29, 0), (30, 0), (31, 1)])
def test_stranger_is_remembered_for_a_month(town: Town, clock: Clock, days: int, forgotten: int) -> None:
    stranger = meets(town)
    clock.passes(days=days)
    assert forgets(town) == forgotten
    assert is_known(town, stranger.account) is not bool(forgotten)
    assert forgets(town) == 0


def test_stranger_who_writes_now_and_then_is_remembered_with_their_language(town: Town, clock: Clock) -> None:
    stranger = meets(town)
    town.database.write(choose_locale, ChooseLocale(account=stranger.account, locale=Locale.LB))
    for _ in range(3):
        clock.passes(days=20)
        town.database.write(meet, Meet(account=stranger.account, name="Léa", telegram_locale=None))
        assert forgets(town) == 0
    assert now(town, stranger).chosen_locale is Locale.LB


def test_who_has_a_card_or_works_somewhere_is_no_stranger(town: Town, clock: Clock) -> None:
    shop = town.opens_shop()
    accounts = [shop.gives_card().account, shop.hires("Anna").account]
    for account in accounts:
        town.database.write(meet, Meet(account=account, name="A", telegram_locale=None))
    clock.passes(days=3_000)
    assert forgets(town) == 0
    assert all(is_known(town, account) for account in accounts)


def test_operator_is_no_stranger_and_another_bots_stranger_is_not_ones_own(town: Town, clock: Clock) -> None:
    operator = meets(town).account
    elsewhere = Account(bot_id=BotId(BOT + 1), user_id=UserId(9))
    town.database.write(meet, Meet(account=elsewhere, name="A", telegram_locale=None))
    clock.passes(days=31)
    assert forgets(town, [operator.user_id]) == 0
    assert is_known(town, operator)
    assert is_known(town, elsewhere)


def test_strangers_are_forgotten_some_at_a_time(
    town: Town, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "STRANGERS_AT_ONCE", 2)
    for _ in range(3):
        meets(town)
    clock.passes(days=31)
    assert [forgets(town) for _ in range(3)] == [2, 1, 0]
