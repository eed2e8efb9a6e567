"""A bot without its key does not start and counts nobody's PIN; one whose key was exchanged says what to do."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Person, Sandbox
from tests.bot.customer.test_cards import code_on
from tests.support.bot_api.checks import complaints
from tests.support.house import chooses_pin, has_keypad, has_picture, taps_calmly, types_pin
from tests.support.operator import Operator

PIN = "2580"


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running
        assert [complaint for call in running.calls for complaint in complaints(call)] == []


@pytest.fixture
def operator(sandbox: Sandbox, tmp_path: Path) -> Operator:
    return Operator(sandbox, tmp_path)


async def opens(operator: Operator) -> tuple[dict[str, Any], str]:
    """A merchant whose team types a PIN for every act, and the invite of a member."""
    words = "merchant create --name Knätsch --require-pin --pin-window-minutes 0 --json"
    shop = (await operator.runs(*words.split())).object
    at = ("--merchant", shop["merchant_id"], "--store", shop["store_id"])
    invite = await operator.runs("staff", "invite", *at, "--name", "Sam", "--json")
    return shop, invite.object["invite_link"]


async def come_in(sandbox: Sandbox, shop: dict[str, Any], invite_link: str) -> tuple[Person, Person, Person]:
    paul, sam, anna = sandbox.person("Paul"), sandbox.person("Sam"), sandbox.person("Anna")
    await paul.opens(shop["owner_link"])
    await paul.sees(has_keypad)
    await sam.opens(invite_link)
    await sam.sees(has_keypad)
    await chooses_pin(sam, PIN)
    await anna.opens(shop["join_link"])
    await anna.sees(has_picture)
    return paul, sam, anna


async def stamps(sam: Person, anna: Person, balance: int) -> None:
    await sam.scans(anna)
    await sam.taps("+1")
    await sam.sees(has_keypad, new=True)
    await taps_calmly(sam, PIN[0])
    await types_pin(sam, PIN[1:])
    await sam.sees(f"✅ {balance} of 10", new=True)


async def test_bot_without_its_key_counts_no_pin_as_wrong_and_works_when_it_is_back(
    operator: Operator, sandbox: Sandbox
) -> None:
    shop, invite_link = await opens(operator)
    key = operator.folder / "secret.key"
    async with operator.bot():
        _, sam, anna = await come_in(sandbox, shop, invite_link)
        await stamps(sam, anna, 1)
    right = key.read_bytes()
    for wrong in (None, b"", b"f" * 64):
        key.unlink() if wrong is None else key.write_bytes(wrong)
        await sam.scans(anna)
        ran = await operator.runs("run")
        assert (ran.status, ran.out) == (2, "")
        assert "put back" in ran.err.splitlines()[-1]
        assert "Traceback" not in ran.err
    key.write_bytes(right)
    async with operator.bot():
        await sam.sees("Today:", new=True)
        await sam.taps("+1")
        await sam.sees(has_keypad, new=True)
        await taps_calmly(sam, PIN[0])
        await types_pin(sam, PIN[1:])
        await sam.sees("✅ 2 of 10", new=True)


async def test_after_an_exchange_new_codes_scan_old_ones_do_not_and_a_pin_is_chosen_by_the_link(
    operator: Operator, sandbox: Sandbox
) -> None:
    shop, invite_link = await opens(operator)
    async with operator.bot():
        paul, sam, anna = await come_in(sandbox, shop, invite_link)
        await stamps(sam, anna, 1)
    old = code_on(next(message for message in reversed(anna.messages) if has_picture(message)))
    not_meant = await operator.runs("rotate-secret")
    assert (not_meant.status, not_meant.out) == (2, "")
    assert "--yes" in not_meant.err
    assert (await operator.runs("staff", "list", "--merchant", shop["merchant_id"])).status == 0
    ran = await operator.runs("rotate-secret", "--yes", "--json")
    assert ran.status == 0
    assert list(ran.object) == ["merchant_name", "staff_id", "name", "invite_link"]
    assert ran.object["name"] == "Sam"
    assert ran.err == "The key is exchanged: every card has a new code. Hand each member their link.\n"
    async with operator.bot():
        await anna.sees("🔑 Your card at Knätsch has a new code.")
        await paul.sees("🔑 All cards of Knätsch have a new code.")
        await sam.opens(old)
        await sam.sees("This code was replaced or withdrawn: ask for the new one", new=True)
        await sam.opens(ran.object["invite_link"])
        await sam.sees(has_keypad, new=True)
        await chooses_pin(sam, PIN)
        await anna.taps("Show my card")
        await anna.sees(lambda message: message.photo and code_on(message) not in ("", old), new=True)
        await stamps(sam, anna, 2)
        ben = sandbox.person("Ben")
        await ben.opens(shop["join_link"])
        await ben.sees(has_picture)


async def test_key_is_not_exchanged_while_the_bot_runs(operator: Operator, sandbox: Sandbox) -> None:
    await opens(operator)
    key = operator.folder / "secret.key"
    before = key.read_bytes()
    async with operator.bot():
        ran = await operator.runs("rotate-secret", "--yes")
    assert (ran.status, ran.out) == (1, "")
    assert "in use by another bot" in ran.err
    assert key.read_bytes() == before
    assert not (operator.folder / "secret.key.next").exists()
