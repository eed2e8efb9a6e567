"""A button's data is a hint, never a right: whoever presses what was not shown to them gets nowhere."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest

from bot.kit.buttons import Verb, press, short_id
from bot.kit.clock import new_id
from bot.owner.sheets import SheetFormat
from bot.sandbox import Message, Person
from bot.views.exports import What
from bot.views.reports import ReportPart
from bot.views.summary import DayPart
from domain.account import Account
from domain.dispute import DisputeOutcome
from domain.ids import BotId, MerchantId, UserId
from domain.ports import Tx
from domain.rules.card_numbers import card_number
from domain.staff import Role, StaffStatus
from tests.bot.staff.points import earn, points_shop
from tests.bot.views.day_scenes import SUNDAY, day
from tests.support.house import House, Shop, has_keypad, has_picture, number_of

pytestmark = pytest.mark.usefixtures("no_gate")

KEY = "AAAAAAAAAAA"
UNTOUCHED = """
    SELECT 'card', merchant_id, number, stamp_count, token_rotation, entry_count FROM cards
    UNION ALL SELECT 'active', merchant_id, number, active, 0, 0 FROM cards
    UNION ALL SELECT 'note', merchant_id, text, kind, 0, 0 FROM card_notes
    UNION ALL SELECT 'move', merchant_id, card_id, allowed_at, ended_at, 0 FROM card_moves
    UNION ALL SELECT 'entry', merchant_id, kind, stamps_delta, entry_no, 0 FROM entries
    UNION ALL SELECT 'dispute', merchant_id, entry_id, outcome, 0, 0 FROM disputes
    UNION ALL SELECT 'approval', merchant_id, approval_id, state, 0, 0 FROM approvals
    UNION ALL SELECT 'invite', merchant_id, purpose, used_at, 0, 0 FROM invites
    UNION ALL SELECT 'staff', merchant_id, name, status, role, pin_generation FROM staff
    UNION ALL SELECT 'PIN', merchant_id, staff_id, user_id, failures, verified_at FROM pin_sessions
    ORDER BY 1, 2, 3, 4, 5, 6
"""


@dataclass(frozen=True, kw_only=True)
class Ids:
    """What a forger would have to know of a merchant."""

    merchant: str
    store: str
    card: str
    staff: str
    invite: str
    stamp: str
    redemption: str
    program: str

    @classmethod
    def invented(cls) -> "Ids":
        return cls(
            **{
                name: new_id()
                for name in ("merchant", "store", "card", "staff", "invite", "stamp", "redemption", "program")
            }
        )

    def presses(self) -> dict[str, str]:
        """Every kind of button that names something of the merchant."""
        merchant, store, card, staff, stamp, redemption = map(
            short_id, (self.merchant, self.store, self.card, self.staff, self.stamp, self.redemption)
        )
        program = short_id(self.program)
        return {
            "new program": press(Verb.NEW_PROGRAM, merchant),
            "posters of a program": press(Verb.PROGRAM_POSTERS, merchant, program),
            "poster of a program": press(Verb.PROGRAM_POSTER, store, program, "a6", 0),
            "one more card": press(Verb.JOIN_PROGRAM, merchant, program),
            "stamp": press(Verb.STAMP, card, 1, KEY),
            "stamp many": press(Verb.STAMP, card, 20, KEY),
            "redeem": press(Verb.REDEEM, card, KEY),
            "purchase": press(Verb.PURCHASE, card),
            "reward list": press(Verb.REWARD_LIST, card),
            "redeem points": press(Verb.REDEEM_POINTS, card, 0, 100, KEY),
            "redeem points for nothing": press(Verb.REDEEM_POINTS, card, 0, 0, KEY),
            "reward on the way": press(Verb.REDEEM_INTERIM, card, 0, 5, KEY),
            "undo stamp": press(Verb.UNDO, card, stamp, KEY),
            "undo redemption": press(Verb.UNDO, card, redemption, KEY),
            "void": press(Verb.VOID, card, stamp, KEY),
            "void with a reason": press(Verb.VOID, card, redemption, KEY, 0),
            "void list": press(Verb.VOID_LIST, card),
            "panel": press(Verb.PANEL, card),
            "lock": press(Verb.LOCK, card),
            "store": press(Verb.STORE, merchant, store),
            "stand here": press(Verb.STAND_HERE, staff),
            "team": press(Verb.TEAM, merchant, 0),
            "member": press(Verb.MEMBER, merchant, staff),
            "member's name": press(Verb.MEMBER_NAME, merchant, staff),
            "member's role": press(Verb.MEMBER_ROLE, merchant, staff),
            "member's stores": press(Verb.MEMBER_STORES, merchant, staff, 0),
            "set role": press(Verb.SET_ROLE, merchant, staff, Role.MANAGER),
            "set store": press(Verb.SET_STORE, merchant, staff, 0, 1),
            "invite": press(Verb.INVITE, merchant),
            "choose again": press(Verb.CHOOSE_AGAIN, merchant, staff),
            "invite as": press(Verb.INVITE_AS, merchant, Role.STAFF, 0),
            "invite at": press(Verb.INVITE_AT, merchant, Role.STAFF, 0),
            "new link": press(Verb.NEW_LINK, merchant, staff),
            "choose a person": press(Verb.CHOOSE_PERSON, KEY),
            "join the team": press(Verb.JOIN_TEAM, merchant, staff),
            "not joining": press(Verb.NOT_JOINING, merchant, staff),
            "withdraw": press(Verb.WITHDRAW, merchant, staff),
            "hand over": press(Verb.HAND_OVER, merchant, staff),
            "hand over, meant": press(Verb.HAND_OVER_MEANT, merchant, staff),
            "take over": press(Verb.TAKE_OVER, merchant, short_id(self.invite)),
            "remove": press(Verb.REMOVE, merchant, staff),
            "remove, meant": press(Verb.REMOVE_MEANT, merchant, staff),
            "reset PIN": press(Verb.RESET_PIN, merchant, staff),
            "own PIN": press(Verb.OWN_PIN, merchant),
            "undo reset": press(Verb.UNDO_RESET, merchant, short_id(self.invite)),
            "use one reward": press(Verb.USE_ONE, merchant, card, 0, 0, 0),
            "show card": press(Verb.SHOW_CARD, merchant, card),
            "history": press(Verb.HISTORY, merchant, card, 0),
            "new code": press(Verb.NEW_CODE, merchant, card, 0),
            "new code, meant": press(Verb.NEW_CODE_MEANT, merchant, card, 0),
            "disputable": press(Verb.DISPUTABLE, merchant, card, 0),
            "poster": press(Verb.POSTER, merchant, store, "a6", 0),
            "stores": press(Verb.STORES, merchant, 0),
            "store page": press(Verb.STORE_PAGE, merchant, store),
            "new store": press(Verb.STORE_NEW, merchant),
            "store's name": press(Verb.STORE_NAME, merchant, store),
            "close store?": press(Verb.STORE_CLOSE, merchant, store),
            **{f"store, {to}": press(Verb.STORE_SET, merchant, store, to) for to in (0, 1)},
            "kinds of messages": press(Verb.WORDINGS, merchant, 0),
            "words": press(Verb.WORDING, merchant, store, 0, "en"),
            "whose words": press(Verb.WORDING_WHOSE, merchant, "all", 0, "en", 0),
            "other words": press(Verb.WORDING_CHANGE, merchant, store, 0, "en"),
            "usual words": press(Verb.WORDING_RESET, merchant, "all", 0, "en"),
            "not me": press(Verb.NOT_ME, merchant, stamp),
            "sheets": press(Verb.SHEETS, merchant),
            "sheet": press(Verb.SHEET, merchant, stamp),
            "print a sheet": press(Verb.SHEET_PRINT, merchant, stamp),
            "withdraw a sheet?": press(Verb.SHEET_OFF, merchant, stamp),
            "withdraw a sheet": press(Verb.SHEET_OFF_MEANT, merchant, stamp),
            "mine": press(Verb.ADOPT, merchant, card),
            "theirs": press(Verb.ADOPT_MEANT, card, stamp),
            "from paper": press(Verb.PAPER, card),
            "so many from paper": press(Verb.PAPER_MEANT, card, 1, KEY),
            "card page": press(Verb.CARD_PAGE, merchant, card),
            "card's past": press(Verb.CARD_PAST, merchant, card, 0),
            "note": press(Verb.NOTE, merchant, card),
            "block": press(Verb.BLOCK, merchant, card),
            "block, meant": press(Verb.BLOCK_MEANT, merchant, card, 0),
            "unblock": press(Verb.UNBLOCK, merchant, card),
            **{f"report: {part}": press(Verb.REPORT, merchant, "today", part, 0) for part in ReportPart},
            "report's dates": press(Verb.REPORT_DATES, merchant),
            "exports": press(Verb.EXPORTS, merchant),
            **{
                f"export {what} {form}": press(Verb.EXPORT, merchant, what, form)
                for what in What
                for form in SheetFormat
            },
            "lines": press(Verb.LINES, merchant, "20261101-20261130", "all", 0),
            "move": press(Verb.MOVE, merchant, card),
            "move, meant": press(Verb.MOVE_MEANT, merchant, card, KEY),
            "vouch": press(Verb.MOVE_VOUCH, merchant, stamp),
            "vouched": press(Verb.MOVE_VOUCHED, merchant, stamp, 0),
            "merge": press(Verb.MERGE, merchant, card),
            "withdraw a merge": press(Verb.MERGE_UNASK, merchant, stamp),
            "answer a move": press(Verb.MOVE_ANSWER, merchant, stamp, 1),
            "flags": press(Verb.FLAGS, merchant, 0),
            "dispute": press(Verb.DISPUTE, merchant, stamp),
            "flag, right": press(Verb.FLAG_RIGHT, merchant, stamp),
            "ask for more": press(Verb.ASK_MORE, card, 2),
            "ask for more, why": press(Verb.ASK_MORE_FOR, card, 2, KEY, 0),
            "ask to take back": press(Verb.ASK_BACK, card, stamp),
            "ask to take back, why": press(Verb.ASK_BACK_FOR, card, stamp, KEY, 0),
            "use a reward": press(Verb.USE, merchant, card),
            "answer about a reward": press(Verb.REDEEM_ANSWER, merchant, stamp, 1),
            "approve": press(Verb.DECIDE, merchant, stamp, 1),
            "decline": press(Verb.DECIDE, merchant, stamp, 0),
            "withdraw what was asked": press(Verb.UNASK, merchant, stamp),
            "close the shop?": press(Verb.SHOP_CLOSE, merchant),
            "close the shop": press(Verb.SHOP_CLOSE_MEANT, merchant),
            "keep the shop": press(Verb.SHOP_KEEP, merchant),
            "open card": press(Verb.OPEN_CARD, merchant, card),
            **{f"settle: {way}": press(Verb.SETTLE, merchant, stamp, way) for way in DisputeOutcome},
            "settle out of the list": press(Verb.SETTLE_LISTED, merchant, stamp, DisputeOutcome.TAKEN_BACK),
            **{f"day: {part}": press(Verb.DAY, merchant, SUNDAY.isoformat(), part) for part in DayPart},
        }


@dataclass(frozen=True, kw_only=True)
class Town:
    """Two merchants with everybody in them; the forgers are not of the first."""

    home: House
    cafe: Shop
    ids: Ids
    secrets: tuple[str, ...]
    forgers: dict[str, Person]


async def newest_id(home: House, query: str, *values: object) -> str:
    [(found,)] = home.rows(query, *values)
    return str(found)


async def ids_of(home: House, shop: Shop, staff_name: str) -> Ids:
    entry = "SELECT entry_id FROM entries WHERE merchant_id = ? AND kind = ?"
    return Ids(
        merchant=shop.merchant_id,
        store=shop.store_id,
        card=await newest_id(home, "SELECT card_id FROM cards WHERE merchant_id = ?", shop.merchant_id),
        staff=await newest_id(
            home,
            "SELECT staff_id FROM staff WHERE merchant_id = ? AND name = ?",
            shop.merchant_id,
            staff_name,
        ),
        invite=await newest_id(
            home,
            "SELECT invite_id FROM invites JOIN staff USING (merchant_id, staff_id)"
            " WHERE merchant_id = ? AND name = ?",
            shop.merchant_id,
            staff_name,
        ),
        stamp=await newest_id(home, entry, shop.merchant_id, "stamp_earned"),
        redemption=await newest_id(home, entry, shop.merchant_id, "stamp_redeemed"),
        program=await newest_id(
            home, "SELECT program_id FROM programs WHERE merchant_id = ?", shop.merchant_id
        ),
    )


async def removes(home: House, shop: Shop, person: Person) -> None:
    """Takes somebody off the team."""
    account = Account(bot_id=BotId(home.sandbox.world.bot_id), user_id=UserId(person.id))

    def remove(*, tx: Tx, command: MerchantId) -> None:
        staff = tx.member(command, account)
        assert staff is not None
        tx.save_staff(replace(staff, status=StaffStatus.REMOVED))

    await home.store.write(remove, shop.merchant_id)


async def has_a_day_to_tell(home: House, shop: Shop) -> None:
    def add(*, tx: Tx, command: MerchantId) -> None:
        tx.add_summary(command, day())
        tx.summaries_are_told(command, [SUNDAY])

    await home.store.write(add, shop.merchant_id)


async def lives(home: House, shop: Shop, customer_name: str, staff_name: str) -> tuple[Person, Person]:
    """A customer with a stamped and once redeemed card, and who did it."""
    customer = await home.customer(shop, customer_name)
    staff = await home.member(shop, staff_name, pin="2580")
    for words in (f"/stamp {number_of(customer)} 12", f"/redeem {number_of(customer)}"):
        await staff.sends(words)
        await staff.sees("2 of 10", new=True)
    return customer, staff


@pytest.fixture
async def town(home: House) -> Town:
    cafe, bakery = await home.opens_shop("Café Knätsch"), await home.opens_shop("Bäckerei Schmit")
    anna, _ = await lives(home, cafe, "Annabel", "Samantha")
    ben, bea = await lives(home, bakery, "Ben", "Bea")
    stranger = home.sandbox.person("Eve")
    await stranger.sends("/help")
    await stranger.sees("Your card")
    fired = await home.member(cafe, "Fred", pin="2580")
    await removes(home, cafe, fired)
    terminal = await home.member(bakery, "Till", Role.TERMINAL)
    forgers = {
        "stranger": stranger,
        "customer": ben,
        "staff": bea,
        "manager": await home.member(bakery, "Mia", Role.MANAGER, pin="2580"),
        "owner": await home.owner(bakery, pin="2580"),
        "terminal": terminal,
        "removed staff": fired,
    }
    await has_a_day_to_tell(home, cafe)
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL", [(0,)])
    return Town(
        home=home,
        cafe=cafe,
        ids=await ids_of(home, cafe, "Samantha"),
        secrets=("Annabel", "Samantha", number_of(anna), "Café Knätsch"),
        forgers=forgers,
    )


Reaction = tuple[str, bool, list[tuple[str, tuple[str, ...]]]]


async def reaction(person: Person, data: str) -> Reaction:
    """The alert, and what changed on the screen."""
    await person.sends("/help")
    anchor = await person.sees("/", new=True)
    [found] = await reactions([person], data, [anchor])
    return found


async def reactions(people: Sequence[Person], data: str, anchors: Sequence[Message]) -> list[Reaction]:
    """Of all of them to the same press, each under a message of their own."""
    newest = [max(message.revision for message in person.messages) for person in people]
    for person, anchor in zip(people, anchors, strict=True):
        await person.presses_raw(data, anchor)
    answers = [await person.answered() for person in people]
    changed = [
        [
            (message.text or message.caption, message.button_texts)
            for message in person.messages
            if message.from_bot and message.revision > seen
        ]
        for person, seen in zip(people, newest, strict=True)
    ]
    return [(answer.text, answer.alert, each) for answer, each in zip(answers, changed, strict=True)]


async def test_buttons_of_another_merchant_do_nothing_and_tell_nothing(town: Town) -> None:
    """All forgers press at once, since nothing happens."""
    forgers, before = list(town.forgers.values()), town.home.rows(UNTOUCHED)
    for forger in forgers:
        await forger.sends("/help")
    anchors = [await forger.sees("/", new=True) for forger in forgers]
    invented = Ids.invented().presses()
    for name, data in town.ids.presses().items():
        real = await reactions(forgers, data, anchors)
        of_nothing = await reactions(forgers, invented[name], anchors)
        for who, told, of_none in zip(town.forgers, real, of_nothing, strict=True):
            assert told == of_none, f"{who}, {name}: existence shows"
            assert not any(secret in repr(told) for secret in town.secrets), f"{who}, {name}"
        assert town.home.rows(UNTOUCHED) == before, name
    await town.home.at_rest()
    assert town.home.rows(UNTOUCHED) == before
    assert await town.home.violations() == []


async def test_number_of_another_merchants_card_is_as_good_as_none(town: Town) -> None:
    before = town.home.rows(UNTOUCHED)
    [(number,)] = town.home.rows("SELECT number FROM cards WHERE card_id = ?", town.ids.card)
    nobodys = next(each for each in map(card_number, range(2)) if each != number)
    for words in (
        "/stamp {}",
        "/earn {} 5",
        "/earn {}",
        "/adjust {} +5 gift",
        "/redeem {}",
        "/void {}",
        "{}",
    ):
        said = []
        for each in (number, nobodys):
            for forger in town.forgers.values():
                await forger.sends(words.format(each))
            said.append(
                {
                    who: (await forger.sees(lambda message: message.text, new=True)).text
                    for who, forger in town.forgers.items()
                }
            )
        assert said[0] == said[1], words
    assert town.home.rows(UNTOUCHED) == before


@pytest.fixture
async def cafe(home: House, shop: Shop) -> tuple[House, Shop, Ids]:
    await lives(home, shop, "Annabel", "Samantha")
    await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NULL", [(0,)])
    return home, shop, await ids_of(home, shop, "Samantha")


MANAGERS_BUTTONS = (
    "undo stamp",
    "undo redemption",
    "void",
    "void with a reason",
    "reset PIN",
    "team",
    "member",
    "member's name",
    "member's role",
    "member's stores",
    "set role",
    "set store",
    "invite",
    "invite as",
    "invite at",
    "withdraw",
    "hand over, meant",
    "remove",
    "remove, meant",
    "settle: right",
    "flags",
    "flag, right",
    "approve",
    "decline",
)


async def test_staff_cannot_press_what_only_managers_are_shown(cafe: tuple[House, Shop, Ids]) -> None:
    home, shop, ids = cafe
    tom = await home.member(shop, "Tom")
    before = home.rows(UNTOUCHED)
    for name in MANAGERS_BUTTONS:
        text, alert, changed = await reaction(tom, ids.presses()[name])
        assert (text[:25], alert, changed) == ("You may not do this here.", True, []), name
    assert home.rows(UNTOUCHED) == before


async def test_day_is_shown_to_managers_and_not_to_staff(cafe: tuple[House, Shop, Ids]) -> None:
    home, shop, ids = cafe
    await has_a_day_to_tell(home, shop)
    mia, tom = await home.member(shop, "Mia", Role.MANAGER), await home.member(shop, "Tom")
    for part in DayPart:
        data = ids.presses()[f"day: {part}"]
        assert (await reaction(tom, data))[0].startswith("You may not do this here."), part
        _, _, [(shown, _)] = await reaction(mia, data)
        assert "Sunday, 22 November" in shown


async def test_manager_cannot_undo_what_another_did(cafe: tuple[House, Shop, Ids]) -> None:
    home, shop, ids = cafe
    mia = await home.member(shop, "Mia", Role.MANAGER)
    assert (await reaction(mia, ids.presses()["undo stamp"]))[0].startswith("You may not do this here.")
    _, _, [(shown, _)] = await reaction(mia, ids.presses()["void"])
    assert shown.startswith("Why is it being taken back?")


CUSTOMERS_ANSWER = {
    "answer a move": "This link does not work",
    "mine": "There is no such card here.",
    "store": "You may not do this here.",
    "stand here": "You may not do this here.",
    "reset PIN": "You may not do this here.",
    "undo reset": "You may not do this here.",
    **{f"day: {part}": "You may not do this here." for part in DayPart},
    **{f"settle: {way}": "You may not do this here." for way in DisputeOutcome},
    "settle out of the list": "You may not do this here.",
    "open card": "You may not do this here.",
    "not me": "You do not have this card",
    "show card": "You do not have this card",
    "history": "You do not have this card",
    "new code": "You do not have this card",
    "use a reward": "You do not have this card",
    "use one reward": "You do not have this card",
    "answer about a reward": "There is no such request any more.",
    "new code, meant": "You do not have this card",
    "disputable": "You do not have this card",
    "choose a person": "This question is over.",
    "join the team": "This invitation does not hold any more.",
    "not joining": "This invitation does not hold any more.",
    **dict.fromkeys(
        ("ask for more", "ask to take back", "approve", "decline", "withdraw what was asked"),
        "You may not do this here.",
    ),
}


async def test_customer_of_the_same_merchant_cannot_press_what_staff_or_others_are_shown(
    cafe: tuple[House, Shop, Ids],
) -> None:
    home, shop, ids = cafe
    carl = await home.customer(shop, "Carl")
    before = home.rows(UNTOUCHED)
    presses = ids.presses()
    del presses["one more card"]
    for name, data in presses.items():
        text, _, changed = await reaction(carl, data)
        lists = ("void list", "reward list", "from paper")
        expected = CUSTOMERS_ANSWER.get(name, "You may not" if name in lists else "This is for staff.")
        assert text.startswith(expected), name
        assert changed == []
    assert home.rows(UNTOUCHED) == before


async def test_staff_cannot_work_at_a_store_they_were_not_invited_to(home: House, shop: Shop) -> None:
    gare, _ = await home.adds_store(shop, "Gare")
    sam = await home.member(shop, "Sam")
    data = press(Verb.STORE, short_id(shop.merchant_id), short_id(gare))
    assert (await reaction(sam, data))[0].startswith("You may not do this here.")
    assert home.rows("SELECT store_id FROM desks") == [(shop.store_id,)]


async def test_unattended_terminal_stamps_for_nobody(cafe: tuple[House, Shop, Ids]) -> None:
    home, shop, ids = cafe
    phone = await home.member(shop, "Till", Role.TERMINAL)
    before = home.rows(UNTOUCHED)
    for name in ("stamp", "undo stamp", "void", "panel", "lock"):
        text, _, changed = await reaction(phone, ids.presses()[name])
        assert text == ""
        assert [buttons for _, buttons in changed] == [("Samantha",)], name
    for name, said in (
        ("purchase", "This card collects stamps, not points."),
        ("redeem points", "This card collects stamps, not points."),
        ("redeem", "Not enough stamps: 2 of 10."),
    ):
        assert await reaction(phone, ids.presses()[name]) == (said, True, []), name
    assert (await reaction(phone, ids.presses()["void list"]))[0].startswith("Type your PIN first.")
    assert home.rows(UNTOUCHED) == before


async def test_terminal_cannot_be_picked_as_a_person_nor_can_who_works_elsewhere(
    home: House, shop: Shop
) -> None:
    gare, _ = await home.adds_store(shop, "Gare")
    await home.member(shop, "Lou", pin="2580", store_id=gare)
    phone = await home.member(shop, "Till", Role.TERMINAL)
    for (staff_id,) in home.rows("SELECT staff_id FROM staff WHERE name IN ('Till', 'Lou')"):
        text, _, _ = await reaction(phone, press(Verb.STAND_HERE, short_id(staff_id)))
        assert text.startswith("You may not do this here.")


async def test_leaving_a_terminal_is_for_terminals(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    for each in (anna, sam):
        assert (await reaction(each, press(Verb.LEAVE)))[0].startswith("You may not do this here.")


async def test_keypad_of_one_person_is_dead_in_the_hands_of_another(home: House) -> None:
    shop = await home.opens_shop(require_staff_pin=True, pin_window_minutes=0)
    anna = await home.customer(shop, "Anna")
    sam, tom = await home.member(shop, "Sam", pin="2580"), await home.member(shop, "Tom")
    await sam.sends(f"/stamp {number_of(anna)}")
    keypad = await sam.sees(has_keypad, new=True)
    for button in keypad.inline_buttons:
        await tom.presses_raw(button.callback_data or "", tom.last)
        await tom.answered("This question is over. Start again.")
    assert home.rows("SELECT keys FROM dialogues WHERE user_id = ?", sam.id) == [("",)]
    assert await home.ledger(shop) == []


async def test_amount_keypad_of_one_person_is_dead_in_the_hands_of_another(home: House) -> None:
    shop = await points_shop(home)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    tom = await home.member(shop, "Tom")
    await sam.sends(f"/earn {number_of(anna)}")
    keypad = await sam.sees("How much was paid?", new=True)
    for button in keypad.inline_buttons:
        await tom.presses_raw(button.callback_data or "", tom.last)
        await tom.answered("This question is over. Start again.")
    assert home.rows("SELECT keys FROM dialogues WHERE user_id = ?", sam.id) == [("",)]
    assert await home.ledger(shop) == []


async def test_keys_that_no_keypad_has_are_not_taken(home: House) -> None:
    shop = await points_shop(home)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.sends(f"/earn {number_of(anna)}")
    keypad = await sam.sees("How much was paid?", new=True)
    one = keypad.inline_buttons[0].callback_data or ""
    for key in ("12", "-", "+", "²", "e", "", "oks"):
        await sam.presses_raw(one[:-1] + key, keypad)
        await sam.answered("This button no longer works.")
    assert home.rows("SELECT keys FROM dialogues WHERE user_id = ?", sam.id) == [("",)]


async def test_reward_costs_what_it_costs_whatever_the_button_says(home: House) -> None:
    shop = await points_shop(home)
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await earn(sam, anna, "150")
    card = short_id(await newest_id(home, "SELECT card_id FROM cards"))
    for position, cost, said in (
        (0, 0, "The rewards have changed meanwhile. Look at the card again."),
        (1, 100, "The rewards have changed meanwhile. Look at the card again."),
        (3, 100, "The rewards have changed meanwhile. Look at the card again."),
        (1, 250, "Not enough points: 150 of 250."),
    ):
        text, _, _ = await reaction(sam, press(Verb.REDEEM_POINTS, card, position, cost, KEY))
        assert text.startswith(said)
    assert [line.points_balance for line in await home.cards(shop)] == [150]


async def test_operation_key_of_another_act_is_refused(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    panel = await sam.sees("Anna · ", new=True)
    data = panel.inline_buttons[0].callback_data or ""
    await sam.presses_raw(data, panel)
    await sam.answered()
    await sam.presses_raw(data.replace(":1:", ":3:"), panel)
    await sam.answered("This button was already used for something else.")
    assert [line.stamp_count for line in await home.cards(shop)] == [1]


NO_KEYS = [
    "A" * 10,
    "A" * 12,
    "A" * 27,
    "A" * 10 + "'",
    "A" * 10 + ".",
    "A" * 10 + "é",
    "A" * 10 + " ",
    "٣" * 11,
]


async def test_operation_key_that_no_button_carries_is_refused(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam")
    await sam.scans(anna)
    panel = await sam.sees("Anna · ", new=True)
    data = panel.inline_buttons[0].callback_data or ""
    for key in NO_KEYS:
        await sam.presses_raw(data.rpartition(":")[0] + f":{key}", panel)
        said = (await sam.answered()).text
        assert said.startswith("This button no longer works."), ascii(key)
        assert await home.ledger(shop) == [], ascii(key)


async def test_join_button_works_only_for_an_active_store_and_makes_one_card(home: House, shop: Shop) -> None:
    eve = home.sandbox.person("Eve")
    await eve.sends("/help")
    await eve.sees("Your card")
    for merchant, store in ((new_id(), new_id()), (shop.merchant_id, new_id()), (new_id(), shop.store_id)):
        data = press(Verb.JOIN, short_id(merchant), short_id(store))
        await eve.presses_raw(data, eve.last)
        await eve.answered("This link does not work")
    await eve.presses_raw(press(Verb.JOIN, short_id(shop.merchant_id), short_id(shop.store_id)), eve.last)
    await eve.sees(has_picture)
    assert len(await home.cards(shop)) == 1


async def test_removed_member_can_do_nothing_any_more_and_is_told_so(home: House, shop: Shop) -> None:
    anna, sam = await home.customer(shop, "Anna"), await home.member(shop, "Sam", pin="2580")
    await sam.scans(anna)
    panel = await sam.sees("Anna · ", new=True)
    await removes(home, shop, sam)
    await sam.taps("+1", on=panel)
    await sam.answered("This is for staff.")
    await sam.sends(f"/stamp {number_of(anna)}")
    await sam.sees("This is for staff.", new=True)
    assert await home.ledger(shop) == []


async def test_removed_member_cannot_open_the_invite_again(home: House, shop: Shop) -> None:
    _, link = await home.invites(shop, "Sam")
    sam = home.sandbox.person("Sam")
    await home.claims(sam, link)
    await removes(home, shop, sam)
    await sam.opens(link)
    await sam.sees("This link does not work", new=True)


GARBAGE = [
    "",
    ":",
    "::::",
    "s",
    "s:",
    "s:x:y:z",
    "s:AAAAAAAAAAAAAAAAAAAAAA",
    "s:AAAAAAAAAAAAAAAAAAAAAA:1",
    "s:AAAAAAAAAAAAAAAAAAAAAA:-1:AAAAAAAAAAA",
    "s:AAAAAAAAAAAAAAAAAAAAAA:1:AAAAAAAAAA",
    "s:AAAAAAAAAAAAAAAAAAAAAA:1:AAAAAAAAAA'",
    "s:AAAAAAAAAAAAAAAAAAAAAA:٣:AAAAAAAAAAA",
    "s:AAAAAAAAAAAAAAAAAAAAAA:99999999999:AAAAAAAAAAA",
    "u:AAAAAAAAAAAAAAAAAAAAAA:x:AAAAAAAAAAA",
    "v:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAA:9",
    "v:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAA:x",
    "y:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA",
    "k",
    "k:AAAAAAAAAAA",
    "k:AAAAAAAAAAA:10",
    "k:AAAAAAAAAAA:²",
    "k:AAAAAAAAAAA:",
    "e",
    "e:AAAAAAAAAAAAAAAAAAAAAA",
    "e:x",
    "i:x",
    "i:AAAAAAAAAAAAAAAAAAAAAA",
    "m",
    "m:AAAAAAAAAAA",
    "m:AAAAAAAAAAA:1",
    "m:AAAAAAAAAAA:ok",
    "m:AAAAAAAAAAA:-",
    "o:AAAAAAAAAAAAAAAAAAAAAA:0:100",
    "o:AAAAAAAAAAAAAAAAAAAAAA:-1:100:AAAAAAAAAAA",
    "o:AAAAAAAAAAAAAAAAAAAAAA:0:-100:AAAAAAAAAAA",
    "o:AAAAAAAAAAAAAAAAAAAAAA:99:100:AAAAAAAAAAA",
    "d:AAAAAAAAAAAAAAAAAAAAAA",
    "z:x",
    "t:AAAAAAAAAAAAAAAAAAAAA",
    "c:AAAAAAAAAAAAAAAAAAAAAA",
    "h:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA",
    "q:AAAAAAAAAAAAAAAAAAAAAA:AAAAAAAAAAAAAAAAAAAAAA:x",
    "n:",
    "j:x",
    "l",
    "l:xx",
    "l:EN",
    "A",
    "ss:AAAAAAAAAAAAAAAAAAAAAA:1:AAAAAAAAAAA",
    "S:AAAAAAAAAAAAAAAAAAAAAA:1:AAAAAAAAAAA",
    "' OR 1=1 --",
    "\x00" * 64,
    "🎉" * 16,
    "s\n:AAAAAAAAAAAAAAAAAAAAAA:1:AAAAAAAAAAA",
    "x" * 64,
    ":".join("s" * 32),
]


async def test_garbage_is_answered_and_changes_nothing(home: House, shop: Shop) -> None:
    people = {"customer": await home.customer(shop, "Anna"), "staff": await home.member(shop, "Sam")}
    before = home.rows(UNTOUCHED)
    for data in GARBAGE:
        for person in people.values():
            await person.presses_raw(data, person.last)
        for who, person in people.items():
            answer = await person.answered()
            assert answer.alert, (who, data)
            assert answer.text, (who, data)
    await home.at_rest()
    assert home.rows("SELECT count(*) FROM inbox WHERE failed_at IS NOT NULL") == [(0,)]
    assert home.rows(UNTOUCHED) == before
