"""What the bot says by itself, in four languages, for the pictures in docs/images.

The messages are put into the outbox as their jobs would; the real dispatcher words, draws and sends them.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime

from bot.sandbox import Person, Sandbox
from domain.account import Account
from domain.expiry import ExpiryKind, Unit
from domain.ids import BotId, CardNumber, UserId
from domain.kinds import EntryKind
from domain.messages import (
    BalanceExpired,
    BalanceExpiring,
    DailySummary,
    Facts,
    MessageKind,
    RewardReady,
    WelcomeBonus,
)
from domain.ports import Database, Tx
from domain.summary import DaySummary, Figures, Share, VoidNote
from domain.usecases.sending import send as put

LANGUAGES = {"Emily": "en", "Élise": "fr", "Jonas": "de", "Léa": "lb"}
NUMBER = CardNumber("482109375")
MERCHANT = "Café Knätsch"
SATURDAY = date(2026, 11, 21)


def customer_messages() -> list[tuple[MessageKind, Facts]]:
    def expiring(unit: Unit, kind: ExpiryKind, count: int) -> BalanceExpiring:
        return BalanceExpiring(
            merchant_name=MERCHANT,
            card_number=NUMBER,
            unit=unit,
            kind=kind,
            count=count,
            balance=count + 28,
            last_day=date(2027, 3, 2),
        )

    return [
        (
            MessageKind.WELCOME_BONUS,
            WelcomeBonus(merchant_name=MERCHANT, card_number=NUMBER, unit=Unit.POINTS, count=20),
        ),
        (
            MessageKind.REWARD_READY,
            RewardReady(
                merchant_name=MERCHANT,
                card_number=NUMBER,
                unit=Unit.STAMPS,
                reward="A coffee of your choice",
                rewards_available=1,
            ),
        ),
        (MessageKind.POINTS_EXPIRING, expiring(Unit.POINTS, ExpiryKind.INACTIVITY, 340)),
        (MessageKind.STAMPS_EXPIRING, expiring(Unit.STAMPS, ExpiryKind.LOT, 6)),
        (
            MessageKind.POINTS_EXPIRED,
            BalanceExpired(
                merchant_name=MERCHANT, card_number=NUMBER, unit=Unit.POINTS, count=40, balance=300
            ),
        ),
    ]


def day(stores: int) -> DaySummary:
    names = ("Gare", "Belval", "Kirchberg", "Limpertsberg", "Bonnevoie", "Esch", "Dudelange", "Differdange")
    chosen = [
        names[number % len(names)] + (" II" if number >= len(names) else "") for number in range(stores)
    ]
    shares = tuple(
        Share(
            name=name,
            figures=Figures(stamps=64 - 4 * number, points=910 - 60 * number, redemptions=5, cards=40),
        )
        for number, name in enumerate(chosen)
    )
    team = tuple(
        Share(
            name=name,
            figures=Figures(stamps=stamps, points=12 * stamps, redemptions=3, voids=1, cards=stamps),
        )
        for name, stamps in (("Anna", 58), ("Ben", 41), ("Carla", 22))
    )
    void = VoidNote(
        staff_name="Ben",
        store_name="Gare",
        card_number=NUMBER,
        kind=EntryKind.STAMP_VOIDED,
        stamps_delta=-1,
        points_delta=0,
        reason="Wrong card",
        occurred_at=datetime(2026, 11, 21, 14, 12, tzinfo=UTC),
    )
    return DaySummary(
        local_date=SATURDAY,
        begins_at=datetime(2026, 11, 20, 19, tzinfo=UTC),
        ends_at=datetime(2026, 11, 21, 19, tzinfo=UTC),
        has_stamps=True,
        has_points=True,
        figures=Figures(
            stamps=sum(share.figures.stamps for share in shares),
            points=sum(share.figures.points for share in shares),
            redemptions=5 * stores,
            voids=1,
            cards=40 * stores,
        ),
        before=Figures(stamps=52 * stores, points=800 * stores, redemptions=6, voids=2, cards=38 * stores),
        new_customers=4,
        returning_customers=31,
        rewards_outstanding=12,
        undelivered=0,
        stores=shares,
        staff=team,
        voids=(void,),
    )


async def send(
    database: Database, sandbox: Sandbox, to: Person, told: Sequence[tuple[MessageKind, Facts]]
) -> None:
    """Puts the messages into the outbox and waits until the person has them all."""
    bot_id = BotId(int(sandbox.token.partition(":")[0]))
    account = Account(bot_id=bot_id, user_id=UserId(to.id))

    def usecase(*, tx: Tx, command: Sequence[tuple[MessageKind, Facts]]) -> None:
        [merchant_id] = tx.merchants_of(account)
        for kind, facts in command:
            put(tx, merchant_id, account, kind, facts)

    before = len(to.messages)
    await database.write(usecase, told)
    await sandbox.until(lambda: len(to.messages) >= before + len(told))


async def tell_everybody(sandbox: Sandbox, database: Database, owner: Person) -> None:
    """Four customers join, each in another language, and get every message; the owner gets the summary of a day."""
    customers = [sandbox.person(name, language=language) for name, language in LANGUAGES.items()]
    for customer in customers:
        await customer.opens(sandbox.stage.posters[0].link)
        await customer.sees(lambda message: message.photo)
    await asyncio.gather(*(send(database, sandbox, each, customer_messages()) for each in customers))
    facts = DailySummary(merchant_name=MERCHANT, day=day(3))
    await send(database, sandbox, owner, [(MessageKind.DAILY_SUMMARY, facts)])
