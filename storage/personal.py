"""What is kept of a person: each column of each table declared once, and the export and the erasure made of it.

A new table gets a line in ``KEPT``, a new column a word in its line: ``becomes`` is what an erasure puts there,
``neutral`` what stays under nobody. What is in neither is named by ``tests/storage/test_personal.py``.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import field
from datetime import datetime
from enum import Enum, auto
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Delete,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    literal_column,
    null,
    or_,
    select,
    tuple_,
    union,
    union_all,
    update,
)

from domain.account import Account
from domain.card import Customer
from domain.delivery import RecipientGone
from domain.dispute import DisputeOutcome
from domain.ids import CardId, CustomerId, MerchantId, UserId
from domain.messages import MESSAGES, Audience, MessageKind
from domain.personal import BLANK, NOBODY, About, Erasure, without_names
from domain.ports import KeptRows
from domain.quick import dataclass, replace
from domain.summary import DaySummary
from storage import codec, rows, tables
from storage.base import TxBase
from storage.clauses import LIMIT, change, find, has, is_any_of, joins, place
from storage.columns import LONG
from storage.directory import SELECT_MERCHANTS
from storage.outbox import IS_TO_ACCOUNT
from storage.people import DELETE_MAILBOX
from storage.statements import Row
from storage.upsert import upsert
from storage.wallets import IS_OF_CARD

_cards, _customers, _entries = tables.cards, tables.customers, tables.entries
_outbox, _deliveries, _erasures = tables.outbox, tables.deliveries, tables.erasures
_passes = tables.wallet_passes
_now = bindparam("now", type_=LONG)


class Scope(Enum):
    """In which part of an export a table's rows are, and which erasure they belong to."""

    SHOP = auto()
    """As a customer of one shop."""
    PERSON = auto()
    """In the bot, whichever the shop. Erased with any shop, but for the row in ``people``, which stays as long as the
    person is still known to a shop or a team."""
    TEAM = auto()
    """As a member of a team: exported, and ended by the owner, not by an erasure (docs/decisions/0058)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A table. ``whose`` finds a person's rows, None where the table has nobody's. ``becomes`` has the columns that
    an erasure replaces, with their new values; where ``is_deleted``, an erasure deletes the rows. ``hidden`` columns
    are not exported: ids, and what only the program needs. Rows that are ``is_of_card`` are looked for card by card,
    rows that are ``is_of_link`` by everything that the links of a card may lead to."""

    table: Table
    neutral: str = ""
    whose: ColumnElement[bool] | None = None
    scope: Scope = Scope.SHOP
    becomes: Mapping[str, Any] = field(default_factory=dict)
    is_deleted: bool = False
    hidden: str = ""
    order: Sequence[str] = ()
    called: str = ""
    is_of_card: bool = False
    is_of_link: bool = False

    @property
    def name(self) -> str:
        return self.called or self.table.name

    @property
    def exported(self) -> Sequence[str]:
        hidden = self.hidden.split()
        return [column.name for column in self.table.columns if column.name not in hidden]


_moves_of = (
    select(tables.card_moves.c.move_id)
    .where(has(tables.card_moves, "merchant_id", "card_id"))
    .correlate(None)
)
_passes_of = select(_passes.c.pass_id).where(IS_OF_CARD).correlate(None)
_holder_of = select(_cards.c.customer_id).where(has(_cards, "merchant_id", "card_id")).correlate(None)
SELECT_TARGETS = union_all(_moves_of, _holder_of)
"""What the links of a card may lead to besides the card itself: its moves and its holder."""
_is_for_customer = is_any_of(
    _outbox.c.kind, (kind for kind, of in MESSAGES.items() if of.audience is Audience.CUSTOMER)
)
_told_here = and_(IS_TO_ACCOUNT, _is_for_customer)
_messages_of = select(_outbox.c.message_id).where(_told_here).correlate(None)


def _on_card(table: Table) -> ColumnElement[bool]:
    return has(table, "merchant_id", "card_id")


def _here(table: Table) -> ColumnElement[bool]:
    return has(table, "merchant_id", "bot_id", "user_id")


def _anywhere(table: Table) -> ColumnElement[bool]:
    return has(table, "bot_id", "user_id")


def _when_owed(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """The value for a delivery that was not made, null for one that was."""
    return case((_deliveries.c.delivered_at.is_(None), value), else_=null())


_nowhere: Mapping[str, Any] = {"bot_id": literal_column("0"), "user_id": literal_column("0")}
_blank: ColumnElement[str] = literal_column(f"'{BLANK}'")
_empty: ColumnElement[str] = literal_column("''")
PER_ROW = object()
"""Each row gets another value, by ``erase_customer``."""

KEPT: tuple[Kept, ...] = (
    Kept(
        table=_customers,
        whose=has(_customers, "merchant_id", "customer_id"),
        becomes={
            "bot_id": literal_column("0"),
            "user_id": bindparam("nobody", type_=LONG),
            "name": _blank,
            "folded_name": null(),
        },
        neutral="merchant_id customer_id joined_store_id joined_at",
        hidden="merchant_id customer_id folded_name",
    ),
    Kept(
        table=_cards,
        whose=has(_cards, "merchant_id", "customer_id"),
        becomes={
            "number": PER_ROW,
            "token_hash": _cards.c.card_id,
            "active": literal_column("0"),
            "expiry_look_at": null(),
            "has_pass": null(),
        },
        neutral=(
            "merchant_id card_id customer_id program_id token_rotation stamp_count points_balance stamps_today"
            " stamp_day last_stamp_at entry_count stamps_expire_at points_expire_at created_at held_cards"
            " held_points_count held_points_rewards merged_into has_dated stamps_carried_minor points_carried_nano"
            " carried_price_minor handed_out reward_ends_at"
        ),
        hidden="merchant_id customer_id token_hash token_rotation entry_count expiry_look_at has_pass",
        order=("created_at",),
    ),
    Kept(
        table=tables.consents,
        whose=has(tables.consents, "merchant_id", "customer_id"),
        is_deleted=True,
        hidden="merchant_id customer_id",
        called="marketing",
    ),
    Kept(
        table=tables.birthdays,
        whose=has(tables.birthdays, "merchant_id", "customer_id"),
        is_deleted=True,
        hidden="merchant_id customer_id",
    ),
    Kept(
        table=tables.absences,
        whose=has(tables.absences, "merchant_id", "customer_id"),
        is_deleted=True,
        hidden="merchant_id customer_id",
    ),
    Kept(
        table=tables.referrals,
        whose=and_(
            has(tables.referrals, "merchant_id"),
            or_(
                tables.referrals.c.friend_id == bindparam("customer_id"),
                tables.referrals.c.referrer_id == bindparam("customer_id"),
            ),
        ),
        neutral="merchant_id friend_id referrer_id invited_at act_id rewarded_on bonus_id welcome_id",
        hidden="merchant_id friend_id referrer_id",
        order=("invited_at",),
    ),
    Kept(
        table=tables.offers,
        whose=has(tables.offers, "merchant_id", "customer_id"),
        neutral="merchant_id customer_id message_id kind written_at campaign_id",
        hidden="merchant_id customer_id campaign_id",
        order=("written_at",),
    ),
    Kept(
        table=_entries,
        is_of_card=True,
        whose=_on_card(_entries),
        becomes={"note": null(), "fingerprint": null()},
        neutral=(
            "merchant_id entry_id card_id entry_no store_id staff_id kind stamps_delta stamps_balance_after"
            " points_delta points_balance_after stamps_shortfall points_shortfall amount_minor program_version"
            " reward related_entry_id operation_key origin_bot_id origin_user_id origin_chat_id"
            " origin_message_id local_date occurred_at summarized_on approved_by factor_tenths"
            " stamps_carried_minor points_carried_nano expires_at lots"
        ),
        hidden=(
            "merchant_id staff_id program_version operation_key origin_bot_id origin_user_id origin_chat_id"
            " origin_message_id summarized_on approved_by lots"
        ),
        order=("card_id", "entry_no"),
    ),
    Kept(
        table=tables.card_notes,
        is_of_card=True,
        whose=_on_card(tables.card_notes),
        is_deleted=True,
        hidden="merchant_id note_id staff_id",
        order=("note_id",),
    ),
    Kept(
        table=tables.directory,
        is_of_link=True,
        whose=has(tables.directory, "merchant_id", "target_id"),
        is_deleted=True,
        hidden="token_hash merchant_id target_id",
        called="links",
    ),
    Kept(
        table=tables.card_moves,
        is_of_card=True,
        whose=_on_card(tables.card_moves),
        is_deleted=True,
        hidden="merchant_id move_id staff_id",
        order=("move_id",),
    ),
    Kept(
        table=tables.blank_cards,
        is_of_card=True,
        whose=_on_card(tables.blank_cards),
        is_deleted=True,
        hidden="merchant_id card_id program_id sheet_id token_hash staff_id",
        called="printed",
    ),
    Kept(
        table=tables.adoptions,
        whose=_here(tables.adoptions),
        is_deleted=True,
        hidden="merchant_id adoption_id bot_id user_id",
    ),
    Kept(
        table=tables.expiry_warnings,
        is_of_card=True,
        whose=_on_card(tables.expiry_warnings),
        neutral="merchant_id card_id unit expires_at count message_id entry_id was_reachable",
        hidden="merchant_id message_id entry_id",
        order=("expires_at",),
    ),
    Kept(
        table=_passes,
        is_of_card=True,
        whose=IS_OF_CARD,
        becomes={
            "voided_at": func.coalesce(_passes.c.voided_at, _now),
            "due_at": _now,
            "changed_at": _now,
            "revision": _passes.c.revision + literal_column("1"),
            "attempts": literal_column("0"),
            "failed_at": null(),
            "error": null(),
        },
        neutral="merchant_id pass_id card_id wallet bot_id created_at owed_since is_of_many leased_by leased_until",
        hidden=(
            "merchant_id bot_id revision attempts owed_since due_at is_of_many error leased_by leased_until"
            " failed_at"
        ),
        order=("created_at",),
        called="wallet_passes",
    ),
    # Phones learn that a pass is voided, and are forgotten with it (VOIDED_RETENTION).
    Kept(
        table=tables.wallet_devices,
        is_of_card=True,
        whose=and_(
            has(tables.wallet_devices, "merchant_id"), tables.wallet_devices.c.pass_id.in_(_passes_of)
        ),
        neutral="merchant_id pass_id device_hash push_token registered_at",
        hidden="merchant_id device_hash",
        order=("registered_at",),
    ),
    Kept(
        table=tables.approvals,
        is_of_card=True,
        whose=_on_card(tables.approvals),
        becomes={"reason": _blank},
        neutral=(
            "merchant_id approval_id operation_key card_id store_id staff_id bot_id user_id stamps about asked_at"
            " lapses_at state decided_at decided_by entry_id message_id alarms"
        ),
        hidden=(
            "merchant_id approval_id operation_key staff_id bot_id user_id about decided_by entry_id message_id"
            " alarms"
        ),
        order=("asked_at",),
        called="requests",
    ),
    Kept(
        table=tables.disputes,
        whose=_here(tables.disputes),
        becomes={
            **_nowhere,
            "settled_at": func.coalesce(tables.disputes.c.settled_at, bindparam("now", type_=LONG)),
            "outcome": func.coalesce(
                tables.disputes.c.outcome, literal_column(f"'{DisputeOutcome.RIGHT.value}'")
            ),
        },
        neutral="merchant_id entry_id opened_at alarms settled_by",
        hidden="merchant_id alarms settled_by",
        order=("opened_at",),
    ),
    Kept(
        table=_deliveries,
        whose=and_(has(_deliveries, "merchant_id"), _deliveries.c.message_id.in_(_messages_of)),
        becomes={
            "address": _empty,
            "bot_id": literal_column("0"),
            "reference": null(),
            "failed_at": func.coalesce(_deliveries.c.failed_at, _when_owed(bindparam("now", type_=LONG))),
            "error": _when_owed(literal_column(f"'{RecipientGone().reason}'")),
            "leased_by": null(),
            "leased_until": null(),
            "held_at": null(),
            "is_unreported": literal_column("0"),
        },
        neutral="merchant_id message_id channel is_marketing due_at attempts delivered_at",
        hidden="merchant_id leased_by leased_until is_unreported held_at",
        order=("message_id",),
    ),
    Kept(
        table=_outbox,
        whose=_told_here,
        becomes={**_nowhere, "facts": _empty},
        neutral="merchant_id message_id kind created_at",
        hidden="merchant_id",
        order=("message_id",),
        called="messages",
    ),
    Kept(
        table=tables.shown_cards,
        whose=_here(tables.shown_cards),
        is_deleted=True,
        hidden="merchant_id bot_id user_id message_id",
    ),
    Kept(
        table=tables.acquaintances,
        whose=_here(tables.acquaintances),
        is_deleted=True,
        hidden="merchant_id",
    ),
    # In the bot, whichever the shop.
    Kept(table=tables.people, whose=_anywhere(tables.people), scope=Scope.PERSON, is_deleted=True),
    Kept(
        table=tables.dialogues,
        whose=_anywhere(tables.dialogues),
        scope=Scope.PERSON,
        is_deleted=True,
        hidden="nonce keys last_update_id",
        called="questions",
    ),
    Kept(table=tables.mailboxes, whose=_anywhere(tables.mailboxes), scope=Scope.PERSON, is_deleted=True),
    Kept(
        table=tables.mail_codes,
        whose=_anywhere(tables.mail_codes),
        scope=Scope.PERSON,
        is_deleted=True,
        hidden="code_hash mail_hash",
    ),
    Kept(
        table=tables.inbox,
        whose=and_(
            has(tables.inbox, "bot_id"),
            tables.inbox.c.person_key == bindparam("user_id"),
            or_(tables.inbox.c.done_at.is_not(None), tables.inbox.c.failed_at.is_not(None)),
        ),
        scope=Scope.PERSON,
        becomes={"person_key": literal_column("0"), "payload": null(), "error": null()},
        neutral="bot_id update_id attempts received_at done_at failed_at reported_at owner",
        hidden="reported_at owner",
        order=("update_id",),
        called="updates",
    ),
    # On a team: the owner ends it, and the ledger keeps who did what.
    Kept(
        table=tables.staff,
        whose=_anywhere(tables.staff),
        scope=Scope.TEAM,
        neutral="merchant_id staff_id name role status bot_id user_id pin_hash pin_generation created_at",
        hidden="staff_id pin_hash",
    ),
    Kept(
        table=tables.invites,
        whose=and_(
            tables.invites.c.used_by_bot_id == bindparam("bot_id"),
            tables.invites.c.used_by_user_id == bindparam("user_id"),
        ),
        scope=Scope.TEAM,
        neutral=(
            "merchant_id invite_id staff_id purpose expires_at used_by_bot_id used_by_user_id used_at withdrawn_at"
            " replaced_pin_hash given_by"
        ),
        hidden="invite_id staff_id replaced_pin_hash given_by",
    ),
    Kept(
        table=tables.pin_sessions,
        whose=_anywhere(tables.pin_sessions),
        scope=Scope.TEAM,
        neutral="merchant_id staff_id bot_id user_id verified_at failures locked_until",
        hidden="staff_id",
    ),
    Kept(
        table=tables.desks,
        whose=_anywhere(tables.desks),
        scope=Scope.TEAM,
        neutral="bot_id user_id merchant_id store_id staff_id",
        hidden="staff_id",
    ),
    # Of no customer: what a shop is, what its team did, and what the program needs. For JSON: ``domain/personal.py``.
    Kept(table=tables.bots, neutral="bot_id username menus"),
    Kept(table=tables.campaign_photos, neutral="merchant_id campaign_id photo"),
    Kept(
        table=tables.campaigns,
        neutral=(
            "merchant_id campaign_id staff_id text has_photo segment store_id state created_at planned_at started_at"
            " ended_at looked_up_to is_written expected_count written_count not_allowed_count capped_count"
            " unreachable_count told_bot_id told_user_id told_message_id told_has_picture"
        ),
    ),
    Kept(
        table=tables.changes,
        neutral="merchant_id change_id target_kind target_id field before after staff_id changed_at",
    ),
    Kept(
        table=_erasures,
        neutral="merchant_id customer_id erased_at is_everywhere account_hash wiped_at",
    ),
    Kept(table=tables.fingerprints, neutral="name fingerprint"),
    Kept(
        table=tables.flags,
        neutral=(
            "merchant_id flag_id kind staff_id about period card_id store_id count first_at last_at raised_at"
            " dismissed_at dismissed_by takings_amount_minor takings_purchases_minor takings_usual_stamps"
            " takings_given"
        ),
    ),
    Kept(table=tables.instances, neutral="instance_id bot_id rank name beat session_key is_leaving"),
    Kept(
        table=tables.job_runs,
        neutral=(
            "bot_id job last_started_at last_finished_at duration_ms count outcome error failures_in_a_row"
            " total_runs"
        ),
    ),
    Kept(table=tables.logos, neutral="merchant_id picture changed_at staff_id"),
    Kept(
        table=tables.merchants,
        neutral=(
            "merchant_id name colour timezone currency default_locale summary_hour allow_void pair_acts_max"
            " burst_acts_max unseen_cards_max takings_gap_max created_at own_texts closures languages contact"
            " closes_at marketing_monthly_max"
        ),
    ),
    Kept(table=tables.programs, neutral="merchant_id program_id present_version spread_version"),
    Kept(
        table=tables.program_versions,
        neutral=(
            "merchant_id program_id version kind stamps_target reward cooldown_minutes max_daily_stamps"
            " require_staff_pin pin_window_minutes points_per_unit_milli minimum_purchase_minor"
            " plausible_purchase_minor point_rewards welcome_bonus reward_cost_minor expiry_kind expiry_months"
            " expiry_since active valid_from name new_cards multipliers carry_over stamp_per_minor interim_rewards"
            " birthday_bonus win_back_days win_back_bonus bonus_days referral_bonus referral_welcome"
            " referrals_monthly_max paper_stamps_max paper_cards_daily_max"
            " reward_valid_days reward_valid_before rewards_since"
        ),
    ),
    Kept(table=tables.shop_invites, neutral="merchant_id expires_at"),
    Kept(table=tables.staff_stores, neutral="merchant_id staff_id store_id"),
    Kept(
        table=tables.stores,
        neutral="merchant_id store_id name active opening_hours location_latitude_micro location_longitude_micro",
    ),
    Kept(table=tables.summaries, neutral="merchant_id local_date summary made_at told_on"),
    Kept(table=tables.closings, neutral="merchant_id after_id"),
    Kept(table=tables.summary_plans, neutral="merchant_id local_date begins_at due_at"),
    Kept(
        table=tables.takings,
        neutral="merchant_id store_id local_date revision amount_minor staff_id typed_at operation_key",
    ),
    Kept(table=tables.wallet_spreads, neutral="merchant_id marked_up_to"),
    Kept(table=tables.wordings, neutral="merchant_id kind locale store_id text changed_at"),
)

IN_JSON = frozenset(
    (
        (_cards, "handed_out"),
        (_cards, "held_cards"),
        (_cards, "held_points_rewards"),
        (_outbox, "facts"),
        (tables.dialogues, "state"),
        (tables.inbox, "payload"),
    )
)


def _erase(kept: Kept) -> Update | Delete:
    assert kept.whose is not None
    if kept.is_deleted:
        return delete(kept.table).where(kept.whose)
    replaced = {name: value for name, value in kept.becomes.items() if value is not PER_ROW}
    return update(kept.table).where(kept.whose).values(replaced)


PERSONAL = tuple(kept for kept in KEPT if kept.whose is not None)
SELECT_KEPT = {
    kept.name: select(*(kept.table.c[name] for name in kept.exported))
    .where(kept.whose)
    .order_by(*(kept.table.c[name] for name in kept.order or kept.table.primary_key.columns.keys()))
    for kept in PERSONAL
    if kept.whose is not None
}
ERASE = {kept.name: _erase(kept) for kept in PERSONAL if kept.is_deleted or kept.becomes}
RENUMBER = change(_cards, "number")
SELECT_ALL_CARDS_OF = find([_cards.c.card_id, _cards.c.number], "merchant_id", "customer_id").order_by(
    _cards.c.customer_id, _cards.c.program_id
)
_merchants = tables.merchants
_is_customer_there = exists().where(joins(_customers, _merchants), has(_customers, "bot_id", "user_id"))
SELECT_SHOPS = select(_merchants.c.merchant_id).where(_is_customer_there)
"""Goes through all shops and looks for the account in each: there is no index of all customers by account."""
SELECT_STOOD_FOR = select(_cards.c.card_id).where(
    has(_cards, "merchant_id"),
    _cards.c.merged_into.is_not(None),
    _cards.c.merged_into == bindparam("card_id"),
)
SELECT_HOLDER = (
    select(*rows.CUSTOMER)
    .join(_cards, joins(_cards, _customers, "customer_id"))
    .where(has(_cards, "merchant_id", "card_id"), _cards.c.customer_id != bindparam("customer_id"))
)
INSERT_CUSTOMER = insert(_customers)
GIVE_CARD = change(_cards, "customer_id")
SELECT_TEAM = union(
    find([tables.staff.c.bot_id, tables.staff.c.user_id], "merchant_id"),
    find([tables.invites.c.used_by_bot_id, tables.invites.c.used_by_user_id], "merchant_id"),
)
SELECT_TOLD = select(_outbox.c.message_id, _outbox.c.kind, _outbox.c.facts).where(
    IS_TO_ACCOUNT, _outbox.c.facts.like(bindparam("about"))
)
UPDATE_FACTS = change(_outbox, "facts")
_summaries = tables.summaries
SELECT_SUMMARIES = find([_summaries.c.local_date, _summaries.c.summary], "merchant_id").where(
    _summaries.c.summary.like(bindparam("about"))
)
UPDATE_SUMMARY = change(_summaries, "summary")
FORGET_ERRORS = (
    update(tables.job_runs).where(tables.job_runs.c.error.like(bindparam("about"))).values(error=null())
)
DELETE_LAPSED = delete(tables.dialogues).where(tables.dialogues.c.expires_at <= bindparam("now"))
SAVE_ERASURE = upsert(_erasures)
SELECT_UNWIPED = select(*rows.ERASURE).where(_erasures.c.wiped_at.is_(None))
SELECT_ERASURES = select(*rows.ERASURE).order_by(_erasures.c.erased_at)
WIPED = (
    update(_erasures)
    .where(_erasures.c.wiped_at.is_(None), _erasures.c.erased_at <= bindparam("until"))
    .values(wiped_at=bindparam("now", type_=LONG))
)
SELECT_HASH = find([_erasures.c.customer_id], "merchant_id", "account_hash").limit(LIMIT)
FORGET_HASHES = (
    update(_erasures)
    .where(_erasures.c.account_hash.is_not(None), _erasures.c.erased_at < bindparam("before"))
    .values(account_hash=null())
)
SELECT_ACCOUNTS = find([_customers.c.bot_id, _customers.c.user_id], "merchant_id").where(
    _customers.c.bot_id != literal_column("0")
)


_closings = tables.closings
SELECT_ACCOUNTS_AFTER = (
    select(_customers.c.customer_id, _customers.c.bot_id, _customers.c.user_id)
    .where(has(_customers, "merchant_id"), _customers.c.customer_id > bindparam("after"))
    .order_by(_customers.c.customer_id)
    .limit(LIMIT)
)
SAVE_CLOSING = upsert(_closings)
SELECT_CLOSINGS = select(_closings.c.merchant_id)
SELECT_CLOSING = find([_closings.c.after_id], "merchant_id")
DELETE_CLOSING = delete(_closings).where(has(_closings, "merchant_id"))


def _some_of(table: Table) -> Delete:
    keys = [*table.primary_key.columns]
    some = select(*keys).where(has(table, "merchant_id")).limit(LIMIT)
    return delete(table).where(has(table, "merchant_id"), tuple_(*keys).in_(some))


_but_last = (_erasures, tables.merchants)
DELETE_SHOP = {
    table: _some_of(table)
    for table in [
        *(each for each in reversed(tables.metadata.sorted_tables) if each not in _but_last),
        tables.merchants,
    ]
    if "merchant_id" in table.c
}
"""Children before their parents; last the merchant, whose row says that the shop is to go. Erasures stay."""
SELECT_SHOWN_TO = find([tables.shown_cards.c.reference], "merchant_id", "bot_id", "user_id")


def _old(table: Table, key: str, at: str, what: str) -> Select[Any]:
    """A page of the rows from before a time that still have something in the column ``what``. The pages go through
    the whole table, as there is no index by time: a reader's thread does that at night."""
    keys = table.c.merchant_id, table.c[key]
    return (
        select(*keys)
        .where(
            tuple_(*keys) > place(keys, "after_merchant", "after_key"),
            table.c[at] < bindparam("before"),
            table.c[what] != _empty,
        )
        .order_by(*keys)
        .limit(LIMIT)
    )


SELECT_OLD_MESSAGES = _old(_outbox, "message_id", "created_at", "facts")
FORGET_MESSAGE = (
    update(_outbox).where(has(_outbox, "merchant_id", "message_id")).values({**_nowhere, "facts": _empty})
)
FORGET_ADDRESS = (
    update(_deliveries)
    .where(has(_deliveries, "merchant_id", "message_id"))
    .values(address=_empty, reference=null(), error=null())
)
SELECT_OLD_OPERATIONS = _old(_entries, "entry_id", "occurred_at", "fingerprint")
FORGET_FINGERPRINT = (
    update(_entries).where(has(_entries, "merchant_id", "entry_id")).values(fingerprint=null())
)


SELECT_GUESTS = (
    find([_customers.c.customer_id, _customers.c.bot_id, _customers.c.user_id], "merchant_id")
    .where(_customers.c.user_id < literal_column("0"))
    .limit(LIMIT)
)
DELETE_GUEST = delete(_customers).where(has(_customers, "merchant_id", "customer_id"))


class PersonalRows(TxBase):
    new_id: Callable[[], str]
    chance_below: Callable[[int], int]

    def shops_of(self, account: Account) -> Sequence[MerchantId]:
        whose = _whose("", account, None)
        found = (*self.session.all(SELECT_SHOPS, **whose), *self.session.all(SELECT_MERCHANTS, **whose))
        return sorted({merchant_id for (merchant_id,) in found})

    def cards_shown_to(self, account: Account, merchant_id: MerchantId) -> Sequence[str]:
        found = self.session.all(SELECT_SHOWN_TO, **_whose(merchant_id, account, None))
        return [reference for (reference,) in found]

    def kept_at(self, merchant_id: MerchantId, account: Account, customer: Customer | None) -> KeptRows:
        return self._kept(Scope.SHOP, _whose(merchant_id, account, customer))

    def kept_of(self, account: Account) -> KeptRows:
        return self._kept(Scope.PERSON, _whose("", account, None))

    def kept_of_member(self, account: Account) -> KeptRows:
        return self._kept(Scope.TEAM, _whose("", account, None))

    def erase_customer(self, merchant_id: MerchantId, account: Account, customer: Customer | None) -> None:
        whose = _whose(merchant_id, account, customer)
        for card_id, _ in self.session.all(SELECT_ALL_CARDS_OF, **whose):
            for nobody in self._detach(whose, card_id):
                self._erase_at(merchant_id, nobody)
        self._erase_at(merchant_id, whose)
        if customer is not None:
            self.session.run(FORGET_ERRORS, about=f"%{customer.name}%")

    def _erase_at(self, merchant_id: MerchantId, whose: Mapping[str, object]) -> None:
        cards = self.session.all(SELECT_ALL_CARDS_OF, **whose)
        card_ids = [card_id for card_id, _ in cards]
        self._erase(Scope.SHOP, whose, card_ids)
        about = About(card_ids, [number for _, number in cards])
        for card_id, number in cards:
            blank = f"x{card_id.replace('-', '')[-8:]}"
            self.session.run(RENUMBER, merchant_id=merchant_id, card_id=card_id, number=blank)
            self._forget_in_json(merchant_id, about, f"%{number}%")

    def accounts_of(self, merchant_id: MerchantId) -> Sequence[Account]:
        found = self.session.all(SELECT_ACCOUNTS, merchant_id=merchant_id)
        return [Account(bot_id=bot_id, user_id=user_id) for bot_id, user_id in found]

    def accounts_after(
        self, merchant_id: MerchantId, after: CustomerId, limit: int
    ) -> Sequence[tuple[CustomerId, Account]]:
        found = self.session.all(SELECT_ACCOUNTS_AFTER, merchant_id=merchant_id, after=after, limit=limit)
        return [
            (customer_id, Account(bot_id=bot_id, user_id=user_id)) for customer_id, bot_id, user_id in found
        ]

    def save_told(self, merchant_id: MerchantId, last: CustomerId) -> None:
        self.session.run(SAVE_CLOSING, {"merchant_id": merchant_id, "after_id": last})

    def told_until(self, merchant_id: MerchantId) -> CustomerId | None:
        row = self.session.one(SELECT_CLOSING, merchant_id=merchant_id)
        return None if row is None else CustomerId(row[0])

    def shops_telling(self) -> Sequence[MerchantId]:
        return [merchant_id for (merchant_id,) in self.session.all(SELECT_CLOSINGS)]

    def end_telling(self, merchant_id: MerchantId) -> None:
        self.session.run(DELETE_CLOSING, merchant_id=merchant_id)

    def delete_shop(self, merchant_id: MerchantId, limit: int) -> bool:
        for table, statement in DELETE_SHOP.items():
            if table is _customers and self._delete_guests(merchant_id, limit):
                return True
            if self.session.run(statement, merchant_id=merchant_id, limit=limit):
                return True
        return False

    def _delete_guests(self, merchant_id: MerchantId, limit: int) -> bool:
        """Deletes guests with their mailboxes: a guest is of one shop alone. Returns whether there were any."""
        guests = self.session.all(SELECT_GUESTS, merchant_id=merchant_id, limit=limit)
        for customer_id, bot_id, user_id in guests:
            self.session.run(DELETE_MAILBOX, bot_id=bot_id, user_id=user_id)
            self.session.run(DELETE_GUEST, merchant_id=merchant_id, customer_id=customer_id)
        return bool(guests)

    def erase_person(self, account: Account, *, keeps_name: bool) -> None:
        kept = (tables.people,) if keeps_name else ()
        self._erase(Scope.PERSON, _whose("", account, None), but=kept)
        self.session.run(DELETE_LAPSED, now=rows.to_instant(self.now))
        self.session.run(FORGET_ERRORS, about=f"%{account.user_id}%")

    def save_erasure(self, erasure: Erasure) -> None:
        self.session.run(SAVE_ERASURE, rows.erasure_row(erasure))

    def erasures(self) -> Sequence[Erasure]:
        return self._readable(rows.erasure, SELECT_ERASURES)

    def unwiped_erasures(self) -> Sequence[Erasure]:
        return self._readable(rows.erasure, SELECT_UNWIPED)

    def erasures_wiped(self, until: datetime) -> None:
        self.session.run(WIPED, until=rows.to_instant(until), now=rows.to_instant(self.now))

    def was_erased(self, merchant_id: MerchantId, account_hash: str) -> bool:
        key = {"merchant_id": merchant_id, "account_hash": account_hash, "limit": 1}
        return self.session.one(SELECT_HASH, **key) is not None

    def forget_hashes(self, before: datetime) -> int:
        return self.session.run(FORGET_HASHES, before=rows.to_instant(before))

    def old_messages(self, before: datetime, after: tuple[str, str], limit: int) -> Sequence[tuple[str, str]]:
        return self._old(SELECT_OLD_MESSAGES, before, after, limit)

    def forget_messages(self, keys: Sequence[tuple[str, str]]) -> None:
        for merchant_id, message_id in keys:
            key = {"merchant_id": merchant_id, "message_id": message_id}
            self.session.run(FORGET_MESSAGE, key)
            self.session.run(FORGET_ADDRESS, key)

    def old_operations(
        self, before: datetime, after: tuple[str, str], limit: int
    ) -> Sequence[tuple[str, str]]:
        return self._old(SELECT_OLD_OPERATIONS, before, after, limit)

    def forget_operations(self, keys: Sequence[tuple[str, str]]) -> None:
        for merchant_id, entry_id in keys:
            self.session.run(FORGET_FINGERPRINT, merchant_id=merchant_id, entry_id=entry_id)

    def _old(
        self, statement: Select[Any], before: datetime, after: tuple[str, str], limit: int
    ) -> Sequence[tuple[str, str]]:
        place = {"after_merchant": after[0], "after_key": after[1]}
        found = self.session.all(statement, before=rows.to_instant(before), limit=limit, **place)
        return [(merchant_id, key) for merchant_id, key in found]

    def _kept(self, scope: Scope, whose: Mapping[str, object]) -> KeptRows:
        found = self.session.all(SELECT_ALL_CARDS_OF, **whose) if scope is Scope.SHOP else ()
        card_ids = [card_id for card_id, _ in found]
        return {
            kept.name: [
                _told(kept, row)
                for key in self._keys(kept, whose, card_ids)
                for row in self.session.all(SELECT_KEPT[kept.name], **key)
            ]
            for kept in PERSONAL
            if kept.scope is scope
        }

    def _erase(
        self,
        scope: Scope,
        whose: Mapping[str, object],
        card_ids: Sequence[CardId] = (),
        but: Sequence[Table] = (),
    ) -> None:
        values = {**whose, "now": rows.to_instant(self.now), "nobody": -1 - self.chance_below(NOBODIES)}
        for kept in PERSONAL:
            if kept.scope is scope and kept.name in ERASE and kept.table not in but:
                for key in self._keys(kept, values, card_ids):
                    self.session.run(ERASE[kept.name], key)

    def _keys(
        self, kept: Kept, whose: Mapping[str, object], card_ids: Sequence[CardId]
    ) -> Sequence[Mapping[str, object]]:
        if kept.is_of_link:
            of_cards = [{**whose, "card_id": card_id} for card_id in card_ids]
            found = [target for key in of_cards for (target,) in self.session.all(SELECT_TARGETS, **key)]
            return [{**whose, "target_id": target} for target in dict.fromkeys([*card_ids, *found])]
        return [{**whose, "card_id": card_id} for card_id in card_ids] if kept.is_of_card else [whose]

    def _detach(self, whose: Mapping[str, object], card_id: CardId) -> Iterator[Mapping[str, object]]:
        """Yields whose rows have to be erased with this card, because a card of theirs was merged into it. A guest
        has nothing but that card. The card of anybody else is given to a new customer who is nobody, and is erased
        with that one: its former holder stays."""
        for (other_id,) in self.session.all(SELECT_STOOD_FOR, **{**whose, "card_id": card_id}):
            row = self.session.one(SELECT_HOLDER, **{**whose, "card_id": other_id})
            if row is None:
                continue
            holder = rows.customer(row)
            if not holder.account.is_guest:
                holder = self._nobody_for(holder)
                self.session.run(GIVE_CARD, rows.customer_row(holder), card_id=other_id)
            yield _whose(holder.merchant_id, holder.account, holder)

    def _nobody_for(self, holder: Customer) -> Customer:
        account = Account(bot_id=NOBODY, user_id=UserId(-1 - self.chance_below(NOBODIES)))
        customer_id = CustomerId(self.new_id())
        nobody = replace(holder, customer_id=customer_id, account=account, name=BLANK)
        self.session.run(INSERT_CUSTOMER, rows.customer_row(nobody), folded_name=None)
        return nobody

    def _forget_in_json(self, merchant_id: MerchantId, about: About, pattern: str) -> None:
        """Takes the cards out of messages to the team and of summaries; those that cannot be read are emptied."""
        key = {"merchant_id": merchant_id}
        for bot_id, user_id in self.session.all(SELECT_TEAM, **key):
            told = {**key, "bot_id": bot_id, "user_id": user_id, "about": pattern}
            for message_id, kind, facts in self.session.all(SELECT_TOLD, **told):
                forgotten = _without(facts, _facts_of(kind), about)
                self.session.run(UPDATE_FACTS, key, message_id=message_id, facts=forgotten)
        for local_date, summary in self.session.all(SELECT_SUMMARIES, **key, about=pattern):
            forgotten = _without(summary, DaySummary, about)
            self.session.run(UPDATE_SUMMARY, key, local_date=local_date, summary=forgotten)


NOBODIES = 2**62


def _whose(merchant_id: str, account: Account, customer: Customer | None) -> dict[str, object]:
    return {
        "merchant_id": merchant_id,
        "customer_id": customer.customer_id if customer else "",
        "bot_id": account.bot_id,
        "user_id": account.user_id,
    }


def _facts_of(kind: str) -> type[Any] | None:
    """None for a kind that this version does not know."""
    return MESSAGES[MessageKind(kind)].facts if kind in MESSAGES else None


def _without(text: str, kind: type[Any] | None, about: About) -> str:
    if kind is None:
        return ""
    try:
        return codec.encode(without_names(codec.decode(text, kind), about))
    except msgspec.MsgspecError:
        return ""


def _told(kept: Kept, row: Row) -> Mapping[str, object]:
    return {
        name: _readable(kept.table, name, value)
        for name, value in zip(kept.exported, row, strict=True)
        if value is not None
    }


def _readable(table: Table, name: str, value: Any) -> object:
    if name.endswith(("_at", "_until", "_since")):
        return rows.from_instant(value)
    if (table, name) in IN_JSON and value:
        return msgspec.json.decode(value)
    return value
