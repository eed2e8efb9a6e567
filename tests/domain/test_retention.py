"""What was said, and what was asked for, is forgotten after its time; that it was, and its key, are not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from domain.plumbing.keep_house import (
    FindOld,
    forget_messages,
    forget_operations,
    old_messages,
    old_operations,
)
from domain.refusals import OperationKeyReused
from tests.domain.test_privacy import driver_of
from tests.support.clock import Clock
from tests.support.shop import Shop, Town

LONG = timedelta(days=396)


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


def forgets(town: Town) -> None:
    asked = FindOld(before=town.database.clock() - LONG, limit=2)
    page = asked
    while found := town.database.read(old_messages, page):
        town.database.write(forget_messages, found)
        page = replace(page, after=found[-1])
    page = asked
    while found := town.database.read(old_operations, page):
        town.database.write(forget_operations, found)
        page = replace(page, after=found[-1])


def left(town: Town) -> list[tuple[str, str]]:
    """Of messages and of operations, whose facts and input are still known."""
    driver = driver_of(town.database)
    messages = driver.execute("SELECT message_id, address FROM outbox JOIN deliveries USING (message_id)")
    known = {
        message_id for (message_id,) in driver.execute("SELECT message_id FROM outbox WHERE facts <> ''")
    }
    assert all((message_id in known) == bool(address) for message_id, address in messages)
    keys = [key for (key,) in driver.execute("SELECT operation_key FROM entries WHERE fingerprint <> ''")]
    return [*(("message", each) for each in sorted(known)), *(("operation", key) for key in keys)]


def test_what_is_old_is_forgotten_page_after_page_and_what_is_new_is_not(
    town: Town, shop: Shop, clock: Clock
) -> None:
    holder = shop.gives_card()
    for _ in range(5):
        shop.stamps(shop.owner, holder)
    clock.passes(days=397)
    newest = shop.stamps(shop.owner, holder).entry
    forgets(town)
    assert left(town) == [("message", newest.entry_id), ("operation", newest.operation_key)]
    assert town.database.violations() == []


def test_a_key_that_comes_again_after_it_still_has_no_second_effect(
    town: Town, shop: Shop, clock: Clock
) -> None:
    holder = shop.gives_card()
    key = town.new_key()
    shop.stamps(shop.owner, holder, key=key)
    clock.passes(days=397)
    forgets(town)
    with pytest.raises(OperationKeyReused):
        shop.stamps(shop.owner, holder, key=key)
    assert shop.card(holder).stamp_count == 1
