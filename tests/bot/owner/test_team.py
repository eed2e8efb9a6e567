"""``/team``: the owner sees who works here, and takes somebody off."""

import asyncio

import pytest

from bot.kit.buttons import Verb, press, short_id
from bot.sandbox import Person
from domain.account import Account
from domain.ids import BotId, StaffId, UserId
from domain.refusals import NotAllowed
from domain.staff import Role
from domain.usecases.manage_team import OfMember, remove_member
from tests.support.house import House, Shop, chooses_pin, has_keypad, number_of

TAPS_TO_REMOVE_MAX = 4
STATUS = "SELECT status FROM staff WHERE name = ?"


async def opens_page_of(manager: Person, name: str) -> None:
    await manager.sends("/team")
    await manager.sees("Your team", new=True)
    await manager.taps(name)
    await manager.sees(lambda message: "‹ Back" in message.button_texts)


async def test_team_is_removed_from_in_four_taps_in_place(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    await home.member(shop, "Mia", Role.MANAGER)
    await home.invites(shop, "Ida")
    await paul.sends("/team")
    team = await paul.sees("Your team", new=True)
    assert team.text.splitlines()[2:] == [
        "Paul · Owner",
        "Mia · Manager",
        "Sam · Staff · Café Knätsch",
        "Ida · Staff · Café Knätsch · invited",
    ]
    taps = ("Sam", "Remove from the team", "Remove")
    assert 1 + len(taps) <= TAPS_TO_REMOVE_MAX
    for label in taps:
        await paul.taps(label)
        await paul.answered()
    shown = await paul.sees("Sam is not on the team any more.")
    assert shown.id == team.id
    assert "Sam" not in shown.button_texts
    assert home.rows(STATUS, "Sam") == [("removed",)]
    assert "stamp" not in {command.command for command in sam.commands()}


async def test_second_tap_on_remove_does_nothing_more(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    staff_id, _ = await home.invites(shop, "Sam")
    await opens_page_of(paul, "Sam")
    data = press(Verb.REMOVE_MEANT, short_id(shop.merchant_id), short_id(staff_id))
    await paul.presses_raw(data, paul.last)
    await paul.sees("Sam is not on the team any more.")
    await paul.presses_raw(data, paul.last)
    await paul.answered("You may not do this here.")
    assert home.rows(STATUS, "Sam") == [("removed",)]


async def test_manager_removes_staff_and_no_owner(home: House, shop: Shop) -> None:
    mia = await home.member(shop, "Mia", Role.MANAGER)
    await home.owner(shop)
    ida_id, _ = await home.invites(shop, "Ida", Role.OWNER)
    await opens_page_of(mia, "Ida")
    assert mia.last.button_texts == ("‹ Back",)
    await mia.presses_raw(press(Verb.REMOVE_MEANT, short_id(shop.merchant_id), short_id(ida_id)), mia.last)
    await mia.answered("You may not do this here.")
    assert home.rows(STATUS, "Ida") == [("invited",)]


async def test_only_owner_cannot_leave(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_page_of(paul, "Paul")
    for label in ("Remove from the team", "Remove"):
        await paul.taps(label)
    await paul.answered("This is the only owner.")
    assert home.rows(STATUS, "Paul") == [("active",)]


@pytest.mark.parametrize("role", [Role.STAFF, Role.TERMINAL])
async def test_team_is_for_owners_and_managers(home: House, shop: Shop, role: Role) -> None:
    person = await home.member(shop, "Sam", role)
    await person.sends("/team")
    await person.sees("You may not do this here.", new=True)
    anna = await home.customer(shop, "Anna")
    await anna.sends("/team")
    await anna.sees("This is for staff.", new=True)


async def test_open_keypad_of_who_is_removed_is_over(home: House) -> None:
    shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=0)
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    sam = await home.member(shop, "Sam", pin="2580")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees(has_keypad, new=True)
    await opens_page_of(paul, "Sam")
    for label in ("Remove from the team", "Remove"):
        await paul.taps(label)
    await paul.sees("Sam is not on the team any more.")
    assert home.rows("SELECT count(*) FROM dialogues WHERE user_id = ?", sam.id) == [(0,)]
    for digit in "2580✓":
        await sam.taps(digit)
        await sam.answered("This question is over.")
    assert await home.ledger(shop) == []


async def test_owners_who_remove_each_other_at_once_leave_one(home: House, shop: Shop) -> None:
    paul, ida = await home.owner(shop), await home.member(shop, "Ida", Role.OWNER)
    ids = {name: StaffId(staff_id) for name, staff_id in home.rows("SELECT name, staff_id FROM staff")}

    def removal(by: Person, of: str) -> OfMember:
        account = Account(bot_id=BotId(home.sandbox.world.bot_id), user_id=UserId(by.id))
        return OfMember(account=account, merchant_id=shop.merchant_id, staff_id=ids[of])

    done = await asyncio.gather(
        home.store.write(remove_member, removal(paul, "Ida")),
        home.store.write(remove_member, removal(ida, "Paul")),
        return_exceptions=True,
    )
    assert sorted(type(each) is NotAllowed for each in done) == [False, True]
    assert home.rows("SELECT count(*) FROM staff WHERE status = 'active'") == [(1,)]


async def test_panel_pressed_while_the_removal_commits_stamps_before_it_or_never(
    home: House, shop: Shop
) -> None:
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    for name in ("Sam", "Tom", "Kim", "Lou"):
        member = await home.member(shop, name)
        await member.scans(anna)
        panel = await member.sees("Anna · ", new=True)
        await opens_page_of(paul, name)
        await paul.taps("Remove from the team")
        await paul.answered()
        await asyncio.gather(paul.taps("Remove"), member.taps("+1", on=panel))
        await member.answered()
        await paul.sees(f"{name} is not on the team any more.")
        stamped = len(await home.ledger(shop))
        await member.taps("+1", on=panel)
        await member.answered("This is for staff.")
        assert len(await home.ledger(shop)) == stamped
    assert await home.violations() == []


async def test_who_comes_back_is_somebody_new(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    await opens_page_of(paul, "Sam")
    for label in ("Remove from the team", "Remove"):
        await paul.taps(label)
    await paul.sees("Sam is not on the team any more.")
    _, link = await home.invites(shop, "Sam")
    await home.claims(sam, link)
    await chooses_pin(sam)
    assert home.rows(STATUS, "Sam") == [("removed",), ("active",)]
