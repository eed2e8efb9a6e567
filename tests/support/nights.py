"""The jobs of the bot, and what becomes of its messages, in the words of scenarios."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from operator import itemgetter

from domain.account import Account, Person
from domain.card import Holding
from domain.delivery import Refused
from domain.expiry import Unit
from domain.ids import CardId, EntryId
from domain.kinds import EntryKind
from domain.messages import BalanceExpired, BalanceExpiring, DailySummary, Message, MessageKind, WelcomeBonus
from domain.plumbing.outbox import Failed, delivery_failed
from domain.plumbing.people import Reachable, set_reachable
from domain.ports import Tx
from domain.rules.closures import calendar_of
from domain.rules.expiry import Period, end_after, next_period
from domain.usecases.expire_balances import (
    CardsToLookAt,
    LookAtCards,
    LookedAt,
    SpreadTerms,
    cards_to_look_at,
    look_at_cards,
    program_to_spread,
    programs_to_spread,
    spread_terms,
)
from domain.usecases.summarize import MerchantsToSummarize, merchants_to_summarize, summarize
from domain.usecases.unasked import post_unasked
from tests.support.databases import do, look
from tests.support.shop import Holder, Shop, Town, delivery_of

WARNINGS = (MessageKind.STAMPS_EXPIRING, MessageKind.POINTS_EXPIRING)
EXPIRIES = (MessageKind.STAMPS_EXPIRED, MessageKind.POINTS_EXPIRED)


@dataclass
class Nights:
    """The jobs of a town, run by hand. ``page`` is how many cards they take at once."""

    town: Town
    page: int = 100

    def looks(self) -> LookedAt:
        """Looks at every card whose time has come, page after page."""
        database, total, after = self.town.database, LookedAt(), None
        while True:
            page = database.read(cards_to_look_at, CardsToLookAt(after=after, limit=self.page))
            for merchant_id, of_merchant in groupby(page, key=itemgetter(1)):
                card_ids = [card_id for _, _, card_id in of_merchant]
                total += database.write(
                    look_at_cards, LookAtCards(merchant_id=merchant_id, card_ids=card_ids)
                )
            if not page:
                return total
            after = page[-1]

    def looks_at(self, shop: Shop, *holders: Holder) -> LookedAt:
        """Looks at these cards, due or not."""
        card_ids = [holder.card_id for holder in holders]
        command = LookAtCards(merchant_id=shop.merchant_id, card_ids=card_ids)
        return self.town.database.write(look_at_cards, command)

    def spreads(self) -> int:
        """Computes the dates of all cards by the present terms; returns in how many pages."""
        database, pages = self.town.database, 0
        for which in database.read(programs_to_spread, None):
            program = database.read(program_to_spread, which)
            after: CardId | None = None
            while True:
                pages += 1
                command = SpreadTerms(program=program, after=after, limit=self.page)
                if (after := database.write(spread_terms, command)) is None:
                    break
        return pages

    def next_page_of(self, shop: Shop) -> SpreadTerms:
        """The first command by which the shop's present terms are spread."""
        return SpreadTerms(program=shop.program(), after=None, limit=self.page)

    def turns(self, page: SpreadTerms | None) -> None:
        """Spreads from this page on, by the terms it names, even if they have changed meanwhile."""
        while page is not None:
            after = self.town.database.write(spread_terms, page)
            page = None if after is None else replace(page, after=after)

    def summarizes(self) -> int:
        """Summarizes for each merchant that is due; returns how many days were summarized."""
        database = self.town.database
        due = database.read(merchants_to_summarize, MerchantsToSummarize(limit=self.page))
        return sum(database.write(summarize, merchant_id) for merchant_id in due)

    def delivers(self, *kinds: MessageKind) -> list[Message]:
        """Everything that waits in the outbox arrives, or only messages of these kinds."""
        waiting = [message for message in self.town.messages() if not kinds or message.kind in kinds]
        for message in waiting:
            do(self.town.database, partial(_sent, message=message))
        return waiting

    def gives_up(self, *kinds: MessageKind) -> list[Message]:
        """Like ``delivers``, but the deliveries fail for good."""
        waiting = [message for message in self.town.messages() if not kinds or message.kind in kinds]
        for message in waiting:
            do(self.town.database, partial(_failed, message=message))
        return waiting

    def is_refused_by_the_chat(self) -> None:
        """All deliveries that wait are refused: Telegram does not know the chat any more."""
        for message in self.town.messages():
            refused = Refused("Chat not found", is_of_address=True)
            self.town.database.write(delivery_failed, Failed(delivery=delivery_of(message), outcome=refused))

    def knows(self, account: Account) -> None:
        """The person has written to the bot."""
        person = Person(
            account=account, name="", telegram_locale=None, chosen_locale=None, unreachable_since=None
        )
        do(self.town.database, lambda tx: tx.save_person(person))

    def is_blocked_by(self, holder: Holder) -> None:
        self.knows(holder.account)
        self.town.database.write(set_reachable, Reachable(account=holder.account, reachable=False))

    def is_unblocked_by(self, holder: Holder) -> None:
        self.town.database.write(set_reachable, Reachable(account=holder.account, reachable=True))

    def runs(self) -> LookedAt:
        """One night: looks at the cards, and delivers the messages."""
        looked = self.looks()
        self.delivers()
        return looked

    def passes(self, days: int) -> LookedAt:
        """Lets so many days pass, with a run at the same time on each."""
        total = LookedAt()
        for _ in range(days):
            self.town.database.clock.passes(days=1)
            total += self.runs()
        return total

    def runs_until(self, moment: datetime) -> LookedAt:
        """Runs at this moment, and before it on each day at the same time."""
        clock, total = self.town.database.clock, LookedAt()
        for days in range((moment - clock.now).days, -1, -1):
            clock.is_at(moment - timedelta(days=days))
            total += self.runs()
        return total

    # What customers and owners were told

    def warnings(self) -> list[BalanceExpiring]:
        """The warnings not yet delivered."""
        facts = [message.facts for message in self.town.messages() if message.kind in WARNINGS]
        return [one for one in facts if isinstance(one, BalanceExpiring)]

    def expired(self) -> list[BalanceExpired]:
        """The messages about expired balances not yet delivered."""
        facts = [message.facts for message in self.town.messages() if message.kind in EXPIRIES]
        return [one for one in facts if isinstance(one, BalanceExpired)]

    def summaries(self) -> list[DailySummary]:
        """The daily summaries not yet delivered."""
        facts = self.town.facts(MessageKind.DAILY_SUMMARY)
        return [one for one in facts if isinstance(one, DailySummary)]


def held(shop: Shop, holder: Holder) -> Holding:
    found = look(shop.database, lambda tx: tx.lock_card(shop.merchant_id, holder.card_id))
    assert found is not None
    return found


def gives_bonus(shop: Shop, holder: Holder, unit: Unit, count: int, days: int | None = None) -> EntryId:
    """Gives a bonus without anybody at the counter; good for so many days, or as long as the program says."""
    found, key = held(shop, holder), shop.town.new_key()
    told = WelcomeBonus(merchant_name=found.merchant.name, card_number=holder.number, unit=unit, count=count)
    now, timezone = shop.town.database.clock.now, found.merchant.timezone

    def give(tx: Tx) -> None:
        post_unasked(
            tx,
            found,
            found.card.plus(unit, count),
            EntryKind.BIRTHDAY_BONUS,
            key,
            (MessageKind.WELCOME_BONUS, told),
            expires_at=None if days is None else end_after(days, now, timezone),
        )

    do(shop.database, give)
    return shop.entries(holder)[-1].entry_id


def next_of(shop: Shop, holder: Holder, unit: Unit) -> Period | None:
    """What expires next, computed from the entries alone."""
    found = held(shop, holder)
    calendar = calendar_of(found.merchant, found.customer)
    return next_period(unit, shop.entries(holder), found.program, calendar)


def assert_hints_are_not_late(shop: Shop, holder: Holder) -> None:
    """The dates on the card's row are not later than those by its entries: else an expiry would be missed."""
    card = shop.card(holder)
    for unit in Unit:
        period, hint = next_of(shop, holder, unit), card.expires_at(unit)
        if period is not None:
            assert hint is not None
            assert hint <= period.expires_at
            assert card.expiry_look_at is not None


def _sent(tx: Tx, message: Message) -> None:
    tx.delivery_made(delivery_of(message), "1")


def _failed(tx: Tx, message: Message) -> None:
    tx.delivery_failed(delivery_of(message), "refused", is_unreported=False)
