"""Who may be written to beside what is owed to them: who said yes, and no more often than the shop's limit."""

import pytest

from domain.card import Customer
from domain.ids import MessageId
from domain.marketing import Offer
from domain.messages import MessageKind
from domain.ports import Tx
from domain.usecases.marketing import AllowAgain, allow_again, answer, may_be_offered, stop_marketing
from tests.support.clock import Clock
from tests.support.databases import do, look
from tests.support.shop import Shop, Town


class Guest:
    """A customer who is asked for, told of offers, and looked at."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        _, self.customer, _ = shop.found(shop.gives_card("Léa").card)
        self._written = 0

    def answers(self, *, is_given: bool) -> None:
        do(self.shop.database, lambda tx: answer(tx, self.customer, is_given=is_given))

    def gets(self, kind: MessageKind) -> None:
        self._written += 1
        message_id = MessageId(f"offer {self._written}")
        do(self.shop.database, lambda tx: tx.add_offer(_offer(tx, self.customer, message_id, kind)))

    @property
    def may_be_offered(self) -> bool:
        merchant = self.shop.merchant()
        return look(self.shop.database, lambda tx: may_be_offered(tx, merchant, self.customer))


def _offer(tx: Tx, customer: Customer, message_id: MessageId, kind: MessageKind) -> Offer:
    return Offer(
        merchant_id=customer.merchant_id,
        customer_id=customer.customer_id,
        message_id=message_id,
        kind=kind,
        written_at=tx.now,
    )


@pytest.fixture
def guest(town: Town) -> Guest:
    shop = town.opens_shop()
    shop.changes_merchant(marketing_monthly_max=2)
    return Guest(shop)


def test_who_was_never_asked_gets_nothing(guest: Guest) -> None:
    assert not guest.may_be_offered


def test_the_last_word_counts(guest: Guest) -> None:
    guest.answers(is_given=True)
    assert guest.may_be_offered
    guest.answers(is_given=False)
    assert not guest.may_be_offered


def test_one_limit_counts_all_kinds_in_thirty_days(guest: Guest, clock: Clock) -> None:
    guest.answers(is_given=True)
    guest.gets(MessageKind.BROADCAST)
    clock.passes(days=1)
    guest.gets(MessageKind.BIRTHDAY)
    assert not guest.may_be_offered
    clock.passes(days=28)
    assert not guest.may_be_offered
    clock.passes(days=1)
    assert guest.may_be_offered


def test_a_shop_that_has_switched_it_off_writes_to_nobody(guest: Guest) -> None:
    guest.answers(is_given=True)
    guest.shop.changes_merchant(marketing_monthly_max=None)
    assert not guest.may_be_offered


def test_stop_that_is_undone_allows_whom_it_took_a_yes_from(guest: Guest, town: Town) -> None:
    """A stop counts as a no where nobody had asked yet, and stays one there."""
    guest.answers(is_given=True)
    other = town.opens_shop()
    account = guest.customer.account
    asked_nothing = other.gives_card("Léa", account)
    stopped = guest.shop.database.write(stop_marketing, account)
    again = AllowAgain(account=account, stopped_at=stopped.stopped_at)
    assert guest.shop.database.write(allow_again, again) == [guest.shop.merchant()]
    _, customer, _ = other.found(asked_nothing.card)
    consent = look(other.database, lambda tx: tx.consent(customer.merchant_id, customer.customer_id))
    assert consent is not None
    assert not consent.is_given


def test_a_yes_is_for_one_shop(guest: Guest, town: Town) -> None:
    guest.answers(is_given=True)
    other = town.opens_shop()
    other.changes_merchant(marketing_monthly_max=2)
    assert not Guest(other).may_be_offered
