"""E-mail with a real SMTP server: an address proved, what comes to it, and what does when it cannot."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.app.process import Surroundings
from bot.delivery.channels import email
from bot.sandbox import Person
from tests.support.house import UNHURRIED, House, Shop, TestClock, has_picture, house, number_of
from tests.support.mail_server import MailServer, html_of, mail_server, text_of

ADDRESS = "anna@example.lu"


@pytest.fixture
async def post() -> AsyncIterator[MailServer]:
    async with mail_server() as server:
        yield server


@pytest.fixture
async def home(
    tmp_path: Path, clock: TestClock, post: MailServer, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    monkeypatch.setattr(email, "LIMITS", UNHURRIED)
    around = Surroundings(clock=clock, limits=UNHURRIED)
    async with house(
        tmp_path / "stempel.db", around, smtp_url=post.url, smtp_from="cards@example.lu"
    ) as found:
        yield found


async def gives_address(person: Person, post: MailServer, address: str = ADDRESS) -> None:
    await person.sends("/email")
    await person.sees("Type your address", new=True)
    await person.sends(address)
    await person.sees("A code is on its way", new=True)
    mail = await post.gets(1)
    code = re.search(r"\d{6}", str(mail["Subject"]))
    assert code is not None
    await person.sends(code[0])
    await person.sees(address, new=True)


async def test_address_is_proved_and_gets_the_receipt_in_the_words_of_the_chat(
    home: House, shop: Shop, post: MailServer
) -> None:
    anna, paul = await home.customer(shop, "Anna"), await home.owner(shop)
    await gives_address(anna, post)
    await paul.sends(f"/stamp {number_of(anna)}")
    await anna.sees("+1 stamp")
    mail = await post.gets(2)
    print(post.raw[-1][:3000].decode())
    print(text_of(mail))
    print(html_of(mail))
    assert str(mail["From"]) == "Café Knätsch <cards@example.lu>"
    assert str(mail["To"]) == ADDRESS
    assert "+1 stamp" in text_of(mail)
