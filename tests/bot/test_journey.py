"""The whole journey with the program as it is installed: set up, joined, stamped, redeemed, taken back, stopped."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.sandbox import Person, Sandbox
from tests.support.bot_api.checks import complaints
from tests.support.house import chooses_pin, has_keypad, has_picture, number_of, taps_calmly
from tests.support.operator import Operator

LEDGER_KEYS = [
    "entry_id",
    "kind",
    "card_number",
    "store_id",
    "staff_name",
    "stamps_delta",
    "stamps_balance_after",
    "points_delta",
    "points_balance_after",
    "related_entry_id",
    "occurred_at",
]
CARD_KEYS = ["card_number", "stamp_count", "points_balance", "rewards_available", "active"]
TAPS = [("+1", 1), ("+1", 2), ("+3", 5), ("+2", 7), ("+3", 10)]
ENTRIES = [
    *(("stamp_earned", int(button), balance) for button, balance in TAPS),
    ("stamp_redeemed", -10, 0),
    ("redemption_voided", 10, 10),
    ("stamp_earned", 2, 12),
    ("stamp_voided", -2, 10),
    ("stamp_voided", -1, 9),
]


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as running:
        yield running


@pytest.fixture
def operator(sandbox: Sandbox, tmp_path: Path) -> Operator:
    return Operator(sandbox, tmp_path)


async def sets_up(operator: Operator) -> tuple[dict[str, Any], str]:
    """A merchant with PINs, and the invite of a member."""
    words = (
        "merchant create --name Knätsch --timezone Europe/Luxembourg --require-pin --pin-window-minutes 15"
    )
    shop = (await operator.runs(*words.split(), "--json")).object
    assert list(shop) == ["merchant_id", "owner_link", "store_id", "store_name", "join_link"]
    invite = await operator.runs(
        *("staff", "invite", "--merchant", shop["merchant_id"], "--store", shop["store_id"]),
        *("--name", "Sam", "--role", "staff", "--json"),
    )
    assert list(invite.object) == ["invite_link"]
    return shop, invite.object["invite_link"]


async def everybody_comes_in(
    sandbox: Sandbox, shop: dict[str, Any], invite_link: str
) -> tuple[Person, Person, Person]:
    """Paul owns it, Sam works there, Anna has a card."""
    paul, sam, anna = sandbox.person("Paul"), sandbox.person("Sam"), sandbox.person("Anna", language="lb")
    await paul.opens(shop["owner_link"])
    await paul.sees(lambda message: message.document)
    await paul.sees(has_keypad)
    await sam.opens(invite_link)
    await sam.sees(has_keypad)
    await chooses_pin(sam)
    await anna.opens(shop["join_link"])
    await anna.sees(has_picture)
    return paul, sam, anna


async def stamps_ten_times(sam: Person, anna: Person) -> None:
    await sam.scans(anna)
    for button, balance in TAPS:
        await taps_calmly(sam, button)
        await sam.sees(f"✅ {balance} of 10", new=True)
        if balance < 10:
            await taps_calmly(sam, "‹ Card")
            await sam.sees("Today:", new=True)


async def mends_slips(paul: Person, sam: Person, anna: Person) -> None:
    """A redemption undone, two stamps undone, and one more taken back by the owner with a reason."""
    await taps_calmly(sam, "🎁 Redeem (1 reward ready)")
    await sam.sees("🎁 Hand out: One for free", new=True)
    await taps_calmly(sam, "Undo")
    await sam.sees("its stamps are back", new=True)
    await sam.sends(f"/stamp {number_of(anna)} 2")
    await sam.sees("✅ 1 reward · 2 of 10 on the next card", new=True)
    await sam.taps("Undo")
    await sam.sees("2 stamps taken back", new=True)
    await paul.sends("2580")
    await paul.sends("2580")
    await paul.sees("Your PIN is set")
    await paul.sends(f"/void {number_of(anna)} 1 wrong card")
    await paul.sees("1 stamp taken back", new=True)


async def test_whole_journey_with_the_program_itself(operator: Operator, sandbox: Sandbox) -> None:
    operator.is_installed = True
    shop, invite_link = await sets_up(operator)
    async with operator.bot() as running:
        operator.is_installed = False
        paul, sam, anna = await everybody_comes_in(sandbox, shop, invite_link)
        await stamps_ten_times(sam, anna)
        await mends_slips(paul, sam, anna)
        await check_books(operator, shop, number_of(anna))
        await anna.sees("🎉 Deng Belounung ass prett: One for free")
        ended = await running.stops(signal.SIGTERM)
    assert (ended.status, ended.out) == (0, "")
    assert "Traceback" not in ended.err
    assert "ERROR" not in ended.err
    await check_books(operator, shop, number_of(anna))
    assert [complaint for call in sandbox.calls for complaint in complaints(call)] == []
    assert {call.method for call in sandbox.calls} >= {
        "sendPhoto",
        "sendDocument",
        "editMessageText",
        "deleteMessage",
    }


async def check_books(operator: Operator, shop: dict[str, Any], number: str) -> None:
    """The ledger says exactly what happened, and `verify` agrees."""
    merchant = ("--merchant", shop["merchant_id"], "--json")
    lines = (await operator.runs("ledger", *merchant)).objects
    assert [list(line) for line in lines] == [LEDGER_KEYS] * len(ENTRIES)
    assert [(line["kind"], line["stamps_delta"], line["stamps_balance_after"]) for line in lines] == ENTRIES
    assert {line["card_number"] for line in lines} == {number.replace(" ", "")}
    assert {line["store_id"] for line in lines} == {shop["store_id"]}
    assert [line["staff_name"] for line in lines] == ["Sam"] * 9 + ["Paul"]
    assert {(line["points_delta"], line["points_balance_after"]) for line in lines} == {(0, 0)}
    redeemed, earned = lines[5]["entry_id"], lines[7]["entry_id"]
    assert [line["related_entry_id"] for line in lines] == [*[None] * 6, redeemed, None, earned, None]
    [card] = (await operator.runs("cards", *merchant)).objects
    assert list(card) == CARD_KEYS
    assert tuple(card.values()) == (number.replace(" ", ""), 9, 0, 0, True)
    verified = await operator.runs("verify", "--json")
    assert (verified.status, verified.objects) == (0, [{"violations": 0}])


async def test_second_bot_on_the_same_database_is_refused_and_so_is_restore(
    operator: Operator, sandbox: Sandbox
) -> None:
    await sets_up(operator)
    copy = operator.folder / "copy.db"
    async with operator.bot() as running:
        backed_up = await operator.runs("backup", str(copy), "--json")
        assert (backed_up.status, backed_up.object["size_bytes"]) == (0, copy.stat().st_size)
        for words in (["run"], ["restore", str(copy)]):
            refused = await operator.runs(*words)
            assert (refused.status, refused.out) == (1, "")
            assert f"{operator.database} is in use by another bot" in refused.err
            assert "Traceback" not in refused.err
        assert (await running.stops()).status == 0
    assert (await operator.runs("restore", str(copy))).status == 0


async def test_token_that_telegram_refuses_ends_the_start_with_one_sentence(
    operator: Operator, sandbox: Sandbox
) -> None:
    operator.settings["BOT_TOKEN"] = "110201543:not-the-right-one-at-all-xxxxxxxxxxx"
    ran = await operator.runs("run")
    assert ran.status == 2
    assert ran.err.splitlines()[-1].startswith("Telegram does not know BOT_TOKEN, or not any more: copy the")
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_bot_that_cannot_reach_telegram_waits_and_stops_when_told(
    how: signal.Signals, operator: Operator, sandbox: Sandbox
) -> None:
    sandbox.faults.server_error(method="getMe", count=None)
    async with operator.started() as running:
        await running.gets_to(sandbox.until(lambda: sandbox.calls_of("getMe")))
        ended = await running.stops(how)
    assert ended.status == 0
    assert "Traceback" not in ended.err
