"""What is kept in memory of merchants is never older than the file, whoever has written it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.ports import Tx
from domain.refusals import DailyLimitReached, NotAllowed, PinNotSet, ProgramInactive, Refusal
from domain.rules.counter import Counter
from domain.staff import Actor, StaffStatus
from domain.usecases.stamp_card import stamp_card
from storage.known import KEPT_MAX, Known
from tests.support.clock import Clock
from tests.support.databases import Running, SyncDatabase, do, edits_file, look, sqlite_at
from tests.support.shop import Shop, Town


class AtCounter:
    """A member who has stamped a card at ``here``, which knows the counter by then, and somebody else at the file."""

    def __init__(self, here: SyncDatabase, there: SyncDatabase) -> None:
        self.shop = Town(here).opens_shop()
        self.member = self.shop.hires("Ana")
        self.shop.chooses_pin(self.member)
        self.holder = self.shop.gives_card()
        self.elsewhere = replace(self.shop, town=Town(there, people=5000, made=5000))
        self.elsewhere.owner = self.shop.owner
        self.stamps()
        self.seen(here)

    def stamps(self) -> None:
        self.shop.stamps(self.member, self.holder)

    def seen(self, by: SyncDatabase) -> Counter:
        return look(by, lambda tx: tx.counter(self.member, self.holder.card))


@pytest.fixture
def here(path: Path, clock: Clock) -> Iterator[SyncDatabase]:
    database = Running(clock, sqlite_at(path))
    yield database
    database.close()


@pytest.fixture
def there(path: Path, clock: Clock) -> Iterator[SyncDatabase]:
    """As another process has it open."""
    database = Running(clock, sqlite_at(path))
    database.ids.made = 500_000
    yield database
    database.close()


@pytest.fixture
def at(here: SyncDatabase, there: SyncDatabase) -> AtCounter:
    return AtCounter(here, there)


def works_nowhere(shop: Shop, member: Actor) -> None:
    staff = shop.staff(member)
    do(shop.database, lambda tx: tx.assign_stores(staff, []))


def asks_for_reset_pin(shop: Shop, member: Actor) -> None:
    shop.changes_terms(require_staff_pin=True)
    shop.claims(shop.resets_pin(shop.owner, member), member.account)


Change = Callable[[Shop, Actor], object]
CHANGES: dict[str, tuple[Change, type[Refusal] | None]] = {
    "the member is removed": (
        lambda shop, member: shop.changes_staff(member, status=StaffStatus.REMOVED),
        NotAllowed,
    ),
    "the member works at no store": (
        works_nowhere,
        NotAllowed,
    ),
    "the store is closed": (lambda shop, _: shop.database.switch_off_store(shop.store_id), NotAllowed),
    "the program is paused": (lambda shop, _: shop.changes_terms(active=False), ProgramInactive),
    "the limit of a day is reached": (
        lambda shop, _: shop.changes_terms(max_daily_stamps=1),
        DailyLimitReached,
    ),
    "the PIN is asked for and was reset": (
        asks_for_reset_pin,
        PinNotSet,
    ),
    "the merchant has another name": (lambda shop, _: shop.changes_merchant(name="Another"), None),
}


@pytest.mark.parametrize("is_other", [False, True], ids=["here", "in another process"])
@pytest.mark.parametrize("what", CHANGES)
def test_every_change_is_seen_by_the_next_act_and_the_next_look(
    at: AtCounter, here: SyncDatabase, there: SyncDatabase, what: str, is_other: bool
) -> None:
    change, refusal = CHANGES[what]
    before = at.seen(here)
    change(at.elsewhere if is_other else at.shop, at.member)
    assert at.seen(here) != before
    if refusal is None:
        assert at.shop.stamps(at.member, at.holder).card.merchant_name == "Another"
    else:
        with pytest.raises(refusal):
            at.stamps()
    there.reopen()
    assert at.seen(here) == at.seen(there)


def test_program_that_edits_the_file_by_itself_is_seen_by_the_next_act(path: Path, at: AtCounter) -> None:
    edits_file(path, "UPDATE stores SET active = 0")
    with pytest.raises(NotAllowed):
        at.stamps()


def test_what_is_taken_back_is_not_kept(at: AtCounter, here: SyncDatabase) -> None:
    def closes_and_stamps(tx: Tx) -> None:
        [store] = tx.stores_of(at.shop.merchant_id)
        tx.save_store(replace(store, active=False))
        assert tx.counter(at.member, at.holder.card).store == replace(store, active=False)
        stamp_card(tx=tx, command=at.shop.stamping(at.member, at.holder))

    with pytest.raises(NotAllowed):
        do(here, closes_and_stamps)
    at.stamps()
    assert at.seen(here).store is not None


def test_nothing_is_kept_of_what_a_transaction_reads_after_it_has_written() -> None:
    known, numbers = Known(), iter(range(100))

    def value() -> int:
        return known.get("key", lambda: next(numbers))

    assert (value(), value()) == (0, 1)
    known.begins("mark")
    assert (value(), value()) == (2, 2)
    known.changes()
    assert (value(), value()) == (3, 4)
    known.begins("mark")
    assert (value(), value()) == (5, 5)
    known.begins("another mark")
    assert value() == 6


def test_no_more_is_kept_than_there_is_room_for() -> None:
    known, read = Known(), []
    known.begins("mark")
    for key in [*range(KEPT_MAX + 1), KEPT_MAX, 0]:
        known.get(key, lambda key=key: read.append(key))  # type: ignore[misc]
    assert read == [*range(KEPT_MAX + 1), 0]
