"""Mail that came back told nobody anything: it is told otherwise, nothing expires by it, its address is marked."""

import pytest

from domain.account import Account
from domain.delivery import Delivered, Refused
from domain.expiry import ExpiryKind
from domain.ids import BotId, MessageId, TokenHash
from domain.mailbox import CODES_MAX, Ways
from domain.messages import MessageKind
from domain.plumbing.bounces import CameBack, CodeCameBack, Returned, code_came_back, mail_came_back
from domain.plumbing.outbox import Made, deliveries_made
from domain.plumbing.see_status import see_status
from domain.refusals import MailCodeOver, MailCodesTooMany
from domain.usecases.keep_mailbox import forget_mailbox, see_mailbox
from domain.usecases.privacy import Erase, erase
from tests.domain.test_mailbox import ADDRESS, CHAT, MAIL, Desk, fails, leases, leaves_chat, owed
from tests.support.clock import Clock
from tests.support.nights import Nights
from tests.support.one_thread import OneThread
from tests.support.shop import BOT, Holder, Shop, Town


@pytest.fixture
def database(database: OneThread) -> OneThread:
    database.switches_on(MAIL)
    return database


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop(expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1)


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card()


@pytest.fixture
def desk(town: Town) -> Desk:
    return Desk(town)


def mails(town: Town) -> list[MessageId]:
    """What is owed by mail is taken by the relay."""
    taken = leases(town, MAIL)
    made = [Made(delivery=each, outcome=Delivered("<1@example.lu>")) for each in taken]
    town.database.write(deliveries_made, made)
    return [each.message_id for each in taken]


def comes_back(
    shop: Shop,
    message_id: MessageId,
    *,
    address: str = ADDRESS,
    is_of_address: bool = True,
    bot_id: BotId = BOT,
) -> Returned:
    command = CameBack(
        bot_id=bot_id,
        merchant_id=shop.merchant_id,
        message_id=message_id,
        status="5.1.1",
        is_of_address=is_of_address,
        went_to=lambda given: given == address,
    )
    return shop.database.write(mail_came_back, command)


def takes_mail(town: Town, account: Account) -> bool:
    mailbox = town.database.read(see_mailbox, account)
    assert mailbox is not None
    return mailbox.takes_mail


def test_what_came_back_is_told_in_the_chat_once_and_so_is_that_the_address_takes_none(
    town: Town, desk: Desk, shop: Shop, lea: Holder
) -> None:
    desk.gives(lea.account, Ways.MAIL)
    shop.stamps(shop.hires("Anna"), lea)
    [receipt] = mails(town)
    assert comes_back(shop, receipt) is Returned.MARKED
    assert not takes_mail(town, lea.account)
    assert owed(town) == [CHAT, CHAT]
    assert len(town.messages(MessageKind.MAIL_REFUSED)) == 1
    assert comes_back(shop, receipt) is Returned.MARKED
    assert owed(town) == [CHAT, CHAT]
    assert town.database.read(see_status, BOT).mailboxes_refused == 1


def test_what_the_chat_has_told_already_is_not_told_again(
    town: Town, desk: Desk, shop: Shop, lea: Holder
) -> None:
    desk.gives(lea.account, Ways.BOTH)
    shop.stamps(shop.hires("Anna"), lea)
    Nights(town).delivers()
    [receipt] = mails(town)
    comes_back(shop, receipt)
    [told] = town.messages()
    assert told.kind is MessageKind.MAIL_REFUSED


def test_message_that_was_not_wanted_says_nothing_of_the_address(
    town: Town, desk: Desk, shop: Shop, lea: Holder
) -> None:
    desk.gives(lea.account, Ways.MAIL)
    shop.stamps(shop.hires("Anna"), lea)
    [receipt] = mails(town)
    assert comes_back(shop, receipt, is_of_address=False) is Returned.NOTED
    assert takes_mail(town, lea.account)
    assert owed(town) == [CHAT]


def test_report_marks_no_other_address_than_the_one_it_went_to(
    town: Town, desk: Desk, shop: Shop, lea: Holder
) -> None:
    desk.gives(lea.account, Ways.MAIL)
    shop.stamps(shop.hires("Anna"), lea)
    [receipt] = mails(town)
    assert comes_back(shop, receipt, address="before@example.lu") is Returned.NOTED
    assert takes_mail(town, lea.account)
    assert owed(town) == [CHAT]


def test_address_that_was_proved_since_is_not_marked_by_what_came_before(
    town: Town, desk: Desk, shop: Shop, lea: Holder, clock: Clock
) -> None:
    desk.gives(lea.account, Ways.MAIL)
    shop.stamps(shop.hires("Anna"), lea)
    [receipt] = mails(town)
    clock.passes(days=1)
    desk.asks(lea.account)
    desk.types(lea.account)
    assert comes_back(shop, receipt) is Returned.NOTED
    assert takes_mail(town, lea.account)


@pytest.mark.parametrize("what", ["never mailed", "another bot's", "erased"])
def test_report_of_what_is_not_ours_changes_nothing(
    town: Town, desk: Desk, shop: Shop, lea: Holder, what: str
) -> None:
    desk.gives(lea.account, Ways.CHAT if what == "never mailed" else Ways.MAIL)
    shop.stamps(shop.hires("Anna"), lea)
    [receipt] = mails(town) or [each.message_id for each in town.messages()]
    if what == "erased":
        erasing = Erase(account=lea.account, merchant_id=None, account_hash=lambda *_: "hash")
        town.database.write(erase, erasing)
    before = owed(town)
    bot_id = BotId(BOT + 1) if what == "another bot's" else BOT
    assert comes_back(shop, receipt, bot_id=bot_id) is Returned.NOT_OURS
    assert owed(town) == before
    if what != "erased":
        assert takes_mail(town, lea.account)


def test_what_is_still_owed_stays_owed(town: Town, desk: Desk, shop: Shop, lea: Holder) -> None:
    """The relay has it and did not say so: it is tried again, and finds that there is no mailbox."""
    desk.gives(lea.account, Ways.MAIL)
    shop.stamps(shop.hires("Anna"), lea)
    [delivery] = leases(town, MAIL)
    assert comes_back(shop, delivery.message_id) is Returned.MARKED
    assert owed(town) == [MAIL, CHAT]


def test_removed_address_is_not_missed(town: Town, desk: Desk, shop: Shop, lea: Holder) -> None:
    """The message is: it was told nowhere else."""
    desk.gives(lea.account, Ways.MAIL)
    shop.stamps(shop.hires("Anna"), lea)
    [receipt] = mails(town)
    town.database.write(forget_mailbox, lea.account)
    assert comes_back(shop, receipt) is Returned.NOTED
    assert owed(town) == [CHAT]


def test_address_refused_at_once_is_told_of_once(town: Town, desk: Desk, shop: Shop, lea: Holder) -> None:
    desk.gives(lea.account, Ways.MAIL)
    anna = shop.hires("Anna")
    for _ in range(2):
        shop.stamps(anna, lea)
    for delivery in leases(town, MAIL):
        fails(town, delivery, Refused("smtp 550 5.1.1", is_of_address=True))
    assert len(town.messages(MessageKind.MAIL_REFUSED)) == 1


def code_comes_back(town: Town, to: str = ADDRESS, *, bot_id: BotId = BOT, is_told: bool = False) -> Returned:
    command = CodeCameBack(
        bot_id=bot_id, mail_hash=TokenHash(f"mail to {to}"), is_of_address=True, is_told=is_told
    )
    return town.database.write(code_came_back, command)


def told_of_codes(town: Town) -> int:
    return len(town.messages(MessageKind.MAIL_CODE_REFUSED))


def test_code_that_came_back_is_void_told_once_and_the_next_is_sent_at_once(
    town: Town, desk: Desk, lea: Holder, clock: Clock
) -> None:
    clock.passes(minutes=1)
    desk.asks(lea.account)
    assert [code_comes_back(town), code_comes_back(town)] == [Returned.MARKED, Returned.NOTED]
    assert (told_of_codes(town), owed(town)) == (1, [CHAT])
    with pytest.raises(MailCodeOver):
        desk.types(lea.account)
    desk.asks(lea.account)
    assert desk.types(lea.account).mailbox is not None


def test_code_whose_mail_the_relay_refused_is_told_of_there_and_then(
    town: Town, desk: Desk, lea: Holder
) -> None:
    desk.asks(lea.account)
    assert code_comes_back(town, is_told=True) is Returned.MARKED
    assert told_of_codes(town) == 0
    with pytest.raises(MailCodeOver):
        desk.types(lea.account)


def test_codes_that_come_back_count_for_the_day(town: Town, desk: Desk, lea: Holder) -> None:
    """Nobody asks the relay of address after address whether it is there."""
    for at in range(CODES_MAX):
        desk.asks(lea.account, f"{at}@example.lu")
        code_comes_back(town, f"{at}@example.lu")
    with pytest.raises(MailCodesTooMany):
        desk.asks(lea.account)


@pytest.mark.parametrize("what", ["typed", "another's place", "another bot's", "unknown", "erased"])
def test_report_of_a_code_that_is_over_or_not_ours_is_told_nobody(
    town: Town, desk: Desk, lea: Holder, clock: Clock, what: str
) -> None:
    desk.asks(lea.account)
    expected = Returned.NOT_OURS
    match what:
        case "typed":
            desk.types(lea.account)
            expected = Returned.NOTED
        case "another's place":
            clock.passes(minutes=1)
            desk.asks(lea.account, "lea@example.com")
            expected = Returned.NOTED
        case "erased":
            erasing = Erase(account=lea.account, merchant_id=None, account_hash=lambda *_: "hash")
            town.database.write(erase, erasing)
    bot_id = BotId(BOT + 1) if what == "another bot's" else BOT
    assert code_comes_back(town, "?" if what == "unknown" else ADDRESS, bot_id=bot_id) is expected
    assert told_of_codes(town) == 0
    if what == "another's place":
        assert desk.types(lea.account).mailbox is not None


def test_code_to_the_mailbox_they_have_marks_it(town: Town, desk: Desk, lea: Holder, clock: Clock) -> None:
    desk.gives(lea.account, Ways.MAIL)
    clock.passes(minutes=1)
    desk.asks(lea.account, key="again")
    assert code_comes_back(town, "again") is Returned.MARKED
    assert not takes_mail(town, lea.account)
    assert [each.kind for each in town.messages()] == [MessageKind.MAIL_REFUSED]


def test_code_to_another_mailbox_leaves_the_one_they_have(
    town: Town, desk: Desk, lea: Holder, clock: Clock
) -> None:
    desk.gives(lea.account, Ways.MAIL)
    clock.passes(minutes=1)
    desk.asks(lea.account, "lea@example.com")
    assert code_comes_back(town, "lea@example.com") is Returned.MARKED
    assert takes_mail(town, lea.account)
    assert told_of_codes(town) == 1


def warned_by_mail(town: Town, desk: Desk, shop: Shop, lea: Holder, clock: Clock) -> MessageId:
    shop.stamps(shop.hires("Anna"), lea)
    desk.gives(lea.account, Ways.MAIL)
    mails(town)
    clock.passes(days=80)
    assert Nights(town).looks().warned == 1
    [warning] = mails(town)
    return warning


def test_warning_that_came_back_is_none(
    town: Town, desk: Desk, shop: Shop, lea: Holder, clock: Clock
) -> None:
    """What it warned of waits until the chat has said it for two weeks."""
    nights = Nights(town)
    warning = warned_by_mail(town, desk, shop, lea, clock)
    clock.passes(days=10)
    comes_back(shop, warning)
    clock.passes(days=30)
    assert nights.looks().expired == 0
    nights.delivers()
    clock.passes(days=13)
    assert nights.looks().expired == 0
    clock.passes(days=2)
    assert nights.looks().expired == 1
    assert town.database.violations() == []


def test_who_is_at_neither_place_any_more_is_waited_for_no_longer(
    town: Town, desk: Desk, shop: Shop, lea: Holder, clock: Clock
) -> None:
    leaves_chat(town, lea.account)
    warning = warned_by_mail(town, desk, shop, lea, clock)
    comes_back(shop, warning)
    clock.passes(days=20)
    assert Nights(town).looks().expired == 1
    assert town.database.violations() == []


def test_what_has_expired_by_a_warning_that_came_back_later_has(
    town: Town, desk: Desk, shop: Shop, lea: Holder, clock: Clock
) -> None:
    """Nobody could know; it is not warned of once more either."""
    warning = warned_by_mail(town, desk, shop, lea, clock)
    clock.passes(days=20)
    assert Nights(town).looks().expired == 1
    mails(town)
    Nights(town).delivers()
    assert comes_back(shop, warning) is Returned.MARKED
    assert [each.kind for each in town.messages()] == [MessageKind.MAIL_REFUSED]
    assert town.database.violations() == []
