"""The bot after a restore: nobody is told twice, what waits for the operator is said, and sent at their yes."""

from pathlib import Path

from bot.app.database import restore_database
from bot.app.process import Surroundings
from bot.sandbox import Person, Sandbox
from domain.plumbing.outbox import release_held
from tests.support.health import WELL, health_of
from tests.support.house import UNHURRIED, TestClock, house, number_of
from tests.support.ports import unused_port

RECEIPT = "✅ +1 stamp"


def receipts(person: Person) -> int:
    return len([message for message in person.messages if message.caption.startswith(RECEIPT)])


async def test_restored_bot_tells_nobody_again_and_asks_before_it_tells_the_rest(
    tmp_path: Path, clock: TestClock
) -> None:
    path, copy, around = (
        tmp_path / "a.db",
        tmp_path / "copy.db",
        Surroundings(clock=clock, limits=UNHURRIED),
    )
    async with Sandbox() as sandbox:
        async with house(path, around, sandbox) as home:
            shop = await home.opens_shop()
            anna, ben = await home.customers(shop, "Anna", "Ben")
            paul = await home.owner(shop)
            for person in (anna, ben):
                sandbox.faults.server_error(method="editMessageMedia", chat_id=person.id)
                await paul.sends(f"/stamp {number_of(person)}")
            await home.until_rows("SELECT count(*) FROM deliveries WHERE attempts = 1", [(2,)])
            await home.store.backup(copy)
            sandbox.faults.server_error(method="editMessageMedia", chat_id=ben.id)
            clock.passes(minutes=1)
            await paul.sends(f"/stamp {number_of(anna)}")
            await home.until_rows("SELECT count(*) FROM deliveries WHERE delivered_at IS NOT NULL", [(2,)])
            await home.until_rows("SELECT count(*) FROM deliveries WHERE attempts = 2", [(1,)])
        told = receipts(anna)
        restored = await restore_database(home.settings, copy, go_back=True)
        assert (restored.outbox.sent_since, restored.outbox.held) == (1, 1)
        clock.passes(hours=1)
        async with house(path, around, sandbox, health_listen=f"127.0.0.1:{unused_port()}") as home:
            assert await health_of(home) == (200, {"status": "ok", "messages_held": 1})
            assert await home.store.write(release_held, None) == 1
            await ben.sees(RECEIPT)
            assert (receipts(anna), receipts(ben)) == (told, 1)
            assert await health_of(home) == WELL
