"""Two processes of the bot on one PostgreSQL database: behind webhooks, and polling."""

from pathlib import Path

import pytest

from bot.sandbox import Sandbox
from tests.soak.rolling import end_one, kill, roll
from tests.support import postgres
from tests.support.fleet import FLEET_PATIENCE_S, fleet
from tests.support.house import number_of

pytestmark = pytest.mark.skipif(not postgres.is_here(), reason=postgres.LEFT_OUT)


async def test_commands_keep_their_order_and_nothing_is_lost_or_doubled_by_a_kill_or_an_end(
    tmp_path: Path,
) -> None:
    found = await roll(tmp_path, processes=2, clerks=3, rounds=1, phases=(kill, end_one), say=print)
    assert found.wrong == []
    assert found.commands >= 3 * 3 * 2


async def test_one_polls_and_keeps_the_timetable_and_another_takes_its_place(tmp_path: Path) -> None:
    async with Sandbox() as sandbox, fleet(tmp_path, sandbox, has_webhook=False) as ships:
        await ships.launch_together(2)
        shop = await ships.home.opens_shop()
        lea, anna = await ships.home.customer(shop, "Léa"), await ships.home.member(shop, "Anna")
        await anna.sends(f"/stamp {number_of(lea)} 2")
        await anna.sees(lambda message: "2 of 10" in message.content.body.text, timeout=FLEET_PATIENCE_S)
        ran = f'stempel_job_runs_total{{bot="{ships.settings.bot_id}",job="campaigns",outcome="ok"}}'
        runs = [await ship.metric(ran) for ship in ships.ships]
        eldest = ships.ships[runs.index(max(runs))]
        assert min(runs) == 0 < max(runs)
        assert [await ship.metric("stempel_processes") for ship in ships.ships] == [2, 2]
        await eldest.kill()
        await anna.sends(f"/stamp {number_of(lea)} 3")
        await anna.sees(lambda message: "5 of 10" in message.content.body.text, timeout=FLEET_PATIENCE_S)
        [other] = ships.afloat
        await ships.until_seen(other, 1)
        assert "another process receives the updates" not in ships.logs()
        assert await other.ends() == 0
        assert await ships.home.violations() == []
