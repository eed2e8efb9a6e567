"""``/team``: the owner sees who works here, and takes somebody off."""

import asyncio

import pytest

from bot.jobs.closing import end_shops
from bot.kit.buttons import Verb, press, short_id
from bot.sandbox import CannotDo, FaultKind, Person
from domain.account import Account
from domain.ids import BotId, StaffId, UserId
from domain.refusals import NotAllowed
from domain.staff import Role
from domain.usecases.close_shop import CloseShop, close_shop, end_shop
from domain.usecases.manage_team import OfMember, remove_member
from tests.support.house import (
    House,
    Shop,
    TestClock,
    chooses_pin,
    has_keypad,
    number_of,
    shown_now,
    types_pin,
)

STATUS = "SELECT status FROM staff WHERE name = ?"


async def opens_page_of(manager: Person, name: str) -> None:
    await manager.sends("/team")
    await manager.sees("Your team", new=True)
    await manager.taps(name)
    await manager.sees(lambda message: "‹ Back" in message.button_texts)


async def offers_shop(owner: Person, name: str) -> None:
    await opens_page_of(owner, name)
    for label in ("Hand the shop over …", f"Ask {name}"):
        await owner.taps(label)


async def removes(manager: Person, name: str) -> None:
    await opens_page_of(manager, name)
    for label in ("Remove from the team", "Remove"):
        await manager.taps(label)
    await manager.sees(f"{name} is not on the team any more.")


@pytest.mark.parametrize(
    ("called", "goes_by", "becomes"),
    [
        ("Owner", "Paula Weber", "Paula Weber"),
        ("Inhaber", "Paula <b>", "Paula <b>"),
        ("Owner", "\u202e", "Owner"),
        ("Mme Weber", "Paula", "Mme Weber"),
    ],
)
async def test_owner_of_a_shop_that_an_operator_made_is_called_by_their_name(
    home: House, called: str, goes_by: str, becomes: str
) -> None:
    cafe = await home.opens_shop(owner_name=called)
    paula = home.sandbox.person(goes_by)
    await home.claims(paula, cafe.owner_link)
    assert f"{becomes}, Café Knätsch is yours." in paula.messages[1].content.body.text
    assert home.rows("SELECT name FROM staff") == [(becomes,)]


async def test_team_is_removed_from_in_place(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    await home.member(shop, "Mia", Role.MANAGER)
    await home.invites(shop, "Ida")
    await paul.sends("/team")
    team = await paul.sees("Your team", new=True)
    assert team.text.splitlines()[2:] == [
        "Paul · Owner",
        "Mia · Manager",
        "Sam · Staff · Café Knätsch",
        "Ida · Staff · Café Knätsch · link until 22/06/2026, 11:00",
    ]
    for label in ("Sam", "Remove from the team", "Remove"):
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
    await paul.answered("Sam is not on the team any more.")
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
    page = await paul.sees("Paul · Owner", new=True)
    assert page.button_texts == ("Rename", "Choose a new PIN", "‹ Back")
    [(paul_id,)] = home.rows("SELECT staff_id FROM staff WHERE name = 'Paul'")
    await paul.presses_raw(press(Verb.REMOVE_MEANT, short_id(shop.merchant_id), short_id(paul_id)), page)
    await paul.answered("This is the only owner.")
    assert home.rows(STATUS, "Paul") == [("active",)]


async def test_own_pin_is_chosen_anew_by_who_knows_the_present_one(home: House, shop: Shop) -> None:
    paul = await home.owner(shop, pin="1357")
    await opens_page_of(paul, "Paul")
    await paul.taps("Choose a new PIN")
    asked = await paul.sees("Paul, first your present PIN\nForgotten? Whoever looks after this bot", new=True)
    await types_pin(paul, "2468")
    await paul.answered("Wrong PIN. 4 tries left.")
    await paul.sees("one.\n○", new=True)
    await types_pin(paul, "1357")
    await paul.sees("Paul, choose a PIN of 4 to 8 digits", new=True)
    await chooses_pin(paul, "2468")
    assert shown_now(paul, asked) == ("✅ Your new PIN holds.", ("‹ Back",))
    for label in ("‹ Back", "Choose a new PIN", "Cancel", "‹ Back"):
        await paul.taps(label)
        await paul.answered()
    await paul.sees("Paul · Owner", new=True)
    assert home.rows("SELECT count(*) FROM invites WHERE purpose = 'reset_pin'") == [(0,)]


async def test_own_pin_is_typed_as_text_as_well(home: House, shop: Shop) -> None:
    paul = await home.owner(shop, pin="1357")
    await opens_page_of(paul, "Paul")
    await paul.taps("Choose a new PIN")
    await paul.sees("first your present PIN", new=True)
    for digits, then in (("1357", "choose a PIN of"), ("8642", "type the PIN once more"), ("8642", "holds")):
        await paul.sends(digits)
        await paul.sees(then)
    assert not {"1357", "8642"} & {message.text for message in paul.messages}


async def test_who_has_no_pin_yet_chooses_one_on_their_page(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await opens_page_of(paul, "Paul")
    await paul.taps("Choose a new PIN")
    await paul.sees("Paul, choose a PIN of 4 to 8 digits", new=True)
    await chooses_pin(paul, "2468")
    await paul.sees("Your PIN is set.")


async def test_forgotten_pin_is_another_ones_to_reset(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    mia = await home.member(shop, "Mia", Role.MANAGER, pin="1357")
    await home.member(shop, "Ben", Role.MANAGER)
    await home.member(shop, "Sam")
    await opens_page_of(mia, "Mia")
    await mia.taps("Choose a new PIN")
    await mia.sees("Forgotten? In /team these can let you choose a new one: Paul, Ben", new=True)
    [(mia_id,)] = home.rows("SELECT staff_id FROM staff WHERE name = 'Mia'")
    await mia.presses_raw(press(Verb.RESET_PIN, short_id(shop.merchant_id), short_id(mia_id)), mia.last)
    await mia.answered("You may not do this here.")
    await opens_page_of(paul, "Mia")
    await paul.taps("Let them choose a new PIN")
    await paul.sees("Forward this to Mia.", new=True)


async def test_whose_role_is_changed_is_told(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    await paul.sends("/team")
    for label in ("Sam", "Role", "Manager"):
        await paul.taps(label)
        await paul.answered()
    await sam.sees("You are a manager at Café Knätsch now. /help says what you can do.", new=True)
    assert "settings" in [command.command for command in sam.commands()]


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


async def test_member_removed_loses_the_keyboard_of_the_team(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    await removes(paul, "Sam")
    said = await sam.sees("You do not work for Café Knätsch any more.", new=True)
    assert said.reply_keyboard is not None
    assert "📊 Today" not in {button.text for line in said.reply_keyboard.keyboard for button in line}


async def test_who_works_at_a_shop_that_ends_is_told_and_loses_the_tools_of_the_team(
    home: House, shop: Shop, clock: TestClock
) -> None:
    """The shop itself goes only when they have been told."""
    sam, bakery = await home.member(shop, "Sam"), await home.opens_shop("Bakery")
    mia = await home.member(shop, "Mia")
    _, link = await home.invites(bakery, "Mia")
    await home.claims(mia, link)
    for person in (sam, mia):
        await home.sandbox.until(lambda who=person: "stamp" in named(who))  # type: ignore[misc]
    await home.store.write(close_shop, CloseShop(merchant_id=shop.merchant_id, account=None))
    clock.passes(days=31)
    assert await end_shops(home.store) == 0
    for person, keeps in ((sam, False), (mia, True)):
        said = await person.sees("Café Knätsch has closed for good.", new=True)
        assert ("📊 Today" in said.button_texts) is keeps
        assert ("stamp" in named(person)) is keeps
    assert await end_shops(home.store) == 1
    await home.at_rest()
    assert home.rows("SELECT name FROM merchants") == [("Bakery",)]


def named(person: Person) -> list[str]:
    return [command.command for command in person.commands()]


async def test_who_works_nowhere_any_more_loses_what_is_left_of_the_team(
    home: House, shop: Shop, clock: TestClock
) -> None:
    """Who was not reached when the shop ended hears that it is over when they tap the team's keyboard."""
    sam = await home.member(shop, "Sam")
    await home.sandbox.until(lambda: "stamp" in [command.command for command in sam.commands()])
    await home.store.write(close_shop, CloseShop(merchant_id=shop.merchant_id, account=None))
    clock.passes(days=31)
    while await home.store.write(end_shop, shop.merchant_id):
        pass
    await sam.taps("📊 Today")
    said = await sam.sees("This is for staff.", new=True)
    assert said.button_texts == ()
    with pytest.raises(CannotDo):
        await sam.taps("📊 Today", timeout=0)
    assert "stamp" not in [command.command for command in sam.commands()]


async def test_what_changes_of_a_member_holds_at_once(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    await home.adds_store(shop, "Gare")
    await opens_page_of(paul, "Sam")
    await paul.taps("Rename")
    await paul.sees("What is Sam to be called?")
    await paul.sends("Samantha")
    await paul.sees("Samantha · Staff · Café Knätsch", new=True)
    await paul.taps("Stores")
    await paul.taps("▫️ Gare")
    await paul.sees("Samantha · Staff · Café Knätsch, Gare")
    await paul.taps("Stores")
    await paul.taps("✅ Café Knätsch")
    await paul.sees("Samantha · Staff · Gare")
    await paul.taps("Stores")
    await paul.taps("✅ Gare")
    await paul.answered("Staff and shared phones work at a store: say which.")
    await paul.taps("‹ Back")
    await paul.taps("Role")
    await paul.taps("Manager")
    await paul.sees("Samantha · Manager")
    await home.sandbox.until(lambda: "settings" in {command.command for command in sam.commands()})
    await sam.sends("/team")
    await sam.sees("Your team", new=True)
    await paul.taps("Role")
    await paul.taps("Staff")
    await paul.sees("Samantha · Staff · Café Knätsch, Gare")
    await sam.sends("/team")
    await sam.sees("You may not do this here.", new=True)


async def test_member_is_invited_with_three_questions_and_their_link_lets_them_work(
    home: House, shop: Shop
) -> None:
    paul = await home.owner(shop)
    gare, _ = await home.adds_store(shop, "Gare")
    await paul.sends("/team")
    await paul.taps("Invite", on=await paul.sees("Your team", new=True))
    for question, answer in (("What will the new member be?", "Staff"), ("At which store?", "Gare")):
        await paul.sees(question)
        await paul.taps(answer)
    await paul.sees("What is the new member called?")
    await paul.sends("Zoé")
    said = await paul.sees("it works once, until 22/06/2026, 11:00", new=True)
    [copied] = [button.copy_text.text for button in said.inline_buttons if button.copy_text]
    assert copied in said.text
    zoe = home.sandbox.person("Zoé")
    await home.claims(zoe, copied)
    assert home.rows("SELECT store_id FROM staff_stores JOIN staff USING (staff_id) WHERE name = 'Zoé'") == [
        (gare,)
    ]


async def test_shared_phone_is_asked_for_and_invited_as_one(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await paul.sends("/team")
    await paul.taps("Invite", on=await paul.sees("Your team", new=True))
    offered = await paul.sees("What will the new member be?")
    assert offered.button_texts == ("Staff", "Manager", "Owner", "Shared phone", "‹ Back")
    await paul.taps("Shared phone")
    await paul.sees("What is the phone called?")
    await paul.sends("Counter")
    said = await paul.sees("✅ Open this link on the phone for the counter", new=True)
    [copied] = [button.copy_text.text for button in said.inline_buttons if button.copy_text]
    counter = home.sandbox.person("Till")
    await counter.opens(copied)
    await counter.sees("This phone now works for Café Knätsch.")
    assert home.rows("SELECT role FROM staff WHERE name = 'Counter'") == [(Role.TERMINAL,)]


async def test_with_one_store_only_role_and_name_are_asked(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await paul.sends("/team")
    await paul.taps("Invite", on=await paul.sees("Your team", new=True))
    await paul.taps("Staff")
    await paul.sees("What is the new member called?")
    await paul.sends("Zoé")
    await paul.sees("it works once", new=True)
    await paul.sends("Zoé")
    await paul.sees("not understood", new=True)
    assert home.rows(STATUS, "Zoé") == [("invited",)]


async def test_open_link_is_withdrawn_from_the_team_and_leads_nowhere(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    _, link = await home.invites(shop, "Ida")
    await paul.sends("/team")
    await paul.taps("Withdraw", on=await paul.sees("Ida · Staff", new=True))
    shown = await paul.sees("What was sent to Ida does not work any more.")
    assert "Ida" not in shown.button_texts
    ida = home.sandbox.person("Ida")
    await ida.opens(link)
    await ida.sees("This link does not work", new=True)


async def test_manager_invites_no_owner(home: House, shop: Shop) -> None:
    mia = await home.member(shop, "Mia", Role.MANAGER)
    await home.invites(shop, "Ida", Role.OWNER)
    await mia.sends("/team")
    team = await mia.sees("Ida · Owner", new=True)
    assert "Withdraw" not in team.button_texts
    await mia.taps("Invite")
    assert "Owner" not in (await mia.sees("What will the new member be?")).button_texts
    await mia.presses_raw(press(Verb.INVITE_AS, short_id(shop.merchant_id), Role.OWNER, 0), mia.last)
    await mia.sees("What is the new member called?")
    await mia.sends("Eve")
    await mia.sees("You may not do this here.", new=True)
    assert home.rows(STATUS, "Eve") == []


async def test_shop_is_handed_over_once_the_other_accepts(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    await offers_shop(paul, "Sam")
    await paul.sees("asked to take over until 22/06/2026, 11:00")
    await sam.sees("Paul wants to hand Café Knätsch over to you.")
    assert home.rows("SELECT name FROM staff WHERE role = 'owner'") == [("Paul",)]
    await sam.taps("Take it over")
    await sam.sees("You are the owner of Café Knätsch now.")
    await paul.sees("Sam has taken Café Knätsch over.")
    assert home.rows("SELECT name, role FROM staff ORDER BY name") == [("Paul", "manager"), ("Sam", "owner")]
    assert "settings" in {command.command for command in sam.commands()}


async def test_shop_that_is_not_offered_any_more_cannot_be_taken(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    await offers_shop(paul, "Sam")
    await paul.taps("Withdraw the offer")
    await paul.sees("What was sent to Sam does not work any more.")
    await sam.sees("Paul wants to hand Café Knätsch over to you.")
    await sam.taps("Take it over")
    over = await sam.sees("This offer does not hold any more.", new=True)
    assert over.button_texts == ()
    assert home.rows("SELECT name FROM staff WHERE role = 'owner'") == [("Paul",)]


async def test_who_is_offered_a_shop_can_say_no(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    await offers_shop(paul, "Sam")
    await sam.sees("Paul wants to hand Café Knätsch over to you.")
    await sam.taps("No, thank you")
    declined = await sam.sees("You are not taking Café Knätsch over. Nothing has changed.\nPaul is told.")
    assert declined.button_texts == ()
    await paul.sees("Sam is not taking Café Knätsch over. Nothing has changed.")
    assert home.rows("SELECT name FROM staff WHERE role = 'owner'") == [("Paul",)]
    await opens_page_of(paul, "Sam")
    await paul.taps("Hand the shop over …")


async def test_list_says_when_each_last_acted(home: House, shop: Shop) -> None:
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    sam = await home.member(shop, "Sam")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("1 of 10", new=True)
    await paul.sends("/team")
    await paul.sees("Sam · Staff · Café Knätsch · last act 15 June 2026", new=True)


@pytest.mark.parametrize("role", ["Manager", None])
async def test_member_who_blocked_the_bot_is_changed_and_removed_all_the_same(
    home: House, shop: Shop, role: str | None
) -> None:
    """What Telegram says of the member's chat is not said of the owner's."""
    paul = await home.owner(shop)
    await home.member(shop, "Sam")
    home.sandbox.faults.refuse(
        "bot was blocked by the user", kind=FaultKind.FORBIDDEN, method="setMyCommands"
    )
    if role is None:
        await removes(paul, "Sam")
    else:
        await opens_page_of(paul, "Sam")
        await paul.taps("Role")
        await paul.taps(role)
        await paul.sees(f"Sam · {role}")
    await home.at_rest()
    assert home.rows("SELECT count(*) FROM people WHERE unreachable_since IS NOT NULL") == [(0,)]
