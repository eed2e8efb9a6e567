"""Cards in wallets: what marks a pass, what is told of it and when, and what ends it."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from domain.ids import MerchantId
from domain.plumbing.wallets import (
    LeasePasses,
    PassNotTold,
    PassTold,
    WalletOf,
    lease_passes,
    pass_not_told,
    pass_told,
    release_passes,
    spread_terms,
    wallet_work,
)
from domain.refusals import CardInactive, CardNotFound
from domain.usecases.close_shop import CLOSES_AFTER, CloseShop, close_shop
from domain.usecases.my_cards import MyCard, RotateCode, my_card, rotate_code
from domain.usecases.privacy import Erase, erase, my_data
from domain.usecases.wallets import (
    AddPass,
    ChangedPasses,
    PassesOn,
    PassLetter,
    RegisterDevice,
    UnregisterDevice,
    add_pass,
    pass_letter,
    passes_on,
    register_device,
    unregister_device,
    void_passes_of_shop,
)
from domain.wallet import (
    DEVICES_MAX,
    LEASE,
    LONGEST,
    PATIENCE,
    QUIET,
    SETTLED_AFTER,
    VOIDED_RETENTION,
    NotTold,
    PassKey,
    Told,
    WalletCounts,
    WalletKind,
    WalletPass,
)
from storage import tables
from tests.support.clock import Clock
from tests.support.databases import SyncDatabase, do, look
from tests.support.shop import BOT, Holder, Shop, Town

APPLE = WalletOf(bot_id=BOT, wallet=WalletKind.APPLE)


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(stamps_target=10, cooldown_minutes=0, max_daily_stamps=None)


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card("Léa")


def puts(shop: Shop, holder: Holder, wallet: WalletKind = WalletKind.APPLE) -> WalletPass:
    command = AddPass(
        account=holder.account, merchant_id=shop.merchant_id, card_id=holder.card_id, wallet=wallet
    )
    return shop.database.write(add_pass, command).wallet_pass


def leased(database: SyncDatabase, of: WalletOf = APPLE, limit: int = 100) -> Sequence[WalletPass]:
    return database.write(lease_passes, LeasePasses(of=of, holder="a worker", limit=limit))


def told(database: SyncDatabase, wallet_pass: WalletPass) -> bool:
    return database.write(pass_told, PassTold(wallet_pass=wallet_pass, outcome=Told()))


def not_told(database: SyncDatabase, wallet_pass: WalletPass, reason: str = "silent", **how: Any) -> bool:
    outcome = NotTold(reason=reason, **how)
    return database.write(pass_not_told, PassNotTold(wallet_pass=wallet_pass, outcome=outcome))


def letter(database: SyncDatabase, key: PassKey) -> PassLetter:
    return database.read(pass_letter, key)


def counts(database: SyncDatabase) -> WalletCounts:
    return look(database, lambda tx: tx.count_passes(BOT))


def spreads(database: SyncDatabase) -> None:
    while database.read(wallet_work, APPLE).is_spreading:
        database.write(spread_terms, None)


def due_in(database: SyncDatabase, clock: Clock) -> timedelta | None:
    due_at = database.read(wallet_work, APPLE).due_at
    return due_at - clock() if due_at else None


def registers(database: SyncDatabase, wallet_pass: WalletPass, device: str = "phone") -> bool:
    command = RegisterDevice(key=wallet_pass.key, device_hash=device, push_token=f"token of {device}")
    return database.write(register_device, command)


def changed(database: SyncDatabase, since: Any = None, device: str = "phone") -> ChangedPasses | None:
    return database.read(passes_on, PassesOn(device_hash=device, since=since))


class Spied:
    """Counts what a use case runs."""

    def __init__(self, database: SyncDatabase) -> None:
        self._database: Any = database

    def statements(self, work: Any) -> int:
        ran: list[str] = []
        self._database._driver.set_trace_callback(ran.append)
        try:
            work()
        finally:
            self._database._driver.set_trace_callback(None)
        return len([each for each in ran if not each.startswith(("BEGIN", "COMMIT"))])


def test_a_card_in_no_wallet_costs_a_stamp_nothing_and_one_in_a_wallet_one_statement(
    shop: Shop, lea: Holder
) -> None:
    spied = Spied(shop.database)
    shop.stamps(shop.owner, lea)
    before = spied.statements(lambda: shop.stamps(shop.owner, lea))
    puts(shop, lea)
    puts(shop, lea, WalletKind.GOOGLE)
    assert spied.statements(lambda: shop.stamps(shop.owner, lea)) == before + 1


def test_a_card_has_one_pass_in_each_wallet(shop: Shop, lea: Holder) -> None:
    apple, google = puts(shop, lea), puts(shop, lea, WalletKind.GOOGLE)
    assert apple.pass_id != google.pass_id
    assert puts(shop, lea) == apple
    assert leased(shop.database) == []


def test_only_the_holder_puts_a_card_into_a_wallet(shop: Shop, lea: Holder, town: Town) -> None:
    command = AddPass(
        account=town.somebody(), merchant_id=shop.merchant_id, card_id=lea.card_id, wallet=WalletKind.APPLE
    )
    with pytest.raises(CardNotFound):
        shop.database.write(add_pass, command)
    shop.database.switch_off_card(lea.card_id)
    with pytest.raises(CardInactive):
        puts(shop, lea)


def test_what_happened_is_told_as_it_is_then(shop: Shop, lea: Holder, clock: Clock) -> None:
    mine = puts(shop, lea)
    shop.stamps(shop.owner, lea, 2)
    assert leased(shop.database) == []
    clock.passes(seconds=QUIET.total_seconds())
    [found] = leased(shop.database)
    assert found.key == mine.key
    held = letter(shop.database, found.key).held
    assert held is not None
    assert held.state.stamp_count == 2
    assert told(shop.database, found)
    assert due_in(shop.database, clock) is None


def test_twenty_changes_in_a_minute_are_told_once(shop: Shop, lea: Holder, clock: Clock) -> None:
    puts(shop, lea)
    pushes = 0
    for _ in range(20):
        shop.stamps(shop.owner, lea)
        for _ in range(3):
            clock.passes(seconds=1)
            for found in leased(shop.database):
                pushes += told(shop.database, found)
    clock.passes(minutes=2)
    pushes += sum(told(shop.database, found) for found in leased(shop.database))
    assert pushes == 1


def test_who_never_comes_to_rest_is_told_after_a_minute(shop: Shop, lea: Holder, clock: Clock) -> None:
    puts(shop, lea)
    began, waited = clock(), timedelta()
    while not leased(shop.database):
        shop.stamps(shop.owner, lea)
        clock.passes(seconds=1)
        waited = clock() - began
        assert waited <= LONGEST + timedelta(seconds=1)
    assert waited > LONGEST - timedelta(seconds=2)


def test_what_changes_while_it_is_told_is_told_again(shop: Shop, lea: Holder, clock: Clock) -> None:
    puts(shop, lea)
    shop.stamps(shop.owner, lea)
    clock.passes(seconds=QUIET.total_seconds())
    [found] = leased(shop.database)
    shop.stamps(shop.owner, lea)
    assert not told(shop.database, found)
    clock.passes(seconds=QUIET.total_seconds())
    [again] = leased(shop.database)
    assert again.revision == found.revision + 1
    assert told(shop.database, again)
    assert not told(shop.database, found), "an old one that lands late changes nothing"
    assert due_in(shop.database, clock) is None


def test_a_lease_is_nobody_elses_until_it_ends(shop: Shop, lea: Holder, clock: Clock) -> None:
    puts(shop, lea)
    shop.stamps(shop.owner, lea)
    clock.passes(seconds=QUIET.total_seconds())
    assert len(leased(shop.database)) == 1
    assert leased(shop.database) == []
    clock.passes(seconds=LEASE.total_seconds())
    assert len(leased(shop.database)) == 1
    assert shop.database.write(release_passes, APPLE) == 1
    assert len(leased(shop.database)) == 1


def test_what_came_of_a_pass_and_could_not_be_noted_is_told_again_when_its_lease_ends(
    shop: Shop, lea: Holder, clock: Clock
) -> None:
    """Though nothing else is due: whoever looks asks first whether anything is."""
    puts(shop, lea)
    shop.stamps(shop.owner, lea)
    clock.passes(seconds=QUIET.total_seconds())
    [found] = leased(shop.database)
    assert due_in(shop.database, clock) is None
    clock.passes(seconds=LEASE.total_seconds())
    due = due_in(shop.database, clock)
    assert due is not None
    assert due <= timedelta()
    assert leased(shop.database) == [found]
    assert told(shop.database, found)
    assert due_in(shop.database, clock) is None


def test_failures_back_off_are_counted_and_at_last_given_up(shop: Shop, lea: Holder, clock: Clock) -> None:
    puts(shop, lea)
    shop.stamps(shop.owner, lea)
    clock.passes(minutes=1)
    waits = []
    while True:
        [found] = leased(shop.database)
        if not_told(shop.database, found):
            break
        wait = due_in(shop.database, clock)
        assert wait is not None
        waits.append(wait)
        assert counts(shop.database).failing == 1
        clock.passes(seconds=wait.total_seconds())
    assert len(waits) == PATIENCE.tries_max - 1
    assert waits[:3] == [timedelta(minutes=1), timedelta(minutes=2), timedelta(minutes=4)]
    assert max(waits) == timedelta(hours=1)
    assert counts(shop.database) == WalletCounts(passes=1, owed=0, failing=0, given_up=1)
    clock.passes(days=2)
    assert leased(shop.database) == []
    shop.stamps(shop.owner, lea)
    assert counts(shop.database) == WalletCounts(passes=1, owed=1, failing=0, given_up=0)


def test_a_change_shortens_no_back_off(shop: Shop, lea: Holder, clock: Clock) -> None:
    puts(shop, lea)
    shop.stamps(shop.owner, lea)
    clock.passes(minutes=1)
    [found] = leased(shop.database)
    not_told(shop.database, found)
    shop.stamps(shop.owner, lea)
    assert due_in(shop.database, clock) == PATIENCE.first_wait
    clock.passes(seconds=PATIENCE.first_wait.total_seconds())
    [again] = leased(shop.database)
    assert again.attempts == 1
    assert told(shop.database, again)
    assert counts(shop.database).failing == 0


def test_patience_asked_for_is_no_failed_try(shop: Shop, lea: Holder, clock: Clock) -> None:
    puts(shop, lea)
    shop.stamps(shop.owner, lea)
    clock.passes(minutes=1)
    [found] = leased(shop.database)
    not_told(shop.database, found, seconds=30)
    assert due_in(shop.database, clock) == timedelta(seconds=30)
    clock.passes(seconds=30)
    [again] = leased(shop.database)
    assert again.attempts == 0
    assert not_told(shop.database, again, is_for_good=True)


def test_a_change_of_terms_reaches_all_passes_of_the_shop_behind_what_happened_to_one(
    town: Town, shop: Shop, clock: Clock
) -> None:
    holders = [shop.gives_card(f"Guest {number}") for number in range(5)]
    passes = [puts(shop, holder) for holder in holders]
    elsewhere = town.opens_shop()
    puts(elsewhere, elsewhere.gives_card())
    for change in (
        lambda: shop.changes_terms(reward="A cake"),
        lambda: shop.changes_merchant(colour="#123456"),
        lambda: shop.adds_store("Belair"),
    ):
        change()
        spreads(shop.database)
        found = leased(shop.database)
        assert {each.key for each in found} == {each.key for each in passes}
        for each in found:
            told(shop.database, each)
    shop.changes_terms(reward="A pie")
    spreads(shop.database)
    shop.stamps(shop.owner, holders[3])
    clock.passes(seconds=QUIET.total_seconds())
    [first] = leased(shop.database, limit=1)
    assert first.card_id == holders[3].card_id
    assert not shop.database.read(wallet_work, APPLE).is_spreading


def test_terms_are_spread_some_at_a_time(shop: Shop, clock: Clock) -> None:
    for number in range(3):
        puts(shop, shop.gives_card(f"Guest {number}"))
    shop.changes_terms(reward="A cake")
    assert do(shop.database, lambda tx: tx.mark_some_passes(2)) == 2
    shop.changes_terms(reward="A pie")
    assert do(shop.database, lambda tx: tx.mark_some_passes(2)) == 2
    assert do(shop.database, lambda tx: tx.mark_some_passes(2)) == 1
    assert do(shop.database, lambda tx: tx.mark_some_passes(2)) == 0
    assert not shop.database.read(wallet_work, APPLE).is_spreading
    assert len(leased(shop.database)) == 3


def test_what_happened_on_one_card_is_told_first_though_all_have_changed_since(
    shop: Shop, lea: Holder, clock: Clock
) -> None:
    for number in range(3):
        puts(shop, shop.gives_card(f"Guest {number}"))
    mine = puts(shop, lea)
    shop.stamps(shop.owner, lea)
    shop.changes_terms(reward="A cake")
    spreads(shop.database)
    clock.passes(minutes=1)
    [first] = leased(shop.database, limit=1)
    assert first.key == mine.key
    assert len(leased(shop.database)) == 3


def test_one_that_cannot_be_read_keeps_no_other_waiting(shop: Shop, lea: Holder, clock: Clock) -> None:
    tom = shop.gives_card("Tom")
    broken, mine = puts(shop, lea), puts(shop, tom)
    for holder in (lea, tom):
        shop.stamps(shop.owner, holder)
    of_broken = tables.wallet_passes.c.pass_id == broken.pass_id
    shop.database.alter(update(tables.wallet_passes).where(of_broken).values(changed_at=2**62))
    clock.passes(minutes=1)
    [found] = leased(shop.database)
    assert found.key == mine.key
    assert told(shop.database, found)
    assert due_in(shop.database, clock) is None


def test_a_new_code_and_a_block_are_told(shop: Shop, lea: Holder, clock: Clock) -> None:
    puts(shop, lea)
    asked = MyCard(account=lea.account, merchant_id=shop.merchant_id, card_id=lea.card_id)
    rotation = shop.database.read(my_card, asked).token_rotation
    command = RotateCode(
        account=lea.account,
        merchant_id=shop.merchant_id,
        card_id=lea.card_id,
        rotation=rotation,
        token_hash=shop.town.new_hash(),
    )
    shop.database.write(rotate_code, command)
    clock.passes(minutes=1)
    [found] = leased(shop.database)
    held = letter(shop.database, found.key).held
    assert held is not None
    assert held.token_rotation == rotation + 1


def is_voided(database: SyncDatabase, wallet_pass: WalletPass) -> bool:
    """And its wallet is to hear of it at once."""
    found = letter(database, wallet_pass.key)
    is_due = any(each.key == wallet_pass.key for each in leased(database))
    return found.wallet_pass.voided_at is not None and found.held is None and not found.is_active and is_due


def test_merging_a_card_voids_its_passes(shop: Shop, lea: Holder, clock: Clock) -> None:
    other = shop.gives_card("Léa too")
    mine, others = puts(shop, lea), puts(shop, other)
    shop.stamps(shop.owner, other, 2)
    shop.merges(shop.owner, lea, other)
    assert is_voided(shop.database, others)
    clock.passes(minutes=1)
    assert [each.key for each in leased(shop.database)] == [mine.key]


def test_moving_a_card_voids_the_pass_on_the_phone_that_is_lost(shop: Shop, lea: Holder) -> None:
    lost = puts(shop, lea)
    moved = shop.moves_card(lea)
    assert is_voided(shop.database, lost)
    anew = puts(shop, moved)
    assert anew.pass_id != lost.pass_id
    assert letter(shop.database, anew.key).held is not None


def test_an_erasure_voids_passes_and_forgets_the_phones_later(shop: Shop, lea: Holder, clock: Clock) -> None:
    mine = puts(shop, lea)
    registers(shop.database, mine)
    kept = shop.database.read(my_data, lea.account).shops[0].kept
    assert [row["wallet"] for row in kept["wallet_passes"]] == ["apple"]
    assert [row["push_token"] for row in kept["wallet_devices"]] == ["token of phone"]
    command = Erase(account=lea.account, merchant_id=None, account_hash=lambda *_: "a hash")
    shop.database.write(erase, command)
    assert is_voided(shop.database, mine)
    assert changed(shop.database) is not None, "the phone is told, and asks"
    clock.passes(seconds=VOIDED_RETENTION.total_seconds() + 1)
    assert do(shop.database, lambda tx: tx.forget_passes(clock() - VOIDED_RETENTION)) == 1
    assert changed(shop.database) is None
    with pytest.raises(CardNotFound):
        letter(shop.database, mine.key)


def test_a_shop_that_ends_voids_its_passes_first(shop: Shop, lea: Holder, clock: Clock) -> None:
    mine = puts(shop, lea)
    shop.database.write(close_shop, CloseShop(merchant_id=shop.merchant_id, account=shop.owner.account))
    assert shop.database.write(void_passes_of_shop, shop.merchant_id) == 0
    clock.passes(days=CLOSES_AFTER.days + 1)
    assert shop.database.write(void_passes_of_shop, shop.merchant_id) == 1
    assert is_voided(shop.database, mine)
    assert shop.database.write(void_passes_of_shop, shop.merchant_id) == 0
    assert shop.database.write(void_passes_of_shop, MerchantId("none")) == 0


def test_a_device_is_registered_once_and_forgotten_once(shop: Shop, lea: Holder) -> None:
    mine = puts(shop, lea)
    assert registers(shop.database, mine)
    assert not registers(shop.database, mine)
    assert len(letter(shop.database, mine.key).devices) == 1
    gone = UnregisterDevice(key=mine.key, device_hash="phone")
    assert shop.database.write(unregister_device, gone)
    assert not shop.database.write(unregister_device, gone)
    unknown = RegisterDevice(
        key=PassKey(shop.merchant_id, puts(shop, shop.gives_card()).pass_id), device_hash="x", push_token="y"
    )
    assert shop.database.write(register_device, unknown)


def test_of_too_many_devices_the_oldest_gives_way(shop: Shop, lea: Holder, clock: Clock) -> None:
    mine = puts(shop, lea)
    for number in range(DEVICES_MAX + 3):
        registers(shop.database, mine, f"phone {number}")
        clock.passes(seconds=1)
    devices = letter(shop.database, mine.key).devices
    assert {each.device_hash for each in devices} == {f"phone {n}" for n in range(3, DEVICES_MAX + 3)}


def test_a_device_hears_of_each_change_at_least_once(shop: Shop, clock: Clock) -> None:
    lea, tom = shop.gives_card("Léa"), shop.gives_card("Tom")
    mine, other = puts(shop, lea), puts(shop, tom)
    for each in (mine, other):
        registers(shop.database, each)
    clock.passes(minutes=1)
    first = changed(shop.database)
    assert first is not None
    assert set(first.keys) == {mine.key, other.key}
    assert changed(shop.database, first.until) is None
    shop.stamps(shop.owner, lea)
    second = changed(shop.database, first.until)
    assert second is not None
    assert second.keys == [mine.key]
    shop.stamps(shop.owner, tom)
    third = changed(shop.database, second.until)
    assert third is not None
    assert other.key in third.keys, "at the same moment as what was answered"
    clock.passes(seconds=SETTLED_AFTER.total_seconds())
    settled = changed(shop.database, third.until)
    assert settled is not None
    assert changed(shop.database, settled.until) is None
    assert changed(shop.database, None, "another phone") is None
