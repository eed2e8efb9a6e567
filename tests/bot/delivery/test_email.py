"""E-mail through the whole house: an address proved, what comes to it, and what does when it cannot."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import aiohttp
import pytest
from PIL import Image

from bot.app.process import Surroundings
from bot.delivery.channels import email
from bot.sandbox import Person
from domain.account import Account
from domain.card import Customer
from domain.expiry import Unit
from domain.ids import CardNumber, UserId
from domain.messages import MessageKind, WinBack
from domain.ports import Command, Tx
from domain.usecases.marketing import answer
from domain.usecases.sending import send
from tests.bot.pictures.samples import decoded
from tests.support.async_shop import look
from tests.support.house import UNHURRIED, House, Shop, TestClock, has_picture, house, number_of
from tests.support.lulls import Door
from tests.support.mail_server import MailServer, html_of, mail_server, text_of
from tests.support.ports import unused_port

ADDRESS = "anna@example.lu"
OWED = "SELECT attempts, error FROM deliveries WHERE channel = 'email'"
ROWS = "SELECT channel, delivered_at IS NOT NULL, error FROM deliveries ORDER BY message_id, channel"


@pytest.fixture
async def post() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
def door() -> Door:
    return Door(is_open=True)


@pytest.fixture
async def home(
    tmp_path: Path, clock: TestClock, post: MailServer, door: Door, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    """Reached from outside as well."""
    monkeypatch.setattr(email, "LIMITS", UNHURRIED)
    port = unused_port()
    async with house(
        tmp_path / "stempel.db",
        Surroundings(clock=clock, limits=UNHURRIED, lull=door),
        smtp_url=post.url,
        smtp_from="cards@example.lu",
        webhook_url=f"http://127.0.0.1:{port}/hook",
        webhook_listen=f"127.0.0.1:{port}",
        health_listen=f"127.0.0.1:{unused_port()}",
    ) as found:
        yield found


async def gives_address(person: Person, post: MailServer, address: str = ADDRESS) -> None:
    """And types the code that comes there."""
    await person.sends("/email")
    await person.sees("Type your address", new=True)
    await person.sends(address)
    await person.sees("A code is on its way", new=True)
    code = re.search(r"\d{6}", str((await post.gets(1))["Subject"]))
    assert code is not None
    await person.sends(f"{code[0][:3]} {code[0][3:]}")
    await person.sees("What shops send you", new=True)


async def test_receipt_comes_by_mail_with_the_card_once_the_address_is_proved(
    home: House, shop: Shop, post: MailServer
) -> None:
    anna, paul = await home.customer(shop, "Anna", "fr"), await home.owner(shop)
    assert "email" in [command.command for command in anna.commands()]
    await anna.sends("/email")
    await anna.sees("Écrivez votre adresse", new=True)
    await anna.sends("Anna@")
    await anna.sees("Ce n’est pas une adresse", new=True)
    await anna.sends(ADDRESS)
    await anna.sees("Un code est en route", new=True)
    code = re.search(r"\d{6}", text_of(await post.gets(1)))
    assert code is not None
    await anna.sends("000000" if code[0] != "000000" else "111111")
    await anna.sees("Encore 4 essais", new=True)
    await anna.sends(code[0])
    await anna.sees(ADDRESS, new=True)
    await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("+1 tampon")
    mail = await post.gets(2)
    assert str(mail["Subject"]) == "Café Knätsch : +1 tampon"
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == [
        *("text/plain", "text/html", "image/png")
    ]
    assert "Si ce n’était pas vous" in html_of(mail)
    await anna.sends("/history")
    [named] = re.findall(r"touchez «\s(.+?)\s»", html_of(mail))
    assert named in (await anna.sees("historique", new=True)).button_texts, (
        "the mail names a button that is there"
    )
    await home.until_rows(ROWS, [("email", 1, None), ("telegram", 1, None)])


@pytest.mark.parametrize("answers", [{"RCPT": ["550 5.1.1 nobody"]}, {"DATA": ["554 5.7.1 not from you"]}])
async def test_address_that_the_relay_refuses_is_told_and_may_be_typed_again_at_once(
    home: House, shop: Shop, post: MailServer, answers: dict[str, list[str]]
) -> None:
    anna = await home.customer(shop, "Anna")
    post.answers = answers
    await anna.sends("/email")
    await anna.sees("Type your address", new=True)
    await anna.sends("ana@example.lu")
    await anna.sees("This address takes no mail", new=True)
    assert home.rows("SELECT address, code_hash, refused_at IS NULL FROM mail_codes") == [(None, None, 0)]
    await anna.sends(ADDRESS)
    await anna.sees("A code is on its way", new=True)
    assert [str(mail["To"]) for mail in post.mails] == [ADDRESS]


async def test_code_whose_mail_was_cut_off_after_the_data_is_good(
    home: House, shop: Shop, post: MailServer, clock: TestClock
) -> None:
    """It may have arrived; what is refused for now has not."""
    anna = await home.customer(shop, "Anna")
    post.cuts = 1
    await gives_address(anna, post)
    clock.passes(seconds=60)
    post.answers = {"RCPT": ["451 4.3.0 later"]}
    await anna.taps("Another address")
    await anna.sees("Type your address")
    await anna.sends("anna@example.com")
    await anna.sees("could not be sent", new=True)


async def test_mail_waits_while_people_are_served_and_the_chat_does_not(
    home: House, shop: Shop, post: MailServer, door: Door
) -> None:
    """What it speaks of is the card as it is then: of two receipts the later one."""
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await gives_address(anna, post)
    door.shuts()
    for count in (1, 2):
        await paul.sends(f"/stamp {number_of(anna)}")
        await anna.sees(f"{count} of 10")
    await door.asked.wait()
    assert len(post.mails) == 1, "the code"
    door.opens.set()
    assert "2 of 10" in text_of(await post.gets(2))
    await home.until_rows(ROWS, [("email", 1, None), ("telegram", 1, None)] * 2)
    assert len(post.mails) == 2


async def test_mail_alone_and_back_to_the_chat_when_the_address_takes_none(
    home: House, shop: Shop, post: MailServer
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await gives_address(anna, post)
    await anna.taps("E-mail")
    await anna.sees(lambda message: "✓ E-mail" in message.button_texts)
    await paul.sends(f"/stamp {number_of(anna)}")
    await post.gets(2)
    await home.until_rows(ROWS, [("email", 1, None)])
    post.answers = {"RCPT": ["550 5.1.1 nobody of this name"]}
    await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("2 of 10")
    told = [("telegram", 1, None)] * 2
    await home.until_rows(ROWS, [("email", 1, None), ("email", 0, "smtp 550 5.1.1"), *told])
    await anna.sends("/email")
    await anna.sees("comes back", new=True)
    await anna.taps("Remove address")
    await anna.sees("Remove anna@example.lu?")
    await anna.taps("Remove")
    await anna.sees("The address is gone")
    assert home.rows("SELECT address FROM mailboxes") == []
    assert home.rows("SELECT address, code_hash FROM mail_codes") == [(None, None)]


async def test_mail_is_offered_in_the_settings_and_to_who_comes_back_until_there_is_a_mailbox(
    home: House, shop: Shop, post: MailServer
) -> None:
    anna = await home.customer(shop, "Anna")
    gone = "SELECT count(*) FROM people WHERE unreachable_since IS NOT NULL"
    for mailboxes in range(2):
        anna.blocks_bot()
        await home.until_rows(gone, [(1,)])
        anna.unblocks_bot()
        await home.until_rows(gone, [(0,)])
        if not mailboxes:
            await anna.sees("While this chat is blocked")
            await anna.taps("📧 Messages by e-mail")
            await anna.sees("Type your address")
            await gives_address(anna, post)
    await anna.sends("/settings")
    assert sum("While this chat is blocked" in each.text for each in anna.messages) == 0
    await anna.sees("The language can be chosen here.", new=True)
    await anna.taps("📧 Messages by e-mail")
    await anna.sees("What shops send you")


async def test_what_is_typed_after_back_is_no_address(home: House, shop: Shop, post: MailServer) -> None:
    anna = await home.customer(shop, "Anna")
    await gives_address(anna, post)
    await anna.taps("Another address")
    await anna.sees("Type your address")
    await anna.taps("‹ Back")
    await anna.sees("What shops send you")
    await home.at_rest()
    await anna.sends("third@example.test")
    await home.at_rest()
    assert not any("third@example.test" in message.text for message in anna.messages if message.from_bot)


async def test_mail_that_is_not_taken_now_is_tried_three_times_more_a_minute_apart(
    home: House, shop: Shop, post: MailServer, clock: TestClock
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await gives_address(anna, post)
    post.answers = {"RCPT": ["451 4.7.1 Greylisted"] * 3}
    await paul.sends(f"/stamp {number_of(anna)}")
    for attempts in (1, 2, 3):
        await home.until_rows(OWED, [(attempts, "smtp 451")])
        await home.at_rest()
        assert len(post.mails) == 1, "the code"
        clock.passes(seconds=60)
    assert str((await post.gets(2))["To"]) == ADDRESS
    await home.until_rows(ROWS, [("email", 1, None), ("telegram", 1, None)])


async def test_server_that_was_down_for_an_hour_gets_it_later_and_a_cut_is_counted(
    home: House, shop: Shop, post: MailServer, clock: TestClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.delivery.mailer.DOWN_S", 0.05)
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await gives_address(anna, post)
    await post.closes()
    await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("+1 stamp")
    await home.until_rows(OWED, [(0, "retry_after")])
    clock.passes(minutes=30)
    await home.until_rows(OWED, [(0, "retry_after")])
    post.cuts = 1
    await post.opens()
    clock.passes(minutes=30)
    await home.until_rows(OWED, [(1, "cut_after_data")])
    clock.passes(seconds=60)
    await post.gets(3)
    assert len({str(mail["Message-ID"]) for mail in post.mails[1:]}) == 1
    url = f"http://{home.settings.health_listen}/metrics"
    async with aiohttp.ClientSession() as session, session.get(url) as found:
        assert 'kind="receipt",outcome="in_doubt"} 1.0' in await found.text()


def offers(customer: Customer) -> Command[None, None]:
    """What a shop writes to its customers beside what it owes them."""

    def write(*, tx: Tx, command: None) -> None:
        merchant = tx.merchant(customer.merchant_id)
        assert merchant is not None
        tx.save_merchant(replace(merchant, marketing_monthly_max=4))
        facts = WinBack(
            merchant_name=merchant.name,
            card_number=CardNumber("1"),
            unit=Unit.STAMPS,
            count=0,
            last_day=None,
        )
        send(tx, customer.merchant_id, customer.account, MessageKind.WIN_BACK, facts)

    return write


async def test_one_click_ends_the_offers_of_a_shop(home: House, shop: Shop, post: MailServer) -> None:
    anna = await home.customer(shop, "Anna")
    await gives_address(anna, post)
    account = Account(bot_id=home.settings.bot_id, user_id=UserId(anna.id))
    customer = await look(home.store, lambda tx: tx.customer_of(shop.merchant_id, account))
    assert customer is not None
    await home.store.write(lambda *, tx, command: answer(tx, command, is_given=True), customer)
    await home.store.write(offers(customer), None)
    mail = await post.gets(2)
    url = str(mail["List-Unsubscribe"]).strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert url in html_of(mail)
    given = "SELECT is_given FROM consents"
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as page:
            assert (page.status, "No more offers from Café Knätsch?" in await page.text()) == (200, True)
        for forged in (
            f"{url[:-2]}{'AA' if url[-2:] != 'AA' else 'BB'}",
            url[:-1],
            f"{url}x",
            f"{url[:-30]}x",
        ):
            async with session.post(forged, data={"List-Unsubscribe": "One-Click"}) as page:
                assert page.status == 404
        assert home.rows(given) == [(1,)]
        for _ in range(2):
            async with session.post(url, data={"List-Unsubscribe": "One-Click"}) as page:
                assert (page.status, "Done" in await page.text()) == (200, True)
    assert home.rows(given) == [(0,)]
    await home.store.write(offers(customer), None)
    withdrawn = "SELECT DISTINCT error FROM deliveries WHERE failed_at IS NOT NULL"
    await home.until_rows(withdrawn, [("marketing_not_allowed",)])
    assert len(post.mails) == 2


async def test_a_card_by_mail_is_stamped_by_its_code_and_taken_into_telegram_by_another(
    home: House, shop: Shop, post: MailServer, clock: TestClock
) -> None:
    sam, noa = await home.member(shop, "Sam"), home.sandbox.person("Noa")
    assert "newcard" in [command.command for command in sam.commands()]
    await sam.sends("/newcard")
    await sam.sees("Type the customer's address", new=True)
    await sam.sends("lea@")
    await sam.sees("This is no e-mail address", new=True)
    await sam.sends("lea@example.lu")
    await sam.sees("The card is on its way", new=True)
    given = await post.gets(1)
    assert str(given["Subject"]) == "Your stamp card from Café Knätsch"
    [picture] = [part for part in given.walk() if part.get_content_type() == "image/png"]
    [link] = decoded(Image.open(BytesIO(picture.get_content())))
    assert link in html_of(given)
    stop = str(given["List-Unsubscribe"]).strip("<>")
    assert stop in html_of(given)

    await sam.opens(link)
    await sam.sees("New card: nobody has it yet.", new=True)
    await sam.taps("+1")
    await sam.sees("1 of 10")
    receipt = await post.gets(2)
    assert "by e-mail" in text_of(receipt)
    assert "/email" not in text_of(receipt)
    assert str(receipt["List-Unsubscribe"]).strip("<>") == stop

    clock.passes(minutes=1)
    post.cuts = 1
    await noa.opens(link)
    await noa.sees("Is it yours?", new=True)
    await noa.taps("Yes, it is mine")
    asked = await noa.sees("Type here the six digits")
    assert "lea@" not in asked.text
    code = re.search(r"\d{6}", str((await post.gets(3))["Subject"]))
    assert code is not None
    await noa.sends("000000" if code[0] != "000000" else "111111")
    await noa.sees("4 tries", new=True)
    await noa.sends(code[0])
    await noa.sees("Your card at Café Knätsch is here now.")
    assert home.rows("SELECT user_id, address, ways FROM mailboxes") == [(noa.id, "lea@example.lu", "both")]
    await sam.opens(link)
    await sam.sees("This code was replaced", new=True)
    assert await home.violations() == []


async def test_where_the_mailbox_of_a_card_takes_no_code_there_is_the_counter(
    home: House, shop: Shop, post: MailServer, clock: TestClock
) -> None:
    sam, noa = await home.member(shop, "Sam"), home.sandbox.person("Noa")
    await sam.sends("/newcard lea@example.lu")
    given = await post.gets(1)
    [picture] = [part for part in given.walk() if part.get_content_type() == "image/png"]
    [link] = decoded(Image.open(BytesIO(picture.get_content())))
    await sam.opens(link)
    await sam.taps("+1")
    await post.gets(2)
    clock.passes(minutes=1)
    post.answers = {"RCPT": ["550 5.1.1 nobody of this name"]}
    await noa.opens(link)
    await noa.taps("Yes, it is mine")
    asked = await noa.sees("Show your card at the counter")
    assert "six digits" not in asked.text
    assert home.rows("SELECT refused_at IS NULL FROM mailboxes") == [(0,)]


async def test_one_click_closes_a_card_that_is_not_theirs(home: House, shop: Shop, post: MailServer) -> None:
    sam = await home.member(shop, "Sam")
    await sam.sends("/newcard lea@example.lu")
    await sam.sees("The card is on its way", new=True)
    mail = await post.gets(1)
    url = str(mail["List-Unsubscribe"]).strip("<>")
    waiting = "SELECT address, withdrawn_at IS NOT NULL FROM blank_cards"
    async with aiohttp.ClientSession() as session:
        async with session.get(url) as page:
            assert (page.status, "No more mail from Café Knätsch?" in await page.text()) == (200, True)
        for forged in (url[:-1], url.replace("not-mine", "stop")):
            async with session.post(forged) as page:
                assert page.status == 404
        assert home.rows(waiting) == [("lea@example.lu", 0)]
        for _ in range(2):
            async with session.post(url, data={"List-Unsubscribe": "One-Click"}) as page:
                assert (page.status, "Done" in await page.text()) == (200, True)
    assert home.rows(waiting) == [(None, 1)]


async def test_a_card_that_the_relay_refuses_is_said_and_its_address_forgotten(
    home: House, shop: Shop, post: MailServer
) -> None:
    """What cannot be sent now may be sent again at once."""
    sam = await home.member(shop, "Sam")
    post.answers = {"RCPT": ["550 5.1.1 nobody of this name"]}
    await sam.sends("/newcard lea@example.lu")
    await sam.sees("This address takes no mail", new=True)
    post.answers = {"RCPT": ["451 4.3.0 later"]}
    await sam.sends("/newcard ben@example.lu")
    await sam.sees("could not be sent", new=True)
    assert home.rows("SELECT DISTINCT address FROM blank_cards") == [(None,)]
    await sam.sends("/newcard ben@example.lu")
    await sam.sees("The card is on its way", new=True)
    assert (await post.gets(1))["To"] == "ben@example.lu"
    assert home.rows("SELECT address FROM blank_cards WHERE withdrawn_at IS NULL") == [("ben@example.lu",)]


async def test_without_a_relay_there_is_no_trace_of_mail(tmp_path: Path, clock: TestClock) -> None:
    async with house(tmp_path / "stempel.db", Surroundings(clock=clock, limits=UNHURRIED)) as home:
        shop = await home.opens_shop()
        anna = await home.customer(shop, "Anna")
        assert "email" not in [command.command for command in anna.commands()]
        for said in ("/email", ADDRESS):
            await anna.sends(said)
            await anna.sees("This was not understood", new=True)
        await anna.sends("/help")
        assert "mail" not in (await anna.sees("Your card", new=True)).text
        await anna.presses_raw("mailby:mail", await anna.sees(has_picture))
        assert (await anna.answered()).text == "This button no longer works. Start again."
