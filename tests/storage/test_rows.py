"""What a value looks like as a row, which later programs must be able to read, and back."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Column, Integer, Text

from domain.account import Account, Locale, Person
from domain.entry import Entry, LotPart, Origin
from domain.expiry import ExpiryKind
from domain.ids import (
    BotId,
    CardId,
    EntryId,
    InviteId,
    MerchantId,
    OperationKey,
    ProgramId,
    StaffId,
    StoreId,
    UserId,
)
from domain.kinds import EntryKind
from domain.merchant import (
    InterimReward,
    Location,
    Multiplier,
    PointReward,
    Program,
    ProgramKind,
    RedeemConfirmation,
    RewardTerm,
    Span,
    Store,
)
from domain.ports import RowUnreadable
from domain.staff import Invite, InvitePurpose, Pin, Role, Staff, StaffStatus
from storage import rows, tables
from storage.base import read
from storage.rows import columns, mapped

LEA = Account(bot_id=BotId(1), user_id=UserId(2))
DAY = date(2026, 12, 24)
AT = datetime(2026, 6, 15, 9, 30, 0, 250, tzinfo=UTC)
INSTANT = 1_781_515_800_000_250

PERSON = Person(
    account=LEA, name="Léa", telegram_locale=Locale.LB, chosen_locale=None, unreachable_since=None
)
PROGRAM = Program(
    merchant_id=MerchantId("m"),
    program_id=ProgramId("p"),
    version=3,
    kind=ProgramKind.HYBRID,
    stamps_target=10,
    reward="Kaffi",
    cooldown_minutes=30,
    max_daily_stamps=None,
    require_staff_pin=True,
    pin_window_minutes=0,
    points_per_unit_milli=1500,
    minimum_purchase_minor=500,
    plausible_purchase_minor=20000,
    point_rewards=(PointReward(cost=100, name="Tee"), PointReward(cost=250, name="Kuch")),
    reward_cost_minor=None,
    welcome_bonus=1,
    expiry_kind=ExpiryKind.LOT,
    expiry_months=12,
    expiry_since=AT,
    active=False,
    valid_from=AT,
    name="Mëttegkaart",
    new_cards=False,
    multipliers=(
        Multiplier(factor_tenths=20, spans=(Span(weekday=3, opens_minute=0, closes_minute=1440),), day=DAY),
    ),
    carry_over=True,
    stamp_per_minor=1000,
    interim_rewards=(InterimReward(stamps=5, name="Kichelchen"),),
    birthday_bonus=2,
    win_back_days=60,
    win_back_bonus=3,
    bonus_days=21,
    referral_bonus=4,
    referral_welcome=5,
    referrals_monthly_max=6,
    paper_stamps_max=7,
    paper_cards_daily_max=8,
    reward_valid_days=60,
    reward_valid_before=(RewardTerm(until=AT, days=None),),
    rewards_since=AT,
    redeem_confirmation=RedeemConfirmation.CUSTOMER,
)
PROGRAM_ROW = (
    *("m", "p", 3, "hybrid", 10, "Kaffi", 30, None, 1, 0, 1500, 500, 20000),
    '[{"cost":100,"name":"Tee"},{"cost":250,"name":"Kuch"}]',
    *(1, None, "lot", 12, INSTANT, 0, INSTANT, "Mëttegkaart", 0),
    '[{"factor_tenths":20,"spans":[{"weekday":3,"opens_minute":0,"closes_minute":1440}],"day":"2026-12-24"}]',
    *(1, 1000, '[{"stamps":5,"name":"Kichelchen"}]'),
    *(2, 60, 3, 21, 4, 5, 6, 7, 8),
    *(60, '[{"until":"2026-06-15T09:30:00.000250Z","days":null}]', INSTANT, "customer"),
)
STAFF = Staff(
    merchant_id=MerchantId("m"),
    staff_id=StaffId("s"),
    name="Tom",
    role=Role.MANAGER,
    status=StaffStatus.ACTIVE,
    account=LEA,
    pin=Pin(hash="argon", generation=2),
    created_at=AT,
)
INVITE = Invite(
    merchant_id=MerchantId("m"),
    invite_id=InviteId("i"),
    staff_id=StaffId("s"),
    purpose=InvitePurpose.JOIN_TEAM,
    expires_at=AT,
    used_by=LEA,
    used_at=AT,
    replaced_pin_hash="argon",
)
ENTRY = Entry(
    merchant_id=MerchantId("m"),
    entry_id=EntryId("e"),
    card_id=CardId("c"),
    entry_no=7,
    store_id=None,
    staff_id=None,
    kind=EntryKind.STAMP_EARNED,
    stamps_delta=1,
    stamps_balance_after=4,
    points_delta=0,
    points_balance_after=0,
    stamps_shortfall=0,
    points_shortfall=0,
    amount_minor=None,
    program_version=3,
    reward=None,
    note=None,
    related_entry_id=None,
    operation_key=OperationKey("k"),
    origin=Origin(account=LEA, chat_id=3, message_id=None),
    local_date=date(2026, 6, 15),
    occurred_at=AT,
    approved_by=StaffId("mia"),
    factor_tenths=20,
    points_carried_nano=-5,
    expires_at=AT,
    lots=(LotPart(entry_id=EntryId("d"), count=2),),
)
ENTRY_ROW = (
    *("m", "e", "c", 7, None, None, "stamp_earned", 1, 4, 0, 0, 0, 0, None, 3, None, None, None, "k"),
    *(1, 2, 3, None, "2026-06-15", INSTANT, "mia", 20, None, -5, INSTANT, '[{"entry_id":"d","count":2}]'),
)
PAIRS = {
    "an account's columns without a prefix": (
        rows.person,
        rows.person_row,
        replace(PERSON, refused_since=AT),
        (1, 2, "Léa", "lb", None, None, INSTANT, None),
    ),
    "a list as JSON": (rows.program, rows.program_row, PROGRAM, PROGRAM_ROW),
    "a value within a value": (
        rows.staff,
        rows.staff_row,
        STAFF,
        ("m", "s", "Tom", "manager", "active", 1, 2, "argon", 2, INSTANT),
    ),
    "a value within a value that is not there": (
        rows.staff,
        rows.staff_row,
        replace(STAFF, account=None, pin=Pin(hash=None, generation=0)),
        ("m", "s", "Tom", "manager", "active", None, None, None, 0, INSTANT),
    ),
    "an account with a prefix": (
        rows.invite,
        rows.invite_row,
        INVITE,
        ("m", "i", "s", "join_team", INSTANT, 1, 2, INSTANT, None, "argon", None, None, None),
    ),
    "two accounts": (
        rows.invite,
        rows.invite_row,
        replace(INVITE, meant_for=Account(bot_id=BotId(1), user_id=UserId(3))),
        ("m", "i", "s", "join_team", INSTANT, 1, 2, INSTANT, None, "argon", None, 1, 3),
    ),
    "two values deep": (rows.entry, rows.entry_row, ENTRY, ENTRY_ROW),
    "two values deep that are not there": (
        rows.entry,
        rows.entry_row,
        replace(ENTRY, origin=None),
        (*ENTRY_ROW[:19], None, None, None, None, *ENTRY_ROW[23:]),
    ),
}


@pytest.mark.parametrize(("value_of", "row_of", "value", "row"), PAIRS.values(), ids=PAIRS)
def test_value_and_its_row(value_of: Any, row_of: Any, value: object, row: tuple[object, ...]) -> None:
    assert value_of(row) == value
    written = row_of(value)
    assert tuple(written.values()) == row
    assert {type(part) for part in written.values()} <= {str, int, type(None)}


def test_all_the_columns_are_written_under_their_names() -> None:
    assert list(rows.staff_row(STAFF)) == [column.name for column in tables.staff.columns]


def test_kind_that_no_program_knows_is_not_read() -> None:
    with pytest.raises(ValueError, match="'stamp_stolen' is not a valid EntryKind"):
        rows.entry((*ENTRY_ROW[:6], "stamp_stolen", *ENTRY_ROW[7:]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    number: int
    account: Account


ACCOUNT = (Column("bot_id", Integer), Column("user_id", Integer))


@pytest.mark.parametrize(
    ("source", "stray"),
    [
        ([Column("number", Integer), *ACCOUNT, Column("colour", Text)], "colour"),
        (ACCOUNT, "number"),
        (
            [Column("number", Integer), ACCOUNT[1], Column("account_bot_id", Integer)],
            "account_bot_id, bot_id",
        ),
    ],
    ids=["column without a field", "field without a column", "another name"],
)
def test_columns_and_fields_that_do_not_match_are_noticed_when_the_mapping_is_made(
    source: rows.Columns, stray: str
) -> None:
    with pytest.raises(TypeError, match=f"Seat and its columns differ in {stray}$"):
        mapped(Seat, source)


def test_column_may_be_left_out_by_name() -> None:
    assert "token_hash" not in [column.name for column in columns(tables.cards, "token_hash")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    weight: float


def test_kind_of_field_that_no_column_holds_is_noticed_when_the_mapping_is_made() -> None:
    with pytest.raises(TypeError, match="no column holds a float, as weight is"):
        mapped(Weighed, [Column("weight", Integer)])


def test_opening_hours_are_read_as_they_were_written_and_may_be_unsaid() -> None:
    span = Span(weekday=5, opens_minute=1200, closes_minute=1560)
    said = '[{"weekday":5,"opens_minute":1200,"closes_minute":1560}]'
    store = Store(merchant_id=MerchantId("m"), store_id=StoreId("s"), name="Gare", active=True)
    open_late = replace(store, opening_hours=(span,))
    assert rows.store(("m", "s", "Gare", 1, None, None, None)) == store
    assert rows.store(("m", "s", "Gare", 1, said, None, None)) == open_late
    assert rows.store_row(open_late)["opening_hours"] == said


def test_a_place_lies_in_two_columns_and_half_a_place_is_none() -> None:
    place = Location(latitude_micro=49_611_600, longitude_micro=6_131_900)
    store = Store(
        merchant_id=MerchantId("m"), store_id=StoreId("s"), name="Gare", active=True, location=place
    )
    row = ("m", "s", "Gare", 1, None, 49_611_600, 6_131_900)
    assert rows.store(row) == store
    assert tuple(rows.store_row(store).values()) == row
    with pytest.raises(RowUnreadable):
        read(rows.store, (*row[:-1], None))
