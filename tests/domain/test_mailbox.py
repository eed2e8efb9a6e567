"""An address is proved before anything goes to it; then its owner says what does, and nothing is lost on the way."""

import os
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.account import Account
from domain.delivery import (
    ChannelKind,
    Delivered,
    Delivery,
    Later,
    RecipientGone,
    Refused,
    Unreachable,
    addresses_of,
)
from domain.expiry import ExpiryKind
from domain.ids import MerchantId, MessageId, OperationKey, TokenHash
from domain.mailbox import CODE_TRIES_MAX, CODES_MAX, Mailbox, Ways, address_in, inbox_of, parse_address
from domain.messages import MarketingAsked, Message, MessageKind
from domain.plumbing.keep_house import KeepHouse, keep_house
from domain.plumbing.outbox import (
    Failed,
    LeaseDeliveries,
    Made,
    deliveries_made,
    delivery_failed,
    give_up_channels_off,
    lease_deliveries,
)
from domain.plumbing.people import Meet, Reachable, meet, set_reachable
from domain.refusals import MailAddressMistyped, MailCodeJustSent, MailCodeOver, MailCodesTooMany
from domain.usecases.keep_mailbox import (
    AskMailCode,
    ChooseWays,
    Proved,
    ProveMailCode,
    ask_mail_code,
    choose_ways,
    forget_mailbox,
    prove_mail_code,
    see_mailbox,
)
from domain.usecases.letters import letter_for
from domain.usecases.move_card import BeginMove, begin_move
from domain.usecases.privacy import Erase, erase, my_data
from tests.support.clock import Clock
from tests.support.databases import do
from tests.support.nights import Nights
from tests.support.one_thread import OneThread
from tests.support.shop import BOT, Holder, Shop, Town

CHAT, MAIL = ChannelKind.TELEGRAM, ChannelKind.EMAIL
FLOOD = "FLOOD"
ADDRESS, RIGHT, WRONG = "lea@example.lu", "hash of 123456", "hash of 654321"


@pytest.fixture
def database(database: OneThread) -> OneThread:
    database.switches_on(MAIL)
    return database


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


@pytest.fixture
def lea(shop: Shop) -> Holder:
    return shop.gives_card()


class Desk:
    """Where addresses are typed."""

    def __init__(self, town: Town) -> None:
        self.town, self.database = town, town.database

    def asks(self, account: Account, address: str = ADDRESS, key: str | None = None) -> None:
        command = AskMailCode(
            account=account,
            key=OperationKey(key or self.town.new_key()),
            address=address,
            address_mark=f"mark of {inbox_of(address)}",
            code_hash=RIGHT,
            mail_hash=TokenHash(f"mail to {key or address}"),
        )
        self.database.write(ask_mail_code, command)

    def types(self, account: Account, code_hash: str = RIGHT) -> Proved:
        return self.database.write(prove_mail_code, ProveMailCode(account=account, code_hash=code_hash))

    def gives(self, account: Account, ways: Ways = Ways.BOTH) -> None:
        """A proved address."""
        self.asks(account)
        self.types(account)
        self.database.write(choose_ways, ChooseWays(account=account, ways=ways))

    def mailbox(self, account: Account) -> Mailbox | None:
        return self.database.read(see_mailbox, account)


@pytest.fixture
def desk(town: Town) -> Desk:
    return Desk(town)


def leases(town: Town, channel: ChannelKind) -> list[Delivery]:
    command = LeaseDeliveries(bot_id=BOT, channel=channel, holder="one", limit=10)
    return list(town.database.write(lease_deliveries, command))


def owed(town: Town) -> list[ChannelKind]:
    return do(town.database, lambda tx: [each for each in (MAIL, CHAT) for _ in tx.owed_by(BOT, each)])


def fails(town: Town, delivery: Delivery, outcome: Later | Refused | Unreachable | RecipientGone) -> None:
    town.database.write(delivery_failed, Failed(delivery=delivery, outcome=outcome))


def leaves_chat(town: Town, account: Account) -> None:
    town.database.write(meet, Meet(account=account, name="Léa", telegram_locale=None))
    town.database.write(set_reachable, Reachable(account=account, reachable=False))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" Lea.Weber+cards@Example.LU ", "Lea.Weber+cards@example.lu"),
        ("lea@bücher.example", "lea@xn--bcher-kva.example"),
        ("lea@example", None),
        ("lea@@example.lu", None),
        ("lea@example.lu\r\nBcc: all@example.lu", None),
        ("lea\n@example.lu", None),
        ("Léa <lea@example.lu>", None),
        ('"lea weber"@example.lu', None),
        ("lea@[127.0.0.1]", None),
        (f"{'l' * 65}@example.lu", None),
        (f"lea@{'e' * 63}.{'e' * 63}.{'e' * 63}.{'e' * 63}.lu", None),
        ("lea@example.lu, all@example.lu", None),
        (".lea@example.lu", None),
        ("", None),
    ],
)
def test_what_is_an_address(typed: str, kept: str | None) -> None:
    assert parse_address(typed) == kept


@pytest.mark.parametrize(
    ("contact", "found"),
    [
        ("Ask Paul: paul@knaetsch.lu, or 26 12 34", "paul@knaetsch.lu"),
        ("mailto:paul@knaetsch.lu", "paul@knaetsch.lu"),
        ("<paul@knaetsch.lu>.", "paul@knaetsch.lu"),
        ("https://knaetsch.lu/@paul", None),
        ("", None),
    ],
)
def test_contact_of_a_shop_may_hold_an_address(contact: str, found: str | None) -> None:
    assert address_in(contact) == found


def test_replies_go_to_the_shop(town: Town, desk: Desk, shop: Shop, lea: Holder) -> None:
    shop.changes_merchant(contact="Ask Paul: paul@knaetsch.lu")
    desk.gives(lea.account, Ways.MAIL)
    shop.stamps(shop.hires("Anna"), lea)
    [delivery] = leases(town, MAIL)
    letter = town.database.read(letter_for, delivery)
    assert (letter.sender, letter.reply_to) == (shop.merchant().name, "paul@knaetsch.lu")


def test_erased_person_leaves_no_address(town: Town, desk: Desk, lea: Holder) -> None:
    desk.gives(lea.account)
    erasing = Erase(account=lea.account, merchant_id=None, account_hash=lambda *_: "hash")
    assert ADDRESS in str(town.database.read(my_data, lea.account).kept)
    town.database.write(erase, erasing)
    assert desk.mailbox(lea.account) is None
    assert ADDRESS not in str(town.database.read(my_data, lea.account))


def test_typed_code_proves_the_address(desk: Desk, lea: Holder) -> None:
    desk.asks(lea.account)
    assert desk.mailbox(lea.account) is None
    assert desk.types(lea.account, WRONG) == Proved(mailbox=None, tries_left=4)
    desk.types(lea.account)
    mailbox = desk.mailbox(lea.account)
    assert mailbox is not None
    assert (mailbox.address, mailbox.ways) == (ADDRESS, Ways.BOTH)


def test_code_can_be_guessed_five_times_and_no_more(desk: Desk, lea: Holder) -> None:
    desk.asks(lea.account)
    left = [desk.types(lea.account, WRONG).tries_left for _ in range(CODE_TRIES_MAX)]
    assert left == [4, 3, 2, 1, 0]
    with pytest.raises(MailCodeOver):
        desk.types(lea.account)
    assert desk.mailbox(lea.account) is None


def test_code_holds_ten_minutes(desk: Desk, lea: Holder, clock: Clock) -> None:
    desk.asks(lea.account)
    clock.passes(minutes=10)
    with pytest.raises(MailCodeOver):
        desk.types(lea.account)


def test_code_of_somebody_else_proves_nothing(desk: Desk, lea: Holder, shop: Shop) -> None:
    desk.asks(lea.account)
    with pytest.raises(MailCodeOver):
        desk.types(shop.gives_card("Ben").account)


def test_newer_code_ends_the_one_before(desk: Desk, lea: Holder, clock: Clock) -> None:
    desk.asks(lea.account)
    clock.passes(seconds=60)
    desk.asks(lea.account, "lea@example.com")
    desk.types(lea.account)
    mailbox = desk.mailbox(lea.account)
    assert mailbox is not None
    assert mailbox.address == "lea@example.com"


def test_same_message_asks_for_one_code_however_often_it_comes(desk: Desk, lea: Holder) -> None:
    for _ in range(20):
        desk.asks(lea.account, key="typed once")


def test_code_typed_again_after_it_was_taken_is_no_mistake(desk: Desk, lea: Holder) -> None:
    desk.gives(lea.account)
    assert desk.types(lea.account).mailbox == desk.mailbox(lea.account)


def sent(desk: Desk, clock: Clock, accounts: list[Account], addresses: list[str]) -> int:
    """How many codes go out when one is asked for each minute."""
    count = 0
    for account, address in zip(accounts, addresses, strict=True):
        clock.passes(seconds=60)
        try:
            desk.asks(account, address)
            count += 1
        except MailCodesTooMany:
            pass
    return count


def test_no_flood_reaches_an_address(desk: Desk, shop: Shop, clock: Clock) -> None:
    """By however many accounts, and however it is written."""
    crowd = [shop.gives_card(f"Nobody {at}").account for at in range(12)]
    written = [f"{'Lea' if at % 2 else 'lea'}+{at}@example.lu" for at in range(12)]
    assert sent(desk, clock, crowd, written) == CODES_MAX
    clock.passes(days=1)
    desk.asks(crowd[0], ADDRESS)


def test_flood_of_one_address_leaves_five_mails_and_five_rows(
    town: Town, desk: Desk, shop: Shop, clock: Clock
) -> None:
    """Over the whole of a day, by accounts that take turns; with FLOOD in the environment, a million times."""
    count = int(os.environ.get(FLOOD, "2000"))
    crowd = [shop.gives_card(f"Nobody {at}").account for at in range(10)]
    begins, sent = clock.now, 0
    for at in range(count):
        clock.now = begins + timedelta(days=1) * at / count
        try:
            desk.asks(crowd[at % len(crowd)], key=f"{at}")
            sent += 1
        except (MailCodeJustSent, MailCodesTooMany):
            pass
    since = begins - timedelta(days=1)
    kept = do(town.database, lambda tx: tx.mail_codes(crowd[0], f"mark of {ADDRESS}", since))
    assert (sent, len(kept)) == (CODES_MAX, CODES_MAX)


def test_no_flood_comes_from_an_account(desk: Desk, lea: Holder, clock: Clock) -> None:
    assert sent(desk, clock, [lea.account] * 12, [f"{at}@example.lu" for at in range(12)]) == CODES_MAX


def test_next_code_waits_for_a_minute(desk: Desk, lea: Holder, clock: Clock) -> None:
    desk.asks(lea.account)
    clock.passes(seconds=59)
    with pytest.raises(MailCodeJustSent):
        desk.asks(lea.account, "lea@example.com")
    clock.passes(seconds=1)
    desk.asks(lea.account, "lea@example.com")


@pytest.mark.parametrize(("minutes", "hours"), [(5, 24), (59, 24), (60, 23), (1379, 2), (1380, 1), (1438, 1)])
def test_who_has_had_all_codes_of_a_day_is_told_how_long_to_wait(
    desk: Desk, lea: Holder, clock: Clock, minutes: int, hours: int
) -> None:
    began = clock.now
    for at in range(CODES_MAX):
        clock.is_at(began + timedelta(minutes=at))
        desk.asks(lea.account, f"{at}@example.lu")
    clock.is_at(began + timedelta(minutes=minutes))
    with pytest.raises(MailCodesTooMany) as refused:
        desk.asks(lea.account)
    assert refused.value.hours == hours


def test_what_codes_were_sent_to_is_forgotten_after_a_day(
    town: Town, desk: Desk, lea: Holder, clock: Clock
) -> None:
    desk.asks(lea.account)
    day = timedelta(days=1)
    house = KeepHouse(bot_id=BOT, update_retention=day, dead_letter_retention=day)
    for passed, left in ((day, 1), (timedelta(seconds=1), 0)):
        clock.now += passed
        town.database.write(keep_house, house)
        found = do(town.database, lambda tx: tx.open_mail_code(lea.account))
        assert int(found is not None) == left


def test_who_is_forgotten_leaves_no_address(town: Town, desk: Desk, lea: Holder) -> None:
    desk.gives(lea.account)
    do(town.database, lambda tx: tx.forget_person(lea.account))
    assert desk.mailbox(lea.account) is None
    assert do(town.database, lambda tx: tx.mail_codes(lea.account, "", tx.now - timedelta(days=1))) == []


def test_address_that_nobody_parsed_is_refused(desk: Desk, lea: Holder) -> None:
    with pytest.raises(MailAddressMistyped):
        desk.asks(lea.account, "lea@example.lu\nBcc: all@example.lu")


@pytest.mark.parametrize(
    ("ways", "is_gone", "told"),
    [
        (None, False, [CHAT]),
        (Ways.CHAT, False, [CHAT]),
        (Ways.MAIL, False, [MAIL]),
        (Ways.BOTH, False, [MAIL, CHAT]),
        (None, True, [CHAT]),
        (Ways.CHAT, True, [MAIL, CHAT]),
        (Ways.MAIL, True, [MAIL]),
    ],
)
def test_told_over_what_they_chose_and_by_mail_when_nobody_is_at_the_chat(
    town: Town, desk: Desk, shop: Shop, lea: Holder, ways: Ways | None, is_gone: bool, told: list[ChannelKind]
) -> None:
    if ways is not None:
        desk.gives(lea.account, ways)
    if is_gone:
        leaves_chat(town, lea.account)
    shop.stamps(shop.hires("Anna"), lea)
    assert owed(town) == told


def test_question_is_asked_where_it_can_be_answered(town: Town, desk: Desk, shop: Shop, lea: Holder) -> None:
    desk.gives(lea.account, Ways.MAIL)
    begin = BeginMove(merchant_id=shop.merchant_id, account=None, card=lea.card, token_hash=town.new_hash())
    town.database.write(begin_move, begin)
    assert owed(town) == [MAIL, CHAT]


def test_what_asks_for_leave_or_a_birthday_goes_nowhere_but_to_the_chat(
    town: Town, desk: Desk, lea: Holder
) -> None:
    desk.gives(lea.account, Ways.MAIL)
    post = do(town.database, lambda tx: tx.post_of(lea.account))
    for kind in (MessageKind.MARKETING_ASKED, MessageKind.BIRTHDAY_ASKED):
        asked = Message(
            merchant_id=MerchantId("1"),
            message_id=MessageId("1"),
            kind=kind,
            recipient=lea.account,
            facts=MarketingAsked(merchant_name="Café", monthly_max=4),
            created_at=town.database.clock(),
        )
        assert [channel for channel, _ in addresses_of(asked, tuple(ChannelKind), post)] == [CHAT]


def test_address_that_takes_no_mail_is_marked_and_the_message_told_in_the_chat(
    town: Town, desk: Desk, shop: Shop, lea: Holder
) -> None:
    desk.gives(lea.account, Ways.MAIL)
    anna = shop.hires("Anna")
    shop.stamps(anna, lea)
    [delivery] = leases(town, MAIL)
    fails(town, delivery, Refused("smtp 550 5.1.1", is_of_address=True))
    assert owed(town) == [CHAT, CHAT]
    assert len(town.messages(MessageKind.MAIL_REFUSED)) == 1
    mailbox = desk.mailbox(lea.account)
    assert mailbox is not None
    assert not mailbox.takes_mail
    shop.stamps(anna, lea)
    assert owed(town) == [CHAT, CHAT, CHAT]


def test_proving_an_address_again_clears_the_mark(
    town: Town, desk: Desk, shop: Shop, lea: Holder, clock: Clock
) -> None:
    desk.gives(lea.account)
    mailbox = desk.mailbox(lea.account)
    assert mailbox is not None
    do(town.database, lambda tx: tx.save_mailbox(replace(mailbox, refused_at=tx.now)))
    clock.passes(minutes=10)
    desk.gives(lea.account)
    assert desk.mailbox(lea.account) == replace(mailbox, verified_at=clock.now)


def test_other_refusal_says_nothing_of_the_address(town: Town, desk: Desk, shop: Shop, lea: Holder) -> None:
    desk.gives(lea.account, Ways.MAIL)
    shop.stamps(shop.hires("Anna"), lea)
    [delivery] = leases(town, MAIL)
    fails(town, delivery, Refused("smtp 554"))
    mailbox = desk.mailbox(lea.account)
    assert mailbox is not None
    assert mailbox.takes_mail
    assert owed(town) == [CHAT]


def test_mail_is_tried_three_times_again_a_minute_apart(
    town: Town, desk: Desk, shop: Shop, lea: Holder, clock: Clock
) -> None:
    desk.gives(lea.account, Ways.MAIL)
    shop.stamps(shop.hires("Anna"), lea)
    for _ in range(3):
        [delivery] = leases(town, MAIL)
        fails(town, delivery, Later("smtp 451"))
        assert owed(town) == [MAIL]
        clock.passes(seconds=60)
    [delivery] = leases(town, MAIL)
    fails(town, delivery, Later("smtp 451"))
    assert owed(town) == [CHAT]


def test_who_has_just_left_the_chat_gets_it_by_mail(town: Town, desk: Desk, shop: Shop, lea: Holder) -> None:
    desk.gives(lea.account, Ways.CHAT)
    shop.stamps(shop.hires("Anna"), lea)
    [delivery] = leases(town, CHAT)
    fails(town, delivery, Unreachable())
    assert owed(town) == [MAIL]


def test_what_fails_everywhere_is_tried_nowhere_again(
    town: Town, desk: Desk, shop: Shop, lea: Holder
) -> None:
    desk.gives(lea.account, Ways.BOTH)
    shop.stamps(shop.hires("Anna"), lea)
    for channel in (CHAT, MAIL):
        [delivery] = leases(town, channel)
        fails(town, delivery, Refused("oh"))
    assert owed(town) == []


def test_removed_address_gets_nothing_that_was_owed_to_it(
    town: Town, desk: Desk, shop: Shop, lea: Holder
) -> None:
    desk.gives(lea.account, Ways.MAIL)
    shop.stamps(shop.hires("Anna"), lea)
    town.database.write(forget_mailbox, lea.account)
    [delivery] = leases(town, MAIL)
    with pytest.raises(RecipientGone) as gone:
        town.database.read(letter_for, delivery)
    fails(town, delivery, gone.value)
    assert owed(town) == [CHAT]


def test_channel_that_was_switched_off_owes_nothing(
    town: Town, database: OneThread, desk: Desk, shop: Shop, lea: Holder
) -> None:
    desk.gives(lea.account, Ways.MAIL)
    shop.stamps(shop.hires("Anna"), lea)
    database.switches_on()
    assert town.database.write(give_up_channels_off, BOT) == 1
    assert owed(town) == [CHAT]
    shop.stamps(shop.hires("Ben"), lea)
    assert owed(town) == [CHAT, CHAT]


def test_mail_counts_as_the_warning_of_an_expiry(town: Town, desk: Desk, clock: Clock) -> None:
    """Who has left the chat loses nothing that was not told by mail two weeks before."""
    shop, nights = town.opens_shop(expiry_kind=ExpiryKind.INACTIVITY, expiry_months=1), Nights(town)
    lea = shop.gives_card()
    shop.stamps(shop.hires("Anna"), lea)
    desk.gives(lea.account, Ways.CHAT)
    leaves_chat(town, lea.account)
    clock.passes(days=80)
    assert nights.looks().warned == 1
    clock.passes(days=30)
    assert nights.looks().expired == 0
    for delivery in leases(town, MAIL):
        made = Made(delivery=delivery, outcome=Delivered("<1@example.lu>"))
        town.database.write(deliveries_made, [made])
    clock.passes(days=13)
    assert nights.looks().expired == 0
    clock.passes(days=2)
    assert nights.looks().expired == 1
