"""What it costs on SQLite to look people up in a statement of their own, apart from a merchant's rows, as a
distributed database needs it: each such look-up against one statement that joins both (docs/decisions/0074)."""

import statistics
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import and_, case, func, literal_column, select

from domain.account import Account
from domain.campaign import ACTIVE_FOR, Segment, Selection
from domain.ids import BotId, MerchantId, UserId
from domain.ports import Tx
from storage import campaigns, rows, tables
from storage.clauses import has, joins
from storage.postgres.tx import DistributedTx
from storage.sqlite.tx import SqliteTx
from storage.tx import Tx as StorageTx
from tests.support.clock import Clock
from tests.support.databases import do, look
from tests.support.one_thread import OneThread
from tests.support.shop import Town

ROUNDS = 21
CUSTOMERS = 10_000
ME = Account(bot_id=BotId(42), user_id=UserId(4242))

_people = tables.people
_customers, _consents = tables.customers, tables.consents
_counts = (
    select(
        func.coalesce(_consents.c.is_given, literal_column("0")).label("is_given"),
        case((_people.c.unreachable_since.is_(None), literal_column("0")), else_=literal_column("1")).label(
            "is_gone"
        ),
        campaigns._offers_count.label("offers_count"),
    )
    .select_from(
        _customers.outerjoin(_consents, joins(_consents, _customers, "customer_id")).outerjoin(
            _people, and_(_people.c.bot_id == _customers.c.bot_id, _people.c.user_id == _customers.c.user_id)
        )
    )
    .where(has(_customers, "merchant_id"), campaigns._holds_a_card)
    .subquery()
)
_joined_audience = select(*_counts.c, func.count()).group_by(*_counts.c)


def fill(tx: Tx, merchant_id: MerchantId) -> None:
    """Customers with a card who allow marketing; the chat of each twentieth is gone."""
    assert isinstance(tx, StorageTx)
    [customer] = tx.session.all(select(_customers).limit(1))
    [card] = tx.session.all(select(tables.cards).limit(1))
    for number in range(CUSTOMERS):
        named = f"c{number:08}"
        key = {"merchant_id": merchant_id, "customer_id": named}
        user = {"bot_id": 42, "user_id": 100_000 + number * 7919 % 1_000_000}
        who = dict(zip(_customers.c.keys(), customer, strict=True)) | key | user
        what = dict(zip(tables.cards.c.keys(), card, strict=True)) | key
        own = {"card_id": named, "number": named, "token_hash": named}
        gone = {"unreachable_since": 1 if number % 20 == 0 else None, "name": "", "refused_since": None}
        tx.session.run(tables.customers.insert(), who)
        tx.session.run(tables.cards.insert(), what | own)
        tx.session.run(_consents.insert(), key, asked_at=1, answered_at=1, is_given=1, was_given=None)
        locales = {"telegram_locale": None, "chosen_locale": None, "seen_at": None}
        tx.session.run(_people.insert(), {**user, **gone, **locales})


def compared(what: str, times: int, joined: Callable[[], object], apart: Callable[[], object]) -> None:
    def seconds(does: Callable[[], object]) -> float:
        begun = time.thread_time()
        for _ in range(times):
            does()
        return (time.thread_time() - begun) / times

    pairs = [(seconds(joined), seconds(apart)) for _ in range(ROUNDS)]
    reference, ours = (statistics.median(column) * 1e6 for column in zip(*pairs, strict=True))
    ratio = statistics.median(ours / reference for reference, ours in pairs)
    print(f"  {what:<44} {ours:>8,.0f} µs apart, {reference:>8,.0f} joined, ratio {ratio:.1f}")


def measure_memberships(count: int) -> None:
    town = Town(OneThread(Clock()))

    def remember(tx: Tx) -> None:
        for _ in range(count):
            tx.remember_merchant(ME, shops.pop().merchant_id)

    def measure(tx: Tx) -> None:
        assert isinstance(tx, SqliteTx)
        apart = DistributedTx(tx.session, tx.new_id, tx.chance_below)
        joined = partial(super(SqliteTx, tx).memberships_of, ME)
        compared(f"who works where, a customer of {count}", 500, joined, partial(apart.memberships_of, ME))

    shops = [town.opens_shop() for _ in range(count)]
    do(town.database, remember)
    look(town.database, measure)


def measure_audience(tx: Tx, merchant_id: MerchantId) -> None:
    assert isinstance(tx, StorageTx)
    merchant = tx.merchant(merchant_id)
    assert merchant is not None
    since = tx.now - timedelta(days=30)
    values = {"merchant_id": merchant_id, "written_since": rows.to_instant(since)}
    seen = {"seen_since": rows.to_instant(tx.now - ACTIVE_FOR)}
    everybody = Selection(segment=Segment.ALL, store_id=None)
    compared(
        f"an audience of {CUSTOMERS:,}",
        1,
        lambda: tx.session.all(_joined_audience, **values, **seen),
        lambda: tx.count_candidates(merchant, everybody, since),
    )


def main() -> None:
    print(f"people apart from what is a merchant's, on SQLite, thread time, median of {ROUNDS} in turn")
    for count in (1, 5):
        measure_memberships(count)
    shop = Town(OneThread(Clock())).opens_shop()
    shop.gives_card()
    do(shop.database, lambda tx: fill(tx, shop.merchant_id))
    look(shop.database, lambda tx: measure_audience(tx, shop.merchant_id))


if __name__ == "__main__":
    main()
