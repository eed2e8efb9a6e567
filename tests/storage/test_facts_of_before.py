"""Messages that earlier versions wrote are read as they were meant, whatever has become of their facts since."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from domain.approval import ApprovalState
from domain.card import Progress
from domain.dispute import DisputeOutcome
from domain.expiry import ExpiryKind, Unit
from domain.flags import FlagKind, FlagTold
from domain.ids import ApprovalId, CampaignId, CardId, CardNumber, EntryId, FlagId, MessageId, MoveId, StaffId
from domain.kinds import EntryKind
from domain.messages import (
    MESSAGES,
    AlertReason,
    ApprovalAnswered,
    ApprovalAsked,
    ApprovalSettled,
    BalanceExpired,
    BalanceExpiring,
    BirthdayAsked,
    BirthdayBonus,
    Broadcast,
    CardAdopted,
    CardBlocked,
    CardMoved,
    CardsMerged,
    CodesChanged,
    DailySummary,
    DisputeAnswered,
    DisputeOpened,
    DisputeSettled,
    Facts,
    Fate,
    FlagRaised,
    HandOver,
    MailCardRefused,
    MailCodeRefused,
    MailRefused,
    MarketingAsked,
    MessageKind,
    MoveAnswered,
    MoveAsked,
    NewCode,
    NoticeOver,
    PinReset,
    PinTried,
    Receipt,
    ReferralBonus,
    ReferralVoided,
    RewardExpired,
    RewardExpiring,
    RewardReady,
    ShopClosing,
    ShopEnded,
    StaffAlert,
    WelcomeBonus,
    WinBack,
)
from domain.report import DateRange
from domain.staff import OfferEnd
from domain.summary import DaySummary, Figures
from tests.support.databases import look
from tests.support.shop import Shop, Town

NUMBER = CardNumber("482109375")
NOON = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
DAY = (
    '{"local_date":"2026-06-15","begins_at":"2026-06-14T18:00:00Z","ends_at":"2026-06-15T18:00:00Z",'
    '"has_stamps":true,"has_points":false,'
    '"figures":{"stamps":6,"points":60,"redemptions":2,"voids":1,"cards":2},"before":null,"new_customers":3,'
    '"returning_customers":0,"rewards_outstanding":1,"undelivered":0,"stores":[],"staff":[],"voids":[]}'
)
SUMMARY = DaySummary(
    local_date=date(2026, 6, 15),
    begins_at=datetime(2026, 6, 14, 18, 0, tzinfo=UTC),
    ends_at=datetime(2026, 6, 15, 18, 0, tzinfo=UTC),
    has_stamps=True,
    has_points=False,
    figures=Figures(stamps=6, points=60, redemptions=2, voids=1, cards=2),
    before=None,
    new_customers=3,
    returning_customers=0,
    rewards_outstanding=1,
    undelivered=0,
    stores=(),
    staff=(),
    voids=(),
)
BROUGHT = (
    f'{{"merchant_name":"Café","card_number":"{NUMBER}","unit":"stamps","count":3}}',
    ReferralBonus(merchant_name="Café", card_number=NUMBER, unit=Unit.STAMPS, count=3),
)
EXPIRING = (
    '{"merchant_name":"Café","card_number":"482109375","unit":"stamps","kind":"lot","count":3,"balance":7,'
    '"last_day":"2026-06-29"}',
    BalanceExpiring(
        merchant_name="Café",
        card_number=NUMBER,
        unit=Unit.STAMPS,
        kind=ExpiryKind.LOT,
        count=3,
        balance=7,
        last_day=date(2026, 6, 29),
    ),
)
OVER_HOLIDAYS = (
    EXPIRING[0].replace("}", ',"closed":[{"first":"2026-06-20","last":"2026-06-22"}]}'),
    replace(EXPIRING[1], closed=(DateRange(date(2026, 6, 20), date(2026, 6, 22)),)),
)
EXPIRED = (
    '{"merchant_name":"Café","card_number":"482109375","unit":"points","count":3,"balance":7}',
    BalanceExpired(merchant_name="Café", card_number=NUMBER, unit=Unit.POINTS, count=3, balance=7),
)
ASKED = (
    '{"approval_id":"a","card_id":"c","card_number":"482109375","customer_name":"Léa","name":"Anna",'
    '"store_name":"Gare","entry_kind":"stamp_earned","stamps_delta":2,"points_delta":0,"reason":"Wrong card",'
    '"lapses_at":"2026-06-15T10:00:00Z","made_by":"Bob","made_at":"2026-06-15T10:00:00Z","limit":null}',
    ApprovalAsked(
        approval_id=ApprovalId("a"),
        card_id=CardId("c"),
        card_number=NUMBER,
        customer_name="Léa",
        name="Anna",
        store_name="Gare",
        entry_kind=EntryKind.STAMP_EARNED,
        stamps_delta=2,
        points_delta=0,
        reason="Wrong card",
        lapses_at=NOON,
        made_by="Bob",
        made_at=NOON,
    ),
)
ASKED_CUSTOMER = (
    ASKED[0].replace('"limit":null}', '"limit":null,"merchant_name":"Café","reward":"Coffee"}'),
    replace(ASKED[1], merchant_name="Café", reward="Coffee"),
)
WRITTEN: list[tuple[MessageKind, str, Facts]] = [
    (
        MessageKind.MARKETING_ASKED,
        '{"merchant_name":"Café","monthly_max":4}',
        MarketingAsked(merchant_name="Café", monthly_max=4),
    ),
    *(
        (
            kind,
            '{"merchant_name":"Café","campaign_id":"c","text":""}',
            Broadcast(merchant_name="Café", campaign_id=CampaignId("c")),
        )
        for kind in (MessageKind.BROADCAST, MessageKind.BROADCAST_TEST)
    ),
    (
        MessageKind.WELCOME_BONUS,
        '{"merchant_name":"Café","card_number":"482109375","unit":"stamps","count":2}',
        WelcomeBonus(merchant_name="Café", card_number=NUMBER, unit=Unit.STAMPS, count=2),
    ),
    (
        MessageKind.RECEIPT,
        '{"entry_kind":"stamp_earned","merchant_name":"Café","store_name":"Gare","card_number":"482109375",'
        '"unit":"stamps","stamps_delta":1,"stamp_count":1,"stamps_target":10,"points_delta":0,"points_balance":0,'
        '"shortfall":0,"reward":"A coffee","occurred_at":"2026-06-15T10:00:00Z"}',
        Receipt(
            entry_kind=EntryKind.STAMP_EARNED,
            merchant_name="Café",
            store_name="Gare",
            card_number=NUMBER,
            unit=Unit.STAMPS,
            stamps_delta=1,
            stamp_count=1,
            stamps_target=10,
            points_delta=0,
            points_balance=0,
            shortfall=0,
            reward="A coffee",
            occurred_at=NOON,
        ),
    ),
    (
        MessageKind.RECEIPT,
        '{"entry_kind":"stamp_earned","merchant_name":"Café","store_name":"Gare","card_number":"482109375",'
        '"unit":"stamps","stamps_delta":1,"stamp_count":12,"stamps_target":12,"points_delta":0,"points_balance":0,'
        '"shortfall":0,"reward":"A coffee","occurred_at":"2026-06-15T10:00:00Z",'
        '"progress":{"rewards_available":1,"on_card":2,"target":12,"cost":10,"reward":"A coffee"}}',
        Receipt(
            entry_kind=EntryKind.STAMP_EARNED,
            merchant_name="Café",
            store_name="Gare",
            card_number=NUMBER,
            unit=Unit.STAMPS,
            stamps_delta=1,
            stamp_count=12,
            stamps_target=12,
            points_delta=0,
            points_balance=0,
            shortfall=0,
            reward="A coffee",
            occurred_at=NOON,
            progress=Progress(rewards_available=1, on_card=2, target=12, cost=10, reward="A coffee"),
        ),
    ),
    (
        MessageKind.REWARD_READY,
        '{"merchant_name":"Café","card_number":"482109375","reward":"A coffee","rewards_available":1}',
        RewardReady(merchant_name="Café", card_number=NUMBER, reward="A coffee", rewards_available=1),
    ),
    (
        MessageKind.REWARD_READY,
        '{"merchant_name":"Café","card_number":"482109375","reward":"A tea","rewards_available":2,"unit":"points"}',
        RewardReady(
            merchant_name="Café", card_number=NUMBER, reward="A tea", rewards_available=2, unit=Unit.POINTS
        ),
    ),
    (MessageKind.STAMPS_EXPIRING, *EXPIRING),
    (MessageKind.POINTS_EXPIRING, *EXPIRING),
    (MessageKind.STAMPS_EXPIRING, *OVER_HOLIDAYS),
    (MessageKind.STAMPS_EXPIRED, *EXPIRED),
    (MessageKind.POINTS_EXPIRED, *EXPIRED),
    (
        MessageKind.DISPUTE,
        '{"card_number":"482109375","customer_name":"Léa","staff_name":"Anna","store_name":"Gare",'
        '"entry_kind":"stamp_earned","stamps_delta":1,"points_delta":0,"occurred_at":"2026-06-15T10:00:00Z"}',
        DisputeOpened(
            card_number=NUMBER,
            customer_name="Léa",
            staff_name="Anna",
            store_name="Gare",
            entry_kind=EntryKind.STAMP_EARNED,
            stamps_delta=1,
            points_delta=0,
            occurred_at=NOON,
        ),
    ),
    (
        MessageKind.DISPUTE_SETTLED,
        '{"opened":{"card_number":"482109375","customer_name":"Léa","staff_name":"Anna","store_name":"Gare",'
        '"entry_kind":"stamp_earned","stamps_delta":1,"points_delta":0,"occurred_at":"2026-06-15T10:00:00Z",'
        '"entry_id":"e","card_id":"c","may_take_back":true},"outcome":"taken_back","by":null,"replaces":"m"}',
        DisputeSettled(
            opened=DisputeOpened(
                card_number=NUMBER,
                customer_name="Léa",
                staff_name="Anna",
                store_name="Gare",
                entry_kind=EntryKind.STAMP_EARNED,
                stamps_delta=1,
                points_delta=0,
                occurred_at=NOON,
                entry_id=EntryId("e"),
                card_id=CardId("c"),
                may_take_back=True,
            ),
            outcome=DisputeOutcome.TAKEN_BACK,
            by=None,
            replaces=MessageId("m"),
        ),
    ),
    (
        MessageKind.DISPUTE_ANSWERED,
        '{"merchant_name":"Café","outcome":"right","entry_kind":"stamp_earned","stamps_delta":1,"points_delta":0,'
        '"occurred_at":"2026-06-15T10:00:00Z"}',
        DisputeAnswered(
            merchant_name="Café",
            outcome=DisputeOutcome.RIGHT,
            entry_kind=EntryKind.STAMP_EARNED,
            stamps_delta=1,
            points_delta=0,
            occurred_at=NOON,
        ),
    ),
    (
        MessageKind.DAILY_SUMMARY,
        f'{{"merchant_name":"Café","day":{DAY}}}',
        DailySummary(merchant_name="Café", day=SUMMARY),
    ),
    (
        MessageKind.DAILY_SUMMARY,
        f'{{"merchant_name":"Café","day":{DAY},"missed":[{DAY}]}}',
        DailySummary(merchant_name="Café", day=SUMMARY, missed=(SUMMARY,)),
    ),
    (
        MessageKind.STAFF_ALERT,
        '{"reason":"pin_locked","staff_id":"s","staff_name":"Anna","card_number":null,"unit":"stamps","wanted":0,'
        '"taken":0,"until":"2026-06-15T10:00:00Z"}',
        StaffAlert(reason=AlertReason.PIN_LOCKED, staff_id=StaffId("s"), staff_name="Anna", until=NOON),
    ),
    (MessageKind.PIN_RESET, '{"merchant_name":"Café","by":"Mia"}', PinReset(merchant_name="Café", by="Mia")),
    (MessageKind.PIN_RESET, '{"merchant_name":"Café","by":null}', PinReset(merchant_name="Café", by=None)),
    (
        MessageKind.HAND_OVER,
        '{"merchant_name":"Café","name":"Paul","is_accepted":false}',
        HandOver(merchant_name="Café", name="Paul", is_accepted=False),
    ),
    (
        MessageKind.HAND_OVER,
        '{"merchant_name":"Café","name":"Sam","is_accepted":false,"ended":"declined"}',
        HandOver(merchant_name="Café", name="Sam", is_accepted=False, ended=OfferEnd.DECLINED),
    ),
    (
        MessageKind.PIN_TRIED,
        '{"merchant_name":"Café","device_name":"Till","wrong_tries":4}',
        PinTried(merchant_name="Café", device_name="Till", wrong_tries=4),
    ),
    (
        MessageKind.NEW_CODE,
        '{"merchant_name":"Café","card_id":"c","card_number":"482109375"}',
        NewCode(merchant_name="Café", card_id=CardId("c"), card_number=NUMBER),
    ),
    *(
        (
            kind,
            '{"merchant_name":"Café","card_number":"482109375"}',
            CardBlocked(merchant_name="Café", card_number=NUMBER),
        )
        for kind in (MessageKind.CARD_BLOCKED, MessageKind.CARD_UNBLOCKED)
    ),
    (
        MessageKind.MOVE_ASKED,
        '{"merchant_name":"Café","card_number":"482109375","move_id":"m"}',
        MoveAsked(merchant_name="Café", card_number=NUMBER, move_id=MoveId("m")),
    ),
    (
        MessageKind.MOVE_ANSWERED,
        '{"card_id":"c","card_number":"482109375","customer_name":"Léa","is_allowed":true}',
        MoveAnswered(card_id=CardId("c"), card_number=NUMBER, customer_name="Léa", is_allowed=True),
    ),
    (
        MessageKind.MOVE_ASKED,
        '{"merchant_name":"Café","card_number":"482109375","move_id":"m","into_number":"555000111"}',
        MoveAsked(
            merchant_name="Café",
            card_number=NUMBER,
            move_id=MoveId("m"),
            into_number=CardNumber("555000111"),
        ),
    ),
    (
        MessageKind.MOVE_ANSWERED,
        '{"card_id":"c","card_number":"482109375","customer_name":"Léa","is_allowed":true,'
        '"into_number":"555000111"}',
        MoveAnswered(
            card_id=CardId("c"),
            card_number=NUMBER,
            customer_name="Léa",
            is_allowed=True,
            into_number=CardNumber("555000111"),
        ),
    ),
    (
        MessageKind.CARD_ADOPTED,
        '{"merchant_name":"Café","card_id":"c","card_number":"482109375"}',
        CardAdopted(merchant_name="Café", card_id=CardId("c"), card_number=NUMBER),
    ),
    (
        MessageKind.CARD_MOVED,
        '{"merchant_name":"Café","card_number":"482109375"}',
        CardMoved(merchant_name="Café", card_number=NUMBER),
    ),
    (
        MessageKind.CARDS_MERGED,
        '{"merchant_name":"Café","card_number":"482109375","other_number":"555000111","is_closed":false,'
        '"progress":null,"points_balance":7}',
        CardsMerged(
            merchant_name="Café",
            card_number=NUMBER,
            other_number=CardNumber("555000111"),
            is_closed=False,
            progress=None,
            points_balance=7,
        ),
    ),
    (
        MessageKind.FLAG_RAISED,
        '{"merchant_name":"Café","flag":{"flag_id":"f","kind":"pair","staff_name":"Anna","store_name":"",'
        '"card_id":"c","card_number":"482109375","count":13,"first_at":"2026-06-15T10:00:00Z",'
        '"last_at":"2026-06-15T10:00:00Z"}}',
        FlagRaised(
            merchant_name="Café",
            flag=FlagTold(
                flag_id=FlagId("f"),
                kind=FlagKind.PAIR,
                staff_name="Anna",
                store_name="",
                card_id=CardId("c"),
                card_number=NUMBER,
                count=13,
                first_at=NOON,
                last_at=NOON,
            ),
        ),
    ),
    (MessageKind.APPROVAL_ASKED, *ASKED),
    (MessageKind.REDEEM_ASKED, *ASKED_CUSTOMER),
    (
        MessageKind.REDEEM_SETTLED,
        f'{{"asked":{ASKED_CUSTOMER[0]},"state":"approved","by":null,"replaces":"m"}}',
        ApprovalSettled(
            asked=ASKED_CUSTOMER[1], state=ApprovalState.APPROVED, by=None, replaces=MessageId("m")
        ),
    ),
    (
        MessageKind.APPROVAL_SETTLED,
        f'{{"asked":{ASKED[0]},"state":"approved","by":"Mia","replaces":"m"}}',
        ApprovalSettled(asked=ASKED[1], state=ApprovalState.APPROVED, by="Mia", replaces=MessageId("m")),
    ),
    (
        MessageKind.APPROVAL_ANSWERED,
        f'{{"asked":{ASKED[0]},"state":"lapsed","by":null,"message_id":55}}',
        ApprovalAnswered(asked=ASKED[1], state=ApprovalState.LAPSED, by=None, message_id=55),
    ),
    (MessageKind.CODES_CHANGED, '{"merchant_name":"Café"}', CodesChanged(merchant_name="Café")),
    (
        MessageKind.SHOP_CLOSING,
        '{"merchant_name":"Café","closes_on":"2026-12-28"}',
        ShopClosing(merchant_name="Café", closes_on=date(2026, 12, 28)),
    ),
    (
        MessageKind.SHOP_CLOSING,
        '{"merchant_name":"Café","closes_on":null,"is_of_team":true,"by":"Mia"}',
        ShopClosing(merchant_name="Café", closes_on=None, is_of_team=True, by="Mia"),
    ),
    (MessageKind.SHOP_ENDED, '{"merchant_name":"Café"}', ShopEnded(merchant_name="Café")),
    (
        MessageKind.BIRTHDAY_ASKED,
        '{"merchant_name":"Café","unit":"stamps","count":2}',
        BirthdayAsked(merchant_name="Café", unit=Unit.STAMPS, count=2),
    ),
    (
        MessageKind.BIRTHDAY,
        f'{{"merchant_name":"Café","card_number":"{NUMBER}","unit":"stamps","count":2,"last_day":"2026-06-29"}}',
        BirthdayBonus(
            merchant_name="Café",
            card_number=NUMBER,
            unit=Unit.STAMPS,
            count=2,
            last_day=date(2026, 6, 29),
        ),
    ),
    (
        MessageKind.WIN_BACK,
        f'{{"merchant_name":"Café","card_number":"{NUMBER}","unit":"points","count":0,"last_day":null}}',
        WinBack(merchant_name="Café", card_number=NUMBER, unit=Unit.POINTS, count=0, last_day=None),
    ),
    *((kind, *BROUGHT) for kind in (MessageKind.REFERRAL_REWARD, MessageKind.REFERRAL_WELCOME)),
    (
        MessageKind.REFERRAL_VOIDED,
        f'{{"merchant_name":"Café","card_number":"{NUMBER}","unit":"stamps","count":3,"is_friend":true}}',
        ReferralVoided(merchant_name="Café", card_number=NUMBER, unit=Unit.STAMPS, count=3, is_friend=True),
    ),
    (MessageKind.MAIL_REFUSED, "{}", MailRefused()),
    (MessageKind.MAIL_CODE_REFUSED, "{}", MailCodeRefused()),
    (
        MessageKind.MAIL_CARD_REFUSED,
        '{"mailed_at":"2026-06-15T10:00:00Z"}',
        MailCardRefused(mailed_at=datetime(2026, 6, 15, 10, 0, tzinfo=UTC)),
    ),
    (
        MessageKind.REWARD_EXPIRING,
        f'{{"merchant_name":"Café","card_number":"{NUMBER}","reward":"A coffee","count":10,'
        '"last_day":"2026-08-31","closed":[]}',
        RewardExpiring(
            merchant_name="Café",
            card_number=NUMBER,
            reward="A coffee",
            count=10,
            last_day=date(2026, 8, 31),
        ),
    ),
    (
        MessageKind.REWARD_EXPIRED,
        f'{{"merchant_name":"Café","card_number":"{NUMBER}","reward":"A coffee","count":10,"balance":2}}',
        RewardExpired(merchant_name="Café", card_number=NUMBER, reward="A coffee", count=10, balance=2),
    ),
    (
        MessageKind.NOTICE_OVER,
        '{"replaces":"a-message","fate":"redeemed","by":null}',
        NoticeOver(replaces=MessageId("a-message"), fate=Fate.REDEEMED),
    ),
    (
        MessageKind.ALARM_OVER,
        '{"replaces":"a-message","fate":"pin_reset","by":"Mia"}',
        NoticeOver(replaces=MessageId("a-message"), fate=Fate.PIN_RESET, by="Mia"),
    ),
]


@pytest.fixture
def shop(town: Town) -> Shop:
    return town.opens_shop()


@pytest.mark.parametrize(("kind", "facts", "meant"), WRITTEN, ids=[str(kind) for kind, *_ in WRITTEN])
def test_message_is_read_as_it_was_meant(
    shop: Shop, path: Path, kind: MessageKind, facts: str, meant: Facts
) -> None:
    with closing(sqlite3.connect(path)) as file, file:
        file.execute("INSERT INTO outbox VALUES (?, 'm', 42, 7, ?, ?, 0)", [shop.merchant_id, kind, facts])
    found = look(shop.database, lambda tx: tx.message(shop.merchant_id, MessageId("m")))
    assert (found.kind, found.facts) == (kind, meant)


def test_every_kind_is_tried_here() -> None:
    assert {kind for kind, *_ in WRITTEN} == set(MESSAGES)
