"""What is kept of a person: each column of each table declared once. ``storage/personal.py`` makes the export and the
erasure of it.

A new table gets a line in ``KEPT``, a new column a word in its line: ``becomes`` is what an erasure puts there,
``neutral`` what stays under nobody. What is in neither is named by ``tests/storage/test_personal.py``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import field
from enum import Enum, auto
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Table,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    null,
    or_,
    select,
    union_all,
)

from domain.delivery import RecipientGone
from domain.dispute import DisputeOutcome
from domain.messages import MESSAGES, Audience
from domain.personal import BLANK
from domain.quick import dataclass
from storage import tables
from storage.clauses import has, is_any_of, is_one
from storage.columns import LONG
from storage.outbox import IS_TO_ACCOUNT
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
    return and_(has(table, "merchant_id"), is_one(table.c.card_id, bindparam("card_id")))


def _here(table: Table) -> ColumnElement[bool]:
    return has(table, "merchant_id", "bot_id", "user_id")


def _anywhere(table: Table) -> ColumnElement[bool]:
    return has(table, "bot_id", "user_id")


def _is_for(what: str) -> ColumnElement[bool]:
    """Invitations to a team that have the account in these columns."""
    columns = tables.invites.c
    return and_(
        columns[f"{what}_bot_id"] == bindparam("bot_id"), columns[f"{what}_user_id"] == bindparam("user_id")
    )


IS_MEANT_FOR = _is_for("meant_for")


def _when_owed(value: ColumnElement[Any]) -> ColumnElement[Any]:
    """The value for a delivery that was not made, null for one that was."""
    return case((_deliveries.c.delivered_at.is_(None), value), else_=null())


NOWHERE: Mapping[str, Any] = {"bot_id": literal_column("0"), "user_id": literal_column("0")}
_blank: ColumnElement[str] = literal_column(f"'{BLANK}'")
EMPTY: ColumnElement[str] = literal_column("''")
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
        whose=and_(has(_cards, "merchant_id"), is_one(_cards.c.customer_id, bindparam("customer_id"))),
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
        hidden="merchant_id move_id staff_id into_card_id store_id operation_key",
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
            " lapses_at state decided_at decided_by entry_id message_id alarms redeems reward_position reward_price"
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
            **NOWHERE,
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
            "address": EMPTY,
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
        becomes={**NOWHERE, "facts": EMPTY},
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
        whose=or_(_is_for("used_by"), IS_MEANT_FOR),
        scope=Scope.TEAM,
        neutral=(
            "merchant_id invite_id staff_id purpose expires_at used_by_bot_id used_by_user_id used_at withdrawn_at"
            " replaced_pin_hash given_by meant_for_bot_id meant_for_user_id"
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
            " reward_valid_days reward_valid_before rewards_since redeem_confirmation"
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
        neutral=(
            "merchant_id store_id local_date revision amount_minor staff_id typed_at operation_key is_removed"
        ),
    ),
    Kept(table=tables.wallet_spreads, neutral="merchant_id marked_up_to"),
    Kept(table=tables.wordings, neutral="merchant_id kind locale store_id text changed_at"),
)
