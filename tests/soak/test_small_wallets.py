"""Cards in wallets under changes, failures and deaths, small enough for every run of the tests."""

from pathlib import Path

from tests.soak.wallets import Life, Scale, run

FEW = Scale(cards=6, changes=40, kills=2, speed=600)


async def test_each_phone_shows_its_card_as_it_is_in_the_end(tmp_path: Path) -> None:
    found = await run(tmp_path, FEW, 7, Life)
    assert found.wrong == []
    assert found.failed > 0
    assert found.pushes < FEW.changes + found.failed
