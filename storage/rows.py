"""The mapping between rows and values, spelled out: each list of columns stands beside the value it makes."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Table

from domain.account import Account, Locale, Person
from domain.card import Card, Customer
from domain.dialogue import Dialogue
from domain.entry import Entry, Origin
from domain.expiry import ExpiryKind
from domain.job_run import JobOutcome, JobRun
from domain.kinds import EntryKind
from domain.merchant import Merchant, PointReward, Program, ProgramKind, Store
from domain.staff import Desk, Invite, InvitePurpose, Pin, Role, Staff, StaffStatus
from storage import codec, tables
from storage.statements import Row

INTERNED = 4096
"""Values are immutable, so one made from the same columns serves again: the same staff act all day."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_instant(moment: datetime) -> int:
    """Microseconds since 1970-01-01 UTC."""
    return (moment - _EPOCH) // _MICROSECOND


def from_instant(instant: int) -> datetime:
    return _EPOCH + timedelta(microseconds=instant)


def to_instant_or_none(moment: datetime | None) -> int | None:
    return None if moment is None else to_instant(moment)


def from_instant_or_none(instant: int | None) -> datetime | None:
    return None if instant is None else from_instant(instant)


def account_or_none(bot_id: Any, user_id: Any) -> Account | None:
    return None if user_id is None else Account(bot_id=bot_id, user_id=user_id)


def columns(source: Table, *left_out: str) -> Sequence[Column[Any]]:
    """The table's columns in their order, which the functions below rely on."""
    return [column for column in source.columns if column.name not in left_out]


def names(source: Sequence[Column[Any]]) -> Sequence[str]:
    return [column.name for column in source]


MERCHANT = columns(tables.merchants)
STORE = columns(tables.stores)
PROGRAM = columns(tables.program_versions)
CUSTOMER = columns(tables.customers)
CARD = columns(tables.cards, "token_hash")
STAFF = columns(tables.staff)
INVITE = columns(tables.invites)
ENTRY = columns(tables.entries)
DIALOGUE = columns(tables.dialogues)
DESK = columns(tables.desks)
PERSON = columns(tables.people)
JOB_RUN = columns(tables.job_runs)


@lru_cache(maxsize=INTERNED)
def merchant(row: Row) -> Merchant:
    (merchant_id, name, colour, timezone, currency, locale, summary_hour, allow_void, created_at) = row
    return Merchant(
        merchant_id=merchant_id,
        name=name,
        colour=colour,
        timezone=timezone,
        currency=currency,
        default_locale=Locale(locale),
        summary_hour=summary_hour,
        allow_void=bool(allow_void),
        created_at=from_instant(created_at),
    )


def merchant_row(value: Merchant) -> dict[str, object]:
    return {
        "merchant_id": value.merchant_id,
        "name": value.name,
        "colour": value.colour,
        "timezone": value.timezone,
        "currency": value.currency,
        "default_locale": value.default_locale.value,
        "summary_hour": value.summary_hour,
        "allow_void": int(value.allow_void),
        "created_at": to_instant(value.created_at),
    }


@lru_cache(maxsize=INTERNED)
def store(row: Row) -> Store:
    merchant_id, store_id, name, active = row
    return Store(merchant_id=merchant_id, store_id=store_id, name=name, active=bool(active))


def store_row(value: Store) -> dict[str, object]:
    return {
        "merchant_id": value.merchant_id,
        "store_id": value.store_id,
        "name": value.name,
        "active": int(value.active),
    }


@lru_cache(maxsize=INTERNED)
def program(row: Row) -> Program:
    (
        merchant_id,
        program_id,
        version,
        kind,
        stamps_target,
        reward,
        cooldown_minutes,
        max_daily_stamps,
        require_staff_pin,
        pin_window_minutes,
        points_per_unit_milli,
        minimum_purchase_minor,
        point_rewards,
        welcome_bonus,
        expiry_kind,
        expiry_months,
        expiry_since,
        active,
        valid_from,
    ) = row
    return Program(
        merchant_id=merchant_id,
        program_id=program_id,
        version=version,
        kind=ProgramKind(kind),
        stamps_target=stamps_target,
        reward=reward,
        cooldown_minutes=cooldown_minutes,
        max_daily_stamps=max_daily_stamps,
        require_staff_pin=bool(require_staff_pin),
        pin_window_minutes=pin_window_minutes,
        points_per_unit_milli=points_per_unit_milli,
        minimum_purchase_minor=minimum_purchase_minor,
        point_rewards=codec.decode(point_rewards, tuple[PointReward, ...]),
        welcome_bonus=welcome_bonus,
        expiry_kind=ExpiryKind(expiry_kind),
        expiry_months=expiry_months,
        expiry_since=from_instant(expiry_since),
        active=bool(active),
        valid_from=from_instant(valid_from),
    )


def program_row(value: Program) -> dict[str, object]:
    return {
        "merchant_id": value.merchant_id,
        "program_id": value.program_id,
        "version": value.version,
        "kind": value.kind.value,
        "stamps_target": value.stamps_target,
        "reward": value.reward,
        "cooldown_minutes": value.cooldown_minutes,
        "max_daily_stamps": value.max_daily_stamps,
        "require_staff_pin": int(value.require_staff_pin),
        "pin_window_minutes": value.pin_window_minutes,
        "points_per_unit_milli": value.points_per_unit_milli,
        "minimum_purchase_minor": value.minimum_purchase_minor,
        "point_rewards": codec.encode(value.point_rewards),
        "welcome_bonus": value.welcome_bonus,
        "expiry_kind": value.expiry_kind.value,
        "expiry_months": value.expiry_months,
        "expiry_since": to_instant(value.expiry_since),
        "active": int(value.active),
        "valid_from": to_instant(value.valid_from),
    }


@lru_cache(maxsize=INTERNED)
def customer(row: Row) -> Customer:
    merchant_id, customer_id, bot_id, user_id, name, joined_store_id, joined_at = row
    return Customer(
        merchant_id=merchant_id,
        customer_id=customer_id,
        account=Account(bot_id=bot_id, user_id=user_id),
        name=name,
        joined_store_id=joined_store_id,
        joined_at=from_instant(joined_at),
    )


def customer_row(value: Customer) -> dict[str, object]:
    return {
        "merchant_id": value.merchant_id,
        "customer_id": value.customer_id,
        "bot_id": value.account.bot_id,
        "user_id": value.account.user_id,
        "name": value.name,
        "joined_store_id": value.joined_store_id,
        "joined_at": to_instant(value.joined_at),
    }


def card(row: Row) -> Card:
    (
        merchant_id,
        card_id,
        customer_id,
        program_id,
        number,
        token_rotation,
        stamp_count,
        points_balance,
        stamps_today,
        stamp_day,
        last_stamp_at,
        entry_count,
        stamps_expire_at,
        points_expire_at,
        expiry_look_at,
        active,
        created_at,
    ) = row
    return Card(
        merchant_id=merchant_id,
        card_id=card_id,
        customer_id=customer_id,
        program_id=program_id,
        number=number,
        token_rotation=token_rotation,
        stamp_count=stamp_count,
        points_balance=points_balance,
        stamps_today=stamps_today,
        stamp_day=None if stamp_day is None else date.fromisoformat(stamp_day),
        last_stamp_at=from_instant_or_none(last_stamp_at),
        entry_count=entry_count,
        stamps_expire_at=from_instant_or_none(stamps_expire_at),
        points_expire_at=from_instant_or_none(points_expire_at),
        expiry_look_at=from_instant_or_none(expiry_look_at),
        active=bool(active),
        created_at=from_instant(created_at),
    )


def card_balances(value: Card) -> dict[str, object]:
    """The part of a card that its entries change."""
    return {
        "stamp_count": value.stamp_count,
        "points_balance": value.points_balance,
        "stamps_today": value.stamps_today,
        "stamp_day": None if value.stamp_day is None else value.stamp_day.isoformat(),
        "last_stamp_at": to_instant_or_none(value.last_stamp_at),
        "entry_count": value.entry_count,
        **card_expiry(value),
    }


def card_expiry(value: Card) -> dict[str, object]:
    return {
        "stamps_expire_at": to_instant_or_none(value.stamps_expire_at),
        "points_expire_at": to_instant_or_none(value.points_expire_at),
        "expiry_look_at": to_instant_or_none(value.expiry_look_at),
    }


def card_row(value: Card, token_hash: str) -> dict[str, object]:
    return {
        "merchant_id": value.merchant_id,
        "card_id": value.card_id,
        "customer_id": value.customer_id,
        "program_id": value.program_id,
        "number": value.number,
        "token_hash": token_hash,
        "token_rotation": value.token_rotation,
        "active": int(value.active),
        "created_at": to_instant(value.created_at),
        **card_balances(value),
    }


@lru_cache(maxsize=INTERNED)
def staff(row: Row) -> Staff:
    (
        merchant_id,
        staff_id,
        name,
        role,
        status,
        bot_id,
        user_id,
        pin_hash,
        pin_generation,
        pin_failures,
        pin_locked_until,
        created_at,
    ) = row
    return Staff(
        merchant_id=merchant_id,
        staff_id=staff_id,
        name=name,
        role=Role(role),
        status=StaffStatus(status),
        account=account_or_none(bot_id, user_id),
        pin=Pin(
            hash=pin_hash,
            generation=pin_generation,
            failures=pin_failures,
            locked_until=from_instant_or_none(pin_locked_until),
        ),
        created_at=from_instant(created_at),
    )


def pin_row(value: Pin) -> dict[str, object]:
    return {
        "pin_hash": value.hash,
        "pin_generation": value.generation,
        "pin_failures": value.failures,
        "pin_locked_until": to_instant_or_none(value.locked_until),
    }


def staff_row(value: Staff) -> dict[str, object]:
    return {
        "merchant_id": value.merchant_id,
        "staff_id": value.staff_id,
        "name": value.name,
        "role": value.role.value,
        "status": value.status.value,
        "bot_id": value.account.bot_id if value.account else None,
        "user_id": value.account.user_id if value.account else None,
        "created_at": to_instant(value.created_at),
        **pin_row(value.pin),
    }


def invite(row: Row) -> Invite:
    merchant_id, invite_id, staff_id, purpose, expires_at, bot_id, user_id, used_at = row
    return Invite(
        merchant_id=merchant_id,
        invite_id=invite_id,
        staff_id=staff_id,
        purpose=InvitePurpose(purpose),
        expires_at=from_instant(expires_at),
        used_by=account_or_none(bot_id, user_id),
        used_at=from_instant_or_none(used_at),
    )


def invite_row(value: Invite) -> dict[str, object]:
    return {
        "merchant_id": value.merchant_id,
        "invite_id": value.invite_id,
        "staff_id": value.staff_id,
        "purpose": value.purpose.value,
        "expires_at": to_instant(value.expires_at),
        "used_by_bot_id": value.used_by.bot_id if value.used_by else None,
        "used_by_user_id": value.used_by.user_id if value.used_by else None,
        "used_at": to_instant_or_none(value.used_at),
    }


def entry(row: Row) -> Entry:
    (
        merchant_id,
        entry_id,
        card_id,
        entry_no,
        store_id,
        staff_id,
        kind,
        stamps_delta,
        stamps_balance_after,
        points_delta,
        points_balance_after,
        stamps_shortfall,
        points_shortfall,
        amount_minor,
        program_version,
        reward,
        note,
        related_entry_id,
        operation_key,
        origin_bot_id,
        origin_user_id,
        origin_chat_id,
        origin_message_id,
        local_date,
        occurred_at,
    ) = row
    account = account_or_none(origin_bot_id, origin_user_id)
    return Entry(
        merchant_id=merchant_id,
        entry_id=entry_id,
        card_id=card_id,
        entry_no=entry_no,
        store_id=store_id,
        staff_id=staff_id,
        kind=EntryKind(kind),
        stamps_delta=stamps_delta,
        stamps_balance_after=stamps_balance_after,
        points_delta=points_delta,
        points_balance_after=points_balance_after,
        stamps_shortfall=stamps_shortfall,
        points_shortfall=points_shortfall,
        amount_minor=amount_minor,
        program_version=program_version,
        reward=reward,
        note=note,
        related_entry_id=related_entry_id,
        operation_key=operation_key,
        origin=Origin(account=account, chat_id=origin_chat_id, message_id=origin_message_id)
        if account
        else None,
        local_date=date.fromisoformat(local_date),
        occurred_at=from_instant(occurred_at),
    )


def entry_row(value: Entry) -> dict[str, object]:
    origin = value.origin
    return {
        "merchant_id": value.merchant_id,
        "entry_id": value.entry_id,
        "card_id": value.card_id,
        "entry_no": value.entry_no,
        "store_id": value.store_id,
        "staff_id": value.staff_id,
        "kind": value.kind.value,
        "stamps_delta": value.stamps_delta,
        "stamps_balance_after": value.stamps_balance_after,
        "points_delta": value.points_delta,
        "points_balance_after": value.points_balance_after,
        "stamps_shortfall": value.stamps_shortfall,
        "points_shortfall": value.points_shortfall,
        "amount_minor": value.amount_minor,
        "program_version": value.program_version,
        "reward": value.reward,
        "note": value.note,
        "related_entry_id": value.related_entry_id,
        "operation_key": value.operation_key,
        "origin_bot_id": origin.account.bot_id if origin else None,
        "origin_user_id": origin.account.user_id if origin else None,
        "origin_chat_id": origin.chat_id if origin else None,
        "origin_message_id": origin.message_id if origin else None,
        "local_date": value.local_date.isoformat(),
        "occurred_at": to_instant(value.occurred_at),
    }


def dialogue(row: Row) -> Dialogue:
    bot_id, user_id, nonce, state, keys, last_update_id, expires_at = row
    return Dialogue(
        account=Account(bot_id=bot_id, user_id=user_id),
        nonce=nonce,
        state=state,
        keys=keys,
        last_update_id=last_update_id,
        expires_at=from_instant(expires_at),
    )


def dialogue_row(value: Dialogue) -> dict[str, object]:
    return {
        "bot_id": value.account.bot_id,
        "user_id": value.account.user_id,
        "nonce": value.nonce,
        "state": value.state,
        "keys": value.keys,
        "last_update_id": value.last_update_id,
        "expires_at": to_instant(value.expires_at),
    }


def desk(row: Row) -> Desk:
    bot_id, user_id, merchant_id, store_id, staff_id = row
    return Desk(
        account=Account(bot_id=bot_id, user_id=user_id),
        merchant_id=merchant_id,
        store_id=store_id,
        staff_id=staff_id,
    )


def desk_row(value: Desk) -> dict[str, object]:
    return {
        "bot_id": value.account.bot_id,
        "user_id": value.account.user_id,
        "merchant_id": value.merchant_id,
        "store_id": value.store_id,
        "staff_id": value.staff_id,
    }


def person(row: Row) -> Person:
    bot_id, user_id, name, telegram_locale, chosen_locale, unreachable_since = row
    return Person(
        account=Account(bot_id=bot_id, user_id=user_id),
        name=name,
        telegram_locale=Locale(telegram_locale) if telegram_locale else None,
        chosen_locale=Locale(chosen_locale) if chosen_locale else None,
        unreachable_since=from_instant_or_none(unreachable_since),
    )


def person_row(value: Person) -> dict[str, object]:
    return {
        "bot_id": value.account.bot_id,
        "user_id": value.account.user_id,
        "name": value.name,
        "telegram_locale": value.telegram_locale.value if value.telegram_locale else None,
        "chosen_locale": value.chosen_locale.value if value.chosen_locale else None,
        "unreachable_since": to_instant_or_none(value.unreachable_since),
    }


def job_run(row: Row) -> JobRun:
    job, started_at, finished_at, duration_ms, count, outcome, error, failures_in_a_row, total_runs = row
    return JobRun(
        job=job,
        last_started_at=from_instant(started_at),
        last_finished_at=from_instant(finished_at),
        duration_ms=duration_ms,
        count=count,
        outcome=JobOutcome(outcome),
        error=error,
        failures_in_a_row=failures_in_a_row,
        total_runs=total_runs,
    )


def job_run_row(value: JobRun) -> dict[str, object]:
    return {
        "job": value.job,
        "last_started_at": to_instant(value.last_started_at),
        "last_finished_at": to_instant(value.last_finished_at),
        "duration_ms": value.duration_ms,
        "count": value.count,
        "outcome": value.outcome.value,
        "error": value.error,
        "failures_in_a_row": value.failures_in_a_row,
        "total_runs": value.total_runs,
    }
