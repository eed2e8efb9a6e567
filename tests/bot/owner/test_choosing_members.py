"""``/team``: a new member is chosen among the people of Telegram, and the invitation is for them alone."""

import asyncio

import pytest

from bot.kit.buttons import Verb, press, short_id
from bot.sandbox import CannotDo, FaultKind, Message, Person
from domain.staff import Role
from tests.support.house import House, Shop, TestClock, chooses_pin, has_keypad, shown_now

CHOOSE, CANCEL = "👤 Choose a person", "✖️ Cancel"
TEAM_KEYS = [["📷 Scan by photo"], ["📊 Today", "↩️ Last act"]]
STATUS = "SELECT status FROM staff WHERE name = ?"


async def begins(manager: Person, role: str = "Staff") -> None:
    """As far as the key below the chat."""
    await manager.sends("/team")
    await manager.taps("Invite", on=await manager.sees("Your team", new=True))
    await manager.taps(role, on=await manager.sees("What will the new member be?"))
    await manager.taps(CHOOSE, on=await manager.sees(asks_for_the_name))
    await manager.sees(f"Tap {CHOOSE} below the chat.", new=True)


def asks_for_the_name(message: Message) -> bool:
    return bool(message.inline_buttons) and CHOOSE in message.button_texts


async def picks(manager: Person, *chosen: Person) -> None:
    await manager.taps(CHOOSE, picks=chosen)


async def chooses(manager: Person, chosen: Person, role: str = "Staff") -> Message:
    await begins(manager, role)
    await picks(manager, chosen)
    return await manager.sees("in case they do not see it", new=True)


def keys_of(home: House, person: Person) -> list[list[str]]:
    """The keyboard below the chat."""
    keyboard = home.sandbox.world.chats[person.id].keyboard
    return [[key.text for key in line] for line in keyboard.keyboard] if keyboard else []


def link_in(message: Message) -> str:
    [copied] = [button.copy_text.text for button in message.inline_buttons if button.copy_text]
    assert copied in message.text
    return copied


async def test_who_is_known_is_asked_in_their_chat_and_joins_with_one_tap(home: House, shop: Shop) -> None:
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna", language="de")
    said = await chooses(paul, anna)
    assert "Anna has the invitation in their own chat, and can join until 22/06/2026, 11:00" in said.text
    assert keys_of(home, paul) == TEAM_KEYS
    asked = await anna.sees("Paul lädt dich ein, bei Café Knätsch mitzuarbeiten.", new=True)
    assert "Wenn du bis 22.06.26, 11:00 annimmst, bist du dort im Team." in asked.text
    assert asked.button_texts == ("Ins Team eintreten", "Nein danke")
    await anna.taps("Ins Team eintreten")
    await anna.sees("Willkommen bei Café Knätsch, Anna.", new=True)
    await anna.sees(has_keypad, new=True)
    await chooses_pin(anna)
    assert shown_now(anna, asked)[1] == ()
    assert home.rows(STATUS, "Anna") == [("active",)]
    assert "📊 Heute" in keys_of(home, anna)[1]
    await paul.sends("/team")
    assert "Anna · Staff · Café Knätsch" in (await paul.sees("Your team", new=True)).text
    assert await home.violations() == []


@pytest.mark.parametrize("why", ["never wrote", "has blocked the bot", "cannot be reached just now"])
async def test_who_cannot_be_written_to_gets_a_link_from_who_invites_them(
    home: House, shop: Shop, why: str
) -> None:
    paul = await home.owner(shop)
    anna = home.sandbox.person("Anna") if why == "never wrote" else await home.customer(shop, "Anna")
    if why == "has blocked the bot":
        anna.blocks_bot()
        await home.until_rows("SELECT count(*) FROM people WHERE unreachable_since IS NOT NULL", [(1,)])
    await begins(paul)
    if why == "cannot be reached just now":
        kind = FaultKind.FORBIDDEN
        home.sandbox.faults.refuse("bot was blocked", kind=kind, method="sendMessage", chat_id=anna.id)
    await picks(paul, anna)
    said = await paul.sees("The bot cannot write to Anna itself: send them this link.", new=True)
    if why == "has blocked the bot":
        anna.unblocks_bot()
    eve = home.sandbox.person("Eve")
    await eve.opens(link_in(said))
    await eve.sees("This invitation is for somebody else alone. Ask for one of your own.", new=True)
    assert home.rows(STATUS, "Anna") == [("invited",)]
    await home.claims(anna, link_in(said))
    assert home.rows(STATUS, "Anna") == [("active",)]


async def test_link_beside_the_message_is_for_them_alone_too(home: House, shop: Shop) -> None:
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    said = await chooses(paul, anna)
    await anna.sees("invites you to work for", new=True)
    await paul.opens(link_in(said))
    await paul.sees("This invitation is for somebody else alone.", new=True)
    await home.claims(anna, link_in(said))
    await anna.taps("Join the team")
    await anna.sees("Welcome to Café Knätsch, Anna.", new=True)
    assert home.rows(STATUS, "Anna") == [("active",)]


async def test_button_of_another_does_nothing(home: House, shop: Shop) -> None:
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await chooses(paul, anna)
    [(staff_id,)] = home.rows("SELECT staff_id FROM staff WHERE name = 'Anna'")
    eve = await home.customer(shop, "Eve")
    await eve.presses_raw(press(Verb.JOIN_TEAM, short_id(shop.merchant_id), short_id(staff_id)), eve.last)
    await eve.answered("This invitation does not hold any more.")
    assert home.rows(STATUS, "Anna") == [("invited",)]


async def test_withdrawn_invitation_is_over_for_who_was_asked(home: House, shop: Shop) -> None:
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await chooses(paul, anna)
    await paul.sends("/team")
    await paul.taps("Withdraw", on=await paul.sees("Anna · Staff", new=True))
    await paul.sees("What was sent to Anna does not work any more.")
    await anna.taps("Join the team")
    await anna.answered("This invitation does not hold any more. Ask whoever sent it for a new one.")
    await anna.taps("No, thank you")
    said = await anna.sees("You are not joining Café Knätsch. Nothing has changed.")
    assert "is told" not in said.text
    await home.at_rest()
    assert not any("is not joining" in message.text for message in paul.messages)


async def test_who_is_invited_again_within_a_week_gets_no_second_message(home: House, shop: Shop) -> None:
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await chooses(paul, anna)
    await paul.sends("/team")
    await paul.taps("Withdraw", on=await paul.sees("Anna · Staff", new=True))
    await paul.sees("What was sent to Anna does not work any more.")
    await begins(paul)
    await picks(paul, anna)
    said = await paul.sees("The bot itself asks nobody twice", new=True)
    assert len([m for m in anna.messages if "invites you to work" in m.text]) == 1
    await home.claims(anna, link_in(said))
    assert home.rows(STATUS, "Anna") == [("removed",), ("active",)]


async def test_who_says_no_is_off_the_list_and_who_invited_them_is_told(home: House, shop: Shop) -> None:
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await chooses(paul, anna)
    asked = await anna.sees("invites you to work for", new=True)
    await anna.taps("No, thank you")
    await anna.sees("You are not joining Café Knätsch. Nothing has changed.\nPaul is told.")
    assert shown_now(anna, asked)[1] == ()
    await paul.sees("Anna is not joining your team.", new=True)
    await paul.sends("/team")
    assert "Anna" not in (await paul.sees("Your team", new=True)).text
    await anna.presses_raw(data_of(asked, "Join the team"), asked)
    await anna.answered("This invitation does not hold any more.")
    assert home.rows(STATUS, "Anna") == [("removed",)]
    assert await home.violations() == []


def data_of(message: Message, label: str) -> str:
    """The buttons that the message had when it came."""
    [button] = [each for each in message.inline_buttons if each.text == label]
    assert button.callback_data
    return button.callback_data


async def lapses(home: House, clock: TestClock) -> None:
    clock.passes(days=7)
    await home.at_rest()


async def test_who_let_the_week_pass_is_chosen_again_on_their_page(
    home: House, shop: Shop, clock: TestClock
) -> None:
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await chooses(paul, anna)
    await lapses(home, clock)
    await paul.sends("/team")
    team = await paul.sees("Anna · Staff · Café Knätsch · link expired", new=True)
    assert team.button_texts == ("Paul", "Anna", "Remove", "Invite", "‹ Settings")
    await paul.taps("Anna")
    page = await paul.sees(lambda message: "New link" in message.button_texts)
    assert page.button_texts == (
        *("Rename", "Role", "Stores", "New link", CHOOSE),
        *("Remove from the team", "‹ Back"),
    )
    await paul.taps(CHOOSE)
    await paul.sees(f"Tap {CHOOSE} below the chat.", new=True)
    await picks(paul, anna)
    await paul.sees("Anna has the invitation in their own chat", new=True)
    assert shown_now(paul, page)[1] == ()
    assert keys_of(home, paul) == TEAM_KEYS
    await anna.taps("Join the team", on=await anna.sees("invites you to work for", new=True))
    await anna.sees("Welcome to Café Knätsch, Anna.", new=True)
    assert home.rows(STATUS, "Anna") == [("active",)]


async def test_new_link_takes_two_taps_once_the_old_one_has_expired(
    home: House, shop: Shop, clock: TestClock
) -> None:
    paul = await home.owner(shop)
    _, old = await home.invites(shop, "Ida")
    await lapses(home, clock)
    await paul.sends("/team")
    await paul.taps("Ida", on=await paul.sees("Ida · Staff · Café Knätsch · link expired", new=True))
    page = await paul.sees(lambda message: "New link" in message.button_texts)
    again = data_of(page, "New link")
    await paul.taps("New link")
    said = await paul.sees("Send this link to Ida: it works once, until 29/06/2026, 11:00")
    assert said.id == page.id
    ida = home.sandbox.person("Ida")
    await ida.opens(old)
    await ida.sees("This link has expired.", new=True)
    await home.claims(ida, link_in(said))
    assert home.rows(STATUS, "Ida") == [("active",)]
    await paul.presses_raw(again, said)
    assert "New link" not in (await paul.sees("Ida · Staff", new=True)).button_texts


async def test_who_never_came_leaves_the_list_with_one_tap(home: House, shop: Shop, clock: TestClock) -> None:
    paul = await home.owner(shop)
    await home.invites(shop, "Ida")
    await lapses(home, clock)
    await paul.sends("/team")
    await paul.taps("Remove", on=await paul.sees("Ida · Staff", new=True))
    team = await paul.sees("Ida is not on the team any more.")
    assert team.button_texts == ("Paul", "Invite", "‹ Settings")
    assert home.rows(STATUS, "Ida") == [("removed",)]


async def test_shared_phone_that_never_came_gets_a_new_link_and_nobody_is_chosen_for_it(
    home: House, shop: Shop, clock: TestClock
) -> None:
    paul = await home.owner(shop)
    await home.invites(shop, "Counter", Role.TERMINAL)
    await lapses(home, clock)
    await paul.sends("/team")
    await paul.taps("Counter", on=await paul.sees("Counter · Shared phone", new=True))
    page = await paul.sees(lambda message: "New link" in message.button_texts)
    assert CHOOSE not in page.button_texts
    await paul.taps("New link")
    await paul.sees("✅ Open this link on the phone for the counter")


async def test_cancelling_gives_the_keyboard_back_and_invites_nobody(home: House, shop: Shop) -> None:
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await begins(paul)
    assert keys_of(home, paul) == [[CHOOSE], [CANCEL]]
    await paul.taps(CANCEL)
    await paul.sees("Cancelled.", new=True)
    assert keys_of(home, paul) == TEAM_KEYS
    with pytest.raises(CannotDo):
        await paul.taps(CHOOSE, picks=[anna], timeout=0)
    await paul.sends("Anna")
    await paul.sees("not understood", new=True)
    assert home.rows("SELECT count(*) FROM staff") == [(1,)]


async def test_name_may_still_be_sent_instead(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await begins(paul)
    await paul.sends("Zoé")
    said = await paul.sees("makes whoever opens it part of your team", new=True)
    assert keys_of(home, paul) == TEAM_KEYS
    await home.claims(home.sandbox.person("Zoé"), link_in(said))
    assert home.rows(STATUS, "Zoé") == [("active",)]


async def test_who_is_refused_leaves_the_key_there_for_somebody_else(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    anna = await home.customer(shop, "Anna")
    await begins(paul)
    for there, name in ((paul, "Paul"), (sam, "Sam")):
        await picks(paul, there)
        await paul.sees(f"{name} is on the team already. Choose somebody else, or cancel.", new=True)
    await picks(paul, anna)
    await paul.sees("Anna has the invitation in their own chat", new=True)
    await begins(paul, "Manager")
    await picks(paul, anna)
    await paul.sees("Anna is invited already. Withdraw that in /team to invite them anew.", new=True)
    await paul.taps(CANCEL)
    await paul.sees("Cancelled.", new=True)
    assert home.rows("SELECT count(*) FROM invites WHERE meant_for_user_id IS NOT NULL") == [(1,)]


async def test_who_was_removed_is_asked_again(home: House, shop: Shop) -> None:
    paul, sam = await home.owner(shop), await home.member(shop, "Sam")
    await paul.sends("/team")
    for label in ("Sam", "Remove from the team", "Remove"):
        await paul.taps(label)
    await paul.sees("Sam is not on the team any more.")
    await chooses(paul, sam)
    await sam.taps("Join the team")
    await sam.sees("Welcome to Café Knätsch, Sam.", new=True)
    await sam.sees(has_keypad, new=True)
    await chooses_pin(sam)
    assert home.rows(STATUS, "Sam") == [("removed",), ("active",)]


async def test_choice_that_nobody_asked_for_does_nothing_and_gives_the_keyboard_back(
    home: House, shop: Shop
) -> None:
    """Of a keyboard that was left there: another question came, or the choice was made on another phone."""
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await begins(paul)
    await paul.sends("/find")
    await paul.sees("name", new=True)
    await picks(paul, anna)
    await paul.sees("This question is over. Start again.", new=True)
    assert keys_of(home, paul) == TEAM_KEYS
    assert home.rows(STATUS, "Anna") == []


async def test_two_keyboards_are_told_apart(home: House, shop: Shop) -> None:
    """The older one asks for a manager, the newer one for staff: what the older one gives is not taken for it."""
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await begins(paul, "Manager")
    older = paul.last
    assert older.reply_keyboard is not None
    [[key], _] = older.reply_keyboard.keyboard
    await begins(paul)
    await paul.taps_button(older, key, picks=[anna])
    await paul.sees("This question is over. Start again.", new=True)
    assert home.rows(STATUS, "Anna") == []


async def test_choice_tapped_twice_invites_once(home: House, shop: Shop) -> None:
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await begins(paul)
    asking = paul.last
    assert asking.reply_keyboard is not None
    [[key], _] = asking.reply_keyboard.keyboard
    await asyncio.gather(*(paul.taps_button(asking, key, picks=[anna]) for _ in range(2)))
    await paul.sees("This question is over. Start again.", new=True)
    await home.at_rest()
    assert home.rows(STATUS, "Anna") == [("invited",)]
    assert [m.text for m in anna.messages if "invites you to work" in m.text] != []
    assert len([m for m in anna.messages if "invites you to work" in m.text]) == 1
    assert keys_of(home, paul) == TEAM_KEYS


async def test_answer_that_fails_is_given_again_and_what_was_sent_still_works(
    home: House, shop: Shop
) -> None:
    """As after a crash: the same update is handled again from the start."""
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await begins(paul)
    home.sandbox.faults.server_error(method="sendMessage", chat_id=paul.id, count=3)
    await picks(paul, anna)
    said = await paul.sees("Anna has the invitation in their own chat", new=True)
    assert home.rows(STATUS, "Anna") == [("invited",)]
    first = next(m for m in anna.messages if "invites you to work" in m.text)
    await anna.taps("Join the team", on=first)
    await anna.sees("Welcome to Café Knätsch, Anna.", new=True)
    assert "https" in link_in(said)


async def test_nobody_is_chosen_for_a_shared_phone(home: House, shop: Shop) -> None:
    paul = await home.owner(shop)
    await paul.sends("/team")
    await paul.taps("Invite", on=await paul.sees("Your team", new=True))
    await paul.taps("Shared phone")
    asked = await paul.sees("What is the phone called?")
    assert asked.button_texts == ("‹ Back",)


async def test_person_without_a_name_is_called_by_a_stand_in_until_they_join(home: House, shop: Shop) -> None:
    paul, anna = await home.owner(shop), home.sandbox.person("\u202e")
    await begins(paul)
    await picks(paul, anna)
    await paul.sees("The bot cannot write to Team member itself", new=True)


async def test_owner_of_two_shops_invites_into_the_one_they_asked_for(home: House, shop: Shop) -> None:
    bakery = await home.opens_shop("Bakery")
    paul, anna = await home.owner(shop), await home.customer(shop, "Anna")
    await home.claims(paul, bakery.owner_link)
    await paul.sends("/store")
    await paul.taps("Bakery · Bakery")
    await paul.sees("You are working at Bakery")
    await chooses(paul, anna)
    asked = await anna.sees("invites you to work for Bakery", new=True)
    await paul.sends("/store")
    await paul.taps("Café Knätsch · Café Knätsch")
    await paul.sees("You are working at Café Knätsch")
    await chooses(paul, anna)
    await anna.sees("invites you to work for Café Knätsch", new=True)
    await anna.taps("Join the team", on=asked)
    await anna.sees("Welcome to Bakery, Anna.", new=True)
    assert home.rows("SELECT count(*) FROM staff WHERE name = 'Anna' AND status = 'active'") == [(1,)]


async def test_manager_is_no_longer_one_when_they_have_chosen(home: House, shop: Shop) -> None:
    mia, anna = await home.member(shop, "Mia", Role.MANAGER), await home.customer(shop, "Anna")
    paul = await home.owner(shop)
    await begins(mia)
    await paul.sends("/team")
    for label in ("Mia", "Role", "Staff"):
        await paul.taps(label)
        await paul.answered()
    await mia.sees("You are on the team at Café Knätsch now.")
    await picks(mia, anna)
    await mia.sees("You may not do this here.", new=True)
    await mia.taps(CANCEL)
    await mia.sees("Cancelled.", new=True)
    assert keys_of(home, mia) == TEAM_KEYS
    assert home.rows(STATUS, "Anna") == []
