"""A row that no version of the program has written fails alone: whoever has nothing to do with it is served."""

import asyncio
from datetime import date, timedelta

import pytest

from bot.jobs.expiry import expire_balances
from bot.jobs.steadily import SomeFailed
from domain.delivery import ChannelKind
from domain.expiry import ExpiryKind, Unit
from domain.invariants import Violation
from domain.merchant import ProgramKind
from domain.plumbing.job_runs import job_runs, record_runs
from domain.plumbing.people import Meet, locale_of, meet
from domain.ports import RowUnreadable
from domain.usecases.duties import duties_of
from domain.usecases.my_balances import my_balances
from domain.usecases.my_cards import MyCards, has_card, my_cards
from domain.usecases.who_is import who_is
from tests.domain.test_summaries import MONDAY, at
from tests.storage.test_contract_expiry import a_day
from tests.support.clock import Clock
from tests.support.databases import Edits, Running, do, look
from tests.support.job_runs import job_run
from tests.support.nights import Nights
from tests.support.patience import PATIENCE_S
from tests.support.shop import BOT, Shop, Town

SUNDAY = date(2026, 6, 14)
WRONG = '{"cost": "much"}'
ONLY_SQLITE = pytest.mark.usefixtures("path")
"""PostgreSQL keeps neither such texts nor such numbers."""


def breaks(edits: Edits, table: str, column: str, shop: Shop) -> None:
    edits(f"UPDATE {table} SET {column} = ? WHERE merchant_id = ?", WRONG, shop.merchant_id)


def test_day_that_cannot_be_read_keeps_no_other_from_being_told(
    town: Town, edits: Edits, clock: Clock
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop, nights = town.opens_shop(), Nights(town)
    do(town.database, lambda tx: tx.add_summary(shop.merchant_id, a_day(SUNDAY)))
    breaks(edits, "summaries", "summary", shop)
    clock.is_at(at(MONDAY, 20))
    assert nights.summarizes() == 1
    [facts] = nights.summaries()
    assert (facts.day.local_date, facts.missed) == (MONDAY, ())


def test_day_that_can_be_read_again_is_told_with_the_next(town: Town, edits: Edits, clock: Clock) -> None:
    clock.is_at(at(MONDAY, 9))
    shop, nights = town.opens_shop(), Nights(town)
    do(town.database, lambda tx: tx.add_summary(shop.merchant_id, a_day(SUNDAY)))
    edits("UPDATE summaries SET summary = summary || '?'")
    clock.is_at(at(MONDAY, 20))
    nights.summarizes()
    nights.delivers()
    edits("UPDATE summaries SET summary = rtrim(summary, '?')")
    clock.is_at(at(MONDAY + timedelta(days=1), 20))
    nights.summarizes()
    [facts] = nights.summaries()
    assert [day.local_date for day in facts.missed] == [SUNDAY]


def test_day_is_told_without_the_one_of_the_week_before_if_that_cannot_be_read(
    town: Town, edits: Edits, clock: Clock
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop, nights = town.opens_shop(), Nights(town)
    week_before = a_day(MONDAY - timedelta(days=7))
    do(town.database, lambda tx: tx.add_summary(shop.merchant_id, week_before))
    breaks(edits, "summaries", "summary", shop)
    clock.is_at(at(MONDAY, 20))
    assert nights.summarizes() == 1
    [facts] = nights.summaries()
    assert facts.day.before is None


def points_shop(town: Town) -> Shop:
    """With points that expire a month after the last visit, and a card of somebody who came once."""
    shop = town.opens_shop(kind=ProgramKind.POINTS)
    shop.earns(shop.hires("Anna"), shop.gives_card())
    shop.changes_terms(expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1)
    return shop


def test_program_that_cannot_be_read_keeps_no_other_shops_balances_from_being_warned_of(
    database: Running, town: Town, edits: Edits, clock: Clock
) -> None:
    broken, healthy = points_shop(town), points_shop(town)
    breaks(edits, "program_versions", "point_rewards", broken)
    with pytest.raises(SomeFailed, match="0 cards, 1 programs"):
        database.run(expire_balances(database.store))
    clock.passes(days=20)
    with pytest.raises(SomeFailed):
        database.run(expire_balances(database.store))
    assert [message.merchant_id for message in town.messages() if "expiring" in message.kind] == [
        healthy.merchant_id
    ]


def test_program_that_cannot_be_read_is_a_violation_and_keeps_no_card_from_being_checked(
    town: Town, edits: Edits
) -> None:
    broken, healthy = town.opens_shop(), town.opens_shop()
    slip = broken.stamps(broken.hires("Anna"), broken.gives_card())
    card = healthy.gives_card()
    healthy.stamps(healthy.hires("Bob"), card)
    breaks(edits, "program_versions", "point_rewards", broken)
    edits("UPDATE cards SET stamp_count = 7 WHERE merchant_id = ?", healthy.merchant_id)
    found = town.database.violations()
    assert found[0] == Violation(
        invariant="I6",
        merchant_id=broken.merchant_id,
        card_id=found[0].card_id,
        entry_id=slip.entry.entry_id,
        detail="its terms cannot be read",
    )
    assert [(violation.invariant, violation.card_id) for violation in found[1:]] == [("I1", card.card_id)]


def test_program_that_cannot_be_read_hides_no_card_at_another_shop(town: Town, edits: Edits) -> None:
    broken, healthy = town.opens_shop(name="Kaputt"), town.opens_shop(name="Gesond")
    account = town.somebody()
    healthy.gives_card(account=account)
    broken.gives_card(account=account)
    breaks(edits, "program_versions", "point_rewards", broken)
    seen = MyCards(account=account)
    assert [held.state.merchant_name for held in town.database.read(my_cards, seen)] == ["Gesond"]
    assert [each.held.state.merchant_name for each in town.database.read(my_balances, seen)] == ["Gesond"]


def test_whose_only_card_cannot_be_read_is_not_told_that_there_is_none(town: Town, edits: Edits) -> None:
    shop, account = town.opens_shop(), town.somebody()
    shop.gives_card(account=account)
    breaks(edits, "program_versions", "point_rewards", shop)
    for look_at in (my_cards, my_balances):
        with pytest.raises(RowUnreadable):
            town.database.read(look_at, MyCards(account=account))
    assert town.database.read(has_card, account)
    assert not town.database.read(has_card, town.somebody())


def test_member_of_two_teams_keeps_the_menu_of_one_while_the_others_program_cannot_be_read(
    town: Town, edits: Edits
) -> None:
    broken, healthy = town.opens_shop(kind=ProgramKind.POINTS), town.opens_shop()
    account = broken.hires("Sam").account
    healthy.hires("Sam", account=account)
    breaks(edits, "program_versions", "point_rewards", broken)
    assert town.database.read(duties_of, account).units == {Unit.STAMPS}


def test_member_of_two_teams_works_for_one_while_the_row_at_the_other_cannot_be_read(
    town: Town, edits: Edits
) -> None:
    broken, healthy = town.opens_shop(), town.opens_shop()
    account = broken.hires("Sam").account
    healthy.hires("Sam", account=account)
    breaks(edits, "staff", "role", broken)
    caller = town.database.read(who_is, account)
    assert [each.staff.merchant_id for each in caller.memberships] == [healthy.merchant_id]


def test_person_that_cannot_be_read_is_met_anew(town: Town, edits: Edits) -> None:
    account = town.somebody()
    meeting = Meet(account=account, name="Léa", telegram_locale=None)
    town.database.write(meet, meeting)
    edits("UPDATE people SET chosen_locale = ?", WRONG)
    assert town.database.read(who_is, account).person is None
    town.database.write(meet, meeting)
    assert town.database.read(locale_of, account) is None
    assert town.database.read(who_is, account).person is not None


def test_run_of_a_job_that_cannot_be_read_is_written_anew(town: Town, edits: Edits, clock: Clock) -> None:
    town.database.write(record_runs, job_run(BOT, "outbox", clock()))
    town.database.write(record_runs, job_run(BOT, "housekeeping", clock()))
    edits("UPDATE job_runs SET outcome = ? WHERE job = 'outbox'", WRONG)
    assert [run.job for run in town.database.read(job_runs, BOT)] == ["housekeeping"]
    town.database.write(record_runs, job_run(BOT, "outbox", clock()))
    assert [run.job for run in town.database.read(job_runs, BOT)] == ["housekeeping", "outbox"]


def test_card_whose_moment_lies_before_the_calendar_keeps_no_other_from_being_looked_at(
    database: Running, town: Town, edits: Edits, clock: Clock
) -> None:
    broken, healthy = points_shop(town), points_shop(town)
    sql = "UPDATE cards SET expiry_look_at = ? WHERE merchant_id = ?"
    edits(sql, str(-(2**63)), broken.merchant_id)
    clock.passes(days=20)
    with pytest.raises(SomeFailed, match="1 cards, 0 programs"):
        database.run(expire_balances(database.store))
    assert [message.merchant_id for message in town.messages() if "expiring" in message.kind] == [
        healthy.merchant_id
    ]


def test_card_whose_moment_lies_before_the_calendar_is_looked_at_where_it_is_the_last(
    database: Running, town: Town, edits: Edits
) -> None:
    broken = points_shop(town)
    edits("UPDATE cards SET expiry_look_at = ? WHERE merchant_id = ?", str(-(2**63)), broken.merchant_id)
    with pytest.raises(SomeFailed, match="1 cards, 0 programs"):
        database.run(expire_balances(database.store))


def test_card_or_entry_that_cannot_be_read_keeps_no_other_card_from_being_checked(
    town: Town, edits: Edits
) -> None:
    shops = [town.opens_shop() for _ in range(3)]
    for shop in shops:
        shop.stamps(shop.hires("Anna"), shop.gives_card())
    breaks(edits, "cards", "stamp_day", shops[0])
    breaks(edits, "entries", "kind", shops[1])
    assert {history.card.merchant_id for history in town.database.histories()} == {shops[2].merchant_id}


def test_summary_is_told_without_the_name_of_a_member_that_cannot_be_read(
    town: Town, edits: Edits, clock: Clock
) -> None:
    clock.is_at(at(MONDAY, 9))
    shop, nights = town.opens_shop(), Nights(town)
    anna, card = shop.hires("Anna"), shop.gives_card()
    shop.stamps(anna, card)
    shop.voids(anna, card)
    edits("UPDATE staff SET role = ? WHERE staff_id = ?", WRONG, anna.staff_id)
    clock.is_at(at(MONDAY, 20))
    assert nights.summarizes() == 1
    [facts] = nights.summaries()
    assert [void.staff_name for void in facts.day.voids] == [""]


def test_card_that_cannot_be_read_keeps_no_other_of_its_shop_from_new_terms(
    database: Running, town: Town, edits: Edits
) -> None:
    shop = town.opens_shop(kind=ProgramKind.POINTS)
    anna, first, second = shop.hires("Anna"), shop.gives_card(), shop.gives_card()
    for card in (first, second):
        shop.earns(anna, card)
    edits("UPDATE cards SET stamp_day = ? WHERE card_id = ?", WRONG, first.card_id)
    shop.changes_terms(expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1)
    assert database.run(expire_balances(database.store)) == 0
    assert shop.card(second).expiry_look_at is not None


def test_program_whose_present_version_is_not_there_keeps_no_other_shops_balances_from_being_warned_of(
    database: Running, town: Town, edits: Edits, clock: Clock
) -> None:
    broken, healthy = points_shop(town), points_shop(town)
    edits("UPDATE programs SET present_version = 99 WHERE merchant_id = ?", broken.merchant_id)
    clock.passes(days=20)
    with pytest.raises(SomeFailed, match="0 cards, 1 programs"):
        database.run(asyncio.wait_for(expire_balances(database.store), PATIENCE_S))
    assert [message.merchant_id for message in town.messages() if "expiring" in message.kind] == [
        healthy.merchant_id
    ]


@ONLY_SQLITE
def test_text_that_is_no_utf_8_spoils_its_own_row_alone(town: Town, edits: Edits) -> None:
    first, second = town.opens_shop(), town.opens_shop()
    for shop in (first, second):
        shop.stamps(shop.hires("Anna"), shop.gives_card())
    sql = "UPDATE deliveries SET address = CAST(x'ff31' AS TEXT) WHERE merchant_id = ?"
    edits(sql, first.merchant_id)
    leased = do(town.database, lambda tx: tx.lease_due(BOT, ChannelKind.TELEGRAM, "me", tx.now, 10))
    assert sorted(each.merchant_id for each in leased) == sorted([first.merchant_id, second.merchant_id])
    assert [each.address for each in leased if each.merchant_id == first.merchant_id] == ["\ufffd1"]
    edits("UPDATE staff SET name = CAST(x'ff' AS TEXT) WHERE merchant_id = ?", first.merchant_id)
    assert {member.name for member in look(town.database, lambda tx: tx.staff_of(first.merchant_id))} == {
        "\ufffd"
    }
    assert len(look(town.database, lambda tx: tx.staff_of(second.merchant_id))) == 2


@ONLY_SQLITE
def test_program_with_more_stamps_than_can_be_drawn_is_drawn_for_nobody(town: Town, edits: Edits) -> None:
    """Every picture is drawn by one of two threads."""
    shop, account = town.opens_shop(), town.somebody()
    shop.gives_card(account=account)
    edits("UPDATE program_versions SET stamps_target = ?", str(2**63 - 1))
    with pytest.raises(RowUnreadable):
        town.database.read(my_cards, MyCards(account=account))


@ONLY_SQLITE
def test_card_with_a_rotation_of_which_no_code_can_be_made_leaves_its_holder_their_other_cards(
    town: Town, edits: Edits
) -> None:
    first, second, account = town.opens_shop(), town.opens_shop(), town.somebody()
    for shop in (first, second):
        shop.gives_card(account=account)
    for rotation in (2**63 - 1, -1):
        sql = f"UPDATE cards SET token_rotation = {rotation} WHERE merchant_id = ?"
        edits(sql, first.merchant_id)
        shown = town.database.read(my_cards, MyCards(account=account))
        assert [held.merchant_id for held in shown] == [second.merchant_id]
