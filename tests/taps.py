"""``python -m tests.taps``: how many taps and messages the daily acts cost, counted while they are done.

Each journey is gone through in the sandbox by pressing what is there. A scan is the link that the camera shows and
Start; the keys of a PIN are counted as one PIN.
"""

import asyncio
import logging
import re
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from bot.app.process import Surroundings
from bot.kit.clock import new_id
from bot.kit.tokens import token_hash
from bot.sandbox import Message, Person
from domain.ids import SheetId
from domain.usecases.change_fields import change_fields
from domain.usecases.print_cards import PrintCards, print_cards
from domain.usecases.see_shop import see_shop
from tests.support.house import (
    PIN,
    UNHURRIED,
    House,
    Shop,
    TestClock,
    has_keypad,
    has_picture,
    house,
    number_of,
    types_pin,
)
from tests.support.mail_server import MailServer, mail_server, text_of
from tests.support.terms import editing

SCAN = 2
OWED = "SELECT count(*) FROM deliveries WHERE delivered_at IS NULL AND failed_at IS NULL"


@dataclass(slots=True)
class Thumb:
    """A person whose taps and messages are counted."""

    person: Person
    acts: int = 0
    pins: int = 0

    async def taps(self, label: str, on: Message | None = None) -> None:
        await self.person.taps(label, on=on)
        self.acts += 1

    async def picks(self, label: str, other: Person) -> None:
        """Taps a key below the chat, and somebody in the list that Telegram shows then."""
        await self.person.taps(label, picks=[other])
        self.acts += 2

    async def taps_the_one(self, beginning: str) -> None:
        """Taps the button with this beginning on the newest message that has one."""
        shown = await self.sees(lambda message: any(map(begins(beginning), message.button_texts)))
        await self.taps(next(filter(begins(beginning), shown.button_texts)), on=shown)

    async def sends(self, text: str) -> None:
        await self.person.sends(text)
        self.acts += 1

    async def scans(self, other: Person) -> None:
        await self.person.scans(other)
        self.acts += SCAN

    async def opens(self, link: str) -> None:
        """Opens a link that the camera shows on paper or in a mail."""
        await self.person.opens(link)
        self.acts += SCAN

    async def types_pin(self) -> None:
        await self.person.sees(has_keypad, new=True)
        await types_pin(self.person)
        self.pins += 1

    async def sees(self, wanted: str | Callable[[Message], object]) -> Message:
        return await self.person.sees(wanted, new=True)


def begins(beginning: str) -> Callable[[str], bool]:
    return lambda text: text.startswith(beginning)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cafe:
    """A shop that asks for PINs: Anna has a stamp and wants its news and offers; Paul and Sam typed their PINs too
    long ago for them to count. Noa gets a card on paper, Léa one by mail."""

    home: House
    shop: Shop
    paul: Person
    sam: Person
    anna: Person
    noa: Person
    lea: Person
    post: MailServer
    clock: TestClock
    printed: list[str] = field(default_factory=list)
    """The links of the printed cards that were given to customers."""

    async def mailed_link(self) -> str:
        found = re.search(r"https://t\.me/\S+", text_of(await self.post.gets(1)))
        assert found is not None
        return found[0]


@dataclass(frozen=True, slots=True)
class Journey:
    """What ``who`` does with ``go``; ``acts_max`` and ``pins_max`` are what it may cost."""

    name: str
    acts_max: int
    pins_max: int
    who: Callable[[Cafe], Person]
    go: Callable[[Cafe, Thumb], Awaitable[object]]


async def stamps_by_scan(cafe: Cafe, sam: Thumb) -> None:
    await sam.scans(cafe.anna)
    await sam.sees("Anna · ")
    await sam.taps("+1")
    await sam.types_pin()
    await sam.sees("✅ ")


async def stamps_by_number(cafe: Cafe, sam: Thumb) -> None:
    await sam.sends(f"/stamp {number_of(cafe.anna)}")
    await sam.sees("✅ ")


async def undoes(cafe: Cafe, sam: Thumb) -> None:
    await sam.taps("Undo")
    await sam.sees("taken back")
    await cafe.home.until_rows(OWED, [(0,)])


async def shows_the_card(_cafe: Cafe, anna: Thumb) -> None:
    await anna.taps("💳 My card")
    await anna.sees(has_picture)


async def disputes(cafe: Cafe, anna: Thumb) -> None:
    await cafe.home.until_rows(OWED, [(0,)])
    await anna.taps("Not me", on=await cafe.anna.sees("✅ +1 stamp"))
    await anna.sees("will look into it")


async def settles(cafe: Cafe, paul: Thumb) -> None:
    alarm = await cafe.paul.sees("Anna says: this was not me.")
    await cafe.home.until_rows(OWED, [(0,)])
    await paul.taps("Take back this act", on=alarm)
    await paul.types_pin()
    await paul.sees("taken back")
    assert cafe.home.rows("SELECT outcome FROM disputes") == [("taken_back",)]


async def changes_the_reward(cafe: Cafe, paul: Thumb) -> None:
    await paul.sends("/settings")
    await paul.taps_the_one("🎟")
    await paul.taps_the_one("Reward:")
    await paul.sees("Type what it shall be")
    await paul.sends("A piece of cake")
    await paul.taps_the_one("✅ Change it")
    await paul.sees("✅ Reward: A coffee → A piece of cake")
    newest = "SELECT reward FROM program_versions ORDER BY version DESC LIMIT 1"
    assert cafe.home.rows(newest) == [("A piece of cake",)]


async def sees_last_week(_cafe: Cafe, paul: Thumb) -> None:
    await paul.sends("/report")
    await paul.taps_the_one("Last week")
    await paul.sees("8–14 Jun 2026")


async def blocks_a_card(cafe: Cafe, paul: Thumb) -> None:
    await paul.sends(f"/find {number_of(cafe.anna)}")
    await paul.taps_the_one("Block card")
    await paul.taps_the_one("Lost or stolen")
    await paul.sees("This card is blocked")
    assert cafe.home.rows("SELECT active FROM cards") == [(0,)]


async def removes_a_member(cafe: Cafe, paul: Thumb) -> None:
    await paul.sends("/team")
    await paul.taps_the_one("Sam")
    await paul.taps_the_one("Remove from the team")
    await paul.sees("Remove Sam from the team?")
    await paul.taps("Remove")
    await paul.sees("Sam is not on the team any more.")
    assert cafe.home.rows("SELECT status FROM staff WHERE name = 'Sam'") == [("removed",)]


async def invites_a_person(cafe: Cafe, paul: Thumb) -> None:
    choose = "👤 Choose a person"
    await paul.sends("/team")
    await paul.taps_the_one("Invite")
    await paul.taps_the_one("Staff")
    await paul.taps_the_one(choose)
    await paul.sees(f"Tap {choose} below the chat")
    await paul.picks(choose, cafe.noa)
    await paul.sees("Noa has the invitation in their own chat")


async def joins_the_team(cafe: Cafe, noa: Thumb) -> None:
    await noa.taps_the_one("Join the team")
    await noa.sees("Welcome to Café Knätsch, Noa.")
    assert cafe.home.rows("SELECT status FROM staff WHERE name = 'Noa'") == [("active",)]


async def gives_a_printed_card(cafe: Cafe, paul: Thumb) -> None:
    home = cafe.home
    command = PrintCards(
        merchant_id=cafe.shop.merchant_id,
        account=None,
        sheet_id=SheetId(new_id()),
        card_hash=lambda card_id, rotation: token_hash(home.links.card(card_id, rotation).partition("=c")[2]),
        count=1,
    )
    [blank] = (await home.store.write(print_cards, command)).blanks
    cafe.printed.append(home.links.card(blank.card_id, 0))
    await paul.opens(cafe.printed[-1])
    await paul.sees("New card: nobody has it yet.")
    await paul.taps("+1")
    await paul.sees("✅ ")


async def asks_for_a_printed_card(cafe: Cafe, noa: Thumb) -> None:
    await noa.opens(cafe.printed[-1])
    await noa.taps_the_one("Yes, it is mine")
    await noa.sees("Show your card at the counter")


async def hands_a_printed_card_over(cafe: Cafe, paul: Thumb) -> None:
    await paul.opens(cafe.printed[-1])
    await paul.taps_the_one("📲 Give it to Noa")
    await paul.sees("Noa has this card in Telegram now.")


async def gives_a_card_by_mail(cafe: Cafe, paul: Thumb) -> None:
    await paul.sends("/newcard lea@example.lu")
    await paul.sees("The card is on its way")
    await paul.opens(await cafe.mailed_link())
    await paul.sees("New card: nobody has it yet.")
    await paul.taps("+1")
    await paul.sees("✅ ")
    await cafe.post.gets(2)


async def takes_a_card_by_mail(cafe: Cafe, lea: Thumb) -> None:
    cafe.clock.passes(minutes=1)
    await lea.opens(await cafe.mailed_link())
    await lea.taps_the_one("Yes, it is mine")
    await lea.sees("six digits")
    code = re.search(r"\d{6}", str((await cafe.post.gets(3))["Subject"]))
    assert code is not None
    await lea.sends(code[0])
    await lea.sees("is here now.")


async def brings_a_friend(_cafe: Cafe, anna: Thumb) -> None:
    await anna.taps("💳 My card")
    await anna.sees(has_picture)
    await anna.taps_the_one("👋 Bring a friend")
    await anna.sees("Forward this")


async def stops_news_and_offers(cafe: Cafe, anna: Thumb) -> None:
    assert cafe.home.rows("SELECT is_given FROM consents") == [(1,)]
    await anna.sends("/stop")
    await anna.sees("No more news and offers")
    assert cafe.home.rows("SELECT is_given FROM consents") == [(0,)]


async def becomes_nobody(cafe: Cafe, anna: Thumb) -> None:
    await anna.sends("/privacy")
    await anna.taps_the_one("🗑 Erase everything")
    await anna.taps_the_one("🗑 Yes, erase")
    await anna.sees("Erased.")
    assert cafe.home.rows("SELECT name FROM customers WHERE name IN ('Anna', '—')") == [("—",)]


JOURNEYS = (
    Journey("stamp: scan, Start, +1", 3, 1, lambda cafe: cafe.sam, stamps_by_scan),
    Journey("undo it", 1, 0, lambda cafe: cafe.sam, undoes),
    Journey("stamp by number", 1, 0, lambda cafe: cafe.sam, stamps_by_number),
    Journey("dispute it, as the customer", 1, 0, lambda cafe: cafe.anna, disputes),
    Journey("settle the dispute", 2, 1, lambda cafe: cafe.paul, settles),
    Journey("show the card, as the customer", 1, 0, lambda cafe: cafe.anna, shows_the_card),
    Journey("change the reward, with cards begun", 5, 0, lambda cafe: cafe.paul, changes_the_reward),
    Journey("see last week", 2, 0, lambda cafe: cafe.paul, sees_last_week),
    Journey("bring a friend, as the customer", 2, 0, lambda cafe: cafe.anna, brings_a_friend),
    Journey("stop news and offers", 1, 0, lambda cafe: cafe.anna, stops_news_and_offers),
    Journey("block a card", 3, 0, lambda cafe: cafe.paul, blocks_a_card),
    Journey("remove a member", 4, 0, lambda cafe: cafe.paul, removes_a_member),
    Journey("give a printed card: scan, Start, +1", 3, 0, lambda cafe: cafe.paul, gives_a_printed_card),
    Journey("ask for it in Telegram, as the customer", 3, 0, lambda cafe: cafe.noa, asks_for_a_printed_card),
    Journey("hand it over: scan, Start, Give", 3, 0, lambda cafe: cafe.paul, hands_a_printed_card_over),
    Journey("give a card by mail: /newcard, scan, +1", 4, 0, lambda cafe: cafe.paul, gives_a_card_by_mail),
    Journey("take it into Telegram, as the customer", 4, 0, lambda cafe: cafe.lea, takes_a_card_by_mail),
    Journey("invite a person who is chosen", 6, 0, lambda cafe: cafe.paul, invites_a_person),
    Journey("join the team, as that person", 1, 0, lambda cafe: cafe.noa, joins_the_team),
    Journey("erase all that is kept", 3, 0, lambda cafe: cafe.anna, becomes_nobody),
)


@asynccontextmanager
async def counted_house(path: Path, clock: TestClock) -> AsyncIterator[tuple[House, MailServer]]:
    """A house whose bot also sends mail."""
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with (
        mail_server() as post,
        house(path, around, smtp_url=post.url, smtp_from="cards@example.lu") as home,
    ):
        yield home, post


async def opened(home: House, post: MailServer, clock: TestClock) -> Cafe:
    shop = await home.opens_shop(require_staff_pin=True, referral_bonus=3)
    found = await home.store.read(see_shop, shop.merchant_id)
    await home.store.write(change_fields, editing(found.merchant, marketing_monthly_max=4))
    paul, sam = await home.owner(shop, pin=PIN), await home.member(shop, "Sam", pin=PIN)
    anna = await home.customer(shop, "Anna")
    await sam.sends(f"/stamp {number_of(anna)}")
    await anna.sees("✅ +1 stamp")
    await anna.taps("Yes please", on=await anna.sees("write to you about news"))
    clock.passes(minutes=16)
    noa, lea = home.sandbox.person("Noa"), home.sandbox.person("Léa")
    return Cafe(home=home, shop=shop, paul=paul, sam=sam, anna=anna, noa=noa, lea=lea, post=post, clock=clock)


async def counted(path: Path, clock: TestClock) -> list[tuple[Journey, Thumb]]:
    """All journeys, one after the other in one shop."""
    async with counted_house(path, clock) as (home, post):
        return await _counted(await opened(home, post, clock))


async def _counted(cafe: Cafe) -> list[tuple[Journey, Thumb]]:
    found = []
    for journey in JOURNEYS:
        thumb = Thumb(journey.who(cafe))
        await journey.go(cafe, thumb)
        found.append((journey, thumb))
    return found


def dearer(found: Sequence[tuple[Journey, Thumb]]) -> list[str]:
    """The journeys that cost more than they may."""
    return [each.name for each, cost in found if cost.acts > each.acts_max or cost.pins > each.pins_max]


def printed(found: Sequence[tuple[Journey, Thumb]]) -> str:
    lines = [f"{'':<42}{'taps and messages':>18}{'at most':>9}{'PINs':>6}"]
    lines += [f"{each.name:<42}{cost.acts:>18}{each.acts_max:>9}{cost.pins:>6}" for each, cost in found]
    return "\n".join(lines) + "\n"


async def main() -> int:
    logging.disable(logging.WARNING)
    clock = TestClock()
    with tempfile.TemporaryDirectory() as folder:
        found = await counted(Path(folder) / "a.db", clock)
    sys.stdout.write(printed(found))
    for name in dearer(found):
        sys.stdout.write(f"too dear: {name}\n")
    return int(bool(dearer(found)))


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
