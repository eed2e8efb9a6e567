"""After an erasure and the wiping that follows it, no file of the database has a byte of who it was."""

from pathlib import Path

import pytest

from domain.account import Account
from domain.ids import UpdateId, UserId
from domain.plumbing.people import Ask, Meet, ask, meet
from domain.update import ReceivedUpdate
from domain.usecases.join_store import join_store
from domain.usecases.manage_cards import WriteNote, write_note
from domain.usecases.privacy import Erase, erase
from tests.support.databases import Running, do
from tests.support.shop import BOT, Shop, Town

NAME, TEXT = "Zoé Weydert-Quiring", "ech hätt gär eng Kaart wéinst menger Bomi"
ACCOUNT = Account(bot_id=BOT, user_id=UserId(7_301_946_582))
OTHERS = 200


@pytest.fixture
def files(town: Town, path: Path) -> list[Path]:
    assert isinstance(town.database, Running)
    return [path, path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm")]


def found_in(files: list[Path], needle: bytes) -> int:
    return sum(file.read_bytes().count(needle) for file in files if file.exists())


NEEDLES = {
    "the name": NAME.encode(),
    "what was written": TEXT.encode(),
    "the user id": str(ACCOUNT.user_id).encode(),
    "the user id as a column has it": int(ACCOUNT.user_id).to_bytes(6, "big"),
}


def lives_among_others(town: Town, shop: Shop) -> None:
    """Among so many that rows are moved from page to page."""
    database = town.database
    update = ReceivedUpdate(
        bot_id=BOT,
        update_id=UpdateId(7),
        person_key=int(ACCOUNT.user_id),
        payload=f'{{"text": "{TEXT} {NAME}"}}',
    )
    do(database, lambda tx: tx.receive(update))
    do(database, lambda tx: tx.update_failed(BOT, UpdateId(7), f"ValueError: {TEXT}", for_good=True))
    _join(town, shop, range(OTHERS // 2))
    holder = shop.gives_card(NAME, ACCOUNT)
    _join(town, shop, range(OTHERS // 2, OTHERS))
    database.write(meet, Meet(account=ACCOUNT, name=NAME, telegram_locale=None))
    kept = Ask(account=ACCOUNT, nonce="n", state=f'"{TEXT}"', expires_at=database.clock())
    database.write(ask, kept)
    for _ in range(5):
        shop.stamps(shop.owner, holder)
    note = WriteNote(
        merchant_id=shop.merchant_id,
        account=shop.owner.account,
        card=holder.card,
        text=f"{NAME}: {TEXT}",
    )
    database.write(write_note, note)


def _join(town: Town, shop: Shop, others: range) -> None:
    """In one commit."""
    names = [f"Somebody {other * 7919 % OTHERS}" for other in others]
    joining = [shop.joining(name, town.somebody()) for name in names]
    do(town.database, lambda tx: [join_store(tx=tx, command=command) for command in joining])


def test_nothing_is_left_in_any_file(town: Town, files: list[Path]) -> None:
    database = town.database
    assert isinstance(database, Running)
    shop = town.opens_shop()
    lives_among_others(town, shop)
    assert {what: found_in(files, needle) > 0 for what, needle in NEEDLES.items()} == dict.fromkeys(
        NEEDLES, True
    )
    database.write(erase, Erase(account=ACCOUNT, merchant_id=None, account_hash=lambda *_: "hash"))
    assert database.run(database.store.wipe(thoroughly=True))
    assert {what: found_in(files, needle) for what, needle in NEEDLES.items()} == dict.fromkeys(NEEDLES, 0)
    assert not database.violations()
    assert database.run(database.store.damage()) == []
    assert found_in(files, b"Somebody 1") > 0
