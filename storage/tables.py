"""The tables. ``merchant_id`` leads every key of a tenant's table: it is the boundary between tenants.

Times are integers, microseconds since 1970-01-01 UTC; local dates are ISO 8601 text; ids are UUIDs as text; an
account is a pair of bot id and user id. No column needs a conversion by the driver, so a statement compiled once
runs on the bare cursor (docs/decisions/0002).
"""

from dataclasses import fields, is_dataclass
from datetime import datetime
from types import NoneType
from typing import Any, get_args, get_type_hints

from sqlalchemy import (
    CheckConstraint,
    Column,
    ColumnElement,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    and_,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

from domain.approval import ApprovalState
from domain.kinds import KINDS
from domain.merchant import Merchant, Program, Store
from domain.personal import Erasure
from storage.columns import LONG, WHERE, blob, flag, long, number, string

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

COLUMN_TYPES: dict[Any, TypeEngine[Any]] = {int: Integer(), bool: Integer(), datetime: LONG}
"""The column types of fields by their Python types; every other field is text."""


def account(prefix: str = "", *, null: bool = False) -> list[Column[int]]:
    return long(f"{prefix}bot_id", f"{prefix}user_id", null=null)


def columns_of(kind: type[Any], prefix: str = "", *, null: bool = False) -> list[Column[Any]]:
    """A column for each field of a value's class, in their order; several for a field that has fields of its own."""
    hints = get_type_hints(kind)
    named = ((f"{prefix}{field.name}", hints[field.name]) for field in fields(kind))
    return [column for name, hint in named for column in _columns(name, hint, null=null)]


def _columns(name: str, hint: Any, *, null: bool) -> list[Column[Any]]:
    may_be_none = null or NoneType in get_args(hint)
    base = get_args(hint)[0] if NoneType in get_args(hint) else hint
    if isinstance(base, type) and is_dataclass(base):
        return columns_of(base, f"{name}_", null=may_be_none)
    return [Column(name, COLUMN_TYPES.get(base, Text()), nullable=may_be_none, autoincrement=False)]


def table(name: str, *parts: SchemaItem, is_numbered: bool = False) -> Table:
    """SQLite stores the rows by their primary key, and each entry of an index repeats that key. If the table
    ``is_numbered``, rows have a number, and an index repeats that (https://www.sqlite.org/withoutrowid.html)."""
    return Table(name, metadata, *parts, sqlite_strict=True, sqlite_with_rowid=is_numbered)


def index(
    of: Table, name: str | None, *columns: str, where: ColumnElement[bool] | None = None, unique: bool = False
) -> None:
    """``name`` says what the index is for; None where its columns say that."""
    named = name and f"{'uq' if unique else 'ix'}_{of.name}_{name}"
    parts = [of.c[column] for column in columns]
    Index(named, *parts, unique=unique, info={WHERE: where})


def index_among_processes(of: Table, name: str, *columns: str, where: ColumnElement[bool]) -> None:
    """An index for statements that run only where several processes work on one database, so on PostgreSQL alone."""
    found = Index(f"ix_{of.name}_{name}", *(of.c[column] for column in columns), info={WHERE: where})
    found.ddl_if(dialect="postgresql")


def belongs_to(target: Table, *columns: str) -> ForeignKeyConstraint:
    """A foreign key within one merchant."""
    keys = [column.name for column in target.primary_key.columns]
    return ForeignKeyConstraint(["merchant_id", *columns], [f"{target.name}.{key}" for key in keys])


merchants = table(
    "merchants",
    *columns_of(Merchant),
    PrimaryKeyConstraint("merchant_id"),
)

stores = table(
    "stores",
    *columns_of(Store),
    PrimaryKeyConstraint("merchant_id", "store_id"),
    belongs_to(merchants),
)

programs = table(
    "programs",
    *string("merchant_id", "program_id"),
    *number("present_version", "spread_version"),
    PrimaryKeyConstraint("merchant_id", "program_id"),
    belongs_to(merchants),
)

program_versions = table(
    "program_versions",
    *columns_of(Program),
    PrimaryKeyConstraint("merchant_id", "program_id", "version"),
    belongs_to(programs, "program_id"),
    CheckConstraint("stamps_target > 0", name="target_is_positive"),
)

customers = table(
    "customers",
    *string("merchant_id", "customer_id"),
    *account(),
    *string("name", "joined_store_id"),
    *long("joined_at"),
    *string("folded_name", null=True),
    PrimaryKeyConstraint("merchant_id", "customer_id"),
    UniqueConstraint("merchant_id", "bot_id", "user_id"),
    belongs_to(stores, "joined_store_id"),
)
index(customers, None, "merchant_id", "folded_name")

cards = table(
    "cards",
    *string("merchant_id", "card_id", "customer_id", "program_id", "number", "token_hash"),
    *number("token_rotation", "stamp_count", "points_balance", "stamps_today"),
    *string("stamp_day", null=True),
    *long("last_stamp_at", null=True),
    *number("entry_count"),
    *long("stamps_expire_at", "points_expire_at", "expiry_look_at", null=True),
    *flag("active"),
    *long("created_at"),
    *string("held_cards", null=True),
    *number("held_points_count", null=True),
    *string("held_points_rewards", "merged_into", null=True),
    *long("stamps_carried_minor", "points_carried_nano", "carried_price_minor", null=True),
    *number("has_dated", null=True),
    *string("handed_out", null=True),
    *number("has_pass", null=True),
    *long("reward_ends_at", null=True),
    PrimaryKeyConstraint("merchant_id", "card_id"),
    UniqueConstraint("merchant_id", "number"),
    UniqueConstraint("merchant_id", "token_hash"),
    UniqueConstraint("merchant_id", "customer_id", "program_id"),
    belongs_to(customers, "customer_id"),
    belongs_to(programs, "program_id"),
    CheckConstraint("stamp_count >= 0", name="stamps_not_negative"),
    CheckConstraint("points_balance >= 0", name="points_not_negative"),
    CheckConstraint("stamps_today >= 0", name="today_not_negative"),
)

index(cards, None, "merchant_id", "created_at")
_is_watched = cards.c.expiry_look_at.is_not(None)
index(cards, "watched", "expiry_look_at", "merchant_id", "card_id", where=_is_watched)
index(cards, "merged", "merchant_id", "merged_into", where=cards.c.merged_into.is_not(None))

staff = table(
    "staff",
    *string("merchant_id", "staff_id", "name", "role", "status"),
    *account(null=True),
    *string("pin_hash", null=True),
    *number("pin_generation"),
    *long("created_at"),
    PrimaryKeyConstraint("merchant_id", "staff_id"),
    UniqueConstraint("merchant_id", "bot_id", "user_id"),
    belongs_to(merchants),
)

staff_stores = table(
    "staff_stores",
    *string("merchant_id", "staff_id", "store_id"),
    PrimaryKeyConstraint("merchant_id", "staff_id", "store_id"),
    belongs_to(staff, "staff_id"),
    belongs_to(stores, "store_id"),
)

invites = table(
    "invites",
    *string("merchant_id", "invite_id", "staff_id", "purpose"),
    *long("expires_at"),
    *account("used_by_", null=True),
    *long("used_at", "withdrawn_at", null=True),
    *string("replaced_pin_hash", "given_by", null=True),
    *account("meant_for_", null=True),
    PrimaryKeyConstraint("merchant_id", "invite_id"),
    belongs_to(staff, "staff_id"),
)

changes = table(
    "changes",
    *string("merchant_id", "change_id", "target_kind", "target_id", "field", "before", "after"),
    *string("staff_id", null=True),
    *long("changed_at"),
    PrimaryKeyConstraint("merchant_id", "change_id"),
    belongs_to(merchants),
    belongs_to(staff, "staff_id"),
)

logos = table(
    "logos",
    *string("merchant_id"),
    *blob("picture"),
    *long("changed_at"),
    *string("staff_id", null=True),
    PrimaryKeyConstraint("merchant_id"),
    belongs_to(merchants),
    belongs_to(staff, "staff_id"),
)

card_notes = table(
    "card_notes",
    *string("merchant_id", "note_id", "card_id", "kind", "text"),
    *string("staff_id", null=True),
    *long("written_at"),
    PrimaryKeyConstraint("merchant_id", "note_id"),
    belongs_to(cards, "card_id"),
    belongs_to(staff, "staff_id"),
)
index(card_notes, None, "merchant_id", "card_id", "note_id")

card_moves = table(
    "card_moves",
    *string("merchant_id", "move_id", "card_id"),
    *string("staff_id", null=True),
    *long("asked_at", "expires_at"),
    *long("allowed_at", "ended_at", null=True),
    *string("into_card_id", "store_id", "operation_key", null=True),
    PrimaryKeyConstraint("merchant_id", "move_id"),
    belongs_to(cards, "card_id"),
    belongs_to(staff, "staff_id"),
)
index(card_moves, None, "merchant_id", "card_id", "move_id")
_is_merge = card_moves.c.operation_key.is_not(None)
index(card_moves, "operation", "merchant_id", "operation_key", where=_is_merge, unique=True)

blank_cards = table(
    "blank_cards",
    *string("merchant_id", "card_id", "program_id", "sheet_id", "number", "token_hash"),
    *string("staff_id", null=True),
    *long("made_at"),
    *long("used_at", "withdrawn_at", null=True),
    *string("address", null=True),
    PrimaryKeyConstraint("merchant_id", "card_id"),
    UniqueConstraint("merchant_id", "number"),
    UniqueConstraint("merchant_id", "token_hash"),
    belongs_to(programs, "program_id"),
    belongs_to(staff, "staff_id"),
)
index(
    blank_cards,
    "mailed",
    *("merchant_id", "staff_id", "made_at"),
    where=blank_cards.c.sheet_id == blank_cards.c.card_id,
)
index(
    blank_cards,
    "printed",
    *("merchant_id", "sheet_id", "made_at", "used_at", "withdrawn_at"),
    where=blank_cards.c.sheet_id != blank_cards.c.card_id,
)
index(
    blank_cards,
    "unused",
    *("merchant_id", "used_at", "withdrawn_at", "sheet_id"),
    where=blank_cards.c.used_at.is_(None) & blank_cards.c.withdrawn_at.is_(None),
)
index(blank_cards, "waiting", "made_at", where=blank_cards.c.address.is_not(None))

adoptions = table(
    "adoptions",
    *string("merchant_id", "card_id", "adoption_id"),
    *account(),
    *string("name"),
    *long("asked_at"),
    *long("confirmed_at", null=True),
    PrimaryKeyConstraint("merchant_id", "card_id"),
    belongs_to(cards, "card_id"),
)
index(adoptions, None, "asked_at")

pin_sessions = table(
    "pin_sessions",
    *string("merchant_id", "staff_id"),
    *account(),
    *long("verified_at", null=True),
    *number("failures"),
    *long("locked_until", null=True),
    PrimaryKeyConstraint("merchant_id", "staff_id", "bot_id", "user_id"),
    belongs_to(staff, "staff_id"),
)

entries = table(
    "entries",
    *string("merchant_id", "entry_id", "card_id"),
    *number("entry_no"),
    *string("store_id", "staff_id", null=True),
    *string("kind"),
    *number(
        "stamps_delta",
        "stamps_balance_after",
        "points_delta",
        "points_balance_after",
        "stamps_shortfall",
        "points_shortfall",
    ),
    *long("amount_minor", null=True),
    *number("program_version"),
    *string("reward", "note", "related_entry_id", null=True),
    *string("operation_key"),
    *account("origin_", null=True),
    *long("origin_chat_id", "origin_message_id", null=True),
    *string("local_date"),
    *long("occurred_at"),
    *string("summarized_on", "approved_by", null=True),
    *number("factor_tenths", null=True),
    *long("stamps_carried_minor", "points_carried_nano", null=True),
    *long("expires_at", null=True),
    *string("lots", "fingerprint", null=True),
    PrimaryKeyConstraint("merchant_id", "entry_id"),
    UniqueConstraint("merchant_id", "card_id", "entry_no"),
    belongs_to(cards, "card_id"),
    belongs_to(stores, "store_id"),
    belongs_to(staff, "staff_id"),
    CheckConstraint("stamps_balance_after >= 0", name="stamps_not_negative"),
    CheckConstraint("points_balance_after >= 0", name="points_not_negative"),
)
_is_void = entries.c.kind.in_([kind for kind, what in KINDS.items() if what.is_void])
index(entries, "voided_once", "merchant_id", "related_entry_id", where=_is_void, unique=True)
_on_its_day = "merchant_id", "local_date", "store_id", "entry_id"
index(entries, "of_day", *_on_its_day, "staff_id", "kind", "card_id", "stamps_delta", "points_delta")
"""Has all columns that a store's day is summed up from, so that the entries themselves need not be read."""
index(entries, None, "merchant_id", "occurred_at", "entry_id")
index(entries, "operation_key", "merchant_id", "operation_key", unique=True)
_is_unsummarized = entries.c.summarized_on.is_(None)
_of_summaries = "merchant_id", "summarized_on", "occurred_at"
index(entries, "unsummarized", *_of_summaries, where=_is_unsummarized)
"""``summarized_on``, which is null in all of this index, is a column of it so that SQLite does not judge another
index to be as good."""

expiry_warnings = table(
    "expiry_warnings",
    *string("merchant_id", "card_id", "unit"),
    *long("expires_at"),
    *number("count"),
    *string("message_id"),
    *string("entry_id", null=True),
    *flag("was_reachable"),
    PrimaryKeyConstraint("merchant_id", "card_id", "unit", "expires_at", "message_id"),
    belongs_to(cards, "card_id"),
    belongs_to(entries, "entry_id"),
)
index(
    expiry_warnings,
    "expired",
    "merchant_id",
    "message_id",
    "entry_id",
    where=expiry_warnings.c.entry_id.is_not(None),
)

summary_plans = table(
    "summary_plans",
    *string("merchant_id", "local_date"),
    *long("begins_at", "due_at"),
    PrimaryKeyConstraint("merchant_id"),
    belongs_to(merchants),
)
index(summary_plans, None, "due_at")

closings = table(
    "closings",
    *string("merchant_id", "after_id"),
    PrimaryKeyConstraint("merchant_id"),
    belongs_to(merchants),
)

summaries = table(
    "summaries",
    *string("merchant_id", "local_date", "summary"),
    *long("made_at"),
    *string("told_on", null=True),
    PrimaryKeyConstraint("merchant_id", "local_date"),
    belongs_to(merchants),
)
index(summaries, None, "merchant_id", "told_on")

disputes = table(
    "disputes",
    *string("merchant_id", "entry_id"),
    *account(),
    *long("opened_at"),
    *string("alarms"),
    *long("settled_at", null=True),
    *string("settled_by", "outcome", null=True),
    PrimaryKeyConstraint("merchant_id", "entry_id"),
    belongs_to(entries, "entry_id"),
)

approvals = table(
    "approvals",
    *string("merchant_id", "approval_id", "operation_key", "card_id", "store_id", "staff_id"),
    *account(),
    *number("stamps", null=True),
    *string("about", null=True),
    *string("reason"),
    *long("asked_at", "lapses_at"),
    *string("state"),
    *long("decided_at", null=True),
    *string("decided_by", "entry_id", null=True),
    *long("message_id", null=True),
    *string("alarms"),
    *string("redeems", null=True),
    *number("reward_position", "reward_price", null=True),
    PrimaryKeyConstraint("merchant_id", "approval_id"),
    UniqueConstraint("merchant_id", "operation_key"),
    belongs_to(cards, "card_id"),
    belongs_to(stores, "store_id"),
    belongs_to(staff, "staff_id"),
    belongs_to(entries, "entry_id"),
)
index(approvals, None, "merchant_id", "staff_id", "asked_at")
_is_waiting = approvals.c.state == ApprovalState.ASKED.value
index(approvals, "waiting", "lapses_at", where=_is_waiting)

flags = table(
    "flags",
    *string("merchant_id", "flag_id", "kind", "staff_id", "about", "period"),
    *string("card_id", "store_id", null=True),
    *number("count"),
    *long("first_at", "last_at", "raised_at"),
    *long("dismissed_at", null=True),
    *string("dismissed_by", null=True),
    *long("takings_amount_minor", "takings_purchases_minor", null=True),
    *number("takings_usual_stamps", null=True),
    *string("takings_given", null=True),
    PrimaryKeyConstraint("merchant_id", "flag_id"),
    UniqueConstraint("merchant_id", "kind", "staff_id", "about", "period"),
    belongs_to(staff, "staff_id"),
    belongs_to(cards, "card_id"),
    belongs_to(stores, "store_id"),
)
index(flags, "open", "merchant_id", "flag_id", where=flags.c.dismissed_at.is_(None))

takings = table(
    "takings",
    *string("merchant_id", "store_id", "local_date"),
    *number("revision"),
    *long("amount_minor"),
    *string("staff_id", null=True),
    *long("typed_at"),
    *string("operation_key"),
    *flag("is_removed"),
    PrimaryKeyConstraint("merchant_id", "store_id", "local_date", "revision"),
    UniqueConstraint("merchant_id", "operation_key"),
    belongs_to(stores, "store_id"),
    belongs_to(staff, "staff_id"),
)
index(takings, None, "merchant_id", "local_date")

consents = table(
    "consents",
    *string("merchant_id", "customer_id"),
    *long("asked_at", "answered_at", null=True),
    *flag("is_given"),
    *number("was_given", null=True),
    PrimaryKeyConstraint("merchant_id", "customer_id"),
    belongs_to(customers, "customer_id"),
)

campaigns = table(
    "campaigns",
    *string("merchant_id", "campaign_id"),
    *string("staff_id", null=True),
    *string("text"),
    *flag("has_photo"),
    *string("segment"),
    *string("store_id", null=True),
    *string("state"),
    *long("created_at"),
    *long("planned_at", "started_at", "ended_at", null=True),
    *string("looked_up_to", null=True),
    *flag("is_written"),
    *number("expected_count", "written_count", "not_allowed_count", "capped_count", "unreachable_count"),
    *account("told_", null=True),
    *long("told_message_id", null=True),
    *flag("told_has_picture"),
    PrimaryKeyConstraint("merchant_id", "campaign_id"),
    belongs_to(merchants),
    belongs_to(staff, "staff_id"),
    belongs_to(stores, "store_id"),
)
index(campaigns, None, "state", "planned_at")

campaign_photos = table(
    "campaign_photos",
    *string("merchant_id", "campaign_id"),
    *blob("photo"),
    PrimaryKeyConstraint("merchant_id", "campaign_id"),
    belongs_to(campaigns, "campaign_id"),
)

offers = table(
    "offers",
    *string("merchant_id", "customer_id", "message_id", "kind"),
    *long("written_at"),
    *string("campaign_id", null=True),
    PrimaryKeyConstraint("merchant_id", "message_id"),
    belongs_to(customers, "customer_id"),
)
index(offers, None, "merchant_id", "customer_id", "written_at")
_is_of_campaign = offers.c.campaign_id.is_not(None)
index(offers, "once", "merchant_id", "campaign_id", "customer_id", where=_is_of_campaign, unique=True)

birthdays = table(
    "birthdays",
    *string("merchant_id", "customer_id"),
    *number("month", "day", null=True),
    *long("said_at", "changed_at", null=True),
    *string("due_on", "given_for", null=True),
    PrimaryKeyConstraint("merchant_id", "customer_id"),
    belongs_to(customers, "customer_id"),
)
index(birthdays, "due", "merchant_id", "due_on", where=birthdays.c.due_on.is_not(None))

absences = table(
    "absences",
    *string("merchant_id", "customer_id", "look_on"),
    *string("told_of", null=True),
    PrimaryKeyConstraint("merchant_id", "customer_id"),
    belongs_to(customers, "customer_id"),
)

referrals = table(
    "referrals",
    *string("merchant_id", "friend_id", "referrer_id"),
    *long("invited_at"),
    *string("act_id", "rewarded_on", "bonus_id", "welcome_id", null=True),
    PrimaryKeyConstraint("merchant_id", "friend_id"),
    ForeignKeyConstraint(["merchant_id", "friend_id"], ["customers.merchant_id", "customers.customer_id"]),
    ForeignKeyConstraint(["merchant_id", "referrer_id"], ["customers.merchant_id", "customers.customer_id"]),
)
index(referrals, None, "merchant_id", "referrer_id", "rewarded_on")
index(referrals, None, "merchant_id", "rewarded_on")
index(referrals, "act", "merchant_id", "act_id", unique=True)

outbox = table(
    "outbox",
    *string("merchant_id", "message_id"),
    *account(),
    *string("kind", "facts"),
    *long("created_at"),
    PrimaryKeyConstraint("merchant_id", "message_id"),
    belongs_to(merchants),
    is_numbered=True,
)
index(outbox, None, "bot_id", "user_id")

deliveries = table(
    "deliveries",
    *string("merchant_id", "message_id", "channel", "address"),
    *long("bot_id"),
    *flag("is_marketing"),
    *long("due_at"),
    *number("attempts"),
    *string("leased_by", null=True),
    *long("leased_until", "delivered_at", null=True),
    *string("reference", null=True),
    *long("failed_at", null=True),
    *string("error", null=True),
    *flag("is_unreported"),
    *long("held_at", null=True),
    PrimaryKeyConstraint("merchant_id", "message_id", "channel", "address"),
    belongs_to(outbox, "message_id"),
)
_is_owed = and_(
    deliveries.c.delivered_at.is_(None), deliveries.c.failed_at.is_(None), deliveries.c.held_at.is_(None)
)
index(deliveries, "owed", "bot_id", "channel", "is_marketing", "due_at", "message_id", where=_is_owed)
_is_held = deliveries.c.held_at.is_not(None)
index(deliveries, "held", "held_at", where=_is_held)
_is_given_up = deliveries.c.failed_at.is_not(None)
index(deliveries, "given_up", "merchant_id", "failed_at", where=_is_given_up)
index(deliveries, "failed", "bot_id", "is_unreported", "failed_at", where=_is_given_up)
_is_leased = and_(_is_owed, deliveries.c.leased_by.is_not(None))
index_among_processes(deliveries, "leased", "bot_id", "channel", "leased_by", "address", where=_is_leased)

wallet_passes = table(
    "wallet_passes",
    *string("merchant_id", "pass_id", "card_id", "wallet"),
    *long("bot_id"),
    *number("revision"),
    *long("changed_at", "created_at"),
    *number("attempts"),
    *long("voided_at", "owed_since", "due_at", null=True),
    *flag("is_of_many"),
    *string("error", "leased_by", null=True),
    *long("leased_until", "failed_at", null=True),
    PrimaryKeyConstraint("merchant_id", "pass_id"),
    belongs_to(cards, "card_id"),
)
_is_good = wallet_passes.c.voided_at.is_(None)
index(wallet_passes, "good", "merchant_id", "card_id", "wallet", where=_is_good, unique=True)
index(wallet_passes, None, "merchant_id", "card_id")
_is_due = wallet_passes.c.due_at.is_not(None)
index(wallet_passes, "due", "bot_id", "wallet", "is_of_many", "due_at", "pass_id", where=_is_due)
_is_not_told = wallet_passes.c.failed_at.is_not(None)
index(wallet_passes, "failed", "bot_id", "failed_at", where=_is_not_told)
_is_voided = wallet_passes.c.voided_at.is_not(None)
index(wallet_passes, "voided", "voided_at", where=_is_voided)

wallet_devices = table(
    "wallet_devices",
    *string("merchant_id", "pass_id", "device_hash", "push_token"),
    *long("registered_at"),
    PrimaryKeyConstraint("merchant_id", "pass_id", "device_hash"),
    belongs_to(wallet_passes, "pass_id"),
)
index(wallet_devices, None, "device_hash")

wallet_spreads = table(
    "wallet_spreads",
    *string("merchant_id", "marked_up_to"),
    PrimaryKeyConstraint("merchant_id"),
    belongs_to(merchants),
)

wordings = table(
    "wordings",
    *string("merchant_id", "kind", "locale"),
    *string("store_id"),  # empty for the whole merchant, for no part of a key may be null
    *string("text"),
    *long("changed_at"),
    PrimaryKeyConstraint("merchant_id", "kind", "locale", "store_id"),
    belongs_to(merchants),
)

# Most tables from here on are needed before a merchant is known: where links lead, who is at the other end, what
# Telegram sent.

directory = table(
    "directory",
    *string("token_hash", "kind", "merchant_id", "target_id"),
    PrimaryKeyConstraint("token_hash"),
)
index(directory, None, "merchant_id", "target_id")

shop_invites = table(
    "shop_invites",
    *string("merchant_id"),
    *long("expires_at"),
    PrimaryKeyConstraint("merchant_id"),
)

acquaintances = table(
    "acquaintances",
    *account(),
    *string("merchant_id"),
    *long("last_at"),
    PrimaryKeyConstraint("bot_id", "user_id", "merchant_id"),
)

shown_cards = table(
    "shown_cards",
    *account(),
    *string("merchant_id", "card_id", "reference"),
    *string("message_id", null=True),
    PrimaryKeyConstraint("bot_id", "user_id", "merchant_id", "card_id"),
)

mailboxes = table(
    "mailboxes",
    *account(),
    *string("address", "ways"),
    *long("verified_at"),
    *long("refused_at", null=True),
    PrimaryKeyConstraint("bot_id", "user_id"),
)

mail_codes = table(
    "mail_codes",
    *account(),
    *string("key", "address_mark"),
    *string("address", "code_hash", null=True),
    *number("tries"),
    *long("asked_at"),
    *string("mail_hash", null=True),
    *long("refused_at", null=True),
    PrimaryKeyConstraint("bot_id", "user_id", "key"),
)
index(mail_codes, "mail", "mail_hash", where=mail_codes.c.mail_hash.is_not(None))
index(mail_codes, None, "address_mark", "asked_at")
index(mail_codes, None, "asked_at")

bots = table(
    "bots",
    *long("bot_id"),
    *string("username"),
    *string("menus", null=True),
    PrimaryKeyConstraint("bot_id"),
)

fingerprints = table(
    "fingerprints",
    *string("name", "fingerprint"),
    PrimaryKeyConstraint("name"),
)

people = table(
    "people",
    *account(),
    *string("name"),
    *string("telegram_locale", "chosen_locale", null=True),
    *long("unreachable_since", "refused_since", "seen_at", null=True),
    PrimaryKeyConstraint("bot_id", "user_id"),
)
index(people, None, "bot_id", "seen_at")

desks = table(
    "desks",
    *account(),
    *string("merchant_id", "store_id"),
    *string("staff_id", null=True),
    PrimaryKeyConstraint("bot_id", "user_id"),
)

dialogues = table(
    "dialogues",
    *account(),
    *string("nonce", "state", "keys"),
    *long("last_update_id", null=True),
    *long("expires_at"),
    PrimaryKeyConstraint("bot_id", "user_id"),
)

inbox = table(
    "inbox",
    *long("bot_id", "update_id", "person_key"),
    *string("payload", null=True),
    *number("attempts"),
    *long("received_at"),
    *long("done_at", "failed_at", null=True),
    *string("error", null=True),
    *long("reported_at", null=True),
    *string("owner", null=True),
    PrimaryKeyConstraint("bot_id", "update_id"),
)
_is_unfinished = inbox.c.done_at.is_(None) & inbox.c.failed_at.is_(None)
index(inbox, "unfinished", "bot_id", "update_id", where=_is_unfinished)
index_among_processes(inbox, "of_person", "bot_id", "person_key", "owner", where=_is_unfinished)
index(inbox, None, "done_at")
_is_kept_aside = inbox.c.failed_at.is_not(None)
index(inbox, "kept_aside", "bot_id", "update_id", where=_is_kept_aside)

instances = table(
    "instances",
    *string("instance_id"),
    *long("bot_id"),
    *number("rank"),
    *string("name"),
    *long("beat"),
    *number("session_key"),
    *flag("is_leaving"),
    PrimaryKeyConstraint("instance_id"),
)

job_runs = table(
    "job_runs",
    *long("bot_id"),
    *string("job"),
    *long("last_started_at", "last_finished_at"),
    *number("duration_ms", "count"),
    *string("outcome"),
    *string("error", null=True),
    *number("failures_in_a_row"),
    *long("total_runs"),
    PrimaryKeyConstraint("bot_id", "job"),
)

erasures = table(
    "erasures",
    *columns_of(Erasure),
    PrimaryKeyConstraint("merchant_id", "customer_id"),
)
index(erasures, "unwiped", "erased_at", where=erasures.c.wiped_at.is_(None))
index(erasures, None, "merchant_id", "account_hash")
