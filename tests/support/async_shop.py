"""A shop in a test's own event loop: set up in a few lines, then asked for many acts at once."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from domain.account import Account
from domain.acts import Act, Asked, MergeCards, RedeemReward, Stamp, TakeBack
from domain.card import CardMove, CardRef
from domain.entry import Origin
from domain.history import CardHistory
from domain.ids import (
    BotId,
    CardId,
    InviteId,
    MerchantId,
    OperationKey,
    ProgramId,
    StoreId,
    TokenHash,
    UserId,
)
from domain.invariants import Violation, check
from domain.ports import Database, ResultT, Tx
from domain.refusals import Refusal
from domain.staff import Actor
from domain.usecases.claim_invite import ClaimInvite, claim_invite
from domain.usecases.join_store import JoinStore, join_store
from domain.usecases.merge_cards import MergeWaiting, merge_cards
from domain.usecases.move_card import AnswerMove, answer_move
from domain.usecases.set_up import create_merchant
from domain.usecases.stamp_card import stamp_card
from tests.support.clock import Ids
from tests.support.commands import changing, opening, seeing

ActT = TypeVar("ActT", bound=Act)
BOT = BotId(42)


async def do(store: Database, what: Callable[[Tx], ResultT]) -> ResultT:
    return await store.write(changing(what), None)


async def look(store: Database, at: Callable[[Tx], ResultT]) -> ResultT:
    return await store.read(seeing(at), None)


@dataclass(frozen=True)
class Counter:
    """Paul, who owns a shop and stands at its counter, and the cards of his customers."""

    store: Database
    paul: Actor
    cards: tuple[CardRef, ...]

    @property
    def lea(self) -> CardRef:
        return self.cards[0]

    def stamping(self, key: str, card: CardRef | None = None, count: int = 1) -> Asked[Stamp]:
        return self.asks(Stamp(card=card or self.lea, key=OperationKey(key), count=count))

    def redeeming(self, key: str, card: CardRef | None = None) -> Asked[RedeemReward]:
        return self.asks(RedeemReward(card=card or self.lea, key=OperationKey(key)))

    def voiding(self, key: str, **what: Any) -> Asked[TakeBack]:
        """Takes back an ``entry`` or a ``count`` of stamps on Léa's card; neither is its newest act."""
        return self.asks(TakeBack(card=self.lea, key=OperationKey(key), **what))

    def asks(self, act: ActT) -> Asked[ActT]:
        return Asked(act=act, actor=self.paul, origin=self.origin)

    @property
    def origin(self) -> Origin:
        return Origin(account=self.paul.account, chat_id=1, message_id=1)

    async def merges(self, card: CardRef, other: CardRef, key: str) -> MergeWaiting:
        """Asks the other card's holder."""
        act = MergeCards(card=card, other=other, key=OperationKey(key))
        waiting = await self.store.write(merge_cards, self.asks(act))
        assert isinstance(waiting, MergeWaiting)
        return waiting

    async def answers(self, waiting: MergeWaiting, *, is_allowed: bool = True) -> CardMove:
        """As the holder of the card that goes away."""
        move = waiting.move
        found = await look(self.store, lambda tx: tx.card(move.merchant_id, CardRef("id", move.card_id)))
        assert found is not None
        answer = AnswerMove(
            account=found[1].account,
            merchant_id=move.merchant_id,
            move_id=move.move_id,
            is_allowed=is_allowed,
        )
        return await self.store.write(answer_move, answer)

    async def stamps(self, count: int, card: CardRef | None = None) -> None:
        """Gives so many stamps, at most twenty in one act."""
        given = 0
        while given < count:
            now = min(20, count - given)
            given += now
            command = self.stamping(f"first {card} {given}", card, now)
            await self.store.write(stamp_card, command)

    async def history(self, card: CardRef | None = None) -> CardHistory:
        wanted = (card or self.lea).value
        return next(found for found in await histories(self.store) if found.card.card_id == wanted)

    async def stamp_count(self, card: CardRef | None = None) -> int:
        return (await self.history(card)).card.stamp_count


async def opens_counter(store: Database, *, cards: int = 1, name: str = "m", **terms: Any) -> Counter:
    """``terms`` replace those of an easy-going program; ``name`` tells two shops apart."""
    merchant_id, store_id = MerchantId(name), StoreId(f"{name} store")
    ids = {"merchant_id": merchant_id, "program_id": ProgramId(f"{name} program"), "store_id": store_id}
    hashes = {"store_token_hash": f"{name} poster", "owner_token_hash": f"{name} owner"}
    await store.write(create_merchant, opening(Ids(), **ids, **hashes, **terms))
    route = await look(store, lambda tx: tx.route(TokenHash(f"{name} owner")))
    assert route is not None
    account = Account(bot_id=BOT, user_id=UserId(1))
    claim = ClaimInvite(account=account, merchant_id=merchant_id, invite_id=InviteId(route.target_id))
    claimed = await store.write(claim_invite, claim)
    paul = Actor(merchant_id=merchant_id, staff_id=claimed.staff_id, store_id=store_id, account=account)
    made = []
    for number in range(cards):
        join = JoinStore(
            account=replace(account, user_id=UserId(1000 + number)),
            name=f"Customer {number}",
            merchant_id=merchant_id,
            store_id=store_id,
            card_id=CardId(f"{name} card {number:04d}"),
            card_token_hash=TokenHash(f"{name} code {number}"),
            account_hash="",
        )
        await store.write(join_store, join)
        made.append(CardRef("id", join.card_id))
    return Counter(store, paul, tuple(made))


async def histories(store: Database) -> list[CardHistory]:
    return [history async for history in store.histories()]


async def violations(store: Database) -> list[Violation]:
    """What breaks an invariant. There must be a card to look at."""
    found = await histories(store)
    assert found
    return [violation for history in found for violation in check(history)]


async def outcomes(asked: Iterable[Coroutine[Any, Any, ResultT]]) -> tuple[list[ResultT], list[Refusal]]:
    """Asks all at once. Returns what was carried out, and the refusals; any other error is raised."""
    done: list[ResultT] = []
    refused: list[Refusal] = []
    for result in await asyncio.gather(*asked, return_exceptions=True):
        if isinstance(result, Refusal):
            refused.append(result)
        elif isinstance(result, BaseException):
            raise result
        else:
            done.append(result)
    return done, refused
