"""What every store promises of long scans: their order, their filters, and what verify must know."""

from dataclasses import replace

import pytest

from bot.jobs import violations
from domain.card import CardRef
from domain.history import CardLine, LedgerLine
from domain.ids import CardNumber, MerchantId
from domain.invariants import check
from domain.kinds import EntryKind
from domain.ports import Database
from domain.usecases.redeem_reward import redeem_reward
from domain.usecases.stamp_card import stamp_card
from domain.usecases.void import void_act
from storage import histories as histories_of
from storage.scan import SLICE
from tests.support.async_shop import Counter, histories, opens_counter
from tests.support.clock import Clock


async def ledger(counter: Counter, number: CardNumber | None = None) -> list[LedgerLine]:
    return [line async for line in counter.store.ledger(counter.paul.merchant_id, number)]


async def cards(counter: Counter) -> list[CardLine]:
    return [line async for line in counter.store.cards(counter.paul.merchant_id)]


async def number_of(counter: Counter, card: CardRef) -> CardNumber:
    return (await counter.history(card)).card.number


@pytest.fixture
async def counter(store: Database) -> Counter:
    return await opens_counter(store, cards=3, stamps_target=2)


async def test_ledger_line_tells_an_entry(counter: Counter, clock: Clock) -> None:
    store = counter.store
    stamped = await store.write(stamp_card, counter.stamping("a", count=2))
    clock.passes(minutes=1)
    redeemed = await store.write(redeem_reward, counter.redeeming("b"))
    clock.passes(minutes=1)
    command = counter.voiding("c", entry=redeemed.entry.entry_id, reason="slip")
    voided = await store.write(void_act, command)
    lines = await ledger(counter)
    assert [line.entry_id for line in lines] == [
        stamped.entry.entry_id,
        redeemed.entry.entry_id,
        voided.entry.entry_id,
    ]
    assert lines[2] == LedgerLine(
        entry_id=voided.entry.entry_id,
        kind=EntryKind.REDEMPTION_VOIDED,
        card_number=await number_of(counter, counter.lea),
        store_id=counter.paul.store_id,
        staff_name="Paul",
        approved_by=None,
        stamps_delta=2,
        stamps_balance_after=2,
        points_delta=0,
        points_balance_after=0,
        related_entry_id=redeemed.entry.entry_id,
        occurred_at=clock.now,
    )


async def test_ledger_comes_oldest_first_over_all_cards(counter: Counter, clock: Clock) -> None:
    made = []
    for number in range(12):
        command = counter.stamping(f"{number}", counter.cards[number % 3])
        made.append((await counter.store.write(stamp_card, command)).entry.entry_id)
        clock.passes(seconds=number % 2)
    assert [line.entry_id for line in await ledger(counter)] == made


async def test_ledger_of_one_card_is_its_own(counter: Counter) -> None:
    for number in range(6):
        await counter.store.write(stamp_card, counter.stamping(f"{number}", counter.cards[number % 3]))
    marc = await number_of(counter, counter.cards[1])
    assert [line.card_number for line in await ledger(counter, marc)] == [marc, marc]
    assert await ledger(counter, CardNumber("000000000")) == []


async def test_ledger_and_cards_are_those_of_one_merchant(counter: Counter) -> None:
    other = await opens_counter(counter.store, name="n", stamps_target=5)
    await counter.stamps(1)
    await other.stamps(7)
    assert [line.stamps_delta for line in await ledger(counter)] == [1]
    assert [line.stamps_delta for line in await ledger(other)] == [7]
    assert [line.stamp_count for line in await cards(other)] == [7]
    foreign = await number_of(counter, counter.lea)
    assert await ledger(other, foreign) == []
    nobody = replace(counter.paul, merchant_id=MerchantId("none"))
    assert await ledger(replace(counter, paul=nobody)) == []


async def test_cards_come_in_the_order_in_which_they_were_made(counter: Counter) -> None:
    await counter.stamps(5, counter.cards[1])
    numbers = [await number_of(counter, card) for card in counter.cards]
    assert await cards(counter) == [
        CardLine(
            card_number=number,
            stamp_count=stamp_count,
            points_balance=0,
            rewards_available=stamp_count // 2,
            active=True,
        )
        for number, stamp_count in zip(numbers, (0, 5, 0), strict=True)
    ]


async def test_history_has_all_that_verify_must_know(counter: Counter) -> None:
    await counter.stamps(2)
    await counter.store.write(redeem_reward, counter.redeeming("b"))
    history = await counter.history()
    assert [entry.entry_no for entry in history.entries] == [1, 2]
    assert history.notified == {entry.entry_id for entry in history.entries}
    assert history.terms[1].stamps_target == 2
    assert list(check(history)) == []


async def test_histories_are_those_of_every_card_of_every_merchant(counter: Counter) -> None:
    other = await opens_counter(counter.store, name="a", cards=2)
    await counter.stamps(3, counter.cards[2])
    await other.stamps(4, other.cards[0])
    found = {
        (history.card.merchant_id, history.card.card_id): len(history.entries)
        for history in await histories(counter.store)
    }
    assert list(found) == sorted(found)
    assert sorted(found.values()) == [0, 0, 0, 1, 1]


async def test_histories_are_the_same_however_few_entries_are_read_at_once(
    counter: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, card in enumerate(counter.cards, start=1):
        await counter.stamps(number, card)
    at_once = await histories(counter.store)
    monkeypatch.setattr(histories_of, "ENTRIES_AT_ONCE", 2)
    assert await histories(counter.store) == at_once
    told: list[tuple[int, int]] = []
    monkeypatch.setattr(violations, "TOLD_EVERY", 3)
    found = [each async for each in violations.violations(counter.store, lambda *done: told.append(done))]
    assert (found, [entries >= 3 for _, entries in told][:1]) == ([], [True])


async def test_entries_come_in_pages_by_card_and_in_their_order_of_one_merchant(
    counter: Counter, clock: Clock
) -> None:
    other, made = await opens_counter(counter.store, name="n"), []
    for number in range(SLICE + 20):
        asked = counter.stamping(f"{number}", counter.cards[number % 3])
        made.append((await counter.store.write(stamp_card, asked)).entry)
        clock.passes(minutes=20)
    await other.stamps(1)
    store, merchant_id = counter.store, counter.paul.merchant_id
    pages = [page async for page in store.entries_in_order(merchant_id)]
    assert [entry for page in pages for entry, _ in page] == made
    assert [len(page) for page in pages] == [SLICE, 20]
    first, last = made[30].local_date, made[-30].local_date
    by_card = [entries async for entries in store.entries_by_card(merchant_id, first, last)]
    wanted = [entry for entry in made if first <= entry.local_date <= last]
    assert sorted(entry.entry_id for entries in by_card for entry in entries) == sorted(
        entry.entry_id for entry in wanted
    )
    assert len(by_card) == len({entry.card_id for entry in wanted}) == 3
    for entries in by_card:
        assert len({entry.card_id for entry in entries}) == 1
        assert [entry.entry_no for entry in entries] == sorted(entry.entry_no for entry in entries)


async def test_merged_cards_come_together_and_verify_knows_what_came(counter: Counter) -> None:
    lea, tablet, other = counter.cards
    await counter.stamps(2, tablet)
    await counter.stamps(1, other)
    await counter.answers(await counter.merges(lea, tablet, "merge"))
    entry = (await counter.history(lea)).entries[-1]
    day, merchant_id = entry.local_date, entry.merchant_id
    by_card = [page async for page in counter.store.entries_by_card(merchant_id, day, day)]
    assert sorted([each.kind for each in page] for page in by_card) == [
        ["merged_in", "stamp_earned", "merged_out"],
        ["stamp_earned"],
    ]
    history = await counter.history(lea)
    assert [each.kind for each in history.merged] == ["stamp_earned", "merged_out"]
    assert [found for each in await histories(counter.store) for found in check(each)] == []


async def test_cards_held_come_with_their_holders(counter: Counter) -> None:
    [page] = [page async for page in counter.store.cards_held(counter.paul.merchant_id)]
    assert [card.card_id for card, _ in page] == [
        (await counter.history(c)).card.card_id for c in counter.cards
    ]
    assert all(card.customer_id == customer.customer_id for card, customer in page)


async def test_empty_store_has_nothing_to_tell(store: Database) -> None:
    assert await histories(store) == []
    assert [line async for line in store.ledger(MerchantId("m"), None)] == []
    assert [line async for line in store.cards(MerchantId("m"))] == []
