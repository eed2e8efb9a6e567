"""Who somebody is, is known by heart: whatever changes it, here or in another process, is seen at the next update."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from domain.account import Locale
from domain.dialogue import Dialogue
from domain.ids import StoreId
from domain.plumbing.people import Meet, meet
from domain.staff import Actor, Desk, Role, StaffStatus
from domain.usecases.who_is import Caller, who_is
from tests.support.clock import Clock
from tests.support.databases import Opener, Running, SyncDatabase, do, look
from tests.support.shop import Shop, Town


def _chooses_french(shop: Shop, actor: Actor) -> None:
    person = look(shop.database, lambda tx: tx.person(actor.account))
    assert person is not None
    do(shop.database, lambda tx: tx.save_person(replace(person, chosen_locale=Locale.FR)))


def _is_asked(shop: Shop, actor: Actor) -> None:
    expires_at = shop.database.clock.now + timedelta(minutes=1)
    question = Dialogue(
        account=actor.account, nonce="n", state="{}", keys="", last_update_id=None, expires_at=expires_at
    )
    do(shop.database, lambda tx: tx.save_dialogue(question))


def _stands_at(shop: Shop, actor: Actor, store_id: StoreId) -> None:
    desk = Desk(
        account=actor.account, merchant_id=shop.merchant_id, store_id=store_id, staff_id=actor.staff_id
    )
    do(shop.database, lambda tx: tx.save_desk(desk))


CHANGES: dict[str, Callable[[Shop, Actor], object]] = {
    "removed from the team": lambda shop, actor: shop.changes_staff(actor, status=StaffStatus.REMOVED),
    "another role": lambda shop, actor: shop.changes_staff(actor, role=Role.OWNER),
    "another name": lambda shop, actor: shop.changes_staff(actor, name="Zoé"),
    "another PIN": lambda shop, actor: shop.chooses_pin(actor, "another hash"),
    "the shop's name": lambda shop, _actor: shop.changes_merchant(name="Elsewhere"),
    "the shop's clock": lambda shop, _actor: shop.changes_merchant(timezone="Asia/Tokyo"),
    "the shop's language": lambda shop, _actor: shop.changes_merchant(default_locale=Locale.DE),
    "one more store": lambda shop, _actor: shop.adds_store("Belval"),
    "a store that is closed": lambda shop, _actor: shop.database.switch_off_store(shop.store_id),
    "a desk": lambda shop, actor: _stands_at(shop, actor, shop.adds_store("Belval")),
    "a language": _chooses_french,
    "a question": _is_asked,
    "work at another shop": lambda shop, actor: shop.town.opens_shop().hires("Mia", account=actor.account),
}
STRANGERS: dict[str, Callable[[Shop, Actor], object]] = {
    "a card": lambda shop, actor: shop.gives_card(account=actor.account),
    "a job": lambda shop, actor: shop.hires("Noa", account=actor.account),
}


@pytest.fixture(params=["here", "another process"])
def writing(
    request: pytest.FixtureRequest, database: SyncDatabase, opener: Opener, clock: Clock
) -> Iterator[SyncDatabase]:
    """Through which the change is made."""
    if request.param == "here":
        yield database
        return
    other = Running(clock, opener)
    yield other
    other.close()


def glance(database: SyncDatabase, actor: Actor) -> Caller:
    running: Any = database
    found: Caller = running.run(running.store.glance(who_is, actor.account))
    return found


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_change_of_a_member_is_seen_at_the_next_update(
    change: Callable[[Shop, Actor], object], database: SyncDatabase, writing: SyncDatabase
) -> None:
    shop = Town(writing).opens_shop()
    actor = shop.hires("Mia", Role.MANAGER)
    writing.write(meet, Meet(account=actor.account, name="Mia", telegram_locale=Locale.EN))
    before = glance(database, actor)
    assert before.is_staff
    assert glance(database, actor) == before
    change(shop, actor)
    now = glance(database, actor)
    assert now != before
    assert now == writing.read(who_is, actor.account)


@pytest.mark.parametrize("change", STRANGERS.values(), ids=STRANGERS)
def test_stranger_is_none_at_the_next_update_after_they_got_something(
    change: Callable[[Shop, Actor], object], database: SyncDatabase, writing: SyncDatabase
) -> None:
    shop = Town(writing).opens_shop()
    stranger = replace(shop.owner, account=shop.town.somebody())
    assert glance(database, stranger).is_stranger
    assert glance(database, stranger).is_stranger
    change(shop, stranger)
    assert not glance(database, stranger).is_stranger
    assert glance(database, stranger) == writing.read(who_is, stranger.account)


def test_who_is_removed_is_a_customer_to_whoever_looks_next(
    database: SyncDatabase, opener: Opener, clock: Clock
) -> None:
    other = Running(clock, opener)
    shop = Town(other).opens_shop()
    actor = shop.hires("Mia")
    assert glance(database, actor).is_staff
    shop.changes_staff(actor, status=StaffStatus.REMOVED)
    assert not glance(database, actor).is_staff
    other.close()
